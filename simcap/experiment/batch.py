"""Many scenarios on the same draws, kept in memory: what searches and shocks are made of."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

from simcap.analysis.comparison import Run, run_of
from simcap.analysis.figures import Layout, stacked
from simcap.experiment.kept import Kept, key_of_run
from simcap.experiment.pool import available_cores, scattered
from simcap.experiment.replicate import Outcome, replicate
from simcap.scenario.reading.loading import ScenarioFile

Progress = Callable[[int, int], None]


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is run: the seed, the numbers of the replications, the windows of the figures."""

    seed: int
    replications: range
    periods: tuple[str, ...] = ("horizon", "month", "week")
    jobs: int | None = None
    kept: Kept | None = None
    """Where finished replications wait, should the command be interrupted."""


def run_batch(files: Sequence[ScenarioFile], plan: Plan, progress: Progress = lambda _done, _all: None) -> list[Run]:
    """Return the figures of each scenario, all on the same draws.

    Raises `DataError` for unreadable data; Ctrl-C comes through as `KeyboardInterrupt`.
    """
    count = len(plan.replications)
    keys = [key_of_run(file, plan.seed, plan.periods) for file in files] if plan.kept else []
    found = _known(files, plan, keys)
    missing = [number for number in range(count * len(files)) if number not in found]
    if found:
        progress(len(found), count * len(files))
    task = functools.partial(_replicate, list(files), dataclasses.replace(plan, kept=None))
    for number, done in scattered(task, missing, plan.jobs or available_cores()):
        found[number] = done
        if plan.kept is not None:
            plan.kept.keep_outcome(keys[number // count], *done)
        progress(len(found), count * len(files))
    return [
        run_of(
            file.scenario,
            stacked(found[place * count][1], [found[place * count + number][0].figures for number in range(count)]),
        )
        for place, file in enumerate(files)
    ]


def _known(files: Sequence[ScenarioFile], plan: Plan, keys: Sequence[str]) -> dict[int, tuple[Outcome, Layout]]:
    """Return the replications that an interrupted command has kept, by their number among those of all scenarios."""
    found = {}
    for place, key in enumerate(keys):
        for number, replication in enumerate(plan.replications):
            done = plan.kept.outcome(key, replication, files[place], plan.periods) if plan.kept else None
            if done is not None:
                found[place * len(plan.replications) + number] = done
    return found


def _replicate(files: list[ScenarioFile], plan: Plan, number: int) -> tuple[int, tuple[Outcome, Layout]]:
    place, replication = divmod(number, len(plan.replications))
    return number, replicate(files[place], plan.seed, plan.replications[replication], plan.periods)
