"""Late items: how many by main cause, how long by each cause, when they were created."""

from __future__ import annotations

import dataclasses
import datetime as dt

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


def hour_starts(horizon: Horizon) -> list[dt.datetime]:
    """Return the local start of each hour of the horizon, by which late items are counted."""
    clock, grid = Clock.of(horizon), Grid(horizon, hourly=False)
    return [clock.local(time) for time in np.arange(grid.edges[0], grid.end, HOUR).tolist()]


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
    starts: list[dt.datetime],
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
    begin = windows.starts[window]
    end = windows.starts[window + 1] if window + 1 < len(windows.starts) else dt.datetime.max
    inside = np.array([begin <= start < end for start in starts])
    return Lateness(
        {cause: means[cause] for cause in CAUSES},
        {cause: means[hours_of(cause)] for cause in CAUSES},
        figures.late_by_hour(subject)[chosen][:, inside].mean(axis=0),
        tuple(start for start, there in zip(starts, inside, strict=True) if there),
    )
