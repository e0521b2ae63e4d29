"""Differences between runs on the same draws: each replication of one is compared with the same one of the other."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.summary import spread, t_quantile

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Paired:
    """Differences over replications, the first axis; NaN where either run has no figure."""

    mean: Array
    ci_low: Array
    ci_high: Array
    """95% interval of the mean difference; of width zero where nothing differs."""
    higher: Array
    """Share of replications in which the figure is higher than in the base."""
    lower: Array


def paired(base: Array, variant: Array, *, shares: NDArray[np.bool_] | bool = False) -> Paired:
    """Return the differences of a variant from the base, figure by figure, over replications.

    Intervals are Student's t; for `shares`, broadcast against one replication, those of `difference_interval`.
    """
    with np.errstate(invalid="ignore"):
        gap = np.where(base == variant, 0.0, variant - base)
    summary = spread(gap)
    quantile = t_quantile((~np.isnan(gap)).sum(axis=0))
    low, high = difference_interval(summary.mean, (summary.ci_high - summary.mean) / quantile, quantile)
    low, high = np.where(shares, low, summary.ci_low), np.where(shares, high, summary.ci_high)
    return Paired(summary.mean, low, high, *sides(gap))


def difference_interval(mean: Array, error: Array, quantile: Array) -> tuple[Array, Array]:
    """Return the interval of a difference of two shares from its standard error, on the scale of Fisher's z (1921).

    On that scale it is symmetric; as a difference it stays between -1 and 1. Other differences keep Student's t.
    """
    inside = np.abs(mean) < 1
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.arctanh(np.where(inside, mean, 0.0))
        half = quantile * error / np.where(inside, 1 - mean**2, 1.0)
        low, high = (np.where(inside, np.tanh(middle + side * half), mean + side * half) for side in (-1, 1))
    return np.minimum(low, mean), np.maximum(high, mean)


def sides(gap: Array) -> tuple[Array, Array]:
    """Return the shares of replications, the first axis, in which a difference is above zero, and below zero."""
    count = (~np.isnan(gap)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        above, below = ((part.sum(axis=0) / count) for part in (gap > 0, gap < 0))
    return above, below


def paired_chances(base: Array, variant: Array, factor: float = 1.96) -> tuple[float, float, float]:
    """Return the difference of two chances, observed as 0 or 1 in the same replications, and its 95% interval.

    The interval is that of Bonett & Price (2012), valid for few replications and chances near 0 or 1; another `factor`
    on the error is another confidence. NaN if no replication has both.
    """
    known = ~np.isnan(base) & ~np.isnan(variant)
    count = int(known.sum())
    if not count:
        return (float("nan"),) * 3
    gain = ((variant > base)[known].sum() + 1) / (count + 2)
    loss = ((variant < base)[known].sum() + 1) / (count + 2)
    half = factor * np.sqrt((gain + loss - (gain - loss) ** 2) / (count + 2))
    middle = gain - loss
    difference = float((variant - base)[known].mean())
    return difference, float(max(middle - half, -1.0)), float(min(middle + half, 1.0))


def missed(attainment: Array, target: float) -> Array:
    """Return 1 where any of the windows, the last axis, is below target in a replication, else 0; NaN without any."""
    exists = ~np.isnan(attainment).all(axis=-1)
    return np.where(exists, (attainment < target).any(axis=-1).astype(float), np.nan)
