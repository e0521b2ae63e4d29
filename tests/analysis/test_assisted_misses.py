"""Chances of a miss from few simulations and many sketches: covered, better than counting, and silent where blind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcap.analysis.assisted_misses import RARE, AssistedChances, assisted_miss_differences, assisted_misses
from simcap.analysis.pairs import paired_chances
from tests.analysis.desks import LATER, TRUE_DRAWS, WINDOWS, Desk
from tests.analysis.studies import Study, later, study
from tests.analysis.test_assisted import DESKS, USUAL


def repeat(
    desk: Desk, target: float, simulated: int, sketches: int, repetitions: int, draws: int = TRUE_DRAWS
) -> tuple[Study, Study, list[AssistedChances]]:
    """Return studies of the chances as told, and of the unbiased ones."""
    rows, unbiased = [], []
    for seed in range(repetitions):
        sketch, counts = desk.draw(seed, sketches, simulated)
        found, plain = assisted_misses(sketch, counts, target), (counts[0] / counts[1] < target).mean(axis=0)
        rows.append((found, found.chance, plain))
        unbiased.append((found, found.unbiased, plain))
    truth = desk.chances(target, draws)
    return study(rows, truth, simulated), study(unbiased, truth, simulated), [row[0] for row in rows]


def test_chances_are_covered_and_better_than_counted() -> None:
    told, unbiased, _ = repeat(USUAL, 0.95, 12, 200, 40)
    assert abs(unbiased.bias) < 4 * unbiased.bias_error
    assert unbiased.bias_error < 0.008
    assert abs(told.bias) < 0.015
    assert 0.88 <= told.coverage <= 0.98
    assert unbiased.gain > 2.3
    assert told.gain > 5


@pytest.mark.slow
@pytest.mark.parametrize(("simulated", "sketches"), [(8, 100), (8, 400), (20, 400), (40, 400)])
@pytest.mark.parametrize("name", DESKS)
def test_intervals_of_chances_cover(name: str, simulated: int, sketches: int) -> None:
    target = 0.99 if DESKS[name].level > 0.99 else 0.95
    told, unbiased, _ = repeat(
        DESKS[name], target, simulated, sketches, 150 if DESKS[name].windows == WINDOWS else 750, 100_000
    )
    assert abs(unbiased.bias) < 4 * unbiased.bias_error + 0.001
    assert 0.85 <= told.coverage <= 0.99, told
    assert told.gain > 1.8, told


def test_differences_of_chances() -> None:
    desk, rows, unbiased = Desk(noise=0.2), [], []
    for seed in range(40):
        base, variant = desk.draw_change(seed, 200, 12, 0.3)
        found = assisted_miss_differences(base, variant, (0.95, 0.95))
        plain = np.subtract(*((part / whole < 0.95).mean(axis=0) for _, (part, whole) in (variant, base)))
        rows.append((found, found.chance, plain))
        unbiased.append((found, found.unbiased, plain))
    truth = (desk.changed(0.3).chances(0.95) - desk.chances(0.95))[LATER]
    told, full = study(later(rows), truth, 12), study(later(unbiased), truth, 12)
    assert abs(full.bias) < 4 * full.bias_error
    assert abs(told.bias) < 0.02
    assert told.coverage >= 0.85
    assert told.gain > 2
    assert told.width < 0.22
    for found, _, _ in rows:
        assert (np.array([found.chance, found.low, found.high])[:, ~LATER] == 0).all(), "nothing differs there"


def test_rare_chances_are_those_of_sketches_or_ruled_out() -> None:
    desk = Desk(outage=0.0, level=0.975)
    truth, covered, untold, rare = desk.chances(0.88), [], [], []
    for seed in range(40):
        found = assisted_misses(*desk.draw(seed, 300, 10), 0.88)
        covered.append((found.low <= truth) & (truth <= found.high))
        untold.append(found.untold)
        rare.append(~found.untold & (found.chance < RARE))
        assert (np.isnan(found.chance) == found.untold).all()
        assert (found.low[found.untold] == 0).all()
        assert (found.high[found.untold] < 0.06).all()
    assert (truth < RARE).any()
    assert np.mean(covered) > 0.88
    assert np.mean(untold) > 0.2


def test_a_rare_chance_that_many_sketches_come_near_is_told() -> None:
    rng = np.random.default_rng(5)
    whole = np.full((400, 4), 2000.0)
    sketch = whole * np.clip(0.955 + 0.002 * rng.normal(size=whole.shape), 0, 1)
    simulated = rng.binomial(2000, sketch[:12] / 2000 * 1.0).astype(float)
    found = assisted_misses((sketch, whole), (simulated, whole[:12]), 0.943)
    true = float(np.mean(rng.binomial(2000, 0.955 + 0.002 * rng.normal(size=400_000)) < 0.943 * 2000))
    assert true < RARE
    told = ~found.untold & (found.chance < RARE)
    assert told.all() or found.note
    assert ((found.low <= true) & (true <= found.high)).sum() >= 3


def test_a_chance_that_is_next_to_nothing_has_an_upper_end() -> None:
    rng = np.random.default_rng(8)
    whole = np.full((300, 4), 20_000.0)
    share = 0.97 + 0.004 * rng.normal(size=whole.shape)
    share[:, 2] = 0.99 + 0.0004 * rng.normal(size=300)
    simulated = rng.binomial(20_000, share[:20]).astype(float)
    found = assisted_misses((share * whole, whole), (simulated, whole[:20]), 0.95)
    assert not found.note
    assert not found.chance[2] > 1e-9
    assert found.high[2] < 0.02
    assert (found.high[:2] < 0.02).all()


def test_sketches_of_other_draws_are_not_used() -> None:
    sketch, _ = USUAL.draw(1, 300, 10)
    _, counts = USUAL.draw(2, 300, 10)
    found = assisted_misses(sketch, counts, 0.95)
    hits = (counts[0] / counts[1] < 0.95).mean(axis=0)
    assert found.note.startswith("the sketch explains ")
    assert found.chance == pytest.approx(hits)
    share, z = hits[0], 1.6448536
    middle, half = share + z**2 / 20, z * np.sqrt(share * (1 - share) / 10 + z**2 / 400)
    assert (found.low[0], found.high[0]) == pytest.approx(
        ((middle - half) / (1 + z**2 / 10), (middle + half) / (1 + z**2 / 10))
    ), "Wilson's"
    _, other = USUAL.draw(3, 300, 10)
    gap = assisted_miss_differences((sketch, counts), (sketch, other), (0.95, 0.95))
    one, two = ((part / whole < 0.95).astype(float) for part, whole in (counts, other))
    assert (gap.chance[5], gap.low[5], gap.high[5]) == pytest.approx(paired_chances(one[:, 5], two[:, 5], z))
    assert gap.note


def test_a_sketch_that_misleads_is_corrected() -> None:
    desk = Desk(noise=0.15)
    for seed in range(3):
        sketch, counts = desk.draw(seed, 300, 40)
        misled = assisted_misses((sketch[0] * 0.97, sketch[1]), counts, 0.95)
        right = assisted_misses(sketch, counts, 0.95)
        assert misled.chance == pytest.approx(right.chance, abs=0.06), "the line's height is the simulation's"


def test_a_window_without_items_has_no_chance_and_leaves_the_others_alone() -> None:
    (part, whole), (on_time, items) = USUAL.draw(4, 100, 10)
    keep = np.arange(WINDOWS) != 3
    without = [np.where(keep, values, 0.0) for values in (part, whole, on_time, items)]
    found = assisted_misses((without[0], without[1]), (without[2], without[3]), 0.95)
    other = assisted_misses((part[:, keep], whole[:, keep]), (on_time[:, keep], items[:, keep]), 0.95)
    assert np.isnan([found.chance[3], found.low[3], found.high[3]]).all()
    assert not found.untold[3]
    assert found.chance[keep] == pytest.approx(other.chance, nan_ok=True)
    assert found.high[keep] == pytest.approx(other.high)


@given(st.integers(0, 10_000), st.integers(2, 6), st.sampled_from([0.0, 0.5, 0.9, 1.0]))
@settings(max_examples=40, deadline=None)
def test_chances_stay_inside_what_is_possible(seed: int, simulated: int, target: float) -> None:
    rng = np.random.default_rng(seed)
    whole = rng.integers(0, 30, (40, 3)).astype(float)
    share = rng.uniform(size=(40, 3))
    sketch, counts = (
        (share * whole, whole),
        (rng.binomial(whole.astype(int), share)[:simulated] * 1.0, whole[:simulated]),
    )
    found = assisted_misses(sketch, counts, target)
    known = ~np.isnan(found.low)
    assert (found.low[known] >= 0).all()
    assert (found.high[known] <= 1).all()
    told = known & ~np.isnan(found.chance)
    assert (found.low <= found.chance + 1e-12)[told].all()
    assert (found.chance <= found.high + 1e-12)[told].all()
