"""The items that a replication's queues bring by step, as its own draws of busyness and drift make them expected."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.demand.demand import Demand, QueueDemand
from simcap.demand.rates import HOURS_KEPT, MEMORY, STEADY, Surges, drift_factor, normals
from simcap.demand.sources import FromRate
from simcap.distributions import Gamma
from simcap.scenario.clock import Clock
from simcap.scenario.schema.arrivals import Arrivals, Busyness
from simcap.sketch.steps import QuarterHours
from simcap.streams import Purpose, Streams
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

_LEVELS: Final = ("per_week", "per_day", "per_hour")


class ExpectedVolumes:
    """Expected first-order items by step; what does not vary between replications is kept."""

    def __init__(self, steps: QuarterHours) -> None:
        self.steps = steps
        self._kept: dict[str, tuple[object, Array]] = {}
        self._days: dict[str, tuple[Array, Numbers]] = {}

    def items(self, demand: Demand, streams: Streams) -> Array:
        """Return [queue, step] items, given the busyness that a replication draws."""
        return np.stack([self._of(demand, queue, streams) for queue in demand.queues])

    def _of(self, demand: Demand, queue: QueueDemand, streams: Streams) -> Array:
        if queue.source is None:
            return np.zeros(self.steps.count)
        items = self._expected(demand, queue)
        if isinstance(queue.source, FromRate):
            items = items * self._busyness(demand, queue.source, streams)
        return items

    def _expected(self, demand: Demand, queue: QueueDemand) -> Array:
        """Return the items expected of an ordinary day; where only the level differs from those kept, scaled."""
        arrivals = demand.scenario.queues[queue.name].arrivals
        shape, level = _shape_and_level(arrivals)
        known = (shape, queue.removals, _surges(queue))
        kept = self._kept.get(queue.name)
        if kept is None or kept[0] != known:
            at_level_one = _spread(demand, queue, self.steps) / level
            kept = self._kept[queue.name] = known, at_level_one
        return kept[1] * level

    def _busyness(self, demand: Demand, source: FromRate, streams: Streams) -> Array | float:
        """Return the factor of each step."""
        factor: Array | float = 1.0
        if source.drift > 0:
            borders, _ = self._midnights(demand.clock)
            days = np.searchsorted(borders, self.steps.middles, side="right") - 1 + self._first(demand.clock, demand)
            weeks = np.maximum(days, 0) // 7
            by_week = [drift_factor(source.drift, streams, source.queue, week) for week in range(weeks.max() + 1)]
            factor = np.array(by_week)[weeks]
        busyness = source.busyness
        if busyness is not None:
            borders, ordinals = self._midnights(source.days.clock)
            day = np.searchsorted(borders, self.steps.middles, side="right") - 1
            if busyness.cv > STEADY:
                factor = factor * by_day(busyness, streams, source.queue, ordinals)[day]
            if busyness.hourly > STEADY:
                factor = factor * self._by_hour(busyness, streams, source.queue, borders, ordinals, day)
        return factor

    def _by_hour(
        self, busyness: Busyness, streams: Streams, queue: str, borders: Array, ordinals: Numbers, day: Numbers
    ) -> Array:
        hour = ((self.steps.middles - borders[day]) // HOUR).astype(np.int64)
        keys = (ordinals[day] * HOURS_KEPT + hour).astype(np.uint64)
        draws = streams.uniforms(keys, Purpose.BUSYNESS_BY_HOUR, queue)
        return Gamma(1.0, busyness.hourly).ppf(draws)

    def _first(self, clock: Clock, demand: Demand) -> int:
        return (clock.day(self.steps.begin) - demand.first).days

    def _midnights(self, clock: Clock) -> tuple[Array, Numbers]:
        """Return the starts of a zone's local days in simulated seconds, and their numbers since the year 1."""
        zone = clock.zone.key
        if zone not in self._days:
            begin = clock.day(self.steps.begin)
            dates = [begin + dt.timedelta(days=n) for n in range(int((self.steps.end - self.steps.begin) / DAY) + 3)]
            self._days[zone] = (
                np.array([clock.midnight(date) for date in dates]),
                np.array([date.toordinal() for date in dates]),
            )
        return self._days[zone]


def by_day(busyness: Busyness, streams: Streams, queue: str, ordinals: Numbers) -> Array:
    """Return `demand.rates.busyness_factor` for each of consecutive days, by their numbers since the year 1."""
    from scipy.special import ndtr

    days = np.arange(ordinals[0] - MEMORY, ordinals[-1] + 1).astype(np.uint64)
    weights = busyness.correlation ** np.arange(MEMORY + 1, dtype=np.float64)
    drawn = normals(busyness, streams, queue, days)
    scores = np.convolve(drawn, weights, mode="valid") / np.sqrt(weights @ weights)
    return Gamma(1.0, busyness.cv).ppf(np.asarray(ndtr(scores)))


def _surges(queue: QueueDemand) -> tuple[tuple[float, float, float], ...]:
    local = queue.source.local if isinstance(queue.source, FromRate) else None
    return tuple(local.spans) if isinstance(local, Surges) else ()


def _shape_and_level(arrivals: Arrivals | None) -> tuple[object, float]:
    """Return arrivals at a level of 1, and their level, where one number sets it; else all of them, and 1."""
    if arrivals is not None:
        for name in _LEVELS:
            given = getattr(arrivals, name)
            if given is not None and len(given) == 1 and given[0] > 0:
                return arrivals.model_copy(update={name: None}), float(given[0])
    return arrivals, 1.0


def _spread(demand: Demand, queue: QueueDemand, steps: QuarterHours) -> Array:
    """Return the items expected by step, those that a classifier decides left out."""
    assert queue.source is not None
    first, last = ((demand.clock.day(edge) - demand.first).days for edge in (steps.begin, steps.end))
    days = [demand.day(index) for index in range(first, last + 1)]
    parts = [queue.source.spread(day) for day in days]
    times = np.concatenate([borders[1:] + day.start for (borders, _), day in zip(parts, days, strict=True)])
    created = np.cumsum(np.concatenate([items for _, items in parts]))
    items = np.diff(np.interp(steps.edges, np.append(days[0].start, times), np.append(0.0, created)))
    for removal in queue.removals:
        after = np.clip((steps.edges[1:] - removal.begin) / (steps.edges[1] - steps.edges[0]), 0.0, 1.0)
        items *= 1 - removal.share * after
    return np.asarray(items)
