"""Attrition: Weibull tenures, left-truncated at the first day of the history and right-censored at its last."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from simcap.calibration.fit import Estimate, Fit, NotFitted
from simcap.units import DAY

Array = NDArray[np.float64]

ENOUGH_LEAVERS = 10


def fit_attrition(roster: pd.DataFrame, first: int, days: int) -> list[Fit | NotFitted]:
    """Fit each vendor's attrition from ordinals hired and left (NaN: employed)."""
    found: list[Fit | NotFitted] = []
    for vendor, rows in roster.groupby("vendor"):
        entry = np.maximum(first - rows["hired"].to_numpy(float), 0.0)
        gone = rows["left"].to_numpy(float)
        last = np.where(np.isnan(gone) | (gone > first + days), first + days, gone)
        exit_ = last - rows["hired"].to_numpy(float)
        left = (gone >= first) & (gone <= first + days)
        seen = exit_ > entry
        found.append(_fit(f"vendors.{vendor}.attrition", entry[seen], exit_[seen], left[seen]))
    return found


def _fit(path: str, entry: Array, exit_: Array, left: NDArray[np.bool_]) -> Fit | NotFitted:
    leavers = int(left.sum())
    if leavers < ENOUGH_LEAVERS:
        return NotFitted(path, f"{leavers} leavers; {ENOUGH_LEAVERS} are needed")
    best = optimize.minimize(
        cost, np.array([0.0, np.log(exit_.sum() / leavers)]), args=(entry, exit_, left), method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000},
    )  # fmt: skip
    shape, scale = np.exp(best.x)
    covariance = np.asarray(np.linalg.inv(curvature(np.asarray(best.x), entry, exit_, left)))
    estimates = (
        Estimate(f"{path}.weibull.shape", float(shape), "log"),
        Estimate(f"{path}.weibull.scale", float(scale) * DAY, "log", "s"),
    )
    exponential = cost(np.array([0.0, np.log((exit_ - entry).sum() / leavers)]), entry, exit_, left)
    ratio = 2 * (exponential - best.fun)
    return Fit(
        "attrition",
        estimates,
        covariance,
        leavers,
        {"leavers": float(leavers), "likelihood ratio to a constant hazard": float(ratio)},
    )


def cost(logs: Array, entry: Array, exit_: Array, left: NDArray[np.bool_]) -> float:
    """Return minus the log likelihood at (ln shape, ln scale in days): hazards of leavers less exposure."""
    shape, scale = np.exp(logs)
    exposure = (exit_ / scale) ** shape - (entry / scale) ** shape
    hazard = np.log(shape / scale) + (shape - 1) * np.log(np.maximum(exit_[left], 0.5) / scale)
    return float(exposure.sum() - hazard.sum())


def curvature(at: Array, entry: Array, exit_: Array, left: NDArray[np.bool_]) -> Array:
    """Return the matrix of second derivatives of `cost` by central differences."""
    step = 1e-4
    size = at.size
    matrix = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            corners = [
                sign_i
                * sign_j
                * cost(at + step * (sign_i * np.eye(size)[i] + sign_j * np.eye(size)[j]), entry, exit_, left)
                for sign_i in (1, -1)
                for sign_j in (1, -1)
            ]
            matrix[i, j] = sum(corners) / (4 * step**2)
    return matrix
