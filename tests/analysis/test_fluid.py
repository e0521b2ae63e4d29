"""Load against capacity: what no sharing out can do by the end of a week."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcap.analysis import fluid
from simcap.analysis.fluid import Weekly, overdue

hours = st.floats(0, 100)


def plan(
    load: Sequence[Sequence[float]],
    supply: Sequence[Sequence[float]],
    speed: Sequence[Sequence[float]],
    not_due: Sequence[Sequence[float]] | None = None,
    limit: dict[tuple[int, int], Sequence[float]] | None = None,
    queue: Sequence[int] | None = None,
) -> Weekly:
    work, skill = np.array(load, float), np.array(speed, float)
    limits = np.full((*skill.shape, work.shape[1]), np.inf)
    for place, allowed in (limit or {}).items():
        limits[place] = allowed
    return Weekly(
        load=work,
        not_due=np.zeros_like(work) if not_due is None else np.array(not_due, float),
        supply=np.array(supply, float),
        speed=skill,
        limit=limits,
        queue=np.arange(work.shape[0]) if queue is None else np.array(queue),
        stays=np.ones(work.shape[0], bool),
        foreign=np.zeros(skill.shape, bool),
    )


def test_what_a_week_leaves_is_done_in_the_next_where_that_has_room() -> None:
    left = overdue(plan([[10, 10, 0], [20, 5, 0]], [[10, 5, 9], [10, 4, 9]], [[1, 1], [0, 1]]))
    assert left.sum(axis=0) == pytest.approx([10, 16, 0])
    assert (left >= -1e-9).all()


def test_what_has_left_does_not_wait() -> None:
    leaving = Weekly(**{**vars(plan([[12, 11]], [[10, 10]], [[1]])), "stays": np.array([False])})
    assert overdue(leaving) == pytest.approx(np.array([[2, 1]]))


def test_what_is_not_due_yet_may_wait() -> None:
    left = overdue(plan([[12, 8]], [[10, 9]], [[1]], not_due=[[1.5, 0.5]]))
    assert left == pytest.approx(np.array([[0.5, 0.5]]))


def test_hours_cannot_be_worked_before_the_work_is_there() -> None:
    assert overdue(plan([[0, 20]], [[10, 10]], [[1]])) == pytest.approx(np.array([[0, 10]]))


def test_supply_without_the_skill_is_of_no_use() -> None:
    assert overdue(plan([[8], [3]], [[50]], [[0, 1]])) == pytest.approx(np.array([[8], [0]]))


def test_slow_hours_do_less() -> None:
    assert overdue(plan([[10]], [[16]], [[0.5]])) == pytest.approx(np.array([[2]]))


def test_a_limit_holds_for_all_lines_of_a_queue_together() -> None:
    limit = {(0, 0): [6.0], (0, 1): [6.0]}
    assert overdue(plan([[5], [4]], [[50]], [[1, 1]], limit=limit)) == pytest.approx(np.zeros((2, 1)), abs=1e-9)
    together = overdue(plan([[5], [4]], [[50]], [[1, 1]], limit=limit, queue=[0, 0]))
    assert together.sum() == pytest.approx(3)


def test_a_clever_sharing_out_is_found() -> None:
    # The first crew must leave the second line to the second crew, and that one the third line to the third.
    left = overdue(plan([[10], [10], [10]], [[10], [10], [10]], [[1, 1, 0], [0, 1, 1], [1, 0, 1]]))
    assert left == pytest.approx(np.zeros((3, 1)), abs=1e-9)


def test_other_vendors_work_comes_after_ones_own() -> None:
    shared = plan([[10], [10]], [[4], [10]], [[1, 0], [1, 1]])
    own = Weekly(**{**vars(shared), "foreign": np.array([[False, True], [True, False]])})
    assert overdue(own) == pytest.approx(np.array([[6], [0]]))


@given(st.lists(hours, min_size=3, max_size=3), st.lists(hours, min_size=3, max_size=3))
def test_what_remains_is_the_worst_cut(load: list[float], supply: list[float]) -> None:
    skills = [[0], [0, 1], [1, 2]]
    speed = [[float(queue in own) for queue in range(3)] for own in skills]
    left = overdue(plan([[hours] for hours in load], [[hours] for hours in supply], speed)).sum()
    subsets = [[queue for queue in range(3) if mask >> queue & 1] for mask in range(8)]
    cuts = [
        sum(load[queue] for queue in chosen)
        - sum(supply[team] for team in range(3) if any(queue in chosen for queue in skills[team]))
        for chosen in subsets
    ]
    assert left == pytest.approx(max(cuts), abs=1e-3)


# -- by a simple plan -------------------------------------------------------------------------------------------------


@pytest.fixture(name="simply")
def _simply(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(weekly: Weekly) -> None:
        raise AssertionError(f"a linear program is asked for {weekly.load.tolist()}")

    monkeypatch.setattr(fluid, "_minimum_overdue", asked)


@pytest.mark.usefixtures("simply")
def test_lines_that_few_can_take_come_first() -> None:
    # The first line's ten hours must be shared by both crews: each has a line of its own with five.
    done = overdue(plan([[10], [5], [5]], [[10], [10]], [[1, 1, 0], [1, 0, 1]]))
    assert done.tolist() == [[0], [0], [0]]


@pytest.mark.usefixtures("simply")
def test_crews_that_can_take_little_come_first() -> None:
    # The first crew's ten hours are all needed by the second line: the second crew must do the first.
    done = overdue(plan([[10], [15]], [[10], [10], [5]], [[1, 1], [1, 0], [0, 1]]))
    assert done.tolist() == [[0], [0]]


@pytest.mark.usefixtures("simply")
def test_quick_hands_keep_the_hours_that_they_do_not_need() -> None:
    assert overdue(plan([[10], [10]], [[10]], [[2, 2]])).tolist() == [[0], [0]]


@pytest.mark.usefixtures("simply")
def test_a_limit_of_one_queue_is_not_used_up_by_another() -> None:
    limit = {(0, 0): [6.0], (0, 1): [6.0]}
    assert overdue(plan([[5], [4]], [[50]], [[1, 1]], limit=limit)).tolist() == [[0], [0]]


@pytest.mark.usefixtures("simply")
def test_a_millionth_of_the_work_is_nothing() -> None:
    assert overdue(plan([[1e6]], [[1e6 - 0.5]], [[1]])).tolist() == [[0]]


def test_a_limit_belongs_to_one_crew_and_one_queue() -> None:
    # Ten hours of each line; the first crew may do two of the second line, the third crew five of the first.
    limit = {(0, 1): [2.0], (2, 0): [5.0]}
    left = overdue(plan([[10], [10]], [[10], [10], [10]], [[0, 1], [0, 0], [1, 0]], limit=limit))
    assert left == pytest.approx(np.array([[5], [8]]))
