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
from simcap.experiment.batch import Batch, run_batch
from simcap.experiment.replicate import UNCERTAIN as SCENARIO
from simcap.experiment.replicate import replicate
from simcap.experiment.results import Results
from simcap.experiment.scatter import scattered
from simcap.experiment.workers import Jobs
from simcap.scenario.reading.loading import ScenarioFile

Array = NDArray[np.float64]

PERIODS = ("horizon", "week")
RESAMPLES = 1000
CHANCE = "chance"
"""What is left if all parameters are known: demand, absence, leavers, outages."""


def split_variance(
    file: ScenarioFile,
    results: Results,
    jobs: Jobs,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    sketches: int = 0,
) -> pd.DataFrame:
    """Return for each SLA the standard deviation of its attainment over the horizon, and shares of the variance.

    A row for each queue, vendor, SLA and source (a group of parameters, or chance): `share` with its 90% interval from
    resampled replications. A group's share is what would vanish if it were known; chance is what would remain. They
    need not sum to 1, as groups act together. Costs one run per source, of which nothing is simulated with `sketches`:
    shares are then those of sketches, with the variance that single items add to them in the simulated replications.
    """
    total = _attainments(results.figures)
    groups = sources(file)
    if not groups:
        return _table(results, total, {}, sketches)
    frozen = {group: held(file, {group}) for group in groups} | {CHANCE: held(file, set(groups))}
    if sketches:
        batch = Batch(results.seed, range(sketches), PERIODS, jobs, sketched=("sla",))
        whole, *parts = (_attainments(run.figures) for run in run_batch([file, *frozen.values()], batch, progress))
        both = min(len(total), len(whole))
        items = np.var(total[:both] - whole[:both], axis=0, ddof=1) if both > 1 else np.zeros(total.shape[1])
        return _table(results, whole, dict(zip(frozen, parts, strict=True)), sketches, items)
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
    return _table(results, total, columns, 0)


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
    outcome, layout = replicate(files[number // count], seed, number % count, PERIODS)
    return number, _attainments(Figures(layout, outcome.figures))


def _attainments(figures: Figures) -> Array:
    """Return attainment over the horizon: [replication, SLA], without the first axis for a single replication."""
    return figures.of("sla", "horizon", None, "attainment")[..., 0]


def _table(
    results: Results, total: Array, columns: dict[str, Array], sketches: int, items: Array | None = None
) -> pd.DataFrame:
    """Return the shares of [replication, SLA] attainment; `items` is a variance by SLA that no group can take away."""
    rows = []
    left = np.zeros(total.shape[-1]) if items is None else items
    generator = np.random.default_rng(results.seed)
    draws = generator.integers(len(total), size=(RESAMPLES, len(total)))
    simulated = _attainments(results.figures)
    for place, (queue, vendor, sla) in enumerate(results.layout.subjects["sla"]):
        known = total[:, place]
        for name, column in columns.items():
            share = _share(name, known[None], column[None, :, place], left[place])[0]
            again = _share(name, known[draws], column[:, place][draws], left[place])
            low, high = np.nanpercentile(again, [5, 95]) if np.isfinite(share) else (np.nan, np.nan)
            sd = float(np.std(simulated[:, place], ddof=1)) if len(simulated) > 1 else np.nan
            rows.append((queue, vendor, sla, sd, name, share, low, high, sketches))
    table = pd.DataFrame(rows, columns=["queue", "vendor", "sla", "sd", "source", "share", "p05", "p95", "sketches"])
    return with_level(table)


def _share(name: str, total: Array, frozen: Array, items: float) -> Array:
    """Return shares of the variance over the last axis: what is left for chance, what vanishes for a group.

    Both have the variance of `items` besides. NaN where nothing varies.
    """
    whole = total.var(axis=-1, ddof=1) + items
    left = np.divide(frozen.var(axis=-1, ddof=1) + items, whole, out=np.full_like(whole, np.nan), where=whole > 0)
    return np.asarray(left if name == CHANCE else 1 - left)
