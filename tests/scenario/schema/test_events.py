"""Events: exactly one kind, and of work those queues that are named."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from simcap.scenario.schema.events import Automation, Event, Surge, WorkEvent
from simcap.units import DAY

SURGE = {"from": "2026-10-07", "for": "2 days", "factor": 2}


@pytest.mark.parametrize(
    ("named", "queues", "mail", "clock"),
    [
        ({}, None, True, None),
        ({"queue": "mail"}, ("mail",), True, "mail"),
        ({"queue": "chat"}, ("chat",), False, "mail"),
        ({"queues": ["chat", "mail"]}, ("chat", "mail"), True, "mail"),
    ],
)
def test_an_event_happens_to_the_queues_that_it_names(
    named: dict[str, Any], queues: tuple[str, ...] | None, mail: bool, clock: str | None
) -> None:
    event = WorkEvent.model_validate(named)
    assert (event.named, event.touches("mail"), event.dated_by("mail")) == (queues, mail, clock)


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        (WorkEvent, {"queue": "mail", "queues": ["chat"]}, "takes one of queue, queues; queue and queues are given"),
        (WorkEvent, {"queues": []}, "queues"),
        (Automation, {"from": "2026-10-07", "removes": "30%"}, "exactly one of queue, queues; none is given"),
        (Event, {}, "exactly one of surge, outage"),
        (
            Event,
            {"surge": SURGE, "training": {"team": "day", "from": "2026-10-07", "hours": 1}},
            "surge and training are",
        ),
        (Surge, SURGE | {"for": "0 days"}, "for"),
    ],
)
def test_what_an_event_lacks_or_has_too_much_is_told(kind: Any, given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(given)


def test_an_event_knows_its_kind() -> None:
    event = Event.model_validate({"surge": SURGE})
    assert event.kind == "surge"
    assert event.surge is not None
    assert (event.surge.for_, event.surge.in_forecast) == (2 * DAY, True)
