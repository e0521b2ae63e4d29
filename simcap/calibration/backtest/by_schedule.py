"""Positions of all teams together, shared out by their shifts: who was there, as far as a plan can tell it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.roles import LENGTH
from simcap.scenario.data.instants import wall
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import Shift, TeamSpec, parse_days
from simcap.units import DAY

Array = NDArray[np.float64]

_FAINT = 1e-3
"""Part of a team that counts as there outside its shifts, so that overrun belongs to somebody."""


def shared_out(there: pd.DataFrame, staffed: str, scenario: Scenario) -> pd.DataFrame:
    """Return positions by vendor and team: those of each interval as the teams' shifts have people in its middle.

    Columns as they are; `there` has start and length in seconds and the column `staffed`, of all teams together.
    """
    middle = (there["start"] + there[LENGTH] / 2).to_numpy(float)
    teams = [(vendor, team, spec) for vendor, one in scenario.vendors.items() for team, spec in one.teams.items()]
    expected = np.stack([_expected(spec, middle) for _, _, spec in teams])
    shares = expected / np.maximum(expected.sum(axis=0), 1e-12)
    parts = [
        there.assign(vendor=vendor, team=team, **{staffed: there[staffed].to_numpy(float) * share})
        for (vendor, team, _), share in zip(teams, shares, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def days_share(shift: Shift) -> float:
    """Return the share of days on which someone on a shift works."""
    days = frozenset(range(7)) if shift.always or shift.days is None else parse_days(shift.days)
    return days[0] / days[1] if isinstance(days, tuple) else len(days) / 7


def shifts_of(spec: TeamSpec) -> list[tuple[Shift, float]]:
    """Return the shifts of a team, each with its share of the team."""
    if spec.shift is not None:
        return [(spec.shift, 1.0)]
    return [(shift, shift.share) for shift in (spec.shifts or {}).values()]


def _expected(spec: TeamSpec, moments: Array) -> Array:
    """Return how many of a team are on shift at moments in POSIX seconds, by its plan."""
    local = wall(moments, spec.timezone)
    found = np.full(moments.size, _FAINT)
    for shift, share in shifts_of(spec):
        if shift.always or shift.start is None or shift.length is None or shift.days is None:
            found += share
            continue
        since = (local - shift.start) % DAY
        # 1 January 1970 was a Thursday.
        weekday = (np.floor((local - since) / DAY).astype(np.int64) + 3) % 7
        days = parse_days(shift.days)
        works = days[0] / days[1] if isinstance(days, tuple) else np.isin(weekday, sorted(days)).astype(float)
        found += share * works * (since < shift.length)
    return (spec.agents or 0) * found
