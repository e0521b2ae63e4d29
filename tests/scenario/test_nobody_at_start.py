"""Teams that begin with nobody, and vendors that go live later: what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simcap.scenario.reading.checks import check
from simcap.scenario.reading.loading import load
from simcap.scenario.schema.scenario import Scenario

from .conftest import GONE, changed

Refused = Callable[[dict[str, Any], str], list[str]]

TEAM = "vendors.north.teams.manila"
CUT = {"events.cut": {"headcount": {"team": "manila", "from": "2026-10-12", "change": -3}}}
ROSTER = {f"{TEAM}.agents": GONE, f"{TEAM}.roster": "r.csv"}


def test_a_team_may_begin_with_nobody() -> None:
    assert check(Scenario.model_validate(changed({f"{TEAM}.agents": 0}))) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({f"{TEAM}.agents": -1}, f"{TEAM}.agents: -1 is out of bounds; it must be at least 0"),
        ({f"{TEAM}.agents": 0, **CUT}, "events.cut.headcount.change: cuts 3 agents, but manila has 0 at most by then"),
        ({"vendors.south.go_live": "2026-11-02"}, "vendors.south.go_live: 2026-11-02 is after the horizon, which ends"),
        ({"vendors.south.go_live": "soon"}, "vendors.south.go_live: 'soon' is not a date"),
    ],
)
def test_what_cannot_be_is_refused_at_its_key(refused: Refused, changes: dict[str, Any], message: str) -> None:
    refused(changes, message)


def test_who_is_still_to_come_can_be_cut(write: Callable[..., Path], refused: Refused) -> None:
    write("agent,hired\na,2026-01-05\nb,2026-10-07\nc,2026-10-07\nd,2026-12-07\n", "r.csv")
    load(write(changed({**ROSTER, **CUT})))
    write("agent,hired,left\na,2026-01-05,2026-09-01\nb,2026-10-07,\nc,2026-10-07,\n", "r.csv")
    refused({**ROSTER, **CUT}, "cuts 3 agents, but manila has 2 at most by then")
