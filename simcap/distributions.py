"""Frozen distributions of durations: mean, coefficient of variation, quantiles.

Everything is drawn from a uniform by its quantile function, so that common random numbers stay common when a parameter
changes. Families with a scale keep a standard form and multiply.
"""

from __future__ import annotations

import abc
import dataclasses
import functools
import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Distribution(Protocol):
    """What every distribution offers, in seconds (or in the unit of its parameters)."""

    @property
    def mean(self) -> float:
        """Return the mean."""
        ...

    def ppf(self, u: Array) -> Array:
        """Return the quantiles at probabilities strictly between 0 and 1."""
        ...


class Continuous(Distribution, Protocol):
    """A distribution of positive durations that has a density."""

    def tails(self, x: Array) -> tuple[Array, Array]:
        """Return the probabilities of less and of more than x, each exact where it is small."""
        ...


class Scored(abc.ABC):
    """A distribution whose quantiles are computed from standard normal scores."""

    def ppf(self, u: Array) -> Array:
        """Return the quantiles at probabilities strictly between 0 and 1."""
        from scipy.special import ndtri

        return self.at(ndtri(u))

    @abc.abstractmethod
    def at(self, z: Array) -> Array:
        """Return the quantiles at standard normal scores, which may be overwritten."""


@dataclasses.dataclass(frozen=True)
class Constant:
    """Always the same value."""

    value: float

    @property
    def mean(self) -> float:
        """Return the value."""
        return self.value

    def ppf(self, u: Array) -> Array:
        """Return the value for each probability."""
        return np.full_like(u, self.value)


@dataclasses.dataclass(frozen=True)
class Exponential:
    """Exponential distribution by its mean."""

    mean: float

    def ppf(self, u: Array) -> Array:
        """Return the quantiles -mean * ln(1 - u)."""
        return -self.mean * np.log1p(-u)

    def tails(self, x: Array) -> tuple[Array, Array]:
        """Return 1 - exp(-x / mean) and exp(-x / mean)."""
        return -np.expm1(-x / self.mean), np.exp(-x / self.mean)


@dataclasses.dataclass(frozen=True)
class Uniform:
    """Uniform distribution between two values."""

    low: float
    high: float

    @property
    def mean(self) -> float:
        """Return the middle."""
        return (self.low + self.high) / 2

    def ppf(self, u: Array) -> Array:
        """Return the quantiles low + u * (high - low)."""
        return self.low + u * (self.high - self.low)


@dataclasses.dataclass(frozen=True)
class Lognormal(Scored):
    """Lognormal distribution by mean and coefficient of variation: sigma**2 = ln(1 + cv**2)."""

    mean: float
    cv: float

    def at(self, z: Array) -> Array:
        """Return the quantiles exp(mu + sigma * z) at standard normal scores, overwriting them."""
        variance = math.log1p(self.cv**2)
        z *= math.sqrt(variance)
        z += math.log(self.mean) - variance / 2
        return np.exp(z, out=z)

    def tails(self, x: Array) -> tuple[Array, Array]:
        """Return the probabilities of less and of more than x."""
        from scipy.special import ndtr

        variance = math.log1p(self.cv**2)
        z: Array = (np.log(x) - math.log(self.mean) + variance / 2) / math.sqrt(variance)
        return np.asarray(ndtr(z)), np.asarray(ndtr(-z))


@dataclasses.dataclass(frozen=True)
class Gamma(Scored):
    """Gamma distribution by mean and coefficient of variation: shape = 1 / cv**2."""

    mean: float
    cv: float

    def at(self, z: Array) -> Array:
        """Return the quantiles at standard normal scores, interpolated in (z, ln x) to a relative error below 1e-6.

        Few or many, all are computed in the same way: what one item draws must not depend on how many others there are.
        """
        from scipy.special import gammainccinv, gammaincinv, ndtr

        shape = self.cv**-2
        inside, below = np.abs(z) < _REACH, z <= -_REACH
        above = ~(inside | below)
        quantile = np.empty_like(z)
        quantile[inside] = np.exp(_interpolated(_gamma_cubics(shape), z[inside]))
        quantile[below] = gammaincinv(shape, ndtr(z[below]))
        quantile[above] = gammainccinv(shape, ndtr(-z[above]))
        return quantile * (self.mean / shape)

    def tails(self, x: Array) -> tuple[Array, Array]:
        """Return the regularised incomplete gamma functions at x."""
        from scipy.special import gammainc, gammaincc

        shape = self.cv**-2
        scaled: Array = x * shape / self.mean
        return np.asarray(gammainc(shape, scaled)), np.asarray(gammaincc(shape, scaled))


_REACH, _PIECES = 5.5, 1000


@functools.lru_cache(maxsize=256)
def _gamma_cubics(shape: float) -> Array:
    """Return the cubics of ln x by z between knots, [power, piece], with the true slopes at the knots (Hermite).

    d(ln x)/dz is the normal density at z over x times the gamma density at x.
    """
    from scipy.special import gammaincinv, gammaln, ndtr

    knots = np.linspace(-_REACH, _REACH, _PIECES + 1)
    with np.errstate(divide="ignore", over="ignore"):
        logs = np.maximum(np.log(gammaincinv(shape, ndtr(knots))), math.log(np.finfo(float).tiny))
        density = shape * logs - np.exp(logs) - gammaln(shape)
        slopes = np.exp(-(knots**2) / 2 - math.log(2 * math.pi) / 2 - density) * (knots[1] - knots[0])
    rise, here, there = np.diff(logs), slopes[:-1], slopes[1:]
    return np.stack([logs[:-1], here, 3 * rise - 2 * here - there, here + there - 2 * rise])


def _interpolated(cubics: Array, z: Array) -> Array:
    place = (z + _REACH) * (_PIECES / (2 * _REACH))
    piece = np.minimum(place.astype(np.int64), _PIECES - 1)
    place -= piece
    value: Array = cubics[3][piece]
    for power in (2, 1, 0):
        value *= place
        value += cubics[power][piece]
    return value


@dataclasses.dataclass(frozen=True)
class Weibull:
    """Weibull distribution by shape and scale."""

    shape: float
    scale: float

    @classmethod
    def of(cls, mean: float, cv: float) -> Weibull:
        """Return the Weibull distribution of this mean and coefficient of variation.

        The shape k solves Gamma(1 + 2/k) / Gamma(1 + 1/k)**2 = 1 + cv**2.
        """
        shape = _weibull_shape(cv)
        return cls(shape, mean / math.gamma(1 + 1 / shape))

    @property
    def mean(self) -> float:
        """Return scale * Gamma(1 + 1 / shape)."""
        return self.scale * math.gamma(1 + 1 / self.shape)

    def ppf(self, u: Array) -> Array:
        """Return the quantiles scale * (-ln(1 - u))**(1 / shape)."""
        return self.scale * (-np.log1p(-u)) ** (1 / self.shape)

    def tails(self, x: Array) -> tuple[Array, Array]:
        """Return 1 - exp(-(x / scale)**shape) and its complement."""
        exposure = (x / self.scale) ** self.shape
        return -np.expm1(-exposure), np.exp(-exposure)


_SMALLEST_CV = 1e-5
"""A Weibull distribution with a smaller coefficient of variation is treated as if it had this one."""


@functools.lru_cache(maxsize=256)
def _weibull_shape(cv: float) -> float:
    from scipy.optimize import brentq

    def excess(log_shape: float) -> float:
        k = math.exp(log_shape)
        return math.lgamma(1 + 2 / k) - 2 * math.lgamma(1 + 1 / k) - math.log1p(max(cv, _SMALLEST_CV) ** 2)

    return math.exp(float(brentq(excess, -4.0, 14.0)))


@dataclasses.dataclass(frozen=True)
class Empirical:
    """Observed values, all equally likely; `values` is sorted."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Return the mean of the values."""
        return math.fsum(self.values) / len(self.values)

    def ppf(self, u: Array) -> Array:
        """Return the value of each probability's rank."""
        values = np.asarray(self.values)
        return values[np.minimum((u * values.size).astype(np.int64), values.size - 1)]


@dataclasses.dataclass(frozen=True)
class Mixture(Scored):
    """Continuous distributions mixed by their shares, which sum to 1."""

    shares: tuple[float, ...]
    parts: tuple[Continuous, ...]

    @property
    def mean(self) -> float:
        """Return the mean of the parts, weighted by their shares."""
        return math.fsum(share * part.mean for share, part in zip(self.shares, self.parts, strict=True))

    def at(self, z: Array) -> Array:
        """Return the quantiles at standard normal scores, interpolated in (z, ln x).

        The relative error is 1e-6 where the density is not thin. In a gap between two parts, which is hardly ever hit,
        the quantiles are as smooth but less exact.
        """
        scores, logs = _mixture_table(self)
        return np.exp(np.interp(z, scores, logs))

    def tails(self, x: Array) -> tuple[Array, Array]:
        """Return the tails of the parts, weighted by their shares."""
        below, above = np.zeros_like(x), np.zeros_like(x)
        for share, part in zip(self.shares, self.parts, strict=True):
            less, more = part.tails(x)
            below += share * less
            above += share * more
        return below, above


_WIDEST = 8.2
"""Standard normal score of the largest number below 1."""


@functools.lru_cache(maxsize=256)
def _mixture_table(mixture: Mixture) -> tuple[Array, Array]:
    """Return scores z and ln x of quantiles, spaced as closely as those of the parts."""
    from scipy.special import ndtr, ndtri

    levels = ndtr(np.linspace(-_WIDEST, _WIDEST, 8001))
    tiny = np.finfo(float).tiny
    x = np.unique(np.concatenate([np.maximum(part.ppf(levels), tiny) for part in mixture.parts]))
    below, above = mixture.tails(x)
    scores = np.where(below < 0.5, ndtri(below), -ndtri(above))
    rising = np.isfinite(scores) & (np.diff(scores, prepend=-np.inf) > 0)
    return scores[rising], np.log(x[rising])
