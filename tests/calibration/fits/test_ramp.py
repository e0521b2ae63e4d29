"""Handle times at full speed: learners count as their ramp has it, or not at all where it is unknown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits.fit import NotFitted
from simcap.calibration.fits.handling import fit_handle_times
from simcap.calibration.fits.ramp import ENOUGH_OTHERS, at_full_speed

ROSTER = pd.DataFrame(
    {"agent": [f"a{number}" for number in range(12)], "vendor": "north", "hired": [100.0] * 8 + [970.0] * 4}
)
"""Eight agents of long standing, and four who began thirty days before the items."""


def log(size: int) -> pd.DataFrame:
    """Return items of one queue, on which learners spend twice as long as the others, whose mean is 300 s."""
    generator = np.random.default_rng(4)
    agent = generator.integers(12, size=size)
    handle = generator.gamma(2.0, 150.0, size) * np.where(agent >= 8, 2.0, 1.0)
    whose = {"queue": "posts", "agent": [f"a{number}" for number in agent], "day": 1000}
    return pd.DataFrame(whose | {"handle": handle, "coarse": 0.0})


def test_learners_of_an_unknown_ramp_do_not_make_work_longer() -> None:
    items = log(12_000)
    assert items["handle"].mean() > 390
    left = at_full_speed(items, ROSTER, [NotFitted("vendors.north.ramp", "it does not settle")])
    assert left["handle"].notna().sum() == (items["agent"].str[1:].astype(int) < 8).sum()
    (fit,) = fit_handle_times(left)
    assert fit.value("handle_time", "gamma", "mean") == pytest.approx(300, rel=0.04)


def test_where_few_others_work_learners_are_all_there_is() -> None:
    items = log(ENOUGH_OTHERS)
    left = at_full_speed(items, ROSTER, [])
    assert left["handle"].notna().all()


def test_people_whom_the_roster_lacks_count_as_they_are() -> None:
    items = log(2000).assign(agent="stranger")
    assert at_full_speed(items, ROSTER, [])["handle"].equals(items["handle"])
