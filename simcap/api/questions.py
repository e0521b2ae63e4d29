"""Questions about SLAs: what shocks do, the cheapest staffing, what an outcome hangs on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simcap.api.asking import (
    Progress,
    Source,
    at_least,
    check_slas,
    file_of,
    folder_for,
    known_sla,
    seed_of,
    tell_nobody,
)
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
    seed: int | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
    force: bool = False,
    progress: Progress = tell_nobody,
) -> Stress:
    """Apply shocks one by one; `table` of the result has a row for each shock and SLA.

    `on` is the day on which the standard shocks strike; by default a third into the horizon.
    """
    from simcap.experiment.batch import Plan
    from simcap.experiment.folders import ResultFolder
    from simcap.experiment.manifest import manifest_of
    from simcap.planning.shocks import own_shocks, standard_shocks, usual_day
    from simcap.planning.stress import stress_test

    file = file_of(scenario)
    check_slas(file, "stress", replications)
    horizon = file.scenario.horizon
    day = on or usual_day(file.scenario)
    if not 0 <= (day - horizon.start).days < horizon.day_count:
        raise ScenarioError(f"shocks strike on {day}, which is outside the horizon; name a day within it")
    usual = standard_shocks(file, day) if standard else []
    mine = own_shocks(file, shocks, {shock.name for shock in usual})
    plan = Plan(seed_of(file, seed), range(replications), jobs=jobs)

    def draw(found: Stress, charts: Path) -> None:
        if out is not None:
            from simcap.report.charts.stress import draw_stress

            draw_stress(found, charts)

    with folder_for(out) as folder:
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
    progress: Progress = tell_nobody,
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
    from simcap.report.documents.staffing_plan import plan_text, stopped
    from simcap.report.documents.staffing_tables import staffing_tables

    file = file_of(scenario)
    check_slas(file, "staff", replications, minimum=2)
    at_least("check", check, 2)
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
        from simcap.report.charts.staffing import draw_costs

        draw_costs(found, inside / "charts")
        if origin is not None and found.patch():
            (inside / "plan.yaml").write_text(plan_text(found, origin, folder), encoding="utf-8")

    with folder_for(out) as folder:
        results = ResultFolder(folder, "staffing.json", "a staffing search", parts=(*TABLES_AND_CHARTS, "plan.yaml"))
        finished = results.is_finished
        manifest = manifest_of(file, seed_of(file, seed), replications, ())
        with results.answering(manifest, force=force) as kept:
            found = search(file, question, seed_of(file, seed), jobs, progress, kept if out is not None else None)
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
    progress: Progress = tell_nobody,
) -> Sensitivity:
    """Move each driver alone, and all together on a Saltelli design of `samples` (a power of 2; 0: not).

    `tornado`, `breaks` and `sobol` of the result are DataFrames. `sla` is the one that the chart shows, "queue / sla".
    """
    from simcap.experiment.batch import Plan
    from simcap.experiment.folders import ResultFolder
    from simcap.experiment.manifest import manifest_of
    from simcap.planning.sensitivity import sensitivity as analyse

    file = file_of(scenario)
    check_slas(file, "sensitivity", replications)
    if samples < 0 or samples & (samples - 1):
        raise ValueError(f"samples {samples} is no power of 2; Saltelli's design needs one, such as 64")
    if sla is not None:
        known_sla(file, sla)
    plan = Plan(seed_of(file, seed), range(replications), periods_down_to(finest(file, "week")), jobs)

    def draw(found: Sensitivity, charts: Path) -> None:
        if out is not None:
            from simcap.report.charts.tornado import draw_tornado
            from simcap.report.terminal.sensitivity import shown_sla

            draw_tornado(found, shown_sla(found, sla), charts)

    with folder_for(out) as folder:
        results = ResultFolder(folder, "sensitivity.json", "a sensitivity analysis")
        manifest = manifest_of(file, plan.seed, replications, plan.periods)
        with results.answering(manifest, force=force) as kept:
            plan = dataclasses.replace(plan, kept=kept if out is not None else None)
            found = analyse(file, plan, samples=samples, progress=progress)
            tables = {"tornado": found.tornado, "break_even": found.breaks}
            tables |= {"sobol": found.sobol} if samples else {}
            results.write(tables, lambda inside: draw(found, inside / "charts"))
        return found
