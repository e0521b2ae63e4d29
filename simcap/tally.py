"""What one replication hands back: counts by cell of the grid, nothing derived."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.grid import Grid

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Names:
    """What the rows of a tally stand for."""

    queues: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    """(queue, vendor) of each line; the vendor is empty for a shared pool."""
    slas: tuple[tuple[str, str], ...]
    """(queue, sla)."""
    teams: tuple[tuple[str, str], ...]
    """(vendor, team)."""


@dataclasses.dataclass(frozen=True)
class Tally:
    """Counts of one replication; the last cell stands for all time outside the horizon."""

    names: Names
    grid: Grid
    by_queue: NDArray[Any]
    """[queue, cell] records of `floor.state.QUEUE_COUNT`."""
    by_line: NDArray[Any]
    """[line, cell]."""
    by_sla: NDArray[Any]
    """[sla, line of its queue, cell]."""
    by_team: NDArray[Any]
    """[team, cell] records of `floor.state.TEAM_COUNT`."""
    decisions: NDArray[np.int64]
    """[team, queue, cell]."""
    wait_bins: NDArray[np.uint32]
    """[queue, day, bin]."""
    turnaround_bins: NDArray[np.uint32]
    bin_edges: Array
    open_before: NDArray[np.int64]
    """[queue] open items at the start of the horizon."""
    paid: Array
    """[team, cell] paid seconds, overrun left out."""
    scheduled: Array
    """[team, cell] seconds on the floor of one agent that is never absent or offline."""
    headcount: Array
    """[team, day] agents of the team at the end of the day."""
    in_training: Array
    hires: Array
    leavers: Array
    transfers: Array
    """[team, day] agents that came from other teams, less those that went to them."""
    stated: Array
    """[team, day] agents that the scenario or a file of it names."""
    notes: tuple[str, ...]
    """What the run moved or assumed, in words."""
    journal: NDArray[Any]
