"""Late items: how many by the cause that took most of their time, how long by each cause, when they were created."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.measures import sla_rows, sums
from simcap.scenario.clock import Clock
from simcap.scenario.grid import Grid, Windows
from simcap.scenario.schema import Horizon
from simcap.tally import CAUSES, Tally
from simcap.units import HOUR

Array = NDArray[np.float64]

LATE_MEASURES = (*CAUSES, *(f"{cause}_hours" for cause in CAUSES))
"""Late items by main cause, then hours of late items by cause."""
BY_HOUR = ("late_hours", "horizon")
"""Key of the figures [SLA row, hour of the horizon]: late items by their creation."""


def late_figures(tally: Tally, windows: Windows) -> Array:
    """Return late items and their hours by cause: [SLA row, measure, window] in the order of `LATE_MEASURES`."""
    figures = []
    for sla, _, _, _, places in sla_rows(tally):
        late = tally.late[sla, places]
        items = sums(late["items"].sum(axis=0).T, windows)
        figures.append(np.concatenate([items, sums(late["seconds"].sum(axis=0).T, windows) / HOUR]))
    return np.stack(figures) if figures else np.zeros((0, len(LATE_MEASURES), len(windows.cells)))


def late_by_hour(tally: Tally) -> NDArray[np.uint32]:
    """Return late items by hour of creation: [SLA row, hour of the horizon]."""
    rows = [tally.late_hours[sla, places].sum(axis=0, dtype=np.uint32) for sla, *_, places in sla_rows(tally)]
    return np.stack(rows) if rows else np.zeros((0, tally.late_hours.shape[-1]), np.uint32)


def hour_starts(horizon: Horizon) -> list[dt.datetime]:
    """Return the local begin of each hour of the horizon, as late items are counted by."""
    clock, grid = Clock.of(horizon), Grid(horizon, hourly=False)
    return [clock.local(time) for time in np.arange(grid.edges[0], grid.end, HOUR).tolist()]


@dataclasses.dataclass(frozen=True)
class Lateness:
    """The late items of an SLA in a window, in the mean of the replications that were asked for."""

    items: dict[str, float]
    """By the cause that took most of their time."""
    hours: dict[str, float]
    """By cause."""
    created: Array
    """By hour of the window."""
    starts: tuple[dt.datetime, ...]
    """Local begins of these hours."""

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
    figures: dict[tuple[str, str], Array],
    windows: Windows,
    starts: list[dt.datetime],
    place: int,
    window: int,
    chosen: NDArray[np.bool_],
) -> Lateness | None:
    """Return the late items of SLA row `place` in a window over chosen replications; nothing if none was measured."""
    if ("late", windows.period) not in figures:
        return None
    counts = figures["late", windows.period][chosen, place, :, window].mean(axis=0)
    if not counts[len(CAUSES) :].sum() > 0:
        return None
    begin = windows.starts[window]
    end = windows.starts[window + 1] if window + 1 < len(windows.starts) else dt.datetime.max
    inside = np.array([begin <= start < end for start in starts])
    return Lateness(
        dict(zip(CAUSES, counts[: len(CAUSES)].tolist(), strict=True)),
        dict(zip(CAUSES, counts[len(CAUSES) :].tolist(), strict=True)),
        figures[BY_HOUR][chosen, place][:, inside].mean(axis=0),
        tuple(start for start, there in zip(starts, inside, strict=True) if there),
    )
