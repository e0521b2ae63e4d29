"""Expected shares over replications: a contract counts a ratio of sums, whose error is that of the delta method.

A mean of the replications' own ratios would give a quiet quarter the same weight as a busy one.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.pairs import Paired, difference_interval, sides
from simcap.analysis.summary import Spread, percentiles, share_interval, t_quantile

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Linear:
    """Ratios of sums over replications, the first axis, and how much each replication moves them."""

    ratio: Array
    """NaN where there is nothing to divide by."""
    residuals: Array
    """[replication, ...]; their mean is 0, with the delta method's standard error of the ratio."""
    known: NDArray[np.int64]
    """Replications that have a ratio of their own."""

    @property
    def values(self) -> Array:
        """Return a figure for each replication, such that means and differences are those of ratios of sums."""
        return np.asarray(self.ratio + self.residuals)


def linear(part: Array, whole: Array) -> Linear:
    """Return the ratios of two counts over replications, the first axis (Cochran 1977, ch. 6).

    Each residual is divided by the other replications' share of the total, which makes the error that of the jackknife:
    the plain one is too small if there are few replications of different size.
    """
    total, count = whole.sum(axis=0), whole.shape[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(total > 0, part.sum(axis=0) / total, np.nan)
        residuals = np.where(total > whole, (part - ratio * whole) * (count - 1) / (total - whole), 0.0)
    return Linear(ratio, residuals - residuals.mean(axis=0), (whole > 0).sum(axis=0))


def ratio_spread(part: Array, whole: Array) -> Spread:
    """Summarise the share `part / whole` over replications: a ratio of sums, its interval, percentiles of the ratios.

    There is no interval if fewer than two replications have a share.
    """
    ratios = linear(part, whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.where(whole > 0, part / whole, np.nan)
    low, high = share_interval(
        ratios.ratio, _error(ratios.residuals, ratios.known), t_quantile(ratios.known), items=whole.sum(axis=0)
    )
    return Spread(ratios.ratio, low, high, percentiles(own, ratios.known))


def paired_ratios(base: tuple[Array, Array], variant: tuple[Array, Array]) -> Paired:
    """Return the difference of two ratios of sums (part, whole) in the same replications, the first axis.

    Its error is that of the delta method on the pairs: what both runs share cancels out.
    """
    one, other = linear(*base), linear(*variant)
    known = np.minimum(one.known, other.known)
    error = _error(other.residuals - one.residuals, known)
    mean = other.ratio - one.ratio
    low, high = difference_interval(mean, error, t_quantile(known))
    with np.errstate(invalid="ignore", divide="ignore"):
        before, after = (np.where(whole > 0, part / whole, np.nan) for part, whole in (base, variant))
    return Paired(mean, low, high, *sides(after - before))


def _error(residuals: Array, known: NDArray[np.int64]) -> Array:
    """Return the standard error of a ratio; NaN if fewer than two replications have one."""
    count = residuals.shape[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt((residuals**2).sum(axis=0) / np.float64(count - 1) / count)
    return np.where(known > 1, error, np.nan)
