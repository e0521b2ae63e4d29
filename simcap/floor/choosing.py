"""Who takes what: the item that an agent would take now, the agent whose turn it is."""

from __future__ import annotations

from typing import Any

from simcap.compiled import inlined
from simcap.floor.lines import first_in_line
from simcap.floor.state import INF, NIL, PRIORITY


@inlined
def overflowing(floor: Any, queue: Any, own: int, now: float) -> int:
    """Return the oldest head of the other vendors' lines that any skilled agent may take, or NIL."""
    best = NIL
    if queue.overflow < INF:
        for line in range(queue.line, queue.line + queue.lines):
            if line != own and floor.lines[line].count > 0:
                slot = first_in_line(floor.items, floor.lines, line)
                if floor.items[slot].created + queue.overflow <= now and (best == NIL or older(floor, slot, best)):
                    best = slot
    return best


@inlined
def older(floor: Any, one: int, other: int) -> bool:
    """Return whether one item has the smaller (key, number)."""
    a, b = floor.items[one], floor.items[other]
    return bool(a.key < b.key or (a.key == b.key and a.number < b.number))


@inlined
def best_item(rules: Any, floor: Any, profile: int, now: float) -> int:
    """Return the item that an agent of this profile would take now, or NIL."""
    best = NIL
    for rank in range(rules.skills.shape[1]):
        skill = rules.skills[profile, rank]
        if skill == NIL:
            break
        own = rules.own_line[profile, rank]
        if own != NIL and floor.lines[own].count > 0:
            slot = first_in_line(floor.items, floor.lines, own)
        else:
            slot = overflowing(floor, rules.queues[skill], own, now)
        if slot != NIL:
            if rules.modes[0].rule == PRIORITY:
                return slot
            if best == NIL or older(floor, slot, best):
                best = slot
    return best


@inlined
def first_idle(rules: Any, floor: Any, line: int) -> int:
    """Return the agent whose turn it is among the idle ones of the line's own vendor, or NIL."""
    best = NIL
    turn = INF
    for place in range(rules.line_profiles.shape[1]):
        profile = rules.line_profiles[line, place]
        if profile == NIL:
            break
        if floor.idle_count[profile] > 0:
            first = floor.idle[profile, 0]
            if first.time < turn or (first.time == turn and first.code < best):
                best, turn = first.code, first.time
    return best
