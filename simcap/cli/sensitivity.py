"""simcap sensitivity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.simulation_command("sensitivity")
@frame.file
@click.option("--sla", help='SLA to show, "queue / sla" or "queue / sla / vendor" [default: the one that moves most].')
@click.option("--sobol", type=click.IntRange(min=0), default=0, show_default=True, help="Samples of a Saltelli design.")
@frame.replications("Replications.", minimum=2, default=10)
@frame.seed()
@frame.out("outputs/<name>-sensitivity")
@frame.jobs
@frame.force("results of more replications")
def command(file: Path, sla: str | None, sobol: int, out: Path | None, voice: Voice, **shared: Any) -> None:
    """Move each driver by its own uncertainty, or by 10%, one by one.

    Tells what drives SLAs and cost, and how far each driver may move before an SLA is missed.

    Volume, handle time, attrition, absence, offline time and ramp by vendor, and whatever else the scenario or its
    calibration calls uncertain. --sobol adds the share of the variance that each driver makes, alone and with others;
    it costs samples times (drivers + 2) runs, samples being a power of 2 such as 32.

    \b
    Example:
      simcap sensitivity scenarios/next-quarter.yaml --replications 2
    """
    from simcap.api.questions import sensitivity
    from simcap.report.documents.machine import of_sensitivity
    from simcap.report.terminal.sensitivity import print_sensitivity, shown_sla
    from simcap.scenario.reading.loading import load

    if sobol & (sobol - 1):
        raise click.UsageError(f"--sobol {sobol} is not a power of 2; take {1 << sobol.bit_length()}")
    scenario = load(file)
    folder = frame.folder_of(out, scenario, "-sensitivity")
    with voice.progress("sensitivity") as progress:
        found = sensitivity(
            scenario,
            sla=sla,
            samples=sobol,
            out=folder,
            progress=progress,
            **shared,
        )
    voice.results(
        folder, lambda: of_sensitivity(found), lambda: print_sensitivity(found, shown_sla(found, sla), folder)
    )
