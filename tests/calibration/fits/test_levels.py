"""The level of volumes: local levels whose drift, noise and growth are known, and filters worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from simcap.calibration.fits import levels
from simcap.calibration.fits.busy_days import BEFORE, HOLIDAY, by_week, fit_busy_days, shares_by_kind
from simcap.calibration.fits.levels import Weeks, fit_level

Array = NDArray[np.float64]


def whole(items: Array) -> Weeks:
    return Weeks(items, np.isfinite(items).astype(float))


def drifting(seed: int, weeks: int, drift: float, noise: float, growth: float = 0.0) -> tuple[Array, Array]:
    """Return the items of weeks, and their levels."""
    generator = np.random.default_rng(seed)
    level = 5000 * np.exp(np.cumsum(generator.normal(growth, drift, weeks)))
    return generator.poisson(level * np.exp(generator.normal(0, noise, weeks))).astype(float), level


@pytest.mark.parametrize(("drift", "noise"), [(0.06, 0.1), (0.03, 0.08)])
def test_bands_of_a_drifting_level_hold_what_they_promise(drift: float, noise: float) -> None:
    held, near, missed = [], [], []
    for seed in range(150):
        items, level = drifting(seed, 26, drift, noise)
        fit = fit_level(whole(items[:22]))
        near.append(abs(fit.values[0] - np.log(level[22])) < 1.645 * np.sqrt(fit.covariance[0, 0]))
        for ahead in range(1, 5):
            expected, error = fit.ahead(ahead)
            held.append(abs(np.log(items[21 + ahead] / expected)) < 1.645 * error)
            missed.append([abs(one - items[21 + ahead]) for one in (expected, items[21], items[18:22].mean())])
    assert 0.85 <= np.mean(held) <= 0.96
    assert 0.84 <= np.mean(near) <= 0.97
    model, last, four = np.mean(missed, axis=0)
    assert model < 0.9 * last
    assert model < four


def test_a_level_that_drifts_is_told_from_one_that_stays() -> None:
    drifts = [
        np.mean([np.exp(fit_level(whole(drifting(seed, 60, drift, 0.06)[0])).values[2]) for seed in range(20)])
        for drift in (0.0, 0.1)
    ]
    assert drifts[0] < 0.02
    assert drifts[1] == pytest.approx(0.1, rel=0.25)


def test_growth_of_years_is_found_and_that_of_weeks_is_not_believed() -> None:
    items, _ = drifting(3, 104, 0.005, 0.03, growth=0.01)
    fit = fit_level(whole(items))
    assert fit.values[1] == pytest.approx(0.01, abs=0.0015)
    few = fit_level(whole(1000 * 1.05 ** np.arange(4)))
    assert 0 < few.values[1] < 0.02


def test_the_filter_is_that_of_a_local_level_worked_by_hand() -> None:
    """Three weeks, one of them unknown: the Kalman filter of level and slope in NumPy."""
    logs, noise, drift, growth = np.log([1000.0, np.nan, 1300.0]), 0.1, 0.05, 0.01
    model = levels._Model(whole(np.exp(logs)))
    state, spread = np.array([logs[0], 0.0]), np.diag([9.0, growth**2])
    move, likely = np.array([[1.0, 1.0], [0.0, 1.0]]), 0.0
    for value in logs:
        if np.isfinite(value):
            variance = spread[0, 0] + noise**2 + np.exp(-value)
            gain = spread[:, 0] / variance
            likely -= 0.5 * (np.log(2 * np.pi * variance) + (value - state[0]) ** 2 / variance)
            state, spread = state + gain * (value - state[0]), spread - np.outer(gain, spread[0])
        state, spread = move @ state, move @ spread @ move.T + np.diag([drift**2, 0.0])
    filtered = model.at(noise, drift, growth)
    assert filtered.loglike() == pytest.approx(likely)
    done = filtered.filter()
    assert done.predicted_state[:, -1] == pytest.approx(state)
    assert done.predicted_state_cov[:, :, -1] == pytest.approx(spread)


def test_a_week_with_days_lost_counts_as_the_week_that_it_was() -> None:
    pattern = np.array([1.4, 1.2, 1.1, 1.0, 0.9, 0.8, 0.6])
    weekday = np.arange(70) % 7
    counts = 100 * np.repeat(np.arange(1.0, 11.0), 7) * pattern[weekday]
    usual = np.ones(70, bool)
    usual[[8, 9]] = usual[35:42] = False
    weeks, found = by_week(np.where(usual, counts, np.nan), usual, weekday)
    assert found == pytest.approx(pattern, rel=0.01)
    assert weeks.items[1] == pytest.approx(1400, rel=0.01)
    assert np.isnan(weeks.items[5])
    assert weeks.known[1] == pytest.approx(1 - 2.3 / 7, rel=0.01)


def test_weekdays_with_hardly_any_items_make_no_other_day_busy() -> None:
    """Now and then a desk that is closed on Sundays opens on one."""
    generator = np.random.default_rng(2)
    weekday = np.arange(182) % 7
    counts = generator.poisson(np.where(weekday == 6, 0.0, 200) * generator.gamma(100, 0.01, 182)).astype(float)
    counts[[62, 132]] = 9
    found = fit_busy_days(counts, np.ones(182, bool), weekday)
    assert found is not None
    assert np.sqrt(found.dispersion) == pytest.approx(0.1, abs=0.025)


def test_shares_of_holidays_are_drawn_to_usual_days_where_few_are_seen() -> None:
    expected, kind = np.full(50, 100.0), np.zeros(50, np.int64)
    kind[[7, 27]], kind[[6, 26]] = HOLIDAY, BEFORE
    counts = np.where(kind == HOLIDAY, 0.0, np.where(kind == BEFORE, 150.0, 100.0))
    # Two holidays with nothing and half a usual day; two days of 150 and five of 100.
    assert shares_by_kind(counts, expected, kind) == pytest.approx([1.0, 50 / 250, 800 / 700, 1.0])
