"""Which column has which role: the best name among those that hold what the role holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from simcap.calibration.look import vocabulary
from simcap.calibration.look.features import Feature
from simcap.tables import quantities

Roles = dict[str, Any]
"""How each role is read, as a calibration file says it: a name, a list of names, or a mapping."""
Found = tuple[str, Roles, Roles, tuple[str, ...]]


def assign(
    seen: Sequence[Feature], known: Mapping[str, str], holds: Mapping[str, tuple[str, ...]]
) -> dict[str, Feature]:
    """Return the column of each role: the best name among those that hold what the role holds; no column twice."""
    scored = [
        (vocabulary.fits(one.name, role, known), one.filled, -place, role, one)
        for role in holds
        for place, one in enumerate(seen)
        if one.content in holds[role]
    ]
    found: dict[str, Feature] = {}
    for score, _, _, role, one in sorted(scored, key=lambda entry: entry[:3], reverse=True):
        if score and role not in found and one not in found.values():
            found[role] = one
    return found


def with_unit(cells: pd.DataFrame, found: Mapping[str, Feature], roles: Roles, role: str, doubts: list[str]) -> None:
    """Write the unit of a duration: that of its name; else the one that its moments show, or a doubt."""
    if role not in found or role not in roles:
        return
    one = found[role]
    unit = quantities.unit_in(one.name)
    if unit is None and one.content != "clock":
        unit = _unit_shown(cells, found, one)
        if unit is None:
            doubts.append(f"the unit of {one.name!r}, taken as seconds")
            unit = "s"
    if one.content == "clock":
        try:
            quantities.read_durations(cells[one.name].head(500), unit)
        except ValueError:
            unit = "min"
            doubts.append(f"whether {one.name!r} such as {one.cell!r} is minutes and seconds; taken so")
        else:
            unit = unit if unit == "min" else None
    if unit is not None:
        roles[role] = {"column": one.name, "unit": unit}


def _unit_shown(cells: pd.DataFrame, found: Mapping[str, Feature], one: Feature) -> str | None:
    """Return the unit in which a column is the time from the start to the decision."""
    if "started" not in found or "completed" not in found:
        return None
    spent = pd.Series(found["completed"].seconds) - pd.Series(found["started"].seconds)
    numbers = pd.Series(quantities.read_numbers(cells[one.name]))
    ratio = (spent / numbers)[(numbers > 0) & (spent > 0)].median()
    return next((unit for unit, size in quantities.UNITS.items() if size / 1.3 < ratio < size * 1.3), None)
