"""Whether any of a run's SLAs is missed: over the horizon, and in each week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.comparison import Run
from simcap.analysis.figures import Layout, Subject
from simcap.scenario.grid import Windows

Array = NDArray[np.float64]


class Attained(NamedTuple):
    """What is attained of one SLA, window by window."""

    windows: Windows
    attainment: Array
    """[replication, window]."""
    target: float


def settled_slas(layout: Layout) -> list[Subject]:
    """Return the SLA rows that are independent: vendors' parts of queues, and queues without allocation."""
    split = {(queue, name) for queue, vendor, name in layout.subjects["sla"] if vendor}
    return [row for row in layout.subjects["sla"] if row[1] or (row[0], row[2]) not in split]


def attained(run: Run) -> list[Attained]:
    """Return what a run attains of its independent SLAs, each by its own period."""
    rows = [(row, run.periods[row[0], row[2]]) for row in settled_slas(run.layout)]
    return [
        Attained(run.layout.windows[per], run.figures.of("sla", per, row, "attainment"), run.targets[row])
        for row, per in rows
    ]


def any_missed(rows: Sequence[Attained]) -> Array | None:
    """Return by replication 1 where any whole window of any SLA is missed, else 0; None if none has items."""
    if not any(np.isfinite(row.attainment[:, list(row.windows.whole)]).any() for row in rows):
        return None
    missed = [(row.attainment[:, list(row.windows.whole)] < row.target).any(axis=1) for row in rows]
    return np.asarray(np.any(missed, axis=0), dtype=float)


def chance_by(rows: Sequence[Attained], columns: Windows) -> Array:
    """Return the probability by column that any window inside it misses any of the SLAs; NaN where none is judged."""
    shape = (rows[0].attainment.shape[0], len(columns.cells))
    missed, exists = np.zeros(shape, bool), np.zeros(shape, bool)
    for row in rows:
        for window, column in _inside(row.windows, columns):
            exists[:, column] |= ~np.isnan(row.attainment[:, window])
            missed[:, column] |= row.attainment[:, window] < row.target
    of = exists.sum(axis=0)
    return np.where(of > 0, missed.sum(axis=0) / np.maximum(of, 1), np.nan)


def worst_column(rows: Sequence[Attained], columns: Windows) -> tuple[int | None, float]:
    """Return the column in which some SLA is most likely to be missed, and how likely; None where none is judged."""
    chances = chance_by(rows, columns) if rows else np.zeros(0)
    if not np.isfinite(chances).any():
        return None, float("nan")
    worst = int(np.nanargmax(chances))
    return worst, float(chances[worst])


def _inside(windows: Windows, columns: Windows) -> Iterator[tuple[int, int]]:
    """Yield (window, column) for each whole window that lies within a column."""
    begins = np.array([begin for begin, _ in columns.cells])
    for window, (begin, end) in enumerate(windows.cells):
        column = int(np.searchsorted(begins, begin, side="right")) - 1
        if windows.whole[window] and end <= columns.cells[column][1]:
            yield window, column
