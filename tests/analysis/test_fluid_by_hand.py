"""Work that fits by a simple plan, which no linear program is asked for, and limits that are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.analysis import fluid
from simcap.analysis.fluid import Weekly, overdue
from tests.analysis.test_fluid import plan


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
