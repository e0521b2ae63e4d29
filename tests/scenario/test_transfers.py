"""What is said of a transfer that cannot be, and of one that can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simcap.scenario.reading.checks import check
from simcap.scenario.reading.differences import differences
from simcap.scenario.schema.scenario import Scenario

from .conftest import BASE, SHIFT, changed

Refused = Callable[[dict[str, Any], str], list[str]]

NIGHT = {"timezone": "Asia/Manila", "agents": 10, "skills": ["listings"], "shift": SHIFT}
EXACT = {"timezone": "Asia/Manila", "duty": "duty.csv", "skills": ["listings"]}


def move(**changes: object) -> dict[str, object]:
    plan = {"from": "manila", "to": "night", "agents": 5, "on": "2026-10-19"} | changes
    return {"vendors.north.teams.night": NIGHT, "events.it": {"transfer": plan}}


AT = "events.it.transfer"
WRONG = [
    ({"from": "manilla"}, f"{AT}.from: there is no team 'manilla'; did you mean 'manila'?"),
    ({"to": "nights"}, f"{AT}.to: there is no team 'nights'; did you mean 'night'?"),
    ({"to": "manila"}, f"{AT}.to: manila is the team that they leave; name the one that they join"),
    (
        {"to": "krakow"},
        "krakow is a team of south, manila of north: people of one vendor cannot be moved to another; write a cut",
    ),
    ({"on": "2026-11-02"}, f"{AT}.on: 2026-11-02 is after the horizon, which ends on 2026-11-01"),
    ({"on": "2026-10-04"}, f"{AT}.on: 2026-10-04 is before horizon.start, 2026-10-05"),
    ({"agents": 46}, f"{AT}.agents: 46 agents, but manila never has more than 45; move fewer"),
    ({"agents": 0}, f"{AT}.agents: 0 is out of bounds; it must be more than 0"),
    ({"training": "0 days"}, f"{AT}.training: is zero; it must be above zero"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG)
def test_what_cannot_be_is_refused_at_its_key(refused: Refused, changes: dict[str, Any], message: str) -> None:
    refused(move(**changes), message)


def test_who_has_gone_before_cannot_move_and_who_has_come_can() -> None:
    found = changed(move(agents=45, on="2026-10-12"))
    found["events"]["before"] = {"transfer": {"from": "manila", "to": "night", "agents": 1, "on": "2026-10-12"}}
    problems = [message for _, message in check(Scenario.model_validate(found))]
    assert problems == [
        "45 agents, but manila never has more than 45, 1 of whom other events take by then; move fewer",
        "1 agent, but manila never has more than 45, 45 of whom other events take by then; move fewer",
    ]
    found["events"]["before"]["transfer"] |= {"from": "night", "to": "manila", "on": "2026-10-07"}
    assert check(Scenario.model_validate(found)) == []


def test_a_duty_file_lets_nobody_go_or_come() -> None:
    found = changed({**move(), "vendors.north.teams.night": EXACT})
    ((path, message),) = check(Scenario.model_validate(found))
    assert path == f"{AT}.to"
    assert message == "night has a duty file, which says exactly who is there; name a team with shifts"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "5 agents move from manila to night, from 19 October"),
        ({"agents": 1, "training": "1 week"}, "1 agent moves from manila to night (training 1 week), from 19 October"),
    ],
)
def test_a_transfer_in_words(changes: dict[str, Any], words: str) -> None:
    base = changed({"vendors.north.teams.night": NIGHT})
    assert differences(base, changed(move(**changes), BASE)) == [words]
