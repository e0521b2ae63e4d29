"""Compile the kernels ahead of the first run: `python -m simcap.floor.warm`."""

from __future__ import annotations

import sys
import time

import numpy as np

from simcap.arrivals import ARRIVAL
from simcap.compiled import CACHE, is_compiled
from simcap.floor.floor import Floor
from simcap.floor.plan import AgentPlan, FloorPlan, QueuePlan


def warm() -> None:
    """Call every kernel on an empty floor, so that it is compiled or loaded from the cache."""
    for pace in ((1.0,), (1.0, 0.7)):
        _work(FloorPlan([QueuePlan(pace=pace)], [AgentPlan(0, 0, (0,))], np.array([0.0, 1.0]), [0]))


def _work(plan: FloorPlan) -> None:
    floor = Floor(plan, 0.0)
    one, block = np.zeros(1, np.int64), np.zeros((1, 1))
    floor.load(np.zeros(0, ARRIVAL), np.zeros(0, ARRIVAL))
    floor.post(one, block, block + 1, np.ones((1, 1), np.uint8), one + 1)
    floor.put_backlog(0, np.zeros(1, ARRIVAL), np.zeros(0, ARRIVAL))
    floor.advance(0.5)
    floor.attend(one)
    floor.begin_day(one)
    floor.qualify(one, [0])
    floor.set_speed(one, np.ones(1), np.ones((1, 1)), np.zeros((1, 1)))
    floor.release(one)
    floor.suspend(one, 2.0)
    floor.settle(3.0)
    floor.close_books()


def main() -> None:
    """Compile, and report how long it took."""
    start = time.perf_counter()
    first = not is_compiled()
    if first:
        sys.stderr.write("simcap: compiling the kernels, once for this installation ...\n")
    warm()
    if first:
        cached = "cached" if CACHE is not None else "not cached: no folder for it is writable"
        sys.stderr.write(f"simcap: compiled in {time.perf_counter() - start:.0f} s, {cached}\n")


if __name__ == "__main__":
    main()
