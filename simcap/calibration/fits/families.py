"""Families of durations, fitted by likelihood and compared by held-out likelihood.

Lognormal, gamma, Weibull, and a mixture of two lognormals, for work that is either looked up or looked into.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from simcap.distributions import Continuous, Gamma, Lognormal, Mixture, Weibull

Array = NDArray[np.float64]

FOLDS = 5
MOST = 100_000
"""Most observations on which the families are compared."""
WORTH = 0.01
"""Held-out log likelihood per observation by which a mixture must beat the best single family."""
BINS = 500
"""Bins of ln x to which a mixture is fitted."""
NARROWEST = 0.05
"""Least standard deviation of ln x in a part: anything narrower comes from rounding."""
STEPS, STILL = 300, 1e-7


@dataclasses.dataclass(frozen=True)
class Part:
    """One distribution of a shape: its share, its mean in seconds, its coefficient of variation."""

    share: float
    mean: float
    cv: float


@dataclasses.dataclass(frozen=True)
class Shape:
    """A fitted distribution of durations: one part, or the two lognormal ones of a mixture, the shorter first."""

    family: str
    parts: tuple[Part, ...]

    @property
    def mean(self) -> float:
        """Return the mean in seconds."""
        return math.fsum(part.share * part.mean for part in self.parts)

    def log_density(self, x: Array) -> Array:
        """Return the log density at durations in seconds."""
        if len(self.parts) == 1:
            return _log_density(self.family, x, self.parts[0].mean, self.parts[0].cv)
        logs = [math.log(part.share) + _log_density("lognormal", x, part.mean, part.cv) for part in self.parts]
        return np.asarray(np.logaddexp(*logs))

    def distribution(self) -> Continuous:
        """Return the distribution to draw from."""
        if len(self.parts) > 1:
            lognormals = tuple(Lognormal(part.mean, part.cv) for part in self.parts)
            return Mixture(tuple(part.share for part in self.parts), lognormals)
        kinds: dict[str, Callable[[float, float], Continuous]] = {
            "lognormal": Lognormal,
            "gamma": Gamma,
            "weibull": Weibull.of,
        }
        return kinds[self.family](self.parts[0].mean, self.parts[0].cv)


def choose(
    x: Array, generator: np.random.Generator, families: Sequence[str] = ("lognormal", "gamma", "weibull", "mixture")
) -> tuple[dict[str, float], Shape]:
    """Return the mean held-out log likelihood of each family, and the best one fitted to all durations in seconds.

    A mixture counts as better only from `WORTH`: large samples would prefer it for any dent.
    """
    sample = x if x.size <= MOST else generator.choice(x, MOST, replace=False)
    folds = generator.permutation(sample.size) % FOLDS
    scores = {}
    for family in families:
        held = [FITS[family](sample[folds != fold]).log_density(sample[folds == fold]) for fold in range(FOLDS)]
        scores[family] = float(np.concatenate(held).mean())
    best = max(scores, key=lambda family: scores[family] - WORTH * (family == "mixture"))
    return scores, FITS[best](x)


def distance(x: Array, shape: Shape) -> float:
    """Return the largest distance between the observed and the fitted distribution function (Kolmogorov's)."""
    ordered = np.sort(x)
    fitted = shape.distribution().tails(ordered)[0]
    ranks = np.arange(1, ordered.size + 1) / ordered.size
    return float(np.maximum(np.abs(fitted - ranks), np.abs(fitted - ranks + 1 / ordered.size)).max())


# -- fits ---------------------------------------------------------------------------------------------------------


_STEEPEST = (0.02, 500.0)
"""Bounds of the shape of a Weibull distribution: durations that are all alike have none."""


def _lognormal(x: Array) -> Shape:
    logs = np.log(x)
    return Shape("lognormal", (_of_logs(1.0, float(logs.mean()), float(logs.std())),))


def _of_logs(share: float, middle: float, deviation: float) -> Part:
    variance = max(deviation**2, 1e-12)
    return Part(share, math.exp(middle + variance / 2), math.sqrt(math.expm1(variance)))


def _gamma(x: Array) -> Shape:
    """Fit by likelihood: ln k - digamma(k) = ln mean(x) - mean(ln x)."""
    gap = max(math.log(x.mean()) - np.log(x).mean(), 1e-9)
    shape = float(optimize.brentq(lambda k: math.log(k) - special.digamma(k) - gap, 1e-4, 1e9))
    return Shape("gamma", (Part(1.0, float(x.mean()), shape**-0.5),))


def _weibull(x: Array) -> Shape:
    """Fit by likelihood: sum(x^k ln x) / sum(x^k) - 1 / k = mean(ln x), for a k within `_STEEPEST`."""
    logs = np.log(x) - math.log(x.max())

    def slope(k: float) -> float:
        powers = np.exp(k * logs)
        return float((powers * logs).sum() / powers.sum() - 1 / k - logs.mean())

    flat, steep = _STEEPEST
    shape = flat if slope(flat) >= 0 else steep if slope(steep) <= 0 else float(optimize.brentq(slope, flat, steep))
    scale = x.max() * float(np.mean(np.exp(shape * logs))) ** (1 / shape)
    first, second = math.gamma(1 + 1 / shape), math.gamma(1 + 2 / shape)
    return Shape("weibull", (Part(1.0, scale * first, math.sqrt(max(second / first**2 - 1, 1e-12))),))


def _mixture(x: Array) -> Shape:
    """Fit two lognormals by expectation and maximisation on binned logarithms (Dempster, Laird & Rubin 1977)."""
    logs = np.log(x)
    counts, edges = np.histogram(logs, BINS)
    some = counts > 0
    weight, middle = counts[some] / counts.sum(), ((edges[1:] + edges[:-1]) / 2)[some]
    tries = [_maximised(weight, middle, below) for below in (0.1, 0.5, 0.9)]
    _, parts = max(tries, key=lambda attempt: attempt[0])
    return Shape("mixture", tuple(sorted(parts, key=lambda part: part.mean)))


def _maximised(weight: Array, y: Array, below: float) -> tuple[float, tuple[Part, Part]]:
    """Return the log likelihood and the parts, begun with this share of the values mostly in the first part."""
    first = np.where(np.cumsum(weight) <= below, 0.95, 0.05)
    reached = -math.inf
    for _ in range(STEPS):
        members = np.stack([weight * first, weight * (1 - first)])
        share = np.clip(members.sum(axis=1), 1e-6, None)
        centre = members @ y / share
        spread = np.sqrt((members * (y - centre[:, None]) ** 2).sum(axis=1) / share)
        spread = np.maximum(spread, NARROWEST)
        densities = np.log(share / spread)[:, None] - ((y - centre[:, None]) / spread[:, None]) ** 2 / 2
        together = np.logaddexp(*densities)
        likelihood = float(weight @ together)
        first = np.exp(densities[0] - together)
        if likelihood - reached < STILL:
            break
        reached = likelihood
    share = share / share.sum()
    parts = [_of_logs(*numbers) for numbers in zip(share.tolist(), centre.tolist(), spread.tolist(), strict=True)]
    return likelihood, (parts[0], parts[1])


FITS: dict[str, Callable[[Array], Shape]] = {
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "mixture": _mixture,
}


# -- densities ----------------------------------------------------------------------------------------------------


def _log_density(family: str, x: Array, mean: float, cv: float) -> Array:
    logs = np.log(x)
    if family == "lognormal":
        variance = math.log1p(cv**2)
        center = math.log(mean) - variance / 2
        return np.asarray(-((logs - center) ** 2) / (2 * variance) - logs - math.log(2 * math.pi * variance) / 2)
    if family == "gamma":
        shape = cv**-2
        scale = mean / shape
        return np.asarray((shape - 1) * logs - x / scale - special.gammaln(shape) - shape * math.log(scale))
    weibull = Weibull.of(mean, cv)
    shape, scale = weibull.shape, weibull.scale
    return np.asarray(math.log(shape / scale) + (shape - 1) * (logs - math.log(scale)) - (x / scale) ** shape)
