"""A bar with the time left, on a terminal only."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def show_progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told (finished, all); it draws a bar on a terminal and is silent in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("replications"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, count: bars.update(task, completed=done, total=count)


@contextlib.contextmanager
def show_steps(title: str) -> Iterator[Callable[[str], None]]:
    """Give a function that is told what is done next; it shows that on a terminal and is silent in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console

    with Console(stderr=True).status(title) as status:
        yield lambda step: status.update(f"{title}: {step}")


@contextlib.contextmanager
def show_parts() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that is told (part, finished, all) of work in parts; it is silent in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _part, _done, _all: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda part, done, count: status.update(f"{part}: {done} of {count} replications" if count else part)
