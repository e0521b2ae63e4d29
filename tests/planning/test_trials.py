"""Trials whose answers are a formula: what is remembered, what is lost, and what is asked for beside."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simcap.analysis.comparison import Run, run_of
from simcap.errors import RunError
from simcap.experiment.batch import Batch
from simcap.planning import trials as module
from simcap.planning.levers import Amounts, Lever
from simcap.planning.trials import NO_WORSE, Trials, key_of
from simcap.scenario.reading.loading import ScenarioFile
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import Array
from tests.planning.analytic import Analytic
from tests.planning.desks import ALWAYS, file

T, U = Lever("agents", "v", "t", -20, 40), Lever("agents", "w", "u", 0, 20)


def steady(*windows: Callable[[int], float]) -> Callable[[Amounts, Array], Array]:
    """Return an attainment that is the same in all replications: by window, of the change of `t`."""
    return lambda plan, numbers: np.tile([one(plan.get(T, 0)) for one in windows], (numbers.size, 1))


def trials(folder: Path, *windows: Callable[[int], float], price: float = 1.0) -> Analytic:
    return Analytic(folder, steady(*windows), lambda plan: 10 + price * sum(plan.values()), 8, len(windows))


def test_plans_are_known_by_what_they_change(tmp_path: Path) -> None:
    assert key_of({T: 3, U: 0}) == ((T, 3),)
    found = trials(tmp_path, lambda t: 0.7 + t / 100)
    assert found.known[()] is found.base
    one, other, base = found.of({T: 3, U: 0}, {T: 5}, {})
    assert (one.attainment[0, 0], other.attainment[0, 0]) == pytest.approx((0.73, 0.75))
    assert base is found.base
    assert found.of({T: 3})[0] is one
    assert [plan for plan, _ in found.tried] == [{}, {"t": 3, "u": 0}, {"t": 5}]


def test_other_draws_are_remembered_apart(tmp_path: Path) -> None:
    def by_number(plan: Amounts, numbers: Array) -> Array:
        return (numbers + plan.get(T, 0) / 10)[:, None]

    found = Analytic(tmp_path, by_number, lambda _plan: 1.0)
    wide = found.again(range(8, 28), {T: 1})[0]
    assert wide.attainment[[0, -1], 0].tolist() == [8.1, 27.1]
    asked = len(found.tried)
    part = found.again(range(10, 13), {T: 1})[0]
    assert part.attainment[:, 0].tolist() == [10.1, 11.1, 12.1]
    assert part.cost.tolist() == [1, 1, 1]
    assert found.again(range(8, 28), {T: 1})[0].attainment.tolist() == wide.attainment.tolist()
    assert len(found.tried) == asked
    for numbers in (range(7, 13), range(20, 29)):
        assert found.again(numbers, {T: 1})[0].attainment[0, 0] == pytest.approx(numbers.start + 0.1)
    both = found.again(range(8, 10), {T: 1}, {T: 2})
    assert [one.attainment[0, 0] for one in both] == [8.1, 8.2]
    assert len(found.tried) == asked + 3
    assert list(found.known) == [()], "the search does not know of them"
    joined = found.together({T: 1}, range(8, 10))
    assert joined.attainment[:, 0].tolist() == pytest.approx([n + 0.1 for n in range(10)])
    assert joined.cost.size == 10


def test_what_every_plan_misses_is_lost_and_may_not_get_worse(tmp_path: Path) -> None:
    """Target 80%: the first window is met by three more, the second is out of reach, the third met always."""
    found = trials(tmp_path, lambda t: 0.78 + t / 100, lambda t: 0.5 - t / 1000, lambda _t: 0.9)
    assert found.lost(0.9).tolist() == [True, True, False]
    plan, little = found.of({T: 3}, {T: 1})
    lost = found.lost(0.9)
    assert lost.tolist() == [False, True, False]
    assert found.margin(plan, 0.9) == pytest.approx([0.01, -0.303, 0.1])
    assert found.slack(plan, 0.9, lost) == pytest.approx([0.01, NO_WORSE - 0.003, 0.1])
    assert found.missing(plan, 0.9, lost) == pytest.approx(0.002)
    assert found.missing(little, 0.9, lost) == pytest.approx(0.01)
    assert not found.meets(plan, 0.9), "what is lost gets worse by three tenths of a point"
    assert not found.meets(little, 0.9)
    found.surplus[0.9] = np.array([0.02, 0, 0])
    assert found.margin(plan, 0.9)[0] == pytest.approx(-0.01)
    assert found.margin(plan, 0.8)[0] == pytest.approx(0.01), "of another confidence nothing was asked"


def test_a_target_that_is_just_met_is_not_lost(tmp_path: Path) -> None:
    found = trials(tmp_path, lambda _t: 0.8)
    assert found.lost(0.9).tolist() == [False]
    assert found.meets(found.base, 0.9)


def test_the_best_plan_misses_least_and_then_costs_least(tmp_path: Path) -> None:
    found = trials(tmp_path, lambda t: 0.78 + t / 100)
    none = np.zeros(1, bool)
    found.of({T: 1}, {T: -1})
    assert found.best(0.9, none) == {T: 1}
    found.of({T: 9}, {T: 3}, {T: 5})
    assert found.best(0.9, none) == {T: 3}
    dear = trials(tmp_path, lambda t: 0.78 + t / 100, price=-1.0)
    dear.of({T: 3}, {T: 9}, {T: 5})
    assert dear.best(0.9, none) == {T: 9}


def test_what_no_plan_moves_is_untouched(tmp_path: Path) -> None:
    found = trials(tmp_path, lambda _t: 0.5, lambda t: 0.5 + t / 100, lambda _t: np.nan)
    assert found.untouched().tolist() == [False] * 3, "nothing was tried"
    assert found.untouched().dtype == bool
    found.of({T: 1})
    assert found.untouched().tolist() == [True, False, True]
    found.of({T: 0, U: 1})
    assert found.untouched().tolist() == [True, False, True]


def luck(plan: Amounts, numbers: Array) -> Array:
    """Return windows of which draws from 8 on show less: by 10 points, by 0.1, not at all; and one that never moves."""
    fresh = numbers >= 8
    own = 0.85 + plan.get(T, 0) / 100
    columns = [own - 0.1 * fresh, own - 0.001 * fresh, own + 0.05 + 0 * fresh, 0.85 - 0.1 * fresh]
    return np.stack(columns, axis=1)


def test_a_plan_is_weak_where_other_draws_do_not_hold_it(tmp_path: Path) -> None:
    found = Analytic(tmp_path, luck, lambda plan: 10.0 + sum(plan.values()), windows=4)
    found.of({T: 1})
    assert found.weak({T: 1}, 0.9, range(8, 28)).tolist() == [True, False, False, False]
    assert found.weak({T: 20}, 0.9, range(8, 28)).tolist() == [False] * 4, "75% and 20 are enough"
    low = Analytic(tmp_path, lambda plan, numbers: luck(plan, numbers) - 0.3, lambda _plan: 1.0, windows=4)
    low.of({T: 1})
    assert low.weak({T: 1}, 0.9, range(8, 28)).tolist() == [False] * 4, "what is lost is not weak"


SHORT = 0.0429
"""Of 8 draws at 89% and 20 at 79%: mean 81.86%, deviation 4.6 points, a bound of 1.314 x 4.6 x 1.018 below it."""


def test_more_is_asked_for_where_a_plan_is_weak(tmp_path: Path) -> None:
    """The plan has a margin of 9 points, the best that adds at most twice its cost 13: half of the way is the most."""
    found = Analytic(tmp_path, luck, lambda plan: 10.0 + sum(plan.values()), windows=4)
    found.of({T: 4}, {T: 8}, {T: 9})
    assert -found.together({T: 4}, range(8, 28)).margin(0.9, found.targets)[0] == pytest.approx(SHORT, abs=1e-4)
    found.harden({T: 4}, 0.9, range(8, 28))
    assert found.surplus[0.9].tolist() == pytest.approx([0.09 + 0.02, 0, 0, 0])
    found.surplus[0.9] = np.array([0.3, 0.2, 0, 0])
    found.harden({T: 4}, 0.9, range(8, 28))
    assert found.surplus[0.9].tolist() == pytest.approx([0.3, 0.2, 0, 0]), "what was asked for stays"


def test_what_is_short_is_asked_for_where_plans_have_more(tmp_path: Path) -> None:
    found = Analytic(tmp_path, luck, lambda _plan: 10.0, windows=4)
    found.of({T: 4}, {T: 40})
    found.harden({T: 4}, 0.9, range(8, 28))
    assert found.surplus[0.9][0] == pytest.approx(0.09 + SHORT, abs=1e-4), "beside its own margin of 9 points"


def test_plans_that_make_no_scenario_are_not_possible(tmp_path: Path) -> None:
    found = trials(tmp_path, lambda _t: 0.9)
    assert found.changed({}) is found.file
    assert found.changed({T: 3}).scenario.vendors["v"].teams["t"].agents == 13
    assert found.possible({T: 3})
    assert not found.possible({dataclasses.replace(T, low=-40): -30}), "a team of -20"


@pytest.mark.parametrize(
    ("fresh", "is_weak"),
    [
        ([0.81] * 20, False),  # met by all, though less than before makes the future uncertain
        ([0.799] * 3 + [0.85] * 17, False),  # rarely met, and yet the margin holds
        ([0.70] * 2 + [0.801] * 18, False),  # met just as often as asked for
        ([0.70] * 3 + [0.801] * 17, True),
    ],
)
def test_weak_is_what_is_met_too_rarely_and_by_too_little(tmp_path: Path, fresh: list[float], is_weak: bool) -> None:
    own = 0.95 if fresh[0] == 0.81 else fresh[-1]

    def attainment(plan: Amounts, numbers: Array) -> Array:
        found = [own if number < 8 else fresh[number - 8] for number in numbers]
        return np.array(found)[:, None] - (0 if plan else 0.001)

    found = Analytic(tmp_path, attainment, lambda _plan: 1.0)
    found.of({T: 1})
    assert found.weak({T: 1}, 0.9, range(8, 28)).tolist() == [is_weak]


def test_what_is_lost_decides_nothing(tmp_path: Path) -> None:
    found = trials(tmp_path, lambda t: 0.78 + t / 100, lambda t: 0.5 + t / 100)
    small, large = found.of({T: 3}, {T: 5})
    assert found.best(0.9, np.array([False, True])) == {T: 3}
    assert found.meets(small, 0.9)
    assert found.meets(large, 0.9)
    alike = trials(tmp_path, lambda t: 0.78 + t / 100, price=0.0)
    alike.of({T: 3}, {T: 4})
    assert alike.best(0.9, np.zeros(1, bool)) == {T: 3}, "of plans that are alike the first"
    either = Analytic(
        tmp_path, lambda plan, numbers: np.full((numbers.size, 1), 0.9 if plan else 0.7), lambda _plan: 1.0
    )
    either.of({U: 1}, {T: 1})
    assert either.best(0.9, np.zeros(1, bool)) == {U: 1}


# -- plans that are run -----------------------------------------------------------------------------------------------


class Runs:
    """Runs that are asked for, in the place of simulated ones: attainment of 70% and a hundredth an agent of `t`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, attainment: float = 0.7) -> None:
        self.asked: list[tuple[list[int], Batch]] = []
        self.told: list[tuple[int, int]] = []
        self.attainment = attainment
        monkeypatch.setattr(module, "run_batch", self._run)

    def _run(self, files: list[ScenarioFile], plan: Batch, progress: Callable[[int, int], None]) -> list[Run]:
        agents = [one.scenario.vendors["v"].teams["t"].agents or 0 for one in files]
        self.asked.append((agents, plan))
        progress(1, len(files) * len(plan.replications))
        return [self._made(file, count, plan) for file, count in zip(files, agents, strict=True)]

    def _made(self, file: ScenarioFile, agents: int, plan: Batch) -> Run:
        figures = quiet_figures(layout_of(file.scenario), len(plan.replications))
        by_number = self.attainment + agents / 100 + np.array(plan.replications)[:, None, None] / 1000
        figures.of("sla", "week", None, "attainment")[:] = by_number
        figures.of("vendors", "horizon", None, "paid_hours")[:] = agents
        return run_of(file.scenario, figures)

    def tell(self, done: int, of_all: int) -> None:
        self.told.append((done, of_all))


PLAN = Batch(5, range(3, 5))


def test_a_plan_is_run_on_the_same_draws_and_progress_held_against_all_there_is_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, desk = Runs(monkeypatch), file(tmp_path, ALWAYS, AGENTS=10)
    found = Trials(desk, PLAN, runs.tell, 20)
    assert (found.file, found.batch, found.done, found.expected) == (desk, PLAN, 2, 20)
    assert (len(found.required), found.targets.tolist()) == (2, [0.8] * 2)
    assert found.parts.empty
    assert found.surplus == {}
    assert found.base is found.known[()]
    assert found.base.attainment.tolist() == [pytest.approx([0.803] * 2), pytest.approx([0.804] * 2)]
    assert found.base.cost.tolist() == [10, 10]
    one, other = found.of({T: 2}, {T: 5})
    assert one.attainment[:, 0] == pytest.approx([0.823, 0.824])
    assert other.attainment[:, 0] == pytest.approx([0.853, 0.854])
    assert other.cost.tolist() == [15, 15]
    assert found.done == 6
    found.of({T: 2})
    (more,) = found.again(range(8, 9), {T: 2})
    assert more.attainment[:, 0] == pytest.approx([0.828])
    assert found.done == 7
    on = dataclasses.replace(PLAN, replications=range(8, 9))
    assert runs.asked == [([10], PLAN), ([12, 15], PLAN), ([12], on)]
    assert runs.told == [(1, 20), (3, 20), (7, 20)]


def test_where_more_is_done_than_was_expected_all_is_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(monkeypatch)
    found = Trials(file(tmp_path, ALWAYS, AGENTS=10), PLAN, runs.tell)
    found.of({T: 2}, {T: 3})
    assert runs.told == [(1, 2), (3, 6)]
    found._tell(0, 0)
    found.done = 0
    found._tell(0, 0)
    assert runs.told[2:] == [(6, 6), (0, 1)]


def test_without_an_item_nothing_can_be_planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(monkeypatch, np.nan)
    with pytest.raises(RunError, match=r"^always on: no item of an SLA falls into a whole window; there is nothing"):
        Trials(file(tmp_path, ALWAYS, AGENTS=10), PLAN, runs.tell)
