"""Many scenarios on the same draws, with results in memory: the basis of searches and stress tests."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

from simcap.analysis.comparison import Run, run_of
from simcap.analysis.figures import Layout, stacked
from simcap.experiment.kept import Kept, key_of_run
from simcap.experiment.pool import available_cores
from simcap.experiment.replicate import Outcome, replicate
from simcap.experiment.scatter import scattered
from simcap.experiment.workers import Jobs
from simcap.scenario.reading.loading import ScenarioFile

Progress = Callable[[int, int], None]


@dataclasses.dataclass(frozen=True)
class Batch:
    """What to run: the seed, the numbers of the replications, the windows of the figures."""

    seed: int
    replications: range
    periods: tuple[str, ...] = ("horizon", "month", "week")
    jobs: Jobs = None
    kept: Kept | None = None
    """Where finished replications are kept, in case the command is interrupted."""
    sketched: tuple[str, ...] = ()
    """The tables of figures that sketches are to have, which take the place of simulations and are not kept."""


def run_batch(files: Sequence[ScenarioFile], batch: Batch, progress: Progress = lambda _done, _all: None) -> list[Run]:
    """Return the figures of each scenario, all on the same draws.

    Raises `DataError` for unreadable data, and `KeyboardInterrupt` on Ctrl-C.
    """
    if batch.sketched:
        return _sketches(files, batch, progress)
    count = len(batch.replications)
    keys = [key_of_run(file, batch.seed, batch.periods) for file in files] if batch.kept else []
    outcomes = _known(files, batch, keys)
    missing = [number for number in range(count * len(files)) if number not in outcomes]
    if outcomes:
        progress(len(outcomes), count * len(files))
    task = functools.partial(_replicate, list(files), dataclasses.replace(batch, jobs=None, kept=None))
    for number, done in scattered(task, missing, batch.jobs or available_cores()):
        outcomes[number] = done
        if batch.kept is not None:
            batch.kept.keep_outcome(keys[number // count], *done)
        progress(len(outcomes), count * len(files))
    return [
        _run(file, [outcomes[place * count + number] for number in range(count)]) for place, file in enumerate(files)
    ]


def _run(file: ScenarioFile, outcomes: Sequence[tuple[Outcome, Layout]]) -> Run:
    return run_of(file.scenario, stacked(outcomes[0][1], [outcome.figures for outcome, _ in outcomes]))


def _sketches(files: Sequence[ScenarioFile], batch: Batch, progress: Progress) -> list[Run]:
    """Sketch each replication of all scenarios before the next, as the same people often come to many of them."""
    task = functools.partial(_sketch, list(files), dataclasses.replace(batch, jobs=None, kept=None))
    found: dict[int, list[tuple[Outcome, Layout]]] = {}
    for replication, done in scattered(task, batch.replications, batch.jobs or available_cores()):
        found[replication] = done
        progress(len(found) * len(files), len(batch.replications) * len(files))
    return [_run(file, [found[number][place] for number in batch.replications]) for place, file in enumerate(files)]


def _sketch(files: list[ScenarioFile], batch: Batch, replication: int) -> tuple[int, list[tuple[Outcome, Layout]]]:
    from simcap.experiment.sketched import sketch_each

    return replication, sketch_each(files, batch.seed, replication, batch.periods, batch.sketched)


def _known(files: Sequence[ScenarioFile], batch: Batch, keys: Sequence[str]) -> dict[int, tuple[Outcome, Layout]]:
    """Return the replications that an interrupted command has kept, by number among those of all scenarios."""
    outcomes = {}
    for place, key in enumerate(keys):
        for number, replication in enumerate(batch.replications):
            done = batch.kept.outcome(key, replication, files[place], batch.periods) if batch.kept else None
            if done is not None:
                outcomes[place * len(batch.replications) + number] = done
    return outcomes


def _replicate(files: list[ScenarioFile], batch: Batch, number: int) -> tuple[int, tuple[Outcome, Layout]]:
    place, replication = divmod(number, len(batch.replications))
    return number, replicate(files[place], batch.seed, batch.replications[replication], batch.periods)
