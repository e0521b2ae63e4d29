"""How days differ: a logarithm of pick-up each, an autoregression of first order from day to day.

Its precision is tridiagonal (Rue & Held 2005, ch. 1), so a step of Newton's method and the posterior's variances cost
as much as there are days. Persistence and variance are found by expectation and maximisation (Dempster, Laird & Rubin
1977) on the Gaussian approximation at the mode.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky_banded, solve_banded, solveh_banded

Array = NDArray[np.float64]

MOST_PERSISTENT: Final = 0.98
_LEAST_VARIANCE: Final = 1e-4
_LARGEST_STEP: Final = 1.0


@dataclasses.dataclass(frozen=True)
class Autoregression:
    """x[day] = persistence * x[day - 1] + normal noise, stationary."""

    persistence: float
    innovation: float
    """Variance of the noise."""

    @property
    def variance(self) -> float:
        """Return the variance of a day."""
        return self.innovation / (1 - self.persistence**2)

    def precision(self, days: int) -> tuple[Array, float]:
        """Return the diagonal of the precision matrix of so many days, and its constant neighbour of the diagonal."""
        diagonal = np.full(days, 1 + self.persistence**2)
        diagonal[[0, -1]] = 1.0
        if days == 1:
            diagonal[0] = 1 - self.persistence**2
        return diagonal / self.innovation, -self.persistence / self.innovation

    def draw(self, days: int, generator: np.random.Generator) -> Array:
        """Return the levels of days that nothing is known of."""
        steps = generator.standard_normal(days + 1) * np.sqrt(self.innovation)
        found = np.empty(days)
        level = steps[0] * np.sqrt(self.variance / self.innovation)
        for day in range(days):
            level = self.persistence * level + steps[day + 1]
            found[day] = level
        return found


@dataclasses.dataclass(frozen=True)
class DayLevels:
    """The levels of past days: mode and curvature of their posterior."""

    mode: Array
    """[day]."""
    curvature: Array
    """[day] diagonal of the posterior precision."""
    beside: float
    """Its constant neighbour of the diagonal."""

    def draw(self, generator: np.random.Generator) -> Array:
        """Return the levels drawn from their posterior."""
        factor = cholesky_banded(self.banded(), lower=True)
        above = np.zeros_like(factor)
        above[1], above[0, 1:] = factor[0], factor[1, :-1]
        apart = solve_banded((0, 1), above, generator.standard_normal(self.mode.size))
        return np.asarray(self.mode + apart, np.float64)

    def variances(self) -> tuple[Array, Array]:
        """Return the posterior's variances [day] and covariances of a day with the next [day - 1].

        Those of the inverse of a tridiagonal matrix (Meurant 1992, SIAM J. Matrix Anal. 13, 707).
        """
        size, square = self.mode.size, self.beside**2
        down, up = self.curvature.copy(), self.curvature.copy()
        for day in range(1, size):
            down[day] -= square / down[day - 1]
            up[size - 1 - day] -= square / up[size - day]
        own = 1 / (down + up - self.curvature)
        return own, -self.beside / down[:-1] * own[1:]

    def banded(self) -> Array:
        """Return the posterior precision as its diagonal and the one below it."""
        below = np.full(self.mode.size, self.beside)
        return np.stack([self.curvature, below])


def step(mode: Array, seen: Array, expected: Array, prior: Autoregression) -> DayLevels:
    """Return one step of Newton's method for levels whose days have counts with these expectations, both [day].

    Counts and expectations are divided by the counts' dispersion.
    """
    diagonal, beside = prior.precision(mode.size)
    gradient = seen - expected - diagonal * mode
    gradient[1:] -= beside * mode[:-1]
    gradient[:-1] -= beside * mode[1:]
    found = DayLevels(mode, expected + diagonal, beside)
    change = solveh_banded(found.banded(), gradient, lower=True)
    return dataclasses.replace(found, mode=mode + np.clip(change, -_LARGEST_STEP, _LARGEST_STEP))


def maximised(levels: DayLevels) -> Autoregression:
    """Return the autoregression that the posterior of levels makes the most likely."""
    own, next_ = levels.variances()
    before = float((levels.mode[:-1] ** 2 + own[:-1]).sum())
    after = float((levels.mode[1:] ** 2 + own[1:]).sum())
    both = float((levels.mode[:-1] * levels.mode[1:] + next_).sum())
    persistence = min(max(both / before, 0.0), MOST_PERSISTENT)
    innovation = (after - 2 * persistence * both + persistence**2 * before) / (levels.mode.size - 1)
    return Autoregression(persistence, max(innovation, _LEAST_VARIANCE))
