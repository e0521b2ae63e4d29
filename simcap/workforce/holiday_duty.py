"""What public holidays mean for a team: who still works, and how much of its time on the floor costs more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.clock import Clock
from simcap.scenario.data.public_holidays import is_off
from simcap.scenario.schema.calendars import TeamHolidays
from simcap.scenario.schema.vendors import Shift
from simcap.streams import Keys, Purpose, Streams
from simcap.workforce.calendar import ALL_WEEK, weekdays_of

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


class HolidayDuty:
    """The holidays of a team's shifts; a team with a duty file counts as one that works all week."""

    def __init__(
        self, calendar: TeamHolidays | None, shifts: Sequence[Shift], clock: Clock, edges: Sequence[float]
    ) -> None:
        self.calendar, self.clock, self.edges = calendar, clock, edges
        self.weekdays = [weekdays_of(shift) for shift in shifts] or [ALL_WEEK]
        self.raises_price = calendar is not None and calendar.price_factor != 1
        self._posted, self._dear = np.zeros((2, len(edges)))

    def staffed(self, shift: int, date: dt.date) -> float:
        """Return the share of the agents due on a shift who are to work on a local day: all, except on a holiday."""
        if self.calendar is None or not is_off(self.calendar, self.weekdays[shift], date):
            return 1.0
        return self.calendar.staffed

    def crew(self, streams: Streams, keys: Keys, date: dt.date, share: float) -> Rows:
        """Return the places of those agents, by their keys, who work on a holiday, in an order of the day's own."""
        rank = np.argsort(streams.uniforms(keys, Purpose.HOLIDAY, date.toordinal()), kind="stable")
        return np.sort(rank[: round(share * keys.size)])

    def count(self, shift: int, on: Array, off: Array) -> None:
        """Note blocks on the floor, in simulated seconds; their parts on holidays cost more."""
        if not self.raises_price or not on.size:
            return
        begin, end = float(on.min()), float(off.max())
        first = max(int(np.searchsorted(self.edges, begin, "right")) - 1, 0)
        for cell in range(first, len(self.edges) - 1):
            low, high = max(begin, self.edges[cell]), min(end, self.edges[cell + 1])
            if low >= high:
                break
            self._posted[cell] += _within(on, off, low, high)
            self._dear[cell] += sum(_within(on, off, *part) for part in self._on_holidays(shift, low, high))

    def premium(self) -> Array:
        """Return the share by which time on the floor costs more, by cell of the grid."""
        factor = self.calendar.price_factor if self.calendar is not None else 1.0
        dear = np.divide(self._dear, self._posted, out=np.zeros_like(self._dear), where=self._posted > 0)
        return np.asarray((factor - 1) * dear)

    def _on_holidays(self, shift: int, begin: float, end: float) -> list[tuple[float, float]]:
        """Return the parts of a span of simulated time that lie on holidays by the team's own clock."""
        parts, date = [], self.clock.day(begin)
        while (start := self.clock.midnight(date)) < end:
            date += dt.timedelta(days=1)
            if is_off(self.calendar, self.weekdays[shift], date - dt.timedelta(days=1)):
                parts.append((max(start, begin), min(self.clock.midnight(date), end)))
        return parts


def _within(on: Array, off: Array, begin: float, end: float) -> float:
    """Return the seconds of all blocks between two moments."""
    return float(np.maximum(np.minimum(off, end) - np.maximum(on, begin), 0.0).sum())
