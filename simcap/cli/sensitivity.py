"""simcap sensitivity."""

from __future__ import annotations

import signal
from pathlib import Path

import click

from simcap.cli.voice import Voice, with_voice


@click.command("sensitivity")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sla", help='SLA to show, "queue / sla" or "queue / sla / vendor" [default: the one that moves most].')
@click.option("--sobol", type=click.IntRange(min=0), default=0, show_default=True, help="Samples of a Saltelli design.")
@click.option("--replications", "-n", type=click.IntRange(min=2), default=10, show_default=True, help="Replications.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all draws [default: the scenario's].")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of the results [default: outputs/<name>-sensitivity]."
)
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Parallel processes [default: one a core].")
@click.option("--force", is_flag=True, help="Replace results of more replications in the same folder.")
@with_voice
def command(
    file: Path,
    sla: str | None,
    sobol: int,
    replications: int,
    seed: int | None,
    out: Path | None,
    jobs: int | None,
    force: bool,
    voice: Voice,
) -> None:
    """Move each driver by its own uncertainty, or by 10%: what SLAs and cost hang on, and how far each may go.

    Volume, handle time, attrition, absence, offline time and ramp by vendor, and whatever else the scenario or its
    calibration calls uncertain. --sobol adds the share of the variance that each driver makes, alone and with others;
    it costs samples times (drivers + 2) runs, samples being a power of 2 such as 32.

    \b
    Example:
      simcap sensitivity scenarios/next-quarter.yaml --replications 2
    """
    from simcap.api import sensitivity
    from simcap.report.machine import of_sensitivity
    from simcap.report.sensitivity import print_sensitivity, shown_sla
    from simcap.scenario.loading import load

    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, signal.default_int_handler)
    if sobol & (sobol - 1):
        raise click.UsageError(f"--sobol {sobol} is not a power of 2; take {1 << sobol.bit_length()}")
    scenario = load(file)
    folder = out or Path("outputs") / f"{scenario.folder_name}-sensitivity"
    with voice.progress("sensitivity") as progress:
        found = sensitivity(
            scenario, sla=sla, samples=sobol, replications=replications, seed=seed, out=folder, jobs=jobs,
            force=force, progress=progress,
        )  # fmt: skip
    voice.results(
        folder, lambda: of_sensitivity(found), lambda: print_sensitivity(found, shown_sla(found, sla), folder)
    )
