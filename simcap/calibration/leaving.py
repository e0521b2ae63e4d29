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
    return [
        _fit(f"vendors.{vendor}.attrition", *_spans(rows, first, days)) for vendor, rows in roster.groupby("vendor")
    ]


def survival(roster: pd.DataFrame, first: int, days: int) -> tuple[Array, Array, Array, Array]:
    """Return tenures in days at which agents left, the share still there after each, and its 95% interval.

    Kaplan & Meier (1958) with late entry: an agent counts from the tenure at the first day of the history on. The
    interval is Greenwood's on the log-log scale. Begins at the first tenure that is seen.
    """
    entry, exit_, left = _spans(roster, first, days)
    times = np.unique(exit_[left])
    there = np.array([((entry < time) & (exit_ >= time)).sum() for time in times], float)
    gone = np.array([(left & (exit_ == time)).sum() for time in times], float)
    alive = np.cumprod(1 - gone / there)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(gone / (there * np.maximum(there - gone, 1e-9)))
        half = np.where(alive < 1, 1.96 * np.sqrt(variance) / np.abs(np.log(alive)), 0.0)
        low, high = alive ** np.exp(half), alive ** np.exp(-half)
    begin = np.array([float(entry.min())])
    one = np.ones(1)
    return tuple(
        np.concatenate([start, rest]) for start, rest in ((begin, times), (one, alive), (one, low), (one, high))
    )  # type: ignore[return-value]


def _spans(rows: pd.DataFrame, first: int, days: int) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return the tenures in days at which agents begin and end to be seen, and whether they left then."""
    hired, gone = rows["hired"].to_numpy(float), rows["left"].to_numpy(float)
    entry = np.maximum(first - hired, 0.0)
    exit_ = np.where(np.isnan(gone) | (gone > first + days), first + days, gone) - hired
    left = (gone >= first) & (gone <= first + days)
    seen = exit_ > entry
    return entry[seen], exit_[seen], left[seen]


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
