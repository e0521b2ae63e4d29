"""Events in words."""

from __future__ import annotations

from typing import Any

import pytest

from simcap.scenario.reading.event_words import WORDS, in_words
from simcap.scenario.schema.events import Event

DOCUMENT = {
    "routing": {
        "allocation": {name: {"north": "60%", "south": "40%"} for name in ("mail", "calls")}
        | {"chat": {"north": "100%"}}
    }
}
SPLIT = {"from": "2026-11-30", "shares": {"north": "30%", "south": "70%"}}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            {"surge": {"queues": ["mail", "calls"], "from": "2026-11-30", "for": "2 days", "factor": 1.5}},
            "volume of mail and calls: x1.5, from 30 November for 2 days",
        ),
        (
            {"surge": {"queue": "mail", "from": "2026-11-30", "for": "2 days", "factor": 1.5}},
            "volume of mail: x1.5, from 30 November for 2 days",
        ),
        (
            {"handle_time": {"queues": ["mail", "chat", "calls"], "from": "2026-11-30", "factor": 1.2}},
            "handle time of mail, chat and calls: x1.2, from 30 November",
        ),
        ({"handle_time": {"from": "2026-11-30", "factor": 1.2}}, "handle time of all queues: x1.2, from 30 November"),
        (
            {"automation": {"queues": ["mail", "calls"], "from": "2026-11-30", "removes": "30%"}},
            "mail and calls: a classifier decides 30% of the items, from 30 November",
        ),
        (
            {"allocation": {"queues": ["mail", "calls"], **SPLIT}},
            "mail and calls: north 60% -> 30%, south 40% -> 70%, from 30 November",
        ),
        (
            {"allocation": {"queues": ["mail", "chat"], **SPLIT}},
            "mail and chat: north 30%, south 70%, from 30 November",
        ),
        (
            {"allocation": {"queue": "mail", **SPLIT}},
            "mail: north 60% -> 30%, south 40% -> 70%, from 30 November",
        ),
    ],
)
def test_queues_are_named(event: dict[str, Any], words: str) -> None:
    assert in_words(event, DOCUMENT) == words


def test_every_kind_of_event_has_words() -> None:
    assert set(WORDS) == set(Event.model_fields)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            {"training": {"team": "day", "from": "2026-11-30", "hours": 4, "agents": "50%"}},
            "4 h of training for 50% of day, from 30 November",
        ),
        (
            {
                "cross_train": {
                    "team": "day",
                    "agents": 6,
                    "adds": ["mail", "chat"],
                    "from": "2026-11-30",
                    "for": "1 week",
                }
            },
            "6 agents of day learn mail and chat, from 30 November for 1 week",
        ),
        (
            {"random_outages": {"vendor": "north", "per_year": 8, "for": {"constant": "3 h"}}},
            "north down 8 times a year, at random",
        ),
    ],
)
def test_people_and_chance_have_words_too(event: dict[str, Any], words: str) -> None:
    assert in_words(event, DOCUMENT) == words
