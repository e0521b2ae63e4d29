"""Idle agents: one heap a profile, so that the agent whose turn it is comes first."""

from __future__ import annotations

from typing import Any

from simcap.floor.compiled import called, inlined
from simcap.floor.state import IDLE, LONGEST_IDLE, NIL


@inlined
def _before(agents: Any, one: int, other: int) -> bool:
    a, b = agents[one].idle_key, agents[other].idle_key
    return bool(a < b or (a == b and one < other))


@inlined
def _rise(agents: Any, heap: Any, place: int, agent: int) -> int:
    while place > 0:
        parent = (place - 1) >> 1
        above = heap[parent]
        if _before(agents, above, agent):
            break
        heap[place] = above
        agents[above].idle_place = place
        place = parent
    heap[place] = agent
    agents[agent].idle_place = place
    return place


@inlined
def _sink(agents: Any, heap: Any, size: int, place: int, agent: int) -> None:
    child = 2 * place + 1
    while child < size:
        if child + 1 < size and _before(agents, heap[child + 1], heap[child]):
            child += 1
        below = heap[child]
        if _before(agents, agent, below):
            break
        heap[place] = below
        agents[below].idle_place = place
        place = child
        child = 2 * place + 1
    heap[place] = agent
    agents[agent].idle_place = place


@inlined
def go_idle(rules: Any, floor: Any, agent: int) -> None:
    """Put a free agent among the idle ones of its profile."""
    person = floor.agents[agent]
    person.state = IDLE
    person.idle_key = person.idle_since if rules.modes[0].choice == LONGEST_IDLE else -person.speed
    size = floor.idle_count[person.profile]
    _rise(floor.agents, floor.idle[person.profile], size, agent)
    floor.idle_count[person.profile] = size + 1
    floor.clock[0].idle += 1


@inlined
def leave_idle(floor: Any, agent: int) -> None:
    """Take an agent out of the idle ones."""
    profile = floor.agents[agent].profile
    heap = floor.idle[profile]
    place = floor.agents[agent].idle_place
    size = floor.idle_count[profile] - 1
    floor.idle_count[profile] = size
    floor.clock[0].idle -= 1
    floor.agents[agent].idle_place = NIL
    moved = heap[size]
    if place < size and _rise(floor.agents, heap, place, moved) == place:
        _sink(floor.agents, heap, size, place, moved)


@called
def set_profile(rules: Any, floor: Any, agent: int, profile: int) -> None:
    """Change what an agent can take now, whatever the agent is doing."""
    person = floor.agents[agent]
    if person.state == IDLE:
        leave_idle(floor, agent)
        person.profile = profile
        go_idle(rules, floor, agent)
    else:
        person.profile = profile
