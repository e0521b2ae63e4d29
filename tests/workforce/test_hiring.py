"""Planned classes, ramp limits, classes that replace leavers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcap.world.world import World, simulate  # noqa: F401
from tests.helpers import Crew, agree_share, crew, scenario

DAY = "vendors.north.teams.day"
HIRING = "vendors.north.hiring"


def hire(days: int = 42, **changes: Any) -> Crew:
    return crew(scenario({"horizon.days": days, **changes}))


def test_a_class_joins_after_its_training_with_its_graduates() -> None:
    oct_a = "{start: 2026-10-07, team: day, size: 2000, training: 3 weeks, graduates: 90%}"
    found = hire(**{f"{HIRING}.classes.oct-a": oct_a, f"{DAY}.ramp": "{start: 50%, reaches: 100%, after: 10 weeks}"})
    sizes = [len(found.on_day(day)) for day in range(42)]
    graduates = sizes[23] - 3
    assert sizes == [3] * 23 + [3 + graduates] * 19
    agree_share(graduates, 2000, 0.9, bug=0.05)
    assert found.teams["day"].members.trainees == [(2, 23, 2000)]
    first, *_, last = [speed[3:] for _, _, speed, _, _ in found.told.speeds if speed.size > 3]
    assert (first == 0.5).all()
    assert (last == 0.5 + 0.5 * 18 / 70).all()


def test_new_hires_leave_by_their_own_tenure() -> None:
    found = hire(
        **{
            f"{HIRING}.classes.oct-a": "{start: 2026-10-05, team: day, size: 4000, training: 1 week}",
            f"{DAY}.attrition.hazard": "{0-4 weeks: 30% per week, 4+ weeks: 0% per week}",
        }
    )
    stay = [(found.table()["leaves"][3:] > 7 + week * 7).mean() for week in range(6)]
    assert stay == pytest.approx([1, 0.7, 0.49, 0.343, 0.2401, 0.2401], abs=4 * 0.5 / np.sqrt(4000))
    assert np.isinf(found.table()["leaves"][:3]).all()


def test_a_class_may_have_begun_before_the_start() -> None:
    found = hire(7, **{f"{HIRING}.classes.sep": "{start: 2026-09-21, team: day, size: 5, training: 16 days}"})
    assert [len(found.on_day(day)) for day in range(7)] == [3, 3, 8, 8, 8, 8, 8]


def test_a_class_without_training_is_there_on_its_first_day() -> None:
    classes = "{start: 2026-10-07, team: day, size: 5, training: 0 days}"
    for start in ("'00:00'", "'09:00'"):
        found = hire(7, **{f"{HIRING}.classes.now": classes, f"{DAY}.shift.start": start})
        assert [len(found.on_day(day)) for day in range(7)] == [3, 3, 8, 8, 8, 8, 8]


def test_the_ramp_limit_moves_seats_to_the_first_of_the_next_months() -> None:
    classes = (
        "{a: {start: 2026-10-12, team: day, size: 8, training: 1 week},"
        " b: {start: 2026-10-19, team: day, size: 16, training: 1 week}}"
    )
    found = hire(
        84,
        **{
            f"{HIRING}.classes": classes,
            "vendors.north.contract": "{currency: USD, ramp_limit: {hires_per_month: 10}}",
        },
    )
    assert sorted(found.teams["day"].members.trainees) == [(7, 14, 8), (14, 21, 2), (27, 34, 10), (57, 64, 4)]
    sizes = [len(found.on_day(day)) for day in (13, 14, 21, 34, 64)]
    assert sizes == [3, 11, 13, 23, 27]
    parts = "2 on 2026-10-19, 10 on 2026-11-01, 4 on 2026-12-01"
    said = f"north: class b exceeds the ramp limit of 10 hires a month; it starts with {parts}"
    assert found.context.notes == [said]
    assert np.unique(found.table()["key"]).size == 27


def test_classes_of_one_name_at_two_vendors_are_other_people() -> None:
    a = "{start: 2026-10-05, team: %s, size: 50, training: 0 days}"
    south = "{timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}"
    found = hire(
        1,
        **{
            f"{HIRING}.classes.a": a % "day",
            "vendors.south.teams.far": south,
            "vendors.south.hiring.classes.a": a % "far",
        },
    )
    assert not np.intersect1d(found.table()["key"], found.table("far")["key"]).size


BACKFILL = "{review: 1 week, class_size: 5, lead_time: 2 weeks, training: 1 week}"


def test_back_fill_orders_a_class_for_every_few_leavers() -> None:
    found = hire(
        280,
        **{
            f"{HIRING}.backfill": BACKFILL,
            f"{DAY}.agents": 60,
            f"{DAY}.attrition": "{per_year: 60%}",
            f"{DAY}.shift.days": "Mon",
        },
    )
    leaves = found.table()["leaves"]
    classes = [first for first, *_ in sorted(found.teams["day"].members.trainees)]
    for day in range(280):
        reviewed = (day - 14) // 7 * 7
        gone = np.count_nonzero(leaves <= reviewed)
        assert sum(first <= day for first in classes) == max(gone // 5, 0), day
    assert len(classes) >= 5
    joined = found.table()["joined"]
    planned = sorted(last for _, last, seats in found.teams["day"].members.trainees for _ in range(seats))
    assert sorted(joined[60:]) == planned[: joined.size - 60]
    assert np.unique(found.table()["key"]).size == joined.size
    size = [np.count_nonzero((joined <= day) & (leaves > day)) for day in range(280)]
    assert min(size) > 40


def test_back_fill_is_of_the_team_it_names_and_within_the_ramp_limit() -> None:
    other = "{timezone: UTC, agents: 40, skills: [mail], shift: {days: Mon, start: '09:00', length: 8 h}}"
    found = hire(
        140,
        **{
            f"{HIRING}.backfill": BACKFILL.replace("{", "{team: other, ", 1),
            "vendors.north.teams.other": other,
            "vendors.north.attrition": "{per_year: 90%}",
            "vendors.north.contract": "{currency: USD, ramp_limit: {hires_per_month: 4}}",
        },
    )
    assert not found.teams["day"].members.trainees
    by_month: dict[int, int] = {}
    for first, _, seats in found.teams["other"].members.trainees:
        day = np.datetime64("2026-10-05") + first
        month = int(day.astype("datetime64[M]").astype(int))
        by_month[month] = by_month.get(month, 0) + seats
    assert max(by_month.values()) == 4
    assert len(by_month) >= 3


def test_a_cut_is_not_replaced_but_leavers_are() -> None:
    changes = {
        f"{HIRING}.backfill": BACKFILL,
        f"{DAY}.agents": 100,
        f"{DAY}.shift.days": "Mon",
        "events.cut": "{headcount: {team: day, from: 2026-10-12, change: -20}}",
    }
    assert not hire(**changes).teams["day"].members.trainees
    found = hire(84, **changes, **{f"{DAY}.attrition": "{per_year: 80%}"})
    left = np.count_nonzero((found.table()["leaves"] <= 70) & ~found.table()["cut"])
    assert len(found.teams["day"].members.trainees) >= left // 5 > 0
