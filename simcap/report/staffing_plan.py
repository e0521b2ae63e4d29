"""The plan of a staffing search as a scenario that can be run, and what is said of one that was stopped."""

from __future__ import annotations

import os
from pathlib import Path

from simcap.planning.staffing import Staffing
from simcap.report.staffing import plan_lines
from simcap.scenario.writing import to_yaml


def write_plan(found: Staffing, origin: Path, path: Path) -> None:
    """Write the plan as a scenario that extends the one it is for."""
    unchecked = ", not checked" if found.main is not None and not found.main.checked else ""
    document = {
        "name": f"{found.scenario.name}, staffed for {found.question.confidence:.0%}{unchecked}",
        "extends": os.path.relpath(origin, path.parent),
        **found.patch(),
    }
    path.write_text(to_yaml(document, "Written by simcap staff."), encoding="utf-8")


def stopped(found: Staffing, finished: Path | None, kept: str) -> str:
    """Return what a search that was stopped has to say: its best plan, where it is not written; what is kept."""
    if finished is None:
        return f"stopped before any plan was found; {kept}"
    told = f"stopped; {finished} keeps the finished search that it holds; {kept}. So far:"
    return "\n".join([told, *plan_lines(found)])
