"""Run one model in a process of its own, a line of JSON for each seed: what it found, and the memory at its peak.

A small run comes first, so that compiling, loading and importing are not timed. The others do not load simcap: the duty
that it posts is written to a file for them.
"""

from __future__ import annotations

import functools
import importlib
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from benchmarks.work import Outcome, Work

MODELS = {
    "simcap": "",
    "hand-written loop": "benchmarks.textbook_loop:simulate",
    "tuned loop": "benchmarks.bare_loop:simulate",
    "plain SimPy": "benchmarks.plain_simpy:simulate",
    "documented SimPy": "benchmarks.documented_simpy:simulate",
    "salabim, lean": "benchmarks.peers.salabim_model:lean",
    "salabim, by the manual": "benchmarks.peers.salabim_model:documented",
    "Ciw": "benchmarks.peers.ciw_model:simulate",
}
"""Each contender, and where it is; simcap simulates a scenario, the others the same work."""
Run = Callable[[int], Outcome]


@dataclass(frozen=True)
class Size:
    """A workload of so many agents and days."""

    workload: str
    agents: int
    days: int

    @property
    def warm_up(self) -> Size:
        """Return the small run that comes first."""
        return Size(self.workload, 12, 1)

    def file(self, folder: Path) -> Path:
        """Return where its work is written."""
        return folder / f"{self.workload} {self.agents} {self.days}.npz"


def measured(model: str, size: Size, folder: Path, seeds: range) -> list[dict[str, float]]:
    """Run a model in a process of its own, once for each seed; works are kept in the folder."""
    for one in (size, size.warm_up):
        if not one.file(folder).exists():
            save_work(one, one.file(folder))
    arguments = [model, size.workload, size.agents, size.days, folder, seeds.start, seeds.stop]
    command = [sys.executable, "-m", "benchmarks.peers.one", *map(str, arguments)]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def save_work(size: Size, path: Path) -> None:
    """Write the work of a workload, which does not depend on the seed: nobody is absent, and nobody leaves."""
    from benchmarks.peers.workloads import WORKLOADS
    from benchmarks.quarter import work_of

    work = work_of(WORKLOADS[size.workload](size.agents, size.days), 1, 0)
    np.savez(path, **{field.name: getattr(work, field.name) for field in fields(Work)})


def _simcap(size: Size) -> Run:
    from benchmarks import engine
    from benchmarks.peers.workloads import WORKLOADS

    scenario = WORKLOADS[size.workload](size.agents, size.days)
    return lambda seed: engine.simulate(scenario, seed, 0)


def _other(model: str, path: Path) -> Run:
    module, name = MODELS[model].split(":")
    with np.load(path) as stored:
        saved = {field.name: stored[field.name] for field in fields(Work)}
    work = Work(**{**saved, "horizon": float(saved["horizon"])})
    return functools.partial(getattr(importlib.import_module(module), name), work)


def main() -> None:
    """Run the model that is named."""
    model, workload, agents, days, folder, first, last = sys.argv[1:]
    size = Size(workload, int(agents), int(days))
    runs = [
        _simcap(one) if model == "simcap" else _other(model, one.file(Path(folder))) for one in (size.warm_up, size)
    ]
    runs[0](0)
    for seed in range(int(first), int(last)):
        outcome = runs[1](seed)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found = {"items": outcome.items, "seconds": outcome.seconds, "mean_wait": outcome.mean_wait, "peak_mb": peak}
        print(json.dumps(found))


if __name__ == "__main__":
    main()
