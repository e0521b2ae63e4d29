"""simcap compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simcap.cli import frame
from simcap.cli.shares import Share
from simcap.cli.voice import Voice

if TYPE_CHECKING:
    from simcap.experiment.comparison import Comparison


def _held(comparison: Comparison) -> str:
    """Name the runs of which a folder already held as many replications as the comparison has now."""
    whole = [count == comparison.base.replications for count in comparison.held]
    if all(whole):
        return "these runs"
    names = [result.scenario.name for result, there in zip(comparison.results[1:], whole[1:], strict=True) if there]
    return " and ".join(["the base"] * whole[0] + names)


@frame.simulation_command("compare")
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("variants", type=click.Path(path_type=Path), nargs=-1, required=True)
@frame.outside
@frame.replications("Number of replications [default: the base's].", minimum=2)
@frame.seed("the base's")
@click.option(
    "--precision", type=Share(), help="Add replications until each difference is known this precisely, e.g. 1%."
)
@frame.sketches("Sketches of replications of each scenario that make differences more precise.")
@click.option("--explain", is_flag=True, help="Also apply the differences one at a time, and show the effect of each.")
@click.option(
    "--futures",
    type=click.Path(path_type=Path),
    help="YAML file of futures, each a change that is made to all: which option is right in which.",
)
@frame.anchor
@frame.out("outputs/<base>-compared")
@frame.charts("SLAs and cost before and after")
@frame.jobs
@frame.force("results of other runs")
@frame.wait
def command(
    base: Path,
    variants: tuple[Path, ...],
    replications: int | None,
    precision: float | None,
    sketches: int | None,
    explain: bool,
    futures: Path | None,
    anchor: bool,
    out: Path | None,
    voice: Voice,
    allow_outside: bool,
    **shared: Any,
) -> None:
    """Compare variants with a base on the same draws: what differs, and its effect on each SLA.

    Items, handle times, absences and leavers are the same in all of them except where the files differ, so that small
    differences show. An interrupted comparison resumes where it stopped.

    A file of futures gives each a name and what it changes, written as in a scenario: a surge, a slump, a vendor that
    leaves. Base and variants are run in each, which takes as long again for each future: what does each option cost,
    what is missed, and what would have to be true for it to be the right one?

    \b
    Example:
      simcap compare scenarios/baseline.yaml scenarios/move-20-to-kestrel.yaml --replications 10
      simcap compare scenarios/baseline.yaml scenarios/end-night-shift.yaml --precision 1% --explain
    """
    from simcap.api.simulations import compare
    from simcap.experiment.anchored import how_to_anchor
    from simcap.planning.futures import read_futures
    from simcap.report.documents.machine import of_comparison
    from simcap.report.terminal.comparison import print_comparison
    from simcap.scenario.reading.loading import load

    files = [load(path, allow_outside=allow_outside) for path in (base, *variants)]
    folder = frame.folder_of(out, files[0], "-compared")
    with voice.progress("comparing") as progress:
        comparison = voice.asked(
            compare,
            *files,
            out=folder,
            page=True,
            replications=replications,
            precision=precision,
            sketches=sketches or 0,
            explain=explain,
            anchor=anchor,
            futures=read_futures(futures, files[0]) if futures else (),
            progress=progress,
            **shared,
        )
    asked = replications or files[0].scenario.simulation.replications
    if comparison.base.replications > asked and precision is None:
        voice.note(frame.more_than_asked(folder, comparison.base.replications, asked, _held(comparison)))
    for name in comparison.anew:
        voice.note(f"{name} has changed since its run in {folder} and was run again")
    if anchor and (hint := how_to_anchor(files[0])):
        voice.note(hint)
    voice.results(folder, lambda: of_comparison(comparison), lambda: print_comparison(comparison, folder))
