"""Where a queue's first-order items come from: a rate, exact counts, or exact times."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from simcap.demand.days import Day, LocalDays
from simcap.demand.elsewhere import CountsElsewhere, RateElsewhere
from simcap.demand.field import Points
from simcap.demand.rates import Busy, Counts, Drifting, IntervalCounts, Rate, as_pieces
from simcap.errors import RunError
from simcap.scenario.data.files import Trace
from simcap.scenario.schema.arrivals import Busyness
from simcap.streams import Keys, Purpose, Salt, Streams, mix, uniforms
from simcap.units import HOUR

Array = NDArray[np.float64]


MOST_ITEMS: Final = 20_000_000
"""Items of a queue that can be drawn for a day, at the rate of its busiest piece."""


class Source(Protocol):
    """The items of one queue by local day."""

    def on(self, day: Day, streams: Streams) -> tuple[Array, Keys, Array | None]:
        """Return times (seconds from the start of the day), keys and, if known, contents in seconds."""
        ...

    def expected(self, day: Day, streams: Streams | None) -> float:
        """Return the expected number of items of a day (given its busyness, if there are streams)."""
        ...

    def spread(self, day: Day) -> tuple[Array, Array]:
        """Return borders in seconds from the start of a day, and the expected items between them."""
        ...


class FromRate:
    """Poisson arrivals at a rate that may drift from week to week, on some days busier than on others."""

    def __init__(self, queue: str, rate: Rate, busyness: Busyness | None, drift: float, days: LocalDays) -> None:
        self.queue, self.local, self.busyness, self.drift, self.days = queue, rate, busyness, drift, days
        self.rate = self._here(rate)
        self._points = Points()

    def on(self, day: Day, streams: Streams) -> tuple[Array, Keys, Array | None]:
        """Return times (seconds from the start of the day) and keys of a day's items; the next call reuses them."""
        borders, rates = self._bounded(self._busy(streams), day)
        times, keys = self._points.below(streams, self.queue, day.date.toordinal(), day.length, borders, rates)
        return times, keys, None

    def expected(self, day: Day, streams: Streams | None) -> float:
        """Return the expected number of items of a day."""
        borders, rates = self._bounded(self.rate if streams is None else self._busy(streams), day)
        return float(rates @ np.diff(borders))

    def spread(self, day: Day) -> tuple[Array, Array]:
        """Return borders in seconds from the start of a day, and the expected items between them."""
        borders, rates = self._bounded(self.rate, day)
        return borders, rates * np.diff(borders)

    def _bounded(self, rate: Rate, day: Day) -> tuple[Array, Array]:
        """Return the pieces of a day and their rates. Raises `RunError` for more items than can be drawn."""
        with np.errstate(over="ignore", invalid="ignore"):
            borders, rates = rate.on(day)
            _check_items(self.queue, day, float(rates.max(initial=0.0)) * day.length)
        return borders, rates

    def _busy(self, streams: Streams) -> Rate:
        rate = Drifting(self.local, self.drift, self.queue, streams) if self.drift > 0 else self.local
        if self.busyness is not None:
            rate = Busy(rate, self.busyness, self.queue, streams)
        return self._here(rate)

    def _here(self, rate: Rate) -> Rate:
        return RateElsewhere(rate, self.days) if self.days.elsewhere else rate


class FromCounts:
    """The exact counts of a file, placed at random within their intervals."""

    def __init__(self, queue: str, counts: IntervalCounts, days: LocalDays) -> None:
        self.queue, self.local = queue, counts
        self.counts: Counts = CountsElsewhere(counts, days) if days.elsewhere else counts

    def on(self, day: Day, streams: Streams) -> tuple[Array, Keys, Array | None]:
        """Return times (seconds from the start of the day) and keys of a day's items."""
        begin, end, items = self.counts.on(day)
        _check_items(self.queue, day, float(items.sum()))
        number = np.rint(items).astype(np.int64)
        place = np.repeat(np.arange(number.size), number)
        rank = np.arange(place.size) - np.repeat(np.cumsum(number) - number, number)
        interval = np.rint(self.local.clock.origin + day.start + begin).astype(np.int64).astype(np.uint64)
        first = mix(interval ^ np.uint64(streams.key(Purpose.ITEMS, self.queue)), Salt.FIRST)
        keys = mix(first[place] + rank.astype(np.uint64), Salt.FIRST)
        times = begin[place] + uniforms(keys, Salt.PLACE) * (end - begin)[place]
        inside = (times >= 0) & (times < day.length)
        return times[inside], keys[inside], None

    def expected(self, day: Day, streams: Streams | None) -> float:  # noqa: ARG002 - exact
        """Return the number of items of a day; of intervals that reach into other days, its share."""
        begin, end, items = self.counts.on(day)
        inside = np.clip(end, 0.0, day.length) - np.clip(begin, 0.0, day.length)
        return float(np.rint(items) @ (inside / (end - begin)))

    def spread(self, day: Day) -> tuple[Array, Array]:
        """Return borders in seconds from the start of a day, and the items between them."""
        begin, end, items = self.counts.on(day)
        borders, rates = as_pieces(day, begin, end, np.rint(items))
        return borders, rates * np.diff(borders)


class FromTrace:
    """Exact creation times, replayed, with handle times where they are known. `trace` is in simulated seconds."""

    def __init__(self, queue: str, trace: Trace) -> None:
        self.queue, self.trace = queue, trace

    def on(self, day: Day, streams: Streams) -> tuple[Array, Keys, Array | None]:
        """Return times (seconds from the start of the day), keys and contents (NaN: unknown) of a day's items."""
        rows = self._rows(day)
        numbers = np.arange(rows.start, rows.stop, dtype=np.uint64)
        keys = mix(np.uint64(streams.key(Purpose.ITEMS, self.queue)) + numbers, Salt.FIRST)
        return self.trace.created[rows] - day.start, keys, self.trace.handle[rows]

    def expected(self, day: Day, streams: Streams | None) -> float:  # noqa: ARG002 - exact
        """Return the number of items of a day."""
        rows = self._rows(day)
        return float(rows.stop - rows.start)

    def spread(self, day: Day) -> tuple[Array, Array]:
        """Return borders in seconds from the start of a day, at most an hour apart, and the items between them."""
        borders = np.append(np.arange(0.0, day.length, HOUR), day.length)
        return borders, np.histogram(self.trace.created[self._rows(day)] - day.start, borders)[0].astype(np.float64)

    def _rows(self, day: Day) -> slice:
        low, high = np.searchsorted(self.trace.created, [day.start, day.start + day.length])
        return slice(int(low), int(high))


def _check_items(queue: str, day: Day, items: float) -> None:
    if not items <= MOST_ITEMS:
        raise RunError(
            f"{queue}: {items:.3g} items a day on {day.date}, at the rate of the busiest hour; at most {MOST_ITEMS:,} "
            "can be simulated: check its arrivals, their growth, busyness and surges"
        )
