"""Daily counts about a level that drifts from week to week: weekdays, how busy days differ, and how long that lasts.

By moments, weighted by items: a weekday with hardly any says little about how busy the others are.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.fits.levels import ENOUGH_OF_A_WEEK, Level, Weeks, fit_level

Array = NDArray[np.float64]

ENOUGH_DAYS: Final = 28
MOST_CORRELATED: Final = 0.95
MOST_BUSY: Final = 1.0
"""Largest dispersion."""
WIDEST: Final = 1.0
"""Largest variance of ln(dispersion): where busyness is hardly distinguishable from none, its error means little."""
_NO_BUSYNESS: Final = 1e-6
"""Dispersion of counts that scatter no more than Poisson's."""
Kinds = NDArray[np.int64]
"""[day] kind of day: one of the following."""
USUAL, HOLIDAY, BEFORE, AFTER = range(4)
_WORTH: Final = {HOLIDAY: 0.5, BEFORE: 5.0, AFTER: 5.0}
"""Usual days that a kind of day is drawn by to what is usual."""
_HARDLY: Final = 1e-4
"""Dispersion below which nothing can be said of how long it lasts."""
_WEEKDAYS: Final = 6
"""Parameters of the weekdays, beside the level."""


@dataclasses.dataclass(frozen=True)
class BusyDays:
    """What daily counts show: the level of weeks, the pattern of weekdays, and how days differ from both."""

    level: Level
    pattern: Array
    """[weekday] rate relative to the mean day."""
    expected: Array
    """[day] items."""
    is_open: NDArray[np.bool_]
    """[day] whether items are expected and what came is known; not so on public holidays."""
    dispersion: float
    """Squared coefficient of variation of busyness."""
    doubt: float
    """Variance of its logarithm."""
    correlation: float
    unsure: float
    """Standard error of the correlation; not a number if it is not told."""

    @property
    def noise(self) -> float:
        """Return the standard deviation of a week's busyness, relative to its items."""
        apart = np.abs(np.subtract.outer(np.arange(7), np.arange(7)))
        return math.sqrt(self.dispersion * float(self.pattern @ self.correlation**apart @ self.pattern)) / 7


def fit_busy_days(counts: Array, usual: NDArray[np.bool_], weekday: NDArray[np.int64]) -> BusyDays | None:
    """Fit daily counts, of which only `usual` days count: known ones, without holidays; nothing if no week is known."""
    weeks, pattern = by_week(counts, usual, weekday)
    if not (weeks.items > 0).any():
        return None
    level = fit_level(weeks)
    is_open = (pattern[weekday] > 0) & usual
    expected = level.fitted[np.arange(counts.size) // 7] / 7 * pattern[weekday]
    freedom = max(float(is_open.sum()) - _WEEKDAYS - level.freedom, 1.0)
    residual = np.where(is_open, counts - expected, 0.0)
    dispersion, doubt = _dispersion(residual[is_open], expected[is_open], freedom)
    pairs = is_open[1:] & is_open[:-1]
    products = (residual[1:] * residual[:-1])[pairs], (expected[1:] * expected[:-1])[pairs] * dispersion
    correlation, unsure = 0.0, math.nan
    if dispersion > _HARDLY and pairs.sum() >= ENOUGH_DAYS // 2:
        correlation, unsure = _correlation(*products, level.freedom / level.fitted.size)
    return BusyDays(level, pattern, expected, is_open, dispersion, doubt, correlation, unsure)


def by_week(counts: Array, usual: NDArray[np.bool_], weekday: NDArray[np.int64]) -> tuple[Weeks, Array]:
    """Return the weeks of daily counts, and the pattern of their weekdays, of mean 1.

    Only `usual` days count: known ones, without holidays. A week's items are those of its usual days over the share
    that such days have of a week.
    """
    week = np.arange(counts.size) // 7
    level = np.ones(week[-1] + 1)
    for _ in range(2):
        pattern = _pattern(counts[usual], weekday[usual], level[week[usual]])
        share = np.asarray(np.bincount(week[usual], pattern[weekday[usual]] / 7, minlength=level.size), np.float64)
        seen = np.bincount(week[usual], counts[usual], minlength=level.size)
        items = np.where(share >= ENOUGH_OF_A_WEEK, seen / np.maximum(share, ENOUGH_OF_A_WEEK), np.nan)
        if not np.nansum(items):
            break
        level = np.where(items > 0, items, np.nanmean(items))
    return Weeks(items, share), pattern


def _pattern(counts: Array, weekday: NDArray[np.int64], level: Array) -> Array:
    """Return the mean of each weekday relative to the level of its week; 0 for one that is never seen."""
    seen, usual = np.bincount(weekday, counts, minlength=7), np.bincount(weekday, level, minlength=7)
    pattern = np.where(usual > 0, seen / np.where(usual > 0, usual, 1.0), 0.0)
    return np.asarray(pattern / pattern.mean() if pattern.any() else np.ones(7))


def shares_by_kind(counts: Array, expected: Array, kind: Kinds) -> Array:
    """Return what each kind of day has of a usual day's items, drawn to all of them by some usual days.

    Public holidays differ clearly, so half a day; days beside them little, so five.
    """
    return np.array([1.0, *(_share(counts, expected, kind == one, worth) for one, worth in _WORTH.items())])


def _share(counts: Array, expected: Array, of_kind: NDArray[np.bool_], worth: float) -> float:
    seen = of_kind & (expected > 0) & np.isfinite(counts)
    if not seen.any():
        return 1.0
    prior = worth * float(expected.mean())
    return (float(counts[seen].sum()) + prior) / (float(expected[seen].sum()) + prior)


def _dispersion(residual: Array, expected: Array, freedom: float) -> tuple[float, float]:
    """Return the dispersion by which squared residuals are as large as they are, and the variance of its logarithm.

    Days of one size give Pearson's statistic, which is set equal to its degrees of freedom (Breslow 1984). Squares
    scatter as those of normal residuals do.
    """
    larger = residual.size / freedom
    whole = float((expected**2).sum())
    found = (larger * float((residual**2).sum()) - float(expected.sum())) / whole
    if found <= _NO_BUSYNESS:
        return _NO_BUSYNESS, WIDEST
    found = min(found, MOST_BUSY)
    error = 2 * larger * float(((expected + found * expected**2) ** 2).sum()) / (whole * found) ** 2
    return found, min(error, WIDEST)


def _correlation(products: Array, whole: Array, worth: float) -> tuple[float, float]:
    """Return the lag-1 correlation of busyness and its standard error.

    `products` are those of the residuals of neighbouring days, `whole` what they would be if both days were equally
    busy. Poisson noise does not persist, so it is in none of them. But the level of a week was fitted to its days,
    `worth` parameters a week, which takes away part of what they have in common.
    """
    found = products / whole.mean()
    error = float(found.std(ddof=1)) / math.sqrt(found.size)
    true = np.linspace(0.0, MOST_CORRELATED, 96)
    apart = np.arange(1, 7)
    of_week = (1 + 2 * (true[:, None] ** apart) @ (1 - apart / 7)) / 7
    left = np.maximum.accumulate(true - worth * (2 - worth) * of_week)
    return float(np.interp(found.mean(), left, true)), error
