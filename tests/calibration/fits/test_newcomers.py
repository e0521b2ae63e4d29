"""Newcomers of a log without a roster: their ramp is that of the world, whoever else turns up later."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits.fit import Fit, NotFitted
from simcap.calibration.fits.newcomers import Newcomers, fit_newcomers
from simcap.calibration.fits.ramp import fit_ramp, speed
from simcap.calibration.history.people import VENDOR
from simcap.calibration.history.sheets import EPOCH
from simcap.units import DAY

START, AFTER = 0.55, 40.0
FIRST = 739_803
DAYS = 91
"""A quarter from Monday, 6 July 2026."""
TRUTH = np.array([math.log(START / (1 - START)), math.log(AFTER)])


def log(seed: int, begun: list[float], came: list[float], settled: int = 24) -> pd.DataFrame:
    """Return the items of settled agents, of those who have `begun` on a day, and of settled ones who `came` on a day.

    Days count from the first of the log; who has begun before it is there from the start.
    """
    generator = np.random.default_rng(seed)
    hired = np.array([-900.0] * settled + begun + [-900.0] * len(came))
    seen = np.array([0.0] * settled + [max(day, 0.0) for day in begun] + came)
    talent = np.exp(generator.normal(0, 0.12, hired.size))
    # Nobody works at weekends, one shift in twelve is missed, and a day has twelve items.
    agent, day = (grid.ravel() for grid in np.meshgrid(np.arange(hired.size), np.arange(DAYS), indexing="ij"))
    there = (day >= seen[agent]) & (day % 7 < 5) & ((generator.random(day.size) > 1 / 12) | (day == seen[agent]))
    agent, day = (np.repeat(one[there], 12) for one in (agent, day))
    content = generator.lognormal(6.0, 0.8, day.size)
    handle = content / (talent[agent] * speed(START, AFTER, day - hired[agent]))
    names = pd.Series([f"a{number:02}" for number in agent], dtype="str").astype("category")
    completed = (FIRST - EPOCH + day) * DAY + 43_200.0
    return pd.DataFrame(
        {"queue": "posts", "agent": names, "day": FIRST + day, "handle": handle, "completed": completed}
    )


CLASSES = [21.0] * 6 + [42.0] * 6
ELSEWHERE = [16.0, 28.0, 42.0, 56.0]


def scaled(fit: Fit | NotFitted) -> np.ndarray:
    """Return the logit of the start and the logarithm of the days, on whose scales errors are."""
    assert isinstance(fit, Fit), fit
    start = fit.value("ramp", "start")
    return np.array([math.log(start / (1 - start)), math.log(fit.value("ramp", "after") / DAY)])


def only(found: Newcomers) -> Fit:
    (fit,) = found.fits
    assert isinstance(fit, Fit)
    return fit


def test_who_begins_while_the_log_runs_shows_the_ramp() -> None:
    """Agents in their first weeks when the log begins count as settled, and do no harm."""
    found = fit_newcomers(log(1, [-40.0, -20.0, -10.0, *CLASSES], []), "UTC")
    fit = only(found)
    assert (np.abs(scaled(fit) - TRUTH) < 3 * fit.standard_errors()).all()
    assert (fit.standard_errors() < 0.4).all()
    assert fit.subject.name == VENDOR
    begun = int(found.people["new"].sum())
    assert begun in (10, 11, 12)
    assert f"{begun} agents whose first item comes 14 days or more after the log begins" in fit.prior
    assert "27 seen before count as settled" in fit.prior


def test_who_comes_from_elsewhere_is_no_newcomer() -> None:
    """Four of sixteen do, in each of six worlds; taken for newcomers, they would hide half of the ramp."""
    found, mistaken, apart, believed = 0, 0, [], []
    for seed in range(6):
        items = log(seed, CLASSES, ELSEWHERE)
        shown = fit_newcomers(items, "UTC")
        new = shown.people.set_index("agent")["new"]
        found += int((~new.iloc[-4:]).sum())
        mistaken += int((~new.iloc[24:-4]).sum())
        fit = only(shown)
        assert ("as fast from the first" in fit.prior) == (int(new.sum()) < 16)
        apart.append(scaled(fit) - TRUTH)
        first = items.groupby("agent", observed=True)["day"].min()
        hired = first.where(first >= FIRST + 14, 0.0)
        (naive,) = fit_ramp(items, pd.DataFrame({"agent": first.index.astype("str"), "vendor": "x", "hired": hired}), 0)
        believed.append(scaled(naive) - TRUTH)
    assert found >= 17
    assert mistaken <= 3
    assert np.mean(believed, axis=0)[0] > 0.3
    assert abs(np.mean(apart, axis=0)[0]) < 0.15


def test_few_newcomers_are_said() -> None:
    (missing,) = fit_newcomers(log(3, [21.0] * 7, [], settled=6), "UTC").fits
    assert isinstance(missing, NotFitted)
    assert missing.why == (
        "no roster says when agents began; of 7 whose first item comes 14 days or more after the log begins, "
        "8 are needed"
    )


def test_an_absence_that_is_usual_makes_nobody_new() -> None:
    """Where one in ten is away for three weeks at a time, the first three weeks of a log tell of no newcomer."""
    items = log(4, [], [])
    number = items["agent"].cat.codes
    away = (number < 4) & (items["day"] >= FIRST + 40) & (items["day"] < FIRST + 60)
    late = (number >= 14) & (items["day"] < FIRST + 18)
    people = fit_newcomers(items[~away & ~late], "UTC").people
    assert not people["new"].any()
    assert fit_newcomers(items[~late], "UTC").people["new"].sum() >= 8


def test_few_learners_of_each_vendor_have_one_ramp_together() -> None:
    items = log(5, CLASSES, [])
    vendor = np.where(items["agent"].cat.codes % 2 == 0, "kestrel", "northstar")
    fit = only(fit_newcomers(items.assign(vendor=vendor), "UTC"))
    assert [one.path for one in fit.estimates] == [
        f"vendors.{name}.ramp.{key}" for name in ("kestrel", "northstar") for key in ("start", "after")
    ]
    assert fit.estimates[0].value == fit.estimates[2].value
    assert np.linalg.matrix_rank(fit.covariance) == 2
    assert "the 12 learners of kestrel and northstar together, as each has fewer than 8" in fit.prior
    assert (np.abs(scaled(fit) - TRUTH) < 3 * fit.standard_errors()[:2]).all()


@pytest.mark.slow
def test_intervals_hold_the_truth_as_those_of_a_roster_do() -> None:
    """Three standard errors either way, in 30 worlds with learners before the log and four who come from elsewhere."""
    apart = []
    for seed in range(30):
        fit = only(fit_newcomers(log(seed, [-60.0, -30.0, -10.0, *CLASSES], ELSEWHERE), "UTC"))
        apart.append((scaled(fit) - TRUTH) / fit.standard_errors())
    assert (np.abs(np.mean(apart, axis=0)) < 1.0).all()
    assert (np.abs(apart) < 3).mean() > 0.93
