"""Simulation of a scenario, alone or with others on the same draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from simcap.api.asking import (
    Executor,
    Progress,
    Source,
    at_least,
    check_slas,
    file_of,
    folder_for,
    tell_nobody,
    who_simulates,
)
from simcap.api.pages import write_page
from simcap.experiment.run import PERIODS
from simcap.units import percent_hint

if TYPE_CHECKING:
    from simcap.experiment.comparison import Comparison
    from simcap.experiment.early import Look
    from simcap.experiment.results import Results
    from simcap.experiment.workers import Jobs
    from simcap.planning.changes import Change
    from simcap.scenario.reading.loading import ScenarioFile


def change(scenario: Source, patch: Mapping[str, Any], name: str | None = None) -> ScenarioFile:
    """Return a scenario with a patch, written as in a file that `extends` it, for use with any verb."""
    from simcap.scenario.reading.derived import derived

    return derived(file_of(scenario), patch, name=name)


def run(
    scenario: Source,
    *,
    replications: int | None = None,
    seed: int | None = None,
    period: str = "week",
    out: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    force: bool = False,
    wait: bool = False,
    charts: bool = False,
    page: bool = False,
    variance: bool = False,
    sketches: int = 0,
    precision: float | None = None,
    anchor: bool = True,
    parameters: Literal["drawn", "point"] = "drawn",
    now: bool = False,
    progress: Progress = tell_nobody,
    look: Look | None = None,
) -> Results:
    """Simulate a scenario; `tables` of the result has queues, teams, vendors, sla, risks and ledger as DataFrames.

    If `out` holds the same run with more replications, the result has them all, unless `force`. Each
    replication draws fitted parameters anew within their uncertainty; with "point" they are as fitted. With `now`, the
    table `open_items` has each item that is open at `start`, until when it is due and the chance that it is late. With
    `anchor`, the table `anchored` is there if a back-test of the scenario has left an anchor beside its calibration.
    With `charts`, charts are drawn next to the tables; with `page`, report.html is written. With `sketches`, the table
    `precision` has attainment and chances as so many sketches of replications make them more precise. With a
    `precision`, a share, as many are simulated and sketched as make attainment of each SLA and window that precise, and
    chances within 5 points; `replications` are then the most. `look` is called with first figures while replications
    run.
    """
    from simcap.experiment.open_items import check_told_apart
    from simcap.experiment.precise import PILOT
    from simcap.experiment.run import run_scenario

    file = file_of(scenario)
    at_least("replications", replications, 1)
    if sketches:
        at_least("sketches", sketches, 10)
    if precision is not None:
        check_slas(file, "a precision", replications or PILOT.simulated, minimum=2)
        _check_precision(precision)
    if period not in PERIODS:
        raise ValueError(f"period {period!r}: choose from {', '.join(PERIODS)}")
    if parameters not in ("drawn", "point"):
        raise ValueError(f"parameters {parameters!r}: choose from drawn, point")
    if parameters == "point":
        file = dataclasses.replace(file, fitted=None)
    if now:
        check_told_apart(file)

    def finish(results: Results, folder: Path) -> None:
        if now:
            _tell_open_items(file, results, folder, workers, progress)
        if variance:
            _split_variance(file, results, folder, workers, progress, sketches)
        if charts:
            from simcap.report.charts.run import draw_charts

            draw_charts(results, folder / "charts")
        if page:
            write_page(folder)

    with folder_for(out) as folder, who_simulates(jobs, executor) as workers:
        results = run_scenario(
            file,
            folder,
            replications=replications,
            seed=seed,
            period=period,
            jobs=workers,
            force=force,
            wait=wait,
            sketches=sketches,
            precision=precision,
            anchor=anchor,
            progress=progress,
            look=look,
            finish=finish,
        )
        return _noted(results) if charts else results


def _check_precision(precision: float) -> None:
    if not 0 < precision < 1:
        raise ValueError(
            f"precision {precision:g} is not between 0 and 1; write for example 0.01{percent_hint(precision)}"
        )


def _noted(results: Results) -> Results:
    """Return results with a note of the titles that charts cannot draw, if there are any."""
    from simcap.report.charts.fonts import undrawable
    from simcap.report.charts.run import titles_of

    note = undrawable(titles_of(results.scenario))
    return dataclasses.replace(results, notes=(*results.notes, note)) if note else results


def compare(
    base: Source,
    *variants: Source,
    replications: int | None = None,
    seed: int | None = None,
    precision: float | None = None,
    sketches: int = 0,
    explain: bool = False,
    anchor: bool = True,
    futures: Sequence[Change] = (),
    out: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    force: bool = False,
    wait: bool = False,
    charts: bool = False,
    page: bool = False,
    progress: Progress = tell_nobody,
) -> Comparison:
    """Compare variants with a base on the same draws; `tables` has slas, misses, vendors and teams as DataFrames.

    With a `precision`, a share, replications are added until intervals are that narrow. With `sketches`, so many of
    each scenario make differences more precise: see the table `precision`. With `explain` the table `explained` has the
    effect of each difference alone. With `futures`, each a change as a shock is, all are run in
    each of these as well; the tables `futures`, `future_slas` and `break_even` say which is right when. With `anchor`,
    and an anchor of the base beside its calibration, the table `anchored` has the anchored base and, for each variant,
    that plus the simulated change; `future_anchored` the same for each scenario in each future. With `charts`, charts
    are drawn next to the tables; with `page`, report.html is written.
    """
    from simcap.experiment.compare import compare as hold
    from simcap.planning.futures import in_futures

    if not variants:
        raise ValueError("compare needs at least one variant to compare with the base")
    at_least("replications", replications, 1)
    if sketches:
        at_least("sketches", sketches, 10)
    if precision is not None:
        _check_precision(precision)

    def finish(result: Comparison, folder: Path) -> None:
        if charts:
            from simcap.report.charts.comparison import draw_comparison

            draw_comparison(result, folder / "charts")
        if page:
            write_page(folder)

    files = [file_of(base), *map(file_of, variants)]
    changed = in_futures(files, futures)
    with folder_for(out) as folder, who_simulates(jobs, executor) as workers:
        return hold(
            files,
            folder,
            replications=replications,
            seed=seed,
            precision=precision,
            sketches=sketches,
            explain=explain,
            futures=changed,
            jobs=workers,
            force=force,
            wait=wait,
            anchor=anchor,
            progress=progress,
            finish=finish,
        )


def _tell_open_items(file: ScenarioFile, results: Results, folder: Path, jobs: Jobs, progress: Progress) -> None:
    from simcap.experiment.folders import write_csv
    from simcap.experiment.open_items import open_items
    from simcap.experiment.pool import available_cores

    table = open_items(file, results.seed, results.replications, jobs or available_cores(), progress)
    results.tables["open_items"] = table
    write_csv(table, folder / "tables" / "open_items.csv")


def _split_variance(
    file: ScenarioFile, results: Results, folder: Path, jobs: Jobs, progress: Progress, sketches: int
) -> None:
    from simcap.experiment.folders import write_csv
    from simcap.experiment.pool import available_cores
    from simcap.experiment.variance import split_variance

    table = split_variance(file, results, jobs or available_cores(), progress, sketches)
    write_csv(table, folder / "tables" / "variance.csv")
