"""salabim (van der Ham 2018), once as its manual has a bank with clerks, once with as little of it as the rules allow.

By the manual, items and agents are components, and both wait in its queues: an arrival wakes the agent with the skill
that has been idle longest. A component is looked over by `inspect` when it is made, which is most of what an item
costs; so in the lean model items are pairs in a deque and the idle are in a dict. Monitors are switched off in both,
and processes are generators, which are faster than its greenlets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import chain
from time import perf_counter
from typing import Any

import numpy as np
import salabim as sim

from benchmarks.work import Chunks, Outcome, Work, agents_blocks, drawn_by_day, outcome


def quiet(component: Any) -> None:
    """Switch a component's monitors off."""
    component.mode.monitor(value=False)
    component.status.monitor(value=False)


class Item(sim.Component):  # type: ignore[misc]
    """An item: a component without a process."""

    def setup(self, arrived: float, handle: float) -> None:
        """Take what the item is."""
        self.arrived, self.handle = arrived, handle
        quiet(self)


class Line(sim.Component):  # type: ignore[misc]
    """The source of a queue's items, and the queue."""

    def setup(self, chunks: Chunks, floor: Documented | Lean) -> None:
        """Take the items of the queue and the way to keep them."""
        self.source, self.floor = chunks, floor
        self.items = floor.line()
        self.able: set[Any] = set()
        self.arrived = self.taken = 0
        self.wait = 0.0

    def process(self) -> Iterator[Any]:
        """Let item after item arrive, and wake the agent that has been idle longest."""
        pairs = chain.from_iterable(zip(time.tolist(), handle.tolist(), strict=True) for time, handle in self.source)
        for time, handle in pairs:
            yield self.hold(till=time)
            self.arrived += 1
            self.floor.put(self.items, time, handle)
            for agent in self.floor.idle:
                if agent in self.able:
                    self.floor.busy(agent)
                    agent.activate()
                    break


class Agent(sim.Component):  # type: ignore[misc]
    """An agent, who works block after block."""

    def setup(self, lines: list[Line], blocks: list[tuple[float, float]], floor: Documented | Lean) -> None:
        """Take the agent's queues in order and blocks of duty."""
        self.lines, self.blocks, self.floor = lines, blocks, floor
        self.completed = 0
        quiet(self)

    def process(self) -> Iterator[Any]:
        """Take the oldest item of the first skill that has one; be idle until one comes or the block is over."""
        env = self.env
        for on, off in self.blocks:
            if on > env.now():
                yield self.hold(till=on)
            while (now := env.now()) < off:
                line = next((line for line in self.lines if line.items), None)
                if line is None:
                    self.floor.rest(self)
                    yield self.hold(till=off)
                    self.floor.busy(self)
                    continue
                arrived, handle = self.floor.take(line.items)
                line.wait += now - arrived
                line.taken += 1
                yield self.hold(handle)
                self.completed += 1


class Documented:
    """Items and the idle in salabim's own queues."""

    def __init__(self) -> None:
        self.idle: Any = sim.Queue(monitor=False)

    def line(self) -> Any:
        """Return an empty queue."""
        return sim.Queue(monitor=False)

    def put(self, items: Any, arrived: float, handle: float) -> None:
        """Let an item join a queue."""
        Item(arrived=arrived, handle=handle).enter(items)

    def take(self, items: Any) -> tuple[float, float]:
        """Return when the oldest item arrived, and its handle time."""
        item = items.pop()
        return item.arrived, item.handle

    def rest(self, agent: Any) -> None:
        """Let an agent be idle."""
        agent.enter(self.idle)

    def busy(self, agent: Any) -> None:
        """Let an agent be idle no longer, if it was."""
        if agent in self.idle:
            agent.leave(self.idle)


class Lean:
    """Items in deques, the idle in a dict."""

    def __init__(self) -> None:
        self.idle: dict[Any, None] = {}

    def line(self) -> Any:
        """Return an empty queue."""
        return deque()

    def put(self, items: Any, arrived: float, handle: float) -> None:
        """Let an item join a queue."""
        items.append((arrived, handle))

    def take(self, items: Any) -> tuple[float, float]:
        """Return when the oldest item arrived, and its handle time."""
        found: tuple[float, float] = items.popleft()
        return found

    def rest(self, agent: Any) -> None:
        """Let an agent be idle."""
        self.idle[agent] = None

    def busy(self, agent: Any) -> None:
        """Let an agent be idle no longer, if it was."""
        self.idle.pop(agent, None)


def documented(work: Work, seed: int) -> Outcome:
    """Simulate the work once, as in the manual."""
    return _simulate(work, seed, Documented)


def lean(work: Work, seed: int) -> Outcome:
    """Simulate the work once, with components for agents and sources only."""
    return _simulate(work, seed, Lean)


def _simulate(work: Work, seed: int, kind: type[Documented | Lean]) -> Outcome:
    began = perf_counter()
    sim.yieldless(value=False)
    env = sim.Environment(trace=False, random_seed=seed, isdefault_env=True)
    floor = kind()
    lines = [Line(chunks=chunks, floor=floor) for chunks in drawn_by_day(work, seed)]
    agents = []
    for row, blocks in zip(work.skills.tolist(), agents_blocks(work), strict=True):
        own = [lines[queue] for queue in row if queue >= 0]
        agents.append(Agent(lines=own, blocks=blocks, floor=floor))
        for line in own:
            line.able.add(agents[-1])
    env.run(till=work.horizon)
    wait, taken = np.array([line.wait for line in lines]), np.array([line.taken for line in lines])
    completed = sum(agent.completed for agent in agents)
    return outcome(began, sum(line.arrived for line in lines), completed, wait, taken)
