"""Across replications: means with intervals, percentiles, how likely a target is missed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simcap.analysis.summary import PERCENTILES, chance_interval, misses, share_interval, spread, wilson

NAN, INF = np.nan, np.inf


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_spread_of_numbers(values: list[float]) -> None:
    found = spread(column(*values))
    assert found.mean[0] == pytest.approx(np.mean(values), abs=1e-6)
    assert found.percentiles[:, 0] == pytest.approx(np.percentile(values, PERCENTILES), abs=1e-6)
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    half = float(stats.t.ppf(0.975, len(values) - 1)) * error
    assert (found.ci_high - found.mean)[0] == pytest.approx(half, abs=1e-6)
    assert (found.mean - found.ci_low)[0] == pytest.approx(half, abs=1e-6)


def test_replications_without_a_figure_are_left_out() -> None:
    found = spread(column(1.0, NAN, 3.0, NAN, 8.0))
    assert found.mean[0] == 4
    assert found.percentiles[:, 0] == pytest.approx(np.percentile([1.0, 3.0, 8.0], PERCENTILES))
    known = spread(column(1.0, 3.0, 8.0))
    assert (found.ci_low[0], found.ci_high[0]) == (known.ci_low[0], known.ci_high[0])
    nothing = spread(column(NAN, NAN))
    assert np.isnan([nothing.mean[0], nothing.ci_low[0], nothing.ci_high[0], *nothing.percentiles[:, 0]]).all()


def test_one_replication_has_no_interval() -> None:
    found = spread(column(5.0))
    assert found.mean[0] == 5
    assert np.isnan([found.ci_low[0], found.ci_high[0]]).all()
    assert (found.percentiles == 5).all()


def test_infinite_figures_stay_infinite() -> None:
    found = spread(column(1.0, 2.0, INF, INF, INF))
    assert found.mean[0] == INF
    assert np.isnan([found.ci_low[0], found.ci_high[0]]).all()
    assert found.percentiles[:2, 0] == pytest.approx([1.2, 2.0])
    assert found.percentiles[2:, 0].tolist() == [INF] * 3
    assert spread(column(INF, INF, INF)).percentiles[:, 0].tolist() == [INF] * 5
    assert spread(column(3.0, INF, NAN)).percentiles[:, 0].tolist() == [INF] * 5


def test_shapes_are_kept() -> None:
    found = spread(np.random.default_rng(1).random((7, 2, 3, 4)))
    assert found.mean.shape == (2, 3, 4)
    assert found.percentiles.shape == (len(PERCENTILES), 2, 3, 4)


@pytest.mark.parametrize(("hits", "count"), [(0, 40), (40, 40), (1, 40), (20, 40), (39, 40), (3, 7), (0, 1), (1, 1)])
def test_wilson(hits: int, count: int) -> None:
    low, high = wilson(np.array([float(hits)]), np.array([float(count)]))
    known = stats.binomtest(hits, count).proportion_ci(0.95, "wilson")
    assert (low[0], high[0]) == pytest.approx((known.low, known.high), abs=1e-12)
    assert low[0] <= hits / count <= high[0]


def test_wilson_begins_at_nothing_and_ends_at_all_exactly() -> None:
    count = np.arange(1.0, 400.0)
    assert (wilson(np.zeros_like(count), count)[0] == 0).all()
    assert (wilson(count, count)[1] == 1).all()


@pytest.mark.parametrize("count", [0.0, NAN])
def test_wilson_of_no_trials_is_no_figure(count: float) -> None:
    assert np.isnan(wilson(np.zeros(1), np.array([count]))).all()


def test_misses() -> None:
    attainment = np.array([[0.95, NAN, 1.0], [0.90, NAN, NAN], [0.85, NAN, 0.5], [0.80, NAN, 0.9]])
    found = misses(attainment, np.array([0.9, 0.9, 0.9]))
    assert found.probability == pytest.approx([0.5, NAN, 1 / 3], nan_ok=True)
    assert found.shortfall == pytest.approx([0.15 / 4, NAN, 0.4 / 3], nan_ok=True)
    low, high = wilson(np.array([2.0, 1.0]), np.array([4.0, 3.0]))
    assert found.low == pytest.approx([low[0], NAN, low[1]], nan_ok=True)
    assert found.high == pytest.approx([high[0], NAN, high[1]], nan_ok=True)


def test_a_target_that_is_just_met_is_met() -> None:
    found = misses(column(19 / 20, 0.95, 0.9499999), np.array([0.95]))
    assert found.probability[0] == pytest.approx(1 / 3)


def test_the_interval_of_a_share_by_hand() -> None:
    """At 0.9 with an error of 0.05: Wilson's with z**2 / n = (2 x 0.05)**2 / (0.9 x 0.1) = 1 / 9."""
    low, high = share_interval(np.array([0.9, 0.1]), np.full(2, 0.05), np.full(2, 2.0))
    middle, half = (0.9 + 1 / 18) / (10 / 9), (0.01 + 1 / 324) ** 0.5 / (10 / 9)
    assert low == pytest.approx([middle - half, 1 - middle - half])
    assert high == pytest.approx([middle + half, 1 - middle + half])


def test_a_share_of_all_or_none_is_known_by_its_items() -> None:
    share, error, quantile, items = np.array([1.0, 0.0, 1.0, 0.9]), np.array([0, 0, NAN, 0.05]), np.full(4, 3.0), 81.0
    low, high = share_interval(share, error, quantile, items=np.full(4, items))
    assert low[:2] == pytest.approx([0.9, 0.0]), "1 / (1 + 9 / 81)"
    assert high[:2] == pytest.approx([1.0, 0.1])
    assert np.isnan([low[2], high[2]]).all(), "what has no error has no interval"
    assert (low[3], high[3]) == share_interval(share[3], error[3], quantile[3]), "else they do not matter"
    bare = share_interval(share[:2], error[:2], quantile[:2])
    assert [one.tolist() for one in bare] == [[1.0, 0.0], [1.0, 0.0]]


def test_intervals_of_numbers_are_cut_and_those_of_shares_lean() -> None:
    values = np.array([[0.2, 0.2, 0.2], [0.5, 0.5, 0.5], [0.8, 0.8, 0.8]])
    found = spread(values, least=np.array([-np.inf, 0.0, -np.inf]), shares=np.array([False, False, True]))
    error, quantile = 0.3 / 3**0.5, stats.t.ppf(0.975, 2)
    low, high = share_interval(np.array([0.5]), np.array([error]), np.array([quantile]))
    assert found.ci_low == pytest.approx([0.5 - quantile * error, 0.0, low[0]])
    assert found.ci_high == pytest.approx([0.5 + quantile * error, 0.5 + quantile * error, high[0]])


def test_the_interval_of_a_chance() -> None:
    known = stats.binomtest(3, 10).proportion_ci(0.95, "wilson")
    assert chance_interval(0.3, 10) == pytest.approx((known.low, known.high))
    assert np.isnan(chance_interval(0.3, 0)).all()


def test_one_replication_has_a_chance_of_a_miss() -> None:
    for share, missed, gap in ((0.8, 1, 0.1), (0.95, 0, 0)):
        found = misses(column(share, NAN), np.array([0.9]))
        low, high = wilson(np.array([float(missed)]), np.ones(1))
        assert (found.probability[0], found.low[0], found.high[0]) == (missed, low[0], high[0])
        assert found.shortfall[0] == pytest.approx(gap)


def test_a_borrowed_error_leaves_a_share_at_the_edge_where_it_is() -> None:
    share, error = np.array([1 - 1e-12, 1e-12, 0.5, 0.9]), np.array([1e-3, 1e-3, 0.05, 0.01])
    low, high = share_interval(share, error, np.array(1.96), borrowed=True)
    plain = share_interval(share, error, np.array(1.96))
    assert plain[0][0] < 0.01, "one item of a million items' worth of doubt"
    assert low[0] == pytest.approx(1 - 1.6 * 1.96e-3, abs=2e-4)
    assert high[1] == pytest.approx(1.6 * 1.96e-3, abs=2e-4)
    assert (low[2:], high[2:]) == (pytest.approx(plain[0][2:]), pytest.approx(plain[1][2:])), (
        "elsewhere nothing changes"
    )
