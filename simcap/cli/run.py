"""simcap run."""

from __future__ import annotations

import dataclasses
import signal
from pathlib import Path

import click

from simcap.cli.voice import Voice, more_than_asked, with_voice


@click.command("run")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--replications", "-n", type=click.IntRange(min=1), help="Number of replications [default: the scenario's]."
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all draws [default: the scenario's].")
@click.option(
    "--period", type=click.Choice(["hour", "day", "week", "month"]), default="week", show_default=True,
    help="Finest window of the tables.",
)  # fmt: skip
@click.option(
    "--parameters", type=click.Choice(["drawn", "point"]), default="drawn", show_default=True,
    help="Fitted parameters: drawn anew by each replication within their uncertainty, or as fitted.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the results [default: outputs/<name>].")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Parallel processes [default: one a core].")
@click.option("--force", is_flag=True, help="Replace results of another run in the same folder.")
@click.option("--charts/--no-charts", default=True, show_default=True, help="Draw the charts.")
@click.option("--variance", is_flag=True, help="Tell what the uncertainty is made of; costs one more run a group.")
@with_voice
def command(
    file: Path,
    replications: int | None,
    seed: int | None,
    period: str,
    parameters: str,
    out: Path | None,
    jobs: int | None,
    force: bool,
    charts: bool,
    variance: bool,
    voice: Voice,
) -> None:
    """Simulate a scenario: predict SLA attainment by week and rank the staffing risks.

    Results land in a folder: tables, every replication, charts. A run that was interrupted goes on where it stopped.

    \b
    Example:
      simcap run scenarios/baseline.yaml --replications 10 --out outputs/quick
    """
    from simcap.api import run
    from simcap.experiment.summary import summary_of
    from simcap.report.terminal import print_results
    from simcap.scenario.loading import load

    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, signal.default_int_handler)
    scenario = load(file)
    if parameters == "point":
        scenario = dataclasses.replace(scenario, fitted=None)
    if variance and (replications or scenario.scenario.simulation.replications) < 10:
        raise click.UsageError("--variance needs at least 10 replications to tell anything; 40 or more are better")
    folder = out or Path("outputs") / scenario.folder_name

    with voice.progress(scenario.scenario.name) as progress:
        results = run(
            scenario,
            replications=replications,
            seed=seed,
            period=period,
            out=folder,
            jobs=jobs,
            force=force,
            charts=charts,
            variance=variance,
            progress=progress,
        )
    asked = replications or scenario.scenario.simulation.replications
    if results.replications > asked:
        voice.note(more_than_asked(folder, results.replications, asked))

    def report() -> None:
        print_results(results, folder)
        if variance:
            from simcap.report.variance import print_variance

            print_variance(folder / "tables" / "variance.csv")

    voice.results(folder, lambda: summary_of(results), report)
