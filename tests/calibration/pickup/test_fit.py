"""Hazards are found in desks whose hazards are known."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest

from simcap.calibration.pickup.day_levels import Autoregression
from simcap.calibration.pickup.desk import simulate
from simcap.calibration.pickup.fit import Hazard, fit_hazard, levels_of
from simcap.calibration.pickup.steps import HOURS, KINDS, Waited
from tests.calibration.pickup import simulated
from tests.calibration.pickup.simulated import HOUR, arrivals, picked_by_chance, picked_oldest_first, seen, steps

DAYS = 70


@functools.cache
def _by_chance() -> Waited:
    generator = np.random.default_rng(11)
    created = arrivals(DAYS, 30.0, generator)
    return seen(created, picked_by_chance(created, DAYS, generator), DAYS)


def _contrast(hazard: Hazard, weight: dict[int, float]) -> tuple[float, float]:
    """Return a sum of base, profile and age by their places in the covariance, and its standard error."""
    values = np.concatenate([[hazard.base], hazard.profile, hazard.age])
    weights = np.zeros(values.size)
    weights[list(weight)] = list(weight.values())
    return float(weights @ values), float(weights @ hazard.covariance @ weights) ** 0.5


def test_the_parameters_are_recovered() -> None:
    hazard = fit_hazard(_by_chance(), -0.3)
    age = 1 + KINDS * HOURS
    fresh, error = _contrast(hazard, {age + 1: 1.0, age + 6: -1.0})
    assert abs(fresh - np.log(3.0)) < 3 * error
    assert 3 * error < np.log(3.0)  # so that no effect of age would be noticed
    hours, error = _contrast(hazard, {1 + 12: 1.0, 1 + 20: -1.0})
    assert abs(hours - np.log(0.06 / 0.004)) < 3 * error
    assert 3 * error < np.log(15.0)
    level, error = _contrast(hazard, {0: 1.0, 1 + 12: 1.0, age + 6: 1.0})
    assert abs(level - np.log(simulated.hazard_of(12, 5 * HOUR, 1) * hazard.usual**-0.3)) < 3 * error
    assert error < 0.15


def test_alike_days_and_steps_show_hardly_any_scatter() -> None:
    hazard = fit_hazard(_by_chance(), -0.3)
    assert hazard.days.variance < 0.06
    assert hazard.overdispersion < 0.1


def test_a_first_come_queue_is_one_by_its_effects_of_age() -> None:
    generator = np.random.default_rng(12)
    created = arrivals(28, 90.0, generator)
    gone = picked_oldest_first(created, 15.6 * 60)  # 97% of the day's minutes
    hazard = fit_hazard(seen(created, gone, 28), 0.0)
    waits = gone - created
    usual = np.searchsorted(hazard.ages, np.quantile(waits, [0.25, 0.9]), "right") - 1
    assert hazard.age[usual[1]] - hazard.age[0] > 2.0
    again, _ = simulate(hazard, created, steps(28), hazard.levels.mode, np.random.default_rng(1))
    rank = np.corrcoef(np.argsort(np.argsort(again[np.isfinite(again)])), np.arange(np.isfinite(again).sum()))[0, 1]
    assert rank > 0.995
    assert (again - created)[np.isfinite(again)].mean() == pytest.approx(waits.mean(), rel=0.2)


@pytest.mark.parametrize("overdispersion", [0.0, 0.8])
def test_the_overdispersion_of_steps_is_recovered(overdispersion: float) -> None:
    days, bands, slots = 100, 17, KINDS * HOURS
    generator = np.random.default_rng(13)
    truth = Hazard(
        ages=simulated.seen(np.zeros(0), np.zeros(0), 1).ages, answer=0.0, usual=1.0, base=np.log(0.05),
        profile=np.zeros(slots), age=np.zeros(bands), covariance=np.eye(1 + slots + bands),
        days=Autoregression(0.0, 1e-4), levels=fit_hazard(_by_chance(), 0.0).levels, overdispersion=overdispersion,
        dispersion=1.0, picked=np.zeros(days), expected=np.zeros(days), leaving=np.zeros(bands),
    )  # fmt: skip
    created = arrivals(days, 480.0, generator)
    gone, _ = simulate(truth, created, steps(days), np.zeros(days), generator)
    found = fit_hazard(seen(created, gone, days), 0.0)
    assert found.overdispersion == pytest.approx(overdispersion, abs=0.1)
    assert found.dispersion == pytest.approx(1 + 5 * overdispersion, rel=0.15)  # five pick-ups in a step


def test_levels_of_days_to_come_are_found_with_all_else_kept() -> None:
    hazard = dataclasses.replace(fit_hazard(_by_chance(), -0.3), days=Autoregression(0.5, 0.3))
    busy = _by_chance()
    more = Waited(busy.steps, busy.ages, busy.waiting / 2, busy.picked, busy.left, busy.open)
    usual, twice = (levels_of(hazard, one).mode.mean() for one in (busy, more))
    # Levels are drawn to 0 by their prior.
    assert 0.85 * np.log(2.0) < twice - usual < np.log(2.0)
