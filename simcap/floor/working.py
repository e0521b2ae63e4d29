"""An item in hand: picked up, worked on, decided; or left undecided. Each is counted where it happens."""

from __future__ import annotations

from simcap.compiled import inlined, maximum, minimum, outlined, tick_of
from simcap.floor.business import between
from simcap.floor.causes import end_wait, hold
from simcap.floor.idle import apply_exposure_limit
from simcap.floor.items import discard, start_follow_ups
from simcap.floor.late import count_late, due_at, never_picked_up
from simcap.floor.lines import first_in_line, leave_line
from simcap.floor.memory import prefetch
from simcap.floor.state import BUSY, CAUSES, DECIDED, EXPIRED, INF, NIL, PICKED_UP, TURNAROUND, WAIT, Rules, State
from simcap.floor.tally import bin_of, note, stop_working
from simcap.units import TICK


@inlined
def record_pick_up(rules: Rules, floor: State, slot: int, now: float) -> None:
    """Count the first pick-up of an item: its wait and the SLAs that measure it."""
    item = floor.items[slot]
    item.picked_up = now
    wait = now - item.created
    count = floor.by_queue[item.queue, item.cell]
    if wait > 0:
        count.delayed += 1
        calendar = rules.queues[item.queue].wait_calendar
        if calendar != NIL:
            wait = between(rules, calendar, item.created, now)
    count.picked_up += 1
    count.wait += wait
    floor.wait_bins[item.queue, rules.cell_day[item.cell], bin_of(wait)] += 1
    record_slas(rules, floor, slot, now, WAIT)


@inlined
def record_slas(rules: Rules, floor: State, slot: int, now: float, measure: int) -> None:
    """Count an item for each SLA of one measure that it meets at `now`, or that came due while it was in hand.

    For those that came due while it waited, it was counted when it left the line.
    """
    item = floor.items[slot]
    queue = rules.queues[item.queue]
    for sla in range(queue.sla, queue.sla + queue.slas):
        if rules.slas[sla].measure == measure:
            due = due_at(rules, floor, slot, sla)
            cell = item.cell
            if rules.slas[sla].by_close:
                cell = floor.clock[0].cell
                floor.by_sla[sla, item.line - queue.line, cell].closed += 1
            if now <= due:
                floor.by_sla[sla, item.line - queue.line, cell].on_time += 1
            elif measure == TURNAROUND and due >= item.since:
                count_late(rules, floor, slot, sla, due, now, waiting=False)


@inlined
def begin_work(rules: Rules, floor: State, agent: int, slot: int, now: float) -> float:
    """Give an item to an agent; return when it will be done (the caller keeps the heap of completions)."""
    item = floor.items[slot]
    if never_picked_up(item):
        record_pick_up(rules, floor, slot, now)
    person = floor.agents[agent]
    queue = rules.queues[item.queue]
    duration = tick_of(item.content * queue.factor / floor.speed[agent, item.queue])
    end = now + maximum(duration, TICK)
    person.end = end
    person.busy_since = now
    person.exposed_since = now
    person.slot = slot
    person.state = BUSY
    hold(rules, floor, agent, item.queue, now)
    note(floor, now, item.id, agent, PICKED_UP)
    prefetch(floor.items, slot, 1)
    return float(end)


@inlined
def take(rules: Rules, floor: State, slot: int, now: float) -> None:
    """Take a waiting item out of its line, and note when the next one overflows.

    Where a line is not by age the next one may be the older of the two, and overflow at once.
    """
    line = floor.items[slot].line
    end_wait(rules, floor, slot, now)
    prefetch(floor.waits, floor.items[slot].next * CAUSES, 0)
    leave_line(floor.items, floor.lines, line, slot)
    after = rules.queues[floor.items[slot].queue].overflow
    if after < INF and floor.lines[line].count > 0:
        following = first_in_line(floor.items, floor.lines, line)
        moment = floor.items[following].created + after
        if moment > now or not rules.modes[0].by_age:
            floor.clock[0].next_overflow = minimum(floor.clock[0].next_overflow, maximum(moment, now))


@inlined
def decide(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Complete the item in hand: count it, start its follow-up work, free its slot."""
    clock = floor.clock[0]
    person = floor.agents[agent]
    slot = person.slot
    item = floor.items[slot]
    stop_working(rules, floor, agent, now)
    apply_exposure_limit(rules, floor, agent, item.queue)
    floor.decisions[person.team, item.queue, clock.cell] += 1
    wrong = item.error_draw < floor.error_rate[agent, item.queue]
    if wrong:
        floor.by_team[person.team, clock.cell].errors += 1
    floor.by_queue[item.queue, clock.cell].completed += 1
    count = floor.by_queue[item.queue, item.cell]
    turnaround = now - item.created
    calendar = rules.queues[item.queue].turnaround_calendar
    if calendar != NIL:
        turnaround = between(rules, calendar, item.created, now)
    count.decided += 1
    count.turnaround += turnaround
    floor.turnaround_bins[item.queue, rules.cell_day[item.cell], bin_of(turnaround)] += 1
    record_slas(rules, floor, slot, now, TURNAROUND)
    note(floor, now, item.id, agent, DECIDED)
    person.slot = NIL
    if item.child != NIL:
        start_follow_ups(floor, slot, now, wrong)
    discard(rules, floor, slot)


@outlined
def expire(rules: Rules, floor: State, slot: int, now: float) -> None:
    """Let a waiting item leave undecided."""
    clock = floor.clock[0]
    item = floor.items[slot]
    take(rules, floor, slot, now)
    floor.by_queue[item.queue, clock.cell].expired += 1
    count = floor.by_queue[item.queue, item.cell]
    count.lost += 1
    floor.by_line[item.line, item.cell].lost += 1
    never_taken = never_picked_up(item)
    if never_taken:
        count.gave_up += 1
        count.gave_up_wait += between(rules, rules.queues[item.queue].wait_calendar, item.created, now)
    queue = rules.queues[item.queue]
    for sla in range(queue.sla, queue.sla + queue.slas):
        terms = rules.slas[sla]
        if terms.measure == TURNAROUND or never_taken:
            due = due_at(rules, floor, slot, sla)
            cell = clock.cell if terms.by_close else item.cell
            if now < due:
                floor.by_sla[sla, item.line - queue.line, cell].void += 1
            else:
                floor.by_sla[sla, item.line - queue.line, cell].closed += terms.by_close
                if now == due:
                    count_late(rules, floor, slot, sla, due, now, waiting=True)
    note(floor, now, item.id, NIL, EXPIRED)
    discard(rules, floor, slot)
