"""On which days a team works."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcap.scenario.data.public_holidays import is_holiday
from simcap.scenario.schema.vendors import Shift, TeamSpec
from simcap.workforce.calendar import days_off, share_working, works_on
from tests.helpers import crew, scenario

MONDAY = dt.date(2026, 10, 5)
DECEMBER = [dt.date(2026, 12, day) for day in range(1, 32)]
SHIFT = "{days: %s, start: '09:00', length: 8 h}"


def shift(days: str) -> Shift:
    return Shift.model_validate({"days": days, "start": "09:00", "length": "8 h"})


@pytest.mark.parametrize(
    ("days", "worked"),
    [
        ("Mon-Fri", "1111100"),
        ("Sat-Sun", "0000011"),
        ("Fri-Mon", "1000111"),
        ("Mon, Wed, Fri", "1010100"),
        ("Mon-Sun", "1111111"),
        ("Tue", "0100000"),
    ],
)
def test_days_of_the_week(days: str, worked: str) -> None:
    found = [works_on(shift(days), MONDAY + dt.timedelta(n), np.zeros(3, np.int64)) for n in range(7)]
    assert [on.all() for on in found] == [on.any() for on in found] == [mark == "1" for mark in worked]
    assert [share_working(shift(days), MONDAY + dt.timedelta(n)) for n in range(7)] == [float(m) for m in worked]


@given(st.integers(1, 10), st.integers(0, 10), st.integers(0, 400))
def test_rotation_covers_its_share_every_day(on: int, off: int, first: int) -> None:
    cycle = on + off
    rotating = shift(f"{on} of {cycle}")
    agents = np.arange(3 * cycle, dtype=np.int64)
    days = np.array([works_on(rotating, MONDAY + dt.timedelta(first + n), agents) for n in range(2 * cycle)])
    assert (days.sum(axis=1) == 3 * on).all()
    assert (days.sum(axis=0) == 2 * on).all()
    assert np.array_equal(days[:cycle], days[cycle:])
    assert share_working(rotating, MONDAY) == on / cycle


def test_five_of_seven_gives_each_agent_two_fixed_days_off_in_a_row() -> None:
    plan = scenario(
        {
            "horizon.days": 28,
            "vendors.north.teams.day.agents": 21,
            "vendors.north.teams.day.shift": SHIFT % "5 of 7",
        }
    )
    found = crew(plan)
    there = np.array([[agent in found.on_day(day) for agent in range(21)] for day in range(28)])
    assert (there.sum(axis=1) == 15).all()
    for agent in range(21):
        week = there[:7, agent]
        assert np.array_equal(there[:, agent].reshape(4, 7), np.tile(week, (4, 1)))
        off = np.flatnonzero(~week)
        assert off.size == 2
        assert off[1] - off[0] in (1, 6)
    assert len({tuple(there[:7, agent]) for agent in range(7)}) == 7


def test_public_holidays_are_not_worked_nor_paid() -> None:
    christmas = {"horizon.start": "2026-12-24", "horizon.days": 4}
    plan = scenario({**christmas, "vendors.north.teams.day.holidays": "GB-ENG"})
    found = crew(plan)
    assert [len(found.on_day(day)) for day in range(4)] == [3, 0, 0, 3]
    assert found.paid_hours() == 2 * 3 * 8
    assert crew(scenario(christmas)).paid_hours() == 4 * 3 * 8


def test_holidays_by_country_and_part() -> None:
    assert is_holiday("DE-BY", dt.date(2026, 1, 6))
    assert not is_holiday("DE", dt.date(2026, 1, 6))
    assert is_holiday("PH", dt.date(2026, 12, 30))
    assert not is_holiday(None, dt.date(2026, 12, 25))


def test_days_off_are_those_on_which_a_shift_would_work() -> None:
    def off(**parts: object) -> list[int]:
        team = {"timezone": "Europe/London", "agents": 1, "skills": ["q"], "holidays": "GB", **parts}
        return [day.day for day in days_off(TeamSpec.model_validate(team), DECEMBER)]

    office = {"days": "Mon-Fri", "start": "09:00", "length": "8 h"}
    daily = {**office, "days": "Mon-Sun"}
    assert off(shift=office) == [25, 28]  # The 26th is a Saturday, and the 28th stands for it.
    assert off(shift=daily) == [25, 26]
    assert off(shifts={"a": {**office, "share": "50%"}, "b": {**daily, "share": "50%"}}) == [25, 26, 28]
    assert off(shift=office, holidays={"country": "GB", "staffed": "30%"}) == [25, 28]
    assert off(shift=office, holidays={"country": "GB", "staffed": "100%"}) == []
    assert off(shift=office, holidays=None) == []
    assert off(agents=None, duty="duty.csv") == []
