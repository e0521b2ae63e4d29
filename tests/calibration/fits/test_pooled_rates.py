"""Pooled rates: groups that are alike have the rate of all, groups that differ keep their own."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.calibration.fits.pooled_rates import pooled_rates


def test_one_group_has_its_own_rate_and_poisson_errors() -> None:
    rates, covariance = pooled_rates(np.array([9.0]), np.array([144.0]))
    assert rates.tolist() == pytest.approx([9 / 144])
    assert covariance.tolist() == [[pytest.approx(1 / 9)]]


def test_groups_that_do_not_differ_beyond_chance_share_one_rate() -> None:
    rates, covariance = pooled_rates(np.array([3.0, 6.0]), np.array([60.0, 90.0]))
    assert rates.tolist() == pytest.approx([9 / 150] * 2)
    assert np.linalg.matrix_rank(covariance) == 1


def test_groups_that_differ_keep_most_of_their_own() -> None:
    rates, covariance = pooled_rates(np.array([200.0, 20.0, 60.0]), np.array([1000.0, 1000.0, 1000.0]))
    assert rates[0] == pytest.approx(0.2, rel=0.1)
    assert 0.02 < rates[1] < 0.03
    assert (np.linalg.eigvalsh(covariance) > 0).all()
    assert covariance[1, 1] > covariance[0, 0]


def test_no_event_at_all_is_half_of_one() -> None:
    rates, covariance = pooled_rates(np.zeros(2), np.array([50.0, 50.0]))
    assert rates.tolist() == pytest.approx([0.005] * 2)
    assert np.isfinite(covariance).all()


def test_the_intervals_hold_the_truth() -> None:
    generator = np.random.default_rng(3)
    exposure = np.array([40.0, 80.0, 120.0, 200.0])
    inside = total = 0
    for _ in range(300):
        true = 0.1 * generator.gamma(4, 1 / 4, 4)
        rates, covariance = pooled_rates(generator.poisson(true * exposure).astype(float), exposure)
        off = np.abs(np.log(rates / true))
        inside += int((off < 1.645 * np.sqrt(np.diag(covariance))).sum())
        total += 4
    assert 0.75 < inside / total < 0.97
