"""Vendors with few leavers: their hazard lies between theirs and what is usual, and is as unsure as that."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits.attrition import fit_attrition
from simcap.calibration.fits.few_leavers import EARLY, USUAL, WORTH, YEAR
from simcap.calibration.fits.fit import Fit
from simcap.units import DAY, MONTH

FIRST, DAYS = 739_800, 91
EARLY_DAYS = 91
LATE = ("attrition", "hazard", "52+ weeks")


def roster(vendor: str, agents: int, hazard: float, seed: int) -> pd.DataFrame:
    """Return agents hired over two years, who leave at a yearly hazard, three times that in the first 91 days."""
    generator = np.random.default_rng([seed, len(vendor), agents])
    hired = FIRST + generator.integers(-700, DAYS - 20, agents * 4)
    early = generator.exponential(YEAR / (3 * hazard), hired.size)
    late = EARLY_DAYS + generator.exponential(YEAR / hazard, hired.size)
    left = hired + np.where(early < EARLY_DAYS, early, late)
    there = np.flatnonzero(left > FIRST)[:agents]
    gone = np.where(left[there] <= FIRST + DAYS, np.floor(left[there]), np.nan)
    return pd.DataFrame({"vendor": vendor, "hired": hired[there].astype(float), "left": gone})


def a_year(fit: Fit) -> float:
    return fit.value(*LATE) * DAY / MONTH * YEAR


def test_the_usual_range_is_that_of_the_field() -> None:
    """Nine in ten draws of the prior have between 30% and 60% leave within a year."""
    draws = np.random.default_rng(1).gamma(WORTH, USUAL / WORTH, 100_000)
    assert ((-np.expm1(-draws) > 0.3) & (-np.expm1(-draws) < 0.6)).mean() == pytest.approx(0.9, abs=0.03)


def test_nobody_who_left_is_no_proof_that_nobody_will() -> None:
    """8 agents, a quarter each and nobody gone: (12 + 0) / (12 / usual + 2) a year, by hand."""
    table = pd.DataFrame({"vendor": "north", "hired": FIRST - 900.0, "left": np.full(8, np.nan)})
    (fit,) = fit_attrition(table, FIRST, DAYS)
    assert isinstance(fit, Fit)
    assert a_year(fit) == pytest.approx(12 / (12 / USUAL + 8 * DAYS / YEAR), rel=1e-9)
    assert fit.value("attrition", "hazard", "0-13 weeks") == pytest.approx(EARLY * fit.value(*LATE))
    assert fit.standard_errors() == pytest.approx(np.full(3, math.sqrt(1 / 12)))
    assert "0 leavers, against 12" in fit.prior


def test_few_leavers_count_for_what_they_are() -> None:
    """Nine in ten intervals hold the truth, wherever in the field's range it is."""
    inside = []
    generator = np.random.default_rng(2)
    for seed in range(200):
        true = float(generator.gamma(WORTH, USUAL / WORTH))
        (fit,) = fit_attrition(roster("north", 20, true, seed), FIRST, DAYS)
        assert isinstance(fit, Fit)
        if not fit.prior:
            continue
        _, low, high = next(one for one in fit.intervals() if one[0].key == LATE)
        inside.append(low < true * MONTH / DAY / YEAR < high)
    assert len(inside) > 150
    assert np.mean(inside) == pytest.approx(0.9, abs=0.06)


def test_a_small_vendor_is_like_the_large_ones() -> None:
    """Beside one of which 85% leave within a year, it is expected to lose more than one that stands alone."""
    small = roster("small", 8, 0.5, 1)
    (alone,) = fit_attrition(small, FIRST, DAYS)
    found = {
        fit.subject.name: fit
        for fit in fit_attrition(pd.concat([small, roster("large", 300, 1.9, 1)]), FIRST, DAYS)
        if isinstance(fit, Fit)
    }
    assert isinstance(alone, Fit)
    assert a_year(found["small"]) > 1.5 * a_year(alone)
    assert not found["large"].prior
    assert "other vendors" in found["small"].prior
