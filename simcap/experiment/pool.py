"""Replications spread over processes, in order of finishing; results do not depend on the number of processes."""

from __future__ import annotations

import concurrent.futures as cf
import contextlib
import ctypes
import functools
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from simcap.analysis.figures import Layout
from simcap.errors import RunError
from simcap.experiment.replicate import Outcome, replicate
from simcap.scenario.reading.loading import ScenarioFile
from simcap.world.kernels import with_kernels

Result = TypeVar("Result")

_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_TASK: list[Callable[[int], Any]] = []
_LOADED: list[bool] = []
"""Not empty once this process has loaded the kernels."""


def outcomes(
    file: ScenarioFile, seed: int, replications: Sequence[int], periods: tuple[str, ...], jobs: int
) -> Iterator[tuple[Outcome, Layout]]:
    """Yield the outcome of each replication as it is done."""
    return scattered(functools.partial(_replicate, file, seed, periods), replications, jobs)


def _replicate(file: ScenarioFile, seed: int, periods: tuple[str, ...], replication: int) -> tuple[Outcome, Layout]:
    return replicate(file, seed, replication, periods)


def scattered(task: Callable[[int], Result], numbers: Sequence[int], jobs: int) -> Iterator[Result]:
    """Yield the result of a task for each number, in order of finishing.

    The very first one is computed here, to load or compile the kernels before processes are forked from this one.
    Raises `RunError` if a process is ended from outside.
    """
    rest = numbers
    if numbers and not _LOADED:
        yield with_kernels(lambda: task(numbers[0]))
        _LOADED.append(True)
        rest = numbers[1:]
    if jobs <= 1 or len(rest) <= 1:
        yield from map(task, rest)
        return
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    pool = cf.ProcessPoolExecutor(
        min(jobs, len(rest)), multiprocessing.get_context(method), initializer=_begin, initargs=(task, os.getpid())
    )
    try:
        with _signals_held():
            futures = [pool.submit(_work, number) for number in rest]
        for done in cf.as_completed(futures):
            yield done.result()
        pool.shutdown()
    except cf.process.BrokenProcessPool:
        raise RunError(
            "a process of the run was ended from outside, perhaps for lack of memory; what has finished is kept: "
            "run the same command again, with a lower --jobs if it happens again"
        ) from None
    except BaseException:
        _end(pool)
        raise


def _end(pool: cf.ProcessPoolExecutor) -> None:
    """End the processes of a pool at once, and wait until its own thread has noticed.

    If Python ended before that thread, both would close the same pipe, and Python would report a bad descriptor.
    """
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - there is no public way to end them
        process.kill()
    pool.shutdown(cancel_futures=True)


def _requests() -> tuple[int, ...]:
    """Return the signals that ask a process to end."""
    return tuple(dict.fromkeys((signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))))


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Let requests to end wait while processes are forked.

    One that came between would leave a process that nobody knows of, or be lost in the new process before that has its
    own way with it: it would live on, and be waited for.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _requests())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(task: Callable[[int], Any], parent: int) -> None:
    for number in _requests():
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    _end_with_parent()
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _requests())
    if os.getppid() != parent:
        os._exit(1)
    _TASK[:] = [task]


def _end_with_parent() -> None:
    """Ask the system, if it can, to end this process when its parent ends."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM)


def _work(number: int) -> Any:
    return _TASK[0](number)
