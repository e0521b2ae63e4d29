"""How far a command is: a bar with the time left on a terminal, a line a minute where nobody sees a bar."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator

from simcap.report.terminal.console import new_console
from simcap.units import format_duration

EVERY = 60.0
"""Seconds between two lines."""


class Lines:
    """Lines on stderr, never more than one in `EVERY` seconds: the last thing that was to be told then."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def tell(self, text: str) -> None:
        """Print a line where it is time for one."""
        now = time.monotonic()
        if now - self.last >= EVERY:
            self.last = now
            _write(text)


def _write(text: str) -> None:
    sys.stderr.write(f"simcap: {text}\n")
    sys.stderr.flush()


class ProgressPace:
    """How fast work gets done, and how long the rest takes at that pace."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.first: int | None = None
        self.warm: tuple[float, int] | None = None
        """When the first new replication was done, which may have compiled, and how many there were then."""

    def told(self, done: int, count: int) -> str:
        """Return "30 of 120 replications in 2 min, about 6 min left"; what was there at the beginning took no time."""
        now = time.monotonic()
        self.first = done if self.first is None else self.first
        if self.warm is None and done > self.first:
            self.warm = now, done
        return f"{done:,} of {count:,} replications in {_minutes(now - self.begun)}{self._left(now, done, count)}"

    def _left(self, now: float, done: int, count: int) -> str:
        if self.warm is None or done == self.warm[1] or done >= count:
            return ""
        since, before = self.warm
        return f", about {_minutes((now - since) / (done - before) * (count - done))} left"


def _minutes(seconds: float) -> str:
    return format_duration(max(round(seconds / 60), 1) * 60.0)


@contextlib.contextmanager
def show_progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told (finished, all); it draws a bar on a terminal and writes a line a minute else."""
    if not sys.stderr.isatty():
        lines, pace = Lines(), ProgressPace()
        yield lambda done, count: lines.tell(f"{title}: {pace.told(done, count)}")
        return
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
    with Progress(*columns, console=new_console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, count: bars.update(task, completed=done, total=count)


@contextlib.contextmanager
def show_steps(title: str) -> Iterator[Callable[[str], None]]:
    """Give a function that is told what is done next; it shows that on a terminal, and once a minute else."""
    if not sys.stderr.isatty():
        with _repeated(title) as tell:
            yield tell
        return
    with new_console(stderr=True).status(title) as status:
        yield lambda step: status.update(f"{title}: {step}")


@contextlib.contextmanager
def _repeated(title: str) -> Iterator[Callable[[str], None]]:
    """Give a function that is told a step; a line tells the last one once a minute, however long it takes."""
    step, over = [title], threading.Event()

    def run() -> None:
        while not over.wait(EVERY):
            _write(step[-1])

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield lambda text: step.append(f"{title}: {text}")
    finally:
        over.set()
        thread.join()


@contextlib.contextmanager
def show_parts() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that is told (part, finished, all) of work in parts; it writes a line a minute off a terminal."""
    if not sys.stderr.isatty():
        lines = Lines()
        yield lambda part, done, count: lines.tell(_part(part, done, count))
        return
    with new_console(stderr=True).status("") as status:
        yield lambda part, done, count: status.update(_part(part, done, count))


def _part(part: str, done: int, count: int) -> str:
    return f"{part}: {done:,} of {count:,} replications" if count else part
