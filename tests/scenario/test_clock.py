"""Readings of a clock on the wall, in zones that change it at all sorts of hours."""

from __future__ import annotations

import datetime as dt

import pytest

from simcap.scenario.clock import Clock
from simcap.units import DAY, HOUR

ZONES = [
    ("Europe/London", 2026),
    ("America/Sao_Paulo", 2017),
    ("Asia/Beirut", 2026),
    ("Africa/Cairo", 2026),
    ("America/Havana", 2026),
    ("Atlantic/Azores", 2026),
    ("Australia/Lord_Howe", 2026),
    ("Africa/Casablanca", 2026),
    ("America/St_Johns", 2006),
    ("Antarctica/Troll", 2026),
    ("Pacific/Apia", 2011),
    ("Asia/Manila", 2026),
]


@pytest.mark.parametrize(
    ("zone", "reading", "moment"),
    [
        ("Europe/London", "2026-03-29 00:59", "2026-03-29 00:59"),
        ("Europe/London", "2026-03-29 01:00", "2026-03-29 01:00"),
        ("Europe/London", "2026-03-29 01:59", "2026-03-29 01:00"),
        ("Europe/London", "2026-03-29 02:00", "2026-03-29 01:00"),
        ("Europe/London", "2026-10-25 01:30", "2026-10-25 00:30"),
        ("Europe/London", "2026-10-25 02:00", "2026-10-25 02:00"),
        ("America/Sao_Paulo", "2017-10-15 00:30", "2017-10-15 03:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:20", "2026-10-03 15:30"),
        ("Pacific/Apia", "2011-12-30 09:00", "2011-12-30 10:00"),
    ],
)
def test_a_skipped_reading_is_the_change_and_a_repeated_one_the_first(zone: str, reading: str, moment: str) -> None:
    local = dt.datetime.fromisoformat(reading)
    clock = Clock(0.0, zone)
    expected = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC).timestamp()
    assert clock.at(local) == expected
    seconds = (local - dt.datetime.combine(local.date(), dt.time())).total_seconds()
    assert clock.moment(local.date(), seconds) == expected


@pytest.mark.parametrize(("zone", "year"), ZONES)
def test_later_readings_never_come_before_earlier_ones(zone: str, year: int) -> None:
    clock = Clock(0.0, zone)
    begin = dt.datetime(year, 1, 1)
    moments = [clock.at(begin + dt.timedelta(minutes=20 * n)) for n in range(365 * 72)]
    assert moments == sorted(moments)


def test_whole_days_follow_the_clock_and_hours_elapse() -> None:
    clock = Clock(0.0, "Europe/London")
    saturday = dt.datetime(2026, 10, 24)
    assert clock.after(saturday, 2 * DAY) == clock.at(dt.datetime(2026, 10, 26)) == clock.at(saturday) + 49 * HOUR
    assert clock.after(saturday, 30 * HOUR) == clock.at(saturday) + 30 * HOUR
