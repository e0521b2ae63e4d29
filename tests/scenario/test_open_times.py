"""Spans in which a clock of business hours runs, and when it has run for so long."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from simcap.scenario.clock import Clock
from simcap.scenario.open_times import OpenTimes, open_times
from simcap.scenario.schema.business_hours import BusinessHours
from simcap.units import DAY, HOUR
from tests.helpers import scenario

MONDAY = dt.date(2026, 10, 19)
CLOCK = Clock.of(scenario({"horizon.start": "2026-10-19", "horizon.days": 14}).horizon)


def times(*hours: str, until: float = 7 * DAY, more: float = 8 * HOUR, **parts: Any) -> OpenTimes:
    plan = BusinessHours.model_validate({"hours": list(hours)} | parts)
    return open_times(plan, CLOCK, MONDAY, until, more)


def test_a_clock_runs_in_its_spans_alone() -> None:
    office = times("Mon-Fri 09:00-17:00")
    moments = np.array([0, 9, 12, 17, 20, 24 + 10, 5 * 24 + 12]) * HOUR
    assert (office.elapsed(moments) / HOUR).tolist() == [0, 0, 3, 8, 8, 9, 40]
    begin = np.array([10, 16, 18, 4 * 24 + 16]) * HOUR
    # Two hours from Friday 16:00 on end on Monday at 10:00, an hour later by the clock before it went back.
    assert (office.due(begin, 2 * HOUR) / HOUR).tolist() == [12, 24 + 10, 24 + 11, 7 * 24 + 11]


def test_what_ends_as_the_hours_do_is_due_then() -> None:
    office = times("Mon-Fri 09:00-17:00")
    assert office.due(np.array([16 * HOUR]), HOUR).tolist() == [17 * HOUR]
    assert np.isinf(office.due(np.array([10 * HOUR]), 1000 * HOUR)).all(), "beyond the last span"


def test_hours_are_by_their_own_zone_without_its_holidays() -> None:
    assert (times("Mon-Fri 09:00-17:00", timezone="Asia/Manila").opens[:2] / HOUR).tolist() == [2, 26]
    free = times("Mon-Sun 09:00-17:00", holidays={"add": ["2026-10-20"]})
    assert (free.opens[:2] / HOUR).tolist() == [9, 2 * 24 + 9]


def test_spans_that_meet_are_one() -> None:
    found = times("Mon-Fri 09:00-13:00", "Mon-Fri 12:00-17:00", "Sat 10:00-12:00")
    assert (found.opens[:6] / HOUR % 24).tolist() == [9, 9, 9, 9, 9, 10]
    assert ((found.closes - found.opens)[:6] / HOUR).tolist() == [8] * 5 + [2]


def test_hours_that_never_come_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^hours: Mon-Fri 09:00-17:00 never come; write for example Mon-Fri 09:00"):
        times(
            "Mon-Fri 09:00-17:00", holidays={"add": [f"{MONDAY + dt.timedelta(days=n)}" for n in range(5 * 366 + 30)]}
        )
