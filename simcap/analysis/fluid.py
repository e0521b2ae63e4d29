"""Load against capacity as fluids: which work is past due at the end of a week, however well hours are shared out."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_RELUCTANCE = 1e-3
"""Cost of an hour on another vendor's work, relative to an hour of work past due."""
_NOTHING = 1e-6
"""Share of the load that counts as none."""


@dataclasses.dataclass(frozen=True)
class Weekly:
    """Hours by week of the horizon."""

    load: Array
    """[line, week] work."""
    not_due: Array
    """[line, week] work of this and earlier weeks that is not due yet when the week ends."""
    supply: Array
    """[crew, week]."""
    speed: Array
    """[crew, line] work done in an hour; 0 where the crew may not take the line."""
    limit: Array
    """[crew, line, week] hours that exposure limits allow; infinite without one. Lines of a queue share them."""
    queue: NDArray[np.int64]
    """[line] the queue of each line."""
    stays: Mask
    """[line] whether work that is not done in a week waits for the next, rather than leaving undecided."""
    foreign: Mask
    """[crew, line] whether a line belongs to another vendor, whose work comes after one's own."""


def overdue(weekly: Weekly) -> Array:
    """Return [line, week] hours of work that are past due at the end of each week when hours are shared out optimally.

    Work that is not done in a week waits for the next, or has left undecided. The sum over lines and weeks is
    minimised: by a simple allocation if that leaves nothing, else by a linear program.
    """
    if _all_fits(weekly):
        return np.zeros_like(weekly.load)
    return _minimum_overdue(weekly)


def _all_fits(weekly: Weekly) -> bool:
    """Return whether a simple allocation does all work in its week: lines with few crews first, narrow crews first."""
    lines = np.argsort((weekly.speed > 0).sum(axis=0), kind="stable")
    crews = np.argsort((weekly.speed > 0).sum(axis=1), kind="stable")
    supply, limit = weekly.supply.copy(), weekly.limit.copy()
    for line in lines.tolist():
        left = weekly.load[line].copy()
        siblings = np.flatnonzero(weekly.queue == weekly.queue[line])
        for crew in crews.tolist():
            if weekly.speed[crew, line] > 0:
                hours = np.minimum(np.minimum(supply[crew], limit[crew, line]), left / weekly.speed[crew, line])
                supply[crew] -= hours
                limit[crew, siblings] -= hours
                left -= hours * weekly.speed[crew, line]
        if (left > _NOTHING * np.maximum(weekly.load[line], 1.0)).any():
            return False
    return True


def _minimum_overdue(weekly: Weekly) -> Array:
    """Solve for hours [pair, week], work that waits [line, week] and work past due [line, week]."""
    from scipy.optimize import linprog
    from scipy.sparse import block_array, diags_array, eye_array, kron

    lines, weeks = weekly.load.shape
    crew, line = np.nonzero(weekly.speed)
    each_week = eye_array(weeks)
    speed = weekly.speed[crew, line]
    does: Any = kron(_rows_of(line, lines, speed), each_week)
    waiting: Any = eye_array(lines * weeks)
    carried: Any = waiting - kron(diags_array(weekly.stays.astype(np.float64)), eye_array(weeks, k=-1))
    used: Any = kron(_rows_of(crew, weekly.supply.shape[0], np.ones(crew.size)), each_week)
    shared = crew * (weekly.queue.max() + 1) + weekly.queue[line]
    groups, place = np.unique(shared, return_inverse=True)
    exposed: Any = kron(_rows_of(place, groups.size, np.ones(crew.size)), each_week)
    limits = np.zeros((groups.size, weeks))
    limits[place] = np.minimum(weekly.limit[crew, line], weekly.supply[crew])
    at_most = block_array([[used, None, None], [exposed, None, None], [None, waiting, -waiting]])
    exactly = block_array([[does, carried, 0 * waiting]])
    cost = [np.repeat(_RELUCTANCE * weekly.foreign[crew, line], weeks), np.zeros(lines * weeks), np.ones(lines * weeks)]
    solved: Any = linprog(
        np.concatenate(cost),
        A_ub=at_most,
        b_ub=np.concatenate([weekly.supply.ravel(), limits.ravel(), weekly.not_due.ravel()]),
        A_eq=exactly,
        b_eq=weekly.load.ravel(),
    )
    return np.asarray(solved.x[-lines * weeks :], np.float64).reshape(lines, weeks)


def _rows_of(row: NDArray[np.int64], rows: int, values: Array) -> Array:
    """Return [row, column] with one value in each column."""
    matrix = np.zeros((rows, row.size))
    matrix[row, np.arange(row.size)] = values
    return matrix
