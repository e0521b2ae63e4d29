"""Late items: counted when the spell ends in which they came due, by what filled the time until then."""

from __future__ import annotations

from typing import Any

from simcap.compiled import called, inlined, least
from simcap.floor.business import due_in_hours
from simcap.floor.state import CAUSES, EARLIER, IN_HAND_LONG, INF, NIL, TURNAROUND, WAITS, Rules, State
from simcap.units import HOUR


@inlined
def never_picked_up(item: Any) -> bool:
    """Return whether no agent has had an item in hand yet."""
    return bool(item.picked_up == -INF)


@called
def count_passed(rules: Rules, floor: State, slot: int, now: float, waiting: bool) -> None:
    """Count an item as late for the SLAs that came due in the spell that ends now, in line or in hand."""
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
    begin = item.origin if terms.from_origin else item.created
    if terms.calendar != NIL:
        return due_in_hours(rules, terms.calendar, begin, terms.within)
    return float(begin + terms.within)


@called
def count_late(rules: Rules, floor: State, slot: int, sla: int, due: float, now: float, waiting: bool) -> None:
    """Count a late item: seconds until it was due by cause, the item itself under the cause that took most.

    The spell in which it came due, in line or in hand, ends now. Within the time between two marks the clocks are
    taken to have run evenly.
    """
    item = floor.items[slot]
    place = item.line - rules.queues[item.queue].line
    rest = least(due, now) - item.created
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
            seconds = least(due, item.created) - item.origin
        if seconds > 0:
            floor.late[sla, place, item.cell, part].seconds += seconds
        if seconds > longest:
            longest, cause = seconds, part
    floor.late[sla, place, item.cell, cause].items += 1
    if item.cell < rules.edges.size - 1:
        floor.late_hours[sla, place, int((item.created - rules.edges[0]) / HOUR)] += 1


@inlined
def clock_after(rules: Rules, floor: State, slot: int, cause: int, due: float, now: float) -> float:
    """Return by how much a clock has run since an item that waits until now came due.

    Of an item that waits once more all its waits are taken to be alike.
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
