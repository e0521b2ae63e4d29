"""Hours in which a line of work has nobody to do it."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.reckoning import NEGLIGIBLE, Reckoning
from simcap.units import HOUR

Array = NDArray[np.float64]

_CAUSES = ("", "nobody", "outage", "cap")


@dataclasses.dataclass(frozen=True)
class Gap:
    """A stretch with nobody there, in which work is created that will be late by the tightest SLA."""

    begin: float
    """Simulated seconds."""
    end: float
    cause: str
    """nobody (on duty), outage (all are stopped), cap (all on duty have reached their exposure limit)."""
    weeks: tuple[int, ...]
    """Weeks of the horizon that it touches."""
    created: float
    """Hours of work created in it."""
    late: float
    """Hours of work created in it that are late, or leave before anyone can take them, because of it."""
    limit: float
    """Seconds after which work created in it is late, or half of it has left."""
    leaves: bool
    """Whether half of it leaves before it is late."""


def gaps(base: Reckoning, line: int) -> list[Gap]:
    """Return the hours in which nobody can take a line's work, if that makes some of it late by the tightest SLA.

    These are stretches that last longer than the SLA allows, each one gap or several with different causes. If most
    work leaves before it is late, they are stretches that last longer than half of it waits.
    """
    capacity = base.capacity
    queue = capacity.lines[line][0]
    tightest = min(base.slas(line).values(), key=lambda sla: sla.within, default=None)
    if tightest is None:
        return []
    leaves = base.leaves_first(line, tightest)
    limit = float(capacity.half_left[queue]) if leaves else tightest.within
    cause = _cause_by_cell(base, line, tightest.within)
    inside = np.zeros(cause.size, bool)
    inside[slice(*base.spans["horizon"][0])] = True
    late = np.where(inside, base.missed(line, tightest), 0.0)
    changes = np.flatnonzero(np.diff(cause, prepend=-1, append=-1))
    long = _long(cause > 0, limit)
    every = [
        _gap(base, line, (begin, end), _CAUSES[cause[begin]], late, (limit, leaves))
        for begin, end in zip(changes[:-1].tolist(), changes[1:].tolist(), strict=True)
        if long[begin] and late[begin:end].any()
    ]
    load = base.weekly.load[line]
    return [gap for gap in every if gap.late > NEGLIGIBLE * load[list(gap.weeks)].sum()]


def _cause_by_cell(base: Reckoning, line: int, within: float) -> NDArray[np.int64]:
    """Return why nobody can take a line's work in each cell, as numbers in `_CAUSES`."""
    cause = np.zeros(base.capacity.edges.size - 1, np.int64)
    if base.capacity.lines[line][0] in base.exposures:
        cause[base.pace(line, within).spent] = _CAUSES.index("cap")
    cause[base.hours(line, within) <= 0] = _CAUSES.index("outage")
    cause[base.reaches(line, within) @ base.capacity.planned.seconds <= 0] = _CAUSES.index("nobody")
    return cause


def _long(empty: NDArray[np.bool_], within: float) -> NDArray[np.bool_]:
    """Return which cells lie in stretches of empty cells that last longer than `within` seconds."""
    borders = np.flatnonzero(np.diff(empty.astype(np.int64), prepend=0, append=0))
    long = np.zeros(empty.size, bool)
    for begin, end in zip(borders[::2].tolist(), borders[1::2].tolist(), strict=True):
        long[begin:end] = (end - begin) * HOUR > within
    return long


def _gap(base: Reckoning, line: int, cells: tuple[int, int], cause: str, late: Array, terms: tuple[float, bool]) -> Gap:
    """Return the gap in some cells, from the first one with work on; `late` is late work within the horizon."""
    load, edges = base.capacity.load[line], base.capacity.edges
    begin, end = cells[0] + int(np.argmax(load[cells[0] : cells[1]] > 0)), cells[1]
    first, last = base.spans["horizon"][0]
    return Gap(
        begin=float(edges[begin]),
        end=float(edges[end]),
        cause=cause,
        weeks=tuple(week for week, span in enumerate(base.spans["week"]) if span[0] < end and span[1] > begin),
        created=float(load[max(begin, first) : min(end, last)].sum()) / HOUR,
        late=float(late[begin:end].sum()) / HOUR,
        limit=terms[0],
        leaves=terms[1],
    )
