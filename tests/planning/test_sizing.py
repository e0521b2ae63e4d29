"""Team sizes by bisection: the smallest that meet a rule, and how many of them are tried."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simcap.planning.levers import Amounts, Lever
from simcap.planning.sizing import _least, _together, smallest
from tests.helpers import Array
from tests.planning.analytic import Analytic

T, U = Lever("agents", "v", "t", -9, 40), Lever("agents", "w", "u", -3, 20)


def by_rule(rule: Callable[[int, int], bool]) -> Callable[[Amounts, Array], Array]:
    """Return an attainment of 100% where a rule of the changes of both teams holds, else of half."""
    return lambda plan, numbers: np.full((numbers.size, 1), 1.0 if rule(plan.get(T, 0), plan.get(U, 0)) else 0.5)


def sizes(folder: Path, rule: Callable[[int, int], bool]) -> tuple[int, int]:
    trials = Analytic(folder, by_rule(rule), lambda plan: float(sum(plan.values())))
    found = smallest(trials, [T, U], 0.9)
    return found[T], found[U]


@pytest.mark.parametrize("least", [-9, -5, 0, 1, 7, 39, 40])
def test_one_team_of_just_so_many(tmp_path: Path, least: int) -> None:
    trials = Analytic(tmp_path, by_rule(lambda t, _u: t >= least), lambda plan: float(sum(plan.values())))
    assert smallest(trials, [T], 0.9) == {T: least}
    assert len(trials.tried) <= 16, "a bisection of 50 sizes, and its end"


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (lambda t, u: t >= 7 and u >= 2, (7, 2)),
        (lambda t, u: t >= -9 and u >= -3, (-9, -3)),
        (lambda t, u: t >= 40 and u >= 20, (40, 20)),
        (lambda t, u: t >= -9 and u >= 20, (-9, 20)),
    ],
)
def test_no_team_could_be_smaller(tmp_path: Path, rule: Callable[[int, int], bool], found: tuple[int, int]) -> None:
    assert sizes(tmp_path, rule) == found


def test_where_the_bounds_are_not_enough_they_are_the_answer(tmp_path: Path) -> None:
    trials = Analytic(tmp_path, by_rule(lambda _t, _u: True), lambda plan: float(sum(plan.values())))
    trials.surplus[0.9] = np.array([0.5])
    assert smallest(trials, [T, U], 0.9) == {T: 40, U: 20}
    assert [plan for plan, _ in trials.tried] == [{}, {"t": 40, "u": 20}]


@pytest.mark.parametrize(
    ("high", "needed", "together", "found"),
    [(20, 20, (13, 8), (12, 8)), (100, 20, (2, 19), (2, 18)), (40, 10, (3, 8), (2, 8))],
)
def test_the_largest_team_is_cut_first(
    tmp_path: Path, high: int, needed: int, together: tuple[int, int], found: tuple[int, int]
) -> None:
    """Both together have one agent too many: of 10 and 4 agents, with what is added, the larger team spares it."""
    other = Lever("agents", "w", "u", -3, high)

    def rule(amounts: Amounts) -> bool:
        return amounts.get(T, 0) + amounts.get(other, 0) >= needed

    def attainment(plan: Amounts, numbers: Array) -> Array:
        return np.full((numbers.size, 1), 1.0 if rule(plan) else 0.5)

    assert tuple(_together([T, other], rule).values()) == together
    trials = Analytic(tmp_path, attainment, lambda plan: float(sum(plan.values())))
    assert tuple(smallest(trials, [T, other], 0.9).values()) == found


def test_all_teams_move_together_by_shares_of_their_bounds() -> None:
    """Half of the way is 16 and 9, a quarter 4 and 3, three eighths 10 and 6; until a step is less than an agent."""
    asked: list[tuple[int, int]] = []

    def meets(amounts: dict[Lever, int]) -> bool:
        asked.append((amounts[T], amounts[U]))
        return amounts[T] >= 10

    found = _together([T, U], meets)
    assert asked == [(16, 9), (4, 3), (10, 6), (7, 5), (8, 5), (9, 6)]
    assert (found[T], found[U]) == (10, 6)


@pytest.mark.parametrize("least", range(-9, 13))
def test_one_team_alone_is_searched_from_its_end(least: int) -> None:
    asked: list[int] = []

    def meets(amounts: dict[Lever, int]) -> bool:
        asked.append(amounts[T])
        assert amounts[U] == 5, "the others stay"
        return amounts[T] >= least

    assert _least({T: 12, U: 5}, T, meets) == least
    assert len(set(asked)) == len(asked), "nothing is asked twice"
    assert min(asked, default=0) >= -9


@pytest.mark.parametrize(
    ("begin", "least", "tried"),
    [(12, 12, [11]), (12, -9, [11, 9, 5, -3, -7, -9]), (-9, -9, []), (12, 4, [11, 9, 5, -3, 1, 3, 4])],
)
def test_the_search_widens_from_its_end_and_halves_then(begin: int, least: int, tried: list[int]) -> None:
    asked: list[int] = []

    def meets(amounts: dict[Lever, int]) -> bool:
        asked.append(amounts[T])
        return amounts[T] >= least

    assert _least({T: begin}, T, meets) == least
    assert asked == tried


def test_one_agent_more_or_none(tmp_path: Path) -> None:
    one = Lever("agents", "v", "t", 0, 1)
    for least in (0, 1):
        rule = by_rule(lambda t, _u, least=least: t >= least)

        def attainment(plan: Amounts, numbers: Array, rule: Callable[[Amounts, Array], Array] = rule) -> Array:
            return rule({T: plan.get(one, 0)}, numbers)

        trials = Analytic(tmp_path, attainment, lambda plan: float(sum(plan.values())))
        assert smallest(trials, [one], 0.9) == {one: least}
