"""Differences between runs on the same draws: each replication of one is held against the same one of the other."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.summary import spread

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Paired:
    """Differences over replications, the first axis; NaN where either run has no figure."""

    mean: Array
    ci_low: Array
    ci_high: Array
    """95% interval of the mean difference (Student's t); exactly zero wide where nothing differs."""
    higher: Array
    """Share of replications in which the figure is higher than in the base."""
    lower: Array


def paired(base: Array, variant: Array) -> Paired:
    """Return the differences of a variant from the base, figure by figure, over replications."""
    with np.errstate(invalid="ignore"):
        gap = np.where(base == variant, 0.0, variant - base)
    found = spread(gap)
    count = (~np.isnan(gap)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        higher, lower = ((part.sum(axis=0) / count) for part in (gap > 0, gap < 0))
    return Paired(found.mean, found.ci_low, found.ci_high, higher, lower)


def paired_chances(base: Array, variant: Array) -> tuple[float, float, float]:
    """Return the difference of two chances, seen as 0 or 1 in the same replications, and its 95% interval.

    The interval is that of Bonett & Price (2012), which holds for few replications and chances near 0 or 1. Missing
    without a replication that has both.
    """
    known = ~np.isnan(base) & ~np.isnan(variant)
    count = int(known.sum())
    if not count:
        return (float("nan"),) * 3
    gain = ((variant > base)[known].sum() + 1) / (count + 2)
    loss = ((variant < base)[known].sum() + 1) / (count + 2)
    half = 1.96 * np.sqrt((gain + loss - (gain - loss) ** 2) / (count + 2))
    middle = gain - loss
    difference = float((variant - base)[known].mean())
    return difference, float(max(middle - half, -1.0)), float(min(middle + half, 1.0))


def missed(attainment: Array, target: float) -> Array:
    """Return 1 where any of the windows, the last axis, is below target in a replication, else 0; NaN without any."""
    exists = ~np.isnan(attainment).all(axis=-1)
    return np.where(exists, (attainment < target).any(axis=-1).astype(float), np.nan)
