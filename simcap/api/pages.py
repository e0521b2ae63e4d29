"""Pages made from results on disk: nothing is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def report(folders: Sequence[str | Path], *, out: str | Path | None = None) -> list[Path]:
    """Write report.html into folders of results, from what they hold, and return the paths of the pages.

    With `out`, the pages are also put into that folder as a review pack: one file each, and index.html, which comes
    first in the list. Raises `RunError` for a folder that does not hold whole results.
    """
    from simcap.report.pages.pack import write_pack

    paths = [Path(folder) for folder in folders]
    pages = [write_page(folder) for folder in paths]
    return pages if out is None else [write_pack(paths, Path(out)), *pages]


def write_page(folder: Path) -> Path:
    """Write the page of one folder of results into it, and return its path."""
    from simcap.report.pages.pages import write_page as write

    return write(folder)


def export(folder: str | Path, *, xlsx: bool = False) -> list[Path]:
    """Write results on disk as a workbook into their folder, and return the paths of the files.

    Raises `RunError` for a folder that does not hold whole results.
    """
    from simcap.report.books.books import write_book

    return [write_book(Path(folder))] if xlsx else []
