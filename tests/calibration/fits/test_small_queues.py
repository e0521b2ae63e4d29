"""Queues with few items: their level is their own, their week that of the larger queues as far as they say nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simcap.calibration.fits.fit import Fit, NotFitted
from simcap.calibration.fits.volumes import fit_volumes, holiday_days
from simcap.scenario.schema.calendars import HolidayCalendar

FIRST = 739_803
"""A Monday."""
DAYS = 91
HOURS = np.concatenate([np.zeros(8), np.full(10, 2.0), np.full(6, 4 / 6)])
WEEK = np.outer(np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3]) * 7 / 6, HOURS)


def counts(per_week: float, seed: int, growth: float = 0.01, days: int = DAYS) -> np.ndarray:
    """Return items by day and hour; `per_week` in the week after the last."""
    day = np.arange(days)
    level = per_week / 168 * (1 + growth) ** (day // 7 - days // 7)
    return np.random.default_rng(seed).poisson(level[:, None] * WEEK[day % 7]).astype(float)


def fits(queues: dict[str, np.ndarray], calendar: HolidayCalendar | None = None) -> dict[str, Fit]:
    found = {}
    for one in fit_volumes(queues, FIRST, calendar):
        assert isinstance(one, Fit)
        found[one.subject.name] = one
    return found


def test_levels_are_within_their_intervals_as_often_as_they_should_be() -> None:
    """14 items a week, of which a quarter sees some 170."""
    inside = []
    for seed in range(60):
        found = fits({"mail": counts(4200, seed), "legal": counts(14, seed + 1000)})
        _, low, high = next(found["legal"].intervals())
        inside.append(low < 14 < high)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.09)


def test_the_week_is_that_of_the_larger_queue_where_few_items_came() -> None:
    found = fits({"mail": counts(4200, 1), "legal": counts(14, 2)})
    small, large = (np.array(found[name].fixed["arrivals", "profile"]) for name in ("legal", "mail"))
    assert small.mean() == pytest.approx(1, abs=1e-3)
    true = WEEK.ravel()
    assert np.abs(small - true).mean() < 0.6 * np.abs(counts(14, 2).reshape(13, 168).mean(axis=0) * 12 - true).mean()
    assert (small[large == 0] < 0.05).all()
    assert found["legal"].prior.endswith("drawn to those of mail")
    assert not found["mail"].prior
    assert found["legal"].value("arrivals", "growth") == pytest.approx(0.01, abs=0.01)


def test_a_larger_queue_is_fitted_as_if_the_small_one_were_not_there() -> None:
    alone, both = fits({"mail": counts(4200, 1)}), fits({"mail": counts(4200, 1), "legal": counts(14, 2)})
    assert alone["mail"].estimates == both["mail"].estimates
    assert np.array_equal(alone["mail"].covariance, both["mail"].covariance)
    assert alone["mail"].fixed == both["mail"].fixed


def test_items_of_its_own_outweigh_the_prior_as_they_get_many() -> None:
    """A queue of 30 a week at night only, beside one by day, has most of its items at night."""
    night = np.zeros((DAYS, 24))
    night[:, 2] = np.random.default_rng(5).poisson(4.2, DAYS)
    profile = np.array(fits({"mail": counts(4200, 1), "night": night})["night"].fixed["arrivals", "profile"])
    share = profile.reshape(7, 24)[:, 2].sum() / profile.sum()
    assert share == pytest.approx(night.sum() / (night.sum() + 168), abs=0.01)


def test_one_item_alone_in_an_even_week() -> None:
    """By hand: 1.5 items in 13 weeks, half of one being Jeffreys's; growth is drawn to none."""
    lonely = np.zeros((DAYS, 24))
    lonely[40, 12] = 1.0
    fit = fits({"legal": lonely})["legal"]
    assert fit.value("arrivals", "per_week") == pytest.approx(1.5 / 13, rel=0.03)
    assert fit.standard_errors()[0] == pytest.approx(math.sqrt(1 / 1.5), rel=0.05)
    assert "an even week" in fit.prior


def test_nothing_at_all_is_not_fitted_nor_are_few_days() -> None:
    (none,) = fit_volumes({"legal": np.zeros((DAYS, 24))}, FIRST)
    assert isinstance(none, NotFitted)
    (short,) = fit_volumes({"legal": counts(14, 1, days=21)}, FIRST)
    assert isinstance(short, NotFitted)
    assert "28 days" in short.why


def test_holidays_are_as_quiet_as_those_of_larger_queues() -> None:
    calendar = HolidayCalendar.model_validate({"country": "GB-ENG"})
    large = counts(4200, 1)
    holiday = holiday_days(calendar, FIRST, DAYS)
    assert holiday.any()
    large[holiday] = np.round(large[holiday] / 2)
    found = fits({"mail": large, "legal": counts(14, 2)}, calendar)
    assert found["legal"].fixed["arrivals", "holidays", "factor"] == pytest.approx(0.5, abs=0.1)
    assert found["legal"].fixed["arrivals", "holidays", "country"] == "GB-ENG"
