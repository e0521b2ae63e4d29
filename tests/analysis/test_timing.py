"""Work in time as a fluid, in cells of an hour whose outcome is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.analysis.timing import late_in_pace, late_where_it_leaves, late_work, left_alone, pace, unavoidably_late
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


def test_hours_that_just_suffice_make_nothing_late() -> None:
    # Each hour can do what came six hours before: all is done when it is due, but for the last bit of a float.
    load = np.full(24, 1e6 / 3)
    assert not late_work(EDGES, load, np.append(np.zeros(6), load[6:]), 6 * HOUR).any()


def test_what_is_due_as_the_cells_end_is_not_late_in_them() -> None:
    late = late_work(EDGES, EVEN, np.zeros(24), HOUR * 7 / 8)
    assert late.tolist() == [100.0] * 23 + [0.0]


def test_what_is_begun_in_the_moment_it_is_due_stays() -> None:
    # Of what comes by quarters of an hour, that of 07:15 is due at 08:00, when somebody comes.
    late = late_where_it_leaves(EDGES, EVEN, staffed(range(8, 24)), HOUR * 5 / 8)
    assert late[:9].tolist() == [100.0] * 7 + [25.0, 0.0]


def test_quarters_of_a_cell_are_due_one_after_another() -> None:
    each_hour_does_the_one_before = np.append(0.0, EVEN[1:])
    # What comes in the first half of an hour is due in it, when only the hours before are done.
    assert late_in_pace(EDGES, EVEN, each_hour_does_the_one_before, HOUR / 2).tolist() == [50.0] * 24
    # That of the first quarter is due as the next hour begins.
    assert not late_in_pace(EDGES, EVEN, each_hour_does_the_one_before, HOUR * 7 / 8).any()


def test_what_is_done_to_the_item_is_in_time() -> None:
    load, served = staffed([0], 800.0), staffed([0], 100.0)
    # 100 s are done, as many as the first eighth of the hour needs.
    assert late_in_pace(EDGES, load, served, HOUR / 10).tolist() == [600.0] + [0.0] * 23


def test_who_waits_alone_longer_than_patience_has_left() -> None:
    there = np.ones(24, bool)
    there[8:16] = there[22:] = False
    left = left_alone(EDGES, EVEN, there, np.array([9 / 8, 3.0]) * HOUR)
    # Nobody until 16:00: of what came at 14:52:30 the impatient half goes as somebody comes, and is served.
    assert left[8:16].tolist() == [100.0] * 5 + [50.0, 37.5, 0.0]
    # The last hours end with the cells.
    assert left[22:].tolist() == [37.5, 0.0]
    assert not left[:8].any()
    assert not left[16:22].any()


def test_what_leaves_is_that_of_its_own_hour() -> None:
    load = np.arange(24) * 100.0
    found = pace(load, exposure(0.0), np.array([0]), np.ones(1), 4)
    assert found.left.tolist() == [*load[:19].tolist(), *[0.0] * 5], "nobody does anything: all of it, hour by hour"
    found = pace(load, exposure(1e6), np.array([0]), np.ones(1), 4)
    # At 08:00 what came from 04:00 on waits, and the three hundreds of each hour are for the oldest.
    assert found.left[:6].tolist() == [0.0, 100.0, 200.0, 300.0, 100.0, 200.0]


def crew(first: int, seconds: list[list[float]], quota: list[float]) -> Exposure:
    rows = len(seconds)
    return Exposure(0, np.arange(rows), np.full(rows, first), np.array(seconds), np.array(quota))


def test_who_came_before_the_first_hour_is_there_in_it() -> None:
    found = pace(EVEN, crew(-2, [[300.0] * 6], [1e6]), np.array([0]), np.ones(1))
    assert found.served.tolist() == [100.0] * 4 + [0.0] * 20


def test_an_hour_less_is_going_home_first() -> None:
    # The second goes home at 10:00 and works first; so the first has its 200 s for the hour after.
    both = crew(8, [[300.0, 300.0, 300.0, 0.0], [300.0, 300.0, 0.0, 0.0]], [200.0, 200.0])
    found = pace(staffed([8, 9, 10], 100.0), both, np.array([0, 1]), np.ones(2))
    assert found.served[8:12].tolist() == [100.0, 100.0, 100.0, 0.0]


def test_slow_hands_take_longer_for_what_there_is() -> None:
    found = pace(EVEN, crew(0, [[300.0] * 24], [1e6]), np.array([0]), np.full(1, 0.5))
    assert found.served.tolist() == EVEN.tolist(), "of 300 s it needs 200"


def test_nobody_is_spent_where_nothing_waits_or_nobody_is_there() -> None:
    # The second is there throughout but in its last hour but one, the first until then.
    both = crew(0, [[300.0] * 3 + [0.0], [300.0] * 2 + [0.0, 300.0]], [0.0, 0.0])
    found = pace(EVEN, both, np.array([0, 1]), np.ones(2))
    assert found.spent.dtype == bool
    assert np.flatnonzero(found.spent).tolist() == [0, 1, 2, 3]
    assert not pace(np.zeros(24), both, np.array([0, 1]), np.ones(2)).spent.any()


def test_little_work_is_as_late_as_much() -> None:
    for work, amount in ((late_work, 200), (late_where_it_leaves, 200), (unavoidably_late, 200), (late_in_pace, 100)):
        done = staffed([*range(8), *range(16, 24)], amount)
        much = work(EDGES, EVEN, done, 6 * HOUR)
        assert much.any()
        assert work(EDGES, EVEN / 1e4, done / 1e4, 6 * HOUR) * 1e4 == pytest.approx(much)
    few = Exposure(0, np.array([0]), np.array([8]), np.full((1, 8), 0.3), np.array([0.75]))
    little, much = (pace(*given, np.array([0]), np.ones(1)) for given in ((EVEN / 1e3, few), (EVEN, exposure(750.0))))
    assert little.served * 1e3 == pytest.approx(much.served)
    assert little.spent.tolist() == much.spent.tolist()
