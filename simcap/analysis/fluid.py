"""Load against capacity as fluids: which work is past due at the end of a week, however cleverly hours are shared."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_RELUCTANCE = 1e-3
"""What an hour on another vendor's work costs against one of work past due."""
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
    """[crew, line, week] hours that limits of exposure allow; infinite without one. Lines of a queue share them."""
    queue: NDArray[np.int64]
    """[line] the queue of each line."""
    stays: Mask
    """[line] whether what a week does not do waits for the next, or has left undecided by then."""
    foreign: Mask
    """[crew, line] whether a line is another vendor's, whose work comes after one's own."""


def overdue(plan: Weekly) -> Array:
    """Return [line, week] hours of work that are past due at the end of each week when hours are shared out best.

    What a week does not do waits for the next, or has left undecided. The sum over lines and weeks is made as small as
    can be: by trying where that leaves nothing, else by a linear program.
    """
    if _all_fits(plan):
        return np.zeros_like(plan.load)
    return _least(plan)


def _all_fits(plan: Weekly) -> bool:
    """Return whether a simple plan does each week's work within it: lines with few crews first, narrow crews first."""
    lines = np.argsort((plan.speed > 0).sum(axis=0), kind="stable")
    crews = np.argsort((plan.speed > 0).sum(axis=1), kind="stable")
    supply, limit = plan.supply.copy(), plan.limit.copy()
    for line in lines.tolist():
        left = plan.load[line].copy()
        siblings = np.flatnonzero(plan.queue == plan.queue[line])
        for crew in crews.tolist():
            if plan.speed[crew, line] > 0:
                hours = np.minimum(np.minimum(supply[crew], limit[crew, line]), left / plan.speed[crew, line])
                supply[crew] -= hours
                limit[crew, siblings] -= hours
                left -= hours * plan.speed[crew, line]
        if (left > _NOTHING * np.maximum(plan.load[line], 1.0)).any():
            return False
    return True


def _least(plan: Weekly) -> Array:
    """Solve for hours [pair, week], work that waits [line, week] and work past due [line, week]."""
    from scipy.optimize import linprog
    from scipy.sparse import block_array, diags_array, eye_array, kron

    lines, weeks = plan.load.shape
    crew, line = np.nonzero(plan.speed)
    each_week = eye_array(weeks)
    speed = plan.speed[crew, line]
    does: Any = kron(_rows_of(line, lines, speed), each_week)
    waiting: Any = eye_array(lines * weeks)
    carried: Any = waiting - kron(diags_array(plan.stays.astype(np.float64)), eye_array(weeks, k=-1))
    works: Any = kron(_rows_of(crew, plan.supply.shape[0], np.ones(crew.size)), each_week)
    shared = crew * (plan.queue.max() + 1) + plan.queue[line]
    names, place = np.unique(shared, return_inverse=True)
    exposed: Any = kron(_rows_of(place, names.size, np.ones(crew.size)), each_week)
    limits = np.zeros((names.size, weeks))
    limits[place] = np.minimum(plan.limit[crew, line], plan.supply[crew])
    at_most = block_array([[works, None, None], [exposed, None, None], [None, waiting, -waiting]])
    exactly = block_array([[does, carried, 0 * waiting]])
    cost = [np.repeat(_RELUCTANCE * plan.foreign[crew, line], weeks), np.zeros(lines * weeks), np.ones(lines * weeks)]
    solved: Any = linprog(
        np.concatenate(cost),
        A_ub=at_most,
        b_ub=np.concatenate([plan.supply.ravel(), limits.ravel(), plan.not_due.ravel()]),
        A_eq=exactly,
        b_eq=plan.load.ravel(),
    )
    return np.asarray(solved.x[-lines * weeks :], np.float64).reshape(lines, weeks)


def _rows_of(row: NDArray[np.int64], rows: int, values: Array) -> Array:
    """Return [row, column] with one value in each column."""
    found = np.zeros((rows, row.size))
    found[row, np.arange(row.size)] = values
    return found
