"""Forecasts of past weeks: nothing of later weeks is in them, rules are what they are called, errors add up."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.calibration.fits import hindcast
from simcap.calibration.fits.busy_days import HOLIDAY, USUAL
from simcap.calibration.fits.hindcast import foresee_days, foresee_weeks, foresight_table, missed
from simcap.calibration.fits.levels import Weeks

WEEKDAY = np.arange(91) % 7
NONE = np.full(91, USUAL)


def counts(seed: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.poisson(np.array([9, 8, 8, 7, 6, 3, 2.0])[WEEKDAY] * 20).astype(float)


def test_no_forecast_knows_what_came_later() -> None:
    before, after = counts(), counts()
    after[56:] *= 3
    whole = [foresee_days(days, NONE == USUAL, NONE, WEEKDAY) for days in (before, after)]
    early = [[(one.week, one.ahead, one.model, one.low, one.high) for one in found if one.week - one.ahead < 7]
             for found in whole]  # fmt: skip
    assert len(early[0]) == 4 * 4
    assert early[0] == early[1]


def test_rules_are_those_of_their_names() -> None:
    items = np.arange(100.0, 170.0)
    weeks = Weeks(items, np.ones(70))
    found = foresee_weeks(weeks, weeks)
    assert {one.week - one.ahead + 1 for one in found} == set(range(70 - hindcast.ORIGINS, 70))
    one = next(one for one in found if (one.week, one.ahead) == (63, 3))
    assert (one.came, one.last_week, one.four_weeks, one.last_year) == (163, 160, 158.5, 111)
    first = foresee_weeks(*[Weeks(items[:9], np.ones(9))] * 2)[0]
    assert (first.week, first.ahead) == (4, 1)
    assert np.isnan(first.last_year)


def test_a_holiday_to_come_is_known_and_what_it_takes_off_is_from_those_before() -> None:
    days, holiday = np.full(91, 100.0), np.isin(np.arange(91), [10, 24, 38, 65])
    days[holiday] = 0
    found = foresee_days(days, ~holiday, np.where(holiday, HOLIDAY, USUAL), WEEKDAY)
    week = next(one for one in found if one.week == 9 and one.ahead == 1)
    assert week.model == pytest.approx(600 + 100 / 7, rel=0.01)
    assert week.held


def test_errors_are_shares_of_what_came() -> None:
    weeks = Weeks(np.array([100.0, 100, 100, 100, 120, 80]), np.ones(6))
    found = missed(foresee_weeks(weeks, weeks))
    assert found is not None
    assert found.forecasts == 3
    # From four weeks of 100, both weeks are 20 off; from the fifth, 105 and 120 against 80.
    assert found.rules["last_week"] == pytest.approx((20 + 20 + 40) / 280)
    assert found.rules["four_weeks"] == pytest.approx((20 + 20 + 25) / 280)
    assert found.best == "four_weeks"
    table = foresight_table({"mail": foresee_weeks(weeks, weeks)})
    assert table["weeks_ahead"].tolist() == ["1", "2", "all"]
    assert table["forecasts"].tolist() == [2, 1, 3]
    assert table["last_year"].isna().all()


def test_weeks_without_anything_are_not_scored() -> None:
    nothing = Weeks(np.zeros(10), np.ones(10))
    assert missed(foresee_weeks(nothing, nothing)) is None
    assert foresee_days(np.zeros(91), NONE == USUAL, NONE, WEEKDAY) == ()
