"""The compiled floor: items arrive, wait, meet agents, are decided, expire and cause new items.

One instant is worked in this order: completions, ends of duty, begins of duty, overflow, expiry, arrivals; then one
dispatch. Between instants nothing that could be matched is left unmatched, so an instant with a single event has at
most one match to make: that is the fast path.
"""

from __future__ import annotations

from typing import Any

from simcap.compiled import called, inlined, kernel, least, most, tick_of
from simcap.floor.duty import block_ends, come_on, leave_after_item
from simcap.floor.heap import heap_pop, heap_push, heap_sink
from simcap.floor.idle import call_up, go_idle, spare
from simcap.floor.items import admit, admit_follow_up, discard, make_wait, start_follow_ups
from simcap.floor.lines import first_in_line, leave_line
from simcap.floor.memory import prefetch
from simcap.floor.state import (
    BUSY,
    DECIDED,
    DUTY_BITS,
    EARLIEST_DUE,
    EXPIRED,
    FREED,
    HEAD_EXPIRES,
    IN_ORDER,
    INF,
    NIL,
    OFF_DUTY,
    OUT_OF_ORDER,
    PICKED_UP,
    PRIORITY,
    SLOT_BITS,
    TURNAROUND,
    WAIT,
    Rules,
    State,
)
from simcap.floor.tally import bin_of, note, roll_cell, stop_working
from simcap.units import TICK

SLOT_MASK = (1 << SLOT_BITS) - 1
DUTY_MASK = (1 << DUTY_BITS) - 1


# -- choosing -----------------------------------------------------------------------------------------------------


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


# -- working ------------------------------------------------------------------------------------------------------


@inlined
def record_pick_up(rules: Any, floor: Any, slot: int, now: float) -> None:
    """Count the first pick-up of an item: its wait and the SLAs that measure it."""
    item = floor.items[slot]
    item.picked_up = now
    wait = now - item.created
    count = floor.by_queue[item.queue, item.cell]
    count.picked_up += 1
    count.wait += wait
    if wait > 0:
        count.delayed += 1
    floor.wait_bins[item.queue, rules.cell_day[item.cell], bin_of(wait)] += 1
    record_slas(rules, floor, slot, now, WAIT)


@inlined
def record_slas(rules: Any, floor: Any, slot: int, now: float, measure: int) -> None:
    """Count an item as on time for each SLA of one measure that it meets at `now`."""
    item = floor.items[slot]
    queue = rules.queues[item.queue]
    for sla in range(queue.sla, queue.sla + queue.slas):
        terms = rules.slas[sla]
        if terms.measure == measure:
            begin = item.origin if terms.from_origin else item.created
            if now <= begin + terms.within:
                floor.by_sla[sla, item.line - queue.line, item.cell].on_time += 1


@inlined
def begin_work(rules: Any, floor: Any, agent: int, slot: int, now: float) -> float:
    """Give an item to an agent; return when it will be done (the caller keeps the heap of completions)."""
    item = floor.items[slot]
    if item.picked_up < -1e300:
        record_pick_up(rules, floor, slot, now)
    person = floor.agents[agent]
    queue = rules.queues[item.queue]
    duration = tick_of(item.content * queue.factor / floor.speed[agent, item.queue])
    end = now + most(duration, TICK)
    person.end = end
    person.busy_since = now
    person.exposed_since = now
    person.slot = slot
    person.state = BUSY
    note(floor, now, item.id, agent, PICKED_UP)
    prefetch(floor.items, slot, 1)
    return float(end)


@inlined
def take(rules: Any, floor: Any, slot: int, now: float) -> None:
    """Take a waiting item out of its line, and note when the next one overflows.

    By due date the next one may be the older of the two, and overflow at once.
    """
    line = floor.items[slot].line
    leave_line(floor.items, floor.lines, line, slot)
    after = rules.queues[floor.items[slot].queue].overflow
    if after < INF and floor.lines[line].count > 0:
        following = first_in_line(floor.items, floor.lines, line)
        moment = floor.items[following].created + after
        if moment > now or rules.modes[0].rule == EARLIEST_DUE:
            floor.clock[0].next_overflow = least(floor.clock[0].next_overflow, most(moment, now))


@inlined
def decide(rules: Any, floor: Any, agent: int, now: float) -> None:
    """Complete the item in hand: count it, start its follow-up work, free its slot."""
    clock = floor.clock[0]
    person = floor.agents[agent]
    slot = person.slot
    item = floor.items[slot]
    stop_working(rules, floor, agent, now)
    spare(rules, floor, agent, item.queue)
    team = floor.by_team[person.team, clock.cell]
    team.completed += 1
    wrong = item.error_draw < floor.error_rate[agent, item.queue]
    if wrong:
        team.errors += 1
    floor.by_queue[item.queue, clock.cell].completed += 1
    count = floor.by_queue[item.queue, item.cell]
    turnaround = now - item.created
    count.decided += 1
    count.turnaround += turnaround
    floor.turnaround_bins[item.queue, rules.cell_day[item.cell], bin_of(turnaround)] += 1
    record_slas(rules, floor, slot, now, TURNAROUND)
    note(floor, now, item.id, agent, DECIDED)
    person.slot = NIL
    if item.child != NIL:
        start_follow_ups(floor, slot, now, wrong)
    discard(rules, floor, slot)


@called
def expire(rules: Any, floor: Any, slot: int, now: float) -> None:
    """Let a waiting item leave undecided."""
    clock = floor.clock[0]
    item = floor.items[slot]
    take(rules, floor, slot, now)
    floor.by_queue[item.queue, clock.cell].expired += 1
    count = floor.by_queue[item.queue, item.cell]
    count.lost += 1
    waiting_still = item.picked_up < -1e300
    if waiting_still:
        count.gave_up += 1
        count.gave_up_wait += now - item.created
    queue = rules.queues[item.queue]
    for sla in range(queue.sla, queue.sla + queue.slas):
        terms = rules.slas[sla]
        begin = item.origin if terms.from_origin else item.created
        if now < begin + terms.within and (terms.measure == TURNAROUND or waiting_still):
            floor.by_sla[sla, item.line - queue.line, item.cell].void += 1
    note(floor, now, item.id, NIL, EXPIRED)
    discard(rules, floor, slot)


# -- one instant --------------------------------------------------------------------------------------------------


@inlined
def free_after_item(rules: Any, floor: Any, agent: int, now: float) -> bool:
    """Complete an agent's item; return whether the agent stays on the floor."""
    decide(rules, floor, agent, now)
    person = floor.agents[agent]
    if person.leaving:
        leave_after_item(floor, agent, now)
        return False
    person.idle_since = now
    return True


@called
def complete_all(rules: Any, floor: Any, now: float) -> None:
    """Work every completion of this instant."""
    clock = floor.clock[0]
    while clock.ends > 0 and floor.ends[0].time <= now:
        agent = floor.ends[0].code
        clock.ends = heap_pop(floor.ends, clock.ends)
        if free_after_item(rules, floor, agent, now):
            free(floor, agent)


@inlined
def free(floor: Any, agent: int) -> None:
    """Note an agent as free since this instant."""
    clock = floor.clock[0]
    floor.agents[agent].state = FREED
    floor.freed[clock.freed] = agent
    clock.freed += 1


@called
def change_duty(rules: Any, floor: Any, now: float) -> None:
    """Work every end and then every begin of duty of this instant."""
    clock = floor.clock[0]
    while clock.duties > 0 and floor.duties[0].time <= now:
        code = floor.duties[0].code
        clock.duties = heap_pop(floor.duties, clock.duties)
        agent = code & DUTY_MASK
        if code >> DUTY_BITS == OFF_DUTY:
            block_ends(rules, floor, agent, now)
        elif come_on(floor, agent, now):
            free(floor, agent)


@called
def overflow_all(rules: Any, floor: Any, now: float) -> bool:
    """Return whether the head of a line overflows at this instant; find when the next one will."""
    found = False
    following = INF
    for line in range(floor.lines.size):
        after = rules.queues[floor.lines[line].queue].overflow
        if after < INF and floor.lines[line].count > 0:
            slot = first_in_line(floor.items, floor.lines, line)
            moment = floor.items[slot].created + after
            if moment > now:
                following = least(following, moment)
            elif moment == now:
                found = True
    floor.clock[0].next_overflow = following
    return found


@called
def expire_all(rules: Any, floor: Any, now: float) -> None:
    """Let every item leave whose time has come."""
    clock = floor.clock[0]
    if clock.next_expiry <= now:
        following = INF
        for line in range(floor.lines.size):
            if rules.queues[floor.lines[line].queue].expiry == HEAD_EXPIRES:
                while floor.lines[line].count > 0:
                    slot = first_in_line(floor.items, floor.lines, line)
                    if floor.items[slot].expires > now:
                        following = least(following, floor.items[slot].expires)
                        break
                    expire(rules, floor, slot, now)
        clock.next_expiry = following
    while clock.expiries > 0 and floor.expiries[0].time <= now:
        code = floor.expiries[0].code
        clock.expiries = heap_pop(floor.expiries, clock.expiries)
        slot = code & SLOT_MASK
        item = floor.items[slot]
        if item.number == code >> SLOT_BITS:
            item.timed = 0
            if item.state == IN_ORDER or item.state == OUT_OF_ORDER:
                expire(rules, floor, slot, now)


@called
def arrive_all(rules: Any, floor: Any, now: float) -> None:
    """Let every item of this instant join its line: first-order items, then follow-up work."""
    clock = floor.clock[0]
    while floor.times[clock.row] <= now:
        slot = admit(rules, floor, now)
        make_wait(rules, floor, slot, now)
    while clock.coming > 0 and floor.coming[0].time <= now:
        slot = floor.coming[0].code & SLOT_MASK
        clock.coming = heap_pop(floor.coming, clock.coming)
        admit_follow_up(rules, floor, slot, now)
        make_wait(rules, floor, slot, now)


@called
def dispatch_all(rules: Any, floor: Any, now: float) -> None:
    """Let each free agent, in the order of agent choice, take its best item."""
    clock = floor.clock[0]
    for place in range(clock.freed):
        agent = floor.freed[place]
        if floor.agents[agent].state == FREED:
            go_idle(rules, floor, agent)
    clock.freed = 0
    while clock.idle > 0:
        best = NIL
        turn = INF
        item = NIL
        for profile in range(floor.idle_count.size):
            if floor.idle_count[profile] > 0:
                first = floor.idle[profile, 0]
                if first.time < turn or (first.time == turn and first.code < best):
                    slot = best_item(rules, floor, profile, now)
                    if slot != NIL:
                        best, turn, item = first.code, first.time, slot
        if best == NIL:
            return
        call_up(floor, best)
        take(rules, floor, item, now)
        clock.ends = heap_push(floor.ends, clock.ends, begin_work(rules, floor, best, item, now), best)


@called
def work_instant(rules: Any, floor: Any, now: float) -> None:
    """Work everything that happens at one instant."""
    clock = floor.clock[0]
    complete_all(rules, floor, now)
    change_duty(rules, floor, now)
    if clock.next_overflow <= now:
        overflow_all(rules, floor, now)
    expire_all(rules, floor, now)
    arrive_all(rules, floor, now)
    dispatch_all(rules, floor, now)
    clock.changed = INF


@inlined
def complete_one(rules: Any, floor: Any, now: float) -> None:
    """Work an instant that has one completion and nothing else but what follows from it.

    That is follow-up work without delay, or the next shift of an agent who is late for it.
    """
    clock = floor.clock[0]
    agent = floor.ends[0].code
    stays = free_after_item(rules, floor, agent, now)
    late = clock.duties > 0 and floor.duties[0].time <= now
    if late or (clock.coming > 0 and floor.coming[0].time <= now):
        clock.ends = heap_pop(floor.ends, clock.ends)
        if stays:
            free(floor, agent)
        change_duty(rules, floor, now)
        arrive_all(rules, floor, now)
        dispatch_all(rules, floor, now)
        return
    if not stays:
        clock.ends = heap_pop(floor.ends, clock.ends)
        return
    slot = best_item(rules, floor, floor.agents[agent].profile, now)
    if slot == NIL:
        clock.ends = heap_pop(floor.ends, clock.ends)
        go_idle(rules, floor, agent)
    else:
        take(rules, floor, slot, now)
        heap_sink(floor.ends, clock.ends, 0, begin_work(rules, floor, agent, slot, now), agent)
        prefetch(floor.agents, floor.ends[0].code, 0)


@inlined
def arrive_one(rules: Any, floor: Any, slot: int, now: float) -> None:
    """Work an instant that has one new item and nothing else."""
    clock = floor.clock[0]
    agent = NIL
    if clock.idle > 0:
        agent = first_idle(rules, floor, floor.items[slot].line)
    if agent == NIL:
        make_wait(rules, floor, slot, now)
    else:
        call_up(floor, agent)
        clock.ends = heap_push(floor.ends, clock.ends, begin_work(rules, floor, agent, slot, now), agent)


@inlined
def second_end(floor: Any) -> float:
    """Return the time of the completion after the next one."""
    size = floor.clock[0].ends
    second = floor.ends[1].time if size > 1 else INF
    return float(least(second, floor.ends[2].time) if size > 2 else second)


@kernel
def advance(rules: Rules, floor: State, until: float, until_settled: bool) -> None:
    """Work all that happens strictly before `until`.

    With `until_settled`, stop as soon as no item of the horizon that an SLA counts is open.
    """
    clock = floor.clock[0]
    while True:
        if until_settled and clock.unsettled == 0:
            break
        end = floor.ends[0].time if clock.ends > 0 else INF
        rare = least(clock.changed, least(clock.next_overflow, clock.next_expiry))
        if clock.duties > 0:
            rare = least(rare, floor.duties[0].time)
        if clock.expiries > 0:
            rare = least(rare, floor.expiries[0].time)
        new = floor.times[clock.row]
        back = floor.coming[0].time if clock.coming > 0 else INF
        now = most(least(least(end, rare), least(new, back)), clock.now)
        if now >= until and clock.next_edge >= until:
            break
        if clock.next_edge <= now:
            roll_cell(rules, floor)
            continue
        clock.now = now
        clock.events += 1
        if end < rare and end < new and end < back and second_end(floor) > now:
            complete_one(rules, floor, now)
        elif new < end and new < rare and new < back and floor.times[clock.row + 1] > now:
            slot = admit(rules, floor, now)
            if rules.queues[floor.items[slot].queue].overflow > 0:
                arrive_one(rules, floor, slot, now)
            else:
                make_wait(rules, floor, slot, now)
                dispatch_all(rules, floor, now)
        else:
            work_instant(rules, floor, now)
    if not until_settled:
        clock.now = max(clock.now, until)
