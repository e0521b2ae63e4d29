"""The plan of a staffing search as a scenario that can be run, and what is said of one that was stopped."""

from __future__ import annotations

import os
from pathlib import Path

from simcap.planning.staffing import Staffing
from simcap.report.terminal.staffing import plan_lines
from simcap.scenario.reading.writing import to_yaml


def plan_text(found: Staffing, origin: Path, folder: Path) -> str:
    """Return the plan as a scenario that extends the one it is for, to be written into a folder."""
    unchecked = ", not checked" if found.main is not None and not found.main.checked else ""
    document = {
        "name": f"{found.scenario.name}, staffed for {found.question.confidence:.0%}{unchecked}",
        "extends": os.path.relpath(origin, folder),
        **found.patch(),
    }
    return to_yaml(document, "Written by simcap staff.")


def stopped(found: Staffing, finished: Path | None, kept: str) -> str:
    """Return what a search that was stopped has to say: its best plan, where it is not written; what is kept."""
    if finished is None:
        return f"stopped before any plan was found; {kept}"
    told = f"stopped; {finished} keeps the finished search that it holds; {kept}. So far:"
    return "\n".join([told, *plan_lines(found)])
