"""The chance that a window misses its target, given a sketch of it.

A sketch tells where a window's attainment would lie, and the simulation how far it scatters around that: the chance of
a miss is a normal tail, on the scale on which shares scatter alike everywhere (arcsine of the square root: Anscombe
1948). On the scale of shares themselves, the tail is skewed near 100%, and lines are bent.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.assisted import NOISE_ITEMS, Counts, varies, why_counted
from simcap.analysis.regression import Regression, regress

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Smoothed:
    """Chances given each sketch, beside what happened."""

    chance: Array
    """[N, window]; NaN where a sketch has no items."""
    missed: Array
    """[n, window] 0 or 1; NaN without items."""
    doubt: Array
    """[window] variance of the mean chance that comes from the line's own error."""
    rho2: float
    note: str


def smoothed_misses(sketch: Counts, simulated: Counts, target: float) -> Smoothed:
    """Return the chance of a miss given each sketch, and the misses of the simulated replications."""
    from scipy.special import ndtr

    count = len(simulated[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        share, own = simulated[0] / simulated[1], sketch[0] / sketch[1]
    missed = np.where(np.isnan(share), np.nan, share < target)
    every, found = _arcsine(*sketch), _arcsine(*simulated)
    both = np.isfinite(every[:count]) & np.isfinite(found)
    known = both.sum(axis=0)
    noise = NOISE_ITEMS / np.maximum(simulated[1].mean(axis=0), 1.0)
    unit = np.where(known > 1, 1 + noise / (np.nan_to_num(own * (1 - own)) + noise), 0.0)
    seen, mean = (mean_of_known(np.where(both, values, np.nan)) for values in (every[:count], found))
    line = _line(every, np.where(both, found - mean, 0.0), unit) if count > 1 else None
    rho2 = line.rho2 if line is not None and varies(np.where(np.isnan(own), 0.0, own)) else float("nan")
    note = why_counted(rho2, count)
    if line is None or note:
        return Smoothed(np.full(every.shape, np.nan), missed, np.full(known.shape, np.nan), rho2, note)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = line.residual * unit / unit.mean(axis=0)
        distance = _due(sketch[1], target) - mean - line.slope * (every - seen)
        tail = distance / np.sqrt(variance)
    doubt = _doubt(tail, variance, line, known)
    return Smoothed(ndtr(tail), missed, doubt, rho2, "")


def _line(every: Array, simulated: Array, unit: Array) -> Regression:
    return regress(np.nan_to_num(every - mean_of_known(every)), simulated, unit)


def _doubt(tail: Array, variance: Array, line: Regression, known: NDArray[np.int64]) -> Array:
    """Return the variance of the mean chance that comes from the errors of the line's height and of its scatter."""
    density = np.exp(-(tail**2) / 2) / np.sqrt(2 * np.pi)
    with np.errstate(invalid="ignore", divide="ignore"):
        height, scatter = mean_of_known(density / np.sqrt(variance)), mean_of_known(density * tail / 2)
        return np.asarray(height**2 * line.residual / known + scatter**2 * 2 / line.freedom)


def _arcsine(part: Array, whole: Array) -> Array:
    """Return shares on the scale on which they scatter alike; NaN without items."""
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = np.clip((part + 3 / 8) / (whole + 3 / 4), 0.0, 1.0)
    return np.asarray(np.where(whole > 0, np.arcsin(np.sqrt(inside)), np.nan))


def _due(whole: Array, target: float) -> Array:
    """Return on that scale the place between the most items on time that miss a target and the fewest that do not."""
    return _arcsine(np.ceil(target * whole - 1e-9) - 0.5, whole)


def mean_of_known(values: Array) -> Array:
    """Return the means over replications that have a figure; NaN where none has."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0))
