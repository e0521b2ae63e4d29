"""The search for a plan, on trials whose answers are a formula: what is best is known by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simcap.planning.levers import Amounts, Lever
from simcap.planning.search import HARDEN, Search
from tests.helpers import Array
from tests.planning.analytic import Analytic

T, U = Lever("agents", "v", "t", 0, 40), Lever("agents", "w", "u", 0, 20)
DAY = dt.date(2026, 10, 5)


def a_class(week: int, high: int = 20) -> Lever:
    start = DAY + dt.timedelta(weeks=week)
    return Lever("class", "v", "t", 0, high, start, start, start)


def each(plan: Amounts) -> float:
    """Return a cost of one a seat."""
    return float(sum(plan.values()))


def whole(rule: Callable[[Amounts], bool]) -> Callable[[Amounts, Array], Array]:
    """Return an attainment of all where a rule holds, else of half, in every replication."""
    return lambda plan, numbers: np.full((numbers.size, 1), 1.0 if rule(plan) else 0.5)


def size(plan: Amounts, lever: Lever = T) -> int:
    return plan.get(lever, 0)


def test_sizes_are_the_smallest_that_do(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, whole(lambda plan: size(plan) >= 7), each)
    assert Search(trials, [T]).plan(0.9) == {T: 7}
    trials = Analytic(tmp_path, whole(lambda plan: size(plan) >= 7 and size(plan, U) >= 3), each)
    assert Search(trials, [T, U]).plan(0.9) == {T: 7, U: 3}


def test_sizes_are_cut_where_less_does(tmp_path: Path) -> None:
    spare = dataclasses.replace(T, low=-9)
    trials = Analytic(tmp_path, whole(lambda plan: size(plan, spare) >= -4), each)
    assert Search(trials, [spare]).plan(0.9) == {spare: -4}
    trials = Analytic(tmp_path, whole(lambda plan: size(plan, spare) >= 0), each)
    assert Search(trials, [spare]).plan(0.9) == {}, "what is changed by nothing is no part of a plan"


def test_more_replications_are_those_after_the_searchs(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, whole(lambda _plan: True), each, replications=5)
    assert Search(trials, [T]).more == range(5, 5 + HARDEN)


def test_a_plan_that_was_lucky_is_hardened(tmp_path: Path) -> None:
    """On the first eight draws 5 agents do; on the twenty after them 80% are met by 9 only."""

    def attainment(plan: Amounts, numbers: Array) -> Array:
        needed = np.where(numbers < 8, 5, 9)
        return (0.8 + 0.01 * (size(plan) - needed))[:, None]

    trials = Analytic(tmp_path, attainment, each)
    found = Search(trials, [T]).plan(0.9)
    fresh = trials.again(range(8, 28), found)[0]
    assert trials.of({T: 5})[0].met(trials.targets)[0] == 1
    assert fresh.met(trials.targets)[0] == 1, "it holds on draws that the search has not seen"
    assert size(found) <= 13, "and is not much more than that needs"


def test_a_base_that_does_is_left_as_it_is(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, whole(lambda _plan: True), each)
    search = Search(trials, [a_class(0), a_class(1)])
    assert search.plan(0.9) == {}
    assert [plan for plan, numbers in trials.tried if plan] == [], "nothing else was tried"
    assert not search.ready


def test_a_class_of_just_the_size(tmp_path: Path) -> None:
    trials = Analytic(
        tmp_path, lambda plan, numbers: np.full((numbers.size, 1), 0.71 + 0.02 * sum(plan.values())), each
    )
    first = a_class(0)
    search = Search(trials, [first])
    assert search.plan(0.9) == {first: 5}
    assert search.ready


def test_sizes_beside_classes_only_grow_and_are_planned_like_these(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, whole(lambda _plan: True), each)
    spare = dataclasses.replace(U, low=-3)
    search = Search(trials, [a_class(0), spare])
    assert search.sizes == []
    assert [(lever.kind, lever.low) for lever in search.others] == [("class", 0), ("agents", 0)]
    overtime = Lever("overtime", "w", "", 0, 1)
    apart = Search(trials, [spare, overtime])
    assert (apart.sizes, apart.others) == ([spare], [overtime])


def test_the_model_is_measured_once(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, whole(lambda plan: sum(plan.values()) >= 4), each)
    search = Search(trials, [a_class(0)])
    assert not search.ready
    model = search.model(0.9)
    assert search.model(0.9) is model
    assert search.ready


def test_sizes_are_ready_once_one_was_tried(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, whole(lambda plan: size(plan) >= 4), each)
    search = Search(trials, [T])
    assert not search.ready
    trials.of({T: 1})
    assert search.ready
    assert not Search(trials, [a_class(0)]).ready


def test_what_a_plan_does_as_well_without_is_left_out(tmp_path: Path) -> None:
    """The class of the third week does nothing, that of the first all: the latest is tried first."""
    early, late = a_class(0), a_class(2)
    trials = Analytic(tmp_path, whole(lambda plan: size(plan, early) >= 4), each)
    search = Search(trials, [early, late])
    assert search._needed(0.9, {early: 4, late: 3}) == {early: 4}
    assert search._needed(0.9, {late: 3}) == {}
    either = Analytic(tmp_path, whole(lambda plan: size(plan, early) >= 4 or size(plan, late) >= 3), each)
    assert Search(either, [early, late])._needed(0.9, {early: 4, late: 3}) == {early: 4}
    sizes = Search(Analytic(tmp_path, whole(lambda _plan: True), each), [T])
    assert sizes._needed(0.9, {T: 3}) == {T: 3}, "sizes were bisected"


def test_what_only_more_draws_ask_for_is_kept(tmp_path: Path) -> None:
    """The search's draws are met either way; on others the class is needed in one of two."""
    early = a_class(0)

    def attainment(plan: Amounts, numbers: Array) -> Array:
        hard = (numbers >= 8) & (numbers % 2 == 0)
        with_it = size(plan, early) >= 4
        return np.where(hard & (not with_it), 0.5, 0.95 if with_it else 0.9)[:, None]

    search = Search(Analytic(tmp_path, attainment, each), [early])
    assert search._needed(0.9, {early: 4}) == {early: 4}


@pytest.mark.parametrize(("cheap", "found"), [(3.0, 2), (5.0, 5), (6.0, 5)])
def test_a_cheaper_plan_that_holds_is_taken(tmp_path: Path, cheap: float, found: int) -> None:
    """Two seats are as often on target as five, by less than the margin that the search asks for."""
    first = a_class(0)

    def attainment(plan: Amounts, numbers: Array) -> Array:
        wide = np.where(numbers % 2 == 0, 0.805, 0.95)
        by_size = {2: wide, 5: np.full(numbers.size, 0.9)}
        return by_size.get(size(plan, first), np.full(numbers.size, 0.5))[:, None]

    trials = Analytic(tmp_path, attainment, lambda plan: cheap if size(plan, first) == 2 else each(plan))
    trials.of({first: 2}, {first: 5})
    search = Search(trials, [first])
    assert not trials.meets(trials.of({first: 2})[0], 0.9), "by its margin"
    assert search._cheaper(0.9, {first: 5}) == {first: found}


def test_of_sizes_a_larger_team_is_no_better_for_a_lower_price(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, whole(lambda plan: size(plan) >= 3), lambda plan: 10.0 - size(plan))
    trials.of({T: 5}, {T: 3})
    assert Search(trials, [T])._cheaper(0.9, {T: 3}) == {T: 3}
    first = a_class(0)
    trials = Analytic(tmp_path, whole(lambda plan: size(plan, first) >= 3), lambda plan: 10.0 - size(plan, first))
    trials.of({first: 5}, {first: 3})
    assert Search(trials, [first])._cheaper(0.9, {first: 3}) == {first: 5}


# -- what is lost -----------------------------------------------------------------------------------------------------


def beside_a_lost_one(own: Callable[[int], float], lost: Callable[[int], float]) -> Callable[[Amounts, Array], Array]:
    """Return two windows, each of the seats of a class; the second never comes near its target."""
    return lambda plan, numbers: np.tile([one(sum(plan.values())) for one in (own, lost)], (numbers.size, 1))


def test_what_is_lost_keeps_nothing_and_hides_nothing(tmp_path: Path) -> None:
    first = a_class(0)
    idle = Analytic(tmp_path, beside_a_lost_one(lambda _s: 0.9, lambda s: 0.5 + s / 100), each, windows=2)
    assert Search(idle, [first])._needed(0.9, {first: 4}) == {}, "it makes better only what is lost anyway"
    needed = beside_a_lost_one(lambda s: 0.9 if s else 0.7, lambda _s: 0.5)
    trials = Analytic(tmp_path, needed, each, windows=2)
    trials.of({first: 4})
    assert Search(trials, [first])._needed(0.9, {first: 4}) == {first: 4}


def test_a_plan_is_as_large_as_what_is_not_lost_asks_for(tmp_path: Path) -> None:
    first = a_class(0)
    both = beside_a_lost_one(lambda s: 0.71 + s / 50, lambda s: 0.5 + s / 200)
    assert Search(Analytic(tmp_path, both, each, windows=2), [first]).plan(0.9) == {first: 5}


def test_all_are_tried_though_the_latest_is_needed(tmp_path: Path) -> None:
    early, late = a_class(0), a_class(2)
    trials = Analytic(tmp_path, whole(lambda plan: size(plan, late) >= 3), each)
    trials.of({early: 4, late: 3})
    assert Search(trials, [early, late])._needed(0.9, {early: 4, late: 3}) == {late: 3}


# -- what is cheaper --------------------------------------------------------------------------------------------------


def test_a_share_that_is_just_as_sure_will_do(tmp_path: Path) -> None:
    first = a_class(0)

    def attainment(plan: Amounts, numbers: Array) -> Array:
        often = np.where(numbers % 4 == 0, 0.7, 0.95)
        by_size = {2: often, 5: np.full(numbers.size, 0.9)}
        return by_size.get(size(plan, first), np.full(numbers.size, 0.5))[:, None]

    trials = Analytic(tmp_path, attainment, each)
    trials.of({first: 2}, {first: 5})
    assert Search(trials, [first])._cheaper(0.75, {first: 5}) == {first: 2}
    assert Search(trials, [first])._cheaper(0.76, {first: 5}) == {first: 5}


def test_as_many_agents_elsewhere_may_be_cheaper(tmp_path: Path) -> None:
    trials = Analytic(
        tmp_path, whole(lambda plan: sum(plan.values()) >= 5), lambda plan: 3.0 * size(plan) + size(plan, U)
    )
    trials.of({T: 3, U: 2}, {T: 2, U: 3})
    assert Search(trials, [T, U])._cheaper(0.9, {T: 3, U: 2}) == {T: 2, U: 3}


def test_of_cheaper_plans_the_cheapest_comes_first(tmp_path: Path) -> None:
    first = a_class(0)
    price = {0: 0.0, 2: 3.0, 3: 2.0, 4: 4.0, 5: 5.0}
    trials = Analytic(tmp_path, whole(lambda plan: size(plan, first) > 0), lambda plan: price[size(plan, first)])
    trials.of({first: 2}, {first: 3}, {first: 4}, {first: 5})
    assert Search(trials, [first])._cheaper(0.9, {first: 5}) == {first: 3}
