"""When shifts begin and end, by the clock on the wall."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from simcap.scenario.clock import Clock
from simcap.scenario.schema.vendors import Shift
from simcap.units import DAY, HOUR, MINUTE
from simcap.workforce.spans import ShiftClock
from tests.helpers import scenario

FIRST = dt.date(2026, 10, 19)
CLOCK = Clock.of(
    scenario({"horizon.start": "2026-10-19", "horizon.days": 14, "horizon.timezone": "Europe/Paris"}).horizon
)
SATURDAY = dt.date(2026, 10, 24)
"""In the night after it the clocks go back an hour."""


def shift(**parts: Any) -> ShiftClock:
    return ShiftClock(Shift.model_validate({"days": "Mon-Sun"} | parts), 0.0, CLOCK)


def test_a_day_shift_is_as_long_as_it_says() -> None:
    day = shift(start="09:00", length="8 h", breaks=[{"after": "4 h", "for": "30 min"}])
    span = day.on(FIRST)
    assert (span.begin, span.end, span.length) == (9 * HOUR, 17 * HOUR, 8 * HOUR)
    assert span.pattern is day.usual
    after = day.on(SATURDAY + dt.timedelta(days=1))
    assert after.begin == 6 * DAY + 10 * HOUR, "an hour later, by the clock before"
    assert after.length == 8 * HOUR


def test_a_night_in_which_the_clocks_go_back_is_an_hour_longer() -> None:
    pauses = [{"after": "2 h", "for": "15 min"}, {"after": "6 h", "for": "30 min"}]
    night = shift(start="22:00", length="8 h", breaks=pauses)
    span = night.on(SATURDAY)
    assert (span.begin, span.length) == (5 * DAY + 22 * HOUR, 9 * HOUR)
    found = [(pause.after, pause.for_) for pause in span.pattern.breaks]
    assert found == [(2 * HOUR, 15 * MINUTE), (7 * HOUR, 30 * MINUTE)], "at 00:00 and at 04:00, as every night"
    assert span.pattern.length == 9 * HOUR


def test_a_shift_around_the_clock_is_a_day() -> None:
    assert ShiftClock(Shift.model_validate({"always": True}), 0.0, CLOCK).on(FIRST).length == DAY


@pytest.mark.parametrize(("after", "moved"), [(210, 3.5), (270, 4.0), (300, 4.0)])
def test_a_night_in_which_the_clocks_go_forward_is_an_hour_shorter(after: int, moved: float) -> None:
    plan = scenario({"horizon.start": "2026-03-23", "horizon.days": 14, "horizon.timezone": "Europe/Paris"})
    pauses = [{"after": f"{after} min", "for": "30 min"}]
    terms = {"days": "Mon-Sun", "start": "22:00", "length": "8 h", "breaks": pauses}
    night = ShiftClock(Shift.model_validate(terms), 0.0, Clock.of(plan.horizon))
    assert night.on(dt.date(2026, 3, 27)).length == 8 * HOUR
    span = night.on(dt.date(2026, 3, 28))
    assert span.length == 7 * HOUR
    # A break at 01:30 is where it is every night; one at 02:30, which no clock shows, begins as that hour is skipped.
    assert [(pause.after / HOUR, pause.for_ / HOUR) for pause in span.pattern.breaks] == [(moved, 0.5)]
