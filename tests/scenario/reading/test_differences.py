"""What differs between scenarios, in words."""

from __future__ import annotations

from typing import Any

import pytest

from simcap.scenario.reading.differences import differences, patches

BASE: dict[str, Any] = {
    "name": "base",
    "description": "one",
    "queues": {"listings": {"arrivals": {"per_week": 250000}, "sla": {"4 h": {"target": "95%"}}}},
    "vendors": {"north": {"teams": {"day": {"agents": 140, "skills": ["listings", "appeals"]}}}},
    "routing": {"allocation": {"listings": {"north": "60%", "south": "40%"}}},
}


def changed(path: str, value: object) -> dict[str, Any]:
    def put(part: Any, keys: list[str]) -> Any:
        if not keys:
            return value
        return {**part, keys[0]: put(part.get(keys[0], {}), keys[1:])}

    return put(BASE, path.split("."))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("routing.allocation.listings.north", "40%", "routing, allocation, listings, north: 60% -> 40%"),
        ("vendors.north.teams.day.agents", 120, "north, day, agents: 140 -> 120"),
        ("queues.listings.arrivals.per_week", 275000, "listings, per_week: 250,000 -> 275,000"),
        ("vendors.north.teams.day.skills", ["listings"], "north, day, skills: listings, appeals -> listings"),
        (
            "events",
            {"cut": {"headcount": {"team": "day", "from": "2026-11-30", "change": -20}}},
            "day: -20 agents, from 30 November",
        ),
        (
            "events.reshare",
            {"allocation": {"queue": "listings", "from": "2026-11-30", "shares": {"north": "40%", "east": "60%"}}},
            "listings: north 60% -> 40%, east 60%, from 30 November",
        ),
        (
            "events.flu",
            {"absence": {"team": "day", "from": "2026-11-03 09:00", "for": "2 weeks", "factor": 2}},
            "absence of day: x2, from 3 November 09:00 for 2 weeks",
        ),
        ("events.odd", {"random_outages": {"per_year": 2}}, "all teams down 2 times a year, at random"),
        ("vendors.north.teams.day.holidays", "PH", "north, day, holidays: PH (new)"),
    ],
)
def test_a_change_is_one_line(path: str, value: object, line: str) -> None:
    assert differences(BASE, changed(path, value)) == [line]


def test_a_calendar_instead_of_a_country_says_what_is_new_in_it() -> None:
    base = changed("vendors.north.teams.day.holidays", "PL")
    variant = changed("vendors.north.teams.day.holidays", {"country": "PL", "staffed": "40%"})
    assert patches(base, variant) == [
        (
            "north, day, holidays: staffed 40% (new)",
            {"vendors": {"north": {"teams": {"day": {"holidays": {"country": "PL", "staffed": "40%"}}}}}},
        )
    ]


def test_events_of_the_same_words_are_told_apart() -> None:
    cut = {"headcount": {"team": "day", "from": "2026-11-30", "change": "-20"}}
    lines = differences(
        BASE, changed("events", {"one": cut, "two": cut, "three": {"headcount": {**cut["headcount"], "change": -5}}})
    )
    assert [line.split(" ")[0] for line in lines] == ["one:", "two:", "day:"]


def test_what_is_gone_is_said() -> None:
    variant = {key: value for key, value in BASE.items() if key != "routing"}
    assert differences(BASE, variant) == ["routing: removed (allocation listings north 60%, south 40%)"]


def test_a_whole_vendor_that_is_new_or_gone_is_told_in_a_line() -> None:
    teams = {f"team-{n}": {"timezone": "UTC", "agents": 10 + n, "skills": ["listings"]} for n in range(9)}
    other = changed("vendors.east", {"title": "East BPO", "teams": teams})
    words = "title East BPO, teams team-0 timezone UTC, agents 10, skills listings, team-1 timezone UTC, ..."
    assert differences(BASE, other) == [f"east: {words} (new)"]
    assert differences(other, BASE) == [f"east: removed ({words})"]
    long = "x" * 150
    assert differences(BASE, changed("vendors.north.title", long)) == [f"north, title: {long} (new)"]


def test_names_and_replications_are_no_difference() -> None:
    variant = {**BASE, "name": "other", "description": "two", "simulation": {"replications": 3}}
    assert differences(BASE, variant) == []
