"""Local days as demand sees them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

from simcap.scenario.clock import Clock
from simcap.units import HOUR


@dataclasses.dataclass(frozen=True)
class Day:
    """One local day of the horizon's zone; `index` counts from the first day, the warm-up is negative."""

    index: int
    date: dt.date
    start: float
    """Simulated time of local midnight in seconds."""
    length: float
    """Seconds until the next local midnight: 23, 24 or 25 hours."""
    hours: tuple[int, ...]
    """Hour of the week (Monday 00:00 is 0) at the begin of each elapsed hour."""

    @classmethod
    def of(cls, clock: Clock, first: dt.date, index: int) -> Day:
        """Return a day by its number from `first`."""
        date = first + dt.timedelta(days=index)
        start = clock.midnight(date)
        length = clock.midnight(date + dt.timedelta(days=1)) - start
        hours = tuple(
            24 * date.weekday() + clock.local(start + elapsed * HOUR).hour
            for elapsed in range(math.ceil(length / HOUR))
        )
        return cls(index, date, start, length, hours)

    @property
    def week(self) -> int:
        """Return the number of the week from `start`; the warm-up counts as the first week."""
        return max(self.index, 0) // 7
