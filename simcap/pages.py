"""Memory for rows: arrays that begin with a line of the cache, and arrays that are used again."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

CACHE_LINE: Final = 64


def zeros(shape: int | tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """Return an array of zeros that begins with a line of the cache; what is never written takes no memory."""
    kind = np.dtype(dtype)
    size = math.prod(shape if isinstance(shape, tuple) else (shape,)) * kind.itemsize
    room = np.zeros(size + CACHE_LINE, np.uint8)
    begin = -room.ctypes.data % CACHE_LINE
    rows: NDArray[Any] = room[begin : begin + size].view(kind)
    return rows.reshape(shape)


class Room:
    """Rows of one dtype that are used again and again."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.rows = zeros(0, dtype)

    def take(self, count: int) -> NDArray[Any]:
        """Return so many rows, with whatever they held; those that were taken before are the same."""
        if count > self.rows.size:
            self.rows = zeros(count + count // 4, self.rows.dtype)
        return self.rows[:count]
