"""The order in which items are taken: how many are taken ahead of older ones.

A desk that takes some items as they come and the rest by age shows it: the items taken are either among the oldest or
among the youngest. If they are neither, the desk picks freely, which no rule of simcap's quite matches.
"""

from __future__ import annotations

import bisect

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

RARE = 0.05
"""Shares below this come from agents working side by side, not from a choice."""
YOUNG = 0.75
"""Part of the waiting items that must be older."""
MOST = 100_000
"""Most pick-ups considered: the latest."""


def taken_ahead(items: pd.DataFrame, owner: pd.Series | None = None) -> dict[str, float]:
    """Return the share of each queue's items that are taken while three quarters of those waiting are older.

    A pick-up counts if two items or more were waiting. In a queue worked strictly by age the share is 0. A split queue
    has a line for each `owner`, given by the items' index; items without one are in one line.
    """
    shares = {}
    for queue, rows in items.groupby("queue", observed=True):
        picked = rows[rows["started"].notna()].sort_values("started").tail(MOST)
        line_of = "" if owner is None else owner.reindex(picked.index, fill_value="").to_numpy()
        lines = picked.groupby(np.broadcast_to(line_of, len(picked)))
        share = _share([(line["created"].to_numpy(float), line["started"].to_numpy(float)) for _, line in lines])
        shares[str(queue)] = share if share >= RARE else 0.0
    return shares


def ranks(created: Array, started: Array) -> Array:
    """Return for each pick-up with a choice the rank of its item among those waiting: 0 the oldest, 1 the youngest.

    Pick-ups are in the order of `started`; a pick-up of the only item waiting involves no choice and is left out.
    """
    coming = sorted(created.tolist())
    waiting: list[float] = []
    places = []
    place = 0
    for moment, birth in zip(started.tolist(), created.tolist(), strict=True):
        while place < len(coming) and coming[place] <= moment:
            waiting.append(coming[place])
            place += 1
        rank = bisect.bisect_left(waiting, birth)
        if len(waiting) > 1:
            places.append(rank / (len(waiting) - 1))
        del waiting[rank]
    return np.array(places)


def _share(lines: list[tuple[Array, Array]]) -> float:
    """Return the share of pick-ups, out of those with a choice, that took one of the youngest quarter of a line."""
    found = np.concatenate([np.zeros(0), *(ranks(created, started) for created, started in lines)])
    return float((found > YOUNG).mean()) if found.size else 0.0
