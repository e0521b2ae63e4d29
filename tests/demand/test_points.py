"""The compiled hash, and points of the field below a rate, as plain Python and against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.demand.points import keep_points, write_uniforms
from simcap.streams import Salt, mix, uniforms
from simcap.units import HOUR
from tests.helpers import Array

KEYS = mix(np.arange(1000, dtype=np.uint64), 7)


def test_uniforms_are_those_of_the_streams() -> None:
    drawn = np.empty(KEYS.size)
    write_uniforms(KEYS, 9, drawn)
    assert drawn.tolist() == uniforms(KEYS, 9).tolist()


def kept(counts: list[int], bands: list[float], borders: list[float], rates: list[float], *, hourly: bool) -> Array:
    times, keys = np.empty(sum(counts)), np.empty(sum(counts), np.uint64)
    count = keep_points(
        np.uint64(5),
        np.array(counts),
        np.array(bands),
        2 * HOUR,
        np.array(borders),
        np.array(rates),
        hourly,
        times,
        keys,
    )
    assert np.unique(keys[:count]).size == count
    return times[:count]


@pytest.mark.parametrize("hourly", [True, False])
def test_points_below_the_rate_of_their_piece_are_kept(hourly: bool) -> None:
    counts, bands = [2000, 2000, 2000], [0.0, 1.0, 2.0, 3.0]
    times = kept(counts, bands, [0.0, HOUR, 2 * HOUR], [1.0, 2.5], hourly=hourly)
    first = int((times < HOUR).sum())
    # Of each band 1,000 points fall into an hour: all of the first one, in the second hour one and a half bands more.
    assert first == pytest.approx(1000, abs=70)
    assert times.size - first == pytest.approx(2500, abs=110)
    every = np.sort(uniforms(mix(np.uint64(5) + np.arange(2000, dtype=np.uint64), int(Salt.FIRST)), int(Salt.TIME)))
    assert np.isin(every * 2 * HOUR, times).all(), "the lowest band is whole"


def test_a_higher_rate_has_all_that_a_lower_one_has() -> None:
    counts, bands = [500, 500], [0.0, 1.0, 2.0]
    low, high = (kept(counts, bands, [0.0, HOUR, 2 * HOUR], [rate, rate], hourly=True) for rate in (1.2, 1.7))
    assert np.isin(low, high).all()
    assert low.size < high.size < 1000
