"""simcap compare."""

from __future__ import annotations

import signal
from pathlib import Path

import click

from simcap.cli.shares import Share
from simcap.cli.voice import Voice, more_than_asked, with_voice


@click.command("compare")
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("variants", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--replications", "-n", type=click.IntRange(min=2), help="Number of replications [default: the base's].")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all draws [default: the base's].")
@click.option("--precision", type=Share(), help="Add replications until each difference is known this well: 1%.")
@click.option("--explain", is_flag=True, help="Apply the differences one at a time, and tell what each does.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of the results [default: outputs/<base>-compared]."
)
@click.option("--charts/--no-charts", default=True, show_default=True, help="Draw SLAs and cost before and after.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Parallel processes [default: one a core].")
@click.option("--force", is_flag=True, help="Replace results of other runs in the same folder.")
@with_voice
def command(
    base: Path,
    variants: tuple[Path, ...],
    replications: int | None,
    seed: int | None,
    precision: float | None,
    explain: bool,
    out: Path | None,
    charts: bool,
    jobs: int | None,
    force: bool,
    voice: Voice,
) -> None:
    """Hold variants of a scenario against it, on the same draws: what differs, and what that does to each SLA.

    Items, handle times, absences and leavers are the same in all of them wherever the files say nothing else, so that
    small differences show. A comparison that was interrupted goes on where it stopped.

    \b
    Example:
      simcap compare scenarios/baseline.yaml scenarios/move-20-to-kestrel.yaml --replications 10
      simcap compare scenarios/baseline.yaml scenarios/end-night-shift.yaml --precision 1% --explain
    """
    from simcap.api import compare
    from simcap.report.comparison import print_comparison
    from simcap.report.machine import of_comparison
    from simcap.scenario.loading import load

    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, signal.default_int_handler)
    files = [load(path) for path in (base, *variants)]
    folder = out or Path("outputs") / f"{files[0].folder_name}-compared"
    with voice.progress("comparing") as progress:
        found = compare(
            *files,
            out=folder,
            replications=replications,
            seed=seed,
            precision=precision,
            explain=explain,
            jobs=jobs,
            force=force,
            charts=charts,
            progress=progress,
        )
    asked = replications or files[0].scenario.simulation.replications
    if found.base.replications > asked and precision is None:
        voice.note(more_than_asked(folder, found.base.replications, asked))
    voice.results(folder, lambda: of_comparison(found), lambda: print_comparison(found, folder))
