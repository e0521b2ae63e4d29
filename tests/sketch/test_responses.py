"""Responses to queues in a sketch: those of teams that have no other, and the largest of several."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from simcap.scenario.schema.scenario import Scenario
from simcap.sketch.presence import LastPresence
from simcap.sketch.sketch import Sketcher
from simcap.streams import Streams
from simcap.tally import Tally
from tests.helpers import NOWHERE
from tests.sketch.test_against_runs import DAY, changed

NIGHT = "vendors.south.teams.night"
APART: dict[str, Any] = {
    "queues.listings.arrivals.per_week": 30000,
    "routing": {"allocation": {"listings": {"north": "75%", "south": "25%"}}},
    f"{DAY}.skills": ["listings"],
    f"{NIGHT}.skills": ["listings"],
    "vendors.north.teams.late.skills": ["images"],
}
MOVE = {"events.move": {"allocation": {"queue": "listings", "from": "2026-10-14", "shares": {"south": 1.0}}}}


def terms(hours: int) -> dict[str, str]:
    return {"to": "backlog", "normal": f"{hours} h", "elasticity": "80%", "at_least": "50%", "at_most": "200%"}


def sketched(scenario: Scenario, presences: LastPresence | None = None) -> Tally:
    return Sketcher(scenario, NOWHERE, presences=presences).sketch(scenario, Streams(11, 0))


def same(one: Tally, other: Tally) -> bool:
    names = (field.name for field in dataclasses.fields(Tally))
    pairs = [(getattr(one, name), getattr(other, name)) for name in names if name not in ("names", "grid")]
    return all(np.array_equal(mine, theirs) for mine, theirs in pairs if isinstance(mine, np.ndarray))


def test_teams_that_have_one_queue_respond_to_their_vendors_share_of_it() -> None:
    by_queue = sketched(changed({**APART, "queues.listings.responds": terms(120)}))
    by_team = sketched(changed({**APART, f"{DAY}.responds": terms(90), f"{NIGHT}.responds": terms(30)}))
    assert same(by_queue, by_team)
    assert not same(by_queue, sketched(changed(APART)))


def test_without_a_share_as_many_come_as_otherwise() -> None:
    """From the 14th on, nothing comes to the north: its day is as planned, whatever is left there."""
    responds = {"queues.listings.responds": terms(120)}
    planned, moved = (sketched(changed({**APART, **MOVE, **more})) for more in ({}, responds))
    paid, paid_as_planned = moved.paid[0, :-1], planned.paid[0, :-1]
    after = np.array(planned.grid.cell_day)[: paid.size] >= 10
    assert np.array_equal(paid[after], paid_as_planned[after])
    assert not np.array_equal(paid[~after], paid_as_planned[~after])


def test_people_who_respond_are_not_those_who_do_not() -> None:
    presences = LastPresence()
    sketched(changed(APART), presences)
    responding = changed({**APART, "queues.listings.responds": terms(120)})
    assert same(sketched(responding, presences), sketched(responding))


def test_the_queue_that_asks_for_the_most_decides() -> None:
    """Terms that never ask for more than others change nothing."""
    listings, images = {"queues.listings.responds": terms(120)}, {"queues.images.responds": terms(120)}
    little = {"queues.images.responds": {**terms(100_000), "at_least": "1%", "at_most": "100%"}}
    one, other, both = (sketched(changed(what)) for what in (listings, images, listings | images))
    assert not same(one, other)
    assert not same(both, one)
    assert not same(both, other)
    assert same(sketched(changed(listings | little)), one)
