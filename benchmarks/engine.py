"""The engine as a contender: a whole replication, drawing and workforce and all its counting included."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from benchmarks.quarter import HERE
from benchmarks.work import Outcome
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Tally
from simcap.world.world import simulate as run


def simulate(scenario: Scenario, seed: int, replication: int) -> Outcome:
    """Run one replication of a scenario."""
    began = perf_counter()
    tally = run(scenario, HERE, seed, replication)
    seconds = perf_counter() - began
    return _outcome(tally, seconds)


def _outcome(tally: Tally, seconds: float) -> Outcome:
    inside = tally.by_queue[:, :-1]
    picked, wait = inside["picked_up"].sum(axis=1), inside["wait"].sum(axis=1)
    return Outcome(
        items=int(inside["arrived"].sum()),
        mean_wait=float(wait.sum() / max(picked.sum(), 1)),
        wait_by_queue=np.asarray(wait / np.maximum(picked, 1)),
        completed=int(inside["completed"].sum()),
        seconds=seconds,
    )
