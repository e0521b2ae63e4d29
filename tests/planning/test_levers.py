"""What a programme can change: bounds, dates and words of each lever, and the patch that a plan makes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from simcap.planning.levers import (
    Kind,
    Lever,
    change_in_words,
    levers_of,
    limits,
    patch_of,
    presence,
    strength,
    waiting,
)
from simcap.scenario.schema.scenario import Scenario
from tests.helpers import scenario

START = dt.date(2026, 10, 5)
ALL_KINDS: tuple[Kind, ...] = ("agents", "class", "overtime")
NORTH = "vendors.north"
BACKFILL = "{review: 1 week, class_size: 4, lead_time: 10 days, training: 12 h, graduates: 75%}"
HIRING = {"horizon.days": 35, f"{NORTH}.hiring.backfill": BACKFILL}


def plan(**changes: Any) -> Scenario:
    return scenario({"horizon.days": 35, f"{NORTH}.teams.day.agents": 8, **changes})


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def test_sizes_where_nothing_says_how_long_hiring_takes() -> None:
    """From one agent on to four times as many, 20 at least; overtime is there where none is."""
    assert levers_of(plan(), START, ALL_KINDS) == [
        Lever("agents", "north", "day", -7, 32),
        Lever("overtime", "north", "", 0, 1),
    ]
    assert levers_of(plan(**{f"{NORTH}.teams.day.agents": 4}), START, ("agents",))[0].high == 20
    assert levers_of(plan(**{f"{NORTH}.teams.day.agents": 6}), START, ("agents",))[0].high == 24
    assert levers_of(plan(), START, ("overtime",)) == [Lever("overtime", "north", "", 0, 1)]
    assert levers_of(plan(), START, ("class",))[0].kind == "class"
    own = "{when: {backlog_hours: 4}, adds: 1 h, max_per_week: 3 h}"
    assert levers_of(plan(**{f"{NORTH}.overtime": own}), START, ("overtime",)) == []


def test_a_team_of_a_file_is_left_as_it_is_and_others_not() -> None:
    other = "{timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}"
    changes = {f"{NORTH}.teams.day.agents": None, f"{NORTH}.teams.day.roster": "r.csv", f"{NORTH}.teams.late": other}
    assert [lever.team for lever in levers_of(plan(**changes), START, ("agents",))] == ["late"]


@pytest.mark.parametrize(
    ("notice", "today", "low"),
    [
        ("0 days", 0, -7),
        ("30 days", 0, 0),
        ("30 days", -30, -7),
        ("30 days", -29, 0),
        ("36 h", -2, -7),
        ("36 h", -1, 0),
    ],
)
def test_nobody_goes_before_notice_is_over(notice: str, today: int, low: int) -> None:
    contract = {f"{NORTH}.contract": f"{{currency: USD, notice: {notice}}}"}
    (lever,) = levers_of(plan(**contract), day(today), ("agents",))
    assert lever.low == low


def test_a_team_of_nobody_need_not_have_any() -> None:
    (lever,) = levers_of(plan(**{f"{NORTH}.teams.day.agents": 0}), START, ("agents",))
    assert (lever.low, lever.high) == (0, 80)
    (lever,) = levers_of(plan(**{f"{NORTH}.teams.day.agents": 1}), START, ("agents",))
    assert (lever.low, lever.high) == (0, 20)


def test_what_a_vendor_says_of_hiring() -> None:
    """Days are whole: 10 of lead time and one of training; without a back-fill its longest class tells."""
    assert waiting(plan().vendors["north"]) == 0
    assert waiting(plan(**HIRING).vendors["north"]) == 11
    classes = {
        f"{NORTH}.hiring.classes.{name}": f"{{start: 2026-10-12, team: day, size: 2, training: {training}}}"
        for name, training in (("a", "1 week"), ("b", "30 h"), ("c", "3 days"))
    }
    assert waiting(plan(**classes).vendors["north"]) == 7
    assert waiting(plan(**classes, **HIRING).vendors["north"]) == 11


def test_a_class_for_each_week_in_which_one_can_be_felt() -> None:
    """Approved today, in training on day 10, on the floor a day later; one on day 34 of 35 is the last."""
    found = levers_of(plan(**HIRING), START, ("agents", "class"))
    assert [(one.kind, one.team, one.low, one.high) for one in found] == [("class", "day", 0, 8)] * 4
    assert [(one.approve, one.start, one.arrives) for one in found] == [
        (day(week * 7), day(10 + week * 7), day(11 + week * 7)) for week in range(4)
    ]
    assert len({one.group for one in found}) == 1
    assert [one.start for one in levers_of(plan(**HIRING), day(-30), ("class",))] == [
        day(7 * week) for week in range(5)
    ]
    late = levers_of(plan(**HIRING), day(2), ("class",))
    assert late[-1].arrives == day(34)
    assert levers_of(plan(**HIRING), day(24), ("class",)) == []


def test_team_sizes_where_approval_is_early_enough() -> None:
    for today, kind in ((-11, "agents"), (-10, "class")):
        assert levers_of(plan(**HIRING), day(today), ("agents", "class"))[0].kind == kind
    assert levers_of(plan(**HIRING), day(-10), ("agents",)) == []


LIMIT = {f"{NORTH}.contract": "{currency: USD, ramp_limit: {hires_per_month: 5}}"}
OCTOBER = {f"{NORTH}.hiring.classes.a": "{start: 2026-10-12, team: day, size: 2, training: 1 week}"}


def test_the_ramp_limit_leaves_what_is_not_planned() -> None:
    assert limits(plan(), "north") == {}
    found = limits(plan(**LIMIT, **OCTOBER), "north")
    assert found == {(2026, 10): 3, (2026, 11): 5, (2026, 12): 5, (2027, 1): 5}, "35 days and two months after them"
    full = {f"{NORTH}.hiring.classes.b": "{start: 2026-11-02, team: day, size: 9, training: 1 week}"}
    assert limits(plan(**LIMIT, **OCTOBER, **full), "north")[2026, 11] == 0
    twice = {f"{NORTH}.hiring.classes.b": "{start: 2026-10-19, team: day, size: 2, training: 1 week}"}
    assert limits(plan(**LIMIT, **OCTOBER, **twice), "north")[2026, 10] == 1
    before = {f"{NORTH}.hiring.classes.b": "{start: 2026-09-28, team: day, size: 2, training: 1 week}"}
    assert limits(plan(**LIMIT, **before), "north")[2026, 9] == 3


def test_classes_keep_to_the_ramp_limit() -> None:
    full = {f"{NORTH}.hiring.classes.b": "{start: 2026-11-02, team: day, size: 5, training: 1 week}"}
    found = levers_of(plan(**LIMIT, **OCTOBER, **full, **HIRING), START, ("class",))
    assert [(one.start, one.high) for one in found] == [(day(10), 3), (day(17), 3), (day(24), 3)]


def test_a_plan_as_a_patch() -> None:
    agents, overtime = Lever("agents", "north", "day", -7, 32), Lever("overtime", "north", "", 0, 1)
    seats = Lever("class", "north", "day", 0, 8, day(10), day(0), day(11))
    assert patch_of(plan(), {agents: -3}) == {"vendors": {"north": {"teams": {"day": {"agents": 5}}}}}
    assert patch_of(plan(), {}) == {}
    assert patch_of(plan(), {agents: 0, seats: 0}) == {}
    assert patch_of(plan(**{f"{NORTH}.teams.day.agents": 0}), {agents: 4})["vendors"]["north"]["teams"] == {
        "day": {"agents": 4}
    }
    row = {"start": day(10), "team": "day", "size": 6, "training": "1 days", "graduates": 0.75}
    patch = patch_of(plan(**HIRING), {seats: 6, overtime: 1})
    assert patch["vendors"]["north"]["hiring"] == {"classes": {"staff-day-2026-10-15": row}}
    assert patch["vendors"]["north"]["overtime"] == {
        "when": {"backlog_hours": 0},
        "adds": "2 h",
        "max_per_week": "6 h",
    }
    (bare,) = patch_of(plan(), {seats: 6})["vendors"]["north"]["hiring"]["classes"].values()
    assert bare == {"start": day(10), "team": "day", "size": 6, "training": "0 days"}
    later = Lever("class", "north", "day", 0, 8, day(17), day(7), day(18))
    assert len(patch_of(plan(**HIRING), {seats: 6, later: 1})["vendors"]["north"]["hiring"]["classes"]) == 2


RAMP = {f"{NORTH}.ramp": "{steps: [50%, 100%]}"}
"""Half speed in the first week, full from then on."""


def test_days_that_a_class_is_there_by_its_speed() -> None:
    """On the floor from day 11 on, of weeks 0 to 3: none, three days at half speed, all of the third, faster then."""
    begins, ends = np.array([0.0, 7, 14, 21]), np.array([7.0, 14, 21, 28])
    seats = Lever("class", "north", "day", 0, 8, day(10), day(0), day(11))
    later = Lever("class", "north", "day", 0, 8, day(17), day(7), day(18))
    days = presence(plan(**RAMP), seats, begins, ends)
    assert days.tolist() == [0, 1.5, 3.5, 7], "in the middle of the third week, on day 17.5, it is there for 6.5 days"
    assert presence(plan(), seats, begins, ends).tolist() == [0, 3, 7, 7]
    assert presence(plan(), Lever("agents", "north", "day", 0, 9), begins, ends).tolist() == [7] * 4
    assert strength(plan(**RAMP), later, seats, begins, ends).tolist() == pytest.approx([0, 0, 1.5 / 3.5, 0.5])
    assert strength(plan(**RAMP), seats, seats, begins, ends).tolist() == [0, 1, 1, 1]
    overtime = Lever("overtime", "north", "", 0, 1)
    assert strength(plan(), overtime, overtime, begins, ends).tolist() == [1] * 4


def test_a_plan_in_words() -> None:
    seats = Lever("class", "north", "day", 0, 8, day(10), day(0), day(11))
    assert change_in_words(seats, 6) == (
        "day: a class of 6 from 2026-10-15, approved by 2026-10-05, on the floor 2026-10-16"
    )
    assert change_in_words(Lever("agents", "north", "day", 0, 9), 3) == "day: +3 agents at the start"
    assert change_in_words(Lever("agents", "north", "day", -9, 9), -3) == "day: -3 agents at the start"
    words = "north: overtime, 2 h a day, 6 h a week, while work waits"
    assert change_in_words(Lever("overtime", "north", "", 0, 1), 1) == words


def test_large_teams_small_limits_and_long_horizons() -> None:
    many = plan(**{**HIRING, "horizon.days": 119, f"{NORTH}.teams.day.agents": 80})
    found = levers_of(many, day(-10), ("class",))
    assert [one.start for one in found] == [day(7 * week) for week in range(17)]
    assert {(one.vendor, one.high) for one in found} == {("north", 80)}
    one_left = {f"{NORTH}.hiring.classes.a": "{start: 2026-10-12, team: day, size: 4, training: 1 week}"}
    assert levers_of(plan(**LIMIT, **one_left, **HIRING), START, ("class",))[0].high == 1
    assert max(limits(plan(**LIMIT, **{"horizon.days": 26}), "north")) == (2026, 12), (
        "62 days later it is new year's eve"
    )


def test_what_stays_as_it_is_hides_no_other() -> None:
    seats = Lever("class", "north", "day", 0, 8, day(10), day(0), day(11))
    assert list(
        patch_of(plan(**HIRING), {Lever("agents", "north", "day", -7, 32): 0, seats: 6})["vendors"]["north"]
    ) == ["hiring"]


def test_a_class_of_part_of_a_day_is_held_against_its_like() -> None:
    begins, ends = np.array([0.0]), np.array([12.0])
    seats = Lever("class", "north", "day", 0, 8, day(10), day(0), day(11))
    assert presence(plan(**RAMP), seats, begins, ends).tolist() == [0.5]
    assert strength(plan(**RAMP), seats, seats, begins, ends).tolist() == [1]
