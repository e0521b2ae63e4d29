"""Run a scenario: a file in, results on disk out."""

from __future__ import annotations

import dataclasses
import functools
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from simcap.analysis.figures import Figures, Layout
from simcap.analysis.levels import with_level
from simcap.analysis.precision import precision_table
from simcap.errors import Interrupted
from simcap.experiment.anchor import FOLDER
from simcap.experiment.anchored import anchored_run
from simcap.experiment.assumed import assumption_table
from simcap.experiment.batch import Batch
from simcap.experiment.early import ENOUGH, EarlyLooks, Look
from simcap.experiment.folders import unless_unwritten
from simcap.experiment.gathered import Gathered
from simcap.experiment.manifest import manifest_of
from simcap.experiment.ordering import with_order_tried
from simcap.experiment.owner import owned
from simcap.experiment.plain_json import json_text
from simcap.experiment.pool import available_cores
from simcap.experiment.precise import PILOT, Numbers, Precise, until_precise
from simcap.experiment.replicate import Outcome, replicate
from simcap.experiment.results import Results
from simcap.experiment.scatter import outcomes
from simcap.experiment.sketches import Sketches
from simcap.experiment.store import Store, held, save_outcome
from simcap.experiment.summary import summary_of
from simcap.experiment.workers import Jobs
from simcap.scenario.reading.loading import ScenarioFile

PERIODS = ("horizon", "month", "week", "day", "hour")

BACKTEST = Path(FOLDER, "scores.csv")
"""Where the scores of a back-test are, next to the parameters that were tested."""

Progress = Callable[[int, int], None]
"""Called with the number of finished replications and the number of all."""


def periods_down_to(period: str) -> tuple[str, ...]:
    """Return the periods of a report: from the horizon down to the one asked for, always including months and weeks."""
    return PERIODS[: max(PERIODS.index(period), PERIODS.index("week")) + 1]


def run_scenario(
    file: ScenarioFile,
    out: Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    period: str = "week",
    jobs: Jobs = None,
    force: bool = False,
    wait: bool = False,
    sketches: int = 0,
    precision: float | None = None,
    anchor: bool = False,
    earlier: Sequence[Path] = (),
    progress: Progress = lambda _done, _all: None,
    look: Look | None = None,
    finish: Callable[[Results, Path], None] = lambda _results, _folder: None,
) -> Results:
    """Run a scenario and put its results into the folder `out`; resume an earlier run that was interrupted.

    If the folder holds the same run with more replications than are asked for, the results are of all of them, unless
    `force`. Replications are also taken from `earlier` folders of the same run. With `anchor`, the results have the
    table `anchored` if a back-test of the scenario has left an anchor beside its calibration. `finish` adds to the
    results before they are moved into place (charts, the page). With `sketches`, the table `precision` says what so
    many of them add, at least one for each replication. With a `precision`, as many are simulated and sketched as make
    attainment of each SLA and judged window that precise, and chances of a miss within 5 points; `replications` are
    then the most. `look` is called with what is known so far: at once from a few sketches, then each time that a
    replication is done.

    Raises `RunError` if `out` cannot be used, or is another's and not to be waited for, or if the anchor cannot be
    read; `DataError` for unreadable data; `NotWritten`, with the results, if they cannot be written; `Interrupted` on
    Ctrl-C: finished replications are kept.
    """
    with owned(out, wait=wait):
        asked = Extent(replications or file.scenario.simulation.replications, sketches, precision)
        return _run(file, out, asked, seed, period, jobs, force, anchor, earlier, progress, look, finish)


@dataclasses.dataclass(frozen=True)
class Extent:
    """How much to simulate and sketch."""

    replications: int
    """With a precision, the most."""
    sketches: int
    precision: float | None


class Simulated(NamedTuple):
    """Replications from 0 on."""

    figures: Figures
    about: list[Outcome]
    """What was drawn and noted by each, without the figures."""


def _run(
    file: ScenarioFile,
    out: Path,
    asked: Extent,
    seed: int | None,
    period: str,
    jobs: Jobs,
    force: bool,
    anchor: bool,
    earlier: Sequence[Path],
    progress: Progress,
    look: Look | None,
    finish: Callable[[Results, Path], None],
) -> Results:
    seed = file.scenario.simulation.seed if seed is None else seed
    jobs = jobs or available_cores()
    periods = periods_down_to(finest(file, period))
    manifest = manifest_of(file, seed, asked.replications, periods)
    there = 0 if force else held(out, manifest)
    store = Store(out, manifest, force=force, earlier=earlier)
    sketches = Sketches([file], seed, periods, jobs)
    looks = EarlyLooks(file, seed, look) if look is not None else None

    @functools.lru_cache(maxsize=1)
    def simulated(count: int) -> Simulated:
        return _simulated(file, store, Batch(seed, range(count), periods, jobs), progress, looks)

    found = _precise(file, asked, there, simulated, sketches) if asked.precision is not None else None
    done = simulated(found.numbers.simulated if found else max(asked.replications, there))
    manifest["replications"] = done.figures.replications
    results = Results.of(file.scenario, seed, *done)
    results.tables["assumptions"] = assumption_table(file)
    results = _with_anchor(file, results) if anchor else results
    try:
        if found:
            results.tables["precision"] = found.table
            results = dataclasses.replace(results, notes=(*results.notes, found.words))
        elif asked.sketches:
            (many,) = sketches.first(max(asked.sketches, results.replications))
            results.tables["precision"] = precision_table(results.figures, many.figures, many.targets, many.periods)
        results = with_order_tried(file, results, periods, jobs)
    except KeyboardInterrupt:
        raise Interrupted(
            "stopped before the last step; all replications are kept, the same command finishes it"
        ) from None
    with unless_unwritten(results), store.whole() as folder:
        results.write(folder)
        _keep_replications(folder, results, done.about, store.of)
        keep_validation(file, folder)
        (folder / "summary.json").write_text(json_text(summary_of(results)) + "\n", encoding="utf-8")
        finish(results, folder)
    return results


def _simulated(
    file: ScenarioFile, store: Store, batch: Batch, progress: Progress, looks: EarlyLooks | None
) -> Simulated:
    """Simulate the replications of a batch that a store does not have; return all of them."""
    count = len(batch.replications)
    done = Gathered(count, store.partial)
    for outcome in store.finished():
        if outcome.replication < count:
            done.add(outcome)
            if looks is not None:
                looks.note(outcome)
    layout: Layout | None = None
    missing = [number for number in range(count) if number not in done]
    progress(len(done), count)
    try:
        if looks is not None and len(missing) > ENOUGH:
            looks.sketch()
        for outcome, replication_layout in outcomes(file, batch.seed, missing, batch.periods, batch.jobs):
            layout = replication_layout
            store.keep(outcome)
            done.add(outcome)
            progress(len(done), count)
            if looks is not None:
                looks.add(outcome, layout)
    except KeyboardInterrupt:
        raise Interrupted(
            f"stopped after {len(done)} of {count} replications; they are kept, the same command goes on from there"
        ) from None
    if layout is None:
        layout = replicate(file, batch.seed, 0, batch.periods)[1]
    return Simulated(done.figures(layout), done.about())


def _precise(
    file: ScenarioFile, asked: Extent, there: int, simulated: Callable[[int], Simulated], sketches: Sketches
) -> Precise:
    """Simulate and sketch as much as a precision asks for, and take what a folder holds beyond that.

    The pilot is the same whatever the folder holds, and so is what it asks for.
    """
    most = max(asked.replications, there, 2)

    def until(start: Numbers) -> Precise:
        return until_precise(
            file.scenario,
            asked.precision or 0.0,
            most,
            start,
            lambda count: simulated(count).figures,
            lambda count: sketches.first(count)[0],
        )

    try:
        found = until(Numbers(min(PILOT.simulated, most), max(PILOT.sketched, asked.sketches)))
        more = there > found.numbers.simulated
        return until(found.numbers._replace(simulated=there)) if more else found
    except KeyboardInterrupt:
        raise Interrupted(
            "stopped while sketching; all replications are kept, the same command goes on from there"
        ) from None


def run_unkept(
    file: ScenarioFile,
    replications: int,
    seed: int,
    period: str,
    jobs: Jobs = None,
    progress: Progress = lambda *_: None,
) -> Results:
    """Run a scenario as `run_scenario` does, where nothing can be kept. Raises `DataError`, and `Interrupted`."""
    periods = periods_down_to(finest(file, period))
    done = Gathered(replications)
    try:
        for outcome, same in outcomes(file, seed, range(replications), periods, jobs or available_cores()):
            layout = same
            done.add(outcome)
            progress(len(done), replications)
        results = Results.of(file.scenario, seed, done.figures(layout), done.about())
        results.tables["assumptions"] = assumption_table(file)
        return with_order_tried(file, results, periods, jobs or available_cores())
    except KeyboardInterrupt:
        raise Interrupted("stopped; nothing could be kept") from None


def _with_anchor(file: ScenarioFile, results: Results) -> Results:
    """Return results with the table `anchored` and what is to be said of it, if the scenario has an anchor."""
    found = anchored_run(file, results.tables["sla"], results.replications)
    if found is None:
        return results
    if len(found.table):
        results.tables["anchored"] = with_level(found.table)
    return dataclasses.replace(results, notes=(*results.notes, *found.notes))


def finest(file: ScenarioFile, period: str) -> str:
    """Return the finest of the period asked for and those of the scenario's SLAs."""
    asked = [period, *(sla.per for queue in file.scenario.queues.values() for sla in queue.sla.values())]
    return max(asked, key=PERIODS.index)


def keep_validation(file: ScenarioFile, folder: Path) -> None:
    """Keep the scores of the back-test of the calibration in use, if it lies where `simcap backtest` leaves it."""
    if file.scenario.calibration is None:
        return
    scores = (file.folder / file.scenario.calibration).parent / BACKTEST
    if scores.is_file():
        shutil.copyfile(scores, folder / "tables" / "validation.csv")


def _keep_replications(folder: Path, results: Results, done: list[Outcome], of: str) -> None:
    (folder / "replications").mkdir()
    for about in done:
        number, arrays = about.replication, results.figures.arrays
        outcome = dataclasses.replace(about, figures={key: values[number] for key, values in arrays.items()})
        save_outcome(folder / "replications" / f"{number:05d}.npz", outcome, of)
        results.figures.let_go()
