"""The workforce's orders to the floor, compiled: duty, suspension, skills, backlog."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.compiled import kernel, maximum
from simcap.floor.causes import change_skills, count_here
from simcap.floor.duty import add_block, await_duty, drop_finished_blocks, release_kept, suspend_agent
from simcap.floor.idle import set_profile
from simcap.floor.items import admit_backlog, discard
from simcap.floor.lines import first_in_line, leave_line
from simcap.floor.state import INF, OFF, Rules, State
from simcap.floor.tally import count_floor_time


@kernel
def post(
    floor: State,
    agents: NDArray[np.int64],
    on: NDArray[np.float64],
    off: NDArray[np.float64],
    last: NDArray[np.uint8],
    blocks: NDArray[np.int64],
    now: float,
) -> int:
    """Add blocks of duty: rows of `on`, `off` and `last` for each agent, `blocks` of them valid.

    Return the number of blocks for which an agent may need room; where there is less, no block is added.
    """
    needed = 0
    for agent in agents:
        needed = maximum(needed, floor.agents[agent].blocks - floor.agents[agent].block + on.shape[1])
    if needed > floor.on.shape[1]:
        return int(needed)
    for row in range(agents.size):
        agent = agents[row]
        person = floor.agents[agent]
        drop_finished_blocks(floor, agent)
        for place in range(blocks[row]):
            add_block(floor, agent, on[row, place], off[row, place], last[row, place], now)
        if person.state == OFF and person.duty_at == INF:
            await_duty(floor, agent, now)
    return int(needed)


@kernel
def attend(rules: Rules, floor: State, agents: NDArray[np.int64], now: float) -> None:
    """Count agents as on duty from now on, before they come onto the floor."""
    for agent in agents:
        if floor.agents[agent].here > 0:
            floor.agents[agent].attends = 1
        else:
            count_here(rules, floor, agent, 1, now)


@kernel
def release(rules: Rules, floor: State, agents: NDArray[np.int64], now: float) -> None:
    """Hand back what these agents have kept from an earlier shift."""
    for agent in agents:
        release_kept(rules, floor, agent, now)
    floor.clock[0].changed = now


@kernel
def suspend(rules: Rules, floor: State, agents: NDArray[np.int64], until: float, now: float) -> None:
    """Take agents off the floor at once, until a given time."""
    for agent in agents:
        suspend_agent(rules, floor, agent, until, now)
    floor.clock[0].changed = now


@kernel
def qualify(rules: Rules, floor: State, agents: NDArray[np.int64], profiles: NDArray[np.int64], now: float) -> None:
    """Give agents new skills."""
    for row in range(agents.size):
        change_skills(rules, floor, agents[row], profiles[row], now)
        set_profile(rules, floor, agents[row], profiles[row])
    floor.clock[0].changed = now


@kernel
def begin_day(rules: Rules, floor: State, agents: NDArray[np.int64], now: float) -> None:
    """Begin a local day of these agents: their exposure is reset to zero."""
    for agent in agents:
        person = floor.agents[agent]
        for queue in range(floor.exposed.shape[1]):
            floor.exposed[agent, queue] = 0.0
        person.exposed_since = now
        if person.profile != person.skilled:
            set_profile(rules, floor, agent, person.skilled)
    floor.clock[0].changed = now


@kernel
def set_speed(
    floor: State,
    agents: NDArray[np.int64],
    base: NDArray[np.float64],
    speed: NDArray[np.float64],
    error_rate: NDArray[np.float64],
    now: float,
) -> None:
    """Set agents' general speed, speed by queue and error rates; the time until now counts at the old speed."""
    for row in range(agents.size):
        agent = agents[row]
        person = floor.agents[agent]
        if person.state != OFF:
            count_floor_time(floor, agent, now)
        person.speed = base[row]
        for queue in range(floor.speed.shape[1]):
            floor.speed[agent, queue] = speed[row, queue]
            floor.error_rate[agent, queue] = error_rate[row, queue]


@kernel
def replace_backlog(rules: Rules, floor: State, queue: int, now: float) -> None:
    """Replace what waits in a queue by the rows of the arrivals, the oldest first, whose `time` is their age."""
    terms = rules.queues[queue]
    for line in range(terms.line, terms.line + terms.lines):
        while floor.lines[line].count > 0:
            slot = first_in_line(floor.items, floor.lines, line)
            leave_line(floor.items, floor.lines, line, slot)
            discard(rules, floor, slot)
    for place in range(floor.arrivals.size):
        admit_backlog(rules, floor, place, now)
    floor.clock[0].changed = now
