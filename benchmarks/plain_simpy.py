"""SimPy at its best: one process per agent, one per queue, no resources, as few events as the rules allow.

A busy agent looks for its next item by itself, so an item that waited costs one event, the timeout of its handle time.
The process of a queue steps from arrival to arrival only while somebody is idle who could take the next; otherwise it
sleeps. One more process sends home the idle whose block of duty ends.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from itertools import chain
from math import inf
from time import perf_counter
from typing import TypeAlias

import numpy as np
import simpy

from benchmarks.work import BREAK, Chunks, Outcome, Work, agents_blocks, drawn_by_day, outcome

Steps: TypeAlias = Generator[simpy.Event, float | None, None]
Idle: TypeAlias = OrderedDict[int, tuple[float, int, simpy.Event]]
"""The idle of a group by agent, longest idle first: since when, who, and the event that it waits for."""
NOTHING = inf, inf


class Line:
    """A queue: the items that nobody has taken, arrived or not."""

    def __init__(self, chunks: Chunks) -> None:
        self.items = chain.from_iterable(zip(time.tolist(), handle.tolist(), strict=True) for time, handle in chunks)
        self.head: float
        self.handle: float
        self.head, self.handle = next(self.items, NOTHING)
        self.groups: list[Idle] = []
        self.asleep: simpy.Event | None = None
        self.wait = 0.0
        self.taken = 0

    def take(self, now: float) -> float:
        """Take the oldest item and return its handle time."""
        handle = self.handle
        self.wait += now - self.head
        self.taken += 1
        self.head, self.handle = next(self.items, NOTHING)
        return handle

    def arrivals(self, env: simpy.Environment) -> Steps:
        """Hand each item that finds an agent idle to the one that has been idle longest."""
        while self.head < inf:
            if self.head > env.now:
                yield env.timeout(self.head - env.now)
            idle = [next(iter(group.values())) for group in self.groups if group]
            if idle:
                _, agent, event = min(idle)
                for group in self.groups:
                    if group.pop(agent, None):
                        break
                event.succeed(self.take(env.now))
            else:
                self.asleep = env.event()
                yield self.asleep


class Agents:
    """The agents, the idle among them, and the count of items completed."""

    def __init__(self, env: simpy.Environment, work: Work, lines: list[Line]) -> None:
        self.env = env
        self.completed = 0
        groups: dict[tuple[int, ...], Idle] = {}
        self.idle: list[Idle] = []
        for number, (row, blocks) in enumerate(zip(work.skills.tolist(), agents_blocks(work), strict=True)):
            skills = tuple(queue for queue in row if queue >= 0)
            if skills not in groups:
                groups[skills] = OrderedDict()
                for queue in skills:
                    lines[queue].groups.append(groups[skills])
            self.idle.append(groups[skills])
            env.process(self.agent(number, [lines[queue] for queue in skills], blocks))
        order = np.argsort(work.off, kind="stable")
        env.process(self.closing(work.off[order].tolist(), work.agent[order].tolist()))

    def agent(self, number: int, lines: list[Line], blocks: list[tuple[float, float]]) -> Steps:
        """Work block after block, with breaks that begin when the item in hand is finished."""
        env, timeout, idle = self.env, self.env.timeout, self.idle[number]
        before = -inf
        for on, off in blocks:
            start = env.now + (on - before) if on - before < BREAK else max(on, env.now)
            before = off
            if start > env.now:
                yield env.timeout(start - env.now)
            while (now := env.now) < off:
                for line in lines:
                    if line.head <= now:
                        handle = line.take(now)
                        break
                else:
                    event = env.event()
                    idle[number] = now, number, event
                    for line in lines:
                        if line.asleep:
                            line.asleep.succeed()
                            line.asleep = None
                    given = yield event
                    if given is None:
                        break
                    handle = given
                yield timeout(handle)
                self.completed += 1

    def closing(self, offs: list[float], agents: list[int]) -> Steps:
        """Send home the idle whose block of duty ends."""
        env = self.env
        for off, agent in zip(offs, agents, strict=True):
            if off > env.now:
                yield env.timeout(off - env.now)
            if agent in self.idle[agent]:
                self.idle[agent].pop(agent)[2].succeed(None)


def run(work: Work, items: list[Chunks]) -> Outcome:
    """Simulate the work with these items."""
    began = perf_counter()
    env = simpy.Environment()
    lines = [Line(chunks) for chunks in items]
    agents = Agents(env, work, lines)
    for line in lines:
        env.process(line.arrivals(env))
    env.run(until=work.horizon)
    wait, taken = np.array([line.wait for line in lines]), np.array([line.taken for line in lines])
    left = 0
    for line in lines:
        while line.head < work.horizon:
            line.head, _ = next(line.items, NOTHING)
            left += 1
    return outcome(began, taken.sum() + left, agents.completed, wait, taken)


def simulate(work: Work, seed: int) -> Outcome:
    """Simulate the work once."""
    return run(work, drawn_by_day(work, seed))
