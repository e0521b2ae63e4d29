"""simcap export."""

from __future__ import annotations

from pathlib import Path

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.plain_command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--xlsx", is_flag=True, help="Write report.xlsx: a workbook with the capacity grid, money, assumptions.")
@click.option("--pptx", is_flag=True, help="Write report.pptx: six to eight slides of a run or a comparison.")
@click.option(
    "--template", metavar="FILE", type=click.Path(path_type=Path),
    help="A presentation (.pptx) whose size, fonts, colours and layout the slides take.",
)  # fmt: skip
def command(folder: Path, xlsx: bool, pptx: bool, template: Path | None, voice: Voice) -> None:
    """Write results on disk as a workbook or as slides, for planners, vendors, finance and reviews.

    Nothing is simulated. DIR is a folder in which simcap left its results; the files are put into it.

    \b
    Examples:
      simcap export outputs/quick --xlsx
      simcap export outputs/quick --pptx --template corporate.pptx
    """
    from simcap.api.pages import export

    if not xlsx and not pptx:
        raise click.UsageError("nothing to write is named; add --xlsx, --pptx or both")
    if template is not None and not pptx:
        raise click.UsageError("--template is for slides; add --pptx")
    files = export(folder, xlsx=xlsx, pptx=pptx, template=template)
    voice.results(folder, lambda: {"files": files}, lambda: click.echo("\n".join(map(str, files))))
