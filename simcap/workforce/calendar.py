"""The local days on which a team works: days of the week, and rotations."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.data.public_holidays import is_off
from simcap.scenario.schema.vendors import Shift, TeamSpec, parse_days

ALL_WEEK: Final = frozenset(range(7))

_days = functools.lru_cache(maxsize=256)(parse_days)


def shifts_of(team: TeamSpec) -> list[tuple[Shift, float]]:
    """Return the shifts of a team, each with its share of the agents; none for a team with a duty file."""
    if team.shifts:
        return [(shift, shift.share) for shift in team.shifts.values()]
    return [(team.shift, 1.0)] if team.shift is not None else []


def at_ends_of(team: TeamSpec) -> tuple[str, ...]:
    """Return what happens to the item in hand at the end of each shift of a team; with a duty file, of any shift."""
    return tuple(shift.at_end for shift, _ in shifts_of(team)) or (team.at_end or "finish",)


def works_on(shift: Shift, day: dt.date, rotation: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which agents of a shift work on a local day, given their places in the rotation."""
    if shift.always:
        return np.ones(rotation.size, bool)
    assert shift.days is not None
    days = _days(shift.days)
    if isinstance(days, tuple):
        on, cycle = days
        return np.asarray((day.toordinal() + rotation) % cycle < on)
    return np.full(rotation.size, day.weekday() in days)


def rotation_of(shift: Shift) -> tuple[int, int] | None:
    """Return the days on, and the days in the cycle, of a shift whose days off rotate; None for any other shift."""
    days = _days(shift.days) if shift.days is not None else None
    return days if isinstance(days, tuple) else None


def weekdays_of(shift: Shift) -> frozenset[int]:
    """Return the weekdays (Monday = 0) on which some agents of a shift work."""
    days = _days(shift.days) if shift.days is not None else ALL_WEEK
    return days if isinstance(days, frozenset) else ALL_WEEK


def phase(shift: Shift, day: dt.date) -> int:
    """Return the number of a local day in its week or rotation: on days with the same number, the same agents work."""
    if shift.always:
        return 0
    assert shift.days is not None
    days = _days(shift.days)
    return day.toordinal() % days[1] if isinstance(days, tuple) else day.weekday()


def share_working(shift: Shift, day: dt.date) -> float:
    """Return the share of a shift's agents who work on a local day, ignoring holidays."""
    if shift.always:
        return 1.0
    assert shift.days is not None
    days = _days(shift.days)
    return days[0] / days[1] if isinstance(days, tuple) else float(day.weekday() in days)


def days_off(team: TeamSpec, days: Iterable[dt.date]) -> tuple[dt.date, ...]:
    """Return the days, among some, on which a shift of a team would work were it not for a public holiday.

    A skeleton crew may still work; a duty file says exactly who works, whatever the holidays.
    """
    if team.holidays is None or team.holidays.staffed >= 1:
        return ()
    working = [weekdays_of(shift) for shift, _ in shifts_of(team)]
    return tuple(day for day in days if any(day.weekday() in on and is_off(team.holidays, on, day) for on in working))
