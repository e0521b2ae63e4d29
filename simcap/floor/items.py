"""Items from creation to the release of their slot: arrivals, follow-up work, waiting."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcap.arrivals import SPLIT_BITS
from simcap.compiled import inlined, maximum, minimum, outlined
from simcap.floor.bits import lower_of, paired, upper_of
from simcap.floor.causes import begin_wait
from simcap.floor.heap import heap_push, heap_restore
from simcap.floor.late import count_late, due_at
from simcap.floor.lines import join_line
from simcap.floor.memory import prefetch
from simcap.floor.state import (
    AHEAD,
    ANY_EXPIRES,
    CAUSES,
    FREE,
    HEAD_EXPIRES,
    IN_ORDER,
    INF,
    LATENT,
    LATEST,
    NIL,
    OUT_OF_ORDER,
    SLOT_BITS,
    Rules,
    State,
)

_SLOTS_AHEAD = 3
"""Slots between the one that is taken and the one that is prefetched."""


@inlined
def new_slot(floor: State) -> int:
    """Take a free slot (the caller of the kernel has made sure that there is one)."""
    clock = floor.clock[0]
    if clock.returned == 0:
        slot = clock.fresh
        clock.fresh += 1
        return int(slot)
    clock.returned -= 1
    later = floor.returned[maximum(clock.returned - _SLOTS_AHEAD, 0)]
    prefetch(floor.items, later, 0)
    prefetch(floor.items, later, 1)
    prefetch(floor.waits, later * CAUSES, 0)
    return int(floor.returned[clock.returned])


@inlined
def new_number(floor: State) -> int:
    """Return the next item number."""
    number = floor.clock[0].number
    floor.clock[0].number += 1
    return int(number)


@outlined
def release_family(floor: State, slot: int) -> None:
    """Free the slots of follow-up work that will now never be created."""
    clock = floor.clock[0]
    todo = floor.items[slot].child
    while todo != NIL:
        item = floor.items[todo]
        rest = item.sibling
        if item.child != NIL:
            last = item.child
            while floor.items[last].sibling != NIL:
                last = floor.items[last].sibling
            floor.items[last].sibling = rest
            rest = item.child
        item.state = FREE
        item.number = NIL
        floor.returned[clock.returned] = todo
        clock.returned += 1
        todo = rest
    floor.items[slot].child = NIL


@inlined
def free_slot(floor: State, slot: int) -> None:
    """Free a slot, and those of its follow-up work that was not started."""
    if floor.items[slot].child != NIL:
        release_family(floor, slot)
    clock = floor.clock[0]
    item = floor.items[slot]
    item.state = FREE
    item.number = NIL
    floor.returned[clock.returned] = slot
    clock.returned += 1


@inlined
def discard(rules: Rules, floor: State, slot: int) -> None:
    """Close an open item that was decided or has expired."""
    item = floor.items[slot]
    floor.open[item.queue] -= 1
    if rules.queues[item.queue].slas > 0 and item.cell < rules.edges.size - 1:
        floor.clock[0].unsettled -= 1
    free_slot(floor, slot)


@inlined
def fill_slot(floor: State, slot: int, row: Any) -> None:
    """Copy the draws of an item into its slot."""
    item = floor.items[slot]
    item.content = row.content
    item.error_draw = row.error_draw
    item.id = row.id
    item.queue = row.queue
    item.child = NIL
    item.picked_up = -INF
    item.state = LATENT
    item.timed = 0
    item.waited = 0
    item.goes_ahead = row.goes_ahead


@outlined
def add_family(floor: State, slot: int, first: Any, count: Any) -> None:
    """Give the follow-up work of an item, and all work that follows from it, latent slots of its own."""
    todo = NIL
    parent = slot
    while True:
        for place in range(first + count - 1, first - 1, -1):
            row = floor.follow_ups[place]
            child = new_slot(floor)
            fill_slot(floor, child, row)
            item = floor.items[child]
            item.created = row.time
            item.expires = row.patience
            item.split = row.split
            item.if_wrong = row.if_wrong
            item.sibling = floor.items[parent].child
            floor.items[parent].child = child
            if row.children > 0:
                item.number = place
                item.next = todo
                todo = child
        if todo == NIL:
            return
        parent = todo
        todo = floor.items[parent].next
        place = floor.items[parent].number
        first, count = floor.follow_ups[place].child, np.int64(floor.follow_ups[place].children)


@inlined
def allocate(rules: Rules, floor: State, slot: int, split: int, epoch: int) -> None:
    """Allocate an item to the vendor that its draw names in an epoch of the split."""
    item = floor.items[slot]
    item.line = rules.queues[item.queue].line + lower_of(upper_of(split, SPLIT_BITS * epoch), SPLIT_BITS)


@inlined
def first_due(rules: Rules, floor: State, slot: int) -> float:
    """Return the earliest time at which an item is due by one of its SLAs; infinity without any."""
    item = floor.items[slot]
    queue = rules.queues[item.queue]
    due = minimum(item.created + queue.due_own, item.origin + queue.due_origin)
    if queue.in_hours:
        due = INF
        for sla in range(queue.sla, queue.sla + queue.slas):
            due = minimum(due, due_at(rules, floor, slot, sla))
    return float(due)


@inlined
def key_in_line(rules: Rules, floor: State, slot: int) -> float:
    """Return the time by which an item is ranked: when it is due, or when it was created.

    Items that go ahead are ranked among themselves in the same way, at times before all others.
    """
    item = floor.items[slot]
    key = first_due(rules, floor, slot) if rules.modes[0].key_is_due else float(item.created)
    if item.goes_ahead:
        return float(minimum(key, LATEST) - 2 * LATEST)
    return key


@inlined
def enter(rules: Rules, floor: State, slot: int, now: float) -> None:
    """Count an item that is created now, and set the key of its place in line."""
    item = floor.items[slot]
    clock = floor.clock[0]
    item.created = now
    item.since = now
    item.cell = clock.cell
    queue = rules.queues[item.queue]
    item.key = key_in_line(rules, floor, slot)
    floor.by_queue[item.queue, clock.cell].arrived += 1
    floor.by_line[item.line, clock.cell].created += 1
    floor.open[item.queue] += 1
    if queue.slas > 0 and clock.cell < rules.edges.size - 1:
        clock.unsettled += 1


@inlined
def admit(rules: Rules, floor: State, now: float) -> int:
    """Create the next first-order item of the chunk; return its slot."""
    clock = floor.clock[0]
    row = floor.arrivals[floor.order[clock.row]]
    prefetch(floor.arrivals, floor.order[clock.row + AHEAD], 0)
    clock.row += 1
    slot = new_slot(floor)
    fill_slot(floor, slot, row)
    item = floor.items[slot]
    item.number = new_number(floor)
    item.origin = now
    item.expires = now + row.patience
    if row.children > 0:
        add_family(floor, slot, row.child, np.int64(row.children))
    allocate(rules, floor, slot, row.split, rules.queues[row.queue].epoch)
    enter(rules, floor, slot, now)
    return slot


@outlined
def admit_follow_up(rules: Rules, floor: State, slot: int, now: float) -> None:
    """Create an item of follow-up work whose time has come."""
    item = floor.items[slot]
    item.expires += now
    allocate(rules, floor, slot, item.split, rules.queues[item.queue].epoch)
    enter(rules, floor, slot, now)
    queue = rules.queues[item.queue]
    if item.origin + queue.due_origin < now:
        for sla in range(queue.sla, queue.sla + queue.slas):
            due = due_at(rules, floor, slot, sla)
            if due < now:
                count_late(rules, floor, slot, sla, due, now, waiting=False)


@outlined
def admit_backlog(rules: Rules, floor: State, place: int, now: float) -> None:
    """Create an item of the starting backlog, whose age is in `time`: it waits, and belongs to no cohort."""
    row = floor.arrivals[place]
    slot = new_slot(floor)
    fill_slot(floor, slot, row)
    item = floor.items[slot]
    item.number = new_number(floor)
    item.created = now - row.time
    item.origin = item.created
    item.since = now
    item.expires = item.created + row.patience
    item.cell = rules.edges.size - 1
    allocate(rules, floor, slot, row.split, 0)
    item.key = key_in_line(rules, floor, slot)
    floor.open[item.queue] += 1
    if row.children > 0:
        add_family(floor, slot, row.child, np.int64(row.children))
    make_wait(rules, floor, slot, now)


@outlined
def start_follow_ups(floor: State, slot: int, now: float, wrong: bool) -> None:
    """Schedule the follow-up work of an item that has just been decided."""
    clock = floor.clock[0]
    parent = floor.items[slot]
    child = parent.child
    parent.child = NIL
    while child != NIL:
        item = floor.items[child]
        following = item.sibling
        item.sibling = NIL
        if item.if_wrong and not wrong:
            free_slot(floor, child)
        else:
            item.number = new_number(floor)
            item.origin = parent.origin
            code = paired(item.number, child, SLOT_BITS)
            clock.coming = heap_push(floor.coming, clock.coming, now + item.created, code)
        child = following


@outlined
def forget_expired_entries(floor: State) -> None:
    """Drop the entries of the expiry heap whose items are no longer waiting."""
    clock = floor.clock[0]
    kept = 0
    for place in range(clock.expiries):
        code = floor.expiries[place].code
        item = floor.items[lower_of(code, SLOT_BITS)]
        if item.number != upper_of(code, SLOT_BITS):
            continue
        item.timed = item.state == IN_ORDER or item.state == OUT_OF_ORDER
        if item.timed:
            floor.expiries[kept].time = floor.expiries[place].time
            floor.expiries[kept].code = code
            kept += 1
    clock.expiries = kept
    heap_restore(floor.expiries, kept)


@inlined
def make_wait(rules: Rules, floor: State, slot: int, now: float) -> None:
    """Let an item join its line, and note when it would expire or overflow."""
    clock = floor.clock[0]
    item = floor.items[slot]
    join_line(floor.items, floor.lines, item.line, slot)
    begin_wait(rules, floor, slot, now)
    queue = rules.queues[item.queue]
    if queue.expiry == HEAD_EXPIRES:
        clock.next_expiry = minimum(clock.next_expiry, item.expires)
    elif queue.expiry == ANY_EXPIRES and not item.timed:
        item.timed = 1
        if clock.expiries == floor.expiries.size:
            forget_expired_entries(floor)
        code = paired(item.number, slot, SLOT_BITS)
        clock.expiries = heap_push(floor.expiries, clock.expiries, item.expires, code)
    if queue.overflow < INF:
        clock.next_overflow = minimum(clock.next_overflow, maximum(item.created + queue.overflow, now))
