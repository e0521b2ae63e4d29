"""What takes people away, in words for a time axis."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from simcap.report.wording.interruptions import holidays, outages
from tests.helpers import scenario

CREW = "timezone: Europe/London, agents: 3, skills: [mail], shift: {days: Mon-Sun, start: '09:00', length: 8 h}"
TEAMS = ["day", "one", "two", "three"]
DAYS = [dt.date(2026, 12, 21) + dt.timedelta(days=n) for n in range(14)]


def plan(calendars: dict[str, str | None], **events: str) -> Any:
    teams = {
        f"vendors.north.teams.{name}": f"{{{CREW}{f', holidays: {calendar}' if calendar else ''}}}"
        for name, calendar in calendars.items()
    }
    start = {"horizon.start": "2026-12-21", "horizon.days": 14}
    return scenario(start | teams | {f"events.{name}": text for name, text in events.items()})


@pytest.mark.parametrize(
    ("calendars", "told"),
    [
        ({"day": "DE", "one": "DE", "two": None, "three": None}, ["25, 26 Dec off: day, one", "1 Jan off: day, one"]),
        ({"day": "US", "one": "US", "two": "US", "three": "US"}, ["25 Dec off: all teams", "1 Jan off: all teams"]),
        (
            {"day": "US", "one": "US", "two": "US", "three": None},
            ["25 Dec off: day, one and 1 more", "1 Jan off: day, one and 1 more"],
        ),
        (
            {"day": "US", "one": "DE", "two": None, "three": None},
            ["25, 26 Dec holidays: day, one", "1 Jan off: day, one"],
        ),
        ({"day": "{country: US, staffed: 30%}"}, ["25 Dec 30% on: day", "1 Jan 30% on: day"]),
    ],
)
def test_holidays_that_are_near_are_told_together(calendars: dict[str, str | None], told: list[str]) -> None:
    teams = [name for name in TEAMS if name in calendars]
    assert [one.text for one in holidays(plan(calendars), teams, DAYS)] == told


def test_a_holiday_weighs_the_team_days_that_it_takes() -> None:
    found = list(holidays(plan({"day": "US", "one": "DE", "two": None, "three": None}), TEAMS, DAYS))
    assert [one.weight for one in found] == [3, 2]
    assert found[0].begin == dt.datetime(2026, 12, 25)
    assert [one.short for one in found] == ["25, 26 Dec off", "1 Jan off"]


def test_outages_and_waves_are_those_of_the_teams() -> None:
    found = plan(
        {"day": None, "one": None},
        down="{outage: {team: one, from: '2026-12-22 08:00', for: 4 h, capacity: 40%}}",
        flu="{absence: {from: 2026-12-28, for: 3 days, factor: 2.5}}",
        storm="{outage: {vendor: north, from: '2026-12-23 08:00', for: 4 h}}",
    )
    told = [(one.text, one.short, one.begin) for one in outages(found, ["one"])]
    assert told == [
        ("down (outage, 40% left)", "down", dt.datetime(2026, 12, 22, 8)),
        ("flu (absence ×2.5)", "flu", dt.datetime(2026, 12, 28)),
        ("storm (outage)", "storm", dt.datetime(2026, 12, 23, 8)),
    ]
    assert [one.short for one in outages(found, ["day"])] == ["flu", "storm"]
