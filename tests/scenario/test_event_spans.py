"""When events begin and end, each by the clock that dates it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from simcap.scenario.event_spans import outage_span, own_clock, surge_span, touched, wave_span
from simcap.scenario.schema.events import AbsenceWave, Outage, Surge
from simcap.units import DAY, HOUR
from tests.helpers import scenario

MANILA = {
    "horizon": {"start": "2026-10-19", "days": 14, "timezone": "Europe/London", "warm_up": "0 days"},
    "queues.chat": "{arrivals: {per_day: 9, timezone: Asia/Manila}, handle_time: {constant: 1 min}}",
    "vendors.south": "{teams: {far: {timezone: Asia/Manila, agents: 1, skills: [chat], shift: {always: true}}}}",
}
PLAN = scenario(MANILA)


@pytest.mark.parametrize(
    ("queue", "named", "begin"),
    [("mail", {"queue": "mail"}, 2 * DAY), ("chat", {"queue": "chat"}, 2 * DAY - 7 * HOUR), ("chat", {}, 2 * DAY)],
)
def test_a_surge_is_dated_by_the_clock_of_the_queue_it_names(queue: str, named: dict[str, Any], begin: float) -> None:
    surge = Surge.model_validate({"from": "2026-10-21", "for": "2 days", "factor": 2} | named)
    assert surge_span(PLAN, surge, queue) == (begin, begin + 2 * DAY)
    assert own_clock(PLAN, surge, queue).at(dt.datetime(2026, 10, 21)) == begin


def test_days_of_a_surge_are_by_the_clock_and_those_of_an_outage_elapse() -> None:
    span = {"from": "2026-10-24", "for": "2 days"}
    begin = 5 * DAY
    assert surge_span(PLAN, Surge.model_validate(span | {"factor": 2}), "mail") == (begin, begin + 49 * HOUR)
    assert outage_span(PLAN, Outage.model_validate(span)) == (begin, begin + 48 * HOUR)


def test_an_outage_of_a_team_is_dated_by_its_clock() -> None:
    terms = {"from": "2026-10-21 08:00", "for": "4 h"}
    assert outage_span(PLAN, Outage.model_validate(terms | {"team": "far"})) == (2 * DAY + HOUR, 2 * DAY + 5 * HOUR)
    assert outage_span(PLAN, Outage.model_validate(terms))[0] == 2 * DAY + 8 * HOUR


def test_a_wave_holds_from_the_first_team_on_to_the_last() -> None:
    wave = AbsenceWave.model_validate({"from": "2026-10-21", "for": "36 h", "factor": 3})
    assert wave_span(PLAN, wave, ["far"]) == (2 * DAY - 7 * HOUR, 4 * DAY - 7 * HOUR)
    assert wave_span(PLAN, wave, ["day", "far"]) == (2 * DAY - 7 * HOUR, 4 * DAY)


@pytest.mark.parametrize(
    ("named", "teams"),
    [
        ({}, ["day", "far"]),
        ({"team": "far"}, ["far"]),
        ({"vendor": "north"}, ["day"]),
        ({"team": "far", "vendor": "north"}, []),
    ],
)
def test_an_event_touches_the_teams_that_it_names(named: dict[str, str], teams: list[str]) -> None:
    wave = AbsenceWave.model_validate({"from": "2026-10-21", "for": "1 day", "factor": 3} | named)
    assert touched(PLAN, wave, ["day", "far"]) == teams
