"""A base and its variants on the same draws: paired differences in SLAs and in what vendors and teams do.

Each scenario is a run of its own, kept in the folder, so that an interrupted comparison can be resumed.
"""

from __future__ import annotations

import dataclasses
import glob
import math
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from simcap.analysis.comparison import Run, run_of
from simcap.analysis.levels import with_level
from simcap.errors import Interrupted, NotWritten
from simcap.experiment.anchored import anchored_changes, anchored_run
from simcap.experiment.anchored_futures import anchored_futures
from simcap.experiment.assumed import assumptions_of_all
from simcap.experiment.batch import Batch
from simcap.experiment.comparable import check_comparable
from simcap.experiment.compared import assisted, compared, joined, widest
from simcap.experiment.comparison import Comparison, document_of
from simcap.experiment.durable import link_tree, remove
from simcap.experiment.explain import explained
from simcap.experiment.folders import (
    TABLES_AND_CHARTS,
    ResultFolder,
    document_text,
    unless_unwritten,
    write_tables,
)
from simcap.experiment.futures import Future, FutureFiles, future_tables
from simcap.experiment.kept import unfinished
from simcap.experiment.manifest import manifest_of
from simcap.experiment.owner import owned
from simcap.experiment.results import Results
from simcap.experiment.run import PERIODS, Progress, finest, periods_down_to, run_scenario, run_unkept
from simcap.experiment.sketches import Sketches
from simcap.experiment.store import held, is_edited, sweep
from simcap.experiment.without_effect import without_effect
from simcap.experiment.workers import Jobs
from simcap.scenario.reading.differences import differences
from simcap.scenario.reading.loading import ScenarioFile

MAX_REPLICATIONS = 1000
"""The most replications for the sake of precision."""
MIN_ADDED = 8


@dataclasses.dataclass(frozen=True)
class Asked:
    """What is asked of a comparison: see `compare`."""

    replications: int | None
    seed: int | None
    precision: float | None
    sketches: int
    explain: bool
    jobs: Jobs
    force: bool


def compare(
    files: Sequence[ScenarioFile],
    out: Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    precision: float | None = None,
    sketches: int = 0,
    explain: bool = False,
    futures: FutureFiles | None = None,
    jobs: Jobs = None,
    force: bool = False,
    wait: bool = False,
    anchor: bool = False,
    progress: Progress = lambda _done, _all: None,
    finish: Callable[[Comparison, Path], None] = lambda _comparison, _folder: None,
) -> Comparison:
    """Run a base and its variants on the base's seed, and put runs and differences into a folder.

    With a `precision`, replications are added until no interval of a difference over the horizon is wider to either
    side, as a share of attainment and of the base's net cost, or until there are `MAX_REPLICATIONS`. (The intervals
    keep their coverage under such a rule as precision grows: Chow & Robbins 1965.) With `sketches`, the table
    `precision` says what so many of each scenario add, at least one for each replication, and a `precision` is one of
    its intervals. With `explain`, every difference between the files is also applied alone. In `futures`, by name, the
    files as they are then are run as well, and kept beside the others. With `anchor`, and a base that has one, the
    table `anchored` has the anchored base and, for each variant, that plus the simulated change, and `future_anchored`
    the same for each scenario in each future. `finish` adds to the
    results before they are moved into place (charts).

    A variant that has changed since its run in the folder is run again, provided that the base has not.

    Raises `ScenarioError` if the files cannot be compared, `RunError` where `out` cannot be used, or is another's and
    not to be waited for, `NotWritten`, with the comparison, if it cannot be written, `Interrupted` on Ctrl-C: finished
    replications are kept.
    """
    every = [*files, *(file for future in (futures or {}).values() for file in future)]
    check_comparable(every)
    ours = tuple(f"runs/{glob.escape(file.folder_name)}/**/*" for file in every)
    folder = ResultFolder(out, "comparison.json", "a comparison", parts=(*TABLES_AND_CHARTS, *ours))
    with owned(out, wait=wait):
        folder.check()
        sweep(unfinished(out) / "runs")
        lost: list[NotWritten] = []
        asked = Asked(replications, seed, precision, sketches, explain, jobs, force)
        comparison = _compared(files, futures or {}, out, asked, progress, lost)
        comparison = _with_anchor(files[0], comparison) if anchor else comparison
        if lost:
            raise NotWritten(str(lost[0]), comparison)
        with unless_unwritten(comparison), folder.written() as inside:
            link_tree(unfinished(out), inside)
            write_tables(comparison.tables, inside)
            (inside / folder.marker).write_text(document_text(document_of(comparison)), encoding="utf-8")
            finish(comparison, inside)
        remove(unfinished(out), Path(os.path.realpath(out)))
        return comparison


def _compared(
    files: Sequence[ScenarioFile],
    futures: FutureFiles,
    out: Path,
    asked: Asked,
    progress: Progress,
    lost: list[NotWritten],
) -> Comparison:
    """Return a comparison; runs of it that could not be written are compared all the same, and told by `lost`."""
    every = [*files, *(file for future in futures.values() for file in future)]
    base = files[0].scenario
    count = asked.replications or base.simulation.replications
    if asked.precision is not None:
        count = max(count, 2)
    seed = base.simulation.seed if asked.seed is None else asked.seed
    held_before = () if asked.force else _held_replications(every, out, seed)
    count = max(count, *held_before, 0)
    edited = [] if asked.force else _edited(every, out, seed, held_before)
    anew = every if asked.force else edited
    first = True
    sketches = Sketches(files, seed, periods_down_to(_finest(files)), asked.jobs)
    while True:
        ran = _runs(every, out, count, seed, asked.jobs, progress, lost, anew=anew, first=first)
        results = ran[: len(files)]
        tables = compared(results)
        if asked.sketches:
            tables["precision"] = assisted(results, _sketched(sketches, max(asked.sketches, count)))
        width = float(np.nanmax([*widest(tables), 0.0])) if count > 1 else math.inf
        if lost or asked.precision is None or width <= asked.precision or count >= MAX_REPLICATIONS:
            break
        count, first = _next(count, width / asked.precision), False
    tables["assumptions"] = assumptions_of_all(files)
    if asked.explain:
        tables["explained"] = _explained(files, results, Batch(seed, range(count), jobs=asked.jobs), progress)
    words = tuple(_words(files[0], file) for file in files[1:])
    notes = tuple(
        (*(note for note in other.notes if note not in results[0].notes), *without_effect(results[0], other))
        for other in results[1:]
    )
    comparison = Comparison(
        tuple(results),
        words,
        tables,
        width,
        asked.precision,
        notes,
        held_before[: len(files)],
        tuple(file.scenario.name for file in edited),
        tuple(_futures(files, futures, ran)),
    )
    if comparison.futures:
        tables |= future_tables(results, comparison.futures)
    return comparison


def _sketched(sketches: Sketches, count: int) -> list[Run]:
    try:
        return sketches.first(count)
    except KeyboardInterrupt:
        raise Interrupted("stopped while sketching; the runs themselves are kept") from None


def _with_anchor(base: ScenarioFile, comparison: Comparison) -> Comparison:
    """Return a comparison with tables of what is anchored and what is to be said of them, if the base has an anchor."""
    found = anchored_run(base, comparison.base.tables["sla"], comparison.base.replications)
    if found is None:
        return comparison
    if len(found.table):
        comparison.tables["anchored"] = with_level(anchored_changes(found, comparison.tables["slas"]))
        if comparison.futures:
            comparison.tables["future_anchored"] = with_level(anchored_futures(found, comparison))
    return dataclasses.replace(comparison, rests=found.notes)


def _words(base: ScenarioFile, other: ScenarioFile) -> tuple[str, ...]:
    """Return how a scenario differs from the base, with the paths of files as the base writes them."""
    return tuple(differences(base.document_from(base.folder), other.document_from(base.folder)))


def _futures(files: Sequence[ScenarioFile], futures: FutureFiles, ran: Sequence[Results]) -> Iterator[Future]:
    """Yield the futures, whose runs come after those of the files as they stand."""
    for number, (name, changed) in enumerate(futures.items(), start=1):
        begin = number * len(files)
        yield Future(name, _words(files[0], changed[0]), tuple(ran[begin : begin + len(files)]))


def _explained(
    files: Sequence[ScenarioFile], results: Sequence[Results], batch: Batch, progress: Progress
) -> pd.DataFrame:
    base, *variants = [run_of(result.scenario, result.figures) for result in results]
    try:
        parts = [
            explained((files[0], file), (base, run), batch, progress)
            for file, run in zip(files[1:], variants, strict=True)
        ]
    except KeyboardInterrupt:
        raise Interrupted("stopped while explaining; the runs themselves are kept") from None
    return joined(parts)


def _held_replications(files: Sequence[ScenarioFile], out: Path, seed: int) -> tuple[int, ...]:
    """Return how many replications of each run a folder already holds."""
    periods = periods_down_to(_finest(files))
    manifests = [manifest_of(file, seed, 0, periods) for file in files]
    return tuple(
        max(held(place / "runs" / file.folder_name, manifest) for place in (out, unfinished(out)))
        for file, manifest in zip(files, manifests, strict=True)
    )


def _edited(files: Sequence[ScenarioFile], out: Path, seed: int, held_before: Sequence[int]) -> list[ScenarioFile]:
    """Return the variants that have changed since their run in a folder that holds the unchanged base."""
    periods = periods_down_to(_finest(files))
    return [
        file
        for file, count in zip(files[1:], held_before[1:], strict=True)
        if held_before[0]
        and not count
        and any(
            is_edited(place / "runs" / file.folder_name, manifest_of(file, seed, 0, periods))
            for place in (out, unfinished(out))
        )
    ]


def _finest(files: Sequence[ScenarioFile]) -> str:
    """Return the finest period that any of the scenarios is judged by."""
    return max((finest(file, "week") for file in files), key=PERIODS.index)


def _runs(
    files: Sequence[ScenarioFile],
    out: Path,
    count: int,
    seed: int,
    jobs: Jobs,
    progress: Progress,
    lost: list[NotWritten],
    *,
    anew: Sequence[ScenarioFile],
    first: bool,
) -> list[Results]:
    """Return the runs, kept aside until the comparison is whole; those in the folder are used but for those `anew`.

    Once one could not be written, the others are not kept either: the disk is full.
    """
    period = _finest(files)
    again = [any(file is one for one in anew) for file in files]
    ran = []
    for place, file in enumerate(files):
        told = _part_of(progress, place, len(files))
        if lost:
            ran.append(run_unkept(file, count, seed, period, jobs, told))
            continue
        try:
            one = run_scenario(
                file,
                unfinished(out) / "runs" / file.folder_name,
                replications=count,
                seed=seed,
                period=period,
                jobs=jobs,
                force=first and again[place],
                earlier=() if again[place] else (out / "runs" / file.folder_name,),
                progress=told,
            )
        except NotWritten as error:
            lost.append(error)
            one = cast("Results", error.result)
        ran.append(one)
    return ran


def _next(count: int, ratio: float) -> int:
    """Return how many replications to try next: as many as the variance requires, at most four times as many."""
    return min(max(math.ceil(1.05 * count * ratio**2), count + MIN_ADDED), 4 * count, MAX_REPLICATIONS)


def _part_of(progress: Progress, place: int, runs: int) -> Progress:
    """Return a function that reports the progress of one of several runs as a part of all."""
    return lambda done, count: progress(place * count + done, runs * count)
