"""simcap stress."""

from __future__ import annotations

import datetime as dt
import signal
from pathlib import Path

import click

from simcap.cli.voice import Voice, with_voice


@click.command("stress")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--shocks", type=click.Path(path_type=Path), help="YAML file of your own shocks, added to the usual ones."
)
@click.option("--only-mine", is_flag=True, help="Leave the usual shocks out.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day on which shocks strike [default: a third in].")
@click.option("--replications", "-n", type=click.IntRange(min=1), default=10, show_default=True, help="Replications.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all draws [default: the scenario's].")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the results [default: outputs/<name>-stress].")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Parallel processes [default: one a core].")
@click.option("--force", is_flag=True, help="Replace results of more replications in the same folder.")
@with_voice
def command(
    file: Path,
    shocks: Path | None,
    only_mine: bool,
    on: dt.datetime | None,
    replications: int,
    seed: int | None,
    out: Path | None,
    jobs: int | None,
    force: bool,
    voice: Voice,
) -> None:
    """Apply the shocks of a risk review one by one: what each SLA loses, and how long it takes to recover.

    More volume, a viral spike on each queue, each site down, each vendor gone, attrition doubled, the next class late,
    a flu, a new policy on each queue, a slow tool. A site is the teams of a vendor in one time zone. Your own shocks
    are a file of names, each with what it changes, written as in a scenario.

    \b
    Example:
      simcap stress scenarios/next-quarter.yaml --replications 2
    """
    from simcap.api import stress
    from simcap.planning.shocks import read_shocks
    from simcap.report.machine import of_stress
    from simcap.report.stress import print_stress
    from simcap.scenario.loading import load

    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, signal.default_int_handler)
    scenario = load(file)
    if only_mine and shocks is None:
        raise click.UsageError("--only-mine leaves nothing; give --shocks FILE")
    folder = out or Path("outputs") / f"{scenario.folder_name}-stress"
    with voice.progress("stress") as progress:
        found = stress(
            scenario,
            shocks=read_shocks(shocks, scenario) if shocks else (),
            standard=not only_mine,
            on=on.date() if on else None,
            replications=replications,
            seed=seed,
            out=folder,
            jobs=jobs,
            force=force,
            progress=progress,
        )
    voice.results(folder, lambda: of_stress(found), lambda: print_stress(found, folder))
