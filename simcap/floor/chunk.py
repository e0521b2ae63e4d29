"""The order in which the items of a chunk are created: by time, and at one instant by row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.compiled import kernel
from simcap.floor.state import AHEAD, INF
from simcap.rows import Room
from simcap.units import TICK, TICKS_PER_SECOND

_ROW_BITS = 24
_TICK_BITS = 63 - _ROW_BITS


class Order:
    """Puts chunks in order, one after the other, in the same memory."""

    def __init__(self) -> None:
        self._packed = Room(np.dtype(np.int64))
        self._times = Room(np.dtype(np.float64))
        self._rows = Room(np.dtype(np.int64))

    def of(self, arrivals: NDArray[Any], begin: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return times in order and their rows, with what the kernel looks ahead to; none is before `begin`.

        Both are those of the call before, overwritten.
        """
        count = arrivals.size
        times, rows = self._times.take(count + 2), self._rows.take(count + AHEAD)
        packed = self._packed.take(count)
        if pack(arrivals, begin, packed):
            packed.sort()
            unpack(packed, begin, times, rows)
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
        ticks = np.int64((arrivals[row].time - begin) * TICKS_PER_SECOND)
        if ticks < 0 or ticks >= 1 << _TICK_BITS:
            return False
        packed[row] = (ticks << _ROW_BITS) | row
    return True


@kernel
def unpack(packed: NDArray[np.int64], begin: float, times: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
    """Write the times and the rows of sorted integers."""
    for place in range(packed.size):
        times[place] = begin + np.float64(packed[place] >> _ROW_BITS) * TICK
        rows[place] = packed[place] & ((1 << _ROW_BITS) - 1)
