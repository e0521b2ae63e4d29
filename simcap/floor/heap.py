"""A binary heap of (time, code): earliest first, ties by code. The caller keeps the size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.compiled import inlined, outlined

ENTRY = np.dtype([("time", "f8"), ("code", "i8")])


@inlined
def goes_first(time: float, code: int, other_time: float, other_code: int) -> bool:
    """Return whether one entry comes before another: by time, ties by code."""
    return time < other_time or (time == other_time and code < other_code)


@inlined
def heap_push(heap: NDArray[Any], size: int, time: float, code: int) -> int:
    """Add an entry; return the new size."""
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        above = heap[parent].time
        if goes_first(above, heap[parent].code, time, code):
            break
        heap[place].time = above
        heap[place].code = heap[parent].code
        place = parent
    heap[place].time = time
    heap[place].code = code
    return size + 1


@inlined
def heap_sink(heap: NDArray[Any], size: int, place: int, time: float, code: int) -> None:
    """Put an entry into the hole at `place`, below which the heap is in order."""
    child = 2 * place + 1
    while child < size:
        if child + 1 < size:
            left, right = heap[child].time, heap[child + 1].time
            if left == right:
                child += int(heap[child + 1].code < heap[child].code)
            else:
                child += int(right < left)
        below = heap[child].time
        if goes_first(time, code, below, heap[child].code):
            break
        heap[place].time = below
        heap[place].code = heap[child].code
        place = child
        child = 2 * place + 1
    heap[place].time = time
    heap[place].code = code


@inlined
def heap_pop(heap: NDArray[Any], size: int) -> int:
    """Remove the first entry; return the new size."""
    size -= 1
    if size > 0:
        heap_sink(heap, size, 0, heap[size].time, heap[size].code)
    return size


@outlined
def heap_restore(heap: NDArray[Any], size: int) -> None:
    """Restore the heap order of entries in any order."""
    for place in range((size >> 1) - 1, -1, -1):
        heap_sink(heap, size, place, heap[place].time, heap[place].code)
