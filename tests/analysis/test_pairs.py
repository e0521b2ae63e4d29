"""Paired differences: exact where nothing differs, intervals that cover, narrower than those of unpaired runs."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.analysis.pairs import missed, paired, paired_chances


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
