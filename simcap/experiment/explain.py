"""What each difference between two scenarios does alone, and what they do only together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.comparison import Run, either_payers
from simcap.analysis.money import ALL
from simcap.analysis.pairs import paired
from simcap.analysis.ratios import linear
from simcap.errors import ScenarioError
from simcap.experiment.batch import Batch, Progress, run_batch
from simcap.scenario.reading.derived import Patch, derived
from simcap.scenario.reading.differences import patches
from simcap.scenario.reading.loading import ScenarioFile

Array = NDArray[np.float64]

TOGETHER, REST = "all together", "only together"


def explained(
    files: tuple[ScenarioFile, ScenarioFile], runs: tuple[Run, Run], batch: Batch, progress: Progress
) -> pd.DataFrame:
    """Return the effect of each difference alone, of all together, and the rest that only all together have.

    `files` are a base and a variant, `runs` their results. Columns: scenario, difference (in words), queue, vendor,
    sla (empty for net cost), measure (attainment or net_cost, over the horizon), effect with ci_low and ci_high (95%).
    Differences that alone make no valid scenario are applied as one. No rows if both runs have no measure in common.
    """
    names = ["scenario", "difference", "queue", "vendor", "sla", "measure", "effect", "ci_low", "ci_high"]
    alone = _alone(*files)
    single = run_batch([file for _, file in alone], batch, progress) if alone else []
    every = [*runs, *single]
    keys = _common(every)
    if not keys:
        return pd.DataFrame(columns=names)
    before, after, *others = (np.stack([_measured(run)[key] for key in keys], axis=1) for run in every)
    effects = {name: values - before for (name, _), values in zip(alone, others, strict=True)}
    effects |= {TOGETHER: after - before, REST: after - before - sum(effects.values(), np.zeros_like(before))}
    rows = [
        (files[1].scenario.name, name, *key, gap.mean[place], gap.ci_low[place], gap.ci_high[place])
        for name, values in effects.items()
        for gap in [paired(np.zeros_like(values), values, shares=np.array([key[3] == "attainment" for key in keys]))]
        for place, key in enumerate(keys)
    ]
    return pd.DataFrame(rows, columns=names)


def _alone(base: ScenarioFile, variant: ScenarioFile) -> list[tuple[str, ScenarioFile]]:
    """Return the base with each difference alone.

    Those that alone make no valid scenario are applied as one, if necessary together with the first of the others that
    makes them valid; if none does, their effect is part of the rest. What the variant draws stays drawn.
    """
    drawn = variant.drawn_paths
    valid_alone: list[tuple[str, Patch]] = []
    left: list[tuple[str, Patch]] = []
    for one in patches(base.document_from(base.folder), variant.document_from(base.folder)):
        (valid_alone if _is_scenario(base, one) else left).append(one)
    singles = [[one] for one in valid_alone]
    if left and _is_scenario(base, *left):
        singles.append(left)
    elif left:
        needed = next((place for place, one in enumerate(valid_alone) if _is_scenario(base, one, *left)), None)
        if needed is not None:
            singles[needed] += left
    return [
        (" and ".join(line for line, _ in parts), derived(base, *(patch for _, patch in parts), drawn=drawn))
        for parts in singles
    ]


def _is_scenario(base: ScenarioFile, *parts: tuple[str, Patch]) -> bool:
    try:
        derived(base, *(patch for _, patch in parts))
    except ScenarioError:
        return False
    return True


def _common(runs: Sequence[Run]) -> list[tuple[str, str, str, str]]:
    """Return what all runs measure; net cost only if each vendor has a price in all of them or in none."""
    keys = [key for key in _measured(runs[0]) if all(key in _measured(run) for run in runs)]
    priced = all((ALL,) in either_payers(runs[0], run) for run in runs)
    return [key for key in keys if priced or key[-1] != "net_cost"]


def _measured(run: Run) -> dict[tuple[str, str, str, str], Array]:
    """Return by (queue, vendor, sla, measure) attainment over the horizon, and net cost, by replication.

    The values of attainment have the means and errors of ratios of sums.
    """
    on_time, counted = (run.figures.of("sla", "horizon", None, name)[..., 0] for name in ("on_time", "counted"))
    attainment = linear(on_time, counted).values
    measured = {(*subject, "attainment"): attainment[:, n] for n, subject in enumerate(run.layout.subjects["sla"])}
    if run.layout.subjects["money"]:
        measured["", ALL, "", "net_cost"] = run.figures.of("money", "horizon", (ALL,), "net_cost")[:, 0]
    return measured  # type: ignore[return-value]
