"""Time off duty: how long agents were away from the floor while they had an item in hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


def time_off(agents: pd.Series, begun: Array, done: Array, floor: pd.DataFrame) -> Array:
    """Return the seconds within each item in which its agent was away from the floor.

    `floor` has agent, start and end of spells. Only whole absences count: one that an item begins or ends in was
    overtime, or began late.
    """
    names = pd.Index(pd.unique(floor["agent"].astype("str")))
    left, back, agent = _absences(floor, names)
    codes = names.get_indexer(pd.Index(agents))
    known = (codes >= 0) & np.isfinite(begun) & np.isfinite(done)
    off = np.zeros(len(agents))
    if not left.size or not known.any():
        return off
    low = min(float(left.min()), float(begun[known].min()))
    # Agents one after another on one axis of time.
    apart = max(float(back.max()), float(done[known].max())) - low + 1.0
    total = np.append(0.0, np.cumsum(back - left))
    first = np.searchsorted(agent * apart + left - low, codes[known] * apart + begun[known] - low, "left")
    last = np.searchsorted(agent * apart + back - low, codes[known] * apart + done[known] - low, "right")
    off[known] = np.where(last > first, total[np.maximum(last, first)] - total[first], 0.0)
    return off


def _absences(floor: pd.DataFrame, names: pd.Index) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return when agents left the floor and came back, and who they are by number, in order."""
    codes = names.get_indexer(pd.Index(floor["agent"].astype("str")))
    start, end = (floor[name].to_numpy(float) for name in ("start", "end"))
    order = np.lexsort((start, codes))
    codes, start, end = codes[order], start[order], end[order]
    reached = pd.Series(end).groupby(codes).cummax().to_numpy(float)
    pair = (codes[1:] == codes[:-1]) & (start[1:] > reached[:-1])
    return reached[:-1][pair], start[1:][pair], codes[1:][pair].astype(np.int64)
