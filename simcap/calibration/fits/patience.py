"""Patience: how long items wait before they leave undecided, from waits censored by pick-up."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from simcap.calibration.fits.attrition import cost, curvature, survival
from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, Picture, Subject, of_queue

Array = NDArray[np.float64]

_AFTER = ("expires", "after")
ENOUGH_GONE = 30
_SHORTEST = 0.5
"""Waits below this, in seconds, count as this long."""


def fit_patience(items: pd.DataFrame, until: float) -> list[Fit | NotFitted]:
    """Fit Weibull patience for each queue that items have left; waits at `until` are censored there."""
    fits: list[Fit | NotFitted] = []
    for queue, rows in items.groupby("queue", observed=True):
        gone = rows["expired"].notna().to_numpy()
        if not gone.any():
            continue
        end = rows["expired"].fillna(rows["started"]).fillna(until).clip(upper=until)
        waits = np.maximum((end - rows["created"]).to_numpy(float), _SHORTEST)
        fits.append(_fit(of_queue(str(queue)), waits, gone))
    return fits


def _fit(subject: Subject, waits: Array, gone: NDArray[np.bool_]) -> Fit | NotFitted:
    if gone.sum() < ENOUGH_GONE:
        return NotFitted(subject.path(*_AFTER), f"{gone.sum()} items left undecided; {ENOUGH_GONE} are needed")
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
