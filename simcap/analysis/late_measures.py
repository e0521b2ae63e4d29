"""Late items of one replication as figures: items by the cause that took most of their time, and hours by cause."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.measures import Measured, sla_rows, sums
from simcap.scenario.grid import Windows
from simcap.tally import CAUSES, Tally
from simcap.units import HOUR

LATE_MEASURES = (*CAUSES, *(f"{cause}_hours" for cause in CAUSES))
"""Late items by main cause, then hours of late items by cause."""
BY_HOUR = ("late_hours", "horizon")
"""Key of the figures [SLA row, hour of the horizon]: late items by hour of creation."""


def late_figures(tally: Tally, windows: Windows) -> Measured:
    """Return late items, and their hours, by cause: [SLA row, window]."""
    rows = [tally.late[sla, places] for sla, *_, places in sla_rows(tally)]
    figures: Measured = {}
    for number, cause in enumerate(CAUSES):
        for name, field, unit in ((cause, "items", 1.0), (hours_of(cause), "seconds", HOUR)):
            counts = [sums(late[field].sum(axis=0).T[number], windows) / unit for late in rows]
            figures[name] = np.array(counts).reshape(len(rows), len(windows.cells))
    return figures


def hours_of(cause: str) -> str:
    """Return the name of the measure for the hours that a cause takes."""
    return f"{cause}_hours"


def late_by_hour(tally: Tally) -> NDArray[np.uint32]:
    """Return late items by hour of creation: [SLA row, hour of the horizon]."""
    rows = [tally.late_hours[sla, places].sum(axis=0, dtype=np.uint32) for sla, *_, places in sla_rows(tally)]
    return np.stack(rows) if rows else np.zeros((0, tally.late_hours.shape[-1]), np.uint32)
