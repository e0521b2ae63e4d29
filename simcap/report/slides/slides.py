"""Write the slides of a folder of results: which it gets, and the file itself."""

from __future__ import annotations

from pathlib import Path

from simcap.errors import RunError
from simcap.experiment.durable import disk
from simcap.experiment.folders import SLIDES


def write_slides(folder: Path, template: Path | None = None) -> Path:
    """Write the slides of a folder of results into it, and return their path. Nothing is simulated.

    With a `template`, they have its size, fonts, colours and layout. Raises `RunError` if the folder does not hold the
    whole results of a run or a comparison, or cannot be written, and for a template that cannot be used.
    """
    if (folder / "layout.json").exists():
        from simcap.report.slides.run_deck import write_run_deck as write
    elif (folder / "comparison.json").exists():
        from simcap.report.slides.compare_deck import write_compare_deck as write
    else:
        raise RunError(
            f"{folder}: holds no run and no comparison, of which slides are made; simcap report makes a page"
        )
    with disk(folder):
        part = folder / f".{SLIDES}.part"
        try:
            write(folder, part, template)
            part.replace(folder / SLIDES)
        finally:
            part.unlink(missing_ok=True)
    return folder / SLIDES
