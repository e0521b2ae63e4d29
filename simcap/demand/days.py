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
    """Number of the day, 0 on the first of the horizon; negative in the warm-up."""
    date: dt.date
    start: float
    """Simulated time of local midnight in seconds."""
    length: float
    """Seconds until the next local midnight: 23, 24 or 25 hours; half an hour off where clocks change by that."""
    hours: tuple[int, ...]
    """Hours of the week (Monday 00:00 is 0) that the clock shows, in order."""
    hour_starts: tuple[float, ...]
    """Seconds from the start of the day at which the clock begins to show each of them."""

    @classmethod
    def of(cls, clock: Clock, first: dt.date, index: int) -> Day:
        """Return a day by its number, counted from `first`."""
        date = first + dt.timedelta(days=index)
        start = clock.midnight(date)
        length = clock.midnight(date + dt.timedelta(days=1)) - start
        hour_starts, hours, elapsed = [], [], 0.0
        while elapsed < length:
            local = clock.local(start + elapsed)
            hour_starts.append(elapsed)
            hours.append(24 * date.weekday() + local.hour)
            elapsed += HOUR - MINUTE * local.minute - local.second
        return cls(index, date, start, length, tuple(hours), tuple(hour_starts))

    @property
    def week(self) -> int:
        """Return the number of the week, counted from `start`; the warm-up belongs to the first week."""
        return max(self.index, 0) // 7


@dataclasses.dataclass(frozen=True)
class LocalDays:
    """The local days of a queue's zone, in relation to those of the horizon's zone."""

    clock: Clock
    """The clock of the queue's zone."""
    first: dt.date
    elsewhere: bool
    """Whether the queue's zone is not the horizon's."""

    def within(self, day: Day) -> Iterator[Day]:
        """Yield the queue's local days that overlap a day of the horizon, numbered as that day."""
        if not self.elsewhere:
            yield day
            return
        date = self.clock.day(day.start)
        while (local := self.day((date - self.first).days)).start < day.start + day.length:
            yield dataclasses.replace(local, index=day.index)
            date += dt.timedelta(days=1)

    def day(self, number: int) -> Day:
        """Return a local day of the queue by its number, counted from `first`."""
        return Day.of(self.clock, self.first, number)
