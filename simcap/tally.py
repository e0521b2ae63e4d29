"""What a world returns: the counts of one replication, or the hours of a fluid estimate; nothing derived."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.grid import Grid

Array = NDArray[np.float64]

CAUSES: Final = ("nobody", "stopped", "capped", "elsewhere", "busy", "behind", "in_hand", "earlier")
"""Why an item waits or is late: nobody with the skill is on duty; all of them are stopped; all have reached their
exposure limit; only other vendors have people on duty; all are busy with items that do not go before it; all are busy
with items that do; time in hand; what went before it in its chain. The first six are waits."""


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
    count_all: frozenset[tuple[str, str]] = frozenset()
    """SLAs for which items that left undecided before they were due count as not on time."""
    by_close: frozenset[tuple[str, str]] = frozenset()
    """SLAs whose items count when they are decided (or picked up, or leave), and not when they were created."""


@dataclasses.dataclass(frozen=True)
class Tally:
    """Counts of one replication; the last cell stands for all time outside the horizon."""

    names: Names
    grid: Grid
    by_queue: NDArray[Any]
    """[queue, cell] records of `floor.state.QUEUE_COUNT`."""
    by_line: NDArray[Any]
    """[line, cell] records of `floor.state.LINE_COUNT`."""
    by_sla: NDArray[Any]
    """[sla, line of its queue, cell]."""
    late: NDArray[Any]
    """[sla, line of its queue, cell, cause] items by their main cause, and their seconds until due by cause."""
    late_hours: NDArray[np.uint32]
    """[sla, line of its queue, hour since the start of the horizon] late items by their creation."""
    by_team: NDArray[Any]
    """[team, cell] records of `floor.state.TEAM_COUNT`."""
    decisions: NDArray[np.int64]
    """[team, queue, cell]."""
    wait_bins: NDArray[np.uint32]
    """[queue, span of the grid, bin]; the last span stands for all time outside the horizon."""
    turnaround_bins: NDArray[np.uint32]
    bin_edges: Array
    open_before: NDArray[np.int64]
    """[queue] open items at the start of the horizon."""
    paid: Array
    """[team, cell] paid seconds, overrun left out."""
    scheduled: Array
    """[team, cell] seconds on the floor of an agent who is never absent or offline."""
    premium: Array
    """[team, cell] share by which time on the floor costs more because of public holidays."""
    headcount: Array
    """[team, day] agents of the team at the end of the day."""
    in_training: Array
    hires: Array
    leavers: Array
    transfers: Array
    """[team, day] agents who came from other teams, less those who went to them."""
    stated: Array
    """[team, day] agents whom the scenario or one of its files names."""
    notes: tuple[str, ...]
    """What the run moved or assumed, in words."""
    journal: NDArray[Any]


@dataclasses.dataclass(frozen=True)
class Crew:
    """Agents of one team with the same skills."""

    vendor: str
    team: str
    added: tuple[str, ...] = ()
    """Queues that cross-training has added."""


@dataclasses.dataclass(frozen=True)
class Exposure:
    """The hours that a queue's exposure limit leaves to those with the skill: a row for agents who start together."""

    queue: int
    crew: NDArray[np.int64]
    """[row]."""
    first: NDArray[np.int64]
    """[row] first cell."""
    seconds: Array
    """[row, cell from the first] seconds on the floor, weighted by speed."""
    quota: Array
    """[row] the most of these seconds that may go into the queue."""


@dataclasses.dataclass(frozen=True)
class Staffed:
    """Hours on the floor by crew, weighted by speed."""

    seconds: Array
    """[crew, cell]."""
    exposures: tuple[Exposure, ...]
    """For the queues whose limit leaves less than all hours."""


@dataclasses.dataclass(frozen=True)
class Capacity:
    """The input of a fluid estimate, in hourly cells from the start of the warm-up to after the horizon."""

    edges: Array
    """Borders of the cells in simulated seconds."""
    lines: tuple[tuple[int, str], ...]
    """(queue, vendor) of each line; the vendor is empty for a shared pool."""
    load: Array
    """[line, cell] seconds of work at full proficiency, follow-up work included."""
    crews: tuple[Crew, ...]
    skill: Array
    """[crew, queue] speed on a queue against speed in general; 0 without the skill."""
    staffed: Staffed
    """Hours that outages leave."""
    planned: Staffed
    """The same, were there no dated outages."""
    patience: Array
    """[queue, part] seconds after which waiting items leave undecided, for equal parts of them, the most impatient
    first; infinite where none leaves."""
    productive: Array
    """[team, month] hours on the floor, as contracts count them."""
    notes: tuple[str, ...]
    """What the workforce moved or assumed, in words."""

    @property
    def half_left(self) -> Array:
        """Return [queue] the seconds after which half of the waiting items have left undecided."""
        return np.asarray(self.patience[:, self.patience.shape[1] // 2])
