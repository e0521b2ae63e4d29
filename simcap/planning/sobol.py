"""Shares of an outcome's variance: Sobol's indices of all drivers moving together."""

from __future__ import annotations

import dataclasses
import functools
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.figures import Figures
from simcap.analysis.money import ALL
from simcap.experiment.batch import Batch, Progress
from simcap.experiment.kept import key_of_all, key_of_run
from simcap.experiment.pool import available_cores
from simcap.experiment.replicate import replicate
from simcap.experiment.scatter import scattered
from simcap.experiment.sketched import sketch
from simcap.planning.drivers import Driver
from simcap.planning.outcomes import Outcome
from simcap.scenario.reading.derived import derived
from simcap.scenario.reading.loading import ScenarioFile

Array = NDArray[np.float64]


RESAMPLES, BATCH = 999, 256
"""Resamples of the bootstrap, and how many at a time, to limit memory."""


@dataclasses.dataclass(frozen=True)
class Indices:
    """Sobol's indices, and the outputs that they come from."""

    first_order: Array
    """[output, input]; NaN for an output that never varies."""
    total_order: Array
    design: tuple[Array, Array, Array]
    """Outputs [output, point] at A, at B, and [input, output, point] at A with one column of B."""
    seed: int

    def intervals(self) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """Return the 95% intervals, low and high, of first-order and of total indices [output, input].

        They are drawn with the seed, so that equal questions have equal answers.
        """
        from scipy.stats import bootstrap

        def resampled(points: Array) -> Array:
            return np.stack(_saltelli(*(values[..., points] for values in self.design)))

        points = np.arange(self.design[0].shape[-1])
        rng = np.random.default_rng([self.seed, RESAMPLES])
        found: Any = bootstrap([points], resampled, n_resamples=RESAMPLES, confidence_level=0.95, batch=BATCH, rng=rng)
        low, high = found.confidence_interval
        return (low[0], high[0]), (low[1], high[1])


class _Quantiles:
    """What scipy needs of a distribution."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def ppf(self, u: Array) -> Array:
        """Return factors at probabilities."""
        return self.driver.ppf(np.asarray(u, np.float64))


def sobol(function: Callable[[Array], Array], ranges: Sequence[Any], samples: int, seed: int) -> Indices:
    """Return Sobol's first-order and total indices by Saltelli's design (Saltelli et al. 2010).

    `function` takes [input, point] and returns [output, point]; `ranges` have a `ppf`; `samples` is a power of 2.
    """
    from scipy.stats import sobol_indices

    design: list[tuple[Array, Array, Array]] = []

    def keeping(f_A: Array, f_B: Array, f_AB: Array) -> tuple[Array, Array]:  # noqa: N803
        design.append((f_A, f_B, f_AB))
        return np.zeros(2), np.zeros(2)  # Not with scipy, which gives 0 where there is no index.

    rng = np.random.default_rng(seed)
    sobol_indices(func=function, n=samples, dists=list(ranges), method=keeping, rng=rng)
    return Indices(*_saltelli(*design[0]), design[0], seed)


def _saltelli(own: Array, other: Array, mixed: Array) -> tuple[Array, Array]:
    """Return first-order and total indices [output, input] of outputs at A, at B, and at A with a column of B.

    Table 2 (b) and (f) of Saltelli et al. 2010; NaN where an output never varies.
    """
    varies = np.ptp([own, other], axis=(0, -1)) > 0
    variance = np.where(varies, np.var([own, other], axis=(0, -1)), np.nan)
    first = np.mean(other * (mixed - own), axis=-1) / variance
    total = 0.5 * np.mean((own - mixed) ** 2, axis=-1) / variance
    return first.T, total.T


def sobol_table(
    base: ScenarioFile,
    drivers: Sequence[Driver],
    usual: Mapping[Outcome, Array],
    batch: Batch,
    samples: int,
    progress: Progress,
) -> pd.DataFrame:
    """Return the indices of each driver for each outcome; chances of a miss are left out, being too coarse.

    They are shares: parts of estimates and intervals beyond 0 and 1 are noise, and are cut off.
    """
    keys = [outcome for outcome, values in usual.items() if outcome[3] != "any_miss" and not np.isnan(values).any()]

    def function(points: Array) -> Array:
        return _evaluated(base, drivers, points.T, keys, batch, progress)

    with warnings.catch_warnings():
        # An outcome that never varies has no indices; they come as NaN.
        warnings.simplefilter("ignore")
        found = sobol(function, [_Quantiles(driver) for driver in drivers], samples, batch.seed)
        intervals = found.intervals()
    columns = [
        np.clip(np.atleast_2d(values), 0.0, 1.0)
        for index in (
            (found.first_order, *intervals[0]),
            (found.total_order, *intervals[1]),
        )
        for values in index
    ]
    rows = [
        (driver.name, *key, *(float(values[row, column]) for values in columns))
        for row, key in enumerate(keys)
        for column, driver in enumerate(drivers)
    ]
    names = ["driver", "queue", "vendor", "sla", "measure", "first", "first_low", "first_high", "total"]
    return pd.DataFrame(rows, columns=[*names, "total_low", "total_high"])


def _evaluated(
    base: ScenarioFile,
    drivers: Sequence[Driver],
    points: Array,
    keys: Sequence[Outcome],
    batch: Batch,
    progress: Progress,
) -> Array:
    """Return [outcome, point], each point simulated (or sketched) once, on the same draws as all others."""
    own = _key(base, drivers, points, keys, batch) if batch.kept is not None else ""
    known = {} if batch.kept is None else {n: batch.kept.arrays(own, n) for n in range(len(points))}
    columns = {number: arrays["values"] for number, arrays in known.items() if arrays is not None}
    missing = [number for number in range(len(points)) if number not in columns]
    task = functools.partial(
        _one, base, list(drivers), points, list(keys), dataclasses.replace(batch, jobs=None, kept=None)
    )
    for number, column in scattered(task, missing, batch.jobs or available_cores()):
        columns[number] = column
        if batch.kept is not None:
            batch.kept.keep(own, number, {"values": column})
        progress(len(columns), len(points))
    return np.stack([columns[number] for number in range(len(points))], axis=1)


def _key(base: ScenarioFile, drivers: Sequence[Driver], points: Array, keys: Sequence[Outcome], batch: Batch) -> str:
    """Return the key under which the points of a design are kept."""
    names = [driver.name for driver in drivers]
    return key_of_all(key_of_run(base, batch.seed, batch.periods), batch.replications[0], names, points.tolist(), keys)


def _one(
    base: ScenarioFile, drivers: list[Driver], points: Array, keys: list[Outcome], batch: Batch, number: int
) -> tuple[int, Array]:
    changes = [driver.change(factor) for driver, factor in zip(drivers, points[number].tolist(), strict=True)]
    file = derived(base, *(change.patch for change in changes))
    scalings = tuple(scaling for change in changes for scaling in change.scaled)
    file = dataclasses.replace(file, scaled=(*file.scaled, *scalings))
    one = sketch if batch.sketched else replicate
    outcome, layout = one(file, batch.seed, batch.replications[0], batch.periods)
    figures = Figures(layout, outcome.figures)
    return number, np.array(
        [
            figures.of("money", "horizon", (ALL,), "net_cost")[0]
            if measure == "net_cost"
            else figures.of("sla", "horizon", (queue, vendor, sla), "attainment")[0]
            for queue, vendor, sla, measure in keys
        ]
    )
