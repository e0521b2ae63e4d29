"""Shifts: which spells of attendance belong together, whatever midnight lies between them.

Spells of one agent that touch, or have a break between them, are one shift. It belongs to the day on which it begins.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.units import HOUR

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

PAUSE = 4 * HOUR
"""Time between two spells of an agent from which on the later one begins another shift."""
LONGEST = 18 * HOUR
"""Spells that follow one another for longer than this are several shifts, such as leave from midnight to midnight."""


def with_shifts(spells: pd.DataFrame) -> pd.DataFrame:
    """Return spells of agent, start, end and activity with the shift of each: its number, when it began and ended."""
    codes = pd.factorize(spells["agent"].astype("str").str.casefold())[0].astype(np.int64)
    start, end = (spells[name].to_numpy(float) for name in ("start", "end"))
    absent = (spells["activity"] == "absent").to_numpy()
    order = np.lexsort((end, start, codes))
    number = np.empty(order.size, np.int64)
    number[order] = _numbers(codes[order], start[order], end[order], absent[order])
    shifts = pd.Series(number, index=spells.index)
    return spells.assign(
        shift=shifts,
        begun=spells["start"].groupby(shifts).transform("min"),
        over=spells["end"].groupby(shifts).transform("max"),
    )


def _numbers(agent: Rows, start: Floats, end: Floats, absent: NDArray[np.bool_]) -> Rows:
    """Return the number of each spell's shift; spells are sorted by agent and start."""
    fresh = np.diff(agent, prepend=-1) != 0
    gaps = np.where(fresh, np.inf, start - _reached_before(agent, start, end))
    begins = gaps >= PAUSE
    edges = np.append(np.flatnonzero(begins), start.size)
    long = np.maximum.reduceat(end, edges[:-1]) - start[edges[:-1]] > LONGEST if start.size else begins
    for chain in np.flatnonzero(long).tolist():
        _divide(begins, edges[chain], edges[chain + 1], (start, end, gaps, absent))
    return np.asarray(np.cumsum(begins), np.int64)


def _reached_before(agent: Rows, start: Floats, end: Floats) -> Floats:
    """Return the latest end of the spells of the same agent that began before each."""
    # Agents one after another on one axis of time: nobody's spells reach into the next one's.
    apart = agent * (end.max(initial=0.0) - start.min(initial=0.0) + 1.0)
    return np.asarray(np.roll(np.maximum.accumulate(end + apart), 1) - apart)


def _divide(
    begins: NDArray[np.bool_], low: int, high: int, spells: tuple[Floats, Floats, Floats, NDArray[np.bool_]]
) -> None:
    """Mark where further shifts begin among spells that follow one another for too long.

    They are parted where an absence meets time there, else at the longest pause.
    """
    start, end, gaps, absent = spells
    todo = [(low, high)]
    while todo:
        low, high = todo.pop()
        if high - low < 2 or end[low:high].max() - start[low] <= LONGEST:
            continue
        inside = slice(low + 1, high)
        change = absent[inside] != absent[low : high - 1]
        place = low + 1 + int(np.lexsort((gaps[inside], change))[-1])
        begins[place] = True
        todo += [(low, place), (place, high)]
