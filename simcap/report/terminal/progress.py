"""How far a command is: on a terminal a bar with the time left, elsewhere a line a minute."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from simcap.report.terminal.console import new_console
from simcap.units import format_duration

if TYPE_CHECKING:
    from rich.progress import Progress

Tell = Callable[[int, int], None]
Watched = tuple[Tell, Callable[[list[str]], None]]

EVERY = 60.0
"""Seconds between two lines."""


class Lines:
    """Lines on stderr, at most one in `EVERY` seconds: the latest at that time."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def tell(self, text: str) -> None:
        """Print a line if it is time for one."""
        now = time.monotonic()
        if now - self.last >= EVERY:
            self.last = now
            _write(text)


def _write(text: str) -> None:
    sys.stderr.write(f"simcap: {text}\n")
    sys.stderr.flush()


class ProgressPace:
    """How fast work is done, and how long the rest will take at that pace."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.first: int | None = None
        self.warm: tuple[float, int] | None = None
        """When the first new replication, which may have compiled the kernels, was done, and the count then."""

    def in_words(self, done: int, count: int) -> str:
        """Return "30 of 120 replications in 2 min, about 6 min left"; what was there at the start took no time."""
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
    """Give a function of (finished, all); on a terminal it draws a bar, elsewhere it writes a line a minute."""
    if not sys.stderr.isatty():
        yield _told_each_minute(title)
        return
    bars, tell = _bars(title)
    with bars:
        yield tell


@contextlib.contextmanager
def show_watched(title: str) -> Iterator[Watched]:
    """Give the function of `show_progress`, and one of lines that are known so far.

    On a terminal they stand below the bar, each time in the place of those before; elsewhere the first are written.
    """
    if not sys.stderr.isatty():
        yield _told_each_minute(title), _Once(title).tell
        return
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    bars, tell = _bars(title)
    with Live(bars, console=bars.console, transient=True) as live:
        yield tell, lambda lines: live.update(Group(bars, Text("\n".join(lines))))


class _Once:
    """Lines on stderr, written once."""

    def __init__(self, title: str) -> None:
        self.title: str | None = title

    def tell(self, lines: list[str]) -> None:
        if self.title is not None:
            _write("\n".join([f"{self.title}, {lines[0]}", *lines[1:]]))
        self.title = None


def _told_each_minute(title: str) -> Tell:
    lines, pace = Lines(), ProgressPace()
    return lambda done, count: lines.tell(f"{title}: {pace.in_words(done, count)}")


def _bars(title: str) -> tuple[Progress, Tell]:
    """Return a bar, and the function of (finished, all) that moves it."""
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
    bars = Progress(*columns, console=new_console(stderr=True), transient=True)
    task = bars.add_task(title, total=None)
    return bars, lambda done, count: bars.update(task, completed=done, total=count)


@contextlib.contextmanager
def show_steps(title: str) -> Iterator[Callable[[str], None]]:
    """Give a function of the next step; on a terminal it shows each, elsewhere one a minute."""
    if not sys.stderr.isatty():
        with _repeated(title) as tell:
            yield tell
        return
    with new_console(stderr=True).status(title) as status:
        yield lambda step: status.update(f"{title}: {step}")


@contextlib.contextmanager
def _repeated(title: str) -> Iterator[Callable[[str], None]]:
    """Give a function of a step; a line a minute shows the latest, however long it takes."""
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
    """Give a function of (part, finished, all) for work in parts; off a terminal it writes a line a minute."""
    if not sys.stderr.isatty():
        lines = Lines()
        yield lambda part, done, count: lines.tell(_part(part, done, count))
        return
    with new_console(stderr=True).status("") as status:
        yield lambda part, done, count: status.update(_part(part, done, count))


def _part(part: str, done: int, count: int) -> str:
    return f"{part}: {done:,} of {count:,} replications" if count else part
