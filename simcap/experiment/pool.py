"""Replications over processes: in order of finishing, the same results whatever the number of processes."""

from __future__ import annotations

import concurrent.futures as cf
import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence

from simcap.analysis.figures import Layout
from simcap.errors import RunError
from simcap.experiment.replicate import Outcome, replicate
from simcap.scenario.loading import ScenarioFile

_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
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
    except cf.process.BrokenProcessPool:
        raise RunError(
            "a process of the run was ended from outside, perhaps for want of memory; what has finished is kept: "
            "run the same command again, with a lower --jobs if it happens again"
        ) from None
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
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, signal.SIG_DFL)
    _end_with_parent()
    _JOB[:] = [(file, seed, periods)]


def _end_with_parent() -> None:
    """Ask the system, where it can, to end this process when the one that began it ends."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM)


def _work(replication: int) -> tuple[Outcome, Layout]:
    file, seed, periods = _JOB[0]
    return replicate(file, seed, replication, periods)
