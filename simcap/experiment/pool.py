"""Replications over processes: in order of finishing, the same results whatever the number of processes."""

from __future__ import annotations

import concurrent.futures as cf
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence

from simcap.analysis.figures import Layout
from simcap.experiment.replicate import Outcome, replicate
from simcap.scenario.loading import ScenarioFile

_JOB: list[tuple[ScenarioFile, int, tuple[str, ...]]] = []


def outcomes(
    file: ScenarioFile, seed: int, replications: Sequence[int], periods: tuple[str, ...], jobs: int
) -> Iterator[tuple[Outcome, Layout]]:
    """Yield the outcome of each replication as it is done.

    The first one is run here: it compiles the kernels, if need be, before processes are forked from this one.
    """
    if not replications:
        return
    yield replicate(file, seed, replications[0], periods)
    rest = replications[1:]
    if jobs <= 1 or len(rest) <= 1:
        for replication in rest:
            yield replicate(file, seed, replication, periods)
        return
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    pool = cf.ProcessPoolExecutor(
        min(jobs, len(rest)), multiprocessing.get_context(method), initializer=_begin, initargs=(file, seed, periods)
    )
    try:
        for done in cf.as_completed([pool.submit(_work, replication) for replication in rest]):
            yield done.result()
        pool.shutdown()
    except BaseException:
        processes = list((pool._processes or {}).values())  # noqa: SLF001 - there is no public way to end them
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(file: ScenarioFile, seed: int, periods: tuple[str, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _JOB[:] = [(file, seed, periods)]


def _work(replication: int) -> tuple[Outcome, Layout]:
    file, seed, periods = _JOB[0]
    return replicate(file, seed, replication, periods)
