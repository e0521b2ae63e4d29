"""Write the workbook of a folder of results: which it gets, and the file itself."""

from __future__ import annotations

from pathlib import Path

from simcap.experiment.durable import disk
from simcap.experiment.folders import BOOK


def write_book(folder: Path) -> Path:
    """Write the workbook of a folder of results into it, and return its path. Nothing is simulated.

    Raises `RunError` if the folder does not hold whole results, or cannot be written.
    """
    if (folder / "layout.json").exists():
        from simcap.report.books.run_book import write_run_book as write
    elif (folder / "comparison.json").exists():
        from simcap.report.books.compare_book import write_compare_book as write
    else:
        from simcap.report.books.answer_book import write_answer_book as write
    with disk(folder):
        part = folder / f".{BOOK}.part"
        try:
            write(folder, part)
            part.replace(folder / BOOK)
        finally:
            part.unlink(missing_ok=True)
    return folder / BOOK
