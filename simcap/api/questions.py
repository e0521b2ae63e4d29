"""Questions about SLAs: what shocks do, the cheapest staffing, what an outcome depends on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simcap.api.asking import (
    Executor,
    Progress,
    Source,
    at_least,
    check_slas,
    file_of,
    folder_for,
    known_sla,
    seed_of,
    tell_nobody,
    who_simulates,
)
from simcap.api.pages import write_page
from simcap.errors import Interrupted, ScenarioError
from simcap.experiment.run import finest, periods_down_to
from simcap.planning.staffing import ALL_KINDS
from simcap.units import percent_hint

if TYPE_CHECKING:
    from simcap.planning.changes import Change
    from simcap.planning.levers import Kind
    from simcap.planning.sensitivity import Sensitivity
    from simcap.planning.staffing import Staffing
    from simcap.planning.stress import Stress


def stress(
    scenario: Source,
    *,
    shocks: Sequence[Change] = (),
    standard: bool = True,
    on: dt.date | None = None,
    replications: int = 10,
    sketches: int = 0,
    seed: int | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    force: bool = False,
    wait: bool = False,
    progress: Progress = tell_nobody,
) -> Stress:
    """Apply shocks one by one; `table` of the result has a row for each shock and SLA.

    `on` is the day on which the standard shocks strike; by default a third into the horizon. With `sketches`, losses
    rest on so many sketches, too: few simulated replications, such as 2, are then enough.
    """
    from simcap.experiment.assumed import assumption_table
    from simcap.experiment.batch import Batch
    from simcap.experiment.folders import ResultFolder, unless_unwritten
    from simcap.experiment.manifest import manifest_of
    from simcap.planning.shocks import own_shocks, standard_shocks, usual_day
    from simcap.planning.stress import stress_test

    file = file_of(scenario)
    check_slas(file, "stress", replications)
    if sketches:
        at_least("sketches", sketches, 10)
    horizon = file.scenario.horizon
    day = on or usual_day(file.scenario)
    if not 0 <= (day - horizon.start).days < horizon.day_count:
        raise ScenarioError(f"shocks strike on {day}, which is outside the horizon; choose a day within it")
    usual = standard_shocks(file, day) if standard else []
    own = own_shocks(file, shocks, {shock.name for shock in usual})
    batch = Batch(seed_of(file, seed), range(replications))

    def add(result: Stress, inside: Path) -> None:
        if out is not None:
            from simcap.report.charts.stress import draw_stress
            from simcap.report.documents.answer import answer_of_stress, write_answer

            draw_stress(result, inside / "charts")
            write_answer(answer_of_stress(result, batch.seed), inside)
            write_page(inside)

    with folder_for(out) as folder, who_simulates(jobs, executor) as workers:
        results = ResultFolder(folder, "stress.json", "a stress test")
        manifest = manifest_of(file, batch.seed, replications, ())
        with results.answering(manifest, force=force, wait=wait) as kept:
            batch = dataclasses.replace(batch, jobs=workers, kept=kept if out is not None else None)
            result = stress_test(file, [*usual, *own], batch, progress, sketches)
            tables = {"stress": result.table, "assumptions": assumption_table(file)}
            with unless_unwritten(result):
                results.write(tables, manifest, lambda inside: add(result, inside))
        return result


def staff(
    scenario: Source,
    *,
    confidence: float = 0.9,
    curve: bool = True,
    today: dt.date | None = None,
    levers: tuple[Kind, ...] = ALL_KINDS,
    replications: int = 8,
    sketches: int = 0,
    check: int | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    source: Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    force: bool = False,
    wait: bool = False,
    progress: Progress = tell_nobody,
) -> Staffing:
    """Find the cheapest staffing that meets every SLA in every window with a confidence.

    With `sketches` the search goes by so many sketches of replications, and simulates only to see whether a plan holds.
    `answers` of the result has a plan for each confidence, `last` the last days of approval. With `out` the plan is
    written as `plan.yaml`, which extends `source`, the file of the scenario. Raises `Interrupted` on Ctrl-C before any
    plan was found, and if `out` holds a finished search, which stays; otherwise the answer is the best plan so far.
    """
    from simcap.experiment.assumed import assumption_table
    from simcap.experiment.folders import TABLES_AND_CHARTS, ResultFolder, going_on, unless_unwritten
    from simcap.experiment.manifest import manifest_of
    from simcap.planning.staffing import CURVE, Question
    from simcap.planning.staffing import staff as search
    from simcap.report.documents.staffing_plan import plan_text, stopped
    from simcap.report.documents.staffing_tables import staffing_tables

    file = file_of(scenario)
    check_slas(file, "staff", replications, minimum=2)
    at_least("check", check, 2)
    if sketches:
        at_least("sketches", sketches, 10)
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence {confidence:g} is not between 0 and 1; write for example 0.9{percent_hint(confidence)}"
        )
    if unknown := [name for name in levers if name not in ALL_KINDS]:
        raise ValueError(f"levers {', '.join(unknown)}: choose from {', '.join(ALL_KINDS)}")
    question = Question(
        confidence,
        today or file.scenario.horizon.start,
        levers,
        CURVE if curve else (),
        replications,
        sketches,
        check,
    )
    origin = source or (Path(scenario) if isinstance(scenario, (str, Path)) else None)

    def add(result: Staffing, inside: Path, folder: Path) -> None:
        if out is None:
            return
        from simcap.report.charts.staffing import draw_costs
        from simcap.report.documents.answer import answer_of_staffing, write_answer

        draw_costs(result, inside / "charts")
        write_answer(answer_of_staffing(result, seed_of(file, seed)), inside)
        if origin is not None and result.patch():
            (inside / "plan.yaml").write_text(plan_text(result, origin, folder), encoding="utf-8")
        write_page(inside)

    with folder_for(out) as folder, who_simulates(jobs, executor) as workers:
        results = ResultFolder(folder, "staffing.json", "a staffing search", parts=(*TABLES_AND_CHARTS, "plan.yaml"))
        finished = results.is_finished
        manifest = manifest_of(file, seed_of(file, seed), sketches or replications, ())
        if sketches:
            manifest["sketched"] = True
        with results.answering(manifest, force=force, wait=wait) as kept:
            result = search(file, question, seed_of(file, seed), workers, progress, kept if out is not None else None)
            kept.wanted = result.interrupted
            if result.interrupted and (finished or result.main is None):
                raise Interrupted(stopped(result, folder if finished else None, going_on(kept)))
            tables = {**staffing_tables(result), "assumptions": assumption_table(file)}
            with unless_unwritten(result):
                results.write(tables, manifest, lambda inside: add(result, inside, folder))
        return result


def sensitivity(
    scenario: Source,
    *,
    sla: str | None = None,
    samples: int = 0,
    replications: int = 10,
    sketches: int = 0,
    seed: int | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    force: bool = False,
    wait: bool = False,
    progress: Progress = tell_nobody,
) -> Sensitivity:
    """Move each driver alone, and all together on a Saltelli design of `samples` (a power of 2; 0 for none).

    `tornado`, `breaks` and `sobol` of the result are DataFrames. `sla` is the one to chart, "queue / sla". With
    `sketches`, differences and chances rest on so many sketches, too: few simulated replications, such as 2, are then
    enough; the design is sketched.
    """
    from simcap.experiment.assumed import assumption_table
    from simcap.experiment.batch import Batch
    from simcap.experiment.folders import ResultFolder, unless_unwritten
    from simcap.experiment.manifest import manifest_of
    from simcap.planning.sensitivity import sensitivity as analyse

    file = file_of(scenario)
    check_slas(file, "sensitivity", replications)
    if sketches:
        at_least("sketches", sketches, 10)
    if samples < 0 or samples & (samples - 1):
        raise ValueError(f"samples {samples} is not a power of 2, as Saltelli's design needs; use for example 64")
    if sla is not None:
        known_sla(file, sla)
    batch = Batch(seed_of(file, seed), range(replications), periods_down_to(finest(file, "week")))

    def add(result: Sensitivity, inside: Path) -> None:
        if out is not None:
            from simcap.report.charts.tornado import draw_tornado
            from simcap.report.documents.answer import answer_of_sensitivity, write_answer
            from simcap.report.terminal.sensitivity import shown_sla

            shown = shown_sla(result, sla)
            draw_tornado(result, shown, inside / "charts")
            write_answer(answer_of_sensitivity(result, shown, batch.seed), inside)
            write_page(inside)

    with folder_for(out) as folder, who_simulates(jobs, executor) as workers:
        results = ResultFolder(folder, "sensitivity.json", "a sensitivity analysis")
        manifest = manifest_of(file, batch.seed, replications, batch.periods)
        with results.answering(manifest, force=force, wait=wait) as kept:
            batch = dataclasses.replace(batch, jobs=workers, kept=kept if out is not None else None)
            result = analyse(file, batch, samples=samples, sketches=sketches, progress=progress)
            tables = {"tornado": result.tornado, "break_even": result.breaks}
            tables |= {"sobol": result.sobol} if samples else {}
            tables["assumptions"] = assumption_table(file)
            with unless_unwritten(result):
                results.write(tables, manifest, lambda inside: add(result, inside))
        return result
