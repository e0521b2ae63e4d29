"""The order of a chunk: by time and row."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from simcap.arrivals import ARRIVAL
from simcap.floor.chunk import ChunkSorter
from simcap.floor.state import AHEAD
from simcap.units import DAY, TICK

BEGIN = 3 * DAY


def chunk(times: NDArray[np.float64]) -> NDArray[np.void]:
    rows = np.zeros(times.size, ARRIVAL)
    rows["time"] = times
    return rows


def draw(span: float, size: int = 5_000) -> NDArray[np.float64]:
    """Return times on the grid, of which many are equal."""
    return BEGIN + np.random.default_rng(1).integers(0, 1000, size) * np.floor(span / TICK / 1000) * TICK


@pytest.mark.parametrize("span", [DAY, 40 * DAY, 1000 * TICK], ids=["a day", "too long to pack", "ticks"])
@pytest.mark.parametrize("begin", [BEGIN, BEGIN + 1], ids=["begin", "some before"])
def test_a_chunk_is_in_order_of_time_and_row(span: float, begin: float) -> None:
    order = ChunkSorter()
    order.sort(chunk(draw(DAY, 9_000)), BEGIN)
    drawn = draw(span)
    times, rows = order.sort(chunk(drawn), begin)
    assert rows[:5_000].tolist() == sorted(range(5_000), key=lambda row: (drawn[row], row))
    assert times[:5_000].tolist() == np.sort(drawn).tolist()
    assert np.isinf(times[5_000:]).all()
    assert rows[5_000:].tolist() == [0] * AHEAD


def test_an_empty_chunk() -> None:
    times, rows = ChunkSorter().sort(chunk(np.zeros(0)), BEGIN)
    assert np.isinf(times).all()
    assert times.size == 2
    assert rows.size == AHEAD
