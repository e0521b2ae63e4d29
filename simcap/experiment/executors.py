"""The workers of any executor with the interface of `concurrent.futures`."""

from __future__ import annotations

import concurrent.futures as cf
import contextlib
from collections import deque
from collections.abc import Iterator
from typing import Any

from simcap.errors import RunError
from simcap.experiment.alike import makeup
from simcap.experiment.parcel import Lacking, Parcel, Unlike, drop, packed, perform
from simcap.experiment.pool import available_cores
from simcap.experiment.workers import Done, Result, Session, Task, Workers

BUNDLE_SECONDS = 0.5
"""Work that is handed out at once; so much is lost if a command is stopped."""


class Executing(Workers):
    """An executor that is the caller's own: it is not shut down."""

    def __init__(self, executor: cf.Executor, jobs: int | None = None) -> None:
        """Take an executor that does `jobs` tasks at a time; by default as many as it says, or as there are cores."""
        self._executor = executor
        self._jobs = jobs or getattr(executor, "_max_workers", None) or available_cores()

    @contextlib.contextmanager
    def session(self, task: Task[Result], count: int) -> Iterator[Session[Result]]:  # noqa: ARG002 - for those who care
        """Open a session. Raises `RunError` if the executor breaks."""
        session: _ExecutorSession[Result] = _ExecutorSession(self._executor, packed(task), self._jobs)
        try:
            yield session
        except cf.BrokenExecutor as error:
            raise RunError(
                f"the executor has lost a worker, perhaps for lack of memory ({error}); what has finished is kept: "
                "run it again with a new one"
            ) from None
        finally:
            session.end()


class _ExecutorSession(Session[Result]):
    bundle_seconds = BUNDLE_SECONDS

    def __init__(self, executor: cf.Executor, parcel: Parcel, jobs: int) -> None:
        self._executor, self._parcel, self._jobs = executor, parcel, jobs
        self._lacked = deque([parcel.names] * jobs)
        """What goes along with the next bundles: at first each worker lacks everything."""
        self._out: set[cf.Future[Any]] = set()

    @property
    def ahead(self) -> int:
        """Return two for each worker."""
        return 2 * self._jobs

    def submit(self, numbers: list[int]) -> cf.Future[Any]:
        """Hand out a bundle, with the pieces that a worker lacks."""
        sent = {name: self._parcel.pieces[name] for name in self._lacked.popleft()} if self._lacked else {}
        future = self._executor.submit(perform, makeup(), self._parcel.names, numbers, sent)
        self._out.add(future)
        return future

    def answer(self, future: cf.Future[Any]) -> Done[Result] | None:
        """Return what has come back of a bundle; None if its worker lacked a piece."""
        self._out.discard(future)
        found: Done[Result] | Lacking | Unlike = future.result()
        if isinstance(found, Unlike):
            raise RunError(f"a worker of the executor has {', '.join(found.differences)}; install the same there")
        if isinstance(found, Lacking):
            self._lacked.append(found.names)
            return None
        return found

    def end(self) -> None:
        """Cancel what no worker has begun; forget the task, where workers are of this process."""
        for future in self._out:
            future.cancel()
        drop(self._parcel.names)
