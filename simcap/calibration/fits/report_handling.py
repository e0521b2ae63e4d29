"""Mean handle times from reports: items by their AHT, its drift, and how far single items can differ at most.

The mean of an interval scatters by what its items scatter, divided by their number, and by whatever else differs
between intervals; so the scatter of intervals bounds that of items from above. The family is not to be seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, Picture, of_queue
from simcap.calibration.history.reports import whole_of
from simcap.calibration.history.sheets import Note

Array = NDArray[np.float64]

USUAL_CV: Final = 0.9
"""Prior of the coefficient of variation of handle times."""
UNSURE_CV: Final = 0.3
"""Standard deviation of its logarithm: 0.55 to 1.5 in nine of ten queues."""
_LOOSE: Final = 0.1
"""The same of a bound that is below the prior: by how much else intervals may differ."""
ENOUGH_ITEMS: Final = 50
ENOUGH_FREEDOM: Final = 30
"""Intervals beyond one a week by which the scatter is told."""
CLEARLY: Final = 3.0
_DRIFT, _UNSURE_DRIFT, _BOUND = "drift a week", "standard error of the drift", "largest cv by the scatter of intervals"


def fit_reported_handling(reports: pd.DataFrame, first: int) -> list[Fit | NotFitted]:
    """Fit each queue's mean handle time from counts of the handled and their AHT, days from the ordinal `first`."""
    if not {"handled", "aht"} <= set(reports):
        return []
    known = reports[(reports["queue"] != "") & (reports["handled"] > 0) & reports["aht"].notna()]
    return [_fit(str(queue), whole_of(rows, "aht"), first) for queue, rows in known.groupby("queue")]


def _fit(queue: str, rows: pd.DataFrame, first: int) -> Fit | NotFitted:
    subject = of_queue(queue)
    items, means = rows["handled"].to_numpy(float), rows["aht"].to_numpy(float)
    if items.sum() < ENOUGH_ITEMS:
        return NotFitted(subject.path("handle_time"), f"{items.sum():,.0f} items handled; {ENOUGH_ITEMS} are needed")
    mean = float((items * means).sum() / items.sum())
    week = ((rows["day"].to_numpy(float) - first) // 7).astype(np.int64)
    weeks, number = np.unique(week, return_inverse=True)
    each = np.bincount(number, items)
    by_week = np.bincount(number, items * means) / each
    bound, unsure = _bound(items, means, by_week[number], weeks.size)
    below = bound < USUAL_CV * mean
    cv, error = (bound / mean, math.hypot(unsure, _LOOSE)) if below else (USUAL_CV, UNSURE_CV)
    scatter = each.size / max(each.size - 1, 1) * float((each**2 * (by_week / mean - 1) ** 2).sum()) / each.sum() ** 2
    variance = max(scatter, cv**2 / items.sum())
    drift, unsure_drift = _drift(weeks.astype(np.float64), by_week, np.asarray(each, np.float64))
    estimates = (
        Estimate(subject, ("handle_time", "lognormal", "mean"), mean, "log", "s", "reported"),
        Estimate(subject, ("handle_time", "lognormal", "cv"), cv, "log", origin="reported" if below else "prior"),
    )
    goodness = {_DRIFT: drift, _UNSURE_DRIFT: unsure_drift, _BOUND: bound / mean}
    goodness = {name: value for name, value in goodness.items() if math.isfinite(value)}
    half = 1.96 * mean * cv / np.sqrt(each)
    middle = np.asarray(weeks + 0.5, np.float64)
    ends = np.array([0.0, float(weeks.max()) + 1])
    picture = Picture(middle, by_week, np.maximum(by_week - half, 0), by_week + half, ends, np.full(2, mean), "weeks")
    return Fit("handle time", estimates, np.diag([variance, error**2]), int(items.sum()), goodness, picture=picture)


def _bound(items: Array, means: Array, usual: Array, weeks: int) -> tuple[float, float]:
    """Return the standard deviation of items that would alone make intervals scatter, and the error of its logarithm.

    Against the mean of their week, so that drift does not count; infinite where intervals are too few.
    """
    freedom = items.size - weeks
    if freedom < ENOUGH_FREEDOM:
        return math.inf, math.nan
    squares = items * (means - usual) ** 2
    variance = float(squares.sum()) / freedom
    return math.sqrt(variance), float(squares.std() / math.sqrt(freedom) / max(squares.mean(), 1e-12)) / 2


def _drift(week: Array, means: Array, weights: Array) -> tuple[float, float]:
    """Return the relative change of the mean in a week, and its standard error, by weighted least squares."""
    if week.size < 4:
        return math.nan, math.nan
    logs = np.log(means)
    middle = np.average(week, weights=weights)
    apart = week - middle
    whole = float((weights * apart**2).sum())
    slope = float((weights * apart * logs).sum()) / whole
    left = logs - np.average(logs, weights=weights) - slope * apart
    return slope, math.sqrt(float((weights * left**2).sum()) / (week.size - 2) / whole)


def notes_of_handling(fits: Sequence[Fit]) -> Iterator[Note]:
    """Yield what one has to know of reported handle times: of whom they are, whether they drift, what is a prior."""
    for fit in fits:
        if fit.kind != "handle time" or fit.estimates[0].origin != "reported":
            continue
        cv = fit.estimates[1]
        of_cv = "cv a prior" if cv.origin == "prior" else "cv at most this, by the scatter of intervals"
        yield Note(
            f"handle time of {fit.subject.name}, from AHT",
            fit.seen,
            f"the mean of all who worked, new agents included; family lognormal, not to be told from means; {of_cv}",
        )
        drift, unsure = fit.goodness.get(_DRIFT, 0.0), fit.goodness.get(_UNSURE_DRIFT, math.inf)
        if abs(drift) > CLEARLY * unsure:
            yield Note(
                f"the AHT of {fit.subject.name} drifts", fit.seen, f"{drift:+.1%} a week; the mean is that of all weeks"
            )
