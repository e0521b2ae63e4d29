"""Memory for rows: arrays that begin with a line of the cache, and arrays that are used again."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

CACHE_LINE: Final = 64


def empty(count: int, dtype: Any) -> NDArray[Any]:
    """Return so many rows that begin with a line of the cache, with whatever the memory held."""
    kind = np.dtype(dtype)
    size = count * kind.itemsize
    room = np.empty(size + CACHE_LINE, np.uint8)
    begin = -room.ctypes.data % CACHE_LINE
    return room[begin : begin + size].view(kind)


class Buffer:
    """Rows of one dtype that are used again and again."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.rows = empty(0, dtype)

    def take(self, count: int) -> NDArray[Any]:
        """Return so many rows, with whatever they held; those that were taken before are the same."""
        if count > self.rows.size:
            self.rows = empty(count + count // 4, self.rows.dtype)
        return self.rows[:count]
