"""Work in time as a fluid, in cells of an hour whose outcome is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.analysis.timing import late_in_pace, late_where_it_leaves, late_work, pace, unavoidably_late
from simcap.tally import Exposure
from simcap.units import HOUR

EDGES = np.arange(25) * HOUR
EVEN = np.full(24, 100.0)


def staffed(hours: range | list[int], amount: float = 1e6) -> np.ndarray:
    found = np.zeros(24)
    found[list(hours)] = amount
    return found


def test_of_a_gap_that_is_longer_than_allowed_the_excess_is_late() -> None:
    capacity = staffed([*range(8), *range(16, 24)])
    late = late_work(EDGES, EVEN, capacity, 6 * HOUR)
    # From 08:00 on nobody is there for eight hours: what comes in the first two is late.
    assert late.tolist() == [100.0 if hour in (8, 9) else 0.0 for hour in range(24)]


def test_what_waits_for_what_came_before_is_late_too() -> None:
    late = late_work(EDGES, EVEN, staffed([*range(8), *range(16, 24)], 200.0), 6 * HOUR)
    # At 16:00 800 s wait and 100 s an hour are worked off: what came at 8 + x is done at 16 + x / 2, late up to x = 4.
    assert late.tolist() == [100.0 if 8 <= hour < 12 else 0.0 for hour in range(24)]


def test_what_leaves_is_in_nobodys_way() -> None:
    late = late_where_it_leaves(EDGES, EVEN, staffed([*range(8), *range(16, 24)]), 6 * HOUR)
    assert late.tolist() == [100.0 if hour in (8, 9) else 0.0 for hour in range(24)]
    # For eight hours nobody is there: at 16:00 six hours' work is left, then 200 s an hour are done, that soonest due
    # first. What came at 10 + x is due at 16 + x, when 200 x of the 100 x that are due so far are done.
    late = late_where_it_leaves(EDGES, EVEN, staffed([*range(8), *range(16, 24)], 200.0), 6 * HOUR)
    assert late.tolist() == [100.0 if hour in (8, 9) else 0.0 for hour in range(24)]
    # Hours for half of it do half of it in time, but for what six hours can wait at the beginning.
    late = late_where_it_leaves(EDGES, EVEN, staffed(range(24), 50.0), 6 * HOUR)
    assert late[:6].sum() < 50
    assert late[8:17] == pytest.approx(50, abs=25)
    assert late.sum() == pytest.approx((24 * 100 - 24 * 50) - 6 * 100, abs=25)


def test_a_gap_as_long_as_allowed_makes_nothing_late() -> None:
    for work in (late_work, late_where_it_leaves):
        assert not work(EDGES, EVEN, staffed([*range(8), *range(14, 24)]), 6 * HOUR).any()


def test_what_is_due_after_the_last_cell_is_in_time() -> None:
    assert late_work(EDGES, EVEN, staffed(range(12)), 6 * HOUR).tolist() == [
        100.0 if 12 <= hour < 18 else 0.0 for hour in range(24)
    ]


def exposure(quota: float) -> Exposure:
    return Exposure(
        queue=0,
        crew=np.array([0]),
        first=np.array([8]),
        seconds=np.full((1, 8), 300.0),
        quota=np.array([quota]),
    )


def test_a_spent_limit_leaves_nobody() -> None:
    found = pace(EVEN, exposure(900.0), np.array([0]), np.ones(1))
    # 900 s are worked from 08:00 to 11:00, at 300 s an hour: what 900 s that came before 09:00 need.
    assert found.served.tolist() == [300.0 if 8 <= hour < 11 else 0.0 for hour in range(24)]
    assert np.flatnonzero(found.spent).tolist() == [11, 12, 13, 14, 15]
    late = late_in_pace(EDGES, EVEN, found.served, 4 * HOUR)
    assert late[9:20].tolist() == [100.0] * 11
    assert late[5:8].tolist() == [0.0, 0.0, 0.0]


def test_who_goes_home_first_works_first() -> None:
    # Both are there from 08:00 on, the second until 12:00 only: with its 400 s first, the other's last until 20:00.
    both = Exposure(
        queue=0,
        crew=np.array([0, 1]),
        first=np.array([8, 8]),
        seconds=np.stack([np.full(12, 300.0), np.where(np.arange(12) < 4, 300.0, 0.0)]),
        quota=np.array([800.0, 400.0]),
    )
    load = np.where((np.arange(24) >= 8) & (np.arange(24) < 20), 100.0, 0.0)
    assert pace(load, both, np.array([0, 1]), np.ones(2)).served.tolist() == load.tolist()


def test_what_leaves_takes_nothing_of_a_limit() -> None:
    found = pace(EVEN, exposure(900.0), np.array([0]), np.ones(1), 4)
    # At 08:00 what came from 04:00 on is there yet: two hours for it, three for what comes then, up to the limit.
    assert found.served[8:14].tolist() == [300, 300, 100, 100, 100, 0]
    assert found.left.tolist() == [100.0 if hour < 4 or 13 <= hour < 19 else 0.0 for hour in range(24)]


def test_a_limit_that_is_not_reached_spares_what_is_left() -> None:
    found = pace(EVEN, exposure(2400.0), np.array([0]), np.ones(1))
    # 800 s wait at 08:00, 100 s an hour come: all is done in the fourth hour.
    assert found.served[8:13].tolist() == [300.0, 300.0, 300.0, 300.0, 100.0]
    assert not found.spent.any()


def test_slow_hands_use_up_their_limit_with_less_done() -> None:
    assert pace(EVEN, exposure(900.0), np.array([0]), np.full(1, 0.5)).served.sum() == pytest.approx(450.0)


def test_whatever_the_order_what_waits_and_is_old_is_late() -> None:
    late = unavoidably_late(EDGES, EVEN, staffed([*range(8), *range(16, 24)], 200.0), 6 * HOUR)
    # At 16:00 800 s wait, 600 of them younger than six hours.
    assert late[16] == pytest.approx(200.0)
    assert late[:14].max() == 0.0
    assert late[17] == pytest.approx(100.0)
