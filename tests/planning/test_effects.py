"""What levers are measured to do, on trials whose answers are a formula."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simcap.planning.effects import EffectModel, everything_possible, measure
from simcap.planning.levers import Amounts, Lever
from tests.helpers import Array
from tests.planning import analytic, models

DAY = dt.date(2026, 10, 5)
DESK = analytic.DESK.replace(
    "agents: 4, skills: [calls], shift: {always: true}",
    'agents: 4, skills: [calls], shift: {days: Mon-Sun, start: "09:00", length: 8 h}',
)
"""Team `u`, of another vendor, goes home: it can be asked for overtime."""


class Analytic(analytic.Analytic):
    """Trials of four windows by default, a week each."""

    def __init__(
        self,
        folder: Path,
        attainment: analytic.Attainment,
        cost: Callable[[Amounts], float],
        windows: int = 4,
        text: str = DESK,
    ) -> None:
        super().__init__(folder, attainment, cost, windows=windows, text=text)


def a_class(week: int, team: str = "t", high: int = 20) -> Lever:
    start = DAY + dt.timedelta(weeks=week)
    return Lever("class", "v", team, 0, high, start, start, start)


FIRST, LATER, OVERTIME = a_class(0), a_class(2), Lever("overtime", "w", "", 0, 1)
LEVERS = [FIRST, LATER, OVERTIME]


def gains(plan: Amounts, numbers: Array) -> Array:
    """Return two points a seat from the week of a class on, and five of overtime in the fourth week."""
    found = np.full(4, 0.5)
    found += 0.02 * plan.get(FIRST, 0)
    found[2:] += 0.02 * plan.get(LATER, 0)
    found[3] += 0.05 * plan.get(OVERTIME, 0)
    return np.tile(found, (numbers.size, 1))


def costs(plan: Amounts) -> float:
    return 5000.0 + 100 * plan.get(FIRST, 0) + 700 * plan.get(OVERTIME, 0)


def measured(folder: Path, text: str = DESK) -> tuple[Analytic, EffectModel]:
    trials = Analytic(folder, gains, costs, text=text)
    return trials, measure(trials, LEVERS, 0.9)


def test_a_class_is_tried_on_its_first_day_and_told_of_later_ones(tmp_path: Path) -> None:
    trials, model = measured(tmp_path)
    # Four of ten agents, overtime, and all that can be approved at once.
    assert [plan for plan, _ in trials.tried[1:]] == [{"t": 4}, {"": 1}, {"": 1, "t": 20}]
    assert model.levers == LEVERS
    assert model.effect == pytest.approx(
        np.array([[0.02, 0, 0], [0.02, 0, 0], [0.02, 0.02, 0], [0.02, 0.02, 0.05]]), abs=1e-12
    )
    # A later class costs by the days that it is there: half of 28.
    assert model.price.tolist() == pytest.approx([100, 50, 700])
    assert model.there.tolist() == [[7, 0, 7], [7, 0, 7], [7, 7, 7], [7, 7, 7]]
    assert model.teams.tolist() == [[1, 0], [1, 0], [0, 1]]
    assert model.sizes.tolist() == [10, 1]
    assert model.floor == pytest.approx(2.0)


def test_what_is_free_has_a_price_all_the_same(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, gains, lambda plan: -10.0 * plan.get(FIRST, 0) + plan.get(OVERTIME, 0))
    assert measure(trials, LEVERS, 0.9).price.tolist() == [1, 1, 1], "where no class costs anything"
    dear = Analytic(tmp_path, gains, lambda plan: 100.0 * plan.get(FIRST, 0))
    assert measure(dear, LEVERS, 0.9).price.tolist() == pytest.approx([100, 50, 2]), "a fiftieth of the dearest class"


def test_overtime_alone_costs_one_at_least(tmp_path: Path) -> None:
    model = measure(Analytic(tmp_path, gains, lambda plan: 0.25 * plan.get(OVERTIME, 0)), [OVERTIME], 0.9)
    assert (model.floor, model.price.tolist()) == (1.0, [1.0]), "where there is no class to hold it against"
    cheap = Analytic(tmp_path, gains, lambda plan: 10.0 * plan.get(FIRST, 0) + 0.5 * plan.get(OVERTIME, 0))
    assert measure(cheap, LEVERS, 0.9).price.tolist() == pytest.approx([10, 5, 0.5])


def test_without_levers_there_are_no_effects(tmp_path: Path) -> None:
    model = measure(Analytic(tmp_path, gains, costs), [], 0.9)
    assert model.levers == []
    assert (model.effect.shape, model.there.shape, model.price.size) == ((4, 0), (4, 0), 0)


def test_what_is_gained_above_the_target_is_the_difference_of_margins(tmp_path: Path) -> None:
    def above(plan: Amounts, numbers: Array) -> Array:
        return np.full((numbers.size, 1), 0.85 + 0.01 * plan.get(FIRST, 0))

    model = measure(Analytic(tmp_path, above, costs, windows=1), [FIRST], 0.9)
    assert model.effect == pytest.approx(np.array([[0.01]]))


def test_little_is_nothing(tmp_path: Path) -> None:
    for each, effect in ((0.0004, 0.0), (0.0006, 0.0006)):

        def few(plan: Amounts, numbers: Array, each: float = each) -> Array:
            return np.full((numbers.size, 1), 0.5 + each * plan.get(FIRST, 0) + 0.1 * plan.get(OVERTIME, 0))

        found = measure(Analytic(tmp_path, few, costs, windows=1), [FIRST, OVERTIME], 0.9)
        assert found.effect == pytest.approx(np.array([[effect, 0.1]])), "four agents must add two in a thousand"


def test_a_team_of_few_is_tried_with_two_and_never_with_more_than_there_may_be(tmp_path: Path) -> None:
    for agents, high, tried in (("3", 20, 2), ("30", 20, 12), ("30", 7, 7)):
        lever = dataclasses.replace(FIRST, high=high)
        trials = Analytic(tmp_path, gains, costs, text=DESK.replace("agents: 10", f"agents: {agents}"))
        measure(trials, [lever], 0.9)
        assert trials.tried[1][0] == {"t": tried}


def test_what_only_all_together_save_is_shared_by_days(tmp_path: Path) -> None:
    def together(plan: Amounts, numbers: Array) -> Array:
        saved = 0.3 if plan.get(FIRST, 0) >= 10 and plan.get(OVERTIME, 0) else 0.0
        return np.tile([0.5 + saved, 0.5 + 0.01 * plan.get(FIRST, 0)], (numbers.size, 1))

    model = measure(Analytic(tmp_path, together, costs, windows=2), LEVERS, 0.9)
    # Twenty seats and overtime were there for seven days each: 147 days for 30 points.
    assert model.effect[0] == pytest.approx([0.3 / 21, 0, 0.3 / 21])
    assert model.effect[1] == pytest.approx([0.01, 0, 0]), "what is known stays"


def test_what_cannot_be_is_not_tried(tmp_path: Path) -> None:
    trials, model = measured(tmp_path, analytic.DESK)
    assert model.levers == [FIRST, LATER], "whoever is there around the clock has no overtime"
    assert [plan for plan, _ in trials.tried[1:]] == [{"t": 4}, {"t": 20}]
    assert (model.sizes.tolist(), model.teams.tolist()) == ([10], [[1], [1]])


def test_overtime_of_a_vendor_without_the_skill_is_never_there(tmp_path: Path) -> None:
    text = DESK.replace(
        "queues:\n",
        "queues:\n  mail: {arrivals: {per_hour: 1}, handle_time: {exponential: 1 min}}\n",
    ).replace("agents: 4, skills: [calls]", "agents: 4, skills: [mail]")
    _, model = measured(tmp_path, text)
    assert model.there[:, 2].tolist() == [0, 0, 0, 0]
    assert model.there[:, 0].tolist() == [7, 7, 7, 7]


RAMP = DESK.replace("  v: {teams: {", "  v: {contract: {currency: USD, ramp_limit: {hires_per_month: 6}}, teams: {"
                    "s: {timezone: UTC, agents: 20, skills: [calls], shift: {always: true}}, ")  # fmt: skip


def a_model(levers: list[Lever]) -> EffectModel:
    count = len(levers)
    return EffectModel(
        levers, np.ones((1, count)), np.ones(count), np.ones((1, count)), np.eye(count), np.ones(count), 1.0
    )


def test_all_that_can_be_approved_is_within_the_ramp_limit_by_size(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, gains, costs, text=RAMP)
    sizes = Lever("agents", "w", "u", -1, 9)
    october, november = [a_class(week) for week in (0, 1)], a_class(4)
    other, small = a_class(1, "s"), a_class(5, "s", 3)
    model = a_model([sizes, *october, november, other, small, OVERTIME])
    # Of six seats a month the ten agents of one team have two, the twenty of the other four: the first class of each.
    assert everything_possible(trials, model) == {sizes: 9, OVERTIME: 1, october[0]: 2, other: 4, november: 2, small: 3}


def test_without_a_ramp_limit_the_first_class_of_each_team_is_as_large_as_may_be(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, gains, costs)
    assert everything_possible(trials, a_model([FIRST, LATER, a_class(4), OVERTIME])) == {FIRST: 20, OVERTIME: 1}


def test_a_model_of_some_levers(tmp_path: Path) -> None:
    _, model = measured(tmp_path)
    part = model.only([OVERTIME, FIRST])
    assert part.levers == [OVERTIME, FIRST]
    assert part.effect[3].tolist() == pytest.approx([0.05, 0.02])
    assert part.price.tolist() == pytest.approx([700, 100])
    assert part.there[0].tolist() == [7, 7]
    assert part.teams.tolist() == [[0, 1], [1, 0]]
    assert part.vector({FIRST: 3}).tolist() == [0, 3]
    assert model.vector({FIRST: 3, OVERTIME: 1}).tolist() == [3, 0, 1]


# -- what a plan tried teaches -----------------------------------------------------------------------------------------


def test_what_one_team_did_is_known_exactly_and_told_to_all_its_classes() -> None:
    model = models.a_model([[0.02, 0.01, 0.02, 0.01, 0.0]])
    model.learn(np.array([5.0, 0, 0, 0, 0]), np.array([0.05]), 60.0)
    assert model.effect[0] == pytest.approx([0.01, 0.005, 0.02, 0.01, 0.0])
    assert model.price == pytest.approx([12.0, 10.8, 9.0, 6.0, 500.0])


def test_each_requirement_is_corrected_by_what_was_seen_of_it() -> None:
    model = models.a_model([[0.02, 0.02, 0.02, 0.02, 0.0], [0.01, 0.01, 0.01, 0.01, 0.0]])
    model.learn(np.array([5.0, 0, 0, 0, 0]), np.array([0.05, 0.10]), 50.0)
    assert model.effect[:, 0] == pytest.approx([0.01, 0.02])


def test_a_swap_teaches_of_both_teams() -> None:
    model = models.a_model([[0.02, 0.02, 0.02, 0.02, 0.0]])
    # Five of b for five of a should have changed nothing, and lost ten points: a does more, b less than was thought.
    change = np.array([-5.0, 0, 5.0, 0, 0])
    model.learn(change, np.array([-0.1]), 0.0)
    assert model.effect @ change == pytest.approx(np.array([-0.1]))
    assert model.effect[0, 0] == pytest.approx(0.03)
    assert model.effect[0, 2] == pytest.approx(0.01)


def test_a_correction_is_bounded_and_what_was_held_to_do_nothing_may_do_something() -> None:
    model = models.a_model([[0.02, 0.02, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]])
    model.learn(np.array([5.0, 0, 10.0, 0, 0]), np.array([-0.4, 0.3]), 140.0)
    assert model.effect[0] == pytest.approx([0.006, 0.006, 0, 0, 0]), "nothing grew that could explain a loss"
    assert model.effect[1, [0, 2]] == pytest.approx([0.02, 0.02]), "by the days that both were there"
    assert model.effect[1, 1] == 0, "it did not move"
