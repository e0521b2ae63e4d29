"""The loop that a textbook describes, compiled: every arrival an event, lines as ring buffers, a heap of agents.

It shares no code with the tuned `bare_loop`, which is checked by it, and shows what that one's ideas bring. Random
numbers come from a NumPy Generator.
"""

from __future__ import annotations

from functools import cache
from time import perf_counter

import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks.work import BREAK, HOUR, Floats, Ints, Outcome, Work, lognormal, outcome, synthetic

AWAY, IDLE, BUSY = 0, 1, 2
ROOM = 1 << 20
"""Items that may wait in a queue."""


@njit(error_model="numpy")
def _push(times: Floats, agents: Ints, size: int, time: float, agent: int) -> None:
    """Add to a binary heap of so many."""
    at = size
    while at > 0 and times[(at - 1) >> 1] > time:
        times[at], agents[at] = times[(at - 1) >> 1], agents[(at - 1) >> 1]
        at = (at - 1) >> 1
    times[at], agents[at] = time, agent


@njit(error_model="numpy")
def _pop(times: Floats, agents: Ints, size: int) -> int:
    """Take the first of a binary heap of so many."""
    agent, size = agents[0], size - 1
    time, moved, at = times[size], agents[size], 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and times[child + 1] < times[child]:
            child += 1
        if times[child] >= time:
            break
        times[at], agents[at] = times[child], agents[child]
        at = child
    times[at], agents[at] = time, moved
    return agent


@njit(error_model="numpy")
def _next_arrival(rng: np.random.Generator, rates: Floats, queue: int, now: float) -> float:
    """Return the next time of a Poisson process with a rate by hour."""
    needed, hour = rng.standard_exponential(), int(now / HOUR)
    while hour < rates.shape[1]:
        rate, end = rates[queue, hour] / HOUR, (hour + 1) * HOUR
        if needed < (end - now) * rate:
            return now + needed / rate
        needed -= (end - now) * rate
        now, hour = end, hour + 1
    return np.inf


@njit(error_model="numpy")
def _earliest(upcoming: Floats) -> int:
    first = 0
    for queue in range(1, len(upcoming)):
        if upcoming[queue] < upcoming[first]:
            first = queue
    return first


@njit(error_model="numpy")
def _longest_idle(able: NDArray[np.bool_], since: Floats, after: Ints, queue: int) -> int:
    """Return the agent at the head of an idle group with the skill that came first, or -1."""
    best, agents = -1, len(since)
    for group in range(able.shape[1]):
        first = after[agents + group]
        if able[queue, group] and first < agents and (best < 0 or since[first] < since[best]):
            best = first
    return best


@njit(error_model="numpy")
def _choose(skills: Ints, head: Ints, tail: Ints, agent: int) -> int:
    """Return the first of an agent's skills that has an item waiting, or -1."""
    for rank in range(skills.shape[1]):
        queue = skills[agent, rank]
        if queue >= 0 and head[queue] < tail[queue]:
            return queue
    return -1


@njit(error_model="numpy")
def _return(on: Floats, off: Floats, block: int, last: int, now: float) -> tuple[float, int]:
    """Return when an agent that leaves is back, and the block it is back for."""
    while block < last:
        block += 1
        gap = on[block] - off[block - 1]
        now = now + gap if gap < BREAK else max(now, on[block])
        if now < off[block]:
            return now, block
    return np.inf, block


@njit(error_model="numpy")
def _run(
    rng: np.random.Generator,
    rates: Floats,
    mu: Floats,
    sigma: Floats,
    skills: Ints,
    group: Ints,
    able: NDArray[np.bool_],
    on: Floats,
    off: Floats,
    owner: Ints,
    closing: Ints,
    first_block: Ints,
    horizon: float,
) -> tuple[Ints, Floats, Ints, int]:
    queues, agents = len(rates), len(skills)
    lines = np.empty((queues, ROOM))
    head, tail = np.zeros(queues, np.int64), np.zeros(queues, np.int64)
    upcoming = np.array([_next_arrival(rng, rates, queue, 0.0) for queue in range(queues)])
    heap, heap_agents, size = np.empty(agents), np.empty(agents, np.int64), 0
    doing, since, block = np.zeros(agents, np.int64), np.zeros(agents), first_block[:-1].copy()
    after = np.arange(agents + able.shape[1])  # rings of the idle of each group, longest idle first
    before = after.copy()
    wait, taken, completed, closed = np.zeros(queues), np.zeros(queues, np.int64), 0, 0
    for agent in np.flatnonzero(np.diff(first_block)):
        _push(heap, heap_agents, size, on[block[agent]], agent)
        size += 1
    while True:
        queue = _earliest(upcoming)
        next_free = heap[0] if size else np.inf
        next_close = off[closing[closed]] if closed < len(closing) else np.inf
        now = min(upcoming[queue], next_free, next_close)
        if now >= horizon:
            return tail, wait, taken, completed
        leaving = False
        if now == next_close:
            agent = owner[closing[closed]]
            closed += 1
            if doing[agent] != IDLE:
                continue
            leaving = True
        elif now == next_free:
            agent = _pop(heap, heap_agents, size)
            size -= 1
            completed += doing[agent] == BUSY
            leaving = now >= off[block[agent]]
            queue = _choose(skills, head, tail, agent)
        else:
            lines[queue, tail[queue] & (ROOM - 1)] = now
            tail[queue] += 1
            upcoming[queue] = _next_arrival(rng, rates, queue, now)
            agent = _longest_idle(able, since, after, queue)
            if agent < 0:
                continue
        if doing[agent] == IDLE:
            after[before[agent]], before[after[agent]] = after[agent], before[agent]
        if leaving:
            doing[agent] = AWAY
            free, block[agent] = _return(on, off, block[agent], first_block[agent + 1] - 1, now)
        elif queue >= 0:
            doing[agent] = BUSY
            wait[queue] += now - lines[queue, head[queue] & (ROOM - 1)]
            head[queue] += 1
            taken[queue] += 1
            free = now + np.exp(mu[queue] + sigma[queue] * rng.standard_normal())
        else:
            doing[agent], since[agent], node = IDLE, now, agents + group[agent]
            before[agent], after[agent] = before[node], node
            after[before[node]] = agent
            before[node] = agent
            continue
        if free < np.inf:
            _push(heap, heap_agents, size, free, agent)
            size += 1


def _simulate(work: Work, seed: int) -> Outcome:
    began = perf_counter()
    rows, group = np.unique(work.skills, axis=0, return_inverse=True)
    first_block = np.searchsorted(work.agent, np.arange(len(work.skills) + 1))
    rng, closing = np.random.default_rng(seed), np.argsort(work.off)
    able = np.array([[queue in row for row in rows] for queue in range(len(work.rates))])
    people = work.skills, group.ravel(), able, work.on, work.off, work.agent, closing, first_block
    arrived, wait, taken, completed = _run(rng, work.rates, *lognormal(work), *people, work.horizon)
    return outcome(began, arrived.sum(), completed, wait, taken)


@cache
def _compile() -> None:
    """Run a tiny work once, so that compiling is not timed."""
    _simulate(synthetic(items=100, agents=30, days=1, seed=0), 0)


def simulate(work: Work, seed: int) -> Outcome:
    """Simulate the work once."""
    _compile()
    return _simulate(work, seed)
