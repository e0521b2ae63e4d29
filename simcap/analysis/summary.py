"""Figures across replications: the mean and its interval, percentiles, the probability of missing a target."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PERCENTILES = (5, 25, 50, 75, 95)


@dataclasses.dataclass(frozen=True)
class Spread:
    """The mean, its 95% interval, and percentiles over the first axis; NaN where there is no figure."""

    mean: Array
    ci_low: Array
    ci_high: Array
    percentiles: Array
    """[percentile, ...] in the order of `PERCENTILES`."""


def spread(figures: Array, *, least: Array | float = -np.inf, shares: NDArray[np.bool_] | bool = False) -> Spread:
    """Summarise figures over replications, the first axis.

    Replications without a figure (NaN) are left out; an infinite one makes the mean infinite. The interval is Student's
    t; a single replication has none. It is cut at `least`, below which no figure can be, without changing its coverage;
    for `shares` it is that of `share_interval`. Both are broadcast against one replication.
    """
    exists = ~np.isnan(figures)
    count = exists.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(count > 0, np.where(exists, figures, 0.0).sum(axis=0) / count, np.nan)
        deviations = np.where(exists, figures - mean, 0.0)
        variance = np.where(count > 1, (deviations**2).sum(axis=0) / (count - 1), np.nan)
        error, quantile = np.sqrt(variance / count), t_quantile(count)
        half = quantile * error
        low, high = share_interval(mean, error, quantile)
        low, high = np.where(shares, low, np.maximum(mean - half, least)), np.where(shares, high, mean + half)
    return Spread(mean, low, high, percentiles(figures, count))


def t_quantile(count: NDArray[np.int64]) -> Array:
    """Return the factor on the standard error for a 95% interval from `count` replications."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.maximum(count - 1, 1), 0.975))


_ALL_DOUBT = 1e100
"""Weight of the middle beyond which an interval no longer changes."""


def share_interval(
    share: Array, error: Array, quantile: Array, *, items: Array | None = None, borrowed: bool = False
) -> tuple[Array, Array]:
    """Return the interval of a share from its error: Wilson's, for the number of independent items with that error.

    It stays within 0% and 100% and leans towards the middle (Korn & Graham 1998; compared with others by Franco,
    Little, Louis & Slud 2019). At 0% and 100% nothing varies: there the `items` count as independent of one another;
    without them the interval is a point. An error that is `borrowed` from other shares is not small where a share is
    all but 0% or 100%: its items are then as many as they would be for a share that is further inside by that error.
    """
    inside = (share > 0) & (share < 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(inside, (quantile * error) ** 2 / np.where(inside, share * (1 - share), 1.0), 0.0 * error)
        weight = np.minimum(weight, _ALL_DOUBT)
        if borrowed:
            doubt = quantile * error
            weight = np.minimum(weight, np.where(doubt < 1, doubt / (1 - doubt), np.inf))
        if items is not None:
            weight = np.where(inside, weight, quantile**2 / items + 0.0 * error)
        middle = (share + weight / 2) / (1 + weight)
        half = np.sqrt((quantile * error) ** 2 + weight**2 / 4) / (1 + weight)
    low, high = np.minimum(np.maximum(middle - half, 0.0), share), np.maximum(np.minimum(middle + half, 1.0), share)
    return low, high


def percentiles(figures: Array, count: NDArray[np.int64]) -> Array:
    """Return the percentiles over the first axis, linear between order statistics; NaN where there is no figure."""
    ordered = np.sort(figures, axis=0)
    rows = []
    for percent in PERCENTILES:
        place = np.maximum(count - 1, 0) * (percent / 100)
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, np.maximum(count - 1, 0))
        below = np.take_along_axis(ordered, low[None], axis=0)[0]
        above = np.take_along_axis(ordered, high[None], axis=0)[0]
        with np.errstate(invalid="ignore"):
            between = below + (place - low) * (above - below)
        between = np.where((place == low) | (below == above), below, between)
        rows.append(np.where(count > 0, between, np.nan))
    return np.stack(rows)


def wilson(hits: Array, count: Array) -> tuple[Array, Array]:
    """Return the 95% interval of a probability from hits out of count (Wilson 1927); NaN without trials."""
    z = 1.959963984540054
    with np.errstate(invalid="ignore", divide="ignore"):
        share = hits / count
        middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
        half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    low, high = np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
    return np.where((hits == 0) & (count > 0), 0.0, low), np.where((hits == count) & (count > 0), 1.0, high)


def chance_interval(share: float, count: int) -> tuple[float, float]:
    """Return the 95% interval of a probability observed as a share of `count` replications."""
    low, high = wilson(np.array([share * count]), np.array([float(count)]))
    return float(low[0]), float(high[0])


@dataclasses.dataclass(frozen=True)
class Misses:
    """How likely attainment is below target, and by how much."""

    probability: Array
    low: Array
    high: Array
    shortfall: Array


def misses(attainment: Array, target: Array) -> Misses:
    """Return the share of replications (first axis) below target, its interval, and the mean shortfall.

    `target` is broadcast against one replication. NaN where no replication has a figure.
    """
    exists = ~np.isnan(attainment)
    count = exists.sum(axis=0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        below = (exists & (attainment < target)).sum(axis=0).astype(float)
        probability = np.where(count > 0, below / count, np.nan)
        gap = np.where(exists, np.maximum(target - attainment, 0.0), 0.0).sum(axis=0)
        low, high = wilson(below, count)
        return Misses(probability, low, high, np.where(count > 0, gap / count, np.nan))
