"""Bands as wide as earlier weeks were missed: known answers, and coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.backtest.hindcast_spread import AS_WINDOWS, USUAL, HindcastSpread, hindcast_spread


def expit(logits: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-logits)))


def windows(generator: np.random.Generator, count: int, deviation: float) -> pd.DataFrame:
    """Return windows that are missed by this deviation of logits, predicted without any spread of their own."""
    logits = generator.normal(0.5, 0.8, count)
    mean = expit(logits)
    actual = expit(logits + generator.normal(0, deviation, count))
    return pd.DataFrame({"actual": actual, "mean": mean, "p05": mean, "p95": mean})


def test_the_spread_of_many_windows_is_theirs_and_of_none_the_usual() -> None:
    many = hindcast_spread(windows(np.random.default_rng(1), 2000, 0.5))
    assert many.deviation == pytest.approx(0.5, rel=0.05)
    none = hindcast_spread(windows(np.random.default_rng(1), 0, 0.5))
    assert none.deviation == pytest.approx(USUAL)
    assert none.freedom == AS_WINDOWS


def test_what_replications_differ_by_counts_once() -> None:
    rows = windows(np.random.default_rng(2), 2000, 0.5)
    logits = np.log(rows["mean"] / (1 - rows["mean"]))
    own = rows.assign(p05=expit(logits - 1.645 * 0.4), p95=expit(logits + 1.645 * 0.4))
    assert hindcast_spread(own).deviation == pytest.approx(0.3, abs=0.03)


def test_bands_from_few_windows_hold_nine_in_ten() -> None:
    generator = np.random.default_rng(3)
    inside = []
    for _ in range(600):
        spread = hindcast_spread(windows(generator, 5, 0.4))
        logit = generator.normal(0.5, 0.8)
        low, high = np.percentile(spread.added(np.full(8, expit(logit))), [5, 95])
        inside.append(low <= expit(logit + generator.normal(0, 0.4)) <= high)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.05)


def test_a_week_in_which_all_is_on_time_is_within_its_band() -> None:
    low, high = np.percentile(HindcastSpread(0.3, 6).added(np.ones(10)), [5, 95])
    assert low < high == 1.0
    assert low > 0.99
