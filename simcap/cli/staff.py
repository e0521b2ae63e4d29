"""simcap staff."""

from __future__ import annotations

import datetime as dt
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcap.cli.shares import Share
from simcap.cli.voice import Voice, with_voice

if TYPE_CHECKING:
    from simcap.planning.levers import Kind

KINDS: dict[str, Kind] = {"agents": "agents", "classes": "class", "overtime": "overtime"}


@click.command("staff")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--confidence", type=Share(), default=0.9, show_default="90%", help="Chance to meet an SLA in a window.")
@click.option("--curve/--no-curve", default=True, show_default=True, help="Tell the cost of 80, 90 and 95% beside it.")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="First day of approval [default: the horizon's start]."
)
@click.option("--levers", default="agents,classes,overtime", show_default=True, help="What may change.")
@click.option("--replications", "-n", type=click.IntRange(min=3), default=8, show_default=True, help="Of the search.")
@click.option("--check", type=click.IntRange(min=2), help="Fresh replications of the check [default: 40; 99%: 500].")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all draws [default: the scenario's].")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the results [default: outputs/<name>-staff].")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Parallel processes [default: one a core].")
@click.option("--force", is_flag=True, help="Replace results of more replications in the same folder.")
@with_voice
def command(
    file: Path,
    confidence: float,
    curve: bool,
    today: dt.datetime | None,
    levers: str,
    replications: int,
    check: int | None,
    seed: int | None,
    out: Path | None,
    jobs: int | None,
    force: bool,
    voice: Voice,
) -> None:
    """Find the cheapest staffing that meets every SLA in every window, and until when it can be approved.

    Classes start after the vendor's lead time, within its ramp limit, and count after training. Where nothing says how
    long hiring takes, teams may have any size from the start. The plan is checked on draws that the search has not
    seen, and written as a scenario to run.

    \b
    Example:
      simcap staff scenarios/next-quarter.yaml --confidence 90% --no-curve --check 10
    """
    from simcap.api import staff
    from simcap.report.machine import of_staffing
    from simcap.report.staffing import print_staffing
    from simcap.scenario.loading import load

    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, signal.default_int_handler)
    chosen = [word.strip() for word in levers.split(",")]
    if unknown := [word for word in chosen if word not in KINDS]:
        raise click.UsageError(f"--levers: {', '.join(unknown)}; known are {', '.join(KINDS)}")
    scenario = load(file)
    folder = out or Path("outputs") / f"{scenario.folder_name}-staff"
    with voice.progress("staffing") as progress:
        found = staff(
            scenario,
            confidence=confidence,
            curve=curve,
            today=today.date() if today else None,
            levers=tuple(KINDS[word] for word in chosen),
            replications=replications,
            check=check,
            seed=seed,
            out=folder,
            source=file,
            jobs=jobs,
            force=force,
            progress=progress,
        )
    voice.results(folder, lambda: of_staffing(found), lambda: print_staffing(found, folder))
    if found.interrupted:
        voice.note("stopped; what was simulated is kept, the same command goes on from there")
        sys.exit(130)
