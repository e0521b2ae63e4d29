"""The order in which the items of a chunk are created: by time, and at one instant by row.

Times and rows are packed into integers and sorted in buckets of their leading bits, each of which holds a few.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.compiled import kernel, most
from simcap.floor.bits import lower_of, paired, upper_of
from simcap.floor.state import AHEAD, INF
from simcap.rows import Buffer
from simcap.units import TICK, TICKS_PER_SECOND

_ROW_BITS = 24
_TICK_BITS = 63 - _ROW_BITS
_MOST_BUCKET_BITS = 16
_MOST_IN_A_BUCKET = 64


class Order:
    """Puts chunks in order, one after the other, in the same memory."""

    def __init__(self) -> None:
        self._packed = Buffer(np.dtype(np.int64))
        self._placed = Buffer(np.dtype(np.int64))
        self._begins = np.zeros((1 << _MOST_BUCKET_BITS) + 1, np.int64)
        self._times = Buffer(np.dtype(np.float64))
        self._rows = Buffer(np.dtype(np.int64))

    def of(self, arrivals: NDArray[Any], begin: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return times in order and their rows, with what the kernel looks ahead to; none is before `begin`.

        Both are those of the call before, overwritten.
        """
        count = arrivals.size
        times, rows = self._times.take(count + 2), self._rows.take(count + AHEAD)
        packed, placed = self._packed.take(count), self._placed.take(count)
        if pack(arrivals, begin, packed):
            if not place(packed, self._begins, placed):
                placed[:] = np.sort(packed)
            unpack(placed, begin, times, rows)
        else:
            rows[:count] = np.argsort(arrivals["time"], kind="stable")
            times[:count] = arrivals["time"][rows[:count]]
        times[count:] = INF
        rows[count:] = 0
        return times, rows


@kernel
def pack(arrivals: NDArray[Any], begin: float, packed: NDArray[np.int64]) -> bool:
    """Write each row's ticks since `begin` and its number into one integer; return whether all of them fit."""
    if packed.size >= 1 << _ROW_BITS:
        return False
    for row in range(packed.size):
        ticks = int((arrivals[row].time - begin) * TICKS_PER_SECOND)
        if ticks < 0 or ticks >= 1 << _TICK_BITS:
            return False
        packed[row] = paired(ticks, row, _ROW_BITS)
    return True


@kernel
def place(packed: NDArray[np.int64], begins: NDArray[np.int64], placed: NDArray[np.int64]) -> bool:
    """Write integers in order, by way of buckets of their leading bits; return whether no bucket holds too many."""
    bits, size = 1, packed.size
    while bits < _MOST_BUCKET_BITS and (1 << bits) < size:
        bits += 1
    greatest = np.int64(0)
    for number in packed:
        greatest = most(greatest, number)
    shift = 0
    while greatest >> (shift + bits) > 0:
        shift += 1
    begins[: (1 << bits) + 1] = 0
    for number in packed:
        begins[(number >> shift) + 1] += 1
    for bucket in range(1 << bits):
        if begins[bucket + 1] > _MOST_IN_A_BUCKET:
            return False
        begins[bucket + 1] += begins[bucket]
    for number in packed:
        bucket = number >> shift
        placed[begins[bucket]] = number
        begins[bucket] += 1
    for last in range(1, size):
        number = placed[last]
        hole = last
        while hole > 0 and placed[hole - 1] > number:
            placed[hole] = placed[hole - 1]
            hole -= 1
        placed[hole] = number
    return True


@kernel
def unpack(packed: NDArray[np.int64], begin: float, times: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
    """Write the times and the rows of sorted integers."""
    for place in range(packed.size):
        times[place] = begin + np.float64(upper_of(packed[place], _ROW_BITS)) * TICK
        rows[place] = lower_of(packed[place], _ROW_BITS)
