"""How long a team works and how much of that is paid: hours on the report's grid, and overtime."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.schema.hiring import Overtime
from simcap.workforce.context import ReplicationContext
from simcap.workforce.duty import add_hours
from simcap.workforce.spans import ShiftClock

Array = NDArray[np.float64]


class TimeSheet:
    """Seconds by cell of a grid with these edges: those `paid`, and those `scheduled` for one full-time agent."""

    def __init__(self, edges: Array) -> None:
        self.edges: list[float] = edges.tolist()
        self.paid, self.scheduled = np.zeros((2, edges.size))

    def pay(self, begin: float, length: float, agents: float) -> None:
        """Count a number of agents as paid for a span of simulated seconds."""
        self._add(self.paid, begin, length, agents)

    def schedule(self, begin: float, length: float, share: float) -> None:
        """Count a span of simulated seconds as scheduled for a share of the agents."""
        self._add(self.scheduled, begin, length, share)

    def _add(self, count: Array, begin: float, length: float, per_second: float) -> None:
        if length > 0:
            add_hours(count, self.edges, begin, begin + length, per_second)


class StandUp:
    """The meeting at which a shift decides by the backlog whether to work longer."""

    def __init__(
        self, context: ReplicationContext, team: int, terms: Overtime | None, clocks: Sequence[ShiftClock]
    ) -> None:
        self._context, self._team, self._terms, self._clocks = context, team, terms, clocks
        self._worked: dict[tuple[int, int, int], float] = {}

    @property
    def longest(self) -> float:
        """Return the most seconds by which a shift can be longer."""
        return self._terms.adds if self._terms is not None else 0.0

    def overtime(self, shift: int, date: dt.date) -> float:
        """Decide how many seconds longer the shift of a local day works; it does not reach into the next one."""
        terms = self._terms
        if terms is None:
            return 0.0
        week = (shift, *date.isocalendar()[:2])
        worked = self._worked.get(week, 0.0)
        if worked + terms.adds > terms.max_per_week:
            return 0.0
        if self._context.floor.backlog_hours(self._team) < terms.when.backlog_hours:
            return 0.0
        self._worked[week] = worked + terms.adds
        gap = self._clocks[shift].on(date + dt.timedelta(days=1)).begin - self._clocks[shift].on(date).end
        return min(terms.adds, gap)
