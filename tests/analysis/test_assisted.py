"""Means from few simulations and many sketches: unbiased, covered, worth their sketches, and safe with bad ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simcap.analysis.assisted import (
    Assisted,
    assisted_share_differences,
    assisted_shares,
    assisted_values,
    combined_freedom,
    why_counted,
)
from simcap.analysis.ratios import ratio_spread
from tests.analysis.desks import LATER, TRUE_DRAWS, WINDOWS, Desk
from tests.analysis.studies import Study, later, study

Array = NDArray[np.float64]
RNG = np.random.default_rng(3)
USUAL = Desk()
UNLIKE = Desk(
    outage=np.where(np.arange(WINDOWS) >= 20, 0.05, 0.0),
    noise=0.1 * RNG.lognormal(0, 0.6, WINDOWS),
    items=1600 * RNG.lognormal(0, 0.8, WINDOWS),
)
"""Windows differ in size, in outages, and in what the sketch does not know."""
DESKS = {
    "usual": USUAL,
    "outages": Desk(outage=0.03),
    "rough sketch": Desk(noise=0.3, bias=0.3),
    "nearly all on time": Desk(level=0.999, items=500.0),
    "few items": Desk(items=60.0),
    "steeper": Desk(slope=1.4, bias=0.0),
    "unlike windows": UNLIKE,
    "four windows": Desk(windows=4),
    "one window": Desk(windows=1, outage=0.0),
}


def repeat(desk: Desk, simulated: int, sketches: int, repetitions: int, draws: int = TRUE_DRAWS) -> Study:
    rows = []
    for seed in range(repetitions):
        sketch, counts = desk.draw(seed, sketches, simulated)
        found = assisted_shares(sketch, counts)
        rows.append((found, found.estimate, counts[0].sum(axis=0) / counts[1].sum(axis=0)))
    return study(rows, desk.shares(draws), simulated)


def repeat_change(desk: Desk, gain: float, simulated: int, repetitions: int) -> tuple[Study, list[Assisted]]:
    rows = []
    for seed in range(repetitions):
        base, variant = desk.draw_change(seed, 300, simulated, gain)
        found = assisted_share_differences(base, variant)
        plain = np.subtract(*(part.sum(axis=0) / whole.sum(axis=0) for _, (part, whole) in (variant, base)))
        rows.append((found, found.estimate, plain))
    truth = np.where(LATER, desk.changed(gain).shares() - desk.shares(), 0.0)
    return study(later(rows), truth[LATER], simulated), [row[0] for row in rows]


def test_means_are_unbiased_covered_and_worth_ten_times_the_replications() -> None:
    found = repeat(USUAL, 8, 200, 80)
    assert abs(found.bias) < 4 * found.bias_error + 1e-4
    assert found.bias_error < 0.0008, "a bias of a third of a point would show"
    assert 0.86 <= found.coverage <= 0.95
    assert found.gain > 8
    assert found.said == pytest.approx(found.gain, rel=0.5)


@pytest.mark.slow
@pytest.mark.parametrize(("simulated", "sketches"), [(8, 100), (8, 400), (20, 400), (40, 400)])
@pytest.mark.parametrize("name", DESKS)
def test_intervals_of_means_cover(name: str, simulated: int, sketches: int) -> None:
    found = repeat(DESKS[name], simulated, sketches, 200 if DESKS[name].windows == WINDOWS else 1000, 100_000)
    assert abs(found.bias) < max(4 * found.bias_error, 0.001)
    assert 0.84 <= found.coverage <= 0.97, found
    assert found.worst > 0.7, found
    assert found.gain > 2, found


def test_differences_are_unbiased_covered_and_nothing_differs_before_a_change() -> None:
    found, results = repeat_change(Desk(noise=0.2), 0.3, 8, 60)
    assert abs(found.bias) < 4 * found.bias_error + 1e-4
    assert 0.85 <= found.coverage <= 0.97
    assert found.gain > 3
    for result in results:
        for values in (result.estimate, result.low, result.high):
            assert (values[~LATER] == 0).all(), "before the change the runs are the same"


def test_rounding_is_no_difference() -> None:
    (part, whole), (on_time, items) = USUAL.draw(4, 60, 10)
    rounded = part * (1 + 1e-15 * np.where(LATER, 0.0, np.arange(60)[:, None] % 3))
    lost = np.where(LATER, 40.0, 0.0)
    found = assisted_share_differences(
        ((part, whole), (on_time, items)), ((rounded - lost, whole), (on_time - lost, items))
    )
    assert (np.array([found.estimate, found.low, found.high])[:, ~LATER] == 0).all()
    assert (found.high[LATER] < 0).all()


def test_values_of_any_unit() -> None:
    rows = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        sketch = 1e5 * rng.gamma(4.0, 1.0, (100, 12)) * np.linspace(0.2, 3, 12)
        simulated = 5e3 + sketch[:8] * 1.05 + 0.2 * sketch.std(axis=0) * rng.normal(size=(8, 12))
        found = assisted_values(sketch, simulated)
        rows.append((found, found.estimate / 1e5, simulated.mean(axis=0) / 1e5))
    truth = 5e3 + 1.05 * 4e5 * np.linspace(0.2, 3, 12)
    covered = np.mean([(row[0].low <= truth) & (truth <= row[0].high) for row in rows])
    off = np.array([row[1] for row in rows]) - truth / 1e5
    plain = np.array([row[2] for row in rows]) - truth / 1e5
    assert 0.87 <= covered <= 0.94
    assert abs(off.mean()) < 4 * off.mean(axis=1).std() / 300**0.5
    assert (plain**2).mean() / (off**2).mean() > 5
    with pytest.raises(ValueError, match="some replications do not have"):
        assisted_values(np.full((3, 1), np.nan), np.ones((2, 1)))


def test_the_last_formula_by_hand() -> None:
    sketch, simulated = np.array([[1.0], [3.0], [2.0], [6.0]]), np.array([[2.0], [4.0]])
    found = assisted_values(sketch, simulated)
    assert found.slope == 1, "two replications do not move it"
    assert found.estimate == pytest.approx([3 + (3 - 2)])
    residual, explained, doubt = 0.0, np.var([1, 3, 2, 6], ddof=1), 0.25**2
    assert found.effective == pytest.approx([(explained + residual) / (explained / 4 + residual / 2 + doubt)])
    assert found.gap == pytest.approx([-1])
    assert found.gap_error == pytest.approx([0])


def test_a_biased_sketch_shows_and_does_no_harm() -> None:
    sketch, simulated = USUAL.draw(1, 300, 20)
    low = (sketch[0] * 0.9, sketch[1])
    found, right = assisted_shares(low, simulated), assisted_shares(sketch, simulated)
    assert (found.gap / found.gap_error < -4).mean() > 0.8
    assert (np.abs(right.gap) < 0.02).all()
    assert found.estimate == pytest.approx(right.estimate, abs=0.003)


def test_a_wrong_slope_shows() -> None:
    desk = Desk(slope=1.6)
    slopes = [assisted_shares(*desk.draw(seed, 200, 30)).slope for seed in range(10)]
    usual = [assisted_shares(*USUAL.draw(seed, 200, 30)).slope for seed in range(10)]
    assert min(slopes) > 1.2
    assert np.median(usual) == pytest.approx(1.03, abs=0.08)


@pytest.mark.parametrize("simulated", [8, 30])
def test_a_sketch_of_other_draws_is_not_used(simulated: int) -> None:
    sketch, _ = USUAL.draw(1, 300, simulated)
    _, counts = USUAL.draw(2, 300, simulated)
    found, plain = assisted_shares(sketch, counts), ratio_spread(*counts)
    assert found.estimate == pytest.approx(plain.mean)
    assert found.note.startswith("the sketch explains ")
    assert found.effective == pytest.approx(simulated)
    assert (found.low >= plain.ci_low).all(), "90% intervals are narrower than those of 95%"
    assert (found.high <= plain.ci_high + 1e-12).all()


def test_what_cannot_be_assisted_is_counted_and_says_why() -> None:
    (part, whole), counts = USUAL.draw(1, 50, 6)
    same = assisted_shares((0.97 * whole, whole), counts)
    assert same.note == "the sketch is the same in every replication"
    single = assisted_shares((part, whole), (counts[0][:1], counts[1][:1]))
    assert single.note == "one replication cannot show how far a sketch is off"
    assert np.isnan(single.low).all()
    assert why_counted(0.3, 2) == ""
    assert why_counted(0.29, 2) == "the sketch explains 29% of what varies, less than 30%"
    with pytest.raises(ValueError, match="6 replications are simulated, and only 5"):
        assisted_shares((part[:5], whole[:5]), counts)


def test_a_window_without_items_has_no_figure_and_leaves_the_others_alone() -> None:
    (part, whole), (on_time, items) = USUAL.draw(4, 100, 10)
    keep = np.arange(WINDOWS) != 3
    without = [np.where(keep, values, 0.0) for values in (part, whole, on_time, items)]
    found = assisted_shares((without[0], without[1]), (without[2], without[3]))
    other = assisted_shares((part[:, keep], whole[:, keep]), (on_time[:, keep], items[:, keep]))
    assert np.isnan([found.estimate[3], found.low[3], found.high[3]]).all()
    assert found.estimate[keep] == pytest.approx(other.estimate)
    assert found.low[keep] == pytest.approx(other.low)


def test_all_on_time_is_not_certain() -> None:
    whole = np.full((20, 2), 50.0)
    part = whole.copy()
    part[12:, 1] -= 5
    found = assisted_shares((part, whole), (whole[:6], whole[:6]))
    assert found.estimate[0] == 1
    assert found.low[0] < 1
    assert found.estimate[1] == pytest.approx(1 - 0.1 * 8 / 20), "sketches know of what the simulated have not met"


@pytest.mark.parametrize("missing", [0.0, 1e-12, 1e-6, 1e-4])
def test_almost_all_on_time_is_known_as_well_as_all_on_time(missing: float) -> None:
    """What other windows do not know makes an error of 0.2 points; it is no reason to think that all may be late."""
    rng = np.random.default_rng(6)
    whole = np.full((100, 8), 5000.0)
    share = np.clip(0.97 + 0.02 * rng.normal(size=(100, 8)), 0, 1)
    noise = np.clip(share[:8] + 0.005 * rng.normal(size=(8, 8)), 0, 1)
    share[:, 3], noise[:, 3] = 1 - missing * (np.arange(100) % 2), 1.0
    found = assisted_shares((share * whole, whole), (noise * whole[:8], whole[:8]))
    assert found.note == ""
    assert found.estimate[3] == pytest.approx(1 - missing / 2, abs=1e-4)
    assert 0.99 < found.low[3] <= found.estimate[3]


@given(st.integers(0, 10_000), st.integers(2, 6))
@settings(max_examples=40, deadline=None)
def test_shares_stay_inside_what_is_possible(seed: int, simulated: int) -> None:
    rng = np.random.default_rng(seed)
    whole = rng.integers(0, 6, (12, 3)).astype(float)
    part, other = (rng.binomial(whole.astype(int), rng.uniform()) for _ in range(2))
    sketch, counts = (part.astype(float), whole), (other[:simulated].astype(float), whole[:simulated])
    found = assisted_shares(sketch, counts)
    known = ~np.isnan(found.low)
    assert (found.low[known] >= 0).all()
    assert (found.low <= found.estimate)[known].all()
    assert (found.estimate <= found.high)[known].all()
    assert (found.high[known] <= 1).all()
    gap = assisted_share_differences((sketch, counts), ((whole - sketch[0], whole), counts))
    known = ~np.isnan(gap.low)
    assert (gap.low[known] >= -1).all()
    assert (gap.high[known] <= 1).all()


def test_degrees_of_freedom_of_a_sum() -> None:
    assert combined_freedom((np.array([1.0]), 5.0), (np.array([1.0]), 5.0)) == pytest.approx([10])
    assert combined_freedom((np.array([1.0]), 5.0), (np.array([0.0]), 3.0)) == pytest.approx([5])
    assert np.isinf(combined_freedom((np.array([0.0]), 5.0)))
