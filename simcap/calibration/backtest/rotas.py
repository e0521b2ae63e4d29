"""On which days people work, as their attendance shows: days off that rotate stay where they are for each person.

A rotation over a week is the same as seven shifts with fixed days; a team's shift is written as such, so that its
roster can say who works on which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.sheets import EPOCH
from simcap.scenario.data.instants import wall
from simcap.scenario.schema.vendors import WEEKDAYS, SharedShift, Shift, TeamSpec, parse_days
from simcap.units import DAY

WEEK: Final = 7
LATELY: Final = 4 * WEEK
"""Days before an origin by which it is told when somebody works."""
FEWEST: Final = 5
"""Shifts by which it can be told."""


def with_fixed_days(team: Mapping[str, Any], spec: TeamSpec) -> dict[str, Any]:
    """Return a team, as a document, whose weekly rotations are shifts with fixed days; as it is if it has none."""
    own = _shifts(spec)
    if not any(map(_rotates, own.values())):
        return dict(team)
    shifts: dict[str, Any] = {}
    for name, shift in own.items():
        written = team["shifts"][name] if name else team["shift"]
        share = shift.share if isinstance(shift, SharedShift) else 1.0
        fixed = _fixed(name, shift)
        shifts |= {key: {**written, "days": days, "share": share / len(fixed)} for key, days in fixed.items()}
    return {key: value for key, value in team.items() if key not in ("shift", "shifts")} | {"shifts": shifts}


def shifts_seen(attendance: pd.DataFrame, agents: pd.Series, spec: TeamSpec, before: float) -> list[str | None]:
    """Return the shift of each agent in a team of `with_fixed_days`, by the weeks before a moment in POSIX seconds.

    None where attendance shows too little, or the team has but one.
    """
    own = _shifts(spec)
    if len(own) == 1 and not any(map(_rotates, own.values())):
        return [None] * len(agents)
    lately = attendance[(attendance["start"] >= before - LATELY * DAY) & (attendance["start"] < before)]
    starts = lately[lately["agent"].isin(agents)].groupby(["agent", "shift"], observed=True)["start"].min()
    local = pd.Series(wall(starts.to_numpy(float), spec.timezone), starts.index)
    by_agent = {str(agent): mine.to_numpy(float) for agent, mine in local.groupby(level="agent", observed=True)}
    return [_shift_of(by_agent.get(agent, np.zeros(0)), own) for agent in agents.astype(str)]


def _shifts(spec: TeamSpec) -> dict[str, Shift]:
    """Return the shifts of a team by name; a single one has none."""
    return {"": spec.shift} if spec.shift is not None else {**(spec.shifts or {})}


def _rotates(shift: Shift) -> bool:
    """Say whether a shift's days off rotate over a week."""
    if shift.days is None:
        return False
    days = parse_days(shift.days)
    return isinstance(days, tuple) and days[1] == WEEK and days[0] < WEEK


def _fixed(name: str, shift: Shift) -> dict[str, str]:
    """Return the shifts that a shift stands for, by name, with their days."""
    if not _rotates(shift):
        return {name: str(shift.days)}
    on = int(str(shift.days).partition("of")[0])
    spans = [(WEEKDAYS[day], WEEKDAYS[(day + on - 1) % WEEK]) for day in range(WEEK)]
    return {f"{name} {begin}-{end}".strip(): f"{begin}-{end}" for begin, end in spans}


def _shift_of(starts: NDArray[np.floating], own: Mapping[str, Shift]) -> str | None:
    """Return the shift that somebody works who begins at these local times: the nearest, and its likeliest days."""
    if starts.size < FEWEST:
        return None
    days = np.floor(starts / DAY)
    clock = float(np.median(starts - days * DAY))
    name = min(own, key=lambda one: _apart(clock, own[one].start or 0.0))
    weekdays = np.bincount((days.astype(np.int64) + EPOCH - 1) % WEEK, minlength=WEEK)
    return max(_fixed(name, own[name]).items(), key=lambda one: sum(_seen(weekdays, one[1])))[0]


def _apart(one: float, other: float) -> float:
    """Return how far two times of the day are apart, in seconds."""
    return min((one - other) % DAY, (other - one) % DAY)


def _seen(weekdays: NDArray[np.integer], days: str) -> Iterator[int]:
    yield from (int(weekdays[day]) for day in parse_days(days))
