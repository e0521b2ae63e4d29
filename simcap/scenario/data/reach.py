"""Which files a file may name: those of its project, so that a stranger's scenario reads nothing else.

The project is the nearest folder above that `simcap init` has made, or in whose `scenarios`, `calibration` or `outputs`
the file lies, if it has scenarios or those are its results; where there is none, the file's own folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MARK: Final = "scenario.schema.json"
"""What `simcap init` writes at the top of a project."""
SCENARIOS, CALIBRATION, OUTPUTS = "scenarios", "calibration", "outputs"
"""Names of the folders of a project."""


@dataclass(frozen=True)
class Reach:
    """The folder in which files may be named; any, if it is None."""

    root: Path | None = None

    def refusal(self, path: Path) -> str | None:
        """Return what is wrong with naming a file, its links resolved; nothing if it is within reach."""
        if self.root is None or Path(os.path.realpath(path)).is_relative_to(self.root):
            return None
        return f"lies outside {self.root}, in which files may be named; move it there, or give --allow-outside"


ANYWHERE: Final = Reach()


def reach_of(path: Path, *, allow_outside: bool = False) -> Reach:
    """Return which files the file at a path may name: those of its project, or any."""
    if allow_outside:
        return ANYWHERE
    folder = Path(os.path.realpath(path.parent))
    return Reach(next((above for above in (folder, *folder.parents) if _is_project(above, folder)), folder))


def _is_project(above: Path, folder: Path) -> bool:
    """Return whether a folder is that of a project with another one in it."""
    if (above / MARK).is_file():
        return True
    inside = folder.relative_to(above).parts[:1]
    if inside in ((SCENARIOS,), (OUTPUTS,)):
        return True
    return inside == (CALIBRATION,) and (above / SCENARIOS).is_dir()
