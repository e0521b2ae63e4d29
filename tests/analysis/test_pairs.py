"""Paired differences: exact where nothing differs, intervals that cover, narrower than those of unpaired runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simcap.analysis.pairs import difference_interval, missed, paired, paired_chances, sides


def test_what_is_the_same_differs_by_exactly_nothing() -> None:
    figures = np.random.default_rng(1).random((8, 3, 2))
    figures[2, 1, 0] = np.inf
    gap = paired(figures, figures)
    for values in (gap.mean, gap.ci_low, gap.ci_high, gap.higher, gap.lower):
        assert (values == 0).all()


def test_differences_are_by_replication() -> None:
    base = np.array([[1.0], [2.0], [4.0], [np.nan]])
    gap = paired(base, np.array([[2.0], [2.0], [1.0], [5.0]]))
    assert gap.mean[0] == pytest.approx(-2 / 3)
    assert (gap.higher[0], gap.lower[0]) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    half = 4.302653 * np.std([1, 0, -3], ddof=1) / 3**0.5  # Student's t with two degrees of freedom
    assert gap.ci_high[0] - gap.mean[0] == pytest.approx(half, rel=1e-6)


def test_the_interval_covers_a_true_difference() -> None:
    generator = np.random.default_rng(2)
    common = generator.normal(size=(20, 4000))
    gap = paired(common, common + 0.3 + 0.2 * generator.normal(size=common.shape))
    covered = ((gap.ci_low <= 0.3) & (gap.ci_high >= 0.3)).mean()
    assert covered == pytest.approx(0.95, abs=0.015)
    assert (gap.ci_high - gap.ci_low).mean() < 0.25


@pytest.mark.parametrize(("low", "high"), [(0.05, 0.2), (0.4, 0.6), (0.0, 0.02)])
def test_the_interval_of_chances_covers(low: float, high: float) -> None:
    generator = np.random.default_rng(3)
    inside = []
    for _ in range(2000):
        u = generator.random(40)
        _, lower, upper = paired_chances((u < low).astype(float), (u < high).astype(float))
        inside.append(lower <= high - low <= upper)
    assert np.mean(inside) >= 0.93


def test_chances_of_few_replications_stay_within_bounds() -> None:
    difference, low, high = paired_chances(np.zeros(3), np.ones(3))
    assert difference == 1
    assert -1 <= low < 1 == high
    assert np.isnan(paired_chances(np.full(2, np.nan), np.ones(2))).all()


def test_any_window_below_target_is_a_miss() -> None:
    attainment = np.array([[0.96, 0.94], [0.95, np.nan], [np.nan, np.nan]])
    found = missed(attainment, 0.95)
    assert found[:2].tolist() == [1, 0]
    assert np.isnan(found[2])


def test_the_interval_of_chances_by_hand() -> None:
    """Of ten pairs four rise and one falls: (5 - 2) / 12, give or take 1.96 standard errors. Two are not known."""
    base = np.array([0.0] * 8 + [1.0, 1.0, np.nan, 1.0])
    variant = np.array([1.0] * 4 + [0.0] * 4 + [1.0, 0.0, 1.0, np.nan])
    half = 1.96 * ((5 / 12 + 2 / 12 - (3 / 12) ** 2) / 12) ** 0.5
    assert paired_chances(base, variant) == pytest.approx((0.3, 0.25 - half, 0.25 + half))
    assert paired_chances(variant, base) == pytest.approx((-0.3, -0.25 - half, -0.25 + half))
    assert paired_chances(np.ones(3), np.zeros(3))[:2] == (-1.0, -1.0), "no chance falls by more than all"


def test_misses_are_of_the_last_axis() -> None:
    attainment = np.array([[[0.96, 0.94], [0.99, 0.99]], [[np.nan, np.nan], [0.99, np.nan]]])
    np.testing.assert_array_equal(missed(attainment, 0.95), [[1, 0], [np.nan, 0]])
    assert missed(np.array([[0.95]]), 0.95).tolist() == [0.0]


def test_the_interval_of_a_difference_of_shares_by_hand() -> None:
    """At 0.5 with an error of 0.1: Fisher's z of it, give or take 2 x 0.1 / (1 - 0.25). From 1 on Student's t."""
    mean, error, quantile = np.array([0.5, -0.5, 1.0, -1.5]), np.full(4, 0.1), np.full(4, 2.0)
    low, high = difference_interval(mean, error, quantile)
    z, half = math.atanh(0.5), 0.2 / 0.75
    below, above = math.tanh(z - half), math.tanh(z + half)
    assert low == pytest.approx([below, -above, 0.8, -1.7])
    assert high == pytest.approx([above, -below, 1.2, -1.3])


def test_shares_have_an_interval_of_their_own() -> None:
    """Differences of 0.2, 0.4 and 0.6; of a fourth nothing is known."""
    base = np.zeros((4, 2))
    variant = np.array([[0.2, 0.2], [0.4, 0.4], [0.6, 0.6], [np.nan, np.nan]])
    gap = paired(base, variant, shares=np.array([True, False]))
    error, quantile = 0.2 / 3**0.5, 4.302653
    z, half = math.atanh(0.4), quantile * error / (1 - 0.16)
    assert gap.mean == pytest.approx([0.4, 0.4])
    assert gap.ci_low == pytest.approx([math.tanh(z - half), 0.4 - quantile * error], rel=1e-6)
    assert gap.ci_high == pytest.approx([math.tanh(z + half), 0.4 + quantile * error], rel=1e-6)


def test_sides_are_of_those_that_are_known() -> None:
    above, below = sides(np.array([[0.5, np.nan], [-1.0, np.nan], [0.0, np.nan], [np.nan, np.nan], [2.0, np.nan]]))
    np.testing.assert_allclose(above, [0.5, np.nan])
    np.testing.assert_allclose(below, [0.25, np.nan])


def test_what_is_infinite_in_both_does_not_differ() -> None:
    endless = np.full((3, 1), np.inf)
    gap = paired(endless, endless)
    assert (gap.mean[0], gap.ci_low[0], gap.ci_high[0]) == (0, 0, 0)
    assert len(paired_chances(np.full(2, np.nan), np.ones(2))) == 3
