"""simcap stress."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.simulation_command("stress")
@frame.file
@frame.outside
@click.option(
    "--shocks", type=click.Path(path_type=Path), help="YAML file of your own shocks, added to the standard ones."
)
@click.option("--only-mine", is_flag=True, help="Leave the standard shocks out.")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="Day on which shocks strike [default: a third into the horizon]."
)
@frame.replications("Replications.", default=10)
@frame.sketches("Sketches of replications that losses rest on, too; 2 replications are then enough.")
@frame.seed()
@frame.out("outputs/<name>-stress")
@frame.jobs
@frame.force("results of more replications")
@frame.wait
def command(
    file: Path,
    shocks: Path | None,
    only_mine: bool,
    on: dt.datetime | None,
    sketches: int | None,
    out: Path | None,
    voice: Voice,
    allow_outside: bool,
    **shared: Any,
) -> None:
    """Apply the shocks of a risk review one by one: what each SLA loses, and how long it takes to recover.

    The standard shocks: more volume, a viral spike on each queue, each site down, each vendor gone, attrition doubled,
    the next class late, a flu, a new policy on each queue, a slow tool. A site is the teams of a vendor in one time
    zone. A file of your own shocks gives each a name and what it changes, written as in a scenario.

    \b
    Example:
      simcap stress scenarios/next-quarter.yaml --replications 2
    """
    from simcap.api.questions import stress
    from simcap.planning.shocks import read_shocks
    from simcap.report.documents.machine import of_stress
    from simcap.report.terminal.stress import print_stress
    from simcap.scenario.reading.loading import load

    scenario = load(file, allow_outside=allow_outside)
    if only_mine and shocks is None:
        raise click.UsageError("--only-mine leaves nothing; give --shocks FILE")
    folder = frame.folder_of(out, scenario, "-stress")
    with voice.progress("stress") as progress:
        result = voice.asked(
            stress,
            scenario,
            shocks=read_shocks(shocks, scenario) if shocks else (),
            standard=not only_mine,
            on=on.date() if on else None,
            sketches=sketches or 0,
            out=folder,
            progress=progress,
            **shared,
        )
    voice.results(folder, lambda: of_stress(result), lambda: print_stress(result, folder))
