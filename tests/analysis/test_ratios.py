"""Ratios of sums over replications: what they are, that their intervals cover, and stay inside what is possible."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from simcap.analysis.pairs import difference_interval
from simcap.analysis.ratios import linear, paired_ratios, ratio_spread
from simcap.analysis.summary import PERCENTILES, share_interval, spread

Array = NDArray[np.float64]
TRIALS = 4000
LEAST = {6: 0.915, 20: 0.935}
"""Coverage of 95% intervals of skewed figures, by replications; a deviation of 0.015 is four standard errors."""


def column(*values: float) -> Array:
    return np.array(values, float)[:, None]


def quarters(seed: int, replications: int, busiest: float = 2.5) -> tuple[Array, Array, Array]:
    """Return [replication, trial] items, and those on time before and after a change; busy quarters attain less."""
    rng = np.random.default_rng(seed)
    load = rng.uniform(1.0, busiest, (replications, TRIALS))
    items = rng.poisson(500 * load).astype(float)
    late = 0.03 * load * rng.lognormal(0.0, 0.3, load.shape)
    before = rng.binomial(items.astype(int), 1 - late).astype(float)
    extra = rng.binomial((items - before).astype(int), 0.3)
    return items, before, before + extra


def expected(busiest: float = 2.5) -> float:
    """Return the share that is late in the long run: E[load x late] / E[load]."""
    load = np.linspace(1.0, busiest, 100_001)
    return float(0.03 * np.exp(0.045) * (load**2).mean() / load.mean())


def test_a_ratio_of_sums_is_no_mean_of_ratios() -> None:
    found = ratio_spread(column(100, 1500), column(100, 3000))
    assert found.mean[0] == pytest.approx(1600 / 3100)
    assert found.percentiles[:, 0] == pytest.approx(np.percentile([1.0, 0.5], PERCENTILES))


def test_the_error_is_the_jackknifes_and_of_many_replications_the_delta_methods() -> None:
    part, whole = column(90, 180, 170, 99), column(100, 200, 210, 100)
    ratio = part.sum() / whole.sum()
    without = [(part.sum() - y) / (whole.sum() - x) for y, x in zip(part.ravel(), whole.ravel(), strict=True)]
    error = np.sqrt(3 / 4 * np.sum((without - np.mean(without)) ** 2))
    found = linear(part, whole)
    assert found.values.mean() == pytest.approx(ratio)
    assert np.std(found.values, ddof=1) / 2 == pytest.approx(error)
    items, before, _ = quarters(7, 400)
    delta = np.std(before - linear(before, items).ratio * items, axis=0, ddof=1) / 400**0.5 / items.mean(axis=0)
    assert np.std(linear(before, items).values, axis=0, ddof=1) / 400**0.5 == pytest.approx(delta, rel=0.05)
    low, high = share_interval(np.array([ratio]), np.array([error]), np.array([stats.t.ppf(0.975, 3)]))
    spread_ = ratio_spread(part, whole)
    assert (spread_.ci_low[0], spread_.ci_high[0]) == pytest.approx((low[0], high[0]))
    assert low[0] < ratio < high[0]


@pytest.mark.parametrize("replications", [6, 20])
def test_the_interval_of_a_ratio_covers(replications: int) -> None:
    items, before, _ = quarters(1, replications)
    found = ratio_spread(before, items)
    true = 1 - expected()
    covered = ((found.ci_low <= true) & (true <= found.ci_high)).mean()
    assert LEAST[replications] <= covered <= 0.965
    mean_of_ratios = spread(before / items, shares=True)
    wrongly = ((mean_of_ratios.ci_low <= true) & (true <= mean_of_ratios.ci_high)).mean()
    assert replications < 20 or wrongly < covered - 0.03, "a mean of ratios is another figure, which shows"


@pytest.mark.parametrize("replications", [6, 20])
def test_the_interval_of_a_difference_covers_and_profits_from_the_pairs(replications: int) -> None:
    items, before, after = quarters(2, replications)
    found = paired_ratios((before, items), (after, items))
    true = 0.3 * expected()
    covered = ((found.ci_low <= true) & (true <= found.ci_high)).mean()
    assert LEAST[replications] <= covered <= 0.965
    apart = paired_ratios((before, items), (np.roll(after, 1, axis=1), np.roll(items, 1, axis=1)))
    assert (found.ci_high - found.ci_low).mean() < 0.7 * (apart.ci_high - apart.ci_low).mean()
    assert np.allclose(found.mean, linear(after, items).ratio - linear(before, items).ratio)


def test_what_is_the_same_differs_by_nothing() -> None:
    items, before, _ = quarters(3, 5)
    found = paired_ratios((before, items), (before, items))
    for values in (found.mean, found.ci_low, found.ci_high, found.higher, found.lower):
        assert (values == 0).all()


def test_a_replication_without_items_weighs_nothing() -> None:
    found = ratio_spread(column(90, 0, 80), column(100, 0, 100))
    assert found.mean[0] == pytest.approx(0.85)
    assert found.percentiles[:, 0] == pytest.approx(np.percentile([0.9, 0.8], PERCENTILES))
    alone = ratio_spread(column(90, 0), column(100, 0))
    assert alone.mean[0] == 0.9
    assert np.isnan([alone.ci_low[0], alone.ci_high[0]]).all(), "one replication tells no error"
    nothing = paired_ratios((column(0, 0), column(0, 0)), (column(1, 1), column(2, 2)))
    assert np.isnan([nothing.mean[0], nothing.ci_low[0], nothing.higher[0]]).all()


def test_all_on_time_in_few_replications_is_not_certain() -> None:
    found = ratio_spread(column(50, 50, 50, 50), column(50, 50, 50, 50))
    assert found.mean[0] == found.ci_high[0] == 1
    assert 0.90 < found.ci_low[0] < 0.98
    none = ratio_spread(column(0, 0, 0, 0), column(50, 50, 50, 50))
    assert none.mean[0] == none.ci_low[0] == 0
    assert none.ci_high[0] == pytest.approx(1 - found.ci_low[0])
    many = ratio_spread(column(50_000, 50_000), column(50_000, 50_000))
    assert many.ci_low[0] > 0.99


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=12))
def test_intervals_stay_inside_what_is_possible(counts: list[tuple[int, int]]) -> None:
    part, whole = column(*(min(pair) for pair in counts)), column(*(max(pair) for pair in counts))
    found = ratio_spread(part, whole)
    if not np.isnan(found.ci_low[0]):
        assert 0 <= found.ci_low[0] <= found.mean[0] <= found.ci_high[0] <= 1
    gap = paired_ratios((part, whole), (part[::-1], whole))
    if not np.isnan(gap.ci_low[0]):
        assert -1 <= gap.ci_low[0] <= gap.mean[0] <= gap.ci_high[0] <= 1


def test_shares_near_all_lean_to_where_there_is_room() -> None:
    figures = column(1.0, 1.0, 1.0, 0.90)
    plain, found = spread(figures), spread(figures, shares=True)
    assert plain.ci_high[0] > 1
    assert found.mean == plain.mean
    assert found.ci_low[0] < plain.mean[0] - 0.05
    assert plain.mean[0] < found.ci_high[0] < 1


@pytest.mark.parametrize("replications", [5, 20])
def test_the_interval_of_shares_covers_where_the_symmetric_one_leaves_what_is_possible(replications: int) -> None:
    figures = 1 - np.random.default_rng(4).beta(0.5, 30, (replications, TRIALS))
    true = 30 / 30.5
    found, plain = spread(figures, shares=True), spread(figures)
    inside = ((found.ci_low <= true) & (true <= found.ci_high)).mean()
    symmetric = ((plain.ci_low <= true) & (true <= plain.ci_high)).mean()
    assert (plain.ci_high > 1).any()
    assert inside > symmetric
    assert inside >= 0.90


def test_counts_are_cut_at_zero_without_losing_coverage() -> None:
    figures = np.random.default_rng(5).poisson(0.6, (5, TRIALS)).astype(float)
    found, plain = spread(figures, least=0.0), spread(figures)
    assert plain.ci_low.min() < 0 == found.ci_low.min()
    hit = [((one.ci_low <= 0.6) & (one.ci_high >= 0.6)).mean() for one in (found, plain)]
    assert hit[0] == hit[1]


def test_a_difference_keeps_to_minus_one_and_one() -> None:
    mean, error, quantile = np.array([0.97, -0.5, 0.0, 1.4]), np.array([0.05, 0.3, 0.02, 0.1]), np.full(4, 3.0)
    low, high = difference_interval(mean, error, quantile)
    assert (high[:3] < 1).all()
    assert (low[:3] > -1).all()
    assert (low[2], high[2]) == pytest.approx((-0.06, 0.06), abs=1e-3)
    assert (low[3], high[3]) == pytest.approx((1.1, 1.7)), "what is no difference of shares keeps its own"


# -- by hand ----------------------------------------------------------------------------------------------------------


def test_a_single_item_is_a_ratio() -> None:
    found = ratio_spread(column(1, 0), column(1, 0))
    assert found.mean[0] == 1
    assert found.percentiles[:, 0].tolist() == [1] * len(PERCENTILES)
    one, other = (column(1, 0, 1), column(1, 1, 1)), (column(1, 1, 0), column(1, 1, 1))
    assert linear(*one).known.tolist() == [3]
    assert not np.isnan(ratio_spread(*one).ci_low[0])
    gap = paired_ratios(one, other)
    assert (gap.mean[0], gap.higher[0], gap.lower[0]) == (0, 1 / 3, 1 / 3)


def test_where_one_replication_has_all_items_none_moves_the_ratio() -> None:
    assert linear(column(90, 0), column(100, 0)).values.ravel().tolist() == [0.9, 0.9]


def test_each_column_stands_for_itself() -> None:
    part, whole = np.array([[50.0, 9.0], [90.0, 8.0]]), np.array([[100.0, 10.0], [100.0, 10.0]])
    found = linear(part, whole)
    assert found.values == pytest.approx(np.array([[0.5, 0.9], [0.9, 0.8]])), "of one size: the ratios themselves"
    part, whole = (
        np.array([[50.0, 9.0], [290.0, 8.0], [10.0, 1.0]]),
        np.array([[100.0, 10.0], [300.0, 10.0], [40.0, 4.0]]),
    )
    assert linear(part, whole).values.mean(axis=0) == pytest.approx([350 / 440, 18 / 24])
    few, many = np.full((4, 1), 5.0), np.full((4, 1), 5000.0)
    both = ratio_spread(np.hstack([few, many]), np.hstack([few, many]))
    assert both.ci_low.tolist() == [ratio_spread(few, few).ci_low[0], ratio_spread(many, many).ci_low[0]]


def test_a_replication_is_higher_by_its_own_ratio() -> None:
    gap = paired_ratios((column(8, 8, 8), column(10, 10, 10)), (column(81, 8, 4), column(100, 10, 4)))
    assert (gap.higher[0], gap.lower[0]) == (2 / 3, 0)
    gap = paired_ratios((column(8, 8, 8), column(10, 10, 10)), (column(70, 8, 1), column(100, 10, 1)))
    assert (gap.higher[0], gap.lower[0]) == (1 / 3, 1 / 3)
