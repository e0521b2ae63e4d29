"""simcap export."""

from __future__ import annotations

from pathlib import Path

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.plain_command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--xlsx", is_flag=True, help="Write report.xlsx: a workbook with the capacity grid, money, assumptions.")
def command(folder: Path, xlsx: bool, voice: Voice) -> None:
    """Write results on disk as a workbook, for planners, vendors and finance.

    Nothing is simulated. DIR is a folder in which simcap left its results; the file is put into it.

    \b
    Example:
      simcap export outputs/quick --xlsx
    """
    from simcap.api.pages import export

    if not xlsx:
        raise click.UsageError("nothing to write is named; add --xlsx")
    files = export(folder, xlsx=xlsx)
    voice.results(folder, lambda: {"files": files}, lambda: click.echo("\n".join(map(str, files))))
