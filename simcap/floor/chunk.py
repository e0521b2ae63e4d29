"""The order in which the items of a chunk are created: by time, ties by row.

Times and rows are packed into integers and sorted in buckets by their leading bits; a bucket holds only a few.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.compiled import kernel, maximum
from simcap.floor.bits import lower_of, paired, upper_of
from simcap.floor.state import AHEAD, INF
from simcap.rows import Buffer
from simcap.units import TICK, TICKS_PER_SECOND

_ROW_BITS = 24
_TICK_BITS = 63 - _ROW_BITS
_MAX_BUCKET_BITS = 16
_MAX_IN_BUCKET = 64


class ChunkSorter:
    """Sorts chunks, one after another, in the same memory."""

    def __init__(self) -> None:
        self._packed = Buffer(np.dtype(np.int64))
        self._placed = Buffer(np.dtype(np.int64))
        self._starts = np.zeros((1 << _MAX_BUCKET_BITS) + 1, np.int64)
        self._times = Buffer(np.dtype(np.float64))
        self._rows = Buffer(np.dtype(np.int64))

    def sort(self, arrivals: NDArray[Any], start: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the sorted times and their rows, padded for the kernel's look-ahead; no time is before `start`.

        Both arrays are reused by the next call.
        """
        count = arrivals.size
        times, rows = self._times.rows(count + 2), self._rows.rows(count + AHEAD)
        packed, placed = self._packed.rows(count), self._placed.rows(count)
        if pack(arrivals, start, packed):
            if not place(packed, self._starts, placed):
                placed[:] = np.sort(packed)
            unpack(placed, start, times, rows)
        else:
            rows[:count] = np.argsort(arrivals["time"], kind="stable")
            times[:count] = arrivals["time"][rows[:count]]
        times[count:] = INF
        rows[count:] = 0
        return times, rows


@kernel
def pack(arrivals: NDArray[Any], start: float, packed: NDArray[np.int64]) -> bool:
    """Pack each row's ticks since `start` and its number into one integer; return whether all of them fit."""
    if packed.size >= 1 << _ROW_BITS:
        return False
    for row in range(packed.size):
        ticks = int((arrivals[row].time - start) * TICKS_PER_SECOND)
        if ticks < 0 or ticks >= 1 << _TICK_BITS:
            return False
        packed[row] = paired(ticks, row, _ROW_BITS)
    return True


@kernel
def place(packed: NDArray[np.int64], starts: NDArray[np.int64], placed: NDArray[np.int64]) -> bool:
    """Sort integers in buckets by their leading bits; return False if a bucket holds too many."""
    bits, size = 1, packed.size
    while bits < _MAX_BUCKET_BITS and (1 << bits) < size:
        bits += 1
    greatest = np.int64(0)
    for number in packed:
        greatest = maximum(greatest, number)
    shift = 0
    while greatest >> (shift + bits) > 0:
        shift += 1
    starts[: (1 << bits) + 1] = 0
    for number in packed:
        starts[(number >> shift) + 1] += 1
    for bucket in range(1 << bits):
        if starts[bucket + 1] > _MAX_IN_BUCKET:
            return False
        starts[bucket + 1] += starts[bucket]
    for number in packed:
        bucket = number >> shift
        placed[starts[bucket]] = number
        starts[bucket] += 1
    for last in range(1, size):
        number = placed[last]
        hole = last
        while hole > 0 and placed[hole - 1] > number:
            placed[hole] = placed[hole - 1]
            hole -= 1
        placed[hole] = number
    return True


@kernel
def unpack(packed: NDArray[np.int64], start: float, times: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
    """Unpack sorted integers into times and rows."""
    for place in range(packed.size):
        times[place] = start + np.float64(upper_of(packed[place], _ROW_BITS)) * TICK
        rows[place] = lower_of(packed[place], _ROW_BITS)
