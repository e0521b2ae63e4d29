"""Waiting lines: a linked list for items that come in order, a pairing heap for those that do not.

Items come in order of their key (creation, or due time) with few exceptions: work handed back, follow-up work that is
due by its origin, items that go ahead of older ones. The list costs a few nanoseconds per item; the heap (Fredman,
Sedgewick, Sleator & Tarjan 1986) takes the exceptions in O(log n). Both are threaded through the items, so a line has
no capacity.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from simcap.compiled import inlined, outlined
from simcap.floor.memory import prefetch
from simcap.floor.state import IN_HAND, IN_ORDER, NIL, OUT_OF_ORDER


@inlined
def precedes(items: NDArray[Any], one: int, other: int) -> bool:
    """Return whether one item stands before another: by key, then by number."""
    if items[one].key != items[other].key:
        return bool(items[one].key < items[other].key)
    return bool(items[one].number < items[other].number)


@inlined
def first_in_line(items: NDArray[Any], lines: NDArray[Any], line: int) -> int:
    """Return the slot of the first item of a line, or NIL."""
    head, heap = lines[line].head, lines[line].heap
    if heap == NIL or (head != NIL and precedes(items, head, heap)):
        return int(head)
    return int(heap)


@outlined
def meld(items: NDArray[Any], one: int, other: int) -> int:
    """Join two pairing heaps; return the root."""
    if one == NIL:
        return other
    if other == NIL:
        return one
    if precedes(items, other, one):
        one, other = other, one
    first = items[one].kids
    items[other].next = first
    items[other].prev = one
    if first != NIL:
        items[first].prev = other
    items[one].kids = other
    return one


@outlined
def meld_kids(items: NDArray[Any], root: int) -> int:
    """Join the heaps below `root` in pairs, then from the last pair to the first; return their root."""
    pairs = NIL
    kid = items[root].kids
    while kid != NIL:
        mate = items[kid].next
        rest = NIL
        if mate != NIL:
            rest = items[mate].next
            items[mate].next = items[mate].prev = NIL
        items[kid].next = items[kid].prev = NIL
        pair = meld(items, kid, mate)
        items[pair].next = pairs
        pairs = pair
        kid = rest
    joined = NIL
    while pairs != NIL:
        rest = items[pairs].next
        items[pairs].next = NIL
        joined = meld(items, joined, pairs)
        pairs = rest
    items[root].kids = NIL
    return joined


@outlined
def join_out_of_order(items: NDArray[Any], lines: NDArray[Any], line: int, slot: int) -> None:
    """Put an item into the heap of its line."""
    items[slot].state = OUT_OF_ORDER
    items[slot].kids = items[slot].next = items[slot].prev = NIL
    lines[line].heap = meld(items, lines[line].heap, slot)


@inlined
def join_line(items: NDArray[Any], lines: NDArray[Any], line: int, slot: int) -> None:
    """Put an item into its line at the place of its key."""
    lines[line].count += 1
    tail = lines[line].tail
    if tail != NIL and not precedes(items, tail, slot):
        join_out_of_order(items, lines, line, slot)
        return
    items[slot].state = IN_ORDER
    items[slot].next = NIL
    items[slot].prev = tail
    if tail == NIL:
        lines[line].head = slot
    else:
        items[tail].next = slot
    lines[line].tail = slot


@outlined
def leave_heap(items: NDArray[Any], lines: NDArray[Any], line: int, slot: int) -> None:
    """Remove an item from any place in the heap of its line."""
    if lines[line].heap == slot:
        lines[line].heap = meld_kids(items, slot)
        return
    before, after = items[slot].prev, items[slot].next
    if items[before].kids == slot:
        items[before].kids = after
    else:
        items[before].next = after
    if after != NIL:
        items[after].prev = before
    items[slot].next = items[slot].prev = NIL
    lines[line].heap = meld(items, lines[line].heap, meld_kids(items, slot))


@inlined
def leave_line(items: NDArray[Any], lines: NDArray[Any], line: int, slot: int) -> None:
    """Remove an item from its line."""
    lines[line].count -= 1
    if items[slot].state == OUT_OF_ORDER:
        leave_heap(items, lines, line, slot)
    else:
        before, after = items[slot].prev, items[slot].next
        if before == NIL:
            lines[line].head = after
            prefetch(items, after, 0)
        else:
            items[before].next = after
        if after == NIL:
            lines[line].tail = before
        else:
            items[after].prev = before
    items[slot].state = IN_HAND
