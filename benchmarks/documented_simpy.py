"""SimPy as its documentation would have it: one process per item, one per agent, a `Store` for each queue.

An agent asks the stores of its skills in their order and keeps the first answer; if none has an item it waits for any
of them, or for the end of its block, and withdraws the other requests. A store serves requests in order, so the agent
that has been idle longest comes first. (A `FilterStore` of free agents, the other way to read the documentation, looks
through everybody who waits at every return of an agent, and cannot let an agent choose among the items.)
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import astuple, dataclass
from math import inf
from time import perf_counter
from typing import Any, TypeAlias

import numpy as np
import simpy

from benchmarks.work import BREAK, Chunks, Outcome, Work, agents_blocks, drawn_by_day, outcome

Steps: TypeAlias = Generator[simpy.Event, Any, None]


@dataclass
class Tally:
    """What is counted of a queue."""

    arrived: int = 0
    picked_up: int = 0
    completed: int = 0
    wait: float = 0.0


def arrivals(env: simpy.Environment, line: simpy.Store, items: Chunks, tally: Tally) -> Steps:
    """Start a process for every item of a queue."""
    for times, handles in items:
        for time, handle in zip(times.tolist(), handles.tolist(), strict=True):
            yield env.timeout(time - env.now)
            env.process(item(env, line, handle, tally))


def item(env: simpy.Environment, line: simpy.Store, handle: float, tally: Tally) -> Steps:
    """Join the line, wait to be picked up, be worked."""
    arrived = env.now
    tally.arrived += 1
    pick_up = env.event()
    yield line.put((pick_up, env.active_process))
    yield pick_up
    tally.picked_up += 1
    tally.wait += env.now - arrived
    yield env.timeout(handle)
    tally.completed += 1


def agent(env: simpy.Environment, lines: list[simpy.Store], blocks: list[tuple[float, float]]) -> Steps:
    """Work block after block, with breaks that begin when the item in hand is finished."""
    before = -inf
    for on, off in blocks:
        start = env.now + (on - before) if on - before < BREAK else max(on, env.now)
        yield env.timeout(start - env.now)
        if env.now < off:
            yield env.process(block_of_duty(env, lines, off))
        before = off


def block_of_duty(env: simpy.Environment, lines: list[simpy.Store], off: float) -> Steps:
    """Work item after item until the block is over."""
    over = env.timeout(off - env.now)
    while env.now < off:
        requests: list[Any] = []
        for line in lines:
            requests.append(line.get())
            if requests[-1].triggered:
                break
        yield env.any_of([*requests, over])
        for request in requests:
            request.cancel()
        for request in requests:
            if request.triggered:
                pick_up, work = request.value
                pick_up.succeed()
                yield work


def run(work: Work, items: list[Chunks]) -> Outcome:
    """Simulate the work with these items."""
    began = perf_counter()
    env = simpy.Environment()
    lines = [simpy.Store(env) for _ in items]
    tallies = [Tally() for _ in items]
    for queue in zip(lines, items, tallies, strict=True):
        env.process(arrivals(env, *queue))
    for skills, blocks in zip(work.skills, agents_blocks(work), strict=True):
        env.process(agent(env, [lines[queue] for queue in skills if queue >= 0], blocks))
    env.run(until=work.horizon)
    arrived, picked_up, completed, wait = np.array([astuple(tally) for tally in tallies]).T
    return outcome(began, arrived.sum(), completed.sum(), wait, picked_up)


def simulate(work: Work, seed: int) -> Outcome:
    """Simulate the work once."""
    return run(work, drawn_by_day(work, seed))
