"""Volumes of queues with few items: level and growth of their own, as far as they tell, the rest from larger queues.

Gamma-Poisson: hours of the week are drawn to those of the larger queues, as if these had an item an hour of the week;
growth is drawn to theirs, and how busy days differ is theirs.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Estimate, Fit, Key, of_queue

Array = NDArray[np.float64]

HOURS: Final = 168
PROFILE_WORTH: Final = 168.0
"""Items that the profile of the other queues is worth."""
GROWTH: Final = 0.01
"""Standard deviation of the weekly growth of a queue around that of the others."""
BUSYNESS, UNSURE = 0.1, 0.7
"""Busyness where no queue shows it, and the standard deviation of its logarithm."""
_HALF: Final = 0.5
"""Items by which a level counts as more (Jeffreys 1946): none seen is not none to come."""
_STEPS: Final = 50


def fit_small(queue: str, by_hour: Array, first: int, usual: NDArray[np.bool_], others: Sequence[Fit]) -> Fit:
    """Fit the volumes of a queue with few items; `usual` days are known and no holidays, `others` are larger queues."""
    counts, day = by_hour[usual], np.flatnonzero(usual)
    weekday, week = (first - 1 + day) % 7, day // 7
    profile = _profile(counts, weekday, others)
    pattern = profile.reshape(7, 24).mean(axis=1)
    (level, growth), covariance = _regress(counts.sum(axis=1), week, pattern[weekday], _growth(others))
    cv, correlation = _busyness(others)
    expected = np.exp(level + growth * week) * pattern[weekday]
    covariance *= 1 + cv**2 * float(expected.mean())
    weeks = -(-by_hour.shape[0] // 7)
    subject = of_queue(queue)
    estimates = (
        Estimate(subject, ("arrivals", "per_week"), 7 * math.exp(level + growth * weeks), "log"),
        Estimate(subject, ("arrivals", "growth"), math.expm1(growth), "plain", "share"),
        Estimate(subject, ("arrivals", "busyness", "cv"), cv, "log"),
    )
    fixed: dict[Key, Any] = {
        ("arrivals", "profile"): [round(float(share), 5) for share in profile],
        ("arrivals", "busyness", "correlation"): round(correlation, 3),
        ("arrivals", "busyness", "hourly"): 0.0,
    }
    ahead = np.array([[1.0, weeks, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    whole = np.zeros((3, 3))
    whole[:2, :2], whole[2, 2] = covariance, UNSURE**2
    seen = int(counts.sum())
    named = ", ".join(fit.subject.name for fit in others) or "no larger queue: an even week"
    prior = f"{seen:,} items; hours of the week, growth and busyness drawn to those of {named}"
    goodness = {"items that the profile's prior is worth": PROFILE_WORTH}
    return Fit("volume", estimates, ahead @ whole @ ahead.T, seen, goodness, fixed, prior=prior)


def _profile(counts: Array, weekday: NDArray[np.int64], others: Sequence[Fit]) -> Array:
    """Return the rate in each hour of the week against the mean."""
    prior = np.ones(HOURS)
    if others:
        weights = np.array([fit.seen for fit in others], float)
        prior = weights @ np.array([fit.fixed["arrivals", "profile"] for fit in others]) / weights.sum()
    days = np.bincount(weekday, minlength=7).repeat(24)
    own = np.zeros((7, 24))
    np.add.at(own, weekday, counts)
    # Seen as often as they should be, were all weekdays in the log as often.
    rate = own.ravel() / np.maximum(days, 1) * days.mean() + PROFILE_WORTH * prior / HOURS
    return np.asarray(rate / rate.mean())


def _growth(others: Sequence[Fit]) -> float:
    """Return the weekly growth of the other queues, of which the surer ones count for more."""
    if not others:
        return 0.0
    surety = np.array([1 / (GROWTH**2 + float(fit.covariance[1, 1])) for fit in others])
    return float(surety @ np.log1p([fit.value("arrivals", "growth") for fit in others]) / (surety.sum() + GROWTH**-2))


def _busyness(others: Sequence[Fit]) -> tuple[float, float]:
    """Return the coefficient of variation of busy days, and their correlation, of the larger queues."""
    if not others:
        return BUSYNESS, 0.0
    cvs = np.log([max(fit.value("arrivals", "busyness", "cv"), 0.01) for fit in others])
    correlations = [float(fit.fixed["arrivals", "busyness", "correlation"]) for fit in others]
    return float(np.exp(cvs.mean())), float(np.mean(correlations))


def _regress(counts: Array, week: NDArray[np.int64], pattern: Array, usual: float) -> tuple[Array, Array]:
    """Return the logarithm of the daily level and weekly growth, and their covariance (Laplace's)."""
    design = np.column_stack([np.ones(counts.size), week])
    pull = np.array([0.0, GROWTH**-2])
    at = np.array([math.log((counts.sum() + _HALF) / max(pattern.sum(), 1e-9)), 0.0])
    for _ in range(_STEPS):
        expected = np.exp(design @ at) * pattern
        # Half an item more on the level, wherever it may have come.
        extra = _HALF / counts.size
        slope = design.T @ (counts + extra - expected) - pull * (at - np.array([0.0, usual]))
        bend = (design * expected[:, None]).T @ design + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        at = at + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-10:
            break
    return at, np.asarray(np.linalg.inv(bend))


def with_holidays(fit: Fit, calendar: Mapping[str, Any], factors: Sequence[float], holidays: int) -> Fit:
    """Add holidays that are as quiet as those of the larger queues; nothing where none shows it."""
    if not factors:
        return fit
    place = ("arrivals", "holidays")
    fixed = fit.fixed | {(*place, key): value for key, value in calendar.items()}
    fixed[*place, "factor"] = round(float(np.mean(factors)), 4)
    goodness = fit.goodness | {"holidays": float(holidays)}
    return dataclasses.replace(fit, fixed=fixed, goodness=goodness)
