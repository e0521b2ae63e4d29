"""Families of durations: each is recognised, a mixture only where there is one; what is written can be drawn again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from simcap.calibration.fits.families import Part, Shape, choose, distance
from simcap.calibration.fits.fit import Fit, document_of
from simcap.calibration.fits.handling import fit_handle_times, shape_of
from simcap.distributions import Weibull
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.families import family
from simcap.scenario.schema.quantities import DistributionSpec

Array = NDArray[np.float64]

MIXED = Shape("mixture", (Part(0.25, 8.0, 0.5), Part(0.75, 240.0, 0.8)))


def sample(kind: str, size: int, seed: int) -> Array:
    generator = np.random.default_rng(seed)
    sigma = np.sqrt(np.log1p(0.49))
    return {
        "lognormal": lambda: np.exp(generator.normal(5, sigma, size)),
        "gamma": lambda: generator.gamma(0.7**-2, 100, size),
        "weibull": lambda: 200 * generator.weibull(Weibull.of(1.0, 0.7).shape, size),
        "mixture": lambda: MIXED.distribution().ppf(generator.random(size)),
    }[kind]()


@pytest.mark.parametrize("kind", ["lognormal", "gamma", "weibull", "mixture"])
def test_the_family_is_recognised(kind: str) -> None:
    x = sample(kind, 20_000, 4)
    scores, best = choose(x, np.random.default_rng(1))
    assert best.family == kind
    assert best.mean == pytest.approx(x.mean(), rel=0.02)
    assert distance(x, best) < 0.015
    if kind == "mixture":
        assert best.parts[0].share == pytest.approx(0.25, abs=0.02)
        assert best.parts[0].mean == pytest.approx(8.0, rel=0.1)
        assert best.parts[1].cv == pytest.approx(0.8, rel=0.1)
        assert scores["mixture"] > max(scores[name] for name in ("lognormal", "gamma", "weibull")) + 0.1
    else:
        assert best.parts[0].cv == pytest.approx(0.7, rel=0.04)


def test_few_durations_are_not_taken_for_a_mixture() -> None:
    taken = [choose(sample("lognormal", 250, seed), np.random.default_rng(seed))[1].family for seed in range(10)]
    assert taken.count("mixture") <= 1


@pytest.mark.parametrize("spread", [0.0, 1e-4, 15.0])
def test_durations_that_are_all_alike_or_beyond_measure_have_a_fit(spread: float) -> None:
    x = 200 * np.exp(np.random.default_rng(1).normal(0, spread, 400).clip(-17, 17))
    scores, best = choose(x, np.random.default_rng(1))
    assert all(np.isfinite(score) for score in scores.values())
    assert np.isfinite(best.mean)
    if spread < 1:
        assert best.mean == pytest.approx(200, rel=0.01)


@pytest.mark.parametrize("kind", ["lognormal", "gamma", "weibull", "mixture"])
def test_densities_integrate_to_one(kind: str) -> None:
    shape = MIXED if kind == "mixture" else Shape(kind, (Part(1.0, 200.0, 0.8),))
    x = np.geomspace(1e-3, 2e5, 400_001)
    density = np.exp(shape.log_density(x))
    assert np.trapezoid(density, x) == pytest.approx(1, abs=2e-3)
    assert np.trapezoid(density * x, x) == pytest.approx(shape.mean, rel=5e-3)


def test_what_is_fitted_is_what_a_scenario_draws(tmp_path: Path) -> None:
    agents = [f"a{n}" for n in range(40)]
    items = pd.DataFrame({"queue": "mail", "handle": sample("mixture", 20_000, 5)})
    items = items.assign(agent=np.resize(agents, len(items)), day=np.arange(len(items)) // 400)
    (fit,) = fit_handle_times(items.astype({"queue": "category"}))
    assert isinstance(fit, Fit)
    spec = DistributionSpec.model_validate(document_of([fit])["queues"]["mail"]["handle_time"])
    drawn, fitted = family(spec, DataFiles(tmp_path)), shape_of(fit)
    assert fitted is not None
    assert spec.mixture is not None
    assert drawn.mean == pytest.approx(fitted.mean, rel=1e-5)
    assert fitted.mean == pytest.approx(items["handle"].mean(), rel=0.02)
    assert fit.covariance[0, 0] == fit.covariance[0, 1] == fit.covariance[1, 1] > 0
