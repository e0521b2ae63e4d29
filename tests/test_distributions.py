"""Each family against scipy.stats: quantiles, mean, coefficient of variation."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simcap.distributions import (
    Constant,
    Continuous,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Mixture,
    Uniform,
    Weibull,
)

GRID = np.concatenate([np.linspace(0.001, 0.999, 999), 10.0 ** -np.arange(4, 13), 1 - 10.0 ** -np.arange(4, 13)])
MIDDLES = (np.arange(300_000) + 0.5) / 300_000
SPREADS = [0.05, 0.3, 0.7, 0.9, 1.0, 1.5, 3.0]


def lognormal_of(mean: float, cv: float) -> stats.distributions.rv_frozen:
    sigma = math.sqrt(math.log1p(cv**2))
    return stats.lognorm(sigma, scale=mean * math.exp(-(sigma**2) / 2))


@pytest.mark.parametrize(
    ("family", "known"),
    [
        (Exponential(45.0), stats.expon(scale=45.0)),
        (Uniform(10.0, 40.0), stats.uniform(10.0, 30.0)),
        *((Lognormal(45.0, cv), lognormal_of(45.0, cv)) for cv in SPREADS),
        *((Weibull(k, 90.0), stats.weibull_min(k, scale=90.0)) for k in (0.3, 0.7, 1.0, 3.6)),
    ],
    ids=lambda one: repr(one) if dataclasses.is_dataclass(one) else "",
)
def test_quantiles_and_mean(family: Distribution, known: stats.distributions.rv_frozen) -> None:
    assert family.ppf(GRID) == pytest.approx(known.ppf(GRID), rel=1e-12)
    assert family.mean == pytest.approx(float(known.mean()), rel=1e-12)


@pytest.mark.parametrize("shape", [0.05, 0.1, 0.25, 0.5, 1.0, 1 / 0.49, 4.0, 25.0, 100.0, 400.0])
def test_gamma_spline_is_exact_to_a_millionth(shape: float) -> None:
    u = np.concatenate([GRID, np.random.default_rng(1).random(2_000)])
    assert Gamma(60.0, shape**-0.5).ppf(u) == pytest.approx(stats.gamma(shape, scale=60.0 / shape).ppf(u), rel=1e-6)


@pytest.mark.parametrize("cv", SPREADS[:-1])
@pytest.mark.parametrize("family", [Lognormal, Gamma, Weibull.of])
def test_mean_and_cv_are_as_asked(family: Callable[[float, float], Distribution], cv: float) -> None:
    distribution = family(60.0, cv)
    drawn = distribution.ppf(MIDDLES)
    assert distribution.mean == pytest.approx(60.0, rel=1e-12)
    assert drawn.mean() == pytest.approx(60.0, rel=1e-3)
    assert drawn.std() / drawn.mean() == pytest.approx(cv, rel=0.02)


@pytest.mark.parametrize("cv", [0.0005, 0.001, 0.01, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0])
def test_weibull_solves_for_the_shape(cv: float) -> None:
    solved = Weibull.of(60.0, cv)
    first, second = (math.lgamma(1 + power / solved.shape) for power in (1, 2))
    assert math.sqrt(math.expm1(second - 2 * first)) == pytest.approx(cv, rel=1e-5)
    assert solved.mean == pytest.approx(60.0, rel=1e-12)


def test_weibull_without_spread_is_constant() -> None:
    assert Weibull.of(60.0, 1e-9).ppf(GRID) == pytest.approx(60.0, rel=1e-3)


def test_weibull_of_cv_one_is_exponential() -> None:
    assert Weibull.of(60.0, 1.0).shape == pytest.approx(1.0, rel=1e-9)


def test_constant_and_empirical() -> None:
    assert Constant(7.0).mean == 7.0
    assert Constant(7.0).ppf(GRID).tolist() == [7.0] * GRID.size
    values = Empirical((1.0, 2.0, 2.0, 9.0))
    assert values.mean == 3.5
    assert values.ppf(np.array([1e-9, 0.2499, 0.25, 0.74, 0.75, 1 - 1e-16])).tolist() == [1, 1, 2, 2, 9, 9]


FAMILIES: list[Distribution] = [
    Exponential(45.0),
    Uniform(10.0, 40.0),
    Lognormal(45.0, 0.9),
    Gamma(360.0, 0.7),
    Gamma(1.0, 0.08),
    Gamma(5.0, 4.0),
    Weibull.of(60.0, 1.4),
    Empirical((0.0, 1.0, 4.0, 4.5)),
]
u_values = st.floats(2.0**-54, 1 - 2.0**-53)


@given(st.sampled_from(FAMILIES), st.lists(u_values, min_size=2, max_size=20))
def test_a_higher_probability_has_no_lower_quantile(family: Distribution, probabilities: list[float]) -> None:
    drawn = family.ppf(np.sort(np.array(probabilities)))
    assert np.isfinite(drawn).all()
    assert (drawn >= 0).all()
    assert (np.diff(drawn) >= -1e-9 * drawn[1:]).all()


@given(st.sampled_from(FAMILIES), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_a_draw_does_not_depend_on_how_many_there_are(family: Distribution, part: int, seed: int) -> None:
    u = np.random.default_rng(seed).random(600)
    assert np.array_equal(family.ppf(u)[:part], family.ppf(u[:part]))


PARTS: list[Continuous] = [Exponential(40.0), Lognormal(8.0, 0.4), Gamma(300.0, 0.7), Weibull.of(90.0, 1.4)]


@pytest.mark.parametrize("part", PARTS, ids=repr)
def test_tails_undo_quantiles(part: Continuous) -> None:
    below, above = part.tails(part.ppf(GRID))
    assert below == pytest.approx(GRID, rel=2e-6, abs=1e-13)
    assert above == pytest.approx(1 - GRID, rel=2e-6, abs=1e-13)


@pytest.mark.parametrize("other", PARTS[1:], ids=repr)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_mixture_has_the_tails_of_its_parts(other: Continuous, share: float) -> None:
    mixture = Mixture((share, 1 - share), (PARTS[0], other))
    quantiles = mixture.ppf(GRID)
    tails = [part.tails(quantiles) for part in mixture.parts]
    assert share * tails[0][0] + (1 - share) * tails[1][0] == pytest.approx(GRID, rel=1e-5, abs=1e-12)
    assert share * tails[0][1] + (1 - share) * tails[1][1] == pytest.approx(1 - GRID, rel=1e-5, abs=1e-12)
    assert mixture.mean == pytest.approx(share * 40.0 + (1 - share) * other.mean, rel=1e-12)
    assert mixture.ppf(MIDDLES).mean() == pytest.approx(mixture.mean, rel=2e-3)


def test_a_gap_between_parts_stays_empty() -> None:
    apart = Mixture((0.3, 0.7), (Lognormal(5.0, 0.1), Lognormal(5000.0, 0.1)))
    drawn = apart.ppf(MIDDLES)
    assert np.mean(drawn < 100) == pytest.approx(0.3, abs=1e-4)
    assert np.mean((drawn > 10) & (drawn < 2500)) < 2e-4
    assert (np.diff(drawn) >= 0).all()
