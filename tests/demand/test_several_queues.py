"""An event that names several queues is the same event on each of them, and on no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcap.demand.demand import Demand
from simcap.scenario.clock import Clock
from simcap.scenario.effective import factor_steps
from simcap.scenario.schema.scenario import Scenario
from tests.helpers import NOWHERE, scenario

QUEUES = ("mail", "chat", "calls")
DAYS = 7
FROM = "2026-10-06"
EVENTS: dict[str, dict[str, Any]] = {
    "surge": {"from": FROM, "for": "2 days", "factor": 1.5},
    "handle_time": {"from": FROM, "factor": 1.2},
    "policy_change": {"from": FROM, "factor": 1.3, "recovers_in": "2 days"},
    "automation": {"from": FROM, "removes": "25%", "handle_time_factor": 1.1},
    "allocation": {"from": FROM, "shares": {"north": "30%", "south": "70%"}},
}


def with_events(events: dict[str, Any]) -> Scenario:
    team = {
        "timezone": "Europe/London",
        "agents": 3,
        "skills": list(QUEUES),
        "shift": {"days": "Mon-Sun", "start": "09:00", "length": "8 h"},
    }
    return scenario(
        {
            "queues": {name: {"arrivals": {"per_day": 100}, "handle_time": {"constant": "5 min"}} for name in QUEUES},
            "vendors": {vendor: {"teams": {f"{vendor} day": team}} for vendor in ("north", "south")},
            "routing.allocation": {name: {"north": "60%", "south": "40%"} for name in QUEUES},
            "events": events,
        }
    )


def felt(one: Scenario) -> dict[str, tuple[list[float], object, list[tuple[float, float]]]]:
    """Return by queue the items expected each day, its splits and the steps of its handle time."""
    demand = Demand(one, NOWHERE)
    steps = {name: factor_steps(one, Clock.of(one.horizon), name) for name in QUEUES}
    expected = [[demand.expected(queue, demand.day(day)) for day in range(DAYS)] for queue in range(len(QUEUES))]
    return {name: (expected[place], demand.epochs[name], steps[name]) for place, name in enumerate(QUEUES)}


@pytest.mark.parametrize("kind", EVENTS)
def test_several_queues_feel_what_one_event_each_would_do(kind: str) -> None:
    several = felt(with_events({"a": {kind: {"queues": ["mail", "calls"], **EVENTS[kind]}}}))
    each = felt(with_events({name: {kind: {"queue": name, **EVENTS[kind]}} for name in ("mail", "calls")}))
    none = felt(with_events({}))
    assert several == each
    assert several["chat"] == none["chat"]
    assert all(several[name] != none[name] for name in ("mail", "calls"))


def test_a_classifier_decides_its_share_on_each_of_several_queues() -> None:
    several = with_events({"a": {"automation": {"queues": ["mail", "calls"], **EVENTS["automation"]}}})
    expected = np.array([felt(several)[name][0] for name in QUEUES])
    assert expected[:, 0] == pytest.approx([100, 100, 100])
    assert expected[:, 1:] == pytest.approx(np.array([[75] * 6, [100] * 6, [75] * 6]))
