"""The Poisson field of a queue's day: points over (time, level), drawn in fixed bands of level.

A point is an item when its level lies below the rate at its time (thinning, Lewis & Shedler 1979). The bands do not
depend on the rate and are drawn from the lowest up, each quantity from a stream of its own, so a higher rate keeps
every point that a lower one has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.streams import Keys, Streams, mix
from simcap.units import HOUR

Array = NDArray[np.float64]

_RATIO = 1.1
_TOP = 1e9
_BANDS = np.concatenate([[0.0], _RATIO ** np.arange(int(np.log(_TOP) / np.log(_RATIO)))]) / HOUR
"""Borders of the bands in items a second: 0, 1 an hour, and a tenth more each."""


def points_below(
    streams: Streams, queue: str, date: int, length: float, borders: Array, rates: Array
) -> tuple[Array, Keys]:
    """Return times in seconds from the start of the day, and keys, of the points below a rate; in no order.

    `borders` are those of the pieces of constant rate, in seconds from the start of the day of `length` seconds;
    `rates` are in items a second.
    """
    peak = float(rates.max(initial=0.0))
    bands = int(np.searchsorted(_BANDS, peak))
    if bands == 0:
        return np.zeros(0), np.zeros(0, np.uint64)
    heights = np.diff(_BANDS[: bands + 1])
    counts = streams.generator("bands", queue, date).poisson(heights * length)
    times = streams.generator("arrivals", queue, date).random(int(counts.sum()))
    times *= length
    level = streams.generator("levels", queue, date).random(times.size)
    level *= np.repeat(heights, counts)
    level += np.repeat(_BANDS[:bands], counts)
    kept = np.flatnonzero(level < _rate_at(times, borders, rates))
    key = np.uint64(streams.key("items", queue, date))
    return times.take(kept), mix(key + kept.view(np.uint64), 1)


def _rate_at(times: Array, borders: Array, rates: Array) -> Array:
    """Return the rate at each time; zero outside the borders."""
    padded = np.append(rates, 0.0)
    if borders[0] == 0 and np.array_equal(borders, np.arange(borders.size) * HOUR):
        return padded.take((times * (1 / HOUR)).astype(np.int64), mode="clip")
    place = np.searchsorted(borders, times, side="right") - 1
    return padded[np.where(place < 0, rates.size, place)]
