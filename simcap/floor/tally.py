"""Counting as it happens: cells of the report's grid, histograms of durations, the journal."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcap.compiled import inlined, maximum, minimum, outlined
from simcap.floor.lines import first_in_line
from simcap.floor.state import BINS, BUSY, IN_ORDER, INF, NIL, OCTAVES, OFF, OUT_OF_ORDER, STEPS, Rules, State

_LOWEST = 2.0 ** OCTAVES[0]
_MANTISSA_REST = 52 - STEPS.bit_length() + 1
"""Bits of a double below its exponent and those leading bits of its mantissa that number the steps of an octave."""
_LOWEST_STEP = int(np.float64(_LOWEST).view(np.int64)) >> _MANTISSA_REST


@inlined
def bin_of(seconds: float) -> int:
    """Return the histogram bin of a duration: 0 below 2**-4 s, then `STEPS` equal bins per octave."""
    if seconds < _LOWEST:
        return 0
    step: Any = np.float64(seconds).view(np.int64) >> _MANTISSA_REST
    return minimum(1 + int(step) - _LOWEST_STEP, BINS - 1)


def bin_edges() -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the lower edge in seconds of each histogram bin."""
    octaves = 2.0 ** np.arange(OCTAVES[0], OCTAVES[1])
    steps = 1 + np.arange(STEPS) / STEPS
    return np.concatenate([[0.0], np.outer(octaves, steps).ravel()])


@inlined
def note(floor: State, now: float, identity: int, agent: int, kind: int) -> None:
    """Write a line of the journal, if one is kept."""
    if floor.journal.size > 0:
        clock = floor.clock[0]
        line = floor.journal[clock.journal % floor.journal.size]
        line.time = now
        line.id = identity
        line.agent = agent
        line.kind = kind
        clock.journal += 1


@inlined
def stop_working(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Count the time that an agent has worked on the item in hand since it was last counted."""
    person = floor.agents[agent]
    item = floor.items[person.slot]
    floor.by_team[person.team, floor.clock[0].cell].busy += now - person.busy_since
    person.busy_since = now
    if rules.queues[item.queue].exposure < INF:
        floor.exposed[agent, item.queue] += now - person.exposed_since
        person.exposed_since = now


@inlined
def count_floor_time(floor: State, agent: int, now: float) -> None:
    """Count the time that an agent has been on the floor since it was last counted."""
    person = floor.agents[agent]
    count = floor.by_team[person.team, floor.clock[0].cell]
    spent = now - person.floor_since
    count.floor += spent
    count.effective += spent * person.speed
    person.floor_since = now
    if person.overrun_since < now:
        count.overrun += now - person.overrun_since
        person.overrun_since = now


@outlined
def oldest_open(rules: Rules, floor: State, now: float) -> None:
    """Write the age of the oldest open item of each queue into the current cell."""
    cell = floor.clock[0].cell
    for queue in range(rules.queues.size):
        floor.by_queue[queue, cell].oldest = 0.0
    for line in range(floor.lines.size):
        row = floor.lines[line]
        if row.count > 0 and rules.modes[0].by_age:
            slot = first_in_line(floor.items, floor.lines, line)
            count = floor.by_queue[row.queue, cell]
            count.oldest = maximum(count.oldest, now - floor.items[slot].created)
    if not rules.modes[0].by_age:
        for slot in range(floor.clock[0].fresh):
            item = floor.items[slot]
            if item.state == IN_ORDER or item.state == OUT_OF_ORDER:
                count = floor.by_queue[item.queue, cell]
                count.oldest = maximum(count.oldest, now - item.created)
    for agent in range(floor.agents.size):
        person = floor.agents[agent]
        for slot in (person.slot, person.kept):
            if slot != NIL:
                count = floor.by_queue[floor.items[slot].queue, cell]
                count.oldest = maximum(count.oldest, now - floor.items[slot].created)
        for place in range(floor.hands[agent].held):
            slot = floor.hand[agent, place]
            count = floor.by_queue[floor.items[slot].queue, cell]
            count.oldest = maximum(count.oldest, now - floor.items[slot].created)


@outlined
def roll_cell(rules: Rules, floor: State) -> None:
    """Close the current cell of the grid at its edge and open the next one."""
    clock = floor.clock[0]
    now = clock.next_edge
    for agent in range(floor.agents.size):
        person = floor.agents[agent]
        if person.state != OFF:
            count_floor_time(floor, agent, now)
        if person.state == BUSY:
            floor.by_team[person.team, clock.cell].busy += now - person.busy_since
            person.busy_since = now
    oldest_open(rules, floor, now)
    for queue in range(rules.queues.size):
        floor.by_queue[queue, clock.cell].open = floor.open[queue]
    clock.edge += 1
    outside = rules.edges.size - 1
    clock.cell = clock.edge - 1 if clock.edge <= outside else outside
    clock.next_edge = rules.edges[clock.edge] if clock.edge <= outside else INF
