"""What waited is counted to the second, by age at the beginning of a step."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simcap.calibration.pickup.steps import HOURS, SATURDAY, SUNDAY, ages_for, exposure, steps_between, without_days
from tests.calibration.pickup.simulated import HOUR, STEP, steps


def test_exposure_is_the_share_of_a_step_that_an_item_waits() -> None:
    within = steps(1)
    created = within.begin + np.array([-2 * HOUR, 300.0, 300.0])
    gone = within.begin + np.array([450.0, np.inf, 2 * STEP + 90.0])
    counted = exposure(created, gone, np.array([True, False, False]), within)
    old = int(np.searchsorted(counted.ages, 2 * HOUR, "right") - 1)
    assert counted.waiting[0, old] == pytest.approx(0.5)
    assert counted.waiting[0, 0] == pytest.approx(2 * 600 / 900)
    assert counted.waiting[2, 0] == pytest.approx(0.0)  # 25 min old at the beginning of the third step
    assert counted.waiting[2, 1] == pytest.approx(1.1)
    assert counted.open[:4].tolist() == [3, 2, 2, 1]
    assert counted.picked.sum() == counted.picked[0, old] == 1
    assert counted.left.sum() == counted.left[2, 1] == 1


def test_a_lost_day_counts_nothing() -> None:
    within = steps(3)
    created = within.begin + np.array([0.0, 25 * HOUR])
    counted = exposure(created, np.full(2, np.inf), np.zeros(2, np.bool_), within)
    without = without_days(counted, np.array([False, True, False]))
    assert without.waiting[within.day == 1].sum() == 0
    assert without.open[within.day == 2].tolist() == counted.open[within.day == 2].tolist()


def test_days_are_local_and_of_their_kind() -> None:
    # Clocks go forward on Sunday 29 March 2026, and that Monday is made a holiday.
    found = steps_between(
        dt.date(2026, 3, 28), dt.date(2026, 3, 31), "Europe/Berlin", HOUR, frozenset({dt.date(2026, 3, 30)})
    )
    assert [int((found.day == day).sum()) for day in range(3)] == [24, 23, 24]
    assert [int(found.slot[found.day == day][0]) // HOURS for day in range(3)] == [SATURDAY, SUNDAY, SUNDAY]
    assert (found.slot[found.day == 1] % HOURS).tolist() == [0, 1, *range(3, 24)]


def test_no_band_but_the_first_is_finer_than_a_step() -> None:
    assert ages_for(HOUR)[:3].tolist() == [0, HOUR, 2 * HOUR]
