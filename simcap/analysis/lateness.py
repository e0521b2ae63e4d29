"""Late items: how many by main cause, how long by each cause, when they were created."""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.figures import Figures, Subject
from simcap.analysis.late_measures import hours_of
from simcap.scenario.clock import Clock
from simcap.scenario.grid import Grid, Windows
from simcap.scenario.schema.scenario import Horizon
from simcap.tally import CAUSES
from simcap.units import HOUR

Array = NDArray[np.float64]


_JUMP = dt.timedelta(days=1)
"""More than clocks are ever put back by."""


@functools.lru_cache(maxsize=8)
def hour_starts(horizon: Horizon) -> tuple[dt.datetime, ...]:
    """Return the local start of each hour of the horizon, by which late items are counted."""
    clock, grid = Clock.of(horizon), Grid(horizon, hourly=False)
    return tuple(clock.local(time) for time in np.arange(grid.edges[0], grid.end, HOUR).tolist())


@dataclasses.dataclass(frozen=True)
class Lateness:
    """The late items of an SLA in a window, as means over chosen replications."""

    items: dict[str, float]
    """By the cause that took most of their time."""
    hours: dict[str, float]
    """By cause."""
    created: Array
    """By hour of the window."""
    starts: tuple[dt.datetime, ...]
    """Local starts of these hours."""

    @property
    def total(self) -> float:
        """Return the number of late items."""
        return sum(self.items.values())

    @property
    def main(self) -> str:
        """Return the cause of most hours."""
        return max(CAUSES, key=lambda cause: self.hours[cause])

    def with_hours(self, hours: dict[str, float]) -> Lateness:
        """Return the same items with other hours by cause."""
        return dataclasses.replace(self, hours=hours)

    def share(self, cause: str) -> float:
        """Return the share of the late items' time that a cause took."""
        return self.hours[cause] / sum(self.hours.values())


def lateness(
    figures: Figures,
    windows: Windows,
    starts: Sequence[dt.datetime],
    subject: Subject,
    window: int,
    chosen: NDArray[np.bool_],
) -> Lateness | None:
    """Return the late items of an SLA row in a window over chosen replications; None if none was measured."""
    if not figures.has("late", windows.period):
        return None
    means = {name: float(rows[chosen, window].mean()) for name, rows in figures.each("late", windows.period, subject)}
    if not sum(means[hours_of(cause)] for cause in CAUSES) > 0:
        return None
    inside = _hours_in(windows, window, starts)
    return Lateness(
        {cause: means[cause] for cause in CAUSES},
        {cause: means[hours_of(cause)] for cause in CAUSES},
        figures.late_by_hour(subject)[np.ix_(np.flatnonzero(chosen), np.array(inside, np.int64))].mean(axis=0),
        tuple(starts[hour] for hour in inside),
    )


def _hours_in(windows: Windows, window: int, starts: Sequence[dt.datetime]) -> list[int]:
    """Return the numbers of the hours that start in a window; they are in order but where clocks are put back."""
    begin, following = windows.starts[window], windows.starts[window + 1 : window + 2]
    low = bisect.bisect_left(starts, begin - _JUMP)
    high = bisect.bisect_left(starts, following[0] + _JUMP) if following else len(starts)
    return [
        hour for hour in range(low, high) if begin <= starts[hour] and (not following or starts[hour] < following[0])
    ]
