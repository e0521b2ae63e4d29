"""All work of a scenario, a local day at a time."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.arrivals import ARRIVAL, Items
from simcap.demand.days import Day, LocalDays
from simcap.demand.items import FollowUpRule, FollowUps, Split, Work
from simcap.demand.parts import Created, DayPart, parts_of
from simcap.demand.rates import ForecastRate, IntervalCounts, ProfiledRate, Rate, Surges
from simcap.demand.sources import FromCounts, FromRate, FromTrace, Source
from simcap.distributions import Distribution, Empirical
from simcap.rows import Buffer
from simcap.scenario.clock import Clock
from simcap.scenario.data.arrival_profile import profile_of
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.data.files import OpenItems, Trace
from simcap.scenario.event_spans import surge_span
from simcap.scenario.families import family
from simcap.scenario.relations import split_steps
from simcap.scenario.schema.queues import Backlog, Queue
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Keys, Purpose, Salt, Streams, name_key, uniforms
from simcap.units import to_tick, to_ticks

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Removal:
    """A classifier that decides a share of a queue's items, from a moment on."""

    begin: float
    share: float
    salt: int


@dataclasses.dataclass(frozen=True)
class QueueDemand:
    """One queue's work: where its items come from, and what they consist of."""

    name: str
    work: Work
    source: Source | None
    removals: tuple[Removal, ...] = ()


class Demand:
    """The work of one scenario. Raises `DataError` for unreadable data files.

    `ahead` has the share of a queue's items that are taken before the older ones; queues that it leaves out have none.
    """

    def __init__(self, scenario: Scenario, files: DataFiles, ahead: Mapping[str, float] | None = None) -> None:
        self.scenario, self.files, self.ahead = scenario, files, ahead or {}
        self.clock = Clock.of(scenario.horizon)
        self.first = scenario.horizon.start
        self.start = Clock.start_of(scenario.horizon)
        self.names = list(scenario.queues)
        self.epochs = {name: _epochs(scenario, self.clock, name) for name in self.names}
        self.queues = [self._queue_demand(name, queue) for name, queue in scenario.queues.items()]
        self.work_by_queue = [demand.work for demand in self.queues]

    def day(self, index: int) -> Day:
        """Return a local day by its number from the start of the horizon."""
        return Day.of(self.clock, self.first, index)

    def draw(
        self, day: Day, streams: Streams, buffer: Buffer | None = None, *, until: float = math.inf
    ) -> tuple[Items, Items]:
        """Return the items created on a day before `until`, by queue, and the table of their follow-up work.

        Times are simulated seconds, in no order. The items are written into `buffer`, if there is one.
        """
        return self.made(day, [_created(demand, day, streams, until) for demand in self.queues], buffer)

    def parts(self, day: Day, streams: Streams, *, until: float = math.inf) -> list[DayPart]:
        """Return which items a day brings before `until`, in parts of the day; those of the next day reuse them."""
        return parts_of(day, [_created(demand, day, streams, until) for demand in self.queues])

    def made(self, day: Day, created: Sequence[Created], buffer: Buffer | None = None) -> tuple[Items, Items]:
        """Return the items that a day or a part of it brings, as `draw` does."""
        follow_ups = FollowUps(self.work_by_queue)
        items = (buffer or Buffer(ARRIVAL)).rows(sum(one.times.size for one in created))
        first = 0
        for number, one in enumerate(created):
            batch = items[first : first + one.times.size]
            self.work_by_queue[number].fill(batch, number, one.keys, one.times, start=day.start)
            if one.contents is not None:
                known = np.isfinite(one.contents)
                batch["content"][known] = to_ticks(one.contents[known])
            follow_ups.add(number, batch)
            first += one.times.size
        return items, follow_ups.table()

    def backlog(self, number: int, streams: Streams) -> tuple[Items, Items]:
        """Return what waits in a queue at `start`, oldest first, with ages as `time`, and its follow-up work.

        The age at which an item expires is drawn given that it has not expired yet. Nothing of a backlog goes ahead:
        what still waits was not taken ahead.
        """
        demand = self.queues[number]
        keys = self.backlog_keys(number, streams)
        ages = self.backlog_ages(number, keys)
        order = np.argsort(-ages, kind="stable")
        batch = demand.work.draw(number, keys[order], ages[order])
        batch["goes_ahead"] = 0
        if demand.work.patience is not None:
            batch["patience"] = _outlasting(demand.work, batch)
        follow_ups = FollowUps(self.work_by_queue)
        follow_ups.add(number, batch)
        return batch, follow_ups.table()

    def backlog_keys(self, number: int, streams: Streams) -> Keys:
        """Return the keys of the items that wait in a queue at `start`, which the floor's journal calls them by."""
        backlog, name = self._backlog(number)
        count = backlog.count if backlog.count is not None else self.open_items(number).created.size
        return streams.key(Purpose.BACKLOG, name) + np.arange(count, dtype=np.uint64)

    def backlog_ages(self, number: int, keys: Keys) -> Array:
        """Return the ages in seconds of the items that wait in a queue at `start`, by their keys."""
        backlog, _ = self._backlog(number)
        if backlog.file is not None:
            return to_ticks(self.start - (self.open_items(number).created - self.clock.origin))
        if isinstance(backlog.ages, tuple):
            return to_ticks(np.sort(np.array(backlog.ages, np.float64))[::-1])
        drawn = uniforms(keys, Salt.FIRST)
        if backlog.oldest is not None:
            return to_ticks(drawn * backlog.oldest)
        # One from each of as many equal parts, so that the oldest few are as many as the quantiles say.
        return to_ticks(np.interp((np.arange(keys.size) + drawn) / max(keys.size, 1), *backlog.quantiles))

    def oldest_of(self, number: int) -> float:
        """Return the age in seconds of the oldest item that waits in a queue at `start`; 0 without any."""
        backlog = self.scenario.queues[self.queues[number].name].backlog
        if backlog is None:
            return 0.0
        if backlog.longest is not None:
            return backlog.longest
        return float(self.backlog_ages(number, np.zeros(0, np.uint64)).max(initial=0.0))

    def open_items(self, number: int) -> OpenItems:
        """Return the items that wait in a queue at `start`, as a file lists them. Raises `DataError`.

        Those of a list of ages are numbered, the oldest first. Other backlogs have no items that could be told apart.
        """
        backlog, name = self._backlog(number)
        if backlog.file is None:
            ages = self.backlog_ages(number, np.zeros(0, np.uint64))
            return OpenItems(self.clock.origin + self.start - ages, tuple(map(str, range(1, ages.size + 1))))
        listed = self.files.open_items(backlog.file, self.scenario.zone_of(name))
        return listed.get(name, OpenItems(np.zeros(0), ()))

    def _backlog(self, number: int) -> tuple[Backlog, str]:
        """Return what a queue has at `start`, and its name."""
        name = self.queues[number].name
        backlog = self.scenario.queues[name].backlog
        assert backlog is not None
        return backlog, name

    def expected(self, number: int, day: Day) -> float:
        """Return the expected number of first-order items of a queue on a day."""
        demand = self.queues[number]
        if demand.source is None:
            return 0.0
        kept = 1.0
        for removal in demand.removals:
            begun = min(max((day.start + day.length - removal.begin) / day.length, 0.0), 1.0)
            kept *= 1 - removal.share * begun
        return demand.source.expected(day, None) * kept

    def expected_items(self, days: int) -> tuple[Array, Array]:
        """Return the expected items of each queue and day, [queue, day], follow-up work included, as (fewest, most).

        The fewest are with the lowest error rate that any agent can have, the most with the highest. Follow-up work
        is counted on the day of the first item.
        """
        count = len(self.queues)
        fresh = np.array([[self.expected(queue, self.day(day)) for day in range(days)] for queue in range(count)])
        follows = np.zeros((2, count, count))
        for queue, work in enumerate(self.work_by_queue):
            for rule in work.rules:
                follows[:, rule.queue, queue] += rule.share * np.array(
                    work.errors if rule.only_if_wrong else (1.0, 1.0)
                )
        fewest, most = np.linalg.solve(np.eye(count) - follows, np.stack([fresh, fresh]))
        return fewest, most

    def expected_in(self, edges: Array) -> Array:
        """Return the expected first-order items of each queue, [queue, cell], between simulated times in seconds."""
        first, last = ((self.clock.day(float(edge)) - self.first).days for edge in (edges[0], edges[-1]))
        days = [self.day(index) for index in range(first - 1, last + 2)]
        return np.stack([_items_in(demand, days, edges) for demand in self.queues])

    def repeats(self, last: int) -> list[str]:
        """Return a note for each volume file that lacks days from `start` to day number `last`: what replaces them."""
        notes = []
        for demand in self.queues:
            counts = _counts(demand.source)
            if counts is None:
                continue
            week = counts.high - counts.low >= 6
            if counts.clock.day(counts.start[0]) > self.first:
                replacement = (
                    "its first week is used before" if week else "it holds no whole week, so nothing arrives before"
                )
                notes.append(f"{demand.name}: the volume file begins within the horizon; {replacement}")
            if counts.high < last:
                replacement = "its last week is repeated" if week else "it holds no whole week to repeat"
                notes.append(f"{demand.name}: the volume file ends within the horizon; {replacement}")
        return notes

    def skipped_intervals(self) -> list[str]:
        """Return a note for each volume file with intervals that a change of the clocks skips: how they were read."""
        notes = []
        for name, queue in self.scenario.queues.items():
            if queue.arrivals is not None and queue.arrivals.file is not None:
                told = self.files.volumes(queue.arrivals.file.path, self.scenario.zone_of(name))[name].told
                if told:
                    notes.append(f"{name}: the volume file has {told}; they count in the interval after it")
        return notes

    def _queue_demand(self, name: str, queue: Queue) -> QueueDemand:
        source = self._source(name, queue)
        removals = tuple(
            Removal(
                to_tick(self.clock.of_queue(self.scenario, name).at(event.automation.from_)),
                event.automation.removes,
                name_key(Purpose.AUTOMATION, label),
            )
            for label, event in self.scenario.events.items()
            if event.automation is not None and event.automation.touches(name)
        )
        split = Split(
            tuple(vendors := _vendors(self.scenario, name)),
            tuple(tuple(shares.get(vendor, 0.0) for vendor in vendors) for _, shares in self.epochs[name]),
        )
        work = Work(
            content=self._content(queue, source),
            patience=family(queue.expires.after, self.files) if queue.expires else None,
            split=split,
            rules=tuple(self._rules(queue)),
            errors=_error_range(queue),
            ahead=self.ahead.get(name, 0.0),
        )
        return QueueDemand(name, work, source, removals)

    def _content(self, queue: Queue, source: Source | None) -> Distribution:
        """Return the content of items; as observed in a trace where the scenario gives no handle time."""
        if queue.handle_time is not None:
            return family(queue.handle_time, self.files)
        assert isinstance(source, FromTrace)
        known = source.trace.handle[np.isfinite(source.trace.handle)]
        return Empirical(tuple(np.sort(known).tolist()))

    def _rules(self, queue: Queue) -> list[FollowUpRule]:
        rules = []
        for target, then in queue.then.items():
            delay = family(then.after, self.files) if then.after else None
            rules.append(FollowUpRule(self.names.index(target), then.share, delay, name_key(Purpose.FOLLOW_UP, target)))
        if queue.errors is not None and queue.errors.to is not None and queue.errors.appeal_share > 0:
            target = queue.errors.to
            after = queue.errors.after or (queue.then[target].after if target in queue.then else None)
            delay = family(after, self.files) if after else None
            salt = name_key(Purpose.APPEAL, target)
            rules.append(
                FollowUpRule(self.names.index(target), queue.errors.appeal_share, delay, salt, only_if_wrong=True)
            )
        return rules

    def _source(self, name: str, queue: Queue) -> Source | None:
        arrivals = queue.arrivals
        if arrivals is None:
            return None
        timezone = self.scenario.zone_of(name)
        days = LocalDays(self.clock.elsewhere(timezone), self.first, timezone != self.scenario.horizon.timezone)
        if arrivals.trace is not None:
            trace = self.files.trace(arrivals.trace, timezone)[name]
            return FromTrace(name, Trace(to_ticks(trace.created - self.clock.origin), trace.handle))
        rate: Rate
        if arrivals.file is not None:
            volumes = self.files.volumes(arrivals.file.path, timezone)[name]
            counts = IntervalCounts(volumes, days.clock, self.first)
            if arrivals.file.as_ == "actual":
                return FromCounts(name, counts, days)
            rate = ForecastRate(counts, arrivals.growth)
        else:
            rate = ProfiledRate(arrivals, profile_of(arrivals, self.files))
        surges = _surges(self.scenario, name)
        return FromRate(name, Surges(rate, surges) if surges else rate, arrivals.busyness, arrivals.drift, days)


def _items_in(demand: QueueDemand, days: Sequence[Day], edges: Array) -> Array:
    """Return the expected first-order items of one queue between times that lie within some days."""
    if demand.source is None:
        return np.zeros(edges.size - 1)
    parts = [demand.source.spread(day) for day in days]
    times = np.concatenate([borders[1:] + day.start for (borders, _), day in zip(parts, days, strict=True)])
    created = np.cumsum(np.concatenate([items for _, items in parts]))
    kept = np.diff(np.interp(edges, np.append(days[0].start, times), np.append(0.0, created)))
    for removal in demand.removals:
        after = np.clip(edges[1:] - removal.begin, 0.0, np.diff(edges)) / np.diff(edges)
        kept *= 1 - removal.share * after
    return np.asarray(kept)


def _error_range(queue: Queue) -> tuple[float, float]:
    """Return the lowest and the highest share of wrong decisions that an agent can have."""
    if queue.errors is None:
        return 0.0, 0.0
    rates = queue.errors.tenured, queue.errors.at_start
    return min(rates), max(rates)


def _created(demand: QueueDemand, day: Day, streams: Streams, until: float) -> Created:
    """Return which items of a queue a day brings before `until`."""
    if demand.source is None:
        return Created(np.zeros(0), np.zeros(0, np.uint64), None)
    created = Created(*demand.source.on(day, streams))
    if not demand.removals and day.start + day.length <= until:
        return created
    times, keys = created.times, created.keys
    kept = times + day.start < until
    for removal in demand.removals:
        kept &= (uniforms(keys, removal.salt) >= removal.share) | (times + day.start < removal.begin)
    return created.at(kept)


def _counts(source: Source | None) -> IntervalCounts | None:
    if isinstance(source, FromCounts):
        return source.local
    if isinstance(source, FromRate):
        rate = source.local.rate if isinstance(source.local, Surges) else source.local
        return rate.counts if isinstance(rate, ForecastRate) else None
    return None


def _outlasting(work: Work, batch: Items) -> Array:
    """Return ages at expiry, given that they exceed the present age: the quantile of F(age) + u * (1 - F(age))."""
    assert work.patience is not None
    reached = _probability(work, batch["time"])
    u = reached + uniforms(batch["id"], Salt.OUTLASTING) * (1 - reached)
    drawn = to_ticks(work.patience.ppf(np.clip(u, 2.0**-53, 1 - 2.0**-53)))
    return np.asarray(np.maximum(drawn, batch["time"]))


def _probability(work: Work, ages: Array) -> Array:
    """Return F(age) by bisection of the quantile function, to 2**-40."""
    assert work.patience is not None
    low, high = np.zeros(ages.size), np.ones(ages.size)
    for _ in range(40):
        middle = (low + high) / 2
        below = work.patience.ppf(middle) <= ages
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return low


def _surges(scenario: Scenario, queue: str) -> list[tuple[float, float, float]]:
    surges = [event.surge for event in scenario.events.values() if event.surge is not None]
    return [(*surge_span(scenario, surge, queue), surge.factor) for surge in surges if surge.touches(queue)]


def _epochs(scenario: Scenario, clock: Clock, queue: str) -> list[tuple[float, dict[str, float]]]:
    """Return the allocation of a queue as (start in simulated seconds, shares); the first has no start."""
    own = clock.of_queue(scenario, queue)
    return [
        (-np.inf if begin is None else to_tick(own.at(begin)), shares) for begin, shares in split_steps(scenario, queue)
    ]


def _vendors(scenario: Scenario, queue: str) -> list[str]:
    """Return the vendors that a queue is ever allocated to, in the order of the scenario."""
    named = {
        vendor
        for event in scenario.events.values()
        if event.allocation and event.allocation.touches(queue)
        for vendor in event.allocation.shares
    } | set(scenario.routing.allocation.get(queue, {}))
    return [vendor for vendor in scenario.vendors if vendor in named]
