"""Hours in which a line has work but nobody to do it."""

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
    """A stretch without anybody in which work is created that will be late by the tightest SLA."""

    begin: float
    """Simulated seconds."""
    end: float
    cause: str
    """nobody (on duty), outage (all are stopped), cap (those who are there have reached their exposure)."""
    weeks: tuple[int, ...]
    """Weeks of the horizon that it touches."""
    created: float
    """Hours of work that are created in it."""
    late: float
    """Hours of work that are created in it and too early to be in time."""


def gaps(base: Reckoning, line: int) -> list[Gap]:
    """Return the hours in which nobody can take a line's work, where some of it is late by the tightest SLA for that.

    Those are stretches that last longer than the SLA allows, each a gap or several of different causes.
    """
    capacity = base.capacity
    slas = base.queues[capacity.lines[line][0]].always_on.values()
    if not slas:
        return []
    within = min(sla.within for sla in slas)
    cause = _cause_by_cell(base, line, within)
    inside = np.zeros(cause.size, bool)
    inside[slice(*base.spans["horizon"][0])] = True
    late = np.where(inside, base.late(line, within), 0.0)
    created = np.where(inside, capacity.load[line], 0.0)
    changes = np.flatnonzero(np.diff(cause, prepend=-1, append=-1))
    long = _long(cause > 0, within)
    found = [
        _gap(base, (begin, end), _CAUSES[cause[begin]], created, late)
        for begin, end in zip(changes[:-1].tolist(), changes[1:].tolist(), strict=True)
        if long[begin] and late[begin:end].any()
    ]
    load = base.weekly.load[line]
    return [gap for gap in found if gap.late > NEGLIGIBLE * load[list(gap.weeks)].sum()]


def _cause_by_cell(base: Reckoning, line: int, within: float) -> NDArray[np.int64]:
    """Return why nobody can take a line's work in each cell, by number in `_CAUSES`."""
    cause = np.zeros(base.capacity.edges.size - 1, np.int64)
    if base.capacity.lines[line][0] in base.exposures:
        cause[base.pace(line, within).spent] = _CAUSES.index("cap")
    cause[base.hours(line, within) <= 0] = _CAUSES.index("outage")
    cause[base.reaches(line, within) @ base.capacity.planned.seconds <= 0] = _CAUSES.index("nobody")
    return cause


def _long(empty: NDArray[np.bool_], within: float) -> NDArray[np.bool_]:
    """Return which cells lie in stretches of empty ones that last longer than a time in seconds."""
    borders = np.flatnonzero(np.diff(empty.astype(np.int64), prepend=0, append=0))
    found = np.zeros(empty.size, bool)
    for begin, end in zip(borders[::2].tolist(), borders[1::2].tolist(), strict=True):
        found[begin:end] = (end - begin) * HOUR > within
    return found


def _gap(base: Reckoning, cells: tuple[int, int], cause: str, created: Array, late: Array) -> Gap:
    begin, end = cells
    edges = base.capacity.edges
    weeks = tuple(week for week, span in enumerate(base.spans["week"]) if span[0] < end and span[1] > begin)
    return Gap(
        begin=float(edges[begin]),
        end=float(edges[end]),
        cause=cause,
        weeks=weeks,
        created=float(created[begin:end].sum()) / HOUR,
        late=float(late[begin:end].sum()) / HOUR,
    )
