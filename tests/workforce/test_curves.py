"""Speed and accuracy by tenure, and the spread between people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.scenario.schema.queues import Errors
from simcap.scenario.schema.vendors import Ramp
from simcap.units import DAY, WEEK
from simcap.workforce.curves import error_rate, newness, speed_at, spread_factor


def ramp(**parts: Any) -> Ramp:
    return Ramp.model_validate(parts)


LINEAR = ramp(start="50%", reaches="90%", after="8 weeks")
EXPONENTIAL = ramp(start="55%", reaches="95%", after="10 weeks", shape="exponential")
STEPS = ramp(steps=["50%", "70%", "85%", "100%"])


@pytest.mark.parametrize(
    ("curve", "weeks", "speed"),
    [
        (LINEAR, 0, 0.5),
        (LINEAR, 4, 0.7),
        (LINEAR, 8, 0.9),
        (LINEAR, 9, 0.95),
        (LINEAR, 10, 1.0),
        (LINEAR, 500, 1.0),
        (EXPONENTIAL, 0, 0.55),
        (EXPONENTIAL, 10, 0.95),
        (EXPONENTIAL, 20, 1 - 0.45 * (0.05 / 0.45) ** 2),
        (EXPONENTIAL, 5000, 1.0),
        (STEPS, 0, 0.5),
        (STEPS, 0.99, 0.5),
        (STEPS, 1, 0.7),
        (STEPS, 2.5, 0.85),
        (STEPS, 3, 1.0),
        (STEPS, 400, 1.0),
        (None, 0, 1.0),
        (ramp(start="80%", reaches="80%", after="1 week"), 3, 0.8),
        (ramp(start="100%", reaches="100%", after="1 week", shape="exponential"), 3, 1.0),
    ],
)
def test_speed(curve: Ramp | None, weeks: float, speed: float) -> None:
    assert speed_at(curve, np.array([weeks * WEEK]))[0] == pytest.approx(speed, rel=1e-12)


@pytest.mark.parametrize("curve", [LINEAR, EXPONENTIAL, STEPS])
def test_speed_rises_and_newness_falls_from_one_to_nought(curve: Ramp) -> None:
    speed = speed_at(curve, np.arange(600) * DAY)
    new = newness(curve, speed)
    assert (np.diff(speed) >= 0).all()
    assert (np.diff(new) <= 0).all()
    assert new[0] == 1
    assert new[-1] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(("weeks", "rate"), [(0, 0.09), (5, 0.055), (10, 0.02), (99, 0.02)])
def test_errors_interpolate_along_the_ramp(weeks: float, rate: float) -> None:
    curve = ramp(start="50%", reaches="100%", after="10 weeks")
    new = newness(curve, speed_at(curve, np.array([weeks * WEEK])))
    assert error_rate(Errors(tenured=0.02, new=0.09), new)[0] == pytest.approx(rate)


def test_errors_without_a_ramp_or_without_a_rate_of_the_new() -> None:
    assert error_rate(Errors(tenured=0.02, new=0.09), newness(None, np.array([1.0])))[0] == 0.02
    assert error_rate(Errors(tenured=0.02), np.array([1.0]))[0] == 0.02
    assert error_rate(None, np.array([1.0]))[0] == 0
    assert newness(ramp(steps=["100%"]), np.array([1.0]))[0] == 0


def test_spread_has_mean_one() -> None:
    factors = spread_factor(0.12, (np.arange(200_000) + 0.5) / 200_000)
    assert factors.mean() == pytest.approx(1, abs=1e-4)
    assert factors.std() == pytest.approx(0.12, rel=1e-3)
    assert (
        stats.kstest(np.log(factors)[::100], stats.norm(np.log(factors).mean(), np.log(factors).std()).cdf).pvalue > 0.1
    )
    assert (spread_factor(0.0, np.array([0.1, 0.9])) == 1).all()
