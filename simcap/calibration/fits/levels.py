"""The level of a volume by week: it drifts, it may grow, and its weeks scatter about it.

A local level with a constant slope on the log scale (Harvey 1989, ch. 2): ln(items) of a week are its level and noise;
the level moves by the slope and by a normal step, whose standard deviation is the drift. Thirteen weeks do not settle
three unknowns, so the posterior is summed over a grid of them, with priors that are those of the field: where the data
say little, the forecast is a mean of the last weeks, in which the latest count the most. The filter is statsmodels'.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

Array = NDArray[np.float64]

NOISES: Final = np.geomspace(0.01, 0.6, 7)
"""Standard deviations of a week's noise that are weighed against each other."""
RATIOS: Final = np.geomspace(0.05, 3.0, 7)
"""Drift in units of the noise."""
GROWTHS: Final = (0.002, 0.012)
"""Standard deviations of weekly growth a priori, equally likely: most queues hardly grow, some clearly do."""
USUAL_RATIO, UNSURE_RATIO = math.exp(-1.25), 0.5
USUAL_DRIFT, UNSURE_DRIFT = 0.09, 0.7
"""Priors: medians, and scales of the logarithm, Student's with three degrees of freedom for the ratio (a queue may well
be all drift) and normal for the drift."""
ENOUGH_OF_A_WEEK: Final = 0.35
"""Share of a usual week's items that the days known must have, for the week to be known."""
_ANYWHERE: Final = 9.0
"""Variance of the logarithm of the first week's level a priori."""
_HALF: Final = 0.5
"""A week without any item counts as half of one."""
_NEGLIGIBLE: Final = 0.005
"""Weight, relative to the largest, below which a point of the grid is left out."""


@dataclasses.dataclass(frozen=True)
class Weeks:
    """Items of successive weeks, as if all their days were known and usual."""

    items: Array
    """Items in a whole week; not a number for a week that is not known."""
    known: Array
    """Share of a usual week's items that the days known have."""

    def until(self, week: int) -> Weeks:
        """Return the weeks before one."""
        return Weeks(self.items[:week], self.known[:week])


@dataclasses.dataclass(frozen=True)
class Level:
    """The level of the week after the last one, with its errors; all of it on the log scale."""

    values: Array
    """Logarithm of the items in the week after the last, of growth per week, and of drift."""
    covariance: Array
    """That of these three."""
    noise: float
    """Standard deviation of a week about its level, without Poisson noise."""
    fitted: Array
    """Items in each week of the history, smoothed."""
    freedom: float
    """Parameters that smoothing was worth."""

    def ahead(self, week: int, factor: float = 1.0) -> tuple[float, float]:
        """Return the items expected in a week, the first one after the history being 1, and their relative error.

        `factor` is what public holidays leave of that week. The error is on the log scale and counts level, growth,
        drift, noise and Poisson noise.
        """
        steps = np.array([1.0, week - 1.0])
        drift = math.exp(2 * self.values[2] + 2 * self.covariance[2, 2])
        items = factor * math.exp(float(steps @ self.values[:2]))
        variance = float(steps @ self.covariance[:2, :2] @ steps) + (week - 1) * drift + self.noise**2
        return items, math.sqrt(variance + 1 / max(items, 1.0))


def fit_level(weeks: Weeks) -> Level:
    """Fit level, growth and drift to weeks, of which at least one has to be known."""
    grid, model = _grid(), _Model(weeks)
    logs = np.array([model.at(*point[:3]).loglike() + point[3] for point in grid])
    weight = np.exp(logs - logs.max())
    kept = weight > _NEGLIGIBLE
    grid, weight = grid[kept], weight[kept] / weight[kept].sum()
    values, inside = np.zeros((len(grid), 3)), np.zeros((3, 3))
    for number, (noise, drift, growth, _) in enumerate(grid):
        filtered = model.at(noise, drift, growth).filter()
        values[number] = *filtered.predicted_state[:, -1], math.log(drift)
        inside[:2, :2] += weight[number] * filtered.predicted_state_cov[:, :, -1]
    mean = weight @ values
    between = (values - mean).T * weight @ (values - mean)
    fitted, freedom = model.smoothed(*np.exp(weight @ np.log(grid[:, :3])))
    return Level(mean, inside + between, math.sqrt(float(weight @ grid[:, 0] ** 2)), fitted, freedom)


@functools.cache
def _grid() -> Array:
    """Return the points of the grid as rows: noise, drift, error of growth, logarithm of the prior."""
    noise, ratio, growth = (one.ravel() for one in np.meshgrid(NOISES, RATIOS, GROWTHS, indexing="ij"))
    drift = noise * ratio
    odd, large = np.log(ratio / USUAL_RATIO) / UNSURE_RATIO, np.log(drift / USUAL_DRIFT) / UNSURE_DRIFT
    return np.column_stack([noise, drift, growth, -2 * np.log1p(odd**2 / 3) - large**2 / 2])


class _Model:
    """The state space model of some weeks: its states are level and growth."""

    def __init__(self, weeks: Weeks) -> None:
        from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

        logs = np.log(np.maximum(weeks.items, _HALF))
        known = np.maximum(weeks.known, ENOUGH_OF_A_WEEK)
        self.first = float(logs[np.isfinite(logs)][0])
        self.by_noise = 1 / known
        self.of_chance = 1 / np.maximum(np.where(np.isfinite(logs), weeks.items, 1.0) * known, _HALF)
        self.filter = KalmanSmoother(
            1, 2, 1, design=[[1.0, 0.0]], transition=[[1.0, 1.0], [0.0, 1.0]], selection=[[1.0], [0.0]]
        )
        self.filter.bind(logs[:, None].copy())

    def at(self, noise: float, drift: float, growth: float) -> KalmanSmoother:
        """Return the filter with these standard deviations."""
        self.filter["obs_cov"] = (noise**2 * self.by_noise + self.of_chance)[None, None, :]
        self.filter["state_cov"] = np.array([[drift**2]])
        self.filter.initialize_known(np.array([self.first, 0.0]), np.diag([_ANYWHERE, growth**2]))
        return self.filter

    def smoothed(self, noise: float, drift: float, growth: float) -> tuple[Array, float]:
        """Return the items of each week, given all, and the parameters that they are worth (the hat matrix's trace)."""
        done = self.at(noise, drift, growth).smooth()
        seen = np.isfinite(self.filter.endog[0])
        worth = done.smoothed_state_cov[0, 0] / (noise**2 * self.by_noise + self.of_chance)
        return np.exp(done.smoothed_state[0]), float(worth[seen].sum())
