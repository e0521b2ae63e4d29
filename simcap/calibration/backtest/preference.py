"""Which of their queues agents take from first, as seen from what they took while other work was waiting."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.allocated import Allocated
from simcap.calibration.backtest.inferred_duty import InferredDuty

Array = NDArray[np.float64]


def preferred(
    items: pd.DataFrame, work: pd.DataFrame, duty: InferredDuty, split: Allocated
) -> tuple[tuple[str, ...], ...]:
    """Return the queues of each team, the one it prefers first.

    One queue is preferred to another if the team's agents took an item of the first while the second had items waiting
    more often than the other way round; queues are ordered by how many others they are preferred to (Copeland 1951).
    """
    by_vendor = {vendor: _waiting(split.waiting_for(items, vendor)) for vendor in set(duty.vendors)}
    orders = []
    for team, skills in enumerate(duty.skills):
        waiting = by_vendor[duty.vendors[team]]
        people = duty.blocks.loc[duty.blocks["team"] == team, "agent"].unique()
        work_taken = work[work["number"].isin(people)]
        moments = {name: work_taken.loc[work_taken["queue"] == name, "start"].to_numpy(float) for name in skills}
        wins = {
            (one, other): int((_count(waiting[other], moments[one]) > 0).sum())
            for one in skills
            for other in skills
            if one != other and other in waiting
        }
        beaten = {one: sum(wins.get((one, other), 0) > wins.get((other, one), 0) for other in skills) for one in skills}
        orders.append(tuple(sorted(skills, key=lambda name: (-beaten[name], name))))
    return tuple(orders)


def _waiting(items: pd.DataFrame) -> dict[str, tuple[Array, Array]]:
    """Return by queue when items began to wait, and when they were taken or left, each in order."""
    left = items["started"].fillna(np.inf).clip(upper=items["expired"].fillna(np.inf)).to_numpy(float)
    created, queue = items["created"].to_numpy(float), items["queue"].astype(str).to_numpy()
    return {name: (np.sort(created[queue == name]), np.sort(left[queue == name])) for name in np.unique(queue).tolist()}


def _count(spans: tuple[Array, Array], moments: Array) -> NDArray[np.int64]:
    """Return how many items wait at each moment; those that come or go at that moment do not count."""
    begin, end = spans
    return np.asarray(np.searchsorted(begin, moments, "left") - np.searchsorted(end, moments, "right"), np.int64)
