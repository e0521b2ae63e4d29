"""What becomes of the items that wait at the start: known answers, and the same as in the whole run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcap.floor.state import DECIDED, EXPIRED, PICKED_UP
from simcap.streams import Streams
from simcap.units import HOUR
from simcap.world import open_items
from simcap.world.open_items import fates
from simcap.world.world import World
from tests.helpers import NOWHERE, scenario

START = {"horizon.start": "'2026-10-05 12:00'", "queues.mail.arrivals": None, "queues.mail.handle_time.constant": "1 h"}
ALWAYS = {"vendors.north.teams.day.agents": 1, "vendors.north.teams.day.shift": "{always: true}"}


def test_items_are_decided_one_after_the_other_from_the_start_on() -> None:
    plan = scenario({**START, **ALWAYS, "queues.mail.backlog": {"ages": ["3 h", "2 h", "1 h"]}})
    found = fates(plan, NOWHERE, Streams(1, 0))
    assert (found.picked_up / HOUR).tolist() == [12, 13, 14]
    assert (found.decided / HOUR).tolist() == [13, 14, 15]
    assert np.isinf(found.expired).all()


def test_an_item_that_nobody_reaches_is_never_decided() -> None:
    shift = {"vendors.north.teams.day.agents": 1, "vendors.north.teams.day.shift.days": "Sat"}
    short = {"horizon.days": 2, "queues.mail.backlog": {"ages": ["3 h"]}, "queues.mail.expires.after.constant": "50 h"}
    found = fates(scenario({**START, **shift, **short}), NOWHERE, Streams(1, 0))
    assert np.isinf(found.decided).all()
    assert np.isinf(found.picked_up).all()
    sla = {"queues.mail.sla.day": {"measure": "wait", "within": "24 h", "target": "90%", "per": "day"}}
    later = fates(scenario({**START, **shift, **short, **sla}), NOWHERE, Streams(1, 0))
    assert (later.expired / HOUR).tolist() == [12 - 3 + 50]


@pytest.mark.parametrize("lines", [8, 1 << 16])
def test_fates_are_those_of_the_run(lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if the journal is too short at first."""
    monkeypatch.setattr(open_items, "_LINES", lines)
    changes: dict[str, Any] = {
        "horizon.start": "'2026-10-05 10:30'",
        "horizon.days": 3,
        "queues.mail.arrivals.per_day": 400,
        "queues.mail.handle_time": "{exponential: 4 min}",
        "queues.mail.backlog": {"ages": [f"{minutes} min" for minutes in range(0, 600, 5)]},
        "queues.mail.expires.after": "{exponential: 20 h}",
        "queues.mail.sla.4 h": {"measure": "turnaround", "within": "4 h", "target": "90%", "per": "day"},
    }
    plan = scenario(changes)
    found = fates(plan, NOWHERE, Streams(7, 1))
    world = World(plan, NOWHERE, Streams(7, 1), journal=1 << 16)
    lines_of = world.run().journal
    for kind, moments in ((PICKED_UP, found.picked_up), (DECIDED, found.decided), (EXPIRED, found.expired)):
        for key, moment in zip(world.demand.backlog_keys(0, Streams(7, 1)).tolist(), moments.tolist(), strict=True):
            seen = lines_of["time"][(lines_of["id"] == key) & (lines_of["kind"] == kind)]
            assert (seen.min() if seen.size else np.inf) == moment
    assert 0 < np.isfinite(found.expired).sum() < np.isfinite(found.decided).sum()
