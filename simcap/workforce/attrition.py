"""When agents leave: the time that an agent of a given tenure stays, by inverting the survival function."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.schema.vendors import Attrition
from simcap.units import DAY, YEAR

Array = NDArray[np.float64]

TENURED: Final = 100 * 365 * DAY
"""Seconds of tenure of agents whose tenure is not given: more than any ramp or table of hazards needs."""


def time_left(attrition: Attrition, tenure: Array, u: Array) -> Array:
    """Return the seconds until agents leave, given their tenures in seconds and a uniform each.

    An agent stays for t more seconds with probability S(tenure + t) / S(tenure) = u. For those who are `TENURED`, a
    Weibull distribution gives the rest of a stay in progress: u = 1 - integral of S from 0 to t / its mean (Cox 1962),
    as in a team whose leavers have long been replaced.
    """
    exposure = -np.log(u)
    with np.errstate(divide="ignore"):
        if attrition.per_year is not None:
            return exposure / (-np.log1p(-attrition.per_year) / YEAR) if attrition.per_year else np.full_like(u, np.inf)
        if attrition.weibull is not None:
            shape, scale = attrition.weibull.shape, attrition.weibull.scale
            left = np.asarray(scale * ((tenure / scale) ** shape + exposure) ** (1 / shape) - tenure)
            unknown = tenure >= TENURED
            left[unknown] = _rest_of_stay(shape, scale, u[unknown])
            return left
    assert attrition.hazard is not None
    return _from_table(attrition.hazard, tenure, exposure)


def _rest_of_stay(shape: float, scale: float, u: Array) -> Array:
    from scipy.special import gammaincinv

    return np.asarray(scale * gammaincinv(1 / shape, 1 - u) ** (1 / shape))


def _from_table(rows: tuple[tuple[float, float, float], ...], tenure: Array, exposure: Array) -> Array:
    starts = np.array([row[0] for row in rows])
    hazards = np.array([row[2] for row in rows])
    reached = np.concatenate([[0.0], np.cumsum(np.diff(starts) * hazards[:-1])])
    place = np.searchsorted(starts, tenure, side="right") - 1
    goal = reached[place] + (tenure - starts[place]) * hazards[place] + exposure
    end = np.searchsorted(reached, goal, side="right") - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        more = np.where(goal > reached[end], (goal - reached[end]) / hazards[end], 0.0)
    return np.asarray(starts[end] + more - tenure)
