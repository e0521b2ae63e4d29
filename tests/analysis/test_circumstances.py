"""What was special about the hours in which late items came, in words and in hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from simcap.analysis.circumstances import Circumstance, circumstances, main_circumstance, usual_hours
from simcap.analysis.lateness import Lateness, hour_starts
from simcap.scenario.schema.scenario import Scenario
from tests.helpers import scenario

START = dt.datetime(2026, 12, 21)
"""A Monday; all of these days are winter in both zones."""
DUBLIN = "{timezone: Europe/Dublin, agents: 3, skills: [mail], shift: {days: Mon-Sun, start: '09:00', length: 8 h}"
MANILA = "{timezone: Asia/Manila, agents: 3, skills: [chat], shift: {days: Mon-Sun, start: '09:00', length: 8 h}"
CHAT = "{arrivals: {per_day: 100}, handle_time: {constant: 5 min}}"


def plan(**changes: Any) -> Scenario:
    """Return two weeks at the end of the year: mail in dublin (north), chat in manila (south)."""
    return scenario(
        {
            "horizon.start": START.date().isoformat(),
            "horizon.days": 14,
            "queues.chat": CHAT,
            "vendors.north.teams": None,
            "vendors.north.teams.dublin": f"{DUBLIN}}}",
            "vendors.south.teams.manila": f"{MANILA}}}",
            **changes,
        }
    )


def found(told: Scenario, queue: str = "mail", vendor: str = "") -> list[Circumstance]:
    return list(circumstances(told, queue, vendor, hour_starts(told.horizon)))


def hours(one: Circumstance) -> tuple[dt.datetime, dt.datetime, int]:
    """Return the first and the last hour of a circumstance, and how many there are."""
    inside = np.flatnonzero(one.inside)
    first, last = (START + dt.timedelta(hours=int(inside[place])) for place in (0, -1))
    return first, last, len(inside)


def at(day: int, hour: int = 0, month: int = 12) -> dt.datetime:
    return dt.datetime(2026, month, day, hour)


# -- public holidays --------------------------------------------------------------------------------------------------


def holidays(text: str) -> dict[str, str]:
    return {"vendors.north.teams.dublin": f"{DUBLIN}, holidays: {text}}}"}


def test_holidays_are_named_when_a_team_has_the_day_off() -> None:
    (one,) = found(plan(**holidays("{add: [2026-12-25, 2026-12-26, 2027-01-01]}")))
    assert one.kind == "holiday"
    assert one.words == "on 25 and 26 December and 1 January, when dublin has the day off"
    assert one.inside.sum() == 72
    assert one.inside[4 * 24 : 6 * 24].all()
    assert one.inside[11 * 24 : 12 * 24].all()


def test_holidays_of_teams_that_do_not_serve_the_queue_are_not_told() -> None:
    told = plan(**holidays("{add: [2026-12-24, 2026-12-25, 2026-12-26]}"))
    assert found(told, "chat") == []
    assert found(told, "mail", "south") == []
    (one,) = found(told, "mail", "north")
    assert one.words == "on 24, 25 and 26 December, when dublin has the day off"


def test_teams_with_the_same_days_off_are_told_together() -> None:
    extra = {"vendors.north.teams.cork": f"{DUBLIN}, holidays: {{add: [2026-12-25]}}}}"}
    (one,) = found(plan(**holidays("{add: [2026-12-25]}"), **extra))
    assert one.words == "on 25 December, when dublin and cork have the day off"
    both = found(plan(**holidays("{add: [2026-12-28]}"), **extra))
    assert [each.words for each in both] == [
        "on 28 December, when dublin has the day off",
        "on 25 December, when cork has the day off",
    ]


def test_a_substitute_is_off_for_those_who_have_the_day_itself_off_anyway() -> None:
    """In 2026 Boxing Day is a Saturday, and Monday 28 December its substitute in Great Britain."""
    daily = plan(**holidays("GB"))
    office = {"vendors.north.teams.dublin": f"{DUBLIN}, holidays: GB}}".replace("Mon-Sun", "Mon-Fri")}
    (one,) = found(daily)
    assert one.words == "on 25 and 26 December and 1 January, when dublin has the day off"
    (one,) = found(plan(**office))
    assert one.words == "on 25 and 28 December and 1 January, when dublin has the day off"


def test_of_a_rota_a_day_counts_that_any_of_the_shifts_has_off() -> None:
    early, late = (f"{{share: 50%, days: {days}, start: '06:00', length: 8 h}}" for days in ("Mon-Sun", "Mon-Fri"))
    team = f"{{timezone: Europe/Dublin, agents: 3, skills: [mail], holidays: GB, shifts: {{a: {early}, b: {late}}}}}"
    (one,) = found(plan(**{"vendors.north.teams.dublin": team}))
    assert one.words == "on 25, 26 and 28 December and 1 January, when dublin has the day off"


# -- events -----------------------------------------------------------------------------------------------------------


def event(text: str) -> dict[str, str]:
    return {"events.odd": text}


@pytest.mark.parametrize(
    ("text", "kind", "words", "span"),
    [
        (
            "{surge: {queue: mail, from: 2026-12-24 20:00, for: 4 h, factor: 2}}",
            "surge",
            "while odd lasts (24 December, 20:00 to 24:00)",
            (at(24, 20), at(24, 23), 4),
        ),
        (
            "{surge: {from: 2026-12-24 20:30, for: 30 h, factor: 2}}",
            "surge",
            "while odd lasts (24 December to 26 December)",
            (at(24, 20), at(26, 2), 31),
        ),
        (
            "{outage: {team: dublin, from: 2026-12-22 10:00, for: 2 h}}",
            "outage",
            "while odd lasts (22 December, 10:00 to 12:00)",
            (at(22, 10), at(22, 11), 2),
        ),
        (
            "{outage: {team: dublin, from: 2026-12-22 22:00, for: 121 min}}",
            "outage",
            "while odd lasts (22 December to 23 December)",
            (at(22, 22), at(23, 0), 3),
        ),
        (
            "{outage: {vendor: north, from: 2026-12-22 10:00, for: 2 h}}",
            "outage",
            "while odd lasts (22 December, 10:00 to 12:00)",
            (at(22, 10), at(22, 11), 2),
        ),
        (
            "{outage: {from: 2026-12-22 10:00, for: 2 h}}",
            "outage",
            "while odd lasts (22 December, 10:00 to 12:00)",
            (at(22, 10), at(22, 11), 2),
        ),
        (
            "{absence: {team: dublin, from: 2026-12-22, for: 3 days, factor: 2}}",
            "absence",
            "while odd lasts (22 December to 24 December)",
            (at(22), at(24, 23), 72),
        ),
        (
            "{absence: {vendor: north, from: 2026-12-22, for: 1 day, factor: 2}}",
            "absence",
            "while odd lasts (22 December)",
            (at(22), at(22, 23), 24),
        ),
        (
            "{policy_change: {queue: mail, from: 2026-12-23 09:00, factor: 1.4, recovers_in: 2 days}}",
            "policy",
            "while odd lasts (23 December to 25 December)",
            (at(23, 9), at(25, 8), 48),
        ),
    ],
)
def test_an_event_that_lasts_is_told_with_its_time(
    text: str, kind: str, words: str, span: tuple[dt.datetime, dt.datetime, int]
) -> None:
    (one,) = found(plan(**event(text)))
    assert (one.kind, one.words, hours(one)) == (kind, words, span)


def test_an_outage_of_a_team_is_dated_by_the_zone_of_the_team() -> None:
    (one,) = found(plan(**event("{outage: {team: manila, from: 2026-12-22 10:00, for: 2 h}}")), "chat")
    assert one.words == "while odd lasts (22 December, 02:00 to 04:00)"
    assert hours(one) == (at(22, 2), at(22, 3), 2)
    (one,) = found(plan(**event("{outage: {vendor: south, from: 2026-12-22 10:00, for: 2 h}}")), "chat")
    assert one.words == "while odd lasts (22 December, 10:00 to 12:00)", "of a vendor by the horizon's"


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("{surge: {queue: chat, from: 2026-12-24 20:00, for: 2 h, factor: 2}}", 12),
        ("{surge: {from: 2026-12-24 20:00, for: 2 h, factor: 2}}", 20),
        ("{policy_change: {queue: chat, from: 2026-12-24 20:00, factor: 2, recovers_in: 2 h}}", 12),
        ("{policy_change: {from: 2026-12-24 20:00, factor: 2, recovers_in: 2 h}}", 20),
    ],
)
def test_what_names_a_queue_is_dated_by_the_zone_of_the_queue(text: str, hour: int) -> None:
    told = plan(**event(text), **{"queues.chat.arrivals.timezone": "Asia/Manila"})
    (one,) = found(told, "chat")
    assert one.words == f"while odd lasts (24 December, {hour}:00 to {hour + 2}:00)"
    assert hours(one) == (at(24, hour), at(24, hour + 1), 2)


@pytest.mark.parametrize(
    "text",
    [
        "{surge: {queue: chat, from: 2026-12-24 20:00, for: 4 h, factor: 2}}",
        "{surge: {queue: mail, from: 2026-12-24 20:00, for: 4 h, factor: 1}}",
        "{surge: {queue: mail, from: 2026-12-24 20:00, for: 4 h, factor: 0.5}}",
        "{surge: {queue: mail, from: 2026-12-20 00:00, for: 60 days, factor: 2}}",
        "{outage: {team: manila, from: 2026-12-22 10:00, for: 2 h}}",
        "{outage: {vendor: south, from: 2026-12-22 10:00, for: 2 h}}",
        "{absence: {team: manila, from: 2026-12-22, for: 3 days, factor: 2}}",
        "{absence: {vendor: south, from: 2026-12-22, for: 3 days, factor: 2}}",
        "{policy_change: {queue: chat, from: 2026-12-23 09:00, factor: 1.4, recovers_in: 2 days}}",
        "{policy_change: {queue: mail, from: 2026-12-23 09:00, factor: 1, recovers_in: 2 days}}",
        "{handle_time: {queue: mail, from: 2026-12-23 09:00, factor: 2}}",
    ],
)
def test_what_cannot_move_the_waits_or_lasts_all_the_time_tells_nothing(text: str) -> None:
    assert found(plan(**event(text))) == []


# -- the one that tells -----------------------------------------------------------------------------------------------


def late_items(created: Mapping[dt.datetime, float], days: int = 14) -> Lateness:
    starts = tuple(START + dt.timedelta(hours=hour) for hour in range(24 * days))
    return Lateness({}, {}, np.array([created.get(start, 0.0) for start in starts]), starts)


def main(told: Scenario, created: Mapping[dt.datetime, float]) -> tuple[str, float]:
    best, share = main_circumstance(told, "mail", "", late_items(created))
    return ("" if best is None else best.kind), share


ODD = event("{surge: {queue: mail, from: 2026-12-24 20:00, for: 4 h, factor: 2}}")


def test_a_circumstance_is_told_from_half_of_the_late_items_on() -> None:
    told = plan(**ODD)
    assert main(told, {at(24, 21): 50.0, at(22, 9): 50.0}) == ("surge", 0.5)
    assert main(told, {at(24, 21): 49.0, at(22, 9): 51.0}) == ("", 0.0)
    assert main(told, {}) == ("", 0.0)


def test_a_circumstance_of_most_of_the_time_needs_more_than_its_share() -> None:
    told = plan(**event("{surge: {queue: mail, from: 2026-12-21 00:00, for: 7 days, factor: 2}}"))
    assert main(told, {at(22, 9): 75.0, at(30, 9): 25.0}) == ("surge", 0.75), "half of the time, and half as much again"
    assert main(told, {at(22, 9): 74.0, at(30, 9): 26.0}) == ("", 0.0)


def test_what_brings_the_cause_is_told_however_long_it_lasts() -> None:
    week = event("{outage: {team: dublin, from: 2026-12-21 00:00, for: 7 days}}")
    created = {at(22, 9): 60.0, at(30, 9): 40.0}
    for told, cause in [(plan(**week), "stopped"), (plan(**holidays("{add: [2026-12-22]}")), "nobody")]:
        best, share = main_circumstance(told, "mail", "", late_items(created), cause)
        assert best is not None
        assert share == 0.6
    assert main_circumstance(plan(**week), "mail", "", late_items(created), "nobody") == (None, 0.0)
    always = plan(**event("{outage: {team: dublin, from: 2026-12-21 00:00, for: 14 days}}"))
    best, share = main_circumstance(always, "mail", "", late_items(created), "stopped")
    assert best is not None
    assert (best.kind, share) == ("outage", 1.0)


def test_the_circumstance_of_most_late_items_is_told() -> None:
    told = plan(**ODD, **holidays("{add: [2026-12-24]}"))
    assert main(told, {at(24, 21): 60.0, at(24, 9): 20.0, at(22, 9): 20.0}) == ("holiday", 0.8)
    assert main(told, {at(24, 21): 60.0, at(22, 9): 40.0}) == ("surge", 0.6), "of two alike the later one, an event"


# -- hours of the week ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("created", "words"),
    [
        ({at(27, 20): 4.0, at(27, 23): 4.0}, "on Sunday between 20:00 and 00:00"),
        ({at(27, 23): 5.0, at(28, 0): 5.0}, "on Monday and Sunday between 23:00 and 01:00"),
        ({at(23, 9): 8.0, at(25, 15): 2.0}, "on Wednesday between 09:00 and 10:00"),
        ({at(24, 9): 79.0, at(25, 15): 21.0}, "on Thursday and Friday between 09:00 and 16:00"),
        ({at(day, 12): 1.0 for day in range(21, 28)}, "between 12:00 and 13:00"),
        ({at(22, hour): 1.0 for hour in range(24)}, "on Tuesday"),
        ({at(26, hour): 1.0 for hour in range(17)}, "on Saturday between 00:00 and 14:00"),
        ({at(26, hour): 1.0 for hour in range(18)}, "on Saturday"),
        ({at(day, hour): 1.0 for day in range(21, 28) for hour in range(24)}, ""),
    ],
)
def test_usual_hours_in_words(created: dict[dt.datetime, float], words: str) -> None:
    assert usual_hours(late_items(created)) == words
