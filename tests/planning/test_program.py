"""The cheapest classes and overtime of a model whose effects are given."""

from __future__ import annotations

import ctypes
import dataclasses
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import optimize

from simcap.planning.effects import EffectModel
from simcap.planning.program import solve
from simcap.scenario.reading.loading import load
from simcap.scenario.schema.scenario import Scenario
from tests.planning.models import LATE, LEVERS, a_class, a_model

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


def test_what_asks_for_nothing_takes_no_part(scenario: Scenario) -> None:
    model = a_model([[0.01, 0.01, 0.01, 0.0, 0.5], [0.0, 0.0, 0.0, 0.01, 0.5]])
    assert solve(scenario, model, np.array([np.inf, -0.04]), {}, 1.0) == {LEVERS[3]: 4}
    here = {LEVERS[0]: 4}
    assert solve(scenario, model, np.array([0.5, 0.5]), here, 1.0) == {}, "what is not needed goes"
    nobody = EffectModel([], np.zeros((2, 0)), np.zeros(0), np.zeros((2, 0)), np.zeros((0, 0)), np.zeros(0), 0.1)
    assert solve(scenario, nobody, np.array([-0.05, -0.05]), {}, 1.0) == {}


def test_each_requirement_has_effects_of_its_own_order(scenario: Scenario) -> None:
    model = a_model([[0.5] * 5, [0.0004] * 5])
    plan = solve(scenario, model, np.array([-0.1, -0.002]), {}, 1.0)
    assert sum(plan.values()) == 5
    assert all(isinstance(amount, int) for amount in plan.values())


@pytest.mark.parametrize("few", [4.0, 1.0])
def test_a_class_more_has_its_price(scenario: Scenario, few: float) -> None:
    # One class at 10 a seat does both; two cheaper ones do one each, and the second needs a single seat.
    model = a_model([[0.01, 0.01, 0, 0, 0], [0.01, 0, 0, 0.01, 0]], (10.0, 9.0, 9.0, few, 500.0))
    found = solve(scenario, model, np.array([-0.05, -0.01]), {}, 1.0)
    # Seats alone: 50 against 45 and the few; with two seats for each class that opens, 70 against 63 and three of them.
    assert found == ({LEVERS[0]: 5} if few == 4.0 else {LEVERS[1]: 5, LEVERS[3]: 1})


def test_no_class_has_more_seats_than_it_may(scenario: Scenario) -> None:
    model = a_model([[0.01, 0.01, 0.0, 0.0, 0.0]], (10.0, 1.0, 9.0, 6.0, 500.0))
    small = a_class("a", LATE, high=3)
    model = dataclasses.replace(model, levers=[LEVERS[0], small, *LEVERS[2:]])
    assert solve(scenario, model, np.array([-0.05]), {}, 1.0) == {LEVERS[0]: 2, small: 3}


def test_months_have_their_hires_each(scenario: Scenario) -> None:
    model = a_model([[0.01, 0.01, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.01, 0.0]])
    assert solve(scenario, model, np.array([-0.1, -0.05]), {}, 1.0) == {LEVERS[1]: 10, LEVERS[3]: 5}


def test_what_no_plan_reaches_does_not_drown_the_rest(scenario: Scenario) -> None:
    model = a_model([[0.01, 0.01, 0.0, 0.0, 0.0], [0.0, 0.0, 0.01, 0.009, 0.0]])
    found = solve(scenario, model, np.array([-50.0, -0.04]), {}, 1.0)
    # All of October's hires go where they help least to miss, and what November can do is done.
    assert found[LEVERS[1]] + found.get(LEVERS[0], 0) + found.get(LEVERS[2], 0) == 10
    assert found[LEVERS[3]] == 5


def test_without_a_solution_in_time_a_plan_stays_as_it_is(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimize, "milp", lambda *_args, **_options: SimpleNamespace(x=None))
    here = {LEVERS[0]: 4}
    assert solve(scenario, a_model([[0.01] * 5]), np.array([-0.05]), here, 1.0) == here
