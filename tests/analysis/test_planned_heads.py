"""Headcount risk is measured against the plan, also of teams that begin with nobody."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from simcap.analysis.figures import Figures, Layout
from simcap.analysis.measures import TEAM_MEASURES
from simcap.analysis.risks import rank_risks
from simcap.scenario.schema.scenario import Scenario
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import scenario

DAY = "vendors.north.teams.day"
CLASS = "{start: 2026-10-05, team: day, size: 10, training: 2 weeks, graduates: 80%}"
FOUNDED = {"horizon.days": 35, f"{DAY}.agents": 0, "vendors.north.hiring.classes.a": CLASS}


def risks(heads: list[float], plan: Scenario, layout: Layout | None = None) -> list[dict[str, Any]]:
    """Return the headcount risks of a team with these agents at the ends of weeks, in four replications."""
    layout = layout or layout_of(plan)
    figures: Figures = quiet_figures(layout, 4)
    figures.of("teams", "week", None, "headcount")[:, 0] = heads
    found: list[dict[str, Any]] = rank_risks(plan, figures).to_dict("records")
    return [row for row in found if row["risk"] == "headcount"]


def test_a_team_that_begins_with_nobody_is_held_against_its_classes() -> None:
    plan = scenario(FOUNDED)
    assert risks([0, 0, 8, 8, 8], plan) == []
    (row,) = risks([0, 0, 6, 8, 7], plan)
    assert (row["start"], row["first_week"], row["impact"]) == ("2026-10-19", "2026-10-19", 2)
    assert row["what_would_fix_it"].startswith("day: 2 seats more")
    (row,) = risks([0, 0, 0, 0, 0], plan)
    assert row["impact"] == 8


def test_nobody_is_short_of_a_part_of_an_agent() -> None:
    one = "{start: 2026-10-05, team: day, size: 3, training: 2 weeks, graduates: 80%}"
    plan = scenario({**FOUNDED, "vendors.north.hiring.classes.a": one})
    assert risks([0, 0, 2, 2, 2], plan) == [], "2.4 are expected"
    assert len(risks([0, 0, 1, 2, 2], plan)) == 1


def test_a_cut_is_planned_from_the_day_on_which_notice_lets_it_take_effect() -> None:
    cut = "{headcount: {team: day, from: 2026-10-12, change: -4, ordered: 2026-10-05}}"
    plan = {"horizon.days": 35, f"{DAY}.agents": 10, "events.cut": cut}
    noticed = scenario({**plan, "vendors.north.contract": "{currency: EUR, notice: 21 days}"})
    assert risks([10, 10, 10, 6, 6], noticed) == [], "three weeks' notice: from 26 October on"
    assert [row["start"] for row in risks([10, 6, 6, 6, 6], noticed)] == ["2026-10-12"], "they left too soon"
    assert risks([10, 6, 6, 6, 6], scenario(plan)) == []


@pytest.mark.parametrize(("heads", "listed"), [([4, 4, 4, 4, 4], []), ([4, 4, 4, 3, 4], ["2026-10-26"])])
def test_those_who_move_are_planned_in_the_team_that_they_join(heads: list[float], listed: list[str]) -> None:
    far = "{timezone: UTC, agents: 10, skills: [mail], shift: {always: true}}"
    move = "{transfer: {from: day, to: far, agents: 6, on: 2026-10-11}}"
    plan = scenario({"horizon.days": 35, f"{DAY}.agents": 10, "vendors.north.teams.far": far, "events.move": move})
    layout = layout_of(plan)
    figures = quiet_figures(layout, 4)
    place = TEAM_MEASURES.index("headcount")
    figures.arrays["teams", "week"][:, 0, place, :], figures.arrays["teams", "week"][:, 1, place, :] = (
        heads,
        np.array(heads) + 12,
    )
    found = rank_risks(plan, figures)
    assert found["start"].tolist() == listed


def test_a_roster_says_who_comes_when() -> None:
    plan = scenario({"horizon.days": 35, f"{DAY}.agents": None, f"{DAY}.roster": "roster.csv"})
    stated = (0.0,) * 14 + (4.0,) * 14 + (3.0,) * 7
    layout = dataclasses.replace(layout_of(plan), stated={"day": stated})
    assert risks([0, 0, 4, 4, 3], plan, layout) == []
    assert [row["start"] for row in risks([0, 0, 4, 3, 3], plan, layout)] == ["2026-10-26"]


def test_of_a_week_that_is_cut_off_the_last_day_counts() -> None:
    plan = scenario({"horizon.days": 33, f"{DAY}.agents": None, f"{DAY}.roster": "roster.csv"})
    layout = dataclasses.replace(layout_of(plan), stated={"day": (4.0,) * 32 + (8.0,)})
    assert risks([4, 4, 4, 4, 8], plan, layout) == []
    assert [row["impact"] for row in risks([4, 4, 4, 4, 7], plan, layout)] == [1]
