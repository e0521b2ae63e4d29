"""The floor where agents may have several items in hand: slower than `kernel`, which has one for each.

Every instant goes the same way: completions, ends and starts of duty, overflow, expiry, arrivals, one dispatch. Agents
with nothing in hand take items first, then those with one, then those with two; among equals the agent choice decides.
An agent with items in hand takes another one only if it is the one that the agent would take with free hands, it is of
the queue in hand, and that queue allows one more: whoever is wanted elsewhere first finishes what is there.
"""

from __future__ import annotations

from simcap.compiled import inlined, kernel, maximum, minimum, outlined, tick_of
from simcap.floor.causes import hold
from simcap.floor.choosing import best_item
from simcap.floor.duty import leave_after_item
from simcap.floor.ends import drop_end, next_end, next_to_end, remove_end
from simcap.floor.hands import ends_after, pace_of, put_down, set_next_end, work_until
from simcap.floor.heap import goes_first
from simcap.floor.idle import call_up, go_idle
from simcap.floor.kernel import arrive_all, change_duty, expire_all, free, overflow_all
from simcap.floor.late import never_picked_up
from simcap.floor.state import BUSY, FREED, INF, LONGEST_IDLE, NIL, PICKED_UP, Rules, State
from simcap.floor.tally import note, roll_cell
from simcap.floor.working import decide, record_pick_up, take
from simcap.units import TICK


@outlined
def complete_some(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Complete those of an agent's items that are done now."""
    person = floor.agents[agent]
    hands = floor.hands[agent]
    pace = pace_of(rules, floor, agent)
    passed = now - hands.since
    worked = tick_of(passed * pace)
    place = 0
    while place < hands.held:
        if ends_after(floor, agent, place, pace) <= passed:
            person.slot = put_down(floor, agent, place)
            decide(rules, floor, agent, now)
        else:
            place += 1
    hands.attained += worked
    hands.since = now
    person.idle_since = now
    if hands.held > 0:
        person.slot = floor.hand[agent, 0]
        set_next_end(rules, floor, agent)
    elif person.leaving:
        leave_after_item(rules, floor, agent, now)
    else:
        free(floor, agent)


@outlined
def begin_work_beside(rules: Rules, floor: State, agent: int, slot: int, now: float) -> None:
    """Give an item to an agent, who goes on with what is in hand."""
    item = floor.items[slot]
    if never_picked_up(item):
        record_pick_up(rules, floor, slot, now)
    person = floor.agents[agent]
    hands = floor.hands[agent]
    if hands.held > 0:
        work_until(rules, floor, agent, now)
        remove_end(floor, agent)
    else:
        hands.attained = 0.0
        hands.since = now
        person.busy_since = now
        person.exposed_since = now
        person.slot = slot
        person.state = BUSY
    duration = tick_of(item.content * rules.queues[item.queue].factor / floor.speed[agent, item.queue])
    floor.hand[agent, hands.held] = slot
    floor.done_at[agent, hands.held] = hands.attained + maximum(duration, TICK)
    hands.held += 1
    hold(rules, floor, agent, item.queue, now)
    note(floor, now, item.id, agent, PICKED_UP)
    set_next_end(rules, floor, agent)


@inlined
def turn_of(rules: Rules, floor: State, agent: int) -> float:
    """Return what gives an agent a turn among those with as many items in hand: the smallest goes first."""
    person = floor.agents[agent]
    return float(person.idle_since if rules.modes[0].choice == LONGEST_IDLE else -person.speed)


@outlined
def next_idle(rules: Rules, floor: State, now: float) -> int:
    """Return the agent with free hands who takes the next item, or NIL."""
    best = NIL
    turn = INF
    for profile in range(floor.idle_count.size):
        if floor.idle_count[profile] > 0:
            first = floor.idle[profile, 0]
            if goes_first(first.time, first.code, turn, best) and best_item(rules, floor, profile, now) != NIL:
                best, turn = first.code, first.time
    return best


@outlined
def next_with_room(rules: Rules, floor: State, now: float) -> int:
    """Return the agent with something in hand who takes the next item beside it, or NIL."""
    best = NIL
    fewest = rules.pace.shape[1]
    turn = INF
    for agent in range(floor.agents.size):
        person = floor.agents[agent]
        held = floor.hands[agent].held
        if person.state != BUSY or person.leaving or held > fewest:
            continue
        queue = floor.items[person.slot].queue
        own = turn_of(rules, floor, agent)
        if held < rules.at_once[queue] and (held < fewest or goes_first(own, agent, turn, best)):
            slot = best_item(rules, floor, person.profile, now)
            if slot != NIL and floor.items[slot].queue == queue:
                best, fewest, turn = agent, held, own
    return best


@inlined
def somebody_waits(floor: State) -> bool:
    """Return whether an item waits in any line."""
    for line in range(floor.lines.size):  # noqa: SIM110 - kernels have no generators
        if floor.lines[line].count > 0:
            return True
    return False


@outlined
def dispatch_together(rules: Rules, floor: State, now: float) -> None:
    """Let the agents take items, one after the other, until nobody can take any."""
    clock = floor.clock[0]
    for place in range(clock.freed):
        agent = floor.freed[place]
        if floor.agents[agent].state == FREED:
            go_idle(rules, floor, agent)
    clock.freed = 0
    while somebody_waits(floor):
        agent = next_idle(rules, floor, now)
        if agent != NIL:
            call_up(floor, agent)
        else:
            agent = next_with_room(rules, floor, now)
            if agent == NIL:
                return
        slot = best_item(rules, floor, floor.agents[agent].profile, now)
        take(rules, floor, slot, now)
        begin_work_beside(rules, floor, agent, slot, now)


@outlined
def process_instant(rules: Rules, floor: State, now: float) -> None:
    """Process everything that happens at one instant."""
    clock = floor.clock[0]
    while next_end(floor) <= now:
        agent = next_to_end(floor)
        drop_end(floor)
        complete_some(rules, floor, agent, now)
    change_duty(rules, floor, now)
    if clock.next_overflow <= now:
        overflow_all(rules, floor, now)
    expire_all(rules, floor, now)
    arrive_all(rules, floor, now)
    dispatch_together(rules, floor, now)
    clock.changed = INF


@inlined
def next_instant(floor: State) -> float:
    """Return when something happens next."""
    clock = floor.clock[0]
    moment = minimum(minimum(next_end(floor), floor.times[clock.row]), minimum(clock.next_overflow, clock.next_expiry))
    moment = minimum(moment, clock.changed)
    if clock.duties > 0:
        moment = minimum(moment, floor.duties[0].time)
    if clock.expiries > 0:
        moment = minimum(moment, floor.expiries[0].time)
    if clock.coming > 0:
        moment = minimum(moment, floor.coming[0].time)
    return float(maximum(moment, clock.now))


@kernel
def advance(rules: Rules, floor: State, until: float, until_settled: bool) -> None:
    """Process everything that happens strictly before `until`.

    With `until_settled`, stop as soon as no item of the horizon that an SLA counts is open.
    """
    clock = floor.clock[0]
    while not (until_settled and clock.unsettled == 0):
        now = next_instant(floor)
        if now >= until and clock.next_edge >= until:
            break
        if clock.next_edge <= now:
            roll_cell(rules, floor)
            continue
        clock.now = now
        clock.events += 1
        process_instant(rules, floor, now)
    if not until_settled:
        clock.now = max(clock.now, until)
