"""simcap sensitivity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.simulation_command("sensitivity")
@frame.file
@frame.outside
@click.option("--sla", help='SLA to show, "queue / sla" or "queue / sla / vendor" [default: the most affected].')
@click.option(
    "--sobol",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Samples of a Saltelli design; 0 for none.",
)
@frame.replications("Replications.", minimum=2, default=10)
@frame.sketches("Sketches that differences and chances rest on, too; 2 replications are then enough.")
@frame.seed()
@frame.out("outputs/<name>-sensitivity")
@frame.jobs
@frame.force("results of more replications")
@frame.wait
def command(
    file: Path,
    sla: str | None,
    sobol: int,
    sketches: int | None,
    out: Path | None,
    voice: Voice,
    allow_outside: bool,
    **shared: Any,
) -> None:
    """Move each driver by its own uncertainty, or by 10%, one by one.

    Shows what drives SLAs and cost, and how far each driver may move before an SLA is missed.

    Drivers are volume, handle time, attrition, absence, offline time and ramp by vendor, and whatever else the scenario
    or its calibration marks as uncertain. --sobol adds each driver's share of the variance, alone and together with
    others; it costs samples times (drivers + 2) runs, where samples is a power of 2 such as 32. With --sketches, that
    many sketches.

    \b
    Example:
      simcap sensitivity scenarios/next-quarter.yaml --replications 2
    """
    from simcap.api.questions import sensitivity
    from simcap.report.documents.machine import of_sensitivity
    from simcap.report.terminal.sensitivity import print_sensitivity, shown_sla
    from simcap.scenario.reading.loading import load

    if sobol & (sobol - 1):
        raise click.UsageError(f"--sobol {sobol} is not a power of 2; use {1 << sobol.bit_length()}")
    scenario = load(file, allow_outside=allow_outside)
    folder = frame.folder_of(out, scenario, "-sensitivity")
    with voice.progress("sensitivity") as progress:
        result = voice.asked(
            sensitivity,
            scenario,
            sla=sla,
            samples=sobol,
            sketches=sketches or 0,
            out=folder,
            progress=progress,
            **shared,
        )
    voice.results(
        folder, lambda: of_sensitivity(result), lambda: print_sensitivity(result, shown_sla(result, sla), folder)
    )
