"""Patience: how long items wait before they leave undecided, from waits that a pick-up cuts off."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from simcap.calibration.fits.attrition import cost, curvature, survival
from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, Picture, Subject, of_queue
from simcap.units import format_duration

Array = NDArray[np.float64]

_AFTER = ("expires", "after")
ENOUGH_GONE = 30
ALIKE = 0.005
"""Spread of waits, relative to their median, below which items leave after a fixed time."""
EXCEPTIONS = 0.05
"""Items that may have waited longer than a fixed time, per item that left after it."""
_ROUNDED = 2.0
"""Spread of waits in seconds that comes of rounding to the second."""
_SHORTEST = 0.5
"""Waits below this, in seconds, count as this long."""


def fit_patience(items: pd.DataFrame, until: float) -> list[Fit | NotFitted]:
    """Fit Weibull patience of each queue from which items have left; what still waits at `until` is cut off there."""
    found: list[Fit | NotFitted] = []
    for queue, rows in items.groupby("queue", observed=True):
        gone = rows["expired"].notna().to_numpy()
        if not gone.any():
            continue
        end = rows["expired"].fillna(rows["started"]).fillna(until).clip(upper=until)
        waits = np.maximum((end - rows["created"]).to_numpy(float), _SHORTEST)
        found.append(_fit(of_queue(str(queue)), waits, gone))
    return found


def _fit(subject: Subject, waits: Array, gone: NDArray[np.bool_]) -> Fit | NotFitted:
    if gone.sum() < ENOUGH_GONE:
        return NotFitted(subject.path(*_AFTER), f"{gone.sum()} items left undecided; {ENOUGH_GONE} are needed")
    if (limit := _limit(waits[gone])) is not None:
        return _fixed(subject, waits, gone, limit)
    data = (np.zeros_like(waits), waits, gone)
    start = np.array([0.0, np.log(waits.sum() / gone.sum())])
    best = optimize.minimize(
        cost, start, args=data, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-8, "maxiter": 4000}
    )
    covariance = np.asarray(np.linalg.inv(curvature(np.asarray(best.x), *data)))
    step = 1e-5
    slopes = [(_mean_cv(best.x + step * unit) - _mean_cv(best.x - step * unit)) / (2 * step) for unit in np.eye(2)]
    jacobian = np.stack(slopes, axis=1)
    mean, cv = np.exp(_mean_cv(best.x))
    estimates = (
        Estimate(subject, (*_AFTER, "weibull", "mean"), float(mean), "log", "s"),
        Estimate(subject, (*_AFTER, "weibull", "cv"), float(cv), "log"),
    )
    exponential = cost(start, *data)
    goodness = {
        "left undecided": float(gone.sum()),
        "likelihood ratio to exponential": 2 * (exponential - float(best.fun)),
    }
    picture = _picture(waits, gone, *np.exp(best.x))
    return Fit("patience", estimates, jacobian @ covariance @ jacobian.T, waits.size, goodness, picture=picture)


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
    """Return who is still waiting, up to the wait that one in a hundred exceeds."""
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
