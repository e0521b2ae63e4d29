"""Simulated queues against closed forms, and bands against desks whose hazards are known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simcap.calibration.pickup.day_levels import Autoregression, DayLevels
from simcap.calibration.pickup.desk import Settings, levels_ahead, recent_level, simulate
from simcap.calibration.pickup.fit import Hazard, fit_hazard
from simcap.calibration.pickup.steps import HOURS, KINDS
from tests.calibration.pickup.simulated import HOUR, arrivals, seen, steps

BANDS = seen(np.zeros(0), np.zeros(0), 1).ages
SLOTS = KINDS * HOURS


def _hazard(rate: float, **changes: object) -> Hazard:
    """Return a hazard of a step that is the same for all items at all times."""
    flat = Hazard(
        ages=BANDS, answer=0.0, usual=100.0, base=float(np.log(rate)), profile=np.zeros(SLOTS),
        age=np.zeros(BANDS.size), covariance=1e-8 * np.eye(1 + SLOTS + BANDS.size), days=Autoregression(0.5, 1e-4),
        levels=DayLevels(np.zeros(1), np.ones(1), 0.0), overdispersion=0.0, dispersion=1.0, picked=np.full(30, 50.0),
        expected=np.full(30, 50.0), leaving=np.zeros(BANDS.size),
    )  # fmt: skip
    return dataclasses.replace(flat, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("overdispersion", [0.0, 1.5])
def test_a_backlog_without_arrivals_dies_out_as_a_pure_death_process(overdispersion: float) -> None:
    """E N(t) = N(0) exp(-h t), whatever the noise; without it N(t) is binomial (Bailey 1964, 8.5)."""
    within, count, rate = steps(1), 200, 0.02
    hazard = _hazard(rate, overdispersion=overdispersion)
    generator = np.random.default_rng(21)
    created = np.full(count, within.begin - HOUR)
    left = np.array(
        [
            (simulate(hazard, created, within, np.zeros(1), generator)[0] >= within.begin + 40 * within.length).sum()
            for _ in range(600)
        ]
    )
    share = np.exp(-rate * 40)
    assert abs(left.mean() - count * share) < 4 * left.std() / np.sqrt(left.size)
    if overdispersion == 0.0:
        assert left.var() == pytest.approx(count * share * (1 - share), rel=0.25)
    else:
        assert left.var() > 3 * count * share * (1 - share)


def test_a_desk_with_an_answer_of_minus_one_works_at_a_fixed_rate() -> None:
    within = steps(1)
    generator = np.random.default_rng(22)
    rates = [
        np.mean(
            [
                np.isfinite(
                    simulate(hazard, np.full(count, within.begin - HOUR), within, np.zeros(1), generator)[0]
                ).sum()
                for _ in range(100)
            ]
        )
        for hazard in [_hazard(0.002, answer=-1.0)]
        for count in (100, 400)
    ]
    # 96 steps of 0.2 pick-ups, however much waits.
    assert rates == pytest.approx([19.2, 19.2], rel=0.08)


def test_items_that_leave_are_told_from_those_picked_up() -> None:
    within = steps(2)
    hazard = _hazard(0.01, leaving=np.full(BANDS.size, 0.03))
    created = np.full(4000, within.begin - HOUR)
    gone, leaves = simulate(hazard, created, within, np.zeros(2), np.random.default_rng(23))
    assert leaves[np.isfinite(gone)].mean() == pytest.approx(0.75, abs=0.03)


def test_nothing_is_gone_before_it_comes_and_true_ages_count() -> None:
    within = steps(2)
    old = _hazard(0.05, age=np.where(BANDS >= 24 * HOUR, np.log(1e-6), 0.0))
    created = np.concatenate([np.full(50, within.begin - 48 * HOUR), within.begin + np.arange(50) * HOUR / 2])
    gone, _ = simulate(old, created, within, np.zeros(2), np.random.default_rng(24))
    assert np.isinf(gone[:50]).all()  # dead: nobody takes what is older than a day
    assert (gone[50:] >= created[50:]).all()
    assert np.isfinite(gone[50:]).mean() > 0.8


def test_the_level_of_the_last_days_fades() -> None:
    picked = np.where(np.arange(60) >= 50, 100.0, 50.0)
    hazard = _hazard(0.01, picked=picked, expected=np.full(60, 50.0), days=Autoregression(0.0, 1e-12))
    assert recent_level(hazard, 1e9) == pytest.approx(np.log((3500 + 5) / (3000 + 5)))
    short = recent_level(hazard, 3.0)
    assert np.log(1.8) < short < np.log(2.0)
    ahead = levels_ahead(hazard, Settings(0.0, 3.0, 0.9), 5, np.random.default_rng(1))
    assert ahead == pytest.approx(short * 0.9 ** np.arange(1, 6), abs=1e-4)


@pytest.mark.slow
def test_bands_hold_what_comes_on_desks_like_the_model() -> None:
    """Share picked up within 4 h of a week, predicted from eight weeks before, on 60 desks."""
    days, known = 63, 56
    within, past, ahead = steps(days), steps(known), steps(days)
    truth = _hazard(0.03, days=Autoregression(0.6, 0.05), overdispersion=0.3)
    held = 0
    for desk in range(60):
        generator = np.random.default_rng(1000 + desk)
        created = arrivals(days, 60.0, generator)
        gone, _ = simulate(truth, created, within, truth.days.draw(days, generator), generator)
        split = past.end
        old = created < split
        hazard = fit_hazard(seen(created[old], np.where(gone[old] < split, gone[old], np.inf), known), 0.0)
        coming = created[(created >= split) & (created < split + 6 * 24 * HOUR)]
        waiting = created[old & (gone >= split)]
        later = dataclasses.replace(ahead, begin=split, day=ahead.day[: 7 * 96], slot=ahead.slot[: 7 * 96])
        shares = []
        for _ in range(100):
            drawn = hazard.drawn(generator)
            levels = levels_ahead(drawn, Settings(0.0, 8.0, 0.9), 7, generator)
            again, _ = simulate(drawn, np.concatenate([waiting, coming]), later, levels, generator)
            shares.append(((again - np.concatenate([waiting, coming]))[waiting.size :] <= 4 * HOUR).mean())
        low, high = np.quantile(shares, [0.05, 0.95])
        share = ((gone - created)[(created >= split) & (created < split + 6 * 24 * HOUR)] <= 4 * HOUR).mean()
        held += low <= share <= high
    # Of 60 windows, 90% are 54, with a standard deviation of 2.3.
    assert 46 <= held <= 60
