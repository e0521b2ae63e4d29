"""Volumes: level, growth, hour-of-week profile and day-level busyness of each queue.

Daily counts are negative binomial with a weekday pattern and a weekly trend; its dispersion is the squared coefficient
of variation of busyness. Day-to-day correlation of busyness is found from the residuals, and widens the errors.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from simcap.calibration.fit import Estimate, Fit, NotFitted

Array = NDArray[np.float64]

ENOUGH_DAYS = 28
MOST_CORRELATED = 0.95
_FITTED = 8
"""Weekdays, level and trend: what is fitted to the daily counts."""
STRANGE = 4.0
"""Days whose count lies this many standard deviations from the fit are named as outliers; they stay in."""


def fit_volumes(items: pd.DataFrame, first: int, days: int, fed: tuple[str, ...]) -> list[Fit | NotFitted]:
    """Fit the volumes of each queue that is not fed by others. Days are counted from the ordinal `first`."""
    found: list[Fit | NotFitted] = []
    for queue, rows in items.groupby("queue", observed=True):
        if str(queue) not in fed:
            counts = np.bincount(rows["day"].to_numpy() - first, minlength=days).astype(float)
            hours = np.bincount(rows["hour"].to_numpy(), minlength=168).astype(float)
            found.append(_fit(str(queue), counts, hours, first))
    return found


def _fit(queue: str, counts: Array, hours: Array, first: int) -> Fit | NotFitted:
    path = f"queues.{queue}.arrivals"
    days = counts.size
    if days < ENOUGH_DAYS or counts.sum() < 5 * days:
        return NotFitted(path, f"{counts.sum():,.0f} items on {days} days; 28 days and 5 items a day are needed")
    weekday = (first - 1 + np.arange(days)) % 7
    week = np.arange(days) // 7
    pattern = np.array([counts[weekday == day].mean() for day in range(7)]) / counts.mean()
    open_days = pattern[weekday] > 0
    level, slope, likely, covariance = _regress(counts[open_days], week[open_days], np.log(pattern[weekday][open_days]))
    expected = np.exp(level + slope * week) * pattern[weekday]
    dispersion = _dispersion(counts[open_days], expected[open_days], likely)
    covariance[:2, :2] *= max(dispersion / likely, 1.0)
    factor = np.where(open_days, counts / np.where(expected > 0, expected, 1), 1.0) - 1
    correlation = _correlation(factor, dispersion, open_days)
    # Correlated days say less than as many independent ones (Bartlett 1946), by this factor in the variance.
    covariance[:2, :2] *= (1 + correlation) / (1 - correlation)
    weeks = -(-days // 7)
    ahead = np.array([[1.0, weeks, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.5]])
    per_week = 7 * float(np.exp(level + slope * weeks)) * float(pattern.mean())
    estimates = (
        Estimate(f"{path}.per_week", per_week, "log"),
        Estimate(f"{path}.growth", float(np.expm1(slope)), "plain"),
        Estimate(f"{path}.busyness.cv", float(np.sqrt(dispersion)), "log"),
    )
    spread = np.sqrt(expected + dispersion * expected**2)
    strange = int((np.abs(counts - expected) > STRANGE * spread)[open_days].sum())
    fixed = {
        f"{path}.profile": [round(float(share), 5) for share in _profile(hours, weekday)],
        f"{path}.busyness.correlation": round(correlation, 3),
    }
    goodness = {"outlying days": float(strange), "Pearson / df": _pearson(counts, expected, spread, open_days)}
    return Fit("volume", estimates, ahead @ covariance @ ahead.T, int(counts.sum()), goodness, fixed)


def _regress(counts: Array, week: NDArray[np.int64], offset: Array) -> tuple[float, float, float, Array]:
    """Return level and slope on the log scale, the dispersion, and the covariance of (level, slope, ln dispersion)."""
    from statsmodels.discrete.discrete_model import NegativeBinomial

    design = np.column_stack([np.ones(counts.size), week])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = NegativeBinomial(counts, design, offset=offset).fit(disp=False, maxiter=200)
    level, slope, dispersion = (float(value) for value in fitted.params)
    dispersion = min(max(dispersion, 1e-6), 1.0)
    covariance = np.array(fitted.cov_params(), float)
    if not np.isfinite(covariance).all() or dispersion <= 1e-5:
        covariance = np.diag([1 / counts.sum(), 1 / counts.sum() / max(week.var(), 1), dispersion**2])
    scale = np.diag([1.0, 1.0, 1 / dispersion])
    return level, slope, dispersion, scale @ covariance @ scale


def _dispersion(counts: Array, expected: Array, likely: float) -> float:
    """Return the dispersion at which Pearson's statistic equals its degrees of freedom (Breslow 1984).

    The most likely one is too small by the weekdays, level and trend that were fitted to the same days.
    """
    freedom = counts.size - _FITTED
    squares = (counts - expected) ** 2

    def surplus(dispersion: float) -> float:
        return float((squares / (expected + dispersion * expected**2)).sum()) - freedom

    if surplus(1e-6) <= 0:
        return 1e-6
    return float(optimize.brentq(surplus, 1e-6, 10.0)) if surplus(10.0) < 0 else likely


def _correlation(factor: Array, dispersion: float, open_days: NDArray[np.bool_]) -> float:
    """Return the lag-1 correlation of busyness: neighbouring residuals share nothing else (Poisson noise does not)."""
    pairs = open_days[1:] & open_days[:-1]
    if dispersion < 1e-4 or pairs.sum() < ENOUGH_DAYS // 2:
        return 0.0
    return float(np.clip((factor[1:] * factor[:-1])[pairs].mean() / dispersion, 0.0, MOST_CORRELATED))


def _pearson(counts: Array, expected: Array, spread: Array, open_days: NDArray[np.bool_]) -> float:
    residual = ((counts - expected) / np.where(spread > 0, spread, 1))[open_days]
    return float((residual**2).sum() / max(open_days.sum() - 9, 1))


def _profile(hours: Array, weekday: NDArray[np.int64]) -> Array:
    """Return the rate in each hour of the week against the mean."""
    seen = np.repeat(np.bincount(weekday, minlength=7), 24)
    rate = hours / np.maximum(seen, 1)
    return np.asarray(rate / rate.mean())
