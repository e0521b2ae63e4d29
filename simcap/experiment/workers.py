"""Who simulates: processes of this machine, the workers of an executor, or of a cluster, all asked in the same way."""

from __future__ import annotations

import abc
import concurrent.futures as cf
import dataclasses
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")
Task = Callable[[int], Result]
"""What is done for each number. It travels: it is made of functions of modules and of data."""


@dataclasses.dataclass(frozen=True)
class Done(Generic[Result]):
    """A bundle of numbers that was worked on at once."""

    results: list[Result]
    seconds: float
    """How long that took, without the way there and back."""


def done(task: Task[Result], numbers: Sequence[int]) -> Done[Result]:
    """Return what a task makes of a bundle of numbers."""
    begun = time.perf_counter()
    results = [task(number) for number in numbers]
    return Done(results, time.perf_counter() - begun)


class Session(abc.ABC, Generic[Result]):
    """Work on one task: workers have been told of it, and bundles of numbers go to and fro."""

    bundle_seconds = 0.0
    """How much work to hand out at once: enough to hide the way there and back."""
    look_every: float | None = None
    """Seconds after which `look` is called at the latest; None if it need not be."""

    @property
    @abc.abstractmethod
    def ahead(self) -> int:
        """Return how many bundles to hand out before the first has come back."""

    @abc.abstractmethod
    def submit(self, numbers: list[int]) -> cf.Future[Any]:
        """Hand out a bundle."""

    @abc.abstractmethod
    def answer(self, future: cf.Future[Any]) -> Done[Result] | None:
        """Return what has come back of a bundle; None if it must be handed out again.

        Raises what the task has raised, and `RunError` if the workers are gone.
        """

    def look(self) -> None:
        """See whether the workers are still there. Raises `RunError` if they are gone."""


class Workers(abc.ABC):
    """Whoever can be asked to work on tasks, one task at a time."""

    @abc.abstractmethod
    def session(self, task: Task[Result], count: int) -> AbstractContextManager[Session[Result]]:
        """Open a session for a task over `count` numbers; what has not begun when it is closed never begins."""


Jobs = int | Workers | None
"""How many processes of this machine to use (None: one per core), or other workers."""
