"""Changes of a scenario, each as what it scales or patches; nothing is simulated."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from simcap.errors import ScenarioError
from simcap.planning.changes import Change, absence, attrition, offline, ramp, volume
from simcap.scenario.reading.loading import Scaling, ScenarioFile, load

PLAN = """
name: three vendors
horizon: {start: 2026-10-05, weeks: 3, timezone: UTC}
queues: {mail: {arrivals: {per_day: 480}, handle_time: {constant: 1 min}}}
vendors:
  north:
    attrition: {per_year: 30%}
    shrinkage: {absence: {weekly: [10%, 20%]}, offline: 5%}
    ramp: {steps: [50%, 100%]}
    teams:
      day: {timezone: UTC, agents: 12, skills: [mail], shift: {always: true}, shrinkage: {absence: 8%}}
  south:
    attrition: {weibull: {shape: 2, scale: 300 weeks}}
    ramp: {start: 60%, reaches: 95%, after: 4 weeks}
    teams:
      far:
        timezone: UTC
        agents: 12
        skills: [mail]
        shift: {always: true}
        attrition: {hazard: {"0-90 days": 9% per month, "90+ days": 3% per month}}
        shrinkage: {offline: 6%}
        ramp: {start: 50%, reaches: 90%, after: 2 weeks}
  bare:
    shrinkage: {absence: {weekly: [1%]}}
    teams: {other: {timezone: UTC, agents: 12, skills: [mail], shift: {always: true}}}
"""
NORTH, SOUTH = "vendors.north", "vendors.south"


@pytest.fixture
def file(tmp_path: Path) -> ScenarioFile:
    (tmp_path / "plan.yaml").write_text(PLAN)
    return load(tmp_path / "plan.yaml")


def test_the_hazard_of_leaving(file: ScenarioFile) -> None:
    """That of a Weibull of shape 2 doubles where its scale is divided by the root of two."""
    hazards = file.document["vendors"]["south"]["teams"]["far"]["attrition"]["hazard"]
    scale = Scaling(f"{SOUTH}.attrition.weibull.scale", pytest.approx(2**-0.5))
    spans = tuple(Scaling(f"{SOUTH}.teams.far.attrition.hazard.{span}", 2.0) for span in hazards)
    north = Scaling(f"{NORTH}.attrition.per_year", 2.0, "hazard")
    assert len(spans) == 2
    assert attrition(file, 2.0) == (north, scale, *spans)
    assert attrition(file, 2.0, "north") == (north,)
    assert attrition(file, 2.0, "south") == (scale, *spans)
    assert attrition(file, 2.0, "bare") == ()


def test_the_share_of_absent_agents(file: ScenarioFile) -> None:
    weekly = [Scaling(f"{NORTH}.shrinkage.absence.weekly.{week}", 1.5, "share") for week in range(2)]
    team = Scaling(f"{NORTH}.teams.day.shrinkage.absence", 1.5, "share")
    other = Scaling("vendors.bare.shrinkage.absence.weekly.0", 1.5, "share")
    assert absence(file, 1.5) == (*weekly, team, other)
    assert absence(file, 1.5, "south") == ()


def test_the_share_of_offline_time(file: ScenarioFile) -> None:
    north, south = (Scaling(f"{path}.shrinkage.offline", 0.5, "share") for path in (NORTH, f"{SOUTH}.teams.far"))
    assert offline(file, 0.5) == (north, south)
    assert offline(file, 0.5, "south") == (south,)


def test_the_length_of_the_ramp(file: ScenarioFile) -> None:
    south, far = (Scaling(f"{path}.ramp.after", 0.5) for path in (SOUTH, f"{SOUTH}.teams.far"))
    assert ramp(file, 0.5) == (south, far)
    assert ramp(file, 0.5, "north") == ()


def test_volume_of_the_whole_horizon_and_its_run_out(file: ScenarioFile) -> None:
    surge = {"from": file.scenario.horizon.start, "for": "81 days", "factor": 1.1, "in_forecast": False}
    assert volume(file.scenario, 1.1, "more") == {"events": {"more": {"surge": surge}}}


def test_a_changed_scenario_has_its_patch_its_name_and_all_that_is_scaled(file: ScenarioFile) -> None:
    before, own = offline(file, 2.0, "north"), attrition(file, 2.0, "north")
    given = dataclasses.replace(file, scaled=before)
    changed = Change("mine", {"queues": {"mail": {"title": "Post"}}}, own).of(given)
    assert changed.scenario.name == "three vendors, mine"
    assert changed.scenario.queues["mail"].title == "Post"
    assert changed.scaled == (*before, *own)
    assert file.scenario.queues["mail"].title != "Post"


def test_a_change_that_cannot_be_is_named_in_every_line(file: ScenarioFile) -> None:
    lines = re.escape("odd: queues.mail.titel") + ".*\n" + re.escape("odd: vendr")
    with pytest.raises(ScenarioError, match=f"^{lines}"):
        Change("odd", {"queues": {"mail": {"titel": 3}}, "vendr": {}}).of(file)
    with pytest.raises(ScenarioError, match=r"^all: vendors\.north\.shrinkage\.offline"):
        Change("all", scaled=(Scaling("vendors.north.shrinkage.offline", 30.0),)).of(file)
