"""The model that classes are planned by: what it learns from a plan tried, and the cheapest plan that it finds."""

from __future__ import annotations

import ctypes
import datetime as dt
import os
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from simcap.planning.effects import EffectModel
from simcap.planning.levers import Lever
from simcap.planning.program import solve
from simcap.planning.scheduling import _towards
from simcap.scenario.reading.loading import load
from simcap.scenario.schema.scenario import Scenario

SCENARIO = """
name: two teams
horizon: {start: 2026-10-05, weeks: 13, timezone: UTC}
queues:
  mail:
    arrivals: {per_week: 100}
    handle_time: {exponential: 3 min}
    sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}
vendors:
  north:
    contract: {currency: USD, price: {per_productive_hour: 15}, ramp_limit: {hires_per_month: 10}}
    teams:
      a: {timezone: UTC, agents: 40, skills: [mail], shift: {always: true}}
      b: {timezone: UTC, agents: 40, skills: [mail], shift: {always: true}}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    path = tmp_path / "plan.yaml"
    path.write_text(SCENARIO)
    return load(path).scenario


def a_class(team: str, day: dt.date) -> Lever:
    return Lever("class", "north", team, 0, 40, day, day, day)


EARLY, LATE = dt.date(2026, 10, 12), dt.date(2026, 10, 19)
LEVERS = [
    a_class("a", EARLY), a_class("a", LATE), a_class("b", LATE), a_class("b", dt.date(2026, 11, 2)),
    Lever("overtime", "north", "", 0, 1),
]  # fmt: skip


def a_model(effect: list[list[float]]) -> EffectModel:
    teams = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]], float)
    there = np.ones((len(effect), len(LEVERS)))
    price = np.array([10.0, 9.0, 9.0, 6.0, 500.0])
    return EffectModel(list(LEVERS), np.array(effect), price, there, teams, np.array([40.0, 40.0, 1.0]), 0.1)


def test_what_one_team_did_is_known_exactly_and_told_to_all_its_classes() -> None:
    model = a_model([[0.02, 0.01, 0.02, 0.01, 0.0]])
    model.learn(np.array([5.0, 0, 0, 0, 0]), np.array([0.05]), 60.0)
    assert model.effect[0] == pytest.approx([0.01, 0.005, 0.02, 0.01, 0.0])
    assert model.price == pytest.approx([12.0, 10.8, 9.0, 6.0, 500.0])


def test_a_swap_teaches_of_both_teams() -> None:
    model = a_model([[0.02, 0.02, 0.02, 0.02, 0.0]])
    # Five of b for five of a should have changed nothing, and lost ten points: a does more, b less than was thought.
    change = np.array([-5.0, 0, 5.0, 0, 0])
    model.learn(change, np.array([-0.1]), 0.0)
    assert model.effect @ change == pytest.approx(np.array([-0.1]))
    assert model.effect[0, 0] == pytest.approx(0.03)
    assert model.effect[0, 2] == pytest.approx(0.01)


def test_a_correction_is_bounded_and_what_was_held_to_do_nothing_may_do_something() -> None:
    model = a_model([[0.02, 0.02, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]])
    model.learn(np.array([5.0, 0, 10.0, 0, 0]), np.array([-0.4, 0.3]), 140.0)
    assert model.effect[0] == pytest.approx([0.006, 0.006, 0, 0, 0]), "nothing grew that could explain a loss"
    assert model.effect[1, [0, 2]] == pytest.approx([0.02, 0.02]), "by the days that both were there"
    assert model.effect[1, 1] == 0, "it did not move"


def test_the_cheapest_plan_of_the_model(scenario: Scenario) -> None:
    model = a_model([[0.01, 0.01, 0.01, 0.0, 0.5], [0.0, 0.0, 0.0, 0.01, 0.5]])
    slack = np.array([-0.05, 0.02])
    assert solve(scenario, model, slack, {}, 1.0) in ({LEVERS[1]: 5}, {LEVERS[2]: 5})
    assert solve(scenario, model, np.array([-0.05, -0.04]), {}, 1.0)[LEVERS[3]] == 4
    # Ten hires a month, so ten points; the rest is for overtime, where a step may be as large as that.
    much = np.array([-0.2, 0.02])
    assert solve(scenario, model, much, {}, 1.0) == {LEVERS[4]: 1}
    within = solve(scenario, model, much, {}, 0.6)
    assert LEVERS[4] not in within
    assert sum(within.values()) == 10, "what cannot be met is met as far as can be"
    assert sum(solve(scenario, model, slack, {}, 0.1).values()) == 5
    assert sum(solve(scenario, model, slack, {}, 0.05).values()) == 4, "two of each team at most"
    spare = solve(scenario, model, np.array([0.02, 0.02]), {LEVERS[0]: 6}, 1.0)
    assert sum(spare.values()) == 4
    assert solve(scenario, model, np.array([np.inf, 0.0]), {}, 1.0) == {}


def test_a_plan_that_stays_is_only_added_to(scenario: Scenario) -> None:
    model = a_model([[0.01, 0.01, 0.01, 0.0, 0.5], [0.0, 0.0, 0.0, 0.01, 0.5]])
    here, slack = {LEVERS[0]: 4}, np.array([0.01, -0.04])
    assert solve(scenario, model, slack, here, 1.0) in ({LEVERS[1]: 3, LEVERS[3]: 4}, {LEVERS[2]: 3, LEVERS[3]: 4})
    assert solve(scenario, model, slack, here, 1.0, keeps=True) == {LEVERS[0]: 4, LEVERS[3]: 4}
    assert solve(scenario, model, np.array([0.5, 0.5]), here, 1.0, keeps=True) == here


def test_what_the_solver_prints_stays_out_of_the_output(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    solver = optimize.milp

    def chatty(*args: object, **options: object) -> object:
        ctypes.CDLL(None).puts(b"from its buffer")
        os.write(1, b"at once")
        return solver(*args, **options)

    monkeypatch.setattr(optimize, "milp", chatty)
    assert solve(scenario, a_model([[0.01] * 5]), np.array([-0.05]), {}, 1.0)
    os.write(1, b"here\n")
    assert capfd.readouterr().out == "here\n"


def test_half_a_way_keeps_limits_and_makes_one_class_a_month() -> None:
    model = a_model([[0.01] * 5])
    here, goal = {LEVERS[0]: 8, LEVERS[4]: 1}, {LEVERS[1]: 2, LEVERS[2]: 7}
    assert _towards(model, here, goal, 0.5) == {LEVERS[0]: 5, LEVERS[2]: 3, LEVERS[4]: 1}
    assert _towards(model, here, goal, 1.0) == goal
    assert _towards(model, here, {}, 0.75) == {LEVERS[4]: 1}, "two of forty are no class"
