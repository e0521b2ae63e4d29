"""Late items: counted when the spell in which they came due ends, by what filled the time until they were due."""

from __future__ import annotations

from typing import Any

from simcap.compiled import inlined, minimum, outlined
from simcap.floor.business import due_in_hours
from simcap.floor.state import CAUSES, EARLIER, IN_HAND_LONG, INF, NIL, TURNAROUND, WAITS, Rules, State
from simcap.units import HOUR


@inlined
def never_picked_up(item: Any) -> bool:
    """Return whether no agent has ever had an item in hand."""
    return bool(item.picked_up == -INF)


@outlined
def count_passed(rules: Rules, floor: State, slot: int, now: float, waiting: bool) -> None:
    """Count an item as late for the SLAs that came due in the spell, in line or in hand, that ends now."""
    item = floor.items[slot]
    queue = rules.queues[item.queue]
    for sla in range(queue.sla, queue.sla + queue.slas):
        terms = rules.slas[sla]
        if terms.measure == TURNAROUND or never_picked_up(item):
            due = due_at(rules, floor, slot, sla)
            if item.since <= due < now:
                count_late(rules, floor, slot, sla, due, now, waiting=waiting)


@inlined
def due_at(rules: Rules, floor: State, slot: int, sla: int) -> float:
    """Return when an item is due by an SLA."""
    terms = rules.slas[sla]
    item = floor.items[slot]
    start = item.origin if terms.from_origin else item.created
    if terms.calendar != NIL:
        return due_in_hours(rules, terms.calendar, start, terms.within)
    return float(start + terms.within)


@outlined
def count_late(rules: Rules, floor: State, slot: int, sla: int, due: float, now: float, waiting: bool) -> None:
    """Count a late item under the cause that took most of the time until it was due, and that time by cause.

    The spell in which it came due, in line or in hand, ends now. Between two marks the clocks are assumed to have run
    evenly.
    """
    item = floor.items[slot]
    place = item.line - rules.queues[item.queue].line
    rest = minimum(due, now) - item.created
    longest, cause = -1.0, EARLIER
    for part in range(CAUSES):
        seconds = 0.0
        if part < WAITS:
            if item.waited:
                seconds = floor.waits[slot, part]
                if waiting:
                    seconds -= clock_after(rules, floor, slot, part, due, now)
                rest -= seconds
        elif part == IN_HAND_LONG:
            seconds = rest
        elif rules.slas[sla].from_origin:
            seconds = minimum(due, item.created) - item.origin
        if seconds > 0:
            floor.late[sla, place, item.cell, part].seconds += seconds
        if seconds > longest:
            longest, cause = seconds, part
    floor.late[sla, place, item.cell, cause].items += 1
    if item.cell < rules.edges.size - 1:
        floor.late_hours[sla, place, int((item.created - rules.edges[0]) / HOUR)] += 1


@inlined
def clock_after(rules: Rules, floor: State, slot: int, cause: int, due: float, now: float) -> float:
    """Return how long a clock has run since an item that has waited until now came due.

    For an item that has waited before, all its waits are assumed to be alike.
    """
    if due >= now:
        return 0.0
    item = floor.items[slot]
    if item.waited > 1:
        total = 0.0
        for part in range(WAITS):
            total += floor.waits[slot, part]
        return float(floor.waits[slot, cause] * ((now - due) / total))
    grid = rules.marks[0]
    end, at_end = now, floor.clocks[item.line, cause]
    begin, at_begin = item.since, at_end - floor.waits[slot, cause]
    mark = int((due - grid.begin) / grid.every)
    if grid.begin + mark * grid.every > begin:
        begin, at_begin = grid.begin + mark * grid.every, floor.marks[item.line, mark, cause]
    if grid.begin + (mark + 1) * grid.every <= now:
        end, at_end = grid.begin + (mark + 1) * grid.every, floor.marks[item.line, mark + 1, cause]
    at_due = at_begin + (at_end - at_begin) * (due - begin) / (end - begin)
    return float(floor.clocks[item.line, cause] - at_due)
