"""A figure of the simulation by that of its sketch: y = a + b x in each window, with one slope b for all windows.

A sketch that is right has a slope of 1, and few replications tell little about another: the slope is drawn towards 1.
What a line leaves unexplained in one window is told by few replications too, and a rare outage that none of them has
would leave it out; so variances are moderated, that is, drawn towards what all windows have together.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PRIOR_SLOPE: Final = 1.0
PRIOR_DEVIATION: Final = 0.25
"""Standard deviation of the slopes of sketches, before any replication: most are expected between 0.5 and 1.5."""
FEW: Final = 4
"""With fewer replications the slope is not estimated."""


@dataclasses.dataclass(frozen=True)
class Regression:
    """The line, and the variance around it."""

    slope: float
    slope_variance: float
    explained: Array
    """[window] variance between replications that the sketch explains: squared slope times the sketch's variance."""
    residual: Array
    """[window] variance that it leaves, on average over all sketches."""
    freedom: Array
    """[window] degrees of freedom of the residual variance."""
    common_freedom: float
    """Degrees of freedom of what all windows have together."""
    rho2: float
    """Share of the variance that the sketch explains, over all windows; NaN if nothing varies."""


def regress(sketch: Array, simulated: Array, unit: Array) -> Regression:
    """Fit a line to deviations from the means of windows.

    `sketch` is [N, window], each the deviation from the mean of all N; `simulated` is [n, window], those of the first n
    of them; `unit` is [N, window], to which residual variances are proportional within a window, and probably between
    windows. Where a unit is 0 or unknown a window stands for itself.

    The slope is weighted by the units' means, its variance is that over replications (windows of one replication go
    together), and it is drawn towards 1 as a normal prior has it: by V / (V + 0.25^2).
    """
    count = len(simulated)
    paired = sketch[:count] - sketch[:count].mean(axis=0)
    mean_unit, seen_unit = unit.mean(axis=0), unit[:count].mean(axis=0)
    pooled = (mean_unit > 0) & (seen_unit > 0)
    weight = np.where(pooled, 1 / np.where(pooled, mean_unit, 1.0), 0.0)
    slope, slope_variance = _slope(paired, simulated, weight, float((sketch.var(axis=0) * weight).sum()) * count)
    rest = simulated - slope * paired
    estimated = 1 - slope_variance / PRIOR_DEVIATION**2
    windows = int(pooled.sum())
    own_freedom = count - 1 - estimated / max(windows, 1)
    own = (rest**2).sum(axis=0) / own_freedom
    residual, freedom, common = own.copy(), np.full(own.shape, float(own_freedom)), float(own_freedom)
    if windows:
        factor, common, shrinkage = _factors(rest[:, pooled], seen_unit[pooled], own_freedom)
        residual[pooled] = factor * mean_unit[pooled]
        freedom[pooled] = 1 / (shrinkage**2 / common + (1 - shrinkage) ** 2 / own_freedom)
    explained = slope**2 * _spread_of(sketch, mean_unit, pooled)
    known, total = (explained * weight).sum(), ((explained + residual) * weight).sum()
    return Regression(
        slope, slope_variance, explained, residual, freedom, common, float(known / total) if total > 0 else float("nan")
    )


def _slope(sketch: Array, simulated: Array, weight: Array, usual: float) -> tuple[float, float]:
    """Return the slope that is common to all windows, drawn towards 1, and its variance.

    `usual` is the weighted sum of squares that sketches of so many replications have on average. Where those that were
    simulated have less, nothing much happened in them, and they say as much less about what happens when something
    does.
    """
    count, windows = len(sketch), max(int((weight > 0).sum()), 1)
    square = float((sketch**2 * weight).sum())
    if count < FEW or square <= 0:
        return PRIOR_SLOPE, PRIOR_DEVIATION**2
    fitted = float((sketch * simulated * weight).sum()) / square
    rest = simulated - fitted * sketch
    by_replication = (sketch * rest * weight).sum(axis=1)
    clustered = float((by_replication**2).sum()) / square**2 * count / (count - 2)
    independent = float((rest**2 * weight).sum()) / (windows * (count - 1)) / square
    variance = max(clustered, independent)
    kept = PRIOR_DEVIATION**2 / (PRIOR_DEVIATION**2 + variance) * min(square / usual, 1.0)
    return PRIOR_SLOPE + kept * (fitted - PRIOR_SLOPE), (1 - kept) * PRIOR_DEVIATION**2


def _factors(rest: Array, unit: Array, freedom: float) -> tuple[Array, float, float]:
    """Return residual variances in units, by window; their common degrees of freedom; how far they are drawn together.

    Common degrees of freedom are those of a variance that varies between replications as this one does (Satterthwaite
    1946): fewer than all windows have if what remains is alike in all windows of a replication.
    """
    count, windows = rest.shape
    own = (rest**2).sum(axis=0) / unit / freedom
    together = float((rest**2).sum() / unit.sum() / freedom)
    chance = max((kurtosis(rest / np.sqrt(unit)) - 1) / count, 2 / freedom)
    factor, shrinkage = moderated(own, chance)
    mean = own.mean()
    by_replication = (rest**2 / unit).sum(axis=1)
    noise = by_replication.var(ddof=1) / count
    common = 2 * by_replication.mean() ** 2 / noise if noise > 0 else np.inf
    return (
        factor * (together / mean if mean > 0 else 1.0),
        float(np.clip(common, freedom, windows * freedom)),
        shrinkage,
    )


def _spread_of(sketch: Array, unit: Array, pooled: NDArray[np.bool_]) -> Array:
    """Return the variance of all sketches by window, drawn together as far as chance explains the differences.

    Rare outages strike some windows of a sample and not others, although each was as likely to be struck.
    """
    variance = np.asarray((sketch**2).sum(axis=0) / (len(sketch) - 1))
    if pooled.sum() > 1:
        chance = (kurtosis(sketch[:, pooled] / np.sqrt(unit[pooled])) - 1) / len(sketch)
        variance[pooled] = moderated(variance[pooled] / unit[pooled], chance)[0] * unit[pooled]
    return variance


def moderated(variances: Array, chance: float) -> tuple[Array, float]:
    """Draw variances towards their mean, as far as they differ by chance, and return how far (from 0 to 1).

    `chance` is the squared coefficient of variation that they would have if all were equal. After Smyth (2004), by
    moments, so that long tails can be allowed for. A single one stays as it is.
    """
    mean = variances.mean()
    if variances.size < 2 or mean**2 <= 0:
        return variances, 0.0
    seen = float(variances.var(ddof=1)) / mean**2
    shrinkage = min(chance / seen, 1.0) if seen > 0 else 1.0
    return shrinkage * mean + (1 - shrinkage) * variances, float(shrinkage)


def kurtosis(deviations: Array) -> float:
    """Return the fourth moment over the squared second one, 3 for a normal distribution, of all windows together."""
    # Scaled by a power of two, which is exact: the fourth power of a small chance may be less than a number can be.
    _, exponent = np.frexp(np.abs(deviations).max(initial=0.0))
    scaled = np.ldexp(deviations, -exponent)
    square = float((scaled**2).mean()) if scaled.size else 0.0
    return float((scaled**4).mean()) / square**2 if square > 0 else 3.0
