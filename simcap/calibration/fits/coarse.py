"""Handle times from coarse clocks: from durations in whole minutes to such as they may have been.

The difference of two times that were cut to a step lies within a step of the true one, nearer values being likelier
(a triangle); a duration that was rounded lies within half a step. A family is fitted to that likelihood, and each
duration becomes a quantile of what it may have been, given the family and the speed of its agent. So zeros keep what
they say, and means and spreads are those of the work rather than of the clock.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from simcap.calibration.fits.families import Part, Shape
from simcap.calibration.fits.proficiency import variance_between

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

FAMILIES = ("lognormal", "gamma", "weibull")
CLEARLY = 3.0
"""Log likelihood by which another family must be better than the first one: few steps tell little of a shape."""
FINE = 24
"""Cells that a step is divided into."""
NEAR = 50
"""Steps from which on a duration is so long that the step hardly shapes what it may have been."""
ENOUGH = 30
SPAN = 28
"""Days whose items tell how fast an agent is."""
SPEEDS = 12
"""Groups of agents of about the same speed."""
CV_NOISE = 10.0
SHORTEST = 0.1
"""Seconds that any work takes."""
_CVS = (0.05, 4.0)


def sharpened(items: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Return items whose coarse handle times are such as they may have been; `coarse` is the step in seconds or 0."""
    if "coarse" not in items or not (items["coarse"] > 0).any():
        return items
    handle = items["handle"].to_numpy(float, copy=True)
    known = np.isfinite(handle) & (handle >= 0) & (items["coarse"] > 0).to_numpy()
    differences = np.isclose(handle, (items["completed"] - items["started"]).to_numpy(float))
    keys = pd.DataFrame({"queue": items["queue"].astype("str"), "step": items["coarse"], "cut": differences})[known]
    factor = _speeds(items, handle, known, differences)
    for number, ((_, step, cut), rows) in enumerate(keys.groupby(["queue", "step", "cut"]).groups.items()):
        places = items.index.get_indexer(rows)
        if places.size >= ENOUGH:
            clock = CoarseClock(float(step), cut=bool(cut))
            handle[places] = clock.sharp(handle[places], factor[places], np.random.default_rng([seed, number]))
    return items.assign(handle=handle)


def clock_error(rows: pd.DataFrame) -> Array:
    """Return the covariance of (ln mean, ln cv) of a queue's handle times that is owed to the steps of its clock.

    Of the mean it is that of a triangle a step to either side; cvs scattered ten times as much in simulations.
    """
    if "coarse" not in rows:
        return np.zeros((2, 2))
    variance = float((rows["coarse"] ** 2).sum()) / 6 / float(rows["handle"].sum()) ** 2
    return np.diag([variance, CV_NOISE * variance])


@dataclasses.dataclass(frozen=True)
class CoarseClock:
    """How durations were made coarse: cut at both ends to whole steps, or rounded to them."""

    step: float
    cut: bool

    @property
    def weights(self) -> tuple[Rows, Array]:
        """Return the cells around a whole step that its durations may come from, and how many of each do."""
        reach = FINE if self.cut else FINE // 2
        cells = np.arange(-reach, reach)
        return cells, 1 - np.abs((cells + 0.5) / FINE) if self.cut else np.ones(cells.size)

    def sharp(self, durations: Array, factors: Array, generator: np.random.Generator) -> Array:
        """Return what the durations may have been; `factors` say by how much each agent's are longer than the mean."""
        steps = np.round(durations / self.step).astype(np.int64)
        shape = self.fit(steps)
        found = durations + self._spread(generator.random(durations.size))
        bounds = np.unique(np.quantile(factors, np.linspace(0, 1, SPEEDS + 1)))
        group = np.clip(np.searchsorted(bounds, factors, "right") - 1, 0, max(bounds.size - 2, 0))
        for one in np.unique(group[steps < NEAR]).tolist():
            mine = np.flatnonzero((group == one) & (steps < NEAR))
            theirs = _scaled(shape, float(np.exp(np.log(factors[mine]).mean())))
            below = self._below(theirs)
            for step in np.unique(steps[mine]).tolist():
                rows = generator.permutation(mine[steps[mine] == step])
                levels = self._levels(below, step, rows.size)
                found[rows] = np.maximum(theirs.distribution().ppf(levels), SHORTEST)
        return np.maximum(found, SHORTEST)

    def fit(self, steps: Rows) -> Shape:
        """Return the most likely shape of durations that became so many whole steps each."""
        counts = np.bincount(np.minimum(steps, NEAR), minlength=NEAR + 1).astype(float)
        far = steps[steps >= NEAR] * self.step
        mean = max(float(steps.mean()), 0.05) * self.step
        start = np.array([math.log(mean), math.log(0.8)])
        tries = []
        for family in FAMILIES:
            best = optimize.minimize(
                self._cost,
                start,
                args=(family, counts, far),
                method="Nelder-Mead",
                options={"xatol": 1e-4, "fatol": 1e-3},
            )
            tries.append((float(best.fun) - CLEARLY * (family == FAMILIES[0]), family, best.x))
        _, family, logs = min(tries, key=lambda one: one[0])
        return _shape(family, logs)

    def _cost(self, logs: Array, family: str, counts: Array, far: Array) -> float:
        """Return minus the log likelihood of (ln mean, ln cv)."""
        shape = _shape(family, logs)
        mass = np.diff(self._below(shape))
        cells, weight = self.weights
        places = np.arange(NEAR)[:, None] * FINE + cells
        likely = (np.where(places >= 0, mass[np.maximum(places, 0)], 0.0) * weight).sum(axis=1)
        cost = -float((counts[:NEAR] * np.log(np.maximum(likely, 1e-300))).sum())
        return cost - float(shape.log_density(far).sum() + far.size * math.log(self.step)) if far.size else cost

    def _below(self, shape: Shape) -> Array:
        """Return what part of all durations lies below each edge of the cells."""
        edges = np.arange((NEAR + 1) * FINE + 1) * (self.step / FINE)
        return shape.distribution().tails(np.maximum(edges, SHORTEST * 1e-3))[0]

    def _levels(self, below: Array, step: int, count: int) -> Array:
        """Return as many levels of the distribution, evenly spaced among durations of so many whole steps."""
        cells, weight = self.weights
        places = step * FINE + cells
        places, weight = places[places >= 0], weight[places >= 0]
        mass = np.diff(below)[places] * weight
        if mass.sum() <= 0:
            return np.full(count, below[places].mean())
        reached = np.append(0.0, np.cumsum(mass / mass.sum()))
        return np.asarray(
            np.interp((np.arange(count) + 0.5) / count, reached, below[np.append(places, places[-1] + 1)])
        )

    def _spread(self, uniform: Array) -> Array:
        """Return deviations in seconds that the clock makes, at these quantiles."""
        if not self.cut:
            return np.asarray((uniform - 0.5) * self.step)
        low = uniform < 0.5
        return np.asarray(np.where(low, np.sqrt(2 * uniform) - 1, 1 - np.sqrt(2 * (1 - uniform))) * self.step)


def _shape(family: str, logs: Array) -> Shape:
    return Shape(family, (Part(1.0, math.exp(logs[0]), float(np.clip(math.exp(logs[1]), *_CVS))),))


def _scaled(shape: Shape, factor: float) -> Shape:
    (part,) = shape.parts
    return Shape(shape.family, (dataclasses.replace(part, mean=part.mean * factor),))


def _speeds(items: pd.DataFrame, handle: Array, known: NDArray[np.bool_], cut: NDArray[np.bool_]) -> Array:
    """Return by how much longer each item's agent takes than the mean in these weeks, as far as that is no noise.

    Sums of coarse durations are right though each is off, so agents are told apart by them; but not those of durations
    that were rounded and are short against the step.
    """
    factor = np.ones(len(items))
    queue, agent = items["queue"].astype("str")[known], items["agent"].astype("str")[known]
    seconds = pd.Series(handle[known], queue.index)
    usual = seconds.groupby(queue).transform("mean").clip(lower=1e-3)
    noise = seconds.groupby(queue).transform("var").fillna(0.0)
    cells = pd.DataFrame(
        {"agent": agent, "span": items["day"][known] // SPAN, "s": seconds, "usual": usual, "noise": noise}
    )
    telling = cut[known] | (usual >= 2 * items["coarse"][known]).to_numpy(bool)
    cells = cells[~agent.isin(["", "nan", "None"]) & telling]
    sums = cells.groupby(["agent", "span"])[["s", "usual", "noise"]].sum()
    sums = sums[(sums["s"] > 0) & (sums["noise"] > 0)]
    if len(sums) < 2:
        return factor
    logs = np.log((sums["s"] / sums["usual"]).to_numpy(float))
    unsure = (sums["noise"] / sums["usual"] ** 2).to_numpy(float)
    between = variance_between(logs, unsure)
    kept = pd.Series(np.exp(logs * between / (between + unsure)), sums.index)
    mine = kept.reindex(pd.MultiIndex.from_frame(cells[["agent", "span"]])).fillna(1.0).to_numpy()
    factor[items.index.get_indexer(cells.index)] = mine
    return factor
