"""Attrition: tenures, left-truncated at the first day of the history and right-censored at its last.

Weibull, or a table of constant hazards where that describes the leavers clearly better. Also the share of trainees who
never reach the floor.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from simcap.analysis.summary import wilson
from simcap.calibration.fits.few_leavers import fit_few
from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, Picture, Subject, of_vendor, share_of
from simcap.units import DAY, MONTH, WEEK

Array = NDArray[np.float64]

_WEIBULL = ("attrition", "weibull")
_GRADUATES = ("hiring", "graduates")
ENOUGH_LEAVERS = 10
ENOUGH_TRAINEES = 20
CUTS = (13, 52)
"""Weeks of tenure at which a table of hazards may step."""
ENOUGH_EACH = 5
"""Leavers that each of its ranges needs."""
CLEARLY = 4.0
"""How far a table's Akaike criterion must be below that of a Weibull distribution."""


def fit_attrition(roster: pd.DataFrame, first: int, days: int) -> list[Fit | NotFitted]:
    """Fit each vendor's attrition from ordinals hired and left (NaN: employed); few leavers with a prior."""
    seen = {str(vendor): spans(rows, first, days) for vendor, rows in roster.groupby("vendor")}
    few = [vendor for vendor, (_, _, left) in seen.items() if left.sum() < ENOUGH_LEAVERS]
    pooled = fit_few({vendor: _by_tenure(*span) for vendor, span in seen.items()}, few, _range_names())
    by_vendor = {fit.subject.name: fit for fit in pooled}
    return [by_vendor.get(vendor) or _fit(of_vendor(vendor), *span) for vendor, span in seen.items()]


def survival(entry: Array, exit_: Array, left: NDArray[np.bool_], least: int = 1) -> tuple[Array, Array, Array, Array]:
    """Return the times at which somebody left, the share still there after each, and its 95% interval.

    Kaplan & Meier (1958) with late entry: each counts from `entry` to `exit_`. The interval is Greenwood's on the
    log-log scale. Begins at the first time at which `least` are observed: a leaver observed alone would end the curve.
    """
    times, gone = np.unique(exit_[left], return_counts=True)
    there = (np.searchsorted(np.sort(entry), times) - np.searchsorted(np.sort(exit_), times)).astype(float)
    begun = int(np.argmax(there >= least)) if (there >= least).any() else 0
    start = float(entry.min()) if begun == 0 else float(times[begun - 1])
    times, gone, there = times[begun:], gone[begun:], there[begun:]
    alive = np.cumprod(1 - gone / there)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(gone / (there * np.maximum(there - gone, 1e-9)))
        half = np.where(alive < 1, 1.96 * np.sqrt(variance) / np.abs(np.log(alive)), 0.0)
        low, high = alive ** np.exp(half), alive ** np.exp(-half)
    begin = np.array([start])
    one = np.ones(1)
    return tuple(
        np.concatenate([start, rest]) for start, rest in ((begin, times), (one, alive), (one, low), (one, high))
    )  # type: ignore[return-value]


def spans(rows: pd.DataFrame, first: int, days: int) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return the tenures in days at which agents are first and last observed, and whether they left then."""
    hired, gone = rows["hired"].to_numpy(float), rows["left"].to_numpy(float)
    entry = np.maximum(first - hired, 0.0)
    exit_ = np.where(np.isnan(gone) | (gone > first + days), first + days, gone) - hired
    left = (gone >= first) & (gone <= first + days)
    # Agents who left on the first day were there for a part of it.
    exit_ = np.where(left & (hired >= first), np.maximum(exit_, 0.5), exit_)
    seen = exit_ > entry
    return entry[seen], exit_[seen], left[seen]


def _fit(subject: Subject, entry: Array, exit_: Array, left: NDArray[np.bool_]) -> Fit:
    leavers = int(left.sum())
    weibull, weibull_cost = _weibull(subject, entry, exit_, left)
    table, table_cost = _table(subject, entry, exit_, left)
    better = 2 * (2 + weibull_cost) - 2 * (len(table.estimates) + table_cost) if table is not None else -np.inf
    chosen = table if table is not None and better > CLEARLY else weibull
    exponential = cost(np.array([0.0, np.log((exit_ - entry).sum() / leavers)]), entry, exit_, left)
    ratio = 2 * (exponential - weibull_cost)
    goodness = {"leavers": float(leavers), "likelihood ratio of Weibull to a constant hazard": float(ratio)}
    if table is not None:
        goodness["AIC of Weibull less that of a table"] = float(better)
    tenure, alive, low, high = survival(entry, exit_, left, least=ENOUGH_EACH)
    at = np.linspace(tenure[0], max(tenure[-1], tenure[0] + 30), 200)
    curve = still_there(chosen, at) / still_there(chosen, tenure[:1])
    picture = Picture(tenure, alive, low, high, at, curve, "days", steps=True)
    return dataclasses.replace(chosen, goodness=goodness, picture=picture)


def _weibull(subject: Subject, entry: Array, exit_: Array, left: NDArray[np.bool_]) -> tuple[Fit, float]:
    """Return the Weibull fit and minus its log likelihood."""
    leavers = int(left.sum())
    best = optimize.minimize(
        cost, np.array([0.0, np.log(exit_.sum() / leavers)]), args=(entry, exit_, left), method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000},
    )  # fmt: skip
    shape, scale = np.exp(best.x)
    covariance = np.asarray(np.linalg.inv(curvature(np.asarray(best.x), lambda logs: cost(logs, entry, exit_, left))))
    estimates = (
        Estimate(subject, (*_WEIBULL, "shape"), float(shape), "log"),
        Estimate(subject, (*_WEIBULL, "scale"), float(scale) * DAY, "log", "s"),
    )
    return Fit("attrition", estimates, covariance, leavers, {}), float(best.fun)


def _table(subject: Subject, entry: Array, exit_: Array, left: NDArray[np.bool_]) -> tuple[Fit | None, float]:
    """Return constant hazards by tenure and minus their log likelihood; none if a step would rest on too few."""
    gone, days = _by_tenure(entry, exit_, left)
    if gone.min() < ENOUGH_EACH or days.min() <= 0:
        return None, np.inf
    hazard = gone / days
    estimates = tuple(
        Estimate(subject, ("attrition", "hazard", name), float(rate) * MONTH / DAY, "log", "a month")
        for name, rate in zip(_range_names(), hazard, strict=True)
    )
    # The log of a Poisson rate has the variance 1 / count.
    return Fit("attrition", estimates, np.diag(1 / gone), int(gone.sum()), {}), float(
        (gone - gone * np.log(hazard)).sum()
    )


def _by_tenure(entry: Array, exit_: Array, left: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return the leavers, and the days that agents were seen, by range of tenure."""
    ranges = list(itertools.pairwise([0.0, *(week * WEEK / DAY for week in CUTS), np.inf]))
    gone = np.array([(left & (exit_ > low) & (exit_ <= high)).sum() for low, high in ranges], float)
    days = np.array([np.clip(np.minimum(exit_, high) - np.maximum(entry, low), 0, None).sum() for low, high in ranges])
    return gone, days


def _range_names() -> list[str]:
    return [*(f"{low:g}-{high:g} weeks" for low, high in itertools.pairwise([0, *CUTS])), f"{CUTS[-1]}+ weeks"]


def still_there(fit: Fit, days: Array) -> Array:
    """Return the share of agents who by a fit of attrition stay until tenures in days."""
    if fit.has(*_WEIBULL):
        shape, scale = fit.value(*_WEIBULL, "shape"), fit.value(*_WEIBULL, "scale")
        return np.asarray(np.exp(-((days * DAY / scale) ** shape)))
    bounds = [0.0, *(week * WEEK / DAY for week in CUTS), np.inf]
    exposure = sum(
        rate * DAY / MONTH * np.clip(np.minimum(days, high) - low, 0, None)
        for rate, (low, high) in zip((one.value for one in fit.estimates), itertools.pairwise(bounds), strict=True)
    )
    return np.asarray(np.exp(-exposure))


def fit_graduates(trainees: pd.DataFrame) -> list[Fit | NotFitted]:
    """Fit the share of each vendor's trainees who graduate. Columns: vendor, team, trained, graduated (a truth value).

    Trainees of one class share its fate, so errors are by class: those who began on one day in one team.
    """
    fits: list[Fit | NotFitted] = []
    if trainees.empty:
        return [NotFitted("hiring.graduates", "no class that began in these days has finished its training")]
    for vendor, rows in trainees.groupby("vendor"):
        subject = of_vendor(str(vendor))
        if len(rows) < ENOUGH_TRAINEES:
            fits.append(NotFitted(subject.path(*_GRADUATES), f"{len(rows)} trainees; {ENOUGH_TRAINEES} are needed"))
            continue
        classes = rows.groupby(["team", "trained"])["graduated"].agg(["sum", "size"]).astype(float)
        part, whole = classes["sum"].to_numpy(), classes["size"].to_numpy()
        inside = np.clip(part.sum() / whole.sum(), 0.5 / whole.sum(), 1 - 0.5 / whole.sum())
        alone = 1 / (whole.sum() * inside * (1 - inside))
        # Half a trainee is added to either side (Jeffreys 1946): even if all graduated, not all need to.
        share = float((part.sum() + 0.5) / (whole.sum() + 1))
        variance = max(share_of(part, whole)[1], alone) if whole.size > 1 else alone
        estimate = Estimate(subject, _GRADUATES, share, "logit", "share")
        goodness = {"classes": float(whole.size)}
        begun = classes.index.get_level_values("trained").to_numpy(float)
        picture = Picture((begun - begun.min()) / 7, part / whole, *wilson(part, whole), *_level(begun, share), "weeks")
        fit = Fit("training", (estimate,), np.array([[variance]]), len(rows), goodness, picture=picture)
        fits.append(fit)
    return fits


def _level(days: Array, share: float) -> tuple[Array, Array]:
    return np.array([0.0, max(np.ptp(days) / 7, 1.0)]), np.full(2, share)


def cost(logs: Array, entry: Array, exit_: Array, left: NDArray[np.bool_]) -> float:
    """Return minus the log likelihood at (ln shape, ln scale in days): hazards of leavers less exposure."""
    shape, scale = np.exp(logs)
    exposure = (exit_ / scale) ** shape - (entry / scale) ** shape
    hazard = np.log(shape / scale) + (shape - 1) * np.log(np.maximum(exit_[left], 0.5) / scale)
    return float(exposure.sum() - hazard.sum())


def curvature(at: Array, function: Callable[[Array], float]) -> Array:
    """Return the matrix of second derivatives of a function by central differences."""
    step = 1e-4
    size = at.size
    matrix = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            corners = [
                sign_i * sign_j * function(at + step * (sign_i * np.eye(size)[i] + sign_j * np.eye(size)[j]))
                for sign_i in (1, -1)
                for sign_j in (1, -1)
            ]
            matrix[i, j] = sum(corners) / (4 * step**2)
    return matrix
