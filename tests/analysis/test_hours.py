"""The hours of a window by the clock, against the datetime module, one hour at a time."""

from __future__ import annotations

import datetime as dt

import pytest

from simcap.analysis.hours import days_elsewhere, readings
from simcap.analysis.lateness import hour_starts
from simcap.scenario.clock import Clock
from simcap.scenario.schema.scenario import Horizon

HORIZON = Horizon.model_validate({"start": "2026-10-19", "weeks": 2, "timezone": "Europe/London"})
"""With the end of summer time: an hour of 25 October occurs twice."""
STARTS = hour_starts(HORIZON)


def test_what_the_clock_shows() -> None:
    shown = readings(STARTS[5:])
    assert shown.hour.tolist() == [start.hour for start in STARTS[5:]]
    assert shown.weekday.tolist() == [start.weekday() for start in STARTS[5:]]
    assert shown.moment.tolist() == list(STARTS[5:])
    assert shown.since.tolist() == [(start - STARTS[5]) // dt.timedelta(hours=1) for start in STARTS[5:]]


@pytest.mark.parametrize("timezone", ["Europe/London", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_days_in_another_zone(timezone: str) -> None:
    clock = Clock.of(HORIZON)
    place = clock.elsewhere(timezone)
    assert list(days_elsewhere(HORIZON, timezone, STARTS)) == [place.day(clock.at(start)) for start in STARTS]
    assert set(days_elsewhere(HORIZON, timezone, STARTS)) != set(days_elsewhere(HORIZON, timezone, STARTS[:100]))
