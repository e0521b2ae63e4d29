"""Local days: how long they are, which hours the clock shows, and those of another zone."""

from __future__ import annotations

import datetime as dt

import pytest

from simcap.demand.days import Day, LocalDays
from simcap.scenario.clock import Clock
from simcap.units import DAY, HOUR
from tests.helpers import scenario

FIRST = dt.date(2026, 10, 19)


def clock(zone: str = "Europe/London", start: str = "2026-10-19") -> Clock:
    return Clock.of(scenario({"horizon.start": start, "horizon.timezone": zone}).horizon)


@pytest.mark.parametrize(
    ("zone", "date", "length", "shown"),
    [
        ("Europe/London", "2026-10-20", 24, list(range(24))),
        ("Europe/London", "2026-10-25", 25, [0, 1, 1, *range(2, 24)]),
        ("Europe/London", "2026-03-29", 23, [0, *range(2, 24)]),
        ("Australia/Lord_Howe", "2026-10-04", 23.5, [0, 1, *range(2, 24)]),
    ],
)
def test_a_day_is_as_long_as_its_clock_makes_it(zone: str, date: str, length: float, shown: list[int]) -> None:
    day = Day.of(clock(zone, date), dt.date.fromisoformat(date), 0)
    assert (day.start, day.length) == (0.0, length * HOUR)
    weekday = dt.date.fromisoformat(date).weekday()
    assert [hour - 24 * weekday for hour in day.hours] == shown
    assert day.hour_starts[:2] == (0.0, HOUR)
    assert len(day.hour_starts) == len(day.hours)


def test_weeks_are_counted_from_the_start_and_the_warm_up_is_of_the_first() -> None:
    assert [Day.of(clock(), FIRST, index).week for index in (-8, -1, 0, 6, 7, 20)] == [0, 0, 0, 0, 1, 2]


def test_days_of_another_zone_are_those_that_a_day_has_a_part_of() -> None:
    horizon, manila = clock(), clock().elsewhere("Asia/Manila")
    day = Day.of(horizon, FIRST, 1)
    found = list(LocalDays(manila, FIRST, elsewhere=True).within(day))
    assert [local.date for local in found] == [FIRST + dt.timedelta(days=1), FIRST + dt.timedelta(days=2)]
    assert [local.index for local in found] == [1, 1], "under the number of the horizon's day"
    assert [local.start for local in found] == [DAY - 7 * HOUR, 2 * DAY - 7 * HOUR]
    assert list(LocalDays(horizon, FIRST, elsewhere=False).within(day)) == [day]
