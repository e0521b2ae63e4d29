"""Paid and scheduled seconds by cell, and the meeting that decides on overtime."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from simcap.scenario.clock import Clock
from simcap.scenario.schema.hiring import Overtime
from simcap.scenario.schema.vendors import Shift
from simcap.units import HOUR
from simcap.workforce.pay import StandUp, TimeSheet
from simcap.workforce.spans import ShiftClock
from tests.helpers import scenario

MONDAY = dt.date(2026, 10, 5)
PLAN = Overtime.model_validate({"when": {"backlog_hours": 10}, "adds": "2 h", "max_per_week": "5 h"})


def test_a_span_is_counted_in_the_cells_that_it_touches() -> None:
    hours = TimeSheet(np.array([0.0, 10.0, 20.0]))
    hours.pay(5.0, 10.0, 3.0)
    hours.schedule(15.0, 10.0, 0.5)
    hours.pay(8.0, -4.0, 9.0)
    assert hours.paid.tolist() == [15.0, 15.0, 0.0]
    assert hours.scheduled.tolist() == [0.0, 2.5, 0.0], "what lies beyond the cells is not counted"


def a_meeting(backlog: list[float], plan: Overtime | None = PLAN, length: int = 8) -> StandUp:
    """Return the meeting of two shifts from 09:00, which sees one backlog after another."""
    clock = Clock.of(scenario().horizon)
    shift = Shift.model_validate({"days": "Mon-Sun", "start": "09:00", "length": f"{length} h"})
    floor = SimpleNamespace(backlog_hours=lambda team: backlog.pop(0) if team == 4 else 0.0)
    setting = cast(Any, SimpleNamespace(floor=floor))
    return StandUp(setting, 4, plan, [ShiftClock(shift, 0.0, clock)] * 2)


def days(meeting: StandUp, count: int, shift: int = 0) -> list[float]:
    return [meeting.overtime(shift, MONDAY + dt.timedelta(days=day)) / HOUR for day in range(count)]


def test_a_shift_works_longer_where_the_backlog_asks_for_it() -> None:
    meeting = a_meeting([9.9, 10.0, 0.0, 50.0])
    assert meeting.longest == 2 * HOUR
    assert days(meeting, 4) == [0, 2, 0, 2]


def test_a_week_has_its_limit_for_each_shift() -> None:
    meeting = a_meeting([20.0] * 9)
    assert days(meeting, 8) == [2, 2, 0, 0, 0, 0, 0, 2], "a third time would be six hours; Monday is another week"
    assert days(meeting, 3, shift=1) == [2, 2, 0]


def test_a_shift_works_not_into_the_next_one() -> None:
    assert days(a_meeting([20.0], length=23), 1) == [1]


@pytest.mark.parametrize("backlog", [[], [99.0]])
def test_without_a_plan_nobody_works_longer(backlog: list[float]) -> None:
    meeting = a_meeting(backlog, None)
    assert (meeting.longest, days(meeting, 1)) == (0.0, [0])
