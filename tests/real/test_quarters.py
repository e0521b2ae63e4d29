"""Further quarters of the synthetic desk: bands of a scenario under test hold what they promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import simcap

from .quarters import SCENARIOS, quarter

DRAWN = (11, 12, 13)


@pytest.mark.slow
def test_bands_of_quarters_drawn_anew_hold_what_they_promise(tmp_path: Path) -> None:
    """Bands that end at percentiles of the replications held 79% of the days of three quarters, not 90%."""
    scenario = SCENARIOS / "next-quarter.yaml"
    found = [
        simcap.backtest(quarter(tmp_path, seed), scenario=scenario, anchor=False, jobs=2).windows for seed in DRAWN
    ]
    days = pd.concat(found)
    days = days[days["period"] == "day"]
    held = (days["actual"] >= days["p05"]) & (days["actual"] <= days["p95"])
    assert len(days) == 4 * 28 * len(DRAWN)
    # Days of a week are alike: the standard error over three quarters is about 0.03.
    assert np.average(held, weights=days["items"]) > 0.83
    assert abs(np.average(days["mean"] - days["actual"], weights=days["items"])) < 0.08
