"""The levels of days against dense matrices, and their autoregression against the one they were drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.calibration.pickup.day_levels import Autoregression, DayLevels, maximised, step


def _dense(levels: DayLevels) -> np.ndarray:
    size = levels.mode.size
    return np.diag(levels.curvature) + levels.beside * (np.eye(size, k=1) + np.eye(size, k=-1))


def test_the_precision_is_that_of_an_autoregression() -> None:
    days = np.arange(6)
    prior = Autoregression(0.7, 0.2)
    covariance = prior.variance * 0.7 ** np.abs(np.subtract.outer(days, days))
    diagonal, beside = prior.precision(6)
    assert np.linalg.inv(covariance) == pytest.approx(_dense(DayLevels(np.zeros(6), diagonal, beside)), abs=1e-9)
    assert 1 / Autoregression(0.7, 0.2).precision(1)[0][0] == pytest.approx(prior.variance)


def test_variances_are_those_of_the_inverse() -> None:
    levels = DayLevels(np.zeros(5), np.array([3.0, 2.5, 4.0, 2.2, 3.0]), -0.9)
    inverse = np.linalg.inv(_dense(levels))
    own, next_ = levels.variances()
    assert own == pytest.approx(np.diag(inverse))
    assert next_ == pytest.approx(np.diag(inverse, 1))
    draws = np.array([levels.draw(generator) for generator in [np.random.default_rng(1)] for _ in range(20_000)])
    assert np.cov(draws.T) == pytest.approx(inverse, abs=0.02)


def test_newton_finds_the_mode() -> None:
    prior, base = Autoregression(0.5, 0.3), np.array([4.0, 9.0, 2.0, 7.0])
    seen = np.array([9.0, 7.0, 0.0, 20.0])
    mode = np.zeros(4)
    for _ in range(30):
        levels = step(mode, seen, base * np.exp(mode), prior)
        mode = levels.mode
    diagonal, beside = prior.precision(4)
    prior_matrix = _dense(DayLevels(mode, diagonal, beside))
    assert seen - base * np.exp(mode) == pytest.approx(prior_matrix @ mode, abs=1e-8)


def test_the_autoregression_is_recovered() -> None:
    truth = Autoregression(0.7, 0.2)
    generator = np.random.default_rng(5)
    level = truth.draw(800, generator)
    seen = generator.poisson(30 * np.exp(level)).astype(float)
    found, mode = Autoregression(0.3, 1.0), np.zeros(800)
    for _ in range(60):
        levels = step(mode, seen, 30 * np.exp(mode), found)
        mode, found = levels.mode, maximised(levels)
    assert found.persistence == pytest.approx(0.7, abs=0.08)  # three standard errors of 800 days
    assert found.variance == pytest.approx(truth.variance, rel=0.3)
