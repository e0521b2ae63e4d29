"""Patience: how long items wait before they leave undecided, from waits censored by pick-up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from simcap.calibration.fits.attrition import cost, curvature, survival
from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, Picture, Subject, of_queue
from simcap.calibration.fits.unanswered import left_within
from simcap.units import format_duration

Array = NDArray[np.float64]

_AFTER = ("expires", "after")
ENOUGH_GONE = 30
ALIKE = 0.005
"""Spread of waits, relative to their median, below which items leave after a fixed time."""
EXCEPTIONS = 0.05
"""Items that may have waited longer than a fixed time, per item that left after it."""
SEEN = 0.05
"""Items that left at an unknown time, per item that left at a known one, up to which a picture is drawn."""
_ROUNDED = 2.0
"""Spread of waits in seconds that comes of rounding to the second."""
_SHORTEST = 0.5
"""Waits below this, in seconds, count as this long."""


def fit_patience(items: pd.DataFrame, until: float) -> list[Fit | NotFitted]:
    """Fit Weibull patience for each queue that items have left; waits at `until` are censored there.

    Items that nobody took, though they must have left, did so at an unknown time (`left_within`).
    """
    fits: list[Fit | NotFitted] = []
    within = pd.Series(left_within(items, until), items.index)
    for queue, rows in items.groupby("queue", observed=True):
        gone, unknown = rows["expired"].notna().to_numpy(), np.asarray(within[rows.index], np.float64)
        # A few that nobody took are noted; by themselves they tell nothing of patience.
        if not gone.any() and np.isfinite(unknown).sum() < ENOUGH_GONE:
            continue
        end = rows["expired"].fillna(rows["started"]).fillna(rows["completed"]).fillna(until).clip(upper=until)
        waits = np.maximum((end - rows["created"]).to_numpy(float), _SHORTEST)
        known = np.isnan(unknown)
        fits.append(_fit(of_queue(str(queue)), waits[known], gone[known], unknown[~known]))
    return fits


def _fit(subject: Subject, waits: Array, gone: NDArray[np.bool_], unknown: Array) -> Fit | NotFitted:
    left = int(gone.sum()) + unknown.size
    if left < ENOUGH_GONE:
        return NotFitted(subject.path(*_AFTER), f"{left} items left undecided; {ENOUGH_GONE} are needed")
    if not unknown.size and (limit := _limit(waits[gone])) is not None:
        return _fixed(subject, waits, gone, limit)
    data = (np.zeros_like(waits), waits, gone)

    def minus(logs: Array) -> float:
        return cost(logs, *data) - _left_before(logs, unknown)

    start = np.array([0.0, np.log((waits.sum() + unknown.sum()) / left)])
    best = optimize.minimize(
        minus, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-8, "maxiter": 4000}
    )
    covariance = _inverse(curvature(np.asarray(best.x), minus))
    step = 1e-5
    slopes = [(_mean_cv(best.x + step * unit) - _mean_cv(best.x - step * unit)) / (2 * step) for unit in np.eye(2)]
    jacobian = np.stack(slopes, axis=1)
    mean, cv = np.exp(_mean_cv(best.x))
    estimates = (
        Estimate(subject, (*_AFTER, "weibull", "mean"), float(mean), "log", "s"),
        Estimate(subject, (*_AFTER, "weibull", "cv"), float(cv), "log"),
    )
    goodness = {
        "left undecided": float(gone.sum()),
        "likelihood ratio to exponential": 2 * (_exponential(minus, start) - float(best.fun)),
    }
    if unknown.size:
        goodness["left at an unknown time"] = float(unknown.size)
    # Who left at an unknown time has no place on a curve of survival.
    picture = _picture(waits, gone, *np.exp(best.x)) if unknown.size <= SEEN * gone.sum() else None
    seen = waits.size + unknown.size
    return Fit("patience", estimates, jacobian @ covariance @ jacobian.T, seen, goodness, picture=picture)


def _exponential(minus: Callable[[Array], float], start: Array) -> float:
    """Return minus the log likelihood of the best fit without a shape; where all times are known, it is the start."""
    best = optimize.minimize_scalar(lambda scale: minus(np.array([0.0, scale])), bracket=(start[1] - 0.5, start[1]))
    return min(float(best.fun), minus(start))


def _inverse(matrix: Array) -> Array:
    """Return the inverse; not a number where there is none."""
    try:
        return np.asarray(np.linalg.inv(matrix))
    except np.linalg.LinAlgError:
        return np.full(matrix.shape, np.nan)


def _left_before(logs: Array, within: Array) -> float:
    """Return the log likelihood of having left within so many seconds, at (ln shape, ln scale)."""
    shape, scale = np.exp(logs)
    return float(np.log(-np.expm1(-np.maximum((within / scale) ** shape, 1e-300))).sum())


def _limit(left: Array) -> float | None:
    """Return the wait after which all left that did, if they are one: a rule of the tool, not anybody's patience."""
    low, middle, high = np.quantile(left, [0.05, 0.5, 0.95])
    return float(left.mean()) if high - low <= max(_ROUNDED, ALIKE * middle) else None


def _fixed(subject: Subject, waits: Array, gone: NDArray[np.bool_], limit: float) -> Fit | NotFitted:
    """Return a fixed time after which items leave; nothing where many wait longer all the same."""
    slack = max(_ROUNDED, ALIKE * limit)
    longer = int((waits > limit + slack).sum())
    if longer > EXCEPTIONS * gone.sum():
        why = (
            f"{gone.sum():,} items left, all of them after {format_duration(round(limit))}, and {longer:,} waited "
            "longer and did not: only some have a time limit; give these a queue of their own"
        )
        return NotFitted(subject.path(*_AFTER), why)
    error = max(float(waits[gone].std()), 0.5) / limit / np.sqrt(gone.sum())
    estimate = Estimate(subject, (*_AFTER, "constant"), limit, "log", "s")
    goodness = {"left undecided": float(gone.sum()), "waited longer": float(longer)}
    times, alive, low, high = survival(np.zeros_like(waits), waits, gone)
    at = np.linspace(0.0, max(times[-1], limit * 1.2), 200)
    picture = Picture(times, alive, low, high, at, (at < limit).astype(float), "seconds", steps=True)
    return Fit("patience", (estimate,), np.array([[error**2]]), waits.size, goodness, picture=picture)


def _picture(waits: Array, gone: NDArray[np.bool_], shape: float, scale: float) -> Picture:
    """Return the share still waiting, up to the wait that one in a hundred exceeds."""
    times, alive, low, high = survival(np.zeros_like(waits), waits, gone)
    shown = times <= max(float(np.quantile(waits, 0.99)), times[1])
    at = np.linspace(0.0, times[shown][-1], 200)
    curve = np.exp(-((at / scale) ** shape))
    return Picture(times[shown], alive[shown], low[shown], high[shown], at, curve, "seconds", steps=True)


def _mean_cv(logs: Array) -> Array:
    """Return (ln mean, ln cv) of the Weibull distribution at (ln shape, ln scale)."""
    shape = float(np.exp(logs[0]))
    first, second = special.gammaln(1 + 1 / shape), special.gammaln(1 + 2 / shape)
    return np.array([logs[1] + first, np.log(np.expm1(second - 2 * first)) / 2])
