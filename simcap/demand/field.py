"""The Poisson field of a queue's day: points over (time, level), drawn in fixed bands of level.

A point is an item when its level lies below the rate at its time (thinning, Lewis & Shedler 1979). The bands do not
depend on the rate and are drawn from the lowest up, and a point's time and level are addressed by its number, so a
higher rate keeps every point that a lower one has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.streams import Keys, Streams
from simcap.units import HOUR

Array = NDArray[np.float64]

_RATIO = 1.1
_TOP = 1e9
_BANDS = np.concatenate([[0.0], _RATIO ** np.arange(int(np.log(_TOP) / np.log(_RATIO)))]) / HOUR
"""Borders of the bands in items a second: 0, 1 an hour, and a tenth more each."""
_HOURS = np.arange(32) * HOUR


def points_below(
    streams: Streams, queue: str, date: int, length: float, borders: Array, rates: Array
) -> tuple[Array, Keys]:
    """Return times in seconds from the start of the day, and keys, of the points below a rate; in no order.

    `borders` are those of the pieces of constant rate, in seconds from the start of the day of `length` seconds;
    `rates` are in items a second.
    """
    from simcap.demand.points import keep_points

    peak = float(rates.max(initial=0.0))
    bands = int(np.searchsorted(_BANDS, peak))
    if bands == 0:
        return np.zeros(0), np.zeros(0, np.uint64)
    heights = np.diff(_BANDS[: bands + 1])
    counts = streams.generator("bands", queue, date).poisson(heights * length)
    times, keys = np.empty(counts.sum()), np.empty(counts.sum(), np.uint64)
    hourly = np.array_equal(borders, _HOURS[: borders.size])
    first = np.uint64(streams.key("items", queue, date))
    found = keep_points(first, counts, _BANDS, length, borders, rates, hourly, times, keys)
    return times[:found], keys[:found]
