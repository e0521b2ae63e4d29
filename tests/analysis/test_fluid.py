"""Load against capacity: what no sharing out can cover."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcap.analysis.fluid import reachable, uncovered

hours = st.floats(0, 100)


def test_each_week_is_shared_out_best() -> None:
    load = np.array([[10.0, 10.0, 0.0], [20.0, 5.0, 0.0]])
    supply = np.array([[10.0, 5.0, 9.0], [10.0, 4.0, 9.0]])
    left = uncovered(load, supply, [[0, 1], [1]])
    assert left.sum(axis=0) == pytest.approx([10, 6, 0])
    assert (left >= 0).all()


def test_supply_without_the_skill_is_of_no_use() -> None:
    assert uncovered(np.array([[8.0], [3.0]]), np.array([[50.0]]), [[1]]) == pytest.approx(np.array([[8.0], [0.0]]))
    assert reachable(np.array([[50.0], [7.0]]), [[1], [0, 1]], 3).tolist() == [[7], [57], [0]]


@given(st.lists(hours, min_size=3, max_size=3), st.lists(hours, min_size=3, max_size=3))
def test_what_remains_is_the_worst_cut(load: list[float], supply: list[float]) -> None:
    skills = [[0], [0, 1], [1, 2]]
    left = uncovered(np.array(load)[:, None], np.array(supply)[:, None], skills).sum()
    subsets = [[queue for queue in range(3) if mask >> queue & 1] for mask in range(8)]
    cuts = [
        sum(load[queue] for queue in chosen)
        - sum(supply[team] for team in range(3) if any(queue in chosen for queue in skills[team]))
        for chosen in subsets
    ]
    assert left == pytest.approx(max(cuts), abs=1e-6)
