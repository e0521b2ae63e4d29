"""An indexed heap of (time, code): earliest first, ties by code, and any agent can be removed in O(log n).

The lowest `AGENT_BITS` of a code are the agent, who has at most one entry. `places` says where in the heap an agent's
entry is; for agents without one it is not kept up to date. The caller keeps the size.
"""

from __future__ import annotations

from typing import Any, Final

from numpy.typing import NDArray

from simcap.compiled import inlined, outlined
from simcap.floor.bits import lower_of
from simcap.floor.heap import goes_first

Places = NDArray[Any]

AGENT_BITS: Final = 40
"""Bits of a code that hold the agent."""


@inlined
def put(heap: NDArray[Any], places: Places, place: int, time: float, code: int) -> None:
    """Write an entry at a place."""
    heap[place].time = time
    heap[place].code = code
    places[lower_of(code, AGENT_BITS)] = place


@inlined
def rise(heap: NDArray[Any], places: Places, place: int, time: float, code: int) -> None:
    """Put an entry into the hole at `place`, or above it, where the heap is in order otherwise."""
    while place > 0:
        parent = (place - 1) >> 1
        above, other = heap[parent].time, heap[parent].code
        if goes_first(above, other, time, code):
            break
        put(heap, places, place, above, other)
        place = parent
    put(heap, places, place, time, code)


@inlined
def sink(heap: NDArray[Any], places: Places, size: int, place: int, time: float, code: int) -> None:
    """Put an entry into the hole at `place`, below which the heap is in order."""
    child = 2 * place + 1
    while child < size:
        if child + 1 < size:
            left, right = heap[child].time, heap[child + 1].time
            if left == right:
                child += int(heap[child + 1].code < heap[child].code)
            else:
                child += int(right < left)
        below, other = heap[child].time, heap[child].code
        if goes_first(time, code, below, other):
            break
        put(heap, places, place, below, other)
        place = child
        child = 2 * place + 1
    put(heap, places, place, time, code)


@inlined
def push(heap: NDArray[Any], places: Places, size: int, time: float, code: int) -> int:
    """Add an entry; return the new size."""
    rise(heap, places, size, time, code)
    return size + 1


@inlined
def pop(heap: NDArray[Any], places: Places, size: int) -> int:
    """Remove the first entry; return the new size."""
    size -= 1
    if size > 0:
        sink(heap, places, size, 0, heap[size].time, heap[size].code)
    return size


@outlined
def remove(heap: NDArray[Any], places: Places, size: int, agent: int) -> int:
    """Remove the entry of an agent, if there is one; return the new size."""
    place = places[agent]
    if place >= size or lower_of(heap[place].code, AGENT_BITS) != agent:
        return size
    size -= 1
    if place < size:
        time, code = heap[size].time, heap[size].code
        parent = (place - 1) >> 1
        if place > 0 and goes_first(time, code, heap[parent].time, heap[parent].code):
            rise(heap, places, place, time, code)
        else:
            sink(heap, places, size, place, time, code)
    return size
