"""Staffing: the smallest team, the cheapest classes, what comes too late, what is checked on fresh draws."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import simcap
from simcap.cli import main
from simcap.errors import ScenarioError
from simcap.experiment.batch import Batch
from simcap.planning import staffing
from simcap.planning.levers import levers_of, limits, patch_of
from simcap.planning.requirements import Response
from simcap.planning.trials import Trials
from tests.planning.desks import ALWAYS, GROWING, file
from tests.theory.erlang import ErlangC


@pytest.mark.parametrize("agents", [9, 40])
def test_a_single_team_has_the_agents_of_erlang_c(tmp_path: Path, agents: int) -> None:
    least = next(count for count in range(13, 99) if ErlangC(240 / 3600, 180, count).served_within(20) >= 0.8)
    assert least == 16
    found = simcap.staff(file(tmp_path, ALWAYS, AGENTS=agents), curve=False, replications=4, check=4, jobs=1)
    assert found.main is not None
    assert agents + sum(found.main.amounts.values()) == least
    assert found.main.reached
    assert found.main.met["met"].min() == 1
    assert found.main.added == pytest.approx((least - agents) * 14 * 24)
    assert (found.unit, found.interrupted) == ("paid hours", False)
    assert "it is not given how long hiring takes" in found.notes[0]


def test_classes_come_in_time_within_limit_and_are_the_cheapest(tmp_path: Path) -> None:
    plan = file(tmp_path, GROWING, LIMIT=4, LEAD=1)
    out = tmp_path / "outputs" / "plan"
    found = simcap.staff(plan, curve=False, replications=6, check=12, jobs=2, out=out, source=tmp_path / "plan.yaml")
    answer = found.main
    assert answer is not None
    assert answer.reached
    assert answer.below.empty
    # 400 h of work in the first week grow by 6% a week and pass the 504 h of three agents in the fifth, 2 November.
    assert answer.met.set_index("start")["base"].loc[["2026-10-05", "2026-10-19", "2026-11-23"]].tolist() == [1, 1, 0]
    for lever, count in answer.amounts.items():
        assert lever.kind == "class"
        assert lever.approve is not None
        assert lever.start == lever.approve + dt.timedelta(weeks=1)
        assert lever.arrives == lever.start + dt.timedelta(weeks=1)
        assert dt.date(2026, 10, 19) <= lever.arrives <= dt.date(2026, 11, 23)
        assert 0 < count <= 4
    assert sum(answer.amounts.values()) in (1, 2), "602 h in the last week need four agents"
    weeks = [(dt.date(2026, 11, 30) - lever.arrives).days / 7 for lever in answer.amounts if lever.arrives]
    assert answer.added == pytest.approx(15 * 168 * np.dot(weeks, list(answer.amounts.values())), rel=0.02)
    assert found.unit == "USD"
    assert found.notes == ("Cost of classes after the horizon (from 30 November) is not counted",)
    last = found.last.set_index("start")["approve_by"]
    assert last.is_monotonic_increasing
    # What saves a week is on the floor in it: a week of lead time, one of training.
    for start, day in last.items():
        assert day <= start + dt.timedelta(days=7 - 14)  # type: ignore[operator]
    ran = CliRunner().invoke(main, ["run", str(out / "plan.yaml"), "-n", "2", "--no-charts", "--out", str(out / "r")])
    assert ran.exit_code == 0, ran.output
    table = pd.read_csv(out / "tables/plans.csv")
    assert table["count"].sum() == sum(answer.amounts.values())


@pytest.mark.slow
def test_what_comes_too_late_is_told(tmp_path: Path) -> None:
    plan = file(tmp_path, GROWING.replace("per_week: 8000", "per_week: 12000"), LIMIT=8, LEAD=2)
    found = simcap.staff(plan, curve=False, replications=3, check=4, jobs=1)
    assert found.main is not None
    lost = found.main.met.set_index("start")["lost"]
    # 600 h against 504 from the first day on; the first class, of three at most, is on the floor on 26 October and
    # needs two weeks for what has piled up.
    assert lost.loc[:"2026-10-19"].all()  # type: ignore[misc]
    assert not lost.loc["2026-11-09":].any()  # type: ignore[misc]
    assert found.main.amounts


def test_what_is_lost_is_asked_for_no_more_but_not_made_worse(tmp_path: Path) -> None:
    by_day = ALWAYS.replace("{always: true}", "{days: Mon-Sun, start: '08:00', length: 8 h}")
    plan = file(tmp_path, by_day, AGENTS=60)
    trials = Trials(plan, Batch(5, range(3), ("horizon", "week"), 1), lambda _done, _all: None)
    (lever,) = levers_of(plan.scenario, plan.scenario.horizon.start, ("agents",))
    (more,) = trials.of({lever: lever.high})
    assert trials.lost(0.9).all(), "what comes in the evening waits for the morning, whoever is there then"
    assert trials.meets(trials.base, 0.9)
    assert trials.meets(more, 0.9)
    (fewer,) = trials.of({lever: -20})
    assert not trials.meets(fewer, 0.9)


def test_a_plan_that_was_lucky_is_asked_for_more(tmp_path: Path) -> None:
    plan = file(tmp_path, ALWAYS, AGENTS=15)
    trials = Trials(plan, Batch(5, range(3), ("horizon", "week"), 1), lambda _done, _all: None)
    trials.targets = trials.base.mean()
    trials.known[()] = dataclasses.replace(trials.base, attainment=np.tile(trials.targets + 0.01, (3, 1)))
    weak = trials.weak({}, 0.9, range(3, 15))
    assert weak.any(), "each week is above its mean on about half of the draws"
    trials.harden({}, 0.9, range(3, 15))
    assert (trials.surplus[0.9][weak] > 0).all()
    assert not trials.surplus[0.9][~weak].any()
    trials.targets = trials.targets - 0.5
    trials.surplus.clear()
    assert not trials.weak({}, 0.9, range(3, 15)).any()
    trials.harden({}, 0.9, range(3, 15))
    assert not trials.surplus[0.9].any()


def test_what_no_plan_changes_is_not_asked_for(tmp_path: Path) -> None:
    plan = file(tmp_path, GROWING, LIMIT=4, LEAD=1)
    trials = Trials(plan, Batch(5, range(2), ("horizon", "week"), 1), lambda _done, _all: None)
    assert not trials.untouched().any(), "nothing was tried yet"
    late = levers_of(plan.scenario, plan.scenario.horizon.start, ("class",))[3]
    assert late.arrives == dt.date(2026, 11, 9)
    trials.of({late: 2})
    starts = [one.start for one in trials.required]
    untouched = trials.untouched()
    assert [start for start, same in zip(starts, untouched, strict=True) if same] == starts[:5]
    trials.targets = np.full(len(starts), 2.0)
    trials.known[()] = dataclasses.replace(trials.base, attainment=np.full(trials.base.attainment.shape, 3.0))
    assert not trials.weak({}, 0.9, range(2, 4))[untouched].any()
    assert trials.weak({}, 0.9, range(2, 4))[~untouched].all()


def test_where_no_class_can_come_nothing_is_promised(tmp_path: Path) -> None:
    plan = file(tmp_path, GROWING.replace("per_week: 8000", "per_week: 12000"), LIMIT=8, LEAD=9)
    ran = CliRunner().invoke(
        main, ["staff", str(plan.folder / "plan.yaml"), "--levers", "classes", "-n", "3", "--check", "3", "--no-curve",
               "--out", str(tmp_path / "out")],
    )  # fmt: skip
    assert ran.exit_code == 0, ran.output
    assert "Lost with every plan that was tried: mail / 1 h from 5 October" in ran.output
    assert not (tmp_path / "out/plan.yaml").exists()


def test_an_early_day_of_approval_frees_team_sizes(tmp_path: Path) -> None:
    scenario = file(tmp_path, GROWING, LIMIT=4, LEAD=1).scenario
    start = scenario.horizon.start
    kinds = staffing.ALL_KINDS
    assert {lever.kind for lever in levers_of(scenario, start, kinds)} == {"class", "overtime"}
    early = levers_of(scenario, start - dt.timedelta(weeks=2), kinds)
    assert {lever.kind for lever in early} == {"agents", "overtime"}
    assert limits(scenario, "north")[2026, 11] == 4
    change = patch_of(scenario, {early[0]: -1})
    assert change == {"vendors": {"north": {"teams": {"t": {"agents": 2}}}}}
    assert patch_of(scenario, {early[0]: 0}) == {}


def test_a_margin_is_a_prediction_bound() -> None:
    generator = np.random.default_rng(3)
    inside = []
    for _ in range(4000):
        seen = generator.normal(0.9, 0.02, (8, 1))
        bound = Response(seen, np.zeros(8)).margin(0.9, np.zeros(1))[0]
        inside.append(generator.normal(0.9, 0.02) >= bound)
    assert np.mean(inside) == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / 4000))
    empty = Response(np.full((3, 2), np.nan), np.zeros(3))
    assert np.isinf(empty.margin(0.9, np.ones(2))).all()


@pytest.mark.slow
def test_sizes_of_one_vendor_beside_classes_of_another(tmp_path: Path) -> None:
    other = """  chat:
    arrivals: {per_week: 500}
    handle_time: {exponential: 3 min}
    sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}
vendors:
  south:
    teams: {s: {timezone: UTC, agents: 1, skills: [chat], shift: {always: true}}}"""
    plan = file(tmp_path, GROWING.replace("vendors:", other).replace("weeks: 8", "weeks: 6"), LIMIT=4, LEAD=1)
    found = simcap.staff(plan, curve=False, replications=4, check=4, jobs=2)
    assert found.main is not None
    assert found.main.reached
    assert not found.main.met["lost"].any()
    assert [(lever.kind, lever.team) for lever in found.main.amounts] == [("class", "t")]
    assert any(note.startswith("south: its contract has no price") for note in found.notes)


def test_a_price_by_the_item_makes_no_team_larger(tmp_path: Path) -> None:
    contract = "contract: {currency: USD, price: {per_item: {calls: [{at: 0.5}]}}}, teams:"
    plan = file(tmp_path, ALWAYS.replace("teams:", contract), AGENTS=14)
    found = simcap.staff(plan, curve=False, replications=4, check=4, jobs=1)
    assert found.main is not None
    assert sum(found.main.amounts.values()) == 2, "sixteen, whatever the items cost by chance"


def test_progress_is_held_against_all_there_is_to_do(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    plan = file(tmp_path, GROWING.replace("weeks: 8", "weeks: 6"), LIMIT=4, LEAD=1)
    simcap.staff(plan, curve=False, replications=3, check=3, jobs=1, progress=lambda *pair: told.append(pair))
    shares = [done / of_all for done, of_all in told]
    assert shares == sorted(shares)
    assert shares[2] < 0.2, "the first three replications are not all"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"confidence": 90}, "confidence 90 is not between 0 and 1; write for example 0.9; did you mean 90%?"),
        ({"levers": ("classes",)}, "levers classes: choose from agents, class, overtime"),
        ({"replications": 1}, "must be 2 or more"),
    ],
)
def test_bad_questions(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        simcap.staff(file(tmp_path, ALWAYS, AGENTS=16), **options)


def test_a_scenario_without_slas_is_told(tmp_path: Path) -> None:
    plan = file(tmp_path, "\n".join(line for line in ALWAYS.split("\n") if "sla:" not in line), AGENTS=16)
    for verb in (simcap.stress, simcap.staff, simcap.sensitivity):
        with pytest.raises(ScenarioError, match="always on has no SLA"):
            verb(plan)


def test_a_plan_of_classes_can_be_compared_and_leaves_nothing_old(tmp_path: Path) -> None:
    plan = file(tmp_path, GROWING.replace("weeks: 8", "weeks: 6"), LIMIT=4, LEAD=1)
    source, out = tmp_path / "plan.yaml", tmp_path / "out"
    found = simcap.staff(plan, curve=False, replications=3, check=3, jobs=1, out=str(out), source=source)
    planned = simcap.change(plan, found.patch(), name="planned")
    held = simcap.compare(plan, planned, replications=2, jobs=1)
    assert held.tables["slas"].query("period == 'horizon'")["difference"].iloc[0] > 0
    assert (out / "plan.yaml").exists()
    simcap.staff(planned, curve=False, replications=3, check=3, jobs=1, out=out, source=source)
    assert not (out / "plan.yaml").exists(), "nothing needs to change any more"


def test_trials_remember(tmp_path: Path) -> None:
    plan = file(tmp_path, ALWAYS, AGENTS=16)
    trials = Trials(plan, Batch(5, range(2), jobs=1), lambda _done, _all: None)
    (lever,) = levers_of(plan.scenario, plan.scenario.horizon.start, ("agents",))
    one, same = trials.of({lever: 1})[0], trials.of({lever: 1})[0]
    assert one is same
    assert trials.done == 4
    assert trials.of({lever: 0})[0] is trials.base
    fresh, _ = trials.again(range(2, 4), {}, {lever: 1})
    assert (fresh.attainment != trials.base.attainment).any()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--confidence", "150%"], "150% is not between 0% and 100%"),
        (["--confidence", "sure"], "'sure' is not a share; write for example 1%"),
        (["--levers", "magic"], "--levers: magic; choose from agents, classes, overtime"),
    ],
)
def test_bad_words(tmp_path: Path, words: list[str], said: str) -> None:
    plan = file(tmp_path, ALWAYS, AGENTS=16)
    ran = CliRunner().invoke(main, ["staff", str(plan.folder / "plan.yaml"), *words])
    assert ran.exit_code == 2
    assert said in ran.output


@pytest.mark.parametrize(
    ("verb", "wrong"),
    [
        (simcap.run, {"replications": 0}),
        (simcap.run, {"replications": -1}),
        (simcap.run, {"period": "quarter"}),
        (simcap.staff, {"check": 0}),
        (simcap.staff, {"replications": 1}),
        (simcap.sensitivity, {"replications": 0}),
    ],
)
def test_an_argument_that_makes_no_question(tmp_path: Path, verb: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        verb(file(tmp_path, ALWAYS, AGENTS=4), **wrong, jobs=1, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
