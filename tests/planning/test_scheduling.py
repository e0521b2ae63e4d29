"""From plan to plan towards the cheapest that meets everything, where the model's answers are given."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from simcap.planning import scheduling
from simcap.planning.effects import EffectModel
from simcap.planning.levers import Amounts, Lever
from simcap.planning.scheduling import (
    ADD,
    CUT,
    GROW,
    GROW_FREELY,
    Pace,
    _is_promising,
    _same_month,
    _towards,
    _walk,
    cheapest,
    reach,
)
from simcap.scenario.schema.scenario import Scenario
from tests.helpers import Array
from tests.planning.analytic import Analytic
from tests.planning.models import EARLY, LEVERS, NOVEMBER, a_class, a_model

DAY = dt.date(2026, 10, 12)
T = Lever("class", "v", "t", 0, 40, DAY, DAY, DAY)
NONE = np.zeros(1, bool)


def one_lever(effect: float = 0.02, price: float = 100.0) -> EffectModel:
    """Return the model of classes of a team of ten."""
    return EffectModel(
        [T], np.array([[effect]]), np.array([price]), np.ones((1, 1)), np.ones((1, 1)), np.array([10.0]), 1.0
    )


def desk(folder: Path, base: float = 0.7, each: float = 0.02, price: float = 100.0) -> Analytic:
    """Return trials in which a seat adds some attainment, of which 80% are asked, and has a price."""
    return Analytic(
        folder,
        lambda plan, numbers: np.full((numbers.size, 1), base + each * plan.get(T, 0)),
        lambda plan: 1000.0 + price * plan.get(T, 0),
    )


class Answers:
    """What the model answers, in the place of its solution; the last is given again and again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *plans: Amounts) -> None:
        self.plans = [dict(plan) for plan in plans]
        self.asked: list[tuple[float, dict[Lever, int], float, bool]] = []
        self.of: list[tuple[Scenario, EffectModel]] = []
        monkeypatch.setattr(scheduling, "solve", self._solve)

    def _solve(
        self, scenario: Scenario, model: EffectModel, slack: Array, here: Amounts, growth: float, *, keeps: bool
    ) -> dict[Lever, int]:
        self.of.append((scenario, model))
        self.asked.append((round(float(slack[0]), 6), dict(here), growth, keeps))
        return self.plans.pop(0) if len(self.plans) > 1 else self.plans[0]


def tried(trials: Analytic) -> list[int]:
    """Return the seats of the plans tried after the scenario as it is."""
    return [plan.get("t", 0) for plan, _ in trials.tried[1:]]


PACE = Pace(5, 0.6, (0.01, 0.0), cheaper=False, share=1.0)


def test_a_walk_ends_where_nothing_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials, answers, model = desk(tmp_path), Answers(monkeypatch, {T: 3}, {T: 5}), one_lever()
    _walk(trials, model, 0.9, NONE, PACE, {})
    assert tried(trials) == [3, 5]
    assert all(scenario is trials.file.scenario and asked is model for scenario, asked in answers.of)
    # At the end both aims are tried, and neither promises anything.
    asked = [(-0.11, {}), (-0.05, {T: 3}), (-0.01, {T: 5}), (0.0, {T: 5})]
    assert answers.asked == [(slack, here, 0.6, False) for slack, here in asked]


def test_a_walk_has_so_many_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials = desk(tmp_path, base=0.1, each=0.01)
    Answers(monkeypatch, *[{T: seats} for seats in range(2, 40)])
    _walk(trials, one_lever(), 0.9, NONE, PACE, {T: 1})
    assert tried(trials) == [1, 2, 3, 4, 5, 6]


def test_a_plan_that_is_no_better_is_tried_by_halves_three_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials, answers = desk(tmp_path, each=-0.01), Answers(monkeypatch, {T: 16})
    _walk(trials, one_lever(), 0.9, NONE, dataclasses.replace(PACE, steps=9), {})
    assert tried(trials) == [16, 8, 4]
    assert [here for _, here, *_ in answers.asked] == [{}, {}, {}]


def test_after_a_success_a_step_is_twice_as_long_and_patience_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More than ten seats are of no use: of 16, half are taken; then all of what is left to 9, too many, by halves.
    trials = Analytic(
        tmp_path,
        lambda plan, numbers: np.full((numbers.size, 1), 0.6 + (0.01 * plan.get(T, 0) if plan.get(T, 0) <= 10 else 0)),
        lambda _plan: 1.0,
    )
    answers = Answers(monkeypatch, {T: 16}, {T: 16}, {T: 9}, {T: 20})
    _walk(trials, one_lever(), 0.9, NONE, dataclasses.replace(PACE, steps=9), {})
    assert tried(trials) == [16, 8, 9, 20, 14, 11]
    assert [here.get(T, 0) for _, here, *_ in answers.asked] == [0, 0, 8, 9, 9, 9]


def test_what_is_cheaper_is_taken_where_nothing_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials, answers = desk(tmp_path, base=0.701), Answers(monkeypatch, {T: 6}, {T: 5}, {T: 0})
    _walk(trials, one_lever(), 0.9, NONE, CUT, {T: 10})
    # Half the way to 6; all of it to 5, which just does; to nothing, by all of it, a half and a quarter, in vain.
    assert tried(trials) == [10, 8, 5, 2, 3]
    assert answers.asked[0] == (0.101, {T: 10}, 1.0, False)


def test_what_costs_as_much_is_no_better(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials = desk(tmp_path, price=0.0)
    answers = Answers(monkeypatch, {T: 6})
    _walk(trials, one_lever(), 0.9, NONE, CUT, {T: 10})
    assert {here[T] for _, here, *_ in answers.asked} == {10}


def test_the_model_learns_what_a_plan_does_and_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials, model = desk(tmp_path, each=0.01, price=150.0), one_lever(0.02, 100.0)
    Answers(monkeypatch, {T: 6}, {T: 6})
    _walk(trials, model, 0.9, NONE, dataclasses.replace(PACE, steps=1), {})
    assert model.effect[0, 0] == pytest.approx(0.01)
    assert model.price[0] == pytest.approx(150.0)


def test_first_without_overtime_then_freely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials, answers = desk(tmp_path), Answers(monkeypatch, {T: 3}, {T: 3})
    reach(trials, one_lever(), 0.9)
    assert [growth for *_, growth, _ in answers.asked] == [0.6] * 3 + [1.0] * 2
    assert [here for _, here, *_ in answers.asked] == [{}, *[{T: 3}] * 4], "from the best on"
    assert GROW.growth < GROW_FREELY.growth == ADD.growth


def test_what_is_missing_is_added_before_anything_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials, answers = desk(tmp_path, base=0.701), Answers(monkeypatch, {T: 8}, {T: 8}, {T: 8}, {T: 4})
    trials.of({T: 5})
    trials.surplus[0.9] = np.array([0.05])
    cheapest(trials, one_lever(), 0.9)
    assert tried(trials) == [5, 8, 6, 7]
    assert answers.asked[0] == (-0.059, {T: 5}, 1.0, True)
    assert [keeps for *_, keeps in answers.asked] == [True] * 3 + [False] * 3
    assert trials.best(0.9, NONE) == {T: 8}


def test_what_is_lost_may_only_not_get_worse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials, answers = desk(tmp_path, base=0.3), Answers(monkeypatch, {})
    cheapest(trials, one_lever(), 0.9)
    assert [slack for slack, *_ in answers.asked] == [-0.009, 0.001, 0.001]
    reach(trials, one_lever(), 0.9)
    found = [slack for slack, *_ in answers.asked[3:]]
    assert found == [-0.51, -0.5, -0.51, -0.5], "but while plans are looked for that reach it"


def test_after_a_success_of_a_quarter_half_the_way_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials = desk(tmp_path, base=0.561)
    Answers(monkeypatch, {T: 0})
    _walk(trials, one_lever(), 0.9, NONE, CUT, {T: 16})
    # Twelve seats are needed: half the way is too far, a quarter is not; then a half, a quarter and an eighth are.
    assert tried(trials) == [16, 8, 12, 6, 9, 10]


def with_a_lost_window(folder: Path, price: float = 100.0) -> Analytic:
    """Return trials of two windows: one that five seats mend, and one that no plan does, however little worse."""
    return Analytic(
        folder,
        lambda plan, numbers: np.tile([0.701 + 0.02 * plan.get(T, 0), 0.5 + 0.001 * plan.get(T, 0)], (numbers.size, 1)),
        lambda plan: 5000.0 + price * plan.get(T, 0),
        windows=2,
    )


def two_windows() -> EffectModel:
    return dataclasses.replace(one_lever(), effect=np.array([[0.02], [0.004]]), there=np.ones((2, 1)))


def test_what_is_lost_decides_neither_where_to_begin_nor_what_is_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials, model = with_a_lost_window(tmp_path), two_windows()
    answers = Answers(monkeypatch, {T: 9}, {T: 9}, {T: 7})
    trials.of({T: 12}, {T: 9})
    cheapest(trials, model, 0.9)
    assert [here[T] for _, here, *_ in answers.asked[:5]] == [9, 9, 9, 8, 7], (
        "the cheaper one, of all that miss nothing"
    )
    assert trials.best(0.9, np.array([False, True])) == {T: 7}
    assert model.effect[1, 0] == pytest.approx(0.0012), "a tenth of a point a seat, as far as one step corrects"


def test_a_plan_that_is_dearer_after_all_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trials = with_a_lost_window(tmp_path, price=-100.0)
    answers = Answers(monkeypatch, {T: 6})
    _walk(trials, two_windows(), 0.9, np.array([False, True]), CUT, {T: 12})
    assert {here[T] for _, here, *_ in answers.asked} == {12}


@pytest.mark.parametrize(
    ("slack", "here", "goal", "cheaper", "expected"),
    [
        (-0.10, 0, 1, False, True),
        (-0.10, 0, 0, False, False),
        (-0.001, 0, 1, False, False),  # a tenth of a point is not worth a try
        (0.10, 4, 3, False, False),
        (0.10, 4, 3, True, True),
        (0.10, 200, 199, True, False),  # half a per cent of what the plan costs
        (0.10, 4, 5, True, False),
        (np.inf, 0, 1, False, False),
    ],
)
def test_a_goal_is_promising_where_it_misses_less_or_costs_less(
    slack: float, here: int, goal: int, cheaper: bool, expected: bool
) -> None:
    found = _is_promising(one_lever(), np.array([slack]), {T: here}, {T: goal}, cheaper=cheaper)
    assert found == expected


def test_only_what_is_missing_counts_and_all_of_it() -> None:
    model = dataclasses.replace(one_lever(), effect=np.array([[0.02], [0.01], [-0.01], [0.5]]))
    assert _is_promising(model, np.array([-0.1, 0.3, 0.3, np.inf]), {}, {T: 1}, cheaper=False)
    # What one gains the other loses, and a tenth of a point is left.
    both = dataclasses.replace(model, effect=np.array([[0.011], [-0.01]]))
    assert not _is_promising(both, np.array([-0.1, -0.1]), {}, {T: 1}, cheaper=False)
    gains = dataclasses.replace(model, effect=np.array([[0.002], [0.001]]))
    assert _is_promising(gains, np.array([-0.1, -0.1]), {}, {T: 1}, cheaper=False)


def test_half_a_way_keeps_limits_and_makes_one_class_a_month() -> None:
    model = a_model([[0.01] * 5])
    here, goal = {LEVERS[0]: 8, LEVERS[4]: 1}, {LEVERS[1]: 2, LEVERS[2]: 7}
    assert _towards(model, here, goal, 0.5) == {LEVERS[0]: 5, LEVERS[2]: 3, LEVERS[4]: 1}
    assert _towards(model, here, goal, 1.0) == goal
    assert _towards(model, here, {}, 0.75) == {LEVERS[4]: 1}, "two of forty are no class"
    assert _towards(model, {LEVERS[0]: 12}, {}, 0.75) == {LEVERS[0]: 3}, "three are"


def test_overtime_begins_only_at_the_end_of_the_way() -> None:
    model = a_model([[0.01] * 5])
    assert _towards(model, {}, {LEVERS[4]: 1, LEVERS[0]: 10}, 0.5) == {LEVERS[0]: 5}
    assert _towards(model, {}, {LEVERS[4]: 1, LEVERS[0]: 1}, 1.0) == {LEVERS[4]: 1, LEVERS[0]: 1}


def test_of_two_classes_as_large_as_each_other_the_first_takes_all() -> None:
    assert _towards(a_model([[0.01] * 5]), {LEVERS[0]: 4, LEVERS[1]: 4}, {}, 0.0) == {LEVERS[0]: 8}


def test_a_class_takes_no_more_than_it_may() -> None:
    small = a_class("a", EARLY, high=6)
    model = dataclasses.replace(a_model([[0.01] * 5]), levers=[small, *LEVERS[1:]])
    # Five and four in one month: the larger takes one more, and the others stay.
    assert _towards(model, {small: 5, LEVERS[1]: 4}, {}, 0.0) == {small: 6, LEVERS[1]: 3}


def test_classes_of_a_team_in_a_month_belong_together() -> None:
    early, late, other, november, overtime = LEVERS
    assert _same_month(early, late)
    assert not _same_month(late, other), "of another team"
    assert not _same_month(other, november)
    assert not _same_month(november, dataclasses.replace(november, start=NOVEMBER.replace(year=2027)))
    assert not _same_month(overtime, overtime)
    assert not _same_month(early, dataclasses.replace(early, start=None))
    assert not _same_month(dataclasses.replace(early, start=None), early)
