"""What a run says it took as neutral, and what holds for a team."""

from __future__ import annotations

from typing import Any

import pytest

from simcap.scenario.reading.assumptions import neutral
from simcap.scenario.schema.scenario import Scenario
from tests.scenario.conftest import GONE, changed

TEAM = "vendors.north.teams.manila"
EXACT = {f"{TEAM}.{name}": GONE for name in ("agents", "shift")} | {f"{TEAM}.duty": "duty.csv"}
FILED = {"file": {"path": "v.csv", "as": "forecast"}, "profile": "marketplace"}
WEIBULL = {"vendors.north.attrition": {"weibull": {"shape": 0.8, "scale": "30 weeks"}}}

LISTINGS = "queues.listings.arrivals.busyness"
BUSY: dict[str, Any] = {LISTINGS: {"cv": "8%"}, "queues.appeals.arrivals": {"per_day": 9, "busyness": {"cv": "8%"}}}


def said(changes: dict[str, Any]) -> list[str]:
    return neutral(Scenario.model_validate(changed(changes)))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "ramp: full speed and accuracy from the first day (all teams)"),
        ({}, "attrition: nobody leaves (krakow)"),
        ({}, "shrinkage: no absence, no offline time (krakow)"),
        ({}, "errors: no wrong decisions (appeals)"),
        ({"vendors.north.shrinkage": {"offline": "5%"}}, "absence: nobody is absent (manila)"),
        ({"vendors.north.shrinkage": {"absence": "5%"}}, "offline: no offline time (manila)"),
        (WEIBULL, "tenure: fully ramped, and leaving as in a long-established team (manila)"),
        (EXACT, "shrinkage: no effect, as a duty file says who is there (manila)"),
        (EXACT, "attrition: no effect, as a duty file says who is there (manila)"),
        (EXACT, "holidays: no effect, as a duty file says who is there (manila)"),
        ({"queues.listings.arrivals": FILED}, "profile: that of the volume file (listings)"),
        (BUSY, "shared busyness: none, busy days are independent (listings, appeals)"),
        (BUSY | {f"{LISTINGS}.shared": "60%"}, "shared busyness: none, busy days are independent (appeals)"),
        (
            BUSY | {f"{LISTINGS}.shared": {"iberia": "30%"}},
            "shared busyness: no other queue shares iberia (listings)",
        ),
        (
            {"queues.appeals.arrivals": {"trace": "t.csv"}, "events.peak.surge.queue": None},
            "peak: no effect on exact volumes (appeals)",
        ),
    ],
)
def test_a_run_says_what_nothing_is_said_of(changes: dict[str, Any], line: str) -> None:
    assert line in said(changes)


def test_what_is_given_is_not_said() -> None:
    tenure = {f"{TEAM}.tenure": {"constant": "30 weeks"}}
    assert not [line for line in said(WEIBULL | tenure) if "manila" in line and not line.startswith("spread")]


def test_a_team_overrides_a_part_of_the_vendors_shrinkage() -> None:
    north = Scenario.model_validate(changed({f"{TEAM}.shrinkage": {"offline": "5%"}})).vendors["north"]
    shrinkage = north.practice("manila").shrinkage
    assert shrinkage is not None
    assert (shrinkage.absence, shrinkage.offline) == ((0.08,), 0.05)


def test_nothing_is_said_of_busy_days_that_are_shared_or_of_one_queue_alone() -> None:
    shared = {"cv": "8%", "shared": "50%"}
    both = {LISTINGS: shared, "queues.appeals.arrivals": {"per_day": 9, "busyness": shared}}
    apart = {LISTINGS: {"cv": "8%", "shared": 0}, "queues.appeals.arrivals.busyness": {"cv": "8%", "shared": 0}}
    for changes in ({LISTINGS: {"cv": "8%"}}, both, apart | {"queues.appeals.arrivals.per_day": 9}):
        assert not any("shared busyness" in line for line in said(changes)), changes
