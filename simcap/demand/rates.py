"""The rate at which a queue's items arrive: piecewise constant over each local day."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simcap.demand.days import Day
from simcap.distributions import Gamma
from simcap.scenario.clock import Clock
from simcap.scenario.data.files import Volumes
from simcap.scenario.data.public_holidays import is_beside, is_holiday
from simcap.scenario.schema.arrivals import Arrivals, Busyness
from simcap.streams import Keys, Purpose, Streams
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]
STEADY = 1e-6
"""Busyness below this counts as none."""
_BY_WEEK = "by week"
"""Part of the address of the steps of a drift."""
HOURS_KEPT = 32
"""Numbers reserved for the hours of a day."""
_FAR, _BEYOND = 200.0, 1e90
"""Logarithm of a growth from which on it is `_BEYOND`, which is past the items that a day may have."""
MEMORY = 64
"""Days over which the day-to-day correlation of busyness looks back."""


class Rate(Protocol):
    """Expected arrivals of one queue."""

    def on(self, day: Day) -> tuple[Array, Array]:
        """Return the borders of a day's pieces, in seconds from its start, and the rate of each in items per second."""
        ...


class Counts(Protocol):
    """Counted arrivals of one queue."""

    def on(self, day: Day) -> tuple[Array, Array, Array]:
        """Return start and end (seconds from the start of the day) and items of the intervals that touch a day."""
        ...


class ProfiledRate:
    """A volume with growth, spread over the week by a profile of 168 relative rates of mean 1."""

    def __init__(self, arrivals: Arrivals, profile: Array) -> None:
        self.arrivals = arrivals
        self.profile = profile

    def on(self, day: Day) -> tuple[Array, Array]:
        """Return the borders of a day's pieces, in seconds from its start, and the rate of each in items per second."""
        borders = self._borders(day)
        rates = self._level(day, borders) * self.profile[np.array(day.hours, np.int64)[_hour_in(day, borders)]]
        return borders, rates * grown(self.arrivals.growth, day.week) * self._holiday(day)

    def _borders(self, day: Day) -> Array:
        """Return the borders of the day's hours and of `per_hour`, which counts from `start`, perhaps at half past."""
        borders: Array = np.array([*day.hour_starts, day.length])
        if self.arrivals.per_hour is None:
            return borders
        return np.asarray(np.union1d(borders, np.arange(-day.start % HOUR, day.length, HOUR)))

    def _holiday(self, day: Day) -> float:
        holidays = self.arrivals.holidays
        if holidays is None:
            return 1.0
        if is_holiday(holidays, day.date):
            return holidays.factor
        beside = is_beside(holidays, day.date)
        return 1.0 if beside is None else getattr(holidays, beside)

    def _level(self, day: Day, borders: Array) -> float | Array:
        """Return the mean rate in items per second on a day, or in each of its pieces."""
        arrivals = self.arrivals
        if arrivals.per_week is not None:
            return _in_force(arrivals.per_week, day.week) / (7 * DAY)
        if arrivals.per_day is not None:
            return _in_force(arrivals.per_day, day.index) / DAY
        assert arrivals.per_hour is not None
        hours = (day.start + borders[:-1]) // HOUR
        return np.array([_in_force(arrivals.per_hour, int(hour)) for hour in hours]) / HOUR


def _hour_in(day: Day, borders: Array) -> NDArray[np.int64]:
    """Return the number of the hour of a day in which each piece begins."""
    return np.searchsorted(day.hour_starts, borders[:-1], side="right") - 1


def _in_force(values: Sequence[float], place: int) -> float:
    return values[min(max(place, 0), len(values) - 1)]


class ForecastRate:
    """Interval counts of a file as rates, with growth from the start of the horizon."""

    def __init__(self, counts: IntervalCounts, growth: float) -> None:
        self.counts, self.growth = counts, growth

    def on(self, day: Day) -> tuple[Array, Array]:
        """Return the borders of a day's pieces, in seconds from its start, and the rate of each in items per second."""
        borders, rates = as_pieces(day, *self.counts.on(day))
        return borders, rates * grown(self.growth, day.week)


def grown(growth: float, weeks: int) -> float:
    """Return the factor that a growth per week comes to, or what is beyond every volume."""
    return _BEYOND if weeks * math.log1p(growth) > _FAR else (1 + growth) ** weeks


def as_pieces(day: Day, begin: Array, end: Array, items: Array) -> tuple[Array, Array]:
    """Return intervals and their items as pieces of a day: borders in seconds from its start, and rates per second."""
    borders = np.unique(np.clip(np.concatenate([[0.0, day.length], begin, end]), 0.0, day.length))
    place = np.searchsorted(borders, begin), np.searchsorted(borders, end)
    rates = np.zeros(borders.size - 1)
    for first, last, rate in zip(*place, items / (end - begin), strict=True):
        rates[first:last] += rate
    return borders, rates


class IntervalCounts:
    """The counts of a volume file by local day; before and after them its first or last full week is repeated."""

    def __init__(self, volumes: Volumes, clock: Clock, first: dt.date) -> None:
        self.start = volumes.start - clock.origin
        self.stop = np.append(self.start[1:], self.start[-1] + volumes.interval)
        self.items = volumes.items
        self.clock, self.first = clock, first
        low, high = clock.day(self.start[0]), clock.day(self.stop[-1] - 1)
        self.low, self.high = (low - first).days, (high - first).days
        if clock.midnight(low) < self.start[0]:
            self.low += 1
        if clock.midnight(high + dt.timedelta(days=1)) > self.stop[-1]:
            self.high -= 1

    def on(self, day: Day) -> tuple[Array, Array, Array]:
        """Return start and end (seconds from the start of the day) and items of the intervals that touch a day.

        An interval may reach into the day before or after.
        """
        begin, end, items = self._touching(day)
        since, until = self.start[0] - day.start, self.stop[-1] - day.start
        parts = [(begin, end, items)]
        if since > 0 and (source := self._repeated(day)) is not None:
            begin, end, items = self._touching(source)
            parts.append(_rows(end <= since, begin, end, items))
        if until < day.length and (source := self._repeated(day)) is not None:
            begin, end, items = self._touching(source)
            parts.append(_rows((begin >= until) | (until <= 0), begin, end, items))
        begin, end, items = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return _rows((begin < day.length) & (end > 0), begin, end, items)

    def _repeated(self, day: Day) -> Day | None:
        """Return the day of the file that stands in for a day outside it: the nearest whole one of the same weekday."""
        index = (day.date - self.first).days
        if index > self.high:
            index -= 7 * -(-(index - self.high) // 7)
        elif index < self.low:
            index += 7 * -(-(self.low - index) // 7)
        return Day.of(self.clock, self.first, index) if self.low <= index <= self.high else None

    def _touching(self, day: Day) -> tuple[Array, Array, Array]:
        low = np.searchsorted(self.stop, day.start, side="right")
        high = np.searchsorted(self.start, day.start + day.length)
        rows = slice(int(low), int(high))
        return self.start[rows] - day.start, self.stop[rows] - day.start, self.items[rows]


def _rows(kept: NDArray[np.bool_], *columns: Array) -> tuple[Array, Array, Array]:
    begin, end, items = (column[kept] for column in columns)
    return begin, end, items


class Busy:
    """A rate multiplied by the busyness of days and hours."""

    def __init__(self, rate: Rate, busyness: Busyness, queue: str, streams: Streams) -> None:
        self.rate, self.busyness, self.queue, self.streams = rate, busyness, queue, streams

    def on(self, day: Day) -> tuple[Array, Array]:
        """Return the borders of a day's pieces, in seconds from its start, and the rate of each in items per second."""
        borders, rates = self.rate.on(day)
        if self.busyness.cv > STEADY:
            rates = rates * busyness_factor(self.busyness, self.streams, self.queue, day.date)
        if self.busyness.hourly > STEADY:
            for begin in day.hour_starts[1:]:
                borders, rates = _cut((borders, rates), begin)
            rates = rates * self._by_hour(day)[_hour_in(day, borders)]
        return borders, rates

    def _by_hour(self, day: Day) -> Array:
        hours = np.arange(len(day.hours), dtype=np.uint64) + np.uint64(day.date.toordinal() * HOURS_KEPT)
        draws = self.streams.uniforms(hours, Purpose.BUSYNESS_BY_HOUR, self.queue)
        return np.asarray(Gamma(1.0, self.busyness.hourly).ppf(draws))


class Drifting:
    """A rate whose level takes a random step each week: the exponential of a normal random walk, with mean 1."""

    def __init__(self, rate: Rate, drift: float, queue: str, streams: Streams) -> None:
        self.rate, self.drift, self.queue, self.streams = rate, drift, queue, streams

    def on(self, day: Day) -> tuple[Array, Array]:
        """Return the borders of a day's pieces, in seconds from its start, and the rate of each in items per second."""
        borders, rates = self.rate.on(day)
        return borders, rates * drift_factor(self.drift, self.streams, self.queue, day.week)


class Surges:
    """Factors on a rate over spans of time, in simulated seconds."""

    def __init__(self, rate: Rate, spans: Sequence[tuple[float, float, float]]) -> None:
        self.rate = rate
        self.spans = spans

    def on(self, day: Day) -> tuple[Array, Array]:
        """Return the borders of a day's pieces, in seconds from its start, and the rate of each in items per second."""
        borders, rates = self.rate.on(day)
        for begin, end, factor in self.spans:
            low, high = max(begin - day.start, 0.0), min(end - day.start, day.length)
            if low < high:
                borders, rates = _cut(_cut((borders, rates), low), high)
                rates = np.where((borders[:-1] >= low) & (borders[:-1] < high), rates * factor, rates)
        return borders, rates


def _cut(pieces: tuple[Array, Array], at: float) -> tuple[Array, Array]:
    borders, rates = pieces
    place = int(np.searchsorted(borders, at))
    if place == borders.size or borders[place] == at or place == 0:
        return pieces
    return np.insert(borders, place, at), np.insert(rates, place, rates[place - 1])


def drift_factor(drift: float, streams: Streams, queue: str, week: int) -> float:
    """Return the factor on a queue's level in a week, 1 in the first one.

    Steps are addressed by the number of the week from `start`, so that scenarios which are compared drift alike.
    """
    from scipy.special import ndtri

    if week == 0:
        return 1.0
    steps = ndtri(streams.uniforms(np.arange(1, week + 1, dtype=np.uint64), Purpose.BUSYNESS, queue, _BY_WEEK))
    return float(np.exp(drift * steps.sum() - week * drift**2 / 2))


def busyness_factor(busyness: Busyness, streams: Streams, queue: str, date: dt.date) -> float:
    """Return the gamma factor of mean 1 on a queue's volume on a local day.

    Its normal score is a moving average of the day's own draw and those of the 64 days before, with weights that fall
    by the correlation each day, so that it does not depend on the horizon.
    """
    from scipy.special import ndtr

    days = np.arange(MEMORY + 1, dtype=np.uint64)
    weights = busyness.correlation ** days.astype(np.float64)
    drawn = normals(busyness, streams, queue, np.uint64(date.toordinal()) - days)
    score = weights @ drawn / np.sqrt(weights @ weights)
    return float(Gamma(1.0, busyness.cv).ppf(np.array([ndtr(score)]))[0])


def normals(busyness: Busyness, streams: Streams, queue: str, days: Keys) -> Array:
    """Return the draw of each day: the queue's own, mixed with those that it shares with others.

    Draws are mixed before they are averaged, so that a queue keeps its own correlation from day to day, whatever it
    shares.
    """
    from scipy.special import ndtri

    own = np.asarray(ndtri(streams.uniforms(days, Purpose.BUSYNESS, queue)))
    shares = {name: share for name, share in busyness.shared.items() if share > 0}
    if not shares:
        return own
    mixed = np.sqrt(max(1 - sum(shares.values()), 0.0)) * own
    for name, share in shares.items():
        mixed += np.sqrt(share) * ndtri(streams.uniforms(days, Purpose.SHARED_BUSYNESS, name))
    return np.asarray(mixed)
