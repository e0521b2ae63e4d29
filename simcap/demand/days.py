"""Local days as demand sees them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

from simcap.scenario.clock import Clock
from simcap.units import HOUR, MINUTE


@dataclasses.dataclass(frozen=True)
class Day:
    """One local day of a zone."""

    index: int
    """Number of the horizon's day, from the first one on; the warm-up is negative."""
    date: dt.date
    start: float
    """Simulated time of local midnight in seconds."""
    length: float
    """Seconds until the next local midnight: 23, 24 or 25 hours, or half an hour off where clocks change by that."""
    hours: tuple[int, ...]
    """Hours of the week (Monday 00:00 is 0) that the clock shows, in order."""
    begins: tuple[float, ...]
    """Seconds from the start of the day at which it begins to show each."""

    @classmethod
    def of(cls, clock: Clock, first: dt.date, index: int) -> Day:
        """Return a day by its number from `first`."""
        date = first + dt.timedelta(days=index)
        start = clock.midnight(date)
        length = clock.midnight(date + dt.timedelta(days=1)) - start
        begins, hours, elapsed = [], [], 0.0
        while elapsed < length:
            local = clock.local(start + elapsed)
            begins.append(elapsed)
            hours.append(24 * date.weekday() + local.hour)
            elapsed += HOUR - MINUTE * local.minute - local.second
        return cls(index, date, start, length, tuple(hours), tuple(begins))

    @property
    def week(self) -> int:
        """Return the number of the week from `start`; the warm-up counts as the first week."""
        return max(self.index, 0) // 7


@dataclasses.dataclass(frozen=True)
class LocalDays:
    """The local days of a queue's zone, as the days of the horizon's zone see them."""

    clock: Clock
    """The queue's."""
    first: dt.date
    elsewhere: bool
    """Whether the queue's zone is another than the horizon's."""

    def within(self, day: Day) -> Iterator[Day]:
        """Yield the queue's local days that a day of the horizon has a part of, under the horizon's number."""
        if not self.elsewhere:
            yield day
            return
        date = self.clock.day(day.start)
        while (local := self.number((date - self.first).days)).start < day.start + day.length:
            yield dataclasses.replace(local, index=day.index)
            date += dt.timedelta(days=1)

    def number(self, number: int) -> Day:
        """Return a local day of the queue's by its number from `first`."""
        return Day.of(self.clock, self.first, number)
