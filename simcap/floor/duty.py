"""Agents come and go: blocks on the floor, breaks that wait for an item, ends of shifts, suspensions."""

from __future__ import annotations

from simcap.compiled import inlined, maximum, outlined
from simcap.floor.bits import paired
from simcap.floor.causes import count_here, count_on, end_duty, hold, let_go
from simcap.floor.ends import add_end, remove_end
from simcap.floor.hands import put_down, set_next_end, work_until
from simcap.floor.idle import apply_exposure_limit, leave_idle
from simcap.floor.indexed import AGENT_BITS, push, remove
from simcap.floor.items import make_wait
from simcap.floor.late import count_passed
from simcap.floor.state import (
    BUSY,
    FINISH,
    HAND_BACK,
    HANDED_BACK,
    IDLE,
    INF,
    NIL,
    OFF,
    OFF_DUTY,
    ON_DUTY,
    Rules,
    State,
)
from simcap.floor.tally import count_floor_time, note, stop_working


@inlined
def set_duty(floor: State, agent: int, moment: float, kind: int) -> None:
    """Schedule the next time at which an agent's duty starts or ends."""
    clock = floor.clock[0]
    floor.agents[agent].duty_at = moment
    clock.duties = push(floor.duties, floor.duty_places, clock.duties, moment, paired(kind, agent, AGENT_BITS))


@outlined
def clear_duty(floor: State, agent: int) -> None:
    """Cancel the next time at which an agent's duty starts or ends."""
    clock = floor.clock[0]
    if floor.agents[agent].duty_at < INF:
        clock.duties = remove(floor.duties, floor.duty_places, clock.duties, agent)
        floor.agents[agent].duty_at = INF


@outlined
def await_duty(floor: State, agent: int, earliest: float) -> None:
    """Schedule an agent's return in the first block that is not over at `earliest`."""
    person = floor.agents[agent]
    while person.block < person.blocks and floor.off[agent, person.block] <= earliest:
        person.block += 1
    if person.block < person.blocks:
        set_duty(floor, agent, maximum(floor.on[agent, person.block], earliest), ON_DUTY)
    else:
        person.duty_at = INF


@outlined
def leave_floor(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Take an agent with no item in hand off the floor."""
    count_floor_time(floor, agent, now)
    let_go(rules, floor, agent, now)
    count_on(rules, floor, agent, -1, now)
    person = floor.agents[agent]
    person.state = OFF
    person.leaving = 0
    person.overrun_since = INF


@outlined
def leave_shift(rules: Rules, floor: State, agent: int, now: float) -> None:
    """End the shift of an agent who is off the floor, and wait for the next one."""
    end_duty(rules, floor, agent, now)
    floor.agents[agent].block += 1
    await_duty(floor, agent, now)


@outlined
def leave_after_item(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Take off the floor an agent whose break or end of shift has waited for the item.

    A break keeps its length; breaks that have come due in the meantime follow at once.
    """
    clear_duty(floor, agent)
    leave_floor(rules, floor, agent, now)
    person = floor.agents[agent]
    returns = now
    while not floor.last[agent, person.block]:
        returns += floor.on[agent, person.block + 1] - floor.off[agent, person.block]
        person.block += 1
        if floor.off[agent, person.block] > returns:
            set_duty(floor, agent, returns, ON_DUTY)
            return
    leave_shift(rules, floor, agent, now)


@outlined
def hand_back(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Put what is in hand back into its line, at its old place: the work done on it is lost."""
    person = floor.agents[agent]
    slot = person.slot
    stop_working(rules, floor, agent, now)
    apply_exposure_limit(rules, floor, agent, floor.items[slot].queue)
    remove_end(floor, agent)
    person.slot = NIL
    return_all(rules, floor, agent, slot, now)


@outlined
def return_all(rules: Rules, floor: State, agent: int, slot: int, now: float) -> None:
    """Put an item that an agent has held back into its line, and all others that were held with it."""
    while slot != NIL:
        note(floor, now, floor.items[slot].id, agent, HANDED_BACK)
        count_passed(rules, floor, slot, now, waiting=False)
        make_wait(rules, floor, slot, now)
        slot = NIL
        if floor.hands[agent].held > 0:
            put_down(floor, agent, 0)
            if floor.hands[agent].held > 0:
                slot = floor.hand[agent, 0]


@outlined
def keep_item(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Let an agent keep what is in hand until the next shift."""
    person = floor.agents[agent]
    stop_working(rules, floor, agent, now)
    apply_exposure_limit(rules, floor, agent, floor.items[person.slot].queue)
    remove_end(floor, agent)
    if floor.hands[agent].held > 0:
        work_until(rules, floor, agent, now)
    person.remaining = person.end - now
    person.kept = person.slot
    person.slot = NIL


@outlined
def release_kept(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Hand back the item that an agent has kept but will not go on with."""
    person = floor.agents[agent]
    slot = person.kept
    person.kept = NIL
    return_all(rules, floor, agent, slot, now)


@inlined
def wait_for_item(floor: State, agent: int, close: float) -> None:
    """Let a break wait for the item in hand; if the item outlasts the shift, the end of the shift comes first.

    Of several items the last may outlast the shift: whichever comes first is found out as it comes.
    """
    person = floor.agents[agent]
    if floor.hands[agent].held > 0:
        person.leaving = 1
        set_duty(floor, agent, close, OFF_DUTY)
    elif person.end > close:
        person.leaving = 0
        set_duty(floor, agent, close, OFF_DUTY)
    else:
        person.leaving = 1


@inlined
def last_of_shift(floor: State, agent: int) -> int:
    """Return the number of the last block of the shift that an agent is in."""
    person = floor.agents[agent]
    final = person.block
    while final < person.blocks - 1 and not floor.last[agent, final]:
        final += 1
    return int(final)


@outlined
def stay_stopped(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Schedule the return of an agent who is stopped, or the end of the shift if that comes first."""
    person = floor.agents[agent]
    final = last_of_shift(floor, agent)
    close = floor.off[agent, final]
    if person.suspended < close:
        while floor.off[agent, person.block] <= person.suspended:
            person.block += 1
        set_duty(floor, agent, maximum(floor.on[agent, person.block], person.suspended), ON_DUTY)
        return
    person.block = final
    if now < close:
        set_duty(floor, agent, close, OFF_DUTY)
    else:
        leave_shift(rules, floor, agent, now)


@outlined
def block_ends(rules: Rules, floor: State, agent: int, now: float) -> None:
    """End an agent's block on the floor: a break or the end of the shift."""
    person = floor.agents[agent]
    person.duty_at = INF
    if person.state == OFF:
        stay_stopped(rules, floor, agent, now)
        return
    if person.state == BUSY:
        final = last_of_shift(floor, agent)
        close = floor.off[agent, final]
        if now < close:
            wait_for_item(floor, agent, close)
            return
        if person.at_end == FINISH:
            person.leaving = 1
            person.overrun_since = now
            return
        person.block = final
        if person.at_end == HAND_BACK:
            hand_back(rules, floor, agent, now)
        else:
            keep_item(rules, floor, agent, now)
    elif person.state == IDLE:
        leave_idle(floor, agent)
    leave_floor(rules, floor, agent, now)
    if floor.last[agent, person.block]:
        leave_shift(rules, floor, agent, now)
    else:
        person.block += 1
        await_duty(floor, agent, now)


@outlined
def come_on(rules: Rules, floor: State, agent: int, now: float) -> bool:
    """Bring an agent onto the floor; return whether the agent is free."""
    person = floor.agents[agent]
    person.duty_at = INF
    if person.here == 0:
        count_here(rules, floor, agent, 1, now)
    if person.suspended > now:
        stay_stopped(rules, floor, agent, now)
        return False
    count_on(rules, floor, agent, 1, now)
    person.floor_since = now
    person.idle_since = now
    set_duty(floor, agent, floor.off[agent, person.block], OFF_DUTY)
    if person.kept == NIL:
        return True
    person.slot = person.kept
    person.kept = NIL
    person.state = BUSY
    hold(rules, floor, agent, floor.items[person.slot].queue, now)
    person.busy_since = now
    person.exposed_since = now
    if floor.hands[agent].held > 0:
        floor.hands[agent].since = now
        set_next_end(rules, floor, agent)
    else:
        person.end = now + person.remaining
        add_end(floor, person.end, agent)
    return False


@outlined
def drop_finished_blocks(floor: State, agent: int) -> None:
    """Move an agent's remaining blocks to the front."""
    person = floor.agents[agent]
    done = person.block
    for block in range(done, person.blocks):
        floor.on[agent, block - done] = floor.on[agent, block]
        floor.off[agent, block - done] = floor.off[agent, block]
        floor.last[agent, block - done] = floor.last[agent, block]
    person.block = 0
    person.blocks -= done


@outlined
def add_block(floor: State, agent: int, on: float, off: float, last: bool, now: float) -> None:
    """Add a block after an agent's others; one that begins where a shift ends prolongs the shift."""
    person = floor.agents[agent]
    before = person.blocks - 1
    if before >= 0 and floor.last[agent, before] and floor.off[agent, before] >= on:
        floor.off[agent, before] = off
        floor.last[agent, before] = last
        if before == person.block and person.state != OFF:
            if person.leaving:
                count_floor_time(floor, agent, now)
                person.leaving = 0
                person.overrun_since = INF
            clear_duty(floor, agent)
            set_duty(floor, agent, off, OFF_DUTY)
        elif person.overrun_since < INF and last_of_shift(floor, agent) == before:
            count_floor_time(floor, agent, now)
            person.overrun_since = INF
            wait_for_item(floor, agent, off)
        return
    floor.on[agent, person.blocks] = on
    floor.off[agent, person.blocks] = off
    floor.last[agent, person.blocks] = last
    person.blocks += 1


@outlined
def suspend_agent(rules: Rules, floor: State, agent: int, until: float, now: float) -> None:
    """Take an agent off the floor at once until a given time; the item in hand is handed back."""
    person = floor.agents[agent]
    person.suspended = maximum(person.suspended, until)
    if person.state == OFF:
        return
    if person.state == BUSY:
        hand_back(rules, floor, agent, now)
    else:
        leave_idle(floor, agent)
    leave_floor(rules, floor, agent, now)
    clear_duty(floor, agent)
    stay_stopped(rules, floor, agent, now)
