"""Memory for rows: arrays aligned to cache lines, and arrays that are reused."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

CACHE_LINE: Final = 64


def empty(count: int, dtype: Any) -> NDArray[Any]:
    """Return `count` uninitialised rows, aligned to a cache line."""
    kind = np.dtype(dtype)
    size = count * kind.itemsize
    memory = np.empty(size + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    return memory[start : start + size].view(kind)


class Buffer:
    """Rows of one dtype that are reused."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._memory = empty(0, dtype)

    def rows(self, count: int) -> NDArray[Any]:
        """Return `count` rows with undefined contents; every call returns the same memory while it is large enough."""
        if count > self._memory.size:
            self._memory = empty(count + count // 4, self._memory.dtype)
        return self._memory[:count]
