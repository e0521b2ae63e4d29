"""The line between sketch and simulation: its slope, what it leaves, and variances that are drawn together."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.analysis.regression import PRIOR_DEVIATION, kurtosis, moderated, regress


def test_a_line_is_found_and_what_it_leaves() -> None:
    rng = np.random.default_rng(1)
    sketch = rng.normal(size=(400, 30)) * 2
    sketch -= sketch.mean(axis=0)
    simulated = 1.2 * sketch[:50] + 0.5 * rng.normal(size=(50, 30))
    found = regress(sketch, simulated - simulated.mean(axis=0), np.ones((400, 30)))
    assert found.slope == pytest.approx(1.2, abs=0.02)
    assert found.slope_variance**0.5 == pytest.approx(0.5 / 2 / 1500**0.5, rel=0.4)
    assert found.residual == pytest.approx(np.full(30, 0.25), rel=0.25)
    assert found.explained == pytest.approx(np.full(30, (1.2 * 2) ** 2), rel=0.15)
    assert found.rho2 == pytest.approx(1 - 0.25 / (0.25 + 5.76), abs=0.01)
    assert (found.freedom > 49).all()


def test_a_slope_that_little_is_known_of_is_drawn_towards_one() -> None:
    rng = np.random.default_rng(2)
    sketch = rng.normal(size=(100, 1))
    simulated = 0.2 * sketch[:6] + 3 * rng.normal(size=(6, 1))
    deviations = simulated - simulated.mean(axis=0)
    fitted = ((sketch[:6] - sketch[:6].mean()) * deviations).sum() / ((sketch[:6] - sketch[:6].mean()) ** 2).sum()
    found = regress(sketch - sketch.mean(axis=0), deviations, np.ones((100, 1)))
    assert abs(found.slope - 1) < 0.2 * abs(fitted - 1)
    assert found.slope_variance == pytest.approx(PRIOR_DEVIATION**2, rel=0.15)
    few = regress(sketch - sketch.mean(axis=0), deviations[:3], np.ones((100, 1)))
    assert (few.slope, few.slope_variance) == (1, PRIOR_DEVIATION**2)


def test_a_window_without_unit_stands_for_itself() -> None:
    rng = np.random.default_rng(3)
    sketch, unit = rng.normal(size=(50, 3)), np.ones((50, 3))
    sketch[:, 2], unit[:, 2] = 0, 0
    simulated = sketch[:10] + 0.1 * rng.normal(size=(10, 3))
    simulated[:, 2] *= 100
    found = regress(sketch - sketch.mean(axis=0), simulated - simulated.mean(axis=0), unit)
    assert found.residual[2] == pytest.approx(simulated[:, 2].var(ddof=1), rel=0.1)
    assert (found.residual[:2] < 0.05).all()


def test_variances_are_drawn_together_as_far_as_they_differ_by_chance() -> None:
    rng = np.random.default_rng(4)
    equal = rng.chisquare(7, 200) / 7
    drawn, shrinkage = moderated(equal, 2 / 7)
    assert shrinkage > 0.8
    assert drawn.mean() == pytest.approx(equal.mean())
    unlike = equal * np.repeat([0.05, 3.0], 100)
    drawn, shrinkage = moderated(unlike, 2 / 7)
    assert shrinkage < 0.35
    assert moderated(np.array([3.0]), 1.0)[0].tolist() == [3]
    assert moderated(np.zeros(3), 1.0)[0].tolist() == [0, 0, 0]
    tiny = np.array([1e-184, 3e-184])
    assert moderated(tiny, 1.0)[0].tolist() == tiny.tolist()
    assert kurtosis(rng.normal(size=(4000, 5))) == pytest.approx(3, abs=0.15)
    assert kurtosis(np.zeros((3, 2))) == 3


@pytest.mark.parametrize("size", [1.0, 1e-92, 1e-310, 1e150])
def test_the_kurtosis_is_that_of_any_scale(size: float) -> None:
    assert kurtosis(size * np.array([[-1.0, 1.0], [3.0, -3.0]])) == pytest.approx((2 + 2 * 81) / 4 / 5**2, rel=1e-6)
    assert kurtosis(np.zeros((2, 2))) == 3
