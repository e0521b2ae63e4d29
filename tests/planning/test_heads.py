"""Teams that begin with nobody, as levers: what a search may add, and how large its steps are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import simcap
from simcap.planning.heads import heads
from simcap.planning.levers import levers_of
from simcap.planning.staffing import ALL_KINDS
from tests.helpers import scenario
from tests.planning.desks import GROWING, file

NORTH = "vendors.north"
SITE = "{timezone: Europe/London, agents: 0, skills: [mail], shift: {always: true}}"
CONTRACT = "{currency: EUR, notice: 28 days}"
NEW = {f"{NORTH}.teams.site": SITE, "horizon.days": 56}


@pytest.mark.parametrize(
    ("more", "size"),
    [
        ({}, 3),
        ({f"{NORTH}.teams.day.agents": 0}, 20),
        ({f"{NORTH}.hiring.classes.a": "{start: 2026-10-05, team: site, size: 10, training: 0 days}"}, 10),
        ({f"{NORTH}.hiring": "{graduates: 60%, classes: {a: {start: 2026-10-05, team: site, size: 10, training: 1 week}"
                             ", b: {start: 2026-10-26, team: site, size: 5, training: 1 week}}}"}, 9),
        ({"events.a": "{headcount: {team: site, from: 2026-10-12, change: 12}}",
          "events.b": "{headcount: {team: site, from: 2026-10-19, change: -4}}"}, 12),
        ({"events.a": "{headcount: {team: site, from: 2026-10-26, change: 12}}", f"{NORTH}.contract": CONTRACT,
          "events.b": "{headcount: {team: site, from: 2026-10-19, change: -4, ordered: 2026-10-05}}"}, 12),
        ({"events.a": "{transfer: {from: day, to: site, agents: 2, on: 2026-10-12}}"}, 2),
        ({f"{NORTH}.teams.site": SITE.replace("agents: 0", "agents: 7")}, 7),
    ],
)  # fmt: skip
def test_a_team_is_as_large_as_it_is_planned_to_be(more: dict[str, Any], size: int) -> None:
    assert heads(scenario({**NEW, **more}), "north", "site") == size


CLASS = "{start: 2026-10-05, team: site, size: 10, training: 2 weeks}"
CHAT = "{arrivals: {per_day: 10}, handle_time: {constant: 1 min}}"


@pytest.mark.parametrize(
    ("more", "size"),
    [
        ({"events.a": "{headcount: {team: site, from: 2026-10-12, change: 12}}",
          "events.b": "{headcount: {team: site, from: 2026-10-14, change: -4}}",
          f"{NORTH}.hiring.classes.c": CLASS}, 18),
        ({"events.a": "{transfer: {from: day, to: far, agents: 2, on: 2026-10-06}}",
          "events.b": "{headcount: {team: site, from: 2026-10-12, change: 5}}"}, 5),
        ({"events.a": "{headcount: {team: site, from: 2026-10-12, change: 12}}",
          "events.b": "{transfer: {from: site, to: day, agents: 2, on: 2026-10-13}}",
          "events.c": "{headcount: {team: site, from: 2026-10-14, change: 3}}"}, 13),
        ({"queues.chat": CHAT, f"{NORTH}.teams.far": SITE.replace("agents: 0, skills: [mail]", "agents: 50, "
                                                                  "skills: [chat]")}, 3),
    ],
)  # fmt: skip
def test_the_plan_is_followed_day_by_day(more: dict[str, Any], size: int) -> None:
    far = {f"{NORTH}.teams.far": SITE.replace("agents: 0", "agents: 2")}
    assert heads(scenario({**NEW, **far, **more}), "north", "site") == size


def test_who_is_there_counts_before_any_plan() -> None:
    assert heads(scenario({**NEW, f"{NORTH}.teams.site": SITE.replace("agents: 0", "agents: 7")}), "north", "day") == 3


def test_its_levers_begin_at_nobody_and_reach_beyond_the_plan() -> None:
    founded = {f"{NORTH}.hiring.classes.a": "{start: 2026-10-05, team: site, size: 10, training: 0 days}"}
    plan = scenario({**NEW, **founded})
    (agents,) = [one for one in levers_of(plan, plan.horizon.start, ALL_KINDS) if one.team == "site"]
    assert (agents.kind, agents.low, agents.high) == ("agents", 0, 40)
    terms = {f"{NORTH}.hiring.backfill": "{review: 1 week, class_size: 2, lead_time: 1 week, training: 1 week}"}
    plan = scenario({**NEW, **founded, **terms})
    classes = [one for one in levers_of(plan, plan.horizon.start, ALL_KINDS) if one.team == "site"]
    assert {(one.kind, one.high) for one in classes} == {("class", 10)}
    assert min(one.arrives or dt.date.min for one in classes) == dt.date(2026, 10, 19)


def test_a_search_founds_a_team_by_a_class(tmp_path: Path) -> None:
    weeks = {"weeks: 8": "weeks: 6", "agents: 3": "agents: 0", "8000, growth: 6%": "3000", "1 h:": "1 day:"}
    text = GROWING
    for word, other in weeks.items():
        text = text.replace(word, other)
    plan = file(tmp_path, text.replace("within: 1 h", "within: 1 day"), LIMIT=4, LEAD=1)
    found = simcap.staff(plan, confidence=0.8, curve=False, replications=4, check=4, jobs=1)
    answer = found.main
    assert answer is not None
    assert answer.met["lost"].tolist()[0], "nobody is trained in time for the first week"
    assert {(lever.kind, lever.team) for lever in answer.amounts} == {("class", "t")}
    assert answer.met.loc[~answer.met["lost"], "met"].min() == 1
    assert not answer.met["lost"].all()
