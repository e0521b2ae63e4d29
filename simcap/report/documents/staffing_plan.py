"""The plan of a staffing search as a scenario to run, and the message for a stopped search."""

from __future__ import annotations

import os
from pathlib import Path

from simcap.planning.staffing import Staffing
from simcap.report.terminal.staffing import plan_lines
from simcap.scenario.reading.writing import to_yaml


def plan_text(staffing: Staffing, origin: Path, folder: Path) -> str:
    """Return the plan as a scenario that extends the one it is for, to be written into a folder."""
    unchecked = ", not checked" if staffing.main is not None and not staffing.main.checked else ""
    document = {
        "name": f"{staffing.scenario.name}, staffed for {staffing.question.confidence:.0%}{unchecked}",
        "extends": os.path.relpath(origin, folder),
        **staffing.patch(),
    }
    return to_yaml(document, "Written by simcap staff.")


def stopped(staffing: Staffing, finished: Path | None, kept: str) -> str:
    """Return the message of a stopped search: its best plan, if it is not written, and what is kept."""
    if finished is None:
        return f"stopped before any plan was found; {kept}"
    told = f"stopped; {finished} keeps the finished search that it holds; {kept}. So far:"
    return "\n".join([told, *plan_lines(staffing)])
