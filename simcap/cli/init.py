"""simcap init."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simcap.cli import frame
from simcap.cli.voice import Voice

if TYPE_CHECKING:
    from simcap.api.projects import Begun


@frame.plain_command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, metavar="[FILE]...")
@click.option(
    "--example", "names", multiple=True, metavar="NAME", help="Copy this example instead; may be given several times."
)
@click.option("--from", "from_", is_flag=True, help="Make the project of FILEs: logs, reports, rosters as exported.")
@click.option("--timezone", help="With --from: zone of days, and of times without an offset.")
def command(
    folder: Path, files: tuple[Path, ...], names: tuple[str, ...], from_: bool, timezone: str | None, voice: Voice
) -> None:
    """Start a project: a new folder with a commented scenario, a variant, a calibration file and a README.

    With --example the folder holds a scenario that comes with simcap, its parents, and the calibration it uses;
    `simcap examples` lists them. Editors find the grammar in scenario.schema.json and calibration.schema.json.

    With --from it holds a calibration of FILEs, exports as tools and people write them, and a scenario that runs on it.
    FILEs of up to 100 MB are copied into calibration/data. What no file tells is a placeholder, marked with a ?.

    \b
    Example:
      simcap init my-programme
      simcap init demo --example move-20-to-kestrel --example next-quarter
      simcap init mine --from exports/*.csv exports/scorecard.xlsx --timezone Europe/London
    """
    if from_ != bool(files):
        raise click.UsageError("give the FILEs after --from: simcap init FOLDER --from FILE...")
    if from_ and names:
        raise click.UsageError("--example and --from start two different projects; give one of them")
    if timezone is not None and not from_:
        raise click.UsageError("--timezone goes with --from")
    if from_:
        _from(files, folder, timezone, voice)
        return
    from simcap.projects import begin

    written = [path.as_posix() for path in begin(folder, names)]
    first = written[0]

    def report() -> None:
        for name in written:
            click.echo(folder / name)
        click.echo(f"\nNext:\n  cd {folder}\n  simcap check {first}\n  simcap run {first}")

    voice.results(folder, lambda: {"files": written}, report)


def _from(files: tuple[Path, ...], folder: Path, timezone: str | None, voice: Voice) -> None:
    from simcap.api.projects import begin_from

    with voice.steps("looking") as progress:
        begun = begin_from(files, folder, timezone=timezone, progress=progress)
    voice.results(folder, lambda: _document(begun), lambda: _print(begun))


def _document(begun: Begun) -> dict[str, object]:
    """Return what was written, and what is left to do."""
    not_fitted = begun.calibration.open if begun.calibration is not None else ()
    return {
        "files": [path.as_posix() for path in begun.files],
        "read_where_they_are": [str(path) for path in begun.elsewhere],
        "left_to_say": list(begun.looked.proposal.open),
        "problem": begun.problem,
        "not_fitted": [f"{one.what}: {one.why}" for one in not_fitted],
        "placeholders": list(begun.placeholders),
    }


def _print(begun: Begun) -> None:
    from simcap.report.terminal.look import KINDS

    for look in begun.looked.looks:
        click.echo(f"{look.table.where}: {KINDS[look.kind]}, {look.rows:,} rows")
    click.echo()
    for name in begun.files:
        click.echo(begun.folder / name)
    for path in begun.elsewhere:
        click.echo(f"{path}: too large to be copied; it is read where it is")
    scenario, calibration, *_ = begun.files
    if begun.problem:
        click.echo(f"\nNothing could be fitted yet:\n{begun.problem}")
    if begun.looked.proposal.open:
        click.echo(f"\nLeft to say in {begun.folder / calibration}:")
        for line in begun.looked.proposal.open:
            click.echo(f"  {line}")
    click.echo(f"\nPlaceholders in {begun.folder / scenario}, for what no file tells:")
    for line in begun.placeholders:
        click.echo(f"  {line}")
    click.echo(f"\nNext, once they are right:\n  cd {begun.folder}")
    click.echo(f"  simcap calibrate {calibration}\n  simcap check {scenario}\n  simcap run {scenario}")
