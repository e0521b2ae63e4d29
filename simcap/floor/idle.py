"""Idle agents: one heap per profile, so that the agent whose turn it is comes first."""

from __future__ import annotations

from simcap.compiled import inlined, outlined
from simcap.floor.causes import count_able, hold, let_go
from simcap.floor.indexed import pop, push, remove
from simcap.floor.state import BUSY, IDLE, INF, LONGEST_IDLE, OFF, Rules, State


@inlined
def go_idle(rules: Rules, floor: State, agent: int) -> None:
    """Put a free agent among the idle agents of its profile."""
    person = floor.agents[agent]
    person.state = IDLE
    turn = person.idle_since if rules.modes[0].choice == LONGEST_IDLE else -person.speed
    profile = person.profile
    floor.idle_count[profile] = push(floor.idle[profile], floor.idle_places, floor.idle_count[profile], turn, agent)
    floor.clock[0].idle += 1


@inlined
def call_up(floor: State, agent: int) -> None:
    """Remove the agent whose turn it is from the idle agents of its profile."""
    profile = floor.agents[agent].profile
    floor.idle_count[profile] = pop(floor.idle[profile], floor.idle_places, floor.idle_count[profile])
    floor.clock[0].idle -= 1


@outlined
def leave_idle(floor: State, agent: int) -> None:
    """Remove any agent from the idle agents of its profile."""
    profile = floor.agents[agent].profile
    floor.idle_count[profile] = remove(floor.idle[profile], floor.idle_places, floor.idle_count[profile], agent)
    floor.clock[0].idle -= 1


@outlined
def set_profile(rules: Rules, floor: State, agent: int, profile: int) -> None:
    """Change what an agent can take now, whatever the agent is doing."""
    person = floor.agents[agent]
    now = floor.clock[0].now
    if person.state == OFF:
        person.profile = profile
        return
    let_go(rules, floor, agent, now)
    count_able(rules, floor, agent, -1, now)
    if person.state == IDLE:
        leave_idle(floor, agent)
        person.profile = profile
        go_idle(rules, floor, agent)
    else:
        person.profile = profile
        if person.state == BUSY:
            hold(rules, floor, agent, floor.items[person.slot].queue, now)
    count_able(rules, floor, agent, 1, now)


@inlined
def apply_exposure_limit(rules: Rules, floor: State, agent: int, queue: int) -> None:
    """Keep an agent who has reached the exposure limit of a queue off that queue for the rest of the local day."""
    limit = rules.queues[queue].exposure
    if limit < INF and floor.exposed[agent, queue] >= limit:
        set_profile(rules, floor, agent, rules.without[floor.agents[agent].profile, queue])
