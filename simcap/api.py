"""The verbs of the command line as functions: a scenario (a path, or a loaded one) in, tidy DataFrames out.

Without `out` nothing is left on disk. Each raises `ScenarioError` for a scenario that is wrong, with everything that is
wrong, `DataError` for unreadable data, `RunError` for a folder that cannot be used, and `ValueError` for an argument
that makes no question.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from simcap.errors import Interrupted, ScenarioError
from simcap.experiment.compare import Comparison
from simcap.experiment.results import Results
from simcap.experiment.run import PERIODS, finest, periods_down_to
from simcap.planning.changes import Change as Change
from simcap.planning.levers import Kind
from simcap.planning.sensitivity import Sensitivity
from simcap.planning.staffing import ALL_KINDS, Staffing
from simcap.planning.stress import Stress
from simcap.scenario.loading import ScenarioFile, load
from simcap.units import percent_hint

Source = str | Path | ScenarioFile
Progress = Callable[[int, int], None]


def _quiet(_done: int, _all: int) -> None:
    """Tell nobody."""


def change(scenario: Source, patch: Mapping[str, Any], name: str | None = None) -> ScenarioFile:
    """Return a scenario with a patch, written as in a file that `extends` it, to be given to any verb."""
    from simcap.scenario.derived import derived

    return derived(_file(scenario), patch, name=name)


def run(
    scenario: Source,
    *,
    replications: int | None = None,
    seed: int | None = None,
    period: str = "week",
    out: str | Path | None = None,
    jobs: int | None = None,
    force: bool = False,
    charts: bool = False,
    variance: bool = False,
    progress: Progress = _quiet,
) -> Results:
    """Simulate a scenario; `tables` of the result has queues, teams, vendors, sla, risks and ledger as DataFrames.

    Where `out` holds the same run with more replications, they are all in the result, but for `force`.
    """
    from simcap.experiment.run import run_scenario

    file = _file(scenario)
    _count("replications", replications, 1)
    if period not in PERIODS:
        raise ValueError(f"period {period!r}: known are {', '.join(PERIODS)}")

    def finish(results: Results, folder: Path) -> None:
        if variance:
            _split_variance(file, results, folder, jobs, progress)
        if charts:
            from simcap.report.charts import draw_charts

            draw_charts(results, folder / "charts")

    with _folder(out) as folder:
        return run_scenario(
            file,
            folder,
            replications=replications,
            seed=seed,
            period=period,
            jobs=jobs,
            force=force,
            progress=progress,
            finish=finish,
        )


def compare(
    base: Source,
    *variants: Source,
    replications: int | None = None,
    seed: int | None = None,
    precision: float | None = None,
    explain: bool = False,
    out: str | Path | None = None,
    jobs: int | None = None,
    force: bool = False,
    charts: bool = False,
    progress: Progress = _quiet,
) -> Comparison:
    """Hold variants against a base on the same draws; `tables` has slas, misses, vendors and teams as DataFrames.

    With a `precision`, a share, replications are added until intervals are that narrow. With `explain` the table
    `explained` has the effect of each difference alone. With `charts` they are drawn beside the tables.
    """
    from simcap.experiment.compare import compare as hold

    if not variants:
        raise ValueError("compare needs at least one variant to hold against the base")
    _count("replications", replications, 1)
    if precision is not None and not 0 < precision < 1:
        raise ValueError(
            f"precision {precision:g} is not between 0 and 1; write for example 0.01{percent_hint(precision)}"
        )

    def finish(found: Comparison, folder: Path) -> None:
        if charts:
            from simcap.report.comparison_charts import draw_comparison

            draw_comparison(found, folder / "charts")

    with _folder(out) as folder:
        return hold(
            [_file(base), *map(_file, variants)],
            folder,
            replications=replications,
            seed=seed,
            precision=precision,
            explain=explain,
            jobs=jobs,
            force=force,
            progress=progress,
            finish=finish,
        )


def stress(
    scenario: Source,
    *,
    shocks: Sequence[Change] = (),
    standard: bool = True,
    on: dt.date | None = None,
    replications: int = 10,
    seed: int | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
    force: bool = False,
    progress: Progress = _quiet,
) -> Stress:
    """Apply shocks one by one; `table` of the result has a row for each shock and SLA.

    `on` is the day on which the standard shocks strike; by default a third into the horizon.
    """
    from simcap.experiment.batch import Plan
    from simcap.experiment.folders import ResultFolder
    from simcap.experiment.manifest import manifest_of
    from simcap.planning.shocks import own_shocks, standard_shocks, usual_day
    from simcap.planning.stress import stress_test

    file = _file(scenario)
    _check(file, "stress", replications)
    horizon = file.scenario.horizon
    day = on or usual_day(file.scenario)
    if not 0 <= (day - horizon.start).days < horizon.day_count:
        raise ScenarioError(f"shocks strike on {day}, which is outside the horizon; name a day within it")
    usual = standard_shocks(file, day) if standard else []
    mine = own_shocks(file, shocks, {shock.name for shock in usual})
    plan = Plan(_seed(file, seed), range(replications), jobs=jobs)

    def draw(found: Stress, charts: Path) -> None:
        if out is not None:
            from simcap.report.stress_chart import draw_stress

            draw_stress(found, charts)

    with _folder(out) as folder:
        results = ResultFolder(folder, "stress.json", "a stress test")
        manifest = manifest_of(file, plan.seed, replications, ())
        with results.answering(manifest, force=force) as kept:
            plan = dataclasses.replace(plan, kept=kept if out is not None else None)
            found = stress_test(file, [*usual, *mine], plan, progress)
            results.write({"stress": found.table}, lambda inside: draw(found, inside / "charts"))
        return found


def staff(
    scenario: Source,
    *,
    confidence: float = 0.9,
    curve: bool = True,
    today: dt.date | None = None,
    levers: tuple[Kind, ...] = ALL_KINDS,
    replications: int = 8,
    check: int | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    source: Path | None = None,
    jobs: int | None = None,
    force: bool = False,
    progress: Progress = _quiet,
) -> Staffing:
    """Find the cheapest staffing that meets every SLA in every window with a confidence.

    `answers` of the result has a plan for each confidence, `last` the last days of approval. With `out` the plan is
    written as `plan.yaml`, which extends `source`, the file of the scenario. Raises `Interrupted` on Ctrl-C before any
    plan was found, and where `out` holds a finished search, which stays; else the best plan so far is the answer.
    """
    from simcap.experiment.folders import TABLES_AND_CHARTS, ResultFolder, going_on
    from simcap.experiment.manifest import manifest_of
    from simcap.planning.staffing import CURVE, Question
    from simcap.planning.staffing import staff as search
    from simcap.report.staffing_plan import plan_text, stopped
    from simcap.report.staffing_tables import staffing_tables

    file = _file(scenario)
    _check(file, "staff", replications, least=2)
    _count("check", check, 2)
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence {confidence:g} is not between 0 and 1; write for example 0.9{percent_hint(confidence)}"
        )
    if unknown := [name for name in levers if name not in ALL_KINDS]:
        raise ValueError(f"levers {', '.join(unknown)}: known are {', '.join(ALL_KINDS)}")
    question = Question(
        confidence, today or file.scenario.horizon.start, levers, CURVE if curve else (), replications, check
    )
    origin = source or (Path(scenario) if isinstance(scenario, (str, Path)) else None)

    def add(found: Staffing, inside: Path, folder: Path) -> None:
        if out is None:
            return
        from simcap.report.staffing_chart import draw_costs

        draw_costs(found, inside / "charts")
        if origin is not None and found.patch():
            (inside / "plan.yaml").write_text(plan_text(found, origin, folder), encoding="utf-8")

    with _folder(out) as folder:
        results = ResultFolder(folder, "staffing.json", "a staffing search", parts=(*TABLES_AND_CHARTS, "plan.yaml"))
        finished = results.is_finished
        manifest = manifest_of(file, _seed(file, seed), replications, ())
        with results.answering(manifest, force=force) as kept:
            found = search(file, question, _seed(file, seed), jobs, progress, kept if out is not None else None)
            kept.wanted = found.interrupted
            if found.interrupted and (finished or found.main is None):
                raise Interrupted(stopped(found, folder if finished else None, going_on(kept)))
            results.write(staffing_tables(found), lambda inside: add(found, inside, folder))
        return found


def sensitivity(
    scenario: Source,
    *,
    sla: str | None = None,
    samples: int = 0,
    replications: int = 10,
    seed: int | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
    force: bool = False,
    progress: Progress = _quiet,
) -> Sensitivity:
    """Move each driver alone, and all together on a Saltelli design of `samples` (a power of 2; 0: not).

    `tornado`, `breaks` and `sobol` of the result are DataFrames. `sla` is the one that the chart shows, "queue / sla".
    """
    from simcap.experiment.batch import Plan
    from simcap.experiment.folders import ResultFolder
    from simcap.experiment.manifest import manifest_of
    from simcap.planning.sensitivity import sensitivity as analyse

    file = _file(scenario)
    _check(file, "sensitivity", replications)
    if samples < 0 or samples & (samples - 1):
        raise ValueError(f"samples {samples} is no power of 2; Saltelli's design needs one, such as 64")
    if sla is not None:
        _known_sla(file, sla)
    plan = Plan(_seed(file, seed), range(replications), periods_down_to(finest(file, "week")), jobs)

    def draw(found: Sensitivity, charts: Path) -> None:
        if out is not None:
            from simcap.report.sensitivity import shown_sla
            from simcap.report.tornado import draw_tornado

            draw_tornado(found, shown_sla(found, sla), charts)

    with _folder(out) as folder:
        results = ResultFolder(folder, "sensitivity.json", "a sensitivity analysis")
        manifest = manifest_of(file, plan.seed, replications, plan.periods)
        with results.answering(manifest, force=force) as kept:
            plan = dataclasses.replace(plan, kept=kept if out is not None else None)
            found = analyse(file, plan, samples=samples, progress=progress)
            tables = {"tornado": found.tornado, "break_even": found.breaks}
            tables |= {"sobol": found.sobol} if samples else {}
            results.write(tables, lambda inside: draw(found, inside / "charts"))
        return found


def _check(file: ScenarioFile, verb: str, replications: int, least: int = 1) -> None:
    """Raise what is wrong with a question about SLAs before anything is simulated."""
    _count("replications", replications, least)
    if not any(queue.sla for queue in file.scenario.queues.values()):
        raise ScenarioError(f"{file.scenario.name} has no SLA, and {verb} asks about SLAs; give a queue an sla")


def _count(name: str, value: int | None, least: int) -> None:
    if value is not None and value < least:
        raise ValueError(f"{name} {value}: must be {least} or more")


def _known_sla(file: ScenarioFile, asked: str) -> None:
    from simcap.report.sensitivity import unknown_sla

    known = [f"{name} / {sla}" for name, queue in file.scenario.queues.items() for sla in queue.sla]
    if not any(asked == name or asked.startswith(f"{name} / ") for name in known):
        raise unknown_sla(asked, known)


def _file(scenario: Source) -> ScenarioFile:
    return scenario if isinstance(scenario, ScenarioFile) else load(Path(scenario))


def _seed(file: ScenarioFile, seed: int | None) -> int:
    return file.scenario.simulation.seed if seed is None else seed


@contextlib.contextmanager
def _folder(out: str | Path | None) -> Iterator[Path]:
    """Give the folder asked for, or one that is gone afterwards."""
    if out is not None:
        yield Path(out)
        return
    with tempfile.TemporaryDirectory(prefix="simcap-") as name:
        yield Path(name) / "results"


def _split_variance(file: ScenarioFile, results: Results, folder: Path, jobs: int | None, progress: Progress) -> None:
    from simcap.experiment.folders import write_csv
    from simcap.experiment.pool import available_cores
    from simcap.experiment.variance import split_variance

    table = split_variance(file, results, jobs or available_cores(), progress)
    write_csv(table, folder / "tables" / "variance.csv")
