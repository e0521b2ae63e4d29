"""simcap report."""

from __future__ import annotations

from pathlib import Path

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.plain_command("report")
@click.argument("folders", metavar="DIR...", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--out", type=click.Path(path_type=Path),
    help="Folder of a review pack: an index and a copy of each page [default with several DIR: outputs/review].",
)  # fmt: skip
def command(folders: tuple[Path, ...], out: Path | None, voice: Voice) -> None:
    """Make report.html again from results on disk; of several folders also a review pack with an index.

    Nothing is simulated. DIR is a folder in which simcap left its results.

    \b
    Example:
      simcap report outputs/quick
    """
    from simcap.api.pages import write_pages

    pack = out or (Path("outputs", "review") if len(folders) > 1 else None)
    pages = write_pages(folders, out=pack)
    voice.results(pages[0].parent, lambda: {"pages": pages}, lambda: click.echo("\n".join(map(str, pages))))
