"""Replications spread over workers, in order of finishing; results depend neither on who works nor on how many.

Few bundles are out at a time, so that what has come back and is not yet taken needs little memory. How many
replications are in one depends on how long they have taken so far.
"""

from __future__ import annotations

import concurrent.futures as cf
import functools
import math
from collections import deque
from collections.abc import Iterator, Sequence

from simcap.analysis.figures import Layout
from simcap.experiment.pool import Processes
from simcap.experiment.replicate import Outcome, replicate
from simcap.experiment.workers import Done, Jobs, Result, Session, Task, Workers
from simcap.scenario.reading.loading import ScenarioFile

_RECENT = 0.5
"""Weight of the latest bundle in what a replication is expected to take."""


def outcomes(
    file: ScenarioFile, seed: int, replications: Sequence[int], periods: tuple[str, ...], jobs: Jobs
) -> Iterator[tuple[Outcome, Layout]]:
    """Yield the outcome of each replication as it is done."""
    return scattered(functools.partial(_replicate, file, seed, periods), replications, jobs)


def _replicate(file: ScenarioFile, seed: int, periods: tuple[str, ...], replication: int) -> tuple[Outcome, Layout]:
    return replicate(file, seed, replication, periods)


def scattered(task: Task[Result], numbers: Sequence[int], jobs: Jobs) -> Iterator[Result]:
    """Yield the result of a task for each number, in order of finishing.

    Raises what the task raises, and `RunError` if workers are ended from outside and not replaced.
    """
    if not numbers:
        return
    workers = jobs if isinstance(jobs, Workers) else Processes(jobs)
    with workers.session(task, len(numbers)) as session:
        yield from _streamed(session, deque(numbers))


def _streamed(session: Session[Result], left: deque[int]) -> Iterator[Result]:
    pace = _Pace(session)
    out: dict[cf.Future[object], list[int]] = {}
    while left or out:
        while left and len(out) < session.ahead and not any(future.done() for future in out):
            numbers = [left.popleft() for _ in range(pace.bundle(len(left)))]
            out[session.submit(numbers)] = numbers
        back, _ = cf.wait(out, session.look_every, cf.FIRST_COMPLETED)
        for future in back:
            numbers = out.pop(future)
            answer = session.answer(future)
            if answer is None:
                left.extendleft(reversed(numbers))
            else:
                pace.note(answer)
                yield from answer.results
        session.look()


class _Pace:
    """How many replications make a bundle, from how long those before have taken."""

    def __init__(self, session: Session[Result]) -> None:
        self._session = session
        self._seconds = math.inf
        """Expected of one replication."""

    def note(self, answer: Done[Result]) -> None:
        """Note how long a bundle has taken."""
        each = answer.seconds / len(answer.results)
        known = each if math.isinf(self._seconds) else self._seconds
        self._seconds = _RECENT * each + (1 - _RECENT) * known

    def bundle(self, left: int) -> int:
        """Return the size of the next bundle: smaller towards the end, so that all end together."""
        fair = math.ceil(left / (2 * self._session.ahead))
        enough = self._session.bundle_seconds / max(self._seconds, 1e-6)
        return max(1, min(fair, int(enough)))
