"""Pages made from results on disk: nothing is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def write_pages(folders: Sequence[str | Path], *, out: str | Path | None = None) -> list[Path]:
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


def export(
    folder: str | Path, *, xlsx: bool = False, pptx: bool = False, template: str | Path | None = None
) -> list[Path]:
    """Write results on disk as a workbook, as slides, or both, into their folder; return the paths of the files.

    Slides are of a run or a comparison; with a `template`, a .pptx, they have its size, fonts, colours and layout.
    Raises `RunError` for a folder that does not hold whole results, and for a template that cannot be used.
    """
    from simcap.report.books.books import write_book
    from simcap.report.slides.slides import write_slides

    files = [write_book(Path(folder))] if xlsx else []
    return [*files, write_slides(Path(folder), Path(template) if template else None)] if pptx else files
