"""Load against capacity as fluids: which hours of work no team can take, however cleverly it is shared out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def uncovered(load: Array, supply: Array, skills: Sequence[Sequence[int]]) -> Array:
    """Return [queue, week] hours that remain undone when each week's supply is shared out best.

    `load` is [queue, week], `supply` [team, week], both in hours; `skills` are the queues of each team. For each week
    the sum of uncovered hours is made as small as can be (a linear program).
    """
    return np.stack([_one_week(load[:, week], supply[:, week], skills) for week in range(load.shape[1])], axis=1)


def _one_week(load: Array, supply: Array, skills: Sequence[Sequence[int]]) -> Array:
    from scipy.optimize import linprog

    pairs = [(team, queue) for team, queues in enumerate(skills) for queue in queues]
    queues, teams = load.size, supply.size
    gives = np.zeros((teams, len(pairs)))
    takes = np.zeros((queues, len(pairs)))
    for place, (team, queue) in enumerate(pairs):
        gives[team, place] = 1.0
        takes[queue, place] = 1.0
    solved = linprog(-np.ones(len(pairs)), np.vstack([gives, takes]), np.concatenate([supply, load]))
    return np.maximum(load - takes @ np.asarray(solved.x, np.float64), 0.0)


def reachable(supply: Array, skills: Sequence[Sequence[int]], queues: int) -> Array:
    """Return [queue, week] hours of all teams that can take each queue."""
    rows = [[team for team, own in enumerate(skills) if queue in own] for queue in range(queues)]
    return np.stack([supply[row].sum(axis=0) for row in rows])
