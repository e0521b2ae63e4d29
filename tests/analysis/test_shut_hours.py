"""Hours to cover: closing times of a usual week into which late items wait, by all clocks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simcap.analysis.lateness import Lateness
from simcap.analysis.shut_hours import hours_to_cover
from simcap.tally import CAUSES
from simcap.units import HOUR
from tests.helpers import scenario

DAY = "vendors.north.teams.day"
FRIDAY, SATURDAY = 4 * 24, 5 * 24


def late(created: dict[int, float], first: dt.datetime = dt.datetime(2026, 10, 5), hours: int = 168) -> Lateness:
    """Return late items by hour of the week that begins on Monday, 5 October 2026."""
    counts = np.zeros(hours)
    for hour, items in created.items():
        counts[hour] = items
    starts = tuple(first + dt.timedelta(hours=hour) for hour in range(hours))
    nothing = dict.fromkeys(CAUSES, 0.0)
    return Lateness(nothing | {"nobody": float(counts.sum())}, nothing | {"nobody": 1.0}, counts, starts)


@pytest.mark.parametrize(
    ("days", "within", "created", "words"),
    [
        ("Mon-Sun", 1, {24 * day + hour: 1.0 for day in range(7) for hour in range(15, 20)}, "17:00 and 20:00"),
        ("Mon-Sun", 1, {24 * day + hour: 1.0 for day in range(7) for hour in (7, 8, 17, 18, 19)}, "17:00 and 08:00"),
        ("Mon-Fri", 24, {FRIDAY + hour: 1.0 for hour in range(13, 17)}, "Friday 17:00 and Monday 09:00"),
        ("Mon-Fri", 24, {SATURDAY + hour: 1.0 for hour in range(10, 18)}, "Saturday 10:00 and Saturday 17:00"),
        ("Mon-Fri", 2, {24 + hour: 1.0 for hour in (15, 16)}, "17:00 and 09:00"),
        ("Mon-Fri", 2, {24 + 15: 10.0, 24 + 16: 10.0, 24 + 17: 5.0}, "17:00 and 09:00"),
        ("Mon-Sun", 1, {24 + 18: 5.0}, "18:00 and 19:00"),
        ("Mon-Sun", 1, {24 + 17: 3.0, 48 + 8: 3.0}, "17:00 and 09:00"),
        ("Mon-Fri", 1, {24 + hour: 1.0 for hour in (10, 11)}, ""),
        ("Mon-Fri", 1, {}, ""),
    ],
)
def test_hours_are_those_in_which_nobody_is_there(
    days: str, within: float, created: dict[int, float], words: str
) -> None:
    plan = scenario({f"{DAY}.shift.days": days})
    assert hours_to_cover(plan, "mail", "", within * HOUR, late(created)) == (words and f"between {words}")


def test_a_team_elsewhere_closes_by_its_own_clock_also_after_the_clocks_change() -> None:
    plan = scenario({f"{DAY}.timezone": "America/New_York", "horizon.start": "2026-10-19", "horizon.days": 28})
    created = {24 * day + hour: 1.0 for day in range(7) for hour in range(24)}
    for monday, first in ((19, 22), (26, 21)):
        found = hours_to_cover(plan, "mail", "", HOUR, late(created, dt.datetime(2026, 10, monday)))
        assert found.startswith(f"between {first}:00 and "), "New York changes its clocks a week later"


def test_one_day_is_held_against_its_week() -> None:
    plan = scenario({f"{DAY}.shift.days": "Mon-Sun"})
    found = hours_to_cover(plan, "mail", "", HOUR, late({18: 4.0, 19: 4.0}, hours=24))
    assert found == "between 18:00 and 20:00"


@pytest.mark.parametrize(
    "given",
    [
        {f"{DAY}.shift": "{always: true}"},
        {f"{DAY}.shift": None, f"{DAY}.agents": None, f"{DAY}.duty": "duty.csv"},
    ],
)
def test_nothing_is_closed_where_somebody_is_always_there_or_a_file_says_who_is(given: dict[str, str | None]) -> None:
    assert hours_to_cover(scenario(given), "mail", "", HOUR, late({3: 1.0})) == ""
