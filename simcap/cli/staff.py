"""simcap staff."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simcap.cli import frame
from simcap.cli.shares import Share
from simcap.cli.voice import Voice

if TYPE_CHECKING:
    from simcap.planning.levers import Kind

KINDS: dict[str, Kind] = {"agents": "agents", "classes": "class", "overtime": "overtime"}


@frame.simulation_command("staff")
@frame.file
@frame.outside
@click.option(
    "--confidence", type=Share(), default=0.9, help="Chance of meeting each SLA in each window [default: 90%]."
)
@click.option("--curve/--no-curve", default=True, show_default=True, help="Also report the cost of 80, 90 and 95%.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day on which to approve anything [default: the horizon's start].",
)
@click.option(
    "--levers", default="agents,classes,overtime", show_default=True, help="What may change, comma-separated."
)
@frame.replications("Replications used by the search.", minimum=3, default=8)
@frame.sketches("Sketches of replications that the search goes by, instead of simulating them.")
@click.option(
    "--check", type=click.IntRange(min=2), help="Fresh replications for the check [default: 40; for 99%: 500]."
)
@frame.seed()
@frame.out("outputs/<name>-staff")
@frame.jobs
@frame.force("results of more replications")
@frame.wait
def command(
    file: Path,
    confidence: float,
    curve: bool,
    today: dt.datetime | None,
    levers: str,
    check: int | None,
    sketches: int | None,
    out: Path | None,
    voice: Voice,
    allow_outside: bool,
    **shared: Any,
) -> None:
    """Find the cheapest staffing that meets every SLA in every window, and the last days to approve it.

    Classes start after the vendor's lead time, within its ramp limit, and count after training. Where the scenario does
    not say how long hiring takes, teams may have any size from the start. The plan is checked on draws that the search
    has not seen, and written as a scenario to run.

    \b
    Example:
      simcap staff scenarios/next-quarter.yaml --confidence 90% --no-curve --check 10
    """
    from simcap.api.questions import staff
    from simcap.report.documents.machine import of_staffing
    from simcap.report.terminal.staffing import print_staffing
    from simcap.scenario.reading.loading import load

    chosen = [word.strip() for word in levers.split(",")]
    if unknown := [word for word in chosen if word not in KINDS]:
        raise click.UsageError(f"--levers: {', '.join(unknown)}; choose from {', '.join(KINDS)}")
    scenario = load(file, allow_outside=allow_outside)
    folder = frame.folder_of(out, scenario, "-staff")
    with voice.progress("staffing") as progress:
        result = voice.asked(
            staff,
            scenario,
            confidence=confidence,
            curve=curve,
            today=today.date() if today else None,
            levers=tuple(KINDS[word] for word in chosen),
            check=check,
            sketches=sketches or 0,
            out=folder,
            source=file,
            progress=progress,
            **shared,
        )
    voice.results(folder, lambda: of_staffing(result), lambda: print_staffing(result, folder))
    if result.interrupted:
        voice.note("stopped; what was simulated is kept, and the same command resumes from there")
        sys.exit(130)
