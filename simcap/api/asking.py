"""What all verbs need: scenarios as paths or loaded, valid numbers, folders to keep or not."""

from __future__ import annotations

import concurrent.futures as cf
import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from simcap.errors import ScenarioError
from simcap.experiment.workers import Jobs, Workers
from simcap.scenario.reading.loading import ScenarioFile, load


class DaskClient(Protocol):
    """What `distributed.Client` is here: it stands for the workers of its scheduler."""

    def get_executor(self, **options: Any) -> cf.Executor:
        """Return an executor of the scheduler's workers."""


Executor = cf.Executor | DaskClient | Workers
"""Who simulates, if not processes of this machine."""
Source = str | Path | ScenarioFile
Progress = Callable[[int, int], None]


def tell_nobody(*_told: object) -> None:
    """Ignore progress."""


def check_slas(file: ScenarioFile, verb: str, replications: int, minimum: int = 1) -> None:
    """Raise an error for a question that cannot be asked, before anything is simulated."""
    at_least("replications", replications, minimum)
    if not any(queue.sla for queue in file.scenario.queues.values()):
        raise ScenarioError(f"{file.scenario.name} has no SLA, and {verb} needs one; give a queue an `sla`")


def at_least(name: str, value: int | None, minimum: int) -> None:
    """Raise `ValueError` for a number that is too small."""
    if value is not None and value < minimum:
        raise ValueError(f"{name} {value}: must be {minimum} or more")


def known_sla(file: ScenarioFile, asked: str) -> None:
    """Raise `ScenarioError` for an SLA that the scenario lacks."""
    from simcap.report.terminal.sensitivity import unknown_sla

    known = [f"{name} / {sla}" for name, queue in file.scenario.queues.items() for sla in queue.sla]
    if not any(asked == name or asked.startswith(f"{name} / ") for name in known):
        raise unknown_sla(asked, known)


def file_of(scenario: Source) -> ScenarioFile:
    """Return a scenario, loaded if it is a path."""
    return scenario if isinstance(scenario, ScenarioFile) else load(Path(scenario))


def seed_of(file: ScenarioFile, seed: int | None) -> int:
    """Return the seed asked for, or the scenario's."""
    return file.scenario.simulation.seed if seed is None else seed


@contextlib.contextmanager
def folder_for(out: str | Path | None) -> Iterator[Path]:
    """Give the folder asked for, or a temporary one."""
    if out is not None:
        yield Path(out)
        return
    with tempfile.TemporaryDirectory(prefix="simcap-") as name:
        yield Path(name) / "results"


@contextlib.contextmanager
def who_simulates(jobs: int | None, executor: Executor | None) -> Iterator[Jobs]:
    """Give processes of this machine, or what an executor works with, `jobs` tasks at a time.

    Dask's client, or an executor made of it, stands for the workers of its scheduler. What is the caller's own is not
    shut down. Raises `ValueError` for anything else.
    """
    if executor is None or isinstance(executor, Workers):
        yield executor or jobs
        return
    client = getattr(executor, "_client", executor)
    if hasattr(client, "get_executor"):
        from simcap.experiment.cluster import Cluster

        with Cluster(client) as cluster:
            yield cluster
    elif isinstance(executor, cf.Executor):
        from simcap.experiment.executors import Executing

        yield Executing(executor, jobs)
    else:
        raise ValueError(f"executor {executor!r}: give an executor as of concurrent.futures, or Dask's client")
