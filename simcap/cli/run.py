"""simcap run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcap.cli import frame
from simcap.cli.shares import Share
from simcap.cli.voice import Voice


@frame.simulation_command("run")
@frame.file
@frame.outside
@frame.replications("Number of replications [default: the scenario's].")
@frame.seed()
@click.option(
    "--period", type=click.Choice(["hour", "day", "week", "month"]), default="week", show_default=True,
    help="Finest window of the tables.",
)  # fmt: skip
@click.option(
    "--parameters", type=click.Choice(["drawn", "point"]), default="drawn", show_default=True,
    help="Fitted parameters: drawn anew in each replication within their uncertainty, or as fitted.",
)  # fmt: skip
@frame.sketches("Sketches of replications that make attainment and chances more precise.")
@click.option(
    "--precision", type=Share(),
    help="Simulate and sketch only until attainment of each SLA and window is known this precisely, e.g. 0.3%, and "
    "chances within 5 points; at most the replications above.",
)  # fmt: skip
@frame.anchor
@frame.out("outputs/<name>")
@frame.jobs
@frame.force("results of another run")
@frame.wait
@frame.charts()
@click.option(
    "--variance",
    is_flag=True,
    help="Split each SLA's uncertainty by group of parameters: one more run for each, sketched if there are sketches.",
)
@click.option(
    "--now", is_flag=True,
    help="Tell which of the items that are open at `start` will be late, and when each is decided; one more run.",
)  # fmt: skip
def command(
    file: Path,
    replications: int | None,
    period: str,
    out: Path | None,
    variance: bool,
    sketches: int | None,
    precision: float | None,
    now: bool,
    anchor: bool,
    voice: Voice,
    allow_outside: bool,
    **shared: Any,
) -> None:
    """Simulate a scenario: predict SLA attainment by week and rank the staffing risks.

    Results land in a folder: a page (report.html), tables, every replication, charts. An interrupted run resumes
    where it stopped.

    \b
    Example:
      simcap run scenarios/baseline.yaml --replications 10 --out outputs/quick
    """
    from simcap.api.simulations import run
    from simcap.experiment.anchored import how_to_anchor
    from simcap.experiment.summary import summary_of
    from simcap.report.terminal.run import print_results
    from simcap.scenario.reading.loading import load

    scenario = load(file, allow_outside=allow_outside)
    if variance and precision is not None:
        raise click.UsageError("--variance needs many replications, and --precision saves them; leave one out")
    if precision is not None and replications == 1:
        raise click.UsageError("--precision needs at least 2 replications: one cannot show how much they differ")
    if variance and not sketches and (replications or scenario.scenario.simulation.replications) < 10:
        raise click.UsageError("--variance needs at least 10 replications, or --sketches; 40 or more are better")
    folder = frame.folder_of(out, scenario)

    with voice.watched(scenario.scenario.name, look=bool(sketches)) as (progress, look):
        results = voice.asked(
            run,
            scenario,
            replications=replications,
            period=period,
            out=folder,
            page=True,
            variance=variance,
            sketches=sketches or 0,
            precision=precision,
            now=now,
            anchor=anchor,
            progress=progress,
            look=look,
            **shared,
        )
    asked = replications or scenario.scenario.simulation.replications
    if results.replications > asked:
        voice.note(frame.more_than_asked(folder, results.replications, asked))

    if anchor and (hint := how_to_anchor(scenario)):
        voice.note(hint)

    def report() -> None:
        print_results(results, folder)
        if now:
            from simcap.report.terminal.open_items import print_open_items

            print_open_items(results.tables["open_items"])
        if variance:
            from simcap.report.terminal.variance import print_variance

            print_variance(folder / "tables" / "variance.csv")

    voice.results(folder, lambda: summary_of(results), report)
