"""The compiled floor: items arrive, wait, meet agents, are decided, expire and cause new items.

An instant is processed in this order: completions, ends of duty, starts of duty, overflow, expiry, arrivals; then one
dispatch. Between instants no item waits that an idle agent could take, so an instant with a single event has at most
one match to make: that is the fast path.
"""

from __future__ import annotations

from simcap.compiled import inlined, kernel, maximum, minimum, outlined
from simcap.floor.bits import lower_of, upper_of
from simcap.floor.causes import end_wait
from simcap.floor.choosing import best_item, first_idle
from simcap.floor.duty import block_ends, come_on, leave_after_item
from simcap.floor.ends import add_end, drop_end, ends_alone, next_end, next_to_end, replace_end
from simcap.floor.heap import goes_first, heap_pop
from simcap.floor.idle import call_up, go_idle
from simcap.floor.indexed import AGENT_BITS, pop
from simcap.floor.items import admit, admit_follow_up, make_wait
from simcap.floor.late import count_passed, never_picked_up
from simcap.floor.lines import first_in_line
from simcap.floor.memory import prefetch
from simcap.floor.state import (
    FREED,
    HEAD_EXPIRES,
    IN_HAND,
    IN_ORDER,
    INF,
    LATENT,
    NIL,
    OFF_DUTY,
    OUT_OF_ORDER,
    SLOT_BITS,
    Rules,
    State,
)
from simcap.floor.tally import roll_cell
from simcap.floor.working import begin_work, decide, expire, take


@inlined
def free_after_item(rules: Rules, floor: State, agent: int, now: float) -> bool:
    """Complete an agent's item; return whether the agent stays on the floor."""
    decide(rules, floor, agent, now)
    person = floor.agents[agent]
    if person.leaving:
        leave_after_item(rules, floor, agent, now)
        return False
    person.idle_since = now
    return True


@outlined
def complete_all(rules: Rules, floor: State, now: float) -> None:
    """Process every completion at this instant."""
    while next_end(floor) <= now:
        agent = next_to_end(floor)
        drop_end(floor)
        if free_after_item(rules, floor, agent, now):
            free(floor, agent)


@inlined
def free(floor: State, agent: int) -> None:
    """Note that an agent has become free at this instant."""
    clock = floor.clock[0]
    floor.agents[agent].state = FREED
    floor.freed[clock.freed] = agent
    clock.freed += 1


@outlined
def change_duty(rules: Rules, floor: State, now: float) -> None:
    """Process every end and then every start of duty at this instant."""
    clock = floor.clock[0]
    while clock.duties > 0 and floor.duties[0].time <= now:
        code = floor.duties[0].code
        clock.duties = pop(floor.duties, floor.duty_places, clock.duties)
        agent = lower_of(code, AGENT_BITS)
        if upper_of(code, AGENT_BITS) == OFF_DUTY:
            block_ends(rules, floor, agent, now)
        elif come_on(rules, floor, agent, now):
            free(floor, agent)


@outlined
def overflow_all(rules: Rules, floor: State, now: float) -> bool:
    """Return whether the head of a line overflows at this instant; note when the next one will."""
    overflows = False
    following = INF
    for line in range(floor.lines.size):
        after = rules.queues[floor.lines[line].queue].overflow
        if after < INF and floor.lines[line].count > 0:
            slot = first_in_line(floor.items, floor.lines, line)
            moment = floor.items[slot].created + after
            if moment > now:
                following = minimum(following, moment)
            elif moment == now:
                overflows = True
    floor.clock[0].next_overflow = following
    return overflows


@outlined
def expire_all(rules: Rules, floor: State, now: float) -> None:
    """Let every item whose patience has ended leave."""
    clock = floor.clock[0]
    if clock.next_expiry <= now:
        following = INF
        for line in range(floor.lines.size):
            if rules.queues[floor.lines[line].queue].expiry == HEAD_EXPIRES:
                while floor.lines[line].count > 0:
                    slot = first_in_line(floor.items, floor.lines, line)
                    if floor.items[slot].expires > now:
                        following = minimum(following, floor.items[slot].expires)
                        break
                    expire(rules, floor, slot, now)
        clock.next_expiry = following
    while clock.expiries > 0 and floor.expiries[0].time <= now:
        code = floor.expiries[0].code
        clock.expiries = heap_pop(floor.expiries, clock.expiries)
        slot = lower_of(code, SLOT_BITS)
        item = floor.items[slot]
        if item.number == upper_of(code, SLOT_BITS):
            item.timed = 0
            if item.state == IN_ORDER or item.state == OUT_OF_ORDER:
                expire(rules, floor, slot, now)


@outlined
def arrive_all(rules: Rules, floor: State, now: float) -> None:
    """Let every item that arrives at this instant join its line: first-order items, then follow-up work."""
    clock = floor.clock[0]
    while floor.times[clock.row] <= now:
        slot = admit(rules, floor, now)
        make_wait(rules, floor, slot, now)
    while clock.coming > 0 and floor.coming[0].time <= now:
        slot = lower_of(floor.coming[0].code, SLOT_BITS)
        clock.coming = heap_pop(floor.coming, clock.coming)
        admit_follow_up(rules, floor, slot, now)
        make_wait(rules, floor, slot, now)


@outlined
def dispatch_all(rules: Rules, floor: State, now: float) -> None:
    """Let each free agent take its best item, in the order of agent choice."""
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
                if goes_first(first.time, first.code, turn, best):
                    slot = best_item(rules, floor, profile, now)
                    if slot != NIL:
                        best, turn, item = first.code, first.time, slot
        if best == NIL:
            return
        call_up(floor, best)
        take(rules, floor, item, now)
        add_end(floor, begin_work(rules, floor, best, item, now), best)


@outlined
def process_instant(rules: Rules, floor: State, now: float) -> None:
    """Process everything that happens at one instant."""
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
def complete_one(rules: Rules, floor: State, now: float) -> None:
    """Process an instant with one completion and nothing else but its consequences.

    These are follow-up work without delay, and the next shift of an agent who is late for it.
    """
    clock = floor.clock[0]
    agent = next_to_end(floor)
    stays = free_after_item(rules, floor, agent, now)
    late = clock.duties > 0 and floor.duties[0].time <= now
    if late or (clock.coming > 0 and floor.coming[0].time <= now):
        drop_end(floor)
        if stays:
            free(floor, agent)
        change_duty(rules, floor, now)
        arrive_all(rules, floor, now)
        dispatch_all(rules, floor, now)
        return
    if not stays:
        drop_end(floor)
        return
    slot = best_item(rules, floor, floor.agents[agent].profile, now)
    if slot == NIL:
        drop_end(floor)
        go_idle(rules, floor, agent)
    else:
        take(rules, floor, slot, now)
        replace_end(floor, begin_work(rules, floor, agent, slot, now), agent)
        prefetch(floor.agents, next_to_end(floor), 0)


@inlined
def arrive_one(rules: Rules, floor: State, slot: int, now: float) -> None:
    """Process an instant with one new item and nothing else."""
    clock = floor.clock[0]
    agent = NIL
    if clock.idle > 0:
        agent = first_idle(rules, floor, floor.items[slot].line)
    if agent == NIL:
        make_wait(rules, floor, slot, now)
    else:
        call_up(floor, agent)
        add_end(floor, begin_work(rules, floor, agent, slot, now), agent)


@kernel
def advance(rules: Rules, floor: State, until: float, until_settled: bool) -> None:
    """Process everything that happens strictly before `until`.

    With `until_settled`, stop as soon as no item of the horizon that an SLA counts is open.
    """
    clock = floor.clock[0]
    while True:
        if until_settled and clock.unsettled == 0:
            break
        end = next_end(floor)
        rare = minimum(clock.changed, minimum(clock.next_overflow, clock.next_expiry))
        if clock.duties > 0:
            rare = minimum(rare, floor.duties[0].time)
        if clock.expiries > 0:
            rare = minimum(rare, floor.expiries[0].time)
        new = floor.times[clock.row]
        back = floor.coming[0].time if clock.coming > 0 else INF
        now = maximum(minimum(minimum(end, rare), minimum(new, back)), clock.now)
        if now >= until and clock.next_edge >= until:
            break
        if clock.next_edge <= now:
            roll_cell(rules, floor)
            continue
        clock.now = now
        clock.events += 1
        if end < rare and end < new and end < back and ends_alone(floor):
            complete_one(rules, floor, now)
        elif new < end and new < rare and new < back and floor.times[clock.row + 1] > now:
            slot = admit(rules, floor, now)
            if rules.queues[floor.items[slot].queue].overflow > 0:
                arrive_one(rules, floor, slot, now)
            else:
                make_wait(rules, floor, slot, now)
                dispatch_all(rules, floor, now)
        else:
            process_instant(rules, floor, now)
    if not until_settled:
        clock.now = max(clock.now, until)


@kernel
def close_books(rules: Rules, floor: State, end: float) -> None:
    """Count as late the items of the horizon that are open at the end of the run, all of which are past due."""
    for slot in range(floor.clock[0].fresh):
        item = floor.items[slot]
        waits = item.state == IN_ORDER or item.state == OUT_OF_ORDER
        in_hand = item.state == IN_HAND or (item.state == LATENT and not never_picked_up(item))
        if item.cell < rules.edges.size - 1:
            if waits:
                end_wait(rules, floor, slot, end)
            elif in_hand:
                count_passed(rules, floor, slot, end, waiting=False)
