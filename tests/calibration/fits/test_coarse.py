"""Coarse clocks: means, spreads and agents are those of the work, whatever the steps of the clock."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits.coarse import clock_error, sharpened
from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.handling import fit_handle_times, shape_of
from simcap.tables.quantities import coarseness

AGENTS = 12


def true_times(mean: float, cv: float, count: int, family: str, seed: int = 3) -> np.ndarray:
    generator = np.random.default_rng(seed)
    if family == "gamma":
        return generator.gamma(cv**-2, mean * cv**2, count)
    variance = np.log1p(cv**2)
    return np.exp(generator.normal(np.log(mean) - variance / 2, np.sqrt(variance), count))


def told(times: np.ndarray, step: float, *, cut: bool, agents: np.ndarray | None = None) -> pd.DataFrame:
    """Return items whose times are cut to steps of the clock, or whose durations are rounded to them."""
    begun = np.random.default_rng(1).random(times.size) * 86400 * 56
    done = begun + times
    started, completed = (np.floor(one / step) * step if cut else one for one in (begun, done))
    return pd.DataFrame(
        {
            "queue": "mail",
            "agent": "" if agents is None else [f"a{one}" for one in agents],
            "started": started,
            "completed": completed,
            "handle": completed - started if cut else np.round(times / step) * step,
            "day": (begun // 86400).astype(int),
            "coarse": step,
        }
    )


def fitted(items: pd.DataFrame) -> Fit:
    (found,) = fit_handle_times(items)
    assert isinstance(found, Fit)
    return found


@pytest.mark.parametrize("cut", [True, False])
@pytest.mark.parametrize(
    ("mean", "cv", "count", "family"),
    [
        (20, 0.8, 60_000, "lognormal"),
        (45, 0.8, 60_000, "lognormal"),
        (720, 0.6, 8000, "lognormal"),
        (240, 0.7, 19_000, "gamma"),
    ],
)
def test_mean_and_cv_are_found_within_a_twentieth(mean: float, cv: float, count: int, family: str, cut: bool) -> None:
    times = true_times(mean, cv, count, family)
    shape = shape_of(fitted(sharpened(told(times, 60.0, cut=cut))))
    assert shape is not None
    assert shape.family == family
    assert shape.mean == pytest.approx(times.mean(), rel=0.05)
    assert shape.parts[0].cv == pytest.approx(times.std() / times.mean(), rel=0.05)


def test_steps_of_five_minutes_are_steps_too() -> None:
    times = true_times(600, 0.8, 20_000, "lognormal")
    shape = shape_of(fitted(sharpened(told(times, 300.0, cut=True))))
    assert shape is not None
    assert shape.mean == pytest.approx(times.mean(), rel=0.03)
    assert shape.parts[0].cv == pytest.approx(0.8, rel=0.05)


def test_agents_differ_as_they_do() -> None:
    agents = np.random.default_rng(5).integers(0, AGENTS, 40_000)
    speed = np.exp(np.linspace(-0.3, 0.3, AGENTS))
    items = told(true_times(45, 0.8, agents.size, "lognormal") * speed[agents], 60.0, cut=True, agents=agents)
    logs = np.log(sharpened(items)["handle"]).groupby(agents).mean()
    assert np.polyfit(np.log(speed), logs, 1)[0] == pytest.approx(1.0, abs=0.1)


def test_items_to_the_second_stay_as_they_are_and_all_stay() -> None:
    fine = told(true_times(45, 0.8, 500, "lognormal"), 60.0, cut=True).assign(coarse=0.0)
    assert sharpened(fine) is fine
    mixed = pd.concat([fine, told(true_times(45, 0.8, 500, "lognormal"), 60.0, cut=True)], ignore_index=True)
    found = sharpened(mixed)
    assert found["handle"][:500].equals(mixed["handle"][:500])
    assert (found["handle"][500:] > 0).all()
    moved = (found["handle"] - mixed["handle"]).abs()
    assert 0 < moved.max() <= 60


def test_a_coarse_clock_makes_the_mean_less_sure() -> None:
    """A sum of n triangles of a minute has a standard deviation of sqrt(n / 6) minutes."""
    items = told(true_times(20, 0.8, 600, "lognormal"), 60.0, cut=True)
    sharp = sharpened(items)
    error = np.sqrt(clock_error(sharp)[0, 0])
    assert error == pytest.approx(60 / np.sqrt(6 * 600) / sharp["handle"].mean(), rel=1e-6)
    assert fitted(sharp).standard_errors()[0] > error


@pytest.mark.parametrize(
    ("values", "step"),
    [
        (np.arange(100) * 60.0, 60.0),
        (np.arange(100) * 300.0 + 900, 300.0),
        (np.arange(100) * 61.0, 0.0),
        (np.full(100, 300.0), 0.0),
        (np.arange(20) * 60.0, 0.0),
        (np.append(np.arange(400) * 60.0, 7.0), 60.0),
    ],
)
def test_the_step_of_a_clock_is_found_out(values: np.ndarray, step: float) -> None:
    assert coarseness(values) == step
