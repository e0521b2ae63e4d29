"""What the uncertainty of an SLA consists of: chance, and each group of parameters that is not known exactly.

Every replication is run again with one group held at its fitted values and everything else as it was, by common random
numbers. The fall in variance is the value of knowing that group.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.figures import Figures
from simcap.analysis.levels import with_level
from simcap.experiment.replicate import UNCERTAIN as SCENARIO
from simcap.experiment.replicate import replicate
from simcap.experiment.results import Results
from simcap.experiment.scatter import scattered
from simcap.experiment.workers import Jobs
from simcap.scenario.reading.loading import ScenarioFile

Array = NDArray[np.float64]

RESAMPLES = 1000
CHANCE = "chance"
"""What is left if all parameters are known: demand, absence, leavers, outages."""


def split_variance(
    file: ScenarioFile,
    results: Results,
    jobs: Jobs,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> pd.DataFrame:
    """Return for each SLA the standard deviation of its attainment over the horizon, and shares of the variance.

    A row for each queue, vendor, SLA and source (a group of parameters, or chance): `share` with its 90% interval from
    resampled replications. A group's share is what would vanish if it were known; chance is what would remain. They
    need not sum to 1, as groups act together. Costs one run per source.
    """
    total = results.figures.of("sla", "horizon", None, "attainment")[..., 0]
    groups = sources(file)
    if not groups:
        return _table(results, total, {})
    frozen = {group: held(file, {group}) for group in groups} | {CHANCE: held(file, set(groups))}
    runs = list(frozen.items())
    count = results.replications
    task = functools.partial(_attainment, [one for _, one in runs], results.seed, count)
    attainments: dict[int, Array] = {}
    for number, attainment in scattered(task, range(count * len(runs)), jobs):
        attainments[number] = attainment
        progress(len(attainments), count * len(runs))
    columns = {
        name: np.stack([attainments[place * count + number] for number in range(count)])
        for place, (name, _) in enumerate(runs)
    }
    return _table(results, total, columns)


def sources(file: ScenarioFile) -> list[str]:
    """Return the groups of parameters that replications of a scenario draw."""
    fitted = [] if file.fitted is None else [b.group for b in file.fitted.blocks if file.fitted.open & set(b.paths)]
    return [*dict.fromkeys(fitted), *([SCENARIO] if file.scenario.uncertain else [])]


def held(file: ScenarioFile, groups: set[str]) -> ScenarioFile:
    """Return a scenario in which groups of parameters are held at their values instead of being drawn."""
    fitted = file.fitted
    if fitted is not None:
        fitted = dataclasses.replace(fitted, blocks=tuple(b for b in fitted.blocks if b.group not in groups))
    scenario = file.scenario.model_copy(update={"uncertain": {}}) if SCENARIO in groups else file.scenario
    return dataclasses.replace(file, fitted=fitted, scenario=scenario)


def _attainment(files: list[ScenarioFile], seed: int, count: int, number: int) -> tuple[int, Array]:
    """Return the attainment of each SLA over the horizon; `count` replications of a file follow those of the last."""
    outcome, layout = replicate(files[number // count], seed, number % count, ("horizon", "week"))
    return number, Figures(layout, outcome.figures).of("sla", "horizon", None, "attainment")[:, 0]


def _table(results: Results, total: Array, columns: dict[str, Array]) -> pd.DataFrame:
    rows = []
    generator = np.random.default_rng(results.seed)
    draws = generator.integers(results.replications, size=(RESAMPLES, results.replications))
    for place, (queue, vendor, sla) in enumerate(results.layout.subjects["sla"]):
        known = total[:, place]
        for name, column in columns.items():
            share = _share(name, known[None], column[None, :, place])[0]
            again = _share(name, known[draws], column[:, place][draws])
            low, high = np.nanpercentile(again, [5, 95]) if np.isfinite(share) else (np.nan, np.nan)
            rows.append((queue, vendor, sla, float(np.std(known, ddof=1)), name, share, low, high))
    table = pd.DataFrame(rows, columns=["queue", "vendor", "sla", "sd", "source", "share", "p05", "p95"])
    return with_level(table)


def _share(name: str, total: Array, frozen: Array) -> Array:
    """Return shares of the variance over the last axis: what is left for chance, what vanishes for a group.

    NaN where nothing varies.
    """
    whole = total.var(axis=-1, ddof=1)
    left = np.divide(frozen.var(axis=-1, ddof=1), whole, out=np.full_like(whole, np.nan), where=whole > 0)
    return np.asarray(left if name == CHANCE else 1 - left)
