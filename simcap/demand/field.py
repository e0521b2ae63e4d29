"""The Poisson field of a queue's day: points over (time, level), drawn in fixed bands of level.

A point is an item if its level lies below the rate at its time (thinning, Lewis & Shedler 1979). The bands do not
depend on the rate and are drawn from the lowest up, and a point's time and level are addressed by its number; a higher
rate therefore keeps every point that a lower one has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.rows import Buffer
from simcap.streams import Keys, Purpose, Streams
from simcap.units import HOUR

Array = NDArray[np.float64]

_RATIO = 1.1
_TOP = 1e9
_BANDS = np.concatenate([[0.0], _RATIO ** np.arange(int(np.log(_TOP) / np.log(_RATIO)))]) / HOUR
"""Borders of the bands in items per second: 0, then 1 an hour, then a tenth more each."""
_HEIGHTS = np.diff(_BANDS)
_HOURS = np.arange(32) * HOUR


class Points:
    """Draws the points of one day after another into the same memory."""

    def __init__(self) -> None:
        self._times = Buffer(np.dtype(np.float64))
        self._keys = Buffer(np.dtype(np.uint64))

    def below(
        self, streams: Streams, queue: str, date: int, length: float, borders: Array, rates: Array
    ) -> tuple[Array, Keys]:
        """Return times in seconds from the start of the day, and keys, of the points below a rate; in no order.

        `borders` are those of the pieces of constant rate, from 0 to the `length` of the day in seconds; `rates` are
        in items per second. Both arrays are reused by the next call.
        """
        from simcap.demand.points import keep_points

        bands = int(_BANDS.searchsorted(rates.max(initial=0.0)))
        counts = streams.generator(Purpose.BANDS, queue, date).poisson(_HEIGHTS[:bands] * length)
        drawn = int(counts.sum())
        times, keys = self._times.rows(drawn), self._keys.rows(drawn)
        hourly = np.array_equal(borders, _HOURS[: borders.size])
        first = np.uint64(streams.key(Purpose.ITEMS, queue, date))
        kept = keep_points(first, counts, _BANDS, length, borders, rates, hourly, times, keys)
        return times[:kept], keys[:kept]
