"""simcap init."""

from __future__ import annotations

from pathlib import Path

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.plain_command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--example", "names", multiple=True, metavar="NAME", help="Copy this example instead; may be given several times."
)
def command(folder: Path, names: tuple[str, ...], voice: Voice) -> None:
    """Start a project: a new folder with a commented scenario, a variant, a calibration file and a README.

    With --example the folder holds a scenario that comes with simcap, its parents, and the calibration it uses;
    `simcap examples` lists them. Editors find the grammar in scenario.schema.json.

    \b
    Example:
      simcap init my-programme
      simcap init demo --example move-20-to-kestrel --example next-quarter
    """
    from simcap.projects import begin

    written = [path.as_posix() for path in begin(folder, names)]
    first = written[0]

    def report() -> None:
        for name in written:
            click.echo(folder / name)
        click.echo(f"\nNext:\n  cd {folder}\n  simcap check {first}\n  simcap run {first}")

    voice.results(folder, lambda: {"files": written}, report)
