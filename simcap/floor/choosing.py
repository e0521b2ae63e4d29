"""Who takes what: the item that an agent would take now, the agent whose turn it is."""

from __future__ import annotations

from typing import Any

from simcap.compiled import inlined
from simcap.floor.heap import goes_first
from simcap.floor.lines import first_in_line, precedes
from simcap.floor.state import INF, NIL, Rules, State


@inlined
def overflowing(floor: State, queue: Any, own: int, now: float) -> int:
    """Return the oldest item at the head of another vendor's line that any skilled agent may take, or NIL."""
    best = NIL
    if queue.overflow < INF:
        for line in range(queue.line, queue.line + queue.lines):
            if line != own and floor.lines[line].count > 0:
                slot = first_in_line(floor.items, floor.lines, line)
                overflows = floor.items[slot].created + queue.overflow <= now
                if overflows and (best == NIL or precedes(floor.items, slot, best)):
                    best = slot
    return best


@inlined
def best_item(rules: Rules, floor: State, profile: int, now: float) -> int:
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
            if rules.modes[0].queues_by_rank:
                return slot
            if best == NIL or precedes(floor.items, slot, best):
                best = slot
    return best


@inlined
def first_idle(rules: Rules, floor: State, line: int) -> int:
    """Return the idle agent of the line's own vendor whose turn it is, or NIL."""
    best = NIL
    turn = INF
    for place in range(rules.line_profiles.shape[1]):
        profile = rules.line_profiles[line, place]
        if profile == NIL:
            break
        if floor.idle_count[profile] > 0:
            first = floor.idle[profile, 0]
            if goes_first(first.time, first.code, turn, best):
                best, turn = first.code, first.time
    return best
