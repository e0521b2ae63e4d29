"""The limit: a tuned compiled loop of the bare queueing, with no figure but the mean waits.

Two ideas make it quick. *Waiting lines are never kept*: a line is served oldest first, so its head is all there is to
know of it, and the item behind is drawn when the head is taken; an arrival is an event only while somebody idle could
take it. *Each agent has one next moment* (of finishing, leaving or coming back), at a leaf of a tree of minima; a
change is one walk to the root without a branch. Times are stamps, as in `bare_items`; indices are unsigned, which
spares numba its test for negative ones; and what is hot is passed as arrays, since every array that numba takes out of
a tuple is counted.
"""

from __future__ import annotations

from functools import cache
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numba import int64, njit, uint64
from numpy.typing import NDArray

from benchmarks.bare_items import BLOCK, NEVER, NUMBER, Records, Source, draw, source, stamps
from benchmarks.work import BREAK, GRAIN, Ints, Outcome, Work, outcome, synthetic

WHOSE = np.int64((1 << NUMBER) - 1)
ONE = np.uint64(1)
LAST = BLOCK - 1
BREAK_STAMP = stamps(BREAK)
AWAY, IDLE, BUSY = 0, 1, 2

AGENT = np.dtype([("leaves", "i8"), ("block", "i8"), ("last_block", "i8"), ("doing", "i8")])
"""The stamp at which the block of duty in hand ends; this block and the agent's last; away, idle or busy."""
DUTY = np.dtype([("on", "i8"), ("off", "i8")])
"""A block of duty, in stamps."""
QUEUE = np.dtype([(name, "i8") for name in ("head", "handle", "place", "cover", "watch", "wait", "taken")])
"""Of a line: the stamp of the oldest item that nobody took (it may be still to come), its handle time and its place in
the block; how many idle agents could take it, and the stamp once more where there are any; the figures."""
RING = np.dtype([("since", "i8"), ("after", "u4"), ("before", "u4")])
"""A node in a ring of idle agents with equal skills, longest idle first. Rings begin with a node that is no agent."""


class Floor(NamedTuple):
    """Agents, lines and the idle. The last queue is of no items, and stands for no skill."""

    tree: Ints  # [2 * leaves]: the earliest of the two below; the earliest of all at 1
    agents: Records
    skills: NDArray[np.uint8]  # [agent, rank]
    duty: Records
    queues: Records
    ring: Records  # agents, then groups of agents with equal skills
    group: NDArray[np.uint32]  # [agent]: ring node of its group
    groups: NDArray[np.uint32]  # [queue, some]: ring nodes of the groups that have the skill


@njit(forceinline=True)
def _next_item(items: Records, queues: Records, queue: int) -> None:
    """Put a queue's next item at the head of its line."""
    place = (uint64(queues[queue].place) + ONE) % uint64(BLOCK)
    queues[queue].place = place
    queues[queue].head, queues[queue].handle = items[queue, place].arrive, items[queue, place].handle


@njit(forceinline=True)
def _schedule(tree: Ints, agent: int, stamp: int) -> None:
    """Set an agent's next moment."""
    node = uint64(len(tree) >> 1) + agent
    tree[node] = stamp
    while node > ONE:
        stamp = min(stamp, tree[node ^ ONE])
        node >>= ONE
        tree[node] = stamp


@njit(forceinline=True)
def _first_watched(queues: Records) -> int:
    first = NEVER
    for queue in range(len(queues)):
        first = min(first, queues[uint64(queue)].watch)
    return first


@njit(forceinline=True)
def _rest(
    queues: Records, skills: NDArray[np.uint8], ring: Records, group: int, agent: int, now: int, bell: int
) -> int:
    """Let an agent be idle, at the end of its group's ring; return the first arrival that is now watched for."""
    last = ring[group].before
    ring[last].after = ring[group].before = agent
    ring[agent].before, ring[agent].after, ring[agent].since = last, group, now
    for rank in range(skills.shape[1]):
        queue = skills[agent, rank]
        queues[queue].cover += 1
        queues[queue].watch = queues[queue].head
        bell = min(bell, queues[queue].head)
    return bell


@njit(forceinline=True)
def _rouse(queues: Records, skills: NDArray[np.uint8], ring: Records, agent: int) -> None:
    """Take an agent off its ring."""
    after, before = ring[agent].after, ring[agent].before
    ring[before].after, ring[after].before = after, before
    for rank in range(skills.shape[1]):
        queue = skills[agent, rank]
        queues[queue].cover -= 1
        queues[queue].watch = queues[queue].head if queues[queue].cover > 0 else NEVER


@njit(forceinline=True)
def _longest_idle(ring: Records, groups: NDArray[np.uint32], queue: int) -> int:
    first = NEVER
    for rank in range(groups.shape[1]):
        first = min(first, ring[ring[groups[queue, rank]].after].since)
    return uint64(first & WHOSE)


@njit(forceinline=True)
def _choose(queues: Records, skills: NDArray[np.uint8], agent: int, now: int) -> int:
    """Return the first of an agent's skills that has an item waiting, or the queue without items."""
    chosen = uint64(len(queues) - 1)
    for rank in range(skills.shape[1] - 1, -1, -1):
        queue = uint64(skills[agent, rank])
        chosen = queue if queues[queue].head <= now | WHOSE else chosen
    return chosen


@njit
def _leave(tree: Ints, agents: Records, duty: Records, agent: int, now: int) -> None:
    """Send an agent off, and schedule its return: after a break of full length, or when the next shift begins."""
    agents[agent].doing = AWAY
    back, block = now, agents[agent].block
    while block < agents[agent].last_block:
        block += 1
        gap = duty[block].on - duty[block - 1].off
        back = back + gap if gap < BREAK_STAMP else max(back, duty[block].on | int64(agent))
        if back < duty[block].off:
            agents[agent].block, agents[agent].leaves = block, duty[block].off | int64(agent)
            _schedule(tree, agent, back)
            return
    agents[agent].block = block
    _schedule(tree, agent, NEVER)


@njit
def _run(
    source: Source,
    items: Records,
    tree: Ints,
    agents: Records,
    skills: NDArray[np.uint8],
    duty: Records,
    queues: Records,
    ring: Records,
    group: NDArray[np.uint32],
    groups: NDArray[np.uint32],
    horizon: int,
) -> None:
    """Work until the horizon."""
    nothing = uint64(len(queues) - 1)
    bell = NEVER  # the first arrival that an idle agent can take
    while True:
        now = tree[1]
        arrival = bell <= now | WHOSE  # of equal times, the arrival's comes first
        if arrival:
            now = bell
            if now >= horizon:
                return
            queue = uint64(now & WHOSE)
            agent = _longest_idle(ring, groups, queue)
            _rouse(queues, skills, ring, agent)
        else:
            if now >= horizon:
                return
            agent = uint64(now & WHOSE)
            if now >= agents[agent].leaves:
                if agents[agent].doing == IDLE:
                    _rouse(queues, skills, ring, agent)
                    bell = _first_watched(queues)
                _leave(tree, agents, duty, agent, now)
                continue
            queue = _choose(queues, skills, agent, now)
            if queue == nothing:
                agents[agent].doing = IDLE
                bell = _rest(queues, skills, ring, group[agent], agent, now, bell)
                _schedule(tree, agent, agents[agent].leaves)
                continue
        agents[agent].doing = BUSY
        _schedule(tree, agent, (now & ~WHOSE | int64(agent)) + queues[queue].handle)
        queues[queue].wait += (now >> NUMBER) - (queues[queue].head >> NUMBER)
        queues[queue].taken += 1
        if queues[queue].place == LAST:
            draw(source, queue)
        _next_item(items, queues, queue)
        if arrival:
            queues[queue].watch = queues[queue].head if queues[queue].cover > 0 else NEVER
            bell = _first_watched(queues)


@njit
def _open(source: Source, tree: Ints, agents: Records, duty: Records, queues: Records) -> None:
    """Draw the first items and schedule everybody's first block."""
    for queue in range(len(source.mu)):
        draw(source, queue)
        queues[queue].place = LAST
        _next_item(source.items, queues, uint64(queue))
    for agent in range(len(agents)):
        block = agents[agent].block
        if block <= agents[agent].last_block:
            agents[agent].leaves = duty[block].off | agent
            _schedule(tree, uint64(agent), duty[block].on | agent)


@njit
def _close(source: Source, items: Records, queues: Records, horizon: int) -> int:
    """Return how many items arrived that nobody took."""
    left = 0
    for queue in range(len(source.mu)):
        while queues[queue].head < horizon:
            left += 1
            if queues[queue].place == LAST:
                draw(source, queue)
            _next_item(items, queues, uint64(queue))
    return left


def _floor(work: Work) -> Floor:
    count = len(work.skills)
    queues = np.zeros(len(work.rates) + 1, QUEUE)
    queues["head"] = queues["watch"] = NEVER
    skills = np.where(work.skills < 0, len(work.rates), work.skills).astype(np.uint8)
    rows, group = np.unique(skills, axis=0, return_inverse=True)
    nobody = count + len(rows)
    able = [[count + number for number, row in enumerate(rows) if queue in row] for queue in range(len(work.rates))]
    widest = max(map(len, able))
    ring = np.zeros(nobody + 1, RING)
    ring["since"], ring["after"], ring["before"] = NEVER, np.arange(nobody + 1), np.arange(nobody + 1)
    duty = np.zeros(len(work.on), DUTY)
    duty["on"], duty["off"] = stamps(work.on), stamps(work.off)
    blocks = np.searchsorted(work.agent, np.arange(count + 1))
    agents = np.zeros(count, AGENT)
    agents["leaves"], agents["block"], agents["last_block"] = NEVER, blocks[:-1], blocks[1:] - 1
    return Floor(
        tree=np.full(2 << max(count - 1, 1).bit_length(), NEVER),
        agents=agents,
        skills=skills,
        duty=duty,
        queues=queues,
        ring=ring,
        group=(count + group.ravel()).astype(np.uint32),
        groups=np.array([row + [nobody] * (widest - len(row)) for row in able], np.uint32),
    )


def _simulate(work: Work, seed: int) -> Outcome:
    began = perf_counter()
    origin, floor, horizon = source(work, seed), _floor(work), stamps(work.horizon)
    _open(origin, floor.tree, floor.agents, floor.duty, floor.queues)
    _run(origin, origin.items, *floor, horizon)
    left = _close(origin, origin.items, floor.queues, horizon)
    wait, taken = floor.queues["wait"][:-1] * GRAIN, floor.queues["taken"][:-1]
    busy = np.count_nonzero(floor.agents["doing"] == BUSY)
    return outcome(began, taken.sum() + left, taken.sum() - busy, wait, taken)


@cache
def _compile() -> None:
    """Run a tiny work once, so that compiling is not timed."""
    _simulate(synthetic(items=100, agents=30, days=1, seed=0), 0)


def simulate(work: Work, seed: int) -> Outcome:
    """Simulate the work once."""
    _compile()
    return _simulate(work, seed)
