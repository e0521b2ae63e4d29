"""Why items wait: the clocks of each line, how agents affect them, and what made an item late.

A line has one clock for each cause of waiting. While items wait in it, one of them runs: which one depends on the
line's own agents (those with the skill; where the line is allocated, those of its vendor). While all of them on the
floor are busy, two clocks run: one at the share of these agents who work on items that go before, one at the share of
the others. An item reads the clocks when it joins and when it is taken, so that the parts of its wait sum to the wait,
at the cost of two readings of each clock.

An item is late because of what filled the time until it was due: nights that follow while it still waits are no cause.
This is why the clocks are recorded every hour, at marks.

An item in hand goes before those of a line if its queue has the higher rank among the agent's skills; under a rule by
due date or age, if the agent took it while items waited in that line.
"""

from __future__ import annotations

from simcap.compiled import inlined, maximum, minimum, outlined
from simcap.floor.late import count_passed
from simcap.floor.state import (
    BUSY_AFTER,
    BUSY_BEFORE,
    CAPPED,
    ELSEWHERE,
    NIL,
    NOBODY,
    OFF,
    STOPPED,
    WAITS,
    Rules,
    State,
)

# -- clocks -------------------------------------------------------------------------------------------------------


@outlined
def run_idle_clock(rules: Rules, floor: State, line: int, elapsed: float) -> None:
    """Advance the clock of a line on which none of its agents can work now."""
    row = floor.lines[line]
    cause = NOBODY
    if row.on > 0:
        cause = CAPPED
    elif row.here > 0:
        cause = STOPPED
    else:
        queue = rules.queues[row.queue]
        for other in range(queue.line, queue.line + queue.lines):
            if floor.lines[other].on > 0:
                cause = ELSEWHERE
    floor.clocks[line, cause] += elapsed


@inlined
def run_on(rules: Rules, floor: State, line: int, until: float) -> None:
    """Advance the clocks of a line to a moment, its agents unchanged."""
    row = floor.lines[line]
    elapsed = until - row.read
    row.read = until
    if elapsed > 0:
        if row.able == 0:
            run_idle_clock(rules, floor, line, elapsed)
        else:
            before = elapsed * row.share
            floor.clocks[line, BUSY_BEFORE] += before
            floor.clocks[line, BUSY_AFTER] += elapsed - before


@outlined
def run_over_marks(rules: Rules, floor: State, line: int, now: float) -> None:
    """Advance the clocks of a line to now, and record them at each mark on the way."""
    grid = rules.marks[0]
    row = floor.lines[line]
    while row.next_mark <= now:
        run_on(rules, floor, line, row.next_mark)
        place = int((row.next_mark - grid.begin) / grid.every)
        for cause in range(WAITS):
            floor.marks[line, place, cause] = floor.clocks[line, cause]
        row.next_mark += grid.every
    run_on(rules, floor, line, now)


@inlined
def run_clocks(rules: Rules, floor: State, line: int, now: float) -> None:
    """Advance the clocks of a line to now; items have waited in it since they were last read."""
    if floor.lines[line].next_mark <= now:
        run_over_marks(rules, floor, line, now)
    else:
        run_on(rules, floor, line, now)


@inlined
def settle_clocks(rules: Rules, floor: State, line: int, now: float) -> None:
    """Advance the clocks of a line to now, before its agents change, if items wait in it."""
    if floor.lines[line].count > 0:
        run_clocks(rules, floor, line, now)


@outlined
def start_clocks(rules: Rules, floor: State, line: int, now: float) -> None:
    """Start the clocks of a line that was empty."""
    grid = rules.marks[0]
    row = floor.lines[line]
    row.read = now
    if row.next_mark <= now:
        row.next_mark = grid.begin + (int((now - grid.begin) / grid.every) + 1) * grid.every


@inlined
def begin_wait(rules: Rules, floor: State, slot: int, now: float) -> None:
    """Read the clocks for an item that has just joined its line."""
    item = floor.items[slot]
    line = item.line
    item.since = now
    if floor.lines[line].count == 1:
        start_clocks(rules, floor, line, now)
    else:
        run_clocks(rules, floor, line, now)
    if item.waited:
        before = 0.0
        for cause in range(WAITS):
            before += floor.waits[slot, cause]
            floor.waits[slot, cause] -= floor.clocks[line, cause]
        if before > 0:
            item.waited = 2
    else:
        item.waited = 1
        for cause in range(WAITS):
            floor.waits[slot, cause] = -floor.clocks[line, cause]


@inlined
def end_wait(rules: Rules, floor: State, slot: int, now: float) -> None:
    """Read the clocks for an item that is about to leave its line, and count the SLAs that it missed in it."""
    item = floor.items[slot]
    run_clocks(rules, floor, item.line, now)
    for cause in range(WAITS):
        floor.waits[slot, cause] += floor.clocks[item.line, cause]
    queue = rules.queues[item.queue]
    if minimum(item.created + queue.due_own, item.origin + queue.due_origin) < now:
        count_passed(rules, floor, slot, now, waiting=True)
    item.since = now


# -- agents -------------------------------------------------------------------------------------------------------


@outlined
def count_here(rules: Rules, floor: State, agent: int, by: int, now: float) -> None:
    """Count an agent as on duty (1) or no longer (-1) for the lines of all skills."""
    person = floor.agents[agent]
    person.here += by
    for rank in range(rules.skills.shape[1]):
        line = rules.own_line[person.skilled, rank]
        if line != NIL:
            settle_clocks(rules, floor, line, now)
            floor.lines[line].here += by


@inlined
def set_share(floor: State, line: int) -> None:
    """Note the share of a line's busy agents that work on items that go before."""
    row = floor.lines[line]
    row.share = row.behind / row.able if row.able > 0 else 0.0


@outlined
def count_able(rules: Rules, floor: State, agent: int, by: int, now: float) -> None:
    """Count an agent as able to take items from the lines of the present profile (1), or no longer (-1)."""
    profile = floor.agents[agent].profile
    for rank in range(rules.skills.shape[1]):
        line = rules.own_line[profile, rank]
        if line != NIL:
            settle_clocks(rules, floor, line, now)
            floor.lines[line].able += by
            set_share(floor, line)


@outlined
def count_on(rules: Rules, floor: State, agent: int, by: int, now: float) -> None:
    """Count an agent as on the floor (1) or no longer (-1)."""
    skilled = floor.agents[agent].skilled
    for rank in range(rules.skills.shape[1]):
        line = rules.own_line[skilled, rank]
        if line != NIL:
            queue = rules.queues[rules.skills[skilled, rank]]
            for other in range(queue.line, queue.line + queue.lines):
                settle_clocks(rules, floor, other, now)
            floor.lines[line].on += by
    count_able(rules, floor, agent, by, now)


@inlined
def end_duty(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Count an agent whose shift is over as off duty, unless the next shift has begun."""
    person = floor.agents[agent]
    if person.here > 0 and not person.attends:
        count_here(rules, floor, agent, -1, now)
    person.attends = 0


@outlined
def change_skills(rules: Rules, floor: State, agent: int, skilled: int, now: float) -> None:
    """Change an agent's skills permanently (the caller sets today's profile)."""
    person = floor.agents[agent]
    on, here = person.state != OFF, person.here > 0
    if on:
        let_go(rules, floor, agent, now)
        count_on(rules, floor, agent, -1, now)
    if here:
        count_here(rules, floor, agent, -1, now)
    person.skilled = skilled
    if here:
        count_here(rules, floor, agent, 1, now)
    if on:
        count_on(rules, floor, agent, 1, now)


@outlined
def hold_rank(rules: Rules, floor: State, agent: int, rank: int, now: float) -> None:
    """Note the rank of the queue in hand: the agent now goes before the lines of all ranks after it."""
    person = floor.agents[agent]
    before = person.rank
    person.rank = rank
    by = 1 if rank < before else -1
    for place in range(minimum(rank, before) + 1, minimum(maximum(rank, before) + 1, rules.skills.shape[1])):
        line = rules.own_line[person.profile, place]
        if line != NIL:
            settle_clocks(rules, floor, line, now)
            floor.lines[line].behind += by
            set_share(floor, line)


@outlined
def hold_over(rules: Rules, floor: State, agent: int, queue: int, now: float) -> None:
    """Note the lines in which items wait now while the agent takes one of `queue`; NIL takes none."""
    profile = floor.agents[agent].profile
    for rank in range(rules.skills.shape[1]):
        line = rules.own_line[profile, rank]
        if line != NIL:
            over = queue != NIL and rules.skills[profile, rank] != queue and floor.lines[line].count > 0
            if over != floor.passes[agent, rank]:
                settle_clocks(rules, floor, line, now)
                floor.lines[line].behind += 1 if over else -1
                set_share(floor, line)
                floor.passes[agent, rank] = over


@inlined
def hold(rules: Rules, floor: State, agent: int, queue: int, now: float) -> None:
    """Note the queue of the item that an agent takes in hand."""
    if rules.modes[0].queues_by_rank:
        person = floor.agents[agent]
        rank = rules.rank_of[person.profile, queue]
        if rank != person.rank:
            hold_rank(rules, floor, agent, rank, now)
    else:
        hold_over(rules, floor, agent, queue, now)


@inlined
def let_go(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Note that an agent no longer has anything in hand."""
    if rules.modes[0].queues_by_rank:
        if floor.agents[agent].rank < rules.skills.shape[1]:
            hold_rank(rules, floor, agent, rules.skills.shape[1], now)
    else:
        hold_over(rules, floor, agent, NIL, now)
