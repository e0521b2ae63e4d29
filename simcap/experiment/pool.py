"""Replications in processes of this machine, which end with the one that began them."""

from __future__ import annotations

import concurrent.futures as cf
import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

from simcap.errors import RunError
from simcap.experiment.workers import Done, Result, Session, Task, Workers, done
from simcap.world.kernels import with_kernels

_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_TASK: list[Callable[[int], Any]] = []
_LOADED: list[bool] = []
"""Not empty once this process has loaded the kernels."""


class Processes(Workers):
    """Processes of this machine, forked from this one where the system can do that."""

    def __init__(self, jobs: int | None = None) -> None:
        """Take as many processes, by default one per core that this one may use."""
        self._jobs = jobs or available_cores()

    @contextlib.contextmanager
    def session(self, task: Task[Result], count: int) -> Iterator[Session[Result]]:
        """Open a session; its processes end with it."""
        session = _ProcessSession(task, count, self._jobs)
        try:
            yield session
            session.shut()
        except cf.BrokenExecutor:
            raise RunError(
                "a process of the run was ended from outside, perhaps for lack of memory; what has finished is kept: "
                "run the same command again, with a lower --jobs if it happens again"
            ) from None
        except BaseException:
            session.end()
            raise


class _ProcessSession(Session[Result]):
    """The very first task is done here, to load or compile the kernels before processes are forked from this one."""

    def __init__(self, task: Task[Result], count: int, jobs: int) -> None:
        self._task, self._left, self._jobs = task, count, jobs
        self._pool: cf.ProcessPoolExecutor | None = None

    @property
    def ahead(self) -> int:
        """Return two for each process, so that none waits for the next; one if there are none."""
        return 2 * self._jobs if self._jobs > 1 else 1

    def submit(self, numbers: list[int]) -> cf.Future[Any]:
        """Hand out a bundle; what is not worth a process is done here."""
        if not _LOADED:
            finished = _finished(with_kernels(lambda: done(self._task, numbers)))
            _LOADED.append(True)
        elif self._pool is None and min(self._jobs, self._left) <= 1:
            finished = _finished(done(self._task, numbers))
        else:
            finished = self._elsewhere(numbers)
        self._left -= len(numbers)
        return finished

    def _elsewhere(self, numbers: list[int]) -> cf.Future[Any]:
        if self._pool is None:
            method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
            self._pool = cf.ProcessPoolExecutor(
                min(self._jobs, self._left),
                multiprocessing.get_context(method),
                initializer=_begin,
                initargs=(self._task, os.getpid()),
            )
        with _signals_held():
            return self._pool.submit(_work, numbers)

    def answer(self, future: cf.Future[Any]) -> Done[Result]:
        """Return what has come back of a bundle."""
        finished: Done[Result] = future.result()
        return finished

    def shut(self) -> None:
        """Let the processes go, which have nothing more to do."""
        if self._pool is not None:
            self._pool.shutdown()

    def end(self) -> None:
        """End the processes at once."""
        if self._pool is not None:
            _end(self._pool)


def _finished(result: Done[Result]) -> cf.Future[Any]:
    future: cf.Future[Any] = cf.Future()
    future.set_result(result)
    return future


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


def _work(numbers: list[int]) -> Done[Any]:
    return done(_TASK[0], numbers)
