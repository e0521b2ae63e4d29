"""Expected shares over replications: what a contract counts is a ratio of sums, known to the delta method's error.

A mean of the replications' own ratios would give a quiet quarter the weight of a busy one.
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
    """Ratios of sums over replications, the first axis, and by how much each replication moves them."""

    ratio: Array
    """NaN where there is nothing to divide by."""
    residuals: Array
    """[replication, ...]; their mean is 0, its standard error the delta method's of the ratio."""
    known: NDArray[np.int64]
    """Replications that have a ratio of their own."""

    @property
    def values(self) -> Array:
        """Return a figure for each replication, of which means and differences are those of ratios of sums."""
        return np.asarray(self.ratio + self.residuals)


def linear(part: Array, whole: Array) -> Linear:
    """Return the ratios of two counts over replications, the first axis (Cochran 1977, ch. 6).

    Each residual is divided by the share of the total that the other replications have, which makes the error the
    jackknife's: the plain one is too small where few replications differ in size.
    """
    total, count = whole.sum(axis=0), whole.shape[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(total > 0, part.sum(axis=0) / total, np.nan)
        residuals = np.where(total > whole, (part - ratio * whole) * (count - 1) / (total - whole), 0.0)
    return Linear(ratio, residuals - residuals.mean(axis=0), (whole > 0).sum(axis=0))


def ratio_spread(part: Array, whole: Array) -> Spread:
    """Summarise the share `part / whole` over replications: a ratio of sums with its interval, own ratios' percentiles.

    The interval does not exist where fewer than two replications have a share.
    """
    found = linear(part, whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.where(whole > 0, part / whole, np.nan)
    low, high = share_interval(
        found.ratio, _error(found.residuals, found.known), t_quantile(found.known), items=whole.sum(axis=0)
    )
    return Spread(found.ratio, low, high, percentiles(own, found.known))


def paired_ratios(base: tuple[Array, Array], variant: tuple[Array, Array]) -> Paired:
    """Return the difference of two ratios of sums (part, whole) seen in the same replications, the first axis.

    Its error is that of the delta method on the pairs: what both runs share cancels.
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
    """Return the standard error of a ratio; NaN where too few replications have one to tell."""
    count = residuals.shape[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt((residuals**2).sum(axis=0) / np.float64(count - 1) / count)
    return np.where(known > 1, error, np.nan)
