"""Checks of the data files that a scenario names: that they exist, can be read, and fit where they are named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simcap.errors import DataError
from simcap.scenario.clock import Clock
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.data.files import OpenItems, RosterRows, Trace, Volumes
from simcap.scenario.nearest import nearest
from simcap.scenario.reading.inherit import Keys, names_file
from simcap.scenario.reading.source import dotted
from simcap.scenario.relations import aged, counted, horizon_end, longest_wait
from simcap.scenario.schema.scenario import Scenario
from simcap.units import DAY, format_duration

Found = Iterator[tuple[str, str]]


@dataclass
class FileCheck:
    """Read every data file of a scenario once and note what is wrong, and the size of teams that one describes."""

    scenario: Scenario
    files: DataFiles
    problems: list[tuple[str, str]] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    def run(self, document: dict[str, Any]) -> None:
        """Check each file that the document names."""
        for path, name in _named(document):
            where = dotted(path)
            if path[-1] in ("path", "trace"):
                self._arrivals(
                    where, str(path[1]), name, self.files.volumes if path[-1] == "path" else self.files.trace
                )
            elif path[-1] == "file":
                self._open_items(where, str(path[1]), name)
            elif path[-1] == "profile":
                self._read(where, name, self.files.profile)
            elif path[-1] == "empirical":
                self._read(where, name, self.files.empirical)
            elif path[-1] == "roster":
                self._roster(where, path, self._read(where, name, self.files.roster))
            elif path[-1] == "duty":
                self._duty(where, path, name)

    def _read(self, where: str, name: str, reader: Callable[..., Any], *zone: str) -> Any:
        """Return what a reader makes of a file; None if it cannot be read."""
        try:
            return reader(name, *zone)
        except DataError as error:
            self.problems += [(where, line) for line in str(error).split("\n")]
            return None

    def _arrivals(self, where: str, queue: str, name: str, reader: Callable[..., Any]) -> None:
        self._work(where, queue, self._read(where, name, reader, self.scenario.zone_of(queue)))

    def _work(self, where: str, queue: str, content: dict[str, Volumes] | dict[str, Trace] | None) -> None:
        if content is None:
            return
        if queue not in content:
            self.problems.append((where, f"has no rows for the queue {queue!r}; {nearest(queue, content)}"))
            return
        clock = Clock.of(self.scenario.horizon)
        start, end = (clock.origin + edge for edge in self._edges(clock))
        work = content[queue]
        if isinstance(work, Volumes):
            arrivals = self.scenario.queues[queue].arrivals
            exact = arrivals is not None and arrivals.file is not None and arrivals.file.as_ == "actual"
            if exact and (work.items != np.rint(work.items)).any():
                self.problems.append((where, f"has fractions of items for {queue!r}; `as: actual` needs whole counts"))
            if work.start[0] >= end:
                self.problems.append((where, f"begins after the horizon for {queue!r}; give counts that cover it"))
            return
        if not ((work.created >= start) & (work.created < end)).any():
            self.problems.append((where, f"has no item of {queue!r} within the horizon; give times that fall in it"))
        unknown = int(np.isnan(work.handle).sum())
        if unknown and self.scenario.queues[queue].handle_time is None:
            message = f"{unknown} items of {queue!r} have no handle_s, and the queue no handle_time; give one of them"
            self.problems.append((where, message))

    def _open_items(self, where: str, queue: str, name: str) -> None:
        """Check that a file of open items is for queues that take it, and of items that are there at `start`."""
        zone = self.scenario.zone_of(queue)
        content = self._read(where, name, self.files.open_items, zone)
        if content is None:
            return
        takes = [one for one, spec in self.scenario.queues.items() if spec.backlog and spec.backlog.file == name]
        for other, items in content.items():
            if other not in self.scenario.queues:
                message = f"has {counted(len(items.item))} of {other!r}; {nearest(other, self.scenario.queues)}"
                self.problems.append((where, message))
            elif other not in takes:
                message = f"has {counted(len(items.item))} of {other!r}; write `backlog: {{file: {name}}}` there too"
                self.problems.append((where, message))
        if queue in content:
            self._there(where, queue, content[queue])

    def _there(self, where: str, queue: str, items: OpenItems) -> None:
        """Note items that are created only after `start`, and those that are too old to wait still."""
        clock = Clock.of(self.scenario.horizon)
        start = Clock.start_of(self.scenario.horizon)
        ages = start - (items.created - clock.origin)
        later = np.flatnonzero(ages < 0)
        if later.size:
            first = int(later[0])
            message = (
                f"has {counted(later.size)} of {queue!r} created after horizon.start, {clock.label(start)}: "
                f"{items.item[first]!r} on {clock.label(start - float(ages[first]))}; "
                "let the horizon start after the last of them, or remove them"
            )
            self.problems.append((where, message))
        limit = longest_wait(self.scenario.queues[queue])
        old = np.flatnonzero(ages > limit)
        if old.size:
            message = (
                f"has {counted(old.size)} of {queue!r} older than {format_duration(limit)}, the longest that "
                f"expires.after lets one wait: {items.item[0]!r} is {aged(float(ages[0]))} old; "
                "remove them, or change expires.after"
            )
            self.problems.append((where, message))

    def _edges(self, clock: Clock) -> tuple[float, float]:
        horizon = self.scenario.horizon
        return -horizon.warm_up, clock.moment(horizon.start, horizon.day_count * DAY)

    def _roster(self, where: str, path: Keys, roster: RosterRows | None) -> None:
        if roster is None:
            return
        start, end = self.scenario.horizon.start, horizon_end(self.scenario)
        team = self.scenario.vendors[str(path[1])].teams[str(path[3])]
        present = [
            hired < end and (left is None or left > start)
            for hired, left in zip(roster.hired, roster.left, strict=True)
        ]
        self.sizes[str(path[3])] = sum(present)
        if not any(present):
            self.problems.append((where, f"has nobody present within the horizon, from {start}; check the dates"))
        for agent, shift in zip(roster.agent, roster.shift, strict=True):
            if shift is not None and shift not in (team.shifts or {}):
                message = f"puts {agent!r} on the shift {shift!r}; {nearest(shift, team.shifts or {})}"
                self.problems.append((where, message))

    def _duty(self, where: str, path: Keys, name: str) -> None:
        team = self.scenario.vendors[str(path[1])].teams[str(path[3])]
        duty = self._read(where, name, self.files.duty, team.timezone)
        if duty is not None:
            self.sizes[str(path[3])] = len(duty.agent)


def _named(value: Any, path: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """Yield the path of each data file in a document, and its name."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _named(child, (*path, key))
    elif names_file(path, value):
        yield path, value
