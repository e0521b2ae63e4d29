"""Busy days that queues have in common: how far the days of all queues are above or below their fits together.

One factor: the normal scores of two queues on a day correlate by the root of the product of their shares. Poisson noise
is each queue's own, so products of two queues' residuals are free of it; it is subtracted from a queue's squares. A
gamma factor is nearly lognormal, so covariances of the scores are those of logarithms.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, of_queue
from simcap.calibration.fits.volumes import FITTED, calendar_of, expected_by_day, holiday_days, missing_days

Array = NDArray[np.float64]

ENOUGH_WEEKS = 8
CLEARLY = 2.0
"""A queue is busy beyond chance if the variance of its factor is this many standard errors above zero."""
MOST_UNSURE = 0.25
"""Largest standard error of the common share with which it is reported at all."""
LIMITS = (0.01, 0.95)
"""Shares are kept within these, so that they can be drawn on the logit scale."""
WIDEST = 1.0
"""Largest variance on that scale."""
_ROUNDS = 50


@dataclasses.dataclass(frozen=True)
class Products:
    """Sums over each week of the history of weighted products of the residuals of any two queues."""

    products: Array
    """[week, queue, queue]; a queue's own without Poisson noise."""
    weights: Array
    days: Array
    """[week, queue, queue] days in common."""
    noise: Array
    """[queue] mean relative variance of Poisson noise."""

    def covariance(self, without: int | None = None) -> Array:
        """Return the covariance of the factors of any two queues, from all weeks or all but one."""
        kept = np.arange(len(self.products)) != (-1 if without is None else without)
        products, weights, days = (part[kept].sum(axis=0) for part in (self.products, self.weights, self.days))
        # Level, trend and weekdays were fitted to the same days.
        return np.asarray(products / np.maximum(weights, 1e-12) * days / np.maximum(days - FITTED, 1))

    def of(self, queues: NDArray[np.bool_]) -> Products:
        """Return the products of some of the queues."""
        products, weights, days = (part[:, queues][:, :, queues] for part in (self.products, self.weights, self.days))
        return Products(products, weights, days, self.noise[queues])


def fit_sharing(counts: Mapping[str, Array], fits: Sequence[Fit], first: int) -> Fit | NotFitted | None:
    """Fit the shares of busyness that queues have in common, from fits of their volumes; nothing for a single queue.

    `counts` are the items as [day, hour], days from the ordinal `first`.
    """
    if len(fits) < 2:
        return None
    seen = _products([(fit, counts[fit.subject.name].sum(axis=1)) for fit in fits], first)
    weeks = len(seen.products)
    own = np.array([np.diag(seen.covariance(week)) for week in range(weeks)])
    busy = np.diag(seen.covariance()) > CLEARLY * np.sqrt(np.diag(jackknifed(own)))
    if busy.sum() < 2 or weeks < ENOUGH_WEEKS:
        return _untold(f"{busy.sum()} of {len(fits)} queues busy beyond chance, in {weeks} weeks")
    return _fitted(seen.of(busy), [fit.subject.name for fit, kept in zip(fits, busy.tolist(), strict=True) if kept])


def _fitted(seen: Products, queues: Sequence[str]) -> Fit | NotFitted:
    """Return the shares of queues that are busy beyond chance, with errors from leaving out each week in turn."""
    weeks = len(seen.products)
    common, each = _shares(seen.covariance(), seen.noise)
    deleted = [_shares(seen.covariance(week), seen.noise) for week in range(weeks)]
    every, alone = np.array([[one] for one, _ in deleted]), np.array([shares for _, shares in deleted])
    unsure = float(np.sqrt(jackknifed(every)[0, 0]))
    if unsure > MOST_UNSURE:
        return _untold(f"the share in common is {common:.0%} with a standard error of {unsure:.0%}")
    weight = _weights(each, np.diag(jackknifed(alone)), clear=common > CLEARLY * unsure)
    # An estimate from so few weeks varies more than a normal one: Student's variance.
    covariance = jackknifed(every + weight * (alone - every)) * (weeks - 1) / (weeks - 3)
    goodness = {"in common": common, "standard error": unsure}
    return _fit(queues, common + weight * (each - common), covariance, int(seen.days[:, 0, 0].sum()), goodness)


def jackknifed(values: Array) -> Array:
    """Return the jackknife covariance of estimates, from [left-out week, estimate]."""
    weeks = len(values)
    apart = values - values.mean(axis=0)
    return np.asarray((weeks - 1) / weeks * apart.T @ apart)


def _untold(why: str) -> NotFitted:
    return NotFitted("busyness.shared", f"{why}; busy days of queues are taken as independent")


def _products(queues: Sequence[tuple[Fit, Array]], first: int) -> Products:
    """Return the products of residuals; a day is weighted by its precision, and ignored where the fit leaves it out."""
    days = queues[0][1].size
    expected = np.array([expected_by_day(fit, first, days) for fit, _ in queues])
    observed = np.array([counts for _, counts in queues])
    used = np.array([_usual(fit, counts, first) for fit, counts in queues]) & (expected > 0)
    expected, observed = np.where(used, expected, 1.0), np.where(used, observed, 1.0)
    busyness = np.array([[fit.value("arrivals", "busyness", "cv") ** 2] for fit, _ in queues])
    weight = used / (1 / expected + busyness)
    off = weight * (observed / expected - 1)
    week = np.arange(days) // 7
    by_week = [week == number for number in range(days // 7)]
    products = np.array([off[:, rows] @ off[:, rows].T for rows in by_week])
    poisson = np.array([(weight**2 / expected)[:, rows].sum(axis=1) for rows in by_week])
    products -= poisson[:, :, None] * np.eye(len(queues))
    return Products(
        products,
        np.array([weight[:, rows] @ weight[:, rows].T for rows in by_week]),
        np.array([used[:, rows].astype(float) @ used[:, rows].T for rows in by_week]),
        (used / expected).sum(axis=1) / np.maximum(used.sum(axis=1), 1),
    )


def _usual(fit: Fit, counts: Array, first: int) -> NDArray[np.bool_]:
    """Return the days that are not holidays, are known in full, and have the usual items."""
    weekday = (first - 1 + np.arange(counts.size)) % 7
    holiday = holiday_days(calendar_of(fit), first, counts.size)
    return np.isfinite(counts) & ~missing_days(counts, weekday) & ~holiday


def _shares(covariance: Array, noise: Array) -> tuple[float, Array]:
    """Return the share that all queues have in common, and each one's own if they differ: least squares on one factor.

    A pair is weighted by how well its correlation is known.
    """
    variance = np.maximum(np.diag(covariance), 1e-9)
    scale = np.sqrt(np.log1p(variance))
    together = np.log1p(np.maximum(covariance, -0.9)) / np.outer(scale, scale)
    sure = np.outer(scale, scale) / np.outer(variance + noise, variance + noise)
    np.fill_diagonal(sure, 0.0)
    common = float((sure * together).sum() / sure.sum())
    if len(scale) < 3 or common <= 0:
        return common, np.full(len(scale), common)
    weight = sure * np.outer(scale, scale)
    loading = np.full(len(scale), np.sqrt(min(common, 1.0)))
    for _ in range(_ROUNDS):
        for place in range(len(loading)):
            others = weight[place] * loading
            loading[place] = np.clip(others @ together[place] / max(others @ loading, 1e-9), 0.0, 1.0)
    return common, loading**2


def _weights(each: Array, variance: Array, *, clear: bool) -> Array:
    """Return how much of a queue's distance from the common share is kept: as much as queues differ beyond chance."""
    if not clear or each.size < 3:
        return np.zeros(each.size)
    between = max(float(each.var(ddof=1) - variance.mean()), 0.0)
    return np.asarray(between / (between + variance + 1e-12))


def _fit(queues: Sequence[str], shares: Array, covariance: Array, days: int, goodness: dict[str, float]) -> Fit:
    """Return shares as a fit on the logit scale."""
    shares = np.clip(shares, *LIMITS)
    slope = 1 / (shares * (1 - shares))
    slope *= np.minimum(1.0, np.sqrt(WIDEST / np.maximum(np.diag(covariance) * slope**2, 1e-12)))
    estimates = tuple(
        Estimate(of_queue(queue), ("arrivals", "busyness", "shared"), share, "logit", "share")
        for queue, share in zip(queues, shares.tolist(), strict=True)
    )
    return Fit("busy days in common", estimates, covariance * np.outer(slope, slope), days, goodness)
