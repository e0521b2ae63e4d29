"""The rate at which waiting items are picked up, fitted to what was seen of it.

In a step with N[t, a] items waiting in band of age a, K[t, a] of them are picked up (piecewise exponential hazards are
Poisson regression with the log of exposure as offset: Holford 1980, Biometrics 36, 299; Laird & Olivier 1981, JASA 76,
231):

    ln E K = ln N + base + profile[kind of day, hour] + age[a] + answer * ln(waiting / mean) + level[day]

An answer of 0 is a desk that works in proportion to what waits, of -1 one that works at a fixed rate. Profile and age
have normal priors (a ridge; that of age is on the differences of neighbouring bands), levels are an autoregression.
Each block in turn takes a step of Newton's method. People work in bouts, so counts of a step scatter by more than
Poisson's: their variance is m + overdispersion * m**2, by moments, and the likelihood is divided by the dispersion that
follows (quasi-likelihood: McCullagh & Nelder 1989, ch. 9).
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.pickup.day_levels import Autoregression, DayLevels, maximised, step
from simcap.calibration.pickup.steps import HOURS, KINDS, Waited

Array = NDArray[np.float64]

ROUNDS: Final = 200
CLOSE: Final = 1e-3
"""Change of the logarithm of a hazard below which a fit is done."""
_BEFORE_LEVELS: Final = 5
"""Rounds before the first estimate of how days differ."""
_SCATTER_OF_HOURS, _SCATTER_OF_NEIGHBOURS, _SCATTER_OF_AGES = 2.0, 0.7, 5.0
"""Standard deviations a priori: of the profile, of the difference of neighbouring bands of age, of each band."""
_LARGEST_STEP: Final = 1.0
_SLOTS: Final = KINDS * HOURS


@dataclasses.dataclass(frozen=True)
class Hazard:
    """How items of a queue are picked up; hazards are of a step."""

    ages: Array
    """[band] lower edges in seconds."""
    answer: float
    """Power of what waits over `usual`."""
    usual: float
    """Mean number of items that wait."""
    base: float
    profile: Array
    """[slot] logarithms."""
    age: Array
    """[band] logarithms."""
    covariance: Array
    """Of base, profile and age, in this order."""
    days: Autoregression
    levels: DayLevels
    overdispersion: float
    """Squared coefficient of variation of the noise of a step."""
    dispersion: float
    """Variance of a step's count over its mean."""
    picked: Array
    """[day] pick-ups."""
    expected: Array
    """[day] pick-ups, were all days alike."""
    leaving: Array
    """[band] hazard of leaving without being picked up."""

    def drawn(self, generator: np.random.Generator) -> Hazard:
        """Return the hazard with base, profile and age drawn from what is known of them."""
        apart = np.linalg.cholesky(self.covariance) @ generator.standard_normal(len(self.covariance))
        return dataclasses.replace(
            self,
            base=self.base + float(apart[0]),
            profile=self.profile + apart[1 : 1 + _SLOTS],
            age=self.age + apart[1 + _SLOTS :],
        )


def fit_hazard(seen: Waited, answer: float, like: Hazard | None = None) -> Hazard:
    """Fit a hazard to what was seen of a queue of which at least one item was picked up.

    With `like`, hours and ages have the effects that they have there, and only the pace is fitted.
    """
    return _Fitting(seen, answer, float(seen.open.mean()), like).fit()


def levels_of(hazard: Hazard, seen: Waited) -> DayLevels:
    """Return the levels of days by what was seen in them, all else as it is known."""
    fitting = _Fitting(seen, hazard.answer, hazard.usual)
    fitting.base, fitting.profile, fitting.age = hazard.base, hazard.profile, hazard.age
    fitting.dispersion, fitting.days = hazard.dispersion, hazard.days
    for _ in range(ROUNDS):
        if fitting.take_levels(fitting.expected()) < CLOSE:
            break
    return fitting.levels


class _Fitting:
    """A fit under way, on cells of day, hour and band: all steps of a day's hour have the same hazard."""

    def __init__(self, seen: Waited, answer: float, usual: float, like: Hazard | None = None) -> None:
        steps = seen.steps
        self.seen, self.answer, self.usual = seen, answer, usual
        factor = np.where(seen.open > 0, (np.maximum(seen.open, 1.0) / usual) ** answer, 0.0)
        self.offered = seen.waiting * factor[:, None]
        key = steps.day * HOURS + steps.slot % HOURS
        self.day = np.arange(steps.days * HOURS) // HOURS
        self.slot = np.zeros(self.day.size, np.int64)
        self.slot[key] = steps.slot
        self.exposed, self.picked = (_summed(one, key, self.day.size) for one in (self.offered, seen.picked))
        self.base = float(np.log(self.picked.sum() / self.exposed.sum()))
        self.profile, self.age = np.zeros(_SLOTS), np.zeros(seen.ages.size)
        self.days, self.overdispersion, self.dispersion = Autoregression(0.5, 0.3), 0.0, 1.0
        self.levels = step(np.zeros(steps.days), np.zeros(steps.days), np.zeros(steps.days), self.days)
        self.ridge = _ridge(seen.ages.size)
        self.free = like is None
        if like is not None:
            self.profile, self.age = like.profile, like.age

    def fit(self) -> Hazard:
        for number in range(ROUNDS):
            expected = self.expected()
            change = max(self.take_age(expected), self.take_profile(expected)) if self.free else 0.0
            change = max(change, self.take_base(expected))
            change = max(change, self.take_levels(expected))
            if number > _BEFORE_LEVELS:
                before = self.days.variance
                self.days = maximised(self.levels)
                self.take_dispersion()
                if max(change, abs(self.days.variance - before)) < CLOSE:
                    break
        return self.result()

    def expected(self) -> Array:
        """Return the pick-ups expected in each cell and band."""
        rate = np.exp(self.base + self.profile[self.slot] + self.levels.mode[self.day])
        return np.asarray(self.exposed * rate[:, None] * np.exp(self.age))

    def take_age(self, expected: Array) -> float:
        """Take a step in the effects of age, changing `expected` alike; return how large it was."""
        mean, count = expected.sum(axis=0) / self.dispersion, self.picked.sum(axis=0) / self.dispersion
        change = np.linalg.solve(np.diag(mean) + self.ridge, count - mean - self.ridge @ self.age)
        change = np.clip(change, -_LARGEST_STEP, _LARGEST_STEP)
        self.age = self.age + change
        expected *= np.exp(change)
        return float(np.abs(change).max())

    def take_profile(self, expected: Array) -> float:
        """Take a step in the effects of hours."""
        mean, count = (
            np.bincount(self.slot, one.sum(axis=1), _SLOTS) / self.dispersion for one in (expected, self.picked)
        )
        change = (count - mean - self.profile / _SCATTER_OF_HOURS**2) / (mean + 1 / _SCATTER_OF_HOURS**2)
        change = np.clip(change, -_LARGEST_STEP, _LARGEST_STEP)
        self.profile = self.profile + change
        expected *= np.exp(change)[self.slot][:, None]
        return float(np.abs(change).max())

    def take_base(self, expected: Array) -> float:
        """Set the base so that as many are expected as were picked up."""
        change = float(np.log(self.picked.sum() / expected.sum()))
        self.base += change
        expected *= np.exp(change)
        return abs(change)

    def take_levels(self, expected: Array) -> float:
        """Take a step in the levels of days."""
        count = self.seen.steps.days
        picked, mean = (
            np.bincount(self.day, one.sum(axis=1), count) / self.dispersion for one in (self.picked, expected)
        )
        before = self.levels.mode
        self.levels = step(before, picked, mean, self.days)
        return float(np.abs(self.levels.mode - before).max())

    def take_dispersion(self) -> None:
        """Estimate by how much steps scatter about what is expected of them."""
        steps = self.seen.steps
        rate = np.exp(self.base + self.profile[steps.slot] + self.levels.mode[steps.day])
        mean = (self.offered @ np.exp(self.age)) * rate
        count, square = self.seen.picked.sum(axis=1), float((mean**2).sum())
        self.overdispersion = max(float(((count - mean) ** 2 - count).sum()) / square, 0.0)
        self.dispersion = 1 + self.overdispersion * square / float(mean.sum())

    def result(self) -> Hazard:
        expected = self.expected()
        alike = expected / np.exp(self.levels.mode)[self.day][:, None]
        count = self.seen.steps.days
        waited = self.seen.waiting.sum(axis=0)
        return Hazard(
            self.seen.ages,
            self.answer,
            self.usual,
            self.base,
            self.profile,
            self.age,
            self._covariance(expected),
            self.days,
            self.levels,
            self.overdispersion,
            self.dispersion,
            np.asarray(np.bincount(self.day, self.picked.sum(axis=1), count), np.float64),
            np.asarray(np.bincount(self.day, alike.sum(axis=1), count), np.float64),
            np.divide(self.seen.left.sum(axis=0), waited, out=np.zeros_like(waited), where=waited > 0),
        )

    def _covariance(self, expected: Array) -> Array:
        """Return the covariance of base, profile and age by the curvature at the mode, levels being unknown as well."""
        bands, days = self.age.size, self.seen.steps.days
        by_slot, by_day = np.zeros((_SLOTS, bands)), np.zeros((days, bands))
        np.add.at(by_slot, self.slot, expected)
        np.add.at(by_day, self.day, expected)
        both = np.zeros((_SLOTS, days))
        np.add.at(both, (self.slot, self.day), expected.sum(axis=1))
        slots, ages, levels = both.sum(axis=1), by_slot.sum(axis=0), by_day.sum(axis=1)
        upper = np.block(
            [
                [np.array([[ages.sum()]]), slots[None], ages[None], levels[None]],
                [slots[:, None], np.diag(slots), by_slot, both],
                [ages[:, None], by_slot.T, np.diag(ages), by_day.T],
                [levels[:, None], both.T, by_day, np.diag(levels)],
            ]
        )
        information = upper / self.dispersion
        first = 1 + _SLOTS
        information[range(1, first), range(1, first)] += 1 / _SCATTER_OF_HOURS**2
        information[first : first + bands, first : first + bands] += self.ridge
        diagonal, beside = self.days.precision(days)
        place = np.arange(first + bands, first + bands + days)
        information[place, place] += diagonal
        information[place[1:], place[:-1]] += beside
        information[place[:-1], place[1:]] += beside
        known = first + bands
        return np.asarray(np.linalg.inv(information)[:known, :known])


def _summed(counts: Array, key: NDArray[np.int64], size: int) -> Array:
    """Return [step, band] summed to [cell, band]."""
    return np.stack([np.bincount(key, column, size) for column in counts.T], axis=1)


def _ridge(bands: int) -> Array:
    """Return the precision of the effects of age a priori: neighbours are alike, and none is extreme."""
    apart = np.diff(np.eye(bands), axis=0)
    return np.asarray(apart.T @ apart / _SCATTER_OF_NEIGHBOURS**2 + np.eye(bands) / _SCATTER_OF_AGES**2)
