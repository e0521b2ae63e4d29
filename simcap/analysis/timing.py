"""Work over time as a fluid: what is late even if all hours that can go into a line of work do."""

from __future__ import annotations

import collections
import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.tally import Exposure

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_MOMENTS = (np.arange(4) + 0.5) / 4
"""Parts of a cell at which items are created."""
_ROUNDING = 1e-11


def late_work(edges: Array, load: Array, capacity: Array, within: float) -> Array:
    """Return the work of each cell that is not done `within` seconds of its creation, oldest first.

    `load` and `capacity` are seconds of work by cell, spread evenly over it. Work created at t is done when the
    capacity since the line was last empty has done all work before it; what is due after the last cell is on time.
    """
    created, done = _sums(load), _sums(capacity)
    lowest = np.minimum.accumulate(created - done)[:-1]
    late = np.zeros_like(load)
    for sample in _MOMENTS:
        before = created[:-1] + sample * load
        empty = np.minimum(lowest, before - (done[:-1] + sample * capacity))
        due = edges[:-1] + sample * np.diff(edges) + within
        able = np.where(due < edges[-1], np.interp(due, edges, done), np.inf)
        late += able < before - empty - _ROUNDING * (created[-1] + done[-1])
    return late * load / _MOMENTS.size


def late_where_it_leaves(edges: Array, load: Array, capacity: Array, within: float) -> Array:
    """Return the work of each cell that is not begun `within` seconds of its creation, if late work leaves.

    At best nobody works on it, as that would take hours from work that is not late yet. Cells are done in quarters.
    """
    parts = _MOMENTS.size
    begins = (edges[:-1, None] + np.diff(edges)[:, None] * np.arange(parts) / parts).ravel().tolist()
    dues = (edges[:-1, None] + np.diff(edges)[:, None] * _MOMENTS + within).ravel().tolist()
    created, able = (np.repeat(values / parts, parts).tolist() for values in (load, capacity))
    late, waiting = np.zeros_like(load), collections.deque[tuple[int, float]]()
    for part, begin in enumerate(begins):
        waiting.append((part, created[part]))
        hours = able[part]
        while waiting and (hours > 0 or dues[waiting[0][0]] < begin):
            first, left = waiting.popleft()
            if dues[first] < begin:
                late[first // parts] += left
            elif left > hours:
                waiting.appendleft((first, left - hours))
                hours = 0.0
            else:
                hours -= left
    return late


def late_in_pace(edges: Array, load: Array, served: Array, within: float) -> Array:
    """Return the work of each cell that is not done `within` seconds; `served` is what is done in each cell, in order.

    To give the benefit of the doubt, it counts as done at the start of the cell.
    """
    created, done = _sums(load), np.append(np.cumsum(served), np.inf)
    late = np.zeros_like(load)
    for sample in _MOMENTS:
        due = edges[:-1] + sample * np.diff(edges) + within
        place = np.searchsorted(edges, due, side="right") - 1
        late += done[np.minimum(place, load.size)] < created[:-1] + sample * load - _ROUNDING * created[-1]
    return late * load / _MOMENTS.size


def left_alone(edges: Array, load: Array, there: Mask, patience: Array) -> Array:
    """Return the work of each cell that has left before someone is there again; equal parts leave at `patience`."""
    begins = np.append(np.where(there, edges[:-1], np.inf), edges[-1])
    following = np.minimum.accumulate(begins[::-1])[::-1][:-1]
    left = np.zeros_like(load)
    for sample in _MOMENTS:
        alone = following - (edges[:-1] + sample * np.diff(edges))
        left += (patience < alone[:, None]).mean(axis=1)
    return left * load / _MOMENTS.size


@dataclasses.dataclass(frozen=True)
class Worked:
    """What is done on a line that has its crews to itself under an exposure limit, by cell."""

    served: Array
    spent: Mask
    """Cells in which work waits and someone is there, but nobody may take more of it that day."""
    left: Array
    """What has left undone, by the cell in which it was created."""


def pace(load: Array, exposure: Exposure, rows: NDArray[np.int64], speed: Array, leaves: int | None = None) -> Worked:
    """Let the crews in some rows of an exposure work only on a line, those who go home first going first.

    `speed` is by row; work leaves `leaves` cells after its own, unless None.
    """
    cells = load.size
    begins: dict[int, list[int]] = {}
    for row in rows.tolist():
        begins.setdefault(max(int(exposure.first[row]), 0), []).append(row)
    seconds, first = exposure.seconds.tolist(), exposure.first.tolist()
    ends = (exposure.first + exposure.seconds.shape[1] - np.argmax(exposure.seconds[:, ::-1] > 0, axis=1)).tolist()
    quota, rate = exposure.quota.tolist(), speed.tolist()
    served, spent, left = np.zeros(cells), np.zeros(cells, bool), np.zeros(cells)
    created = done_before = gone = waiting = 0.0
    here = list[int]()
    for cell, new in enumerate(load.tolist()):
        waiting += new
        if leaves is not None and cell > leaves:
            # First come, first served: what is left of a cell is all work up to it that is neither done nor gone.
            created += load[cell - leaves - 1]
            late = max(created - gone - done_before, 0.0)
            left[cell - leaves - 1] = late
            gone += late
            waiting -= late
        here = sorted([row for row in here if cell < ends[row]] + begins.get(cell, []), key=ends.__getitem__)
        present = done = 0.0
        for row in here:
            there = seconds[row][cell - first[row]]
            worked = min(there, quota[row], (waiting - done) / rate[row])
            quota[row] -= worked
            done += worked * rate[row]
            present += there
        waiting -= done
        done_before += done
        served[cell], spent[cell] = done, present > 0 and done == 0 and waiting > 0
    return Worked(served, spent, left)


def unavoidably_late(edges: Array, load: Array, capacity: Array, within: float) -> Array:
    """Return what is late at each border whatever the order of work: what waits then and is older than `within`.

    Unlike `late_work`, this is valid for several lines together, one of which may be left to wait for others' sake.
    """
    created, done = _sums(load), _sums(capacity)
    waiting = (created - done) - np.minimum.accumulate(created - done)
    young = created - np.interp(edges - within, edges, created, left=0.0)
    return np.asarray(np.maximum(waiting - young, 0.0))


def _sums(values: Array) -> Array:
    return np.append(0.0, np.cumsum(values))
