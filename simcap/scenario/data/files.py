"""Data files that a scenario names: volumes, traces, open items, rosters, duty, empirical values, profiles.

Times in a file are local in the zone of what it describes, or carry an offset ("Z", "+02:00"); they come out as POSIX
seconds. Every reader raises `DataError`, which names the file, line, column and value of what is wrong.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap import units
from simcap.scenario.data.instants import label, offsets, to_utc, wall
from simcap.scenario.data.tables import (
    DAY,
    NUMBER,
    OPTIONAL_DAY,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    TIME,
    NameColumn,
    Table,
    read_table,
)

MAX_INTERVALS: Final = 2_000_000

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Volumes:
    """Interval counts of one queue, without gaps: each interval lasts until the next one starts."""

    start: Floats
    items: Floats
    interval: float
    told: str = ""
    """How intervals were read that the clock does not have."""


@dataclass(frozen=True)
class Trace:
    """Creation times of one queue's items, sorted, with their handle times in seconds (NaN where unknown)."""

    created: Floats
    handle: Floats


@dataclass(frozen=True)
class OpenItems:
    """Items of one queue that are open, the oldest first: when they were created, and what they are called."""

    created: Floats
    item: tuple[str, ...]


@dataclass(frozen=True)
class RosterRows:
    """The agents of a team, in the order of the file."""

    agent: tuple[str, ...]
    hired: tuple[dt.date, ...]
    left: tuple[dt.date | None, ...]
    shift: tuple[str | None, ...]


@dataclass(frozen=True)
class DutyBlocks:
    """Blocks on the floor: row i is of agent `agent[index[i]]`; sorted by agent, then time."""

    agent: tuple[str, ...]
    index: Rows
    on: Floats
    off: Floats


def read_volumes(path: Path, timezone: str) -> dict[str, Volumes]:
    """Read interval counts by queue from the columns start, queue, items.

    The interval is the smallest step between rows; all steps are multiples of it, and gaps are filled with no items.
    Intervals longer than an hour follow the local clock, so that days begin at midnight all year. An interval that a
    change of the clocks skips, as a file with 24 rows a day has it, is the one after it: their items are added up.
    Raises `DataError`.
    """
    queues = NameColumn()
    table = read_table(path, {"start": TIME, "queue": queues.column(), "items": NUMBER})
    times = _instants(table, "start", timezone, table["queue"], repeats=True)
    items, never = table["items"], _skipped(table["start"], timezone)
    volumes = {}
    for queue, rows in _groups(table["queue"], queues):
        rows = rows[np.argsort(times[rows], kind="stable")]
        rows, told = _without_skipped(rows, times, items, never, timezone)
        volumes[queue] = replace(_volumes(table, queue, rows, times[rows], timezone), told=told)
    table.trouble.check()
    return volumes


def read_trace(path: Path, timezone: str) -> dict[str, Trace]:
    """Read creation times by queue from the columns created, queue and, if given, handle_s. Raises `DataError`."""
    queues = NameColumn()
    table = read_table(path, {"created": TIME, "queue": queues.column()}, {"handle_s": OPTIONAL_NUMBER})
    times = _instants(table, "created", timezone, table["queue"], repeats=False)
    handle = table.columns.get("handle_s", np.full(len(table), np.nan))
    traces = {}
    for queue, rows in _groups(table["queue"], queues):
        rows = rows[np.argsort(times[rows], kind="stable")]
        traces[queue] = Trace(times[rows], handle[rows])
    return traces


def read_open_items(path: Path, timezone: str) -> dict[str, OpenItems]:
    """Read open items by queue from the columns created, queue and, if given, item. Raises `DataError`.

    Those without a name have the number of their row.
    """
    queues = NameColumn()
    table = read_table(path, {"created": TIME, "queue": queues.column()}, {"item": OPTIONAL_TEXT})
    times = _instants(table, "created", timezone, table["queue"], repeats=False)
    names = table.columns.get("item", np.full(len(table), None, dtype=object))
    found = {}
    for queue, rows in _groups(table["queue"], queues):
        rows = rows[np.argsort(times[rows], kind="stable")]
        found[queue] = OpenItems(times[rows], tuple(str(names[row] or row + 1) for row in rows.tolist()))
    return found


def read_roster(path: Path) -> RosterRows:
    """Read agents from the columns agent, hired and, if given, left and shift. Raises `DataError`."""
    names = NameColumn()
    columns = {"agent": names.column(), "hired": DAY}
    table = read_table(path, columns, {"left": OPTIONAL_DAY, "shift": OPTIONAL_TEXT})
    agents, hired = list(names.known), table["hired"]
    left = table.columns.get("left", np.full(len(table), np.nan))
    shift = table.columns.get("shift", np.full(len(table), None, dtype=object))
    _check_once(table, agents)
    for row in np.flatnonzero(left < hired).tolist():
        days = [dt.date.fromordinal(int(day)) for day in (left[row], hired[row])]
        table.trouble.add(int(table.lines[row]), "left", f"{days[0]} is before the agent was hired, on {days[1]}")
    table.trouble.check()
    return RosterRows(
        tuple(agents),
        tuple(dt.date.fromordinal(int(day)) for day in hired),
        tuple(None if np.isnan(day) else dt.date.fromordinal(int(day)) for day in left),
        tuple(shift.tolist()),
    )


def read_duty(path: Path, timezone: str) -> DutyBlocks:
    """Read blocks on the floor from the columns agent, on, off; agents are numbered as they first occur.

    A block that ends at the time at which it begins lasts from the first to the second reading of that time; one that
    a change of the clocks skips entirely is left out. Raises `DataError`, also for blocks of an agent that overlap.
    """
    names = NameColumn()
    table = read_table(path, {"agent": names.column(), "on": TIME, "off": TIME})
    agent = table["agent"]
    both = np.stack([table["on"], table["off"]], axis=1).reshape(-1, 2)
    ends = np.tile([False, True], len(agent))
    times = _resolved(both, timezone, np.repeat(agent, 2), repeats=ends, at_change=True).reshape(-1, 2)
    skipped = (times[:, 0] == times[:, 1]) & (table["on"][:, 0] < table["off"][:, 0])
    order = np.lexsort((times[:, 0], agent))
    order = order[~skipped[order]]
    index, on, off, lines = agent[order], times[order, 0], times[order, 1], table.lines[order]
    for row in np.flatnonzero(off <= on).tolist():
        message = f"{label(off[row], timezone)} is not after the time on, {label(on[row], timezone)}"
        table.trouble.add(int(lines[row]), "off", message)
    table.trouble.check()
    for row in np.flatnonzero((index[1:] == index[:-1]) & (on[1:] < off[:-1])).tolist():
        before = table.trouble.place(lines[row])
        message = f"{label(on[row + 1], timezone)} overlaps the block on {before}; an agent has one at a time"
        table.trouble.add(int(lines[row + 1]), "on", message)
    table.trouble.check()
    return DutyBlocks(tuple(names.known), index, on, off)


def read_empirical(path: Path) -> Floats:
    """Read the column seconds, sorted. Raises `DataError`."""
    return np.sort(read_table(path, {"seconds": NUMBER})["seconds"])


def read_profile(path: Path) -> tuple[float, ...]:
    """Read 24 or 168 rates, not all zero, from the column rate. Raises `DataError`."""
    table = read_table(path, {"rate": NUMBER})
    rates = table["rate"]
    if len(rates) not in (24, 168):
        table.trouble.add(
            int(table.lines[-1]), "rate", f"{len(rates)} rows; a profile has 24 (a day) or 168 (a week from Monday)"
        )
    elif not rates.any():
        table.trouble.add(int(table.lines[-1]), "rate", "all rows are zero; at least one hour needs work")
    table.trouble.check()
    return tuple(rates.tolist())


def _resolved(
    times: Floats, timezone: str, group: Rows, *, repeats: bool | NDArray[np.bool_], at_change: bool = False
) -> Floats:
    """Return the POSIX seconds of parsed times, the local ones by the zone."""
    seconds = times[:, 0].copy()
    local = np.flatnonzero(times[:, 1])
    if len(local):
        again = np.broadcast_to(repeats, seconds.shape)[local]
        seconds[local] = to_utc(seconds[local], timezone, group[local], repeats=again, at_change=at_change)
    return seconds


def _instants(table: Table, column: str, timezone: str, group: Rows, *, repeats: bool) -> Floats:
    return _resolved(table[column], timezone, group, repeats=repeats)


def _skipped(times: Floats, timezone: str) -> NDArray[np.bool_]:
    """Return which parsed times are local ones that a change of the clocks skips."""
    first, second = offsets(times[:, 0], timezone)
    return np.asarray((first < second) & (times[:, 1] == 1))


def _without_skipped(
    rows: Rows, times: Floats, items: Floats, never: NDArray[np.bool_], timezone: str
) -> tuple[Rows, str]:
    """Return rows, sorted by time, less those that were skipped and share their moment with another, and what is said.

    The items of the former are added to those of the latter.
    """
    now = times[rows]
    first, last = np.searchsorted(now, now, "left"), np.searchsorted(now, now, "right")
    real = np.cumsum(np.append(0, ~never[rows]))
    gone = never[rows] & (real[last] - real[first] == 1) & (last - first == 2)
    if not gone.any():
        return rows, ""
    kept, moved = rows[~gone], rows[gone]
    np.add.at(items, kept[np.searchsorted(times[kept], times[moved])], items[moved])
    days = dict.fromkeys(label(time, timezone)[:10] for time in times[moved].tolist())
    count = f"{len(moved)} interval{'s' if len(moved) > 1 else ''}"
    return kept, f"{count} of {', '.join(days)} that the change of the clocks skips, with {items[moved].sum():g} items"


def _groups(codes: Rows, names: NameColumn) -> list[tuple[str, Rows]]:
    """Return the rows of each name, in the order of the file."""
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(names.known) + 1))
    return [(name, order[bounds[code] : bounds[code + 1]]) for name, code in names.known.items()]


def _check_once(table: Table, agents: list[str]) -> None:
    codes = table["agent"]
    _, first = np.unique(codes, return_index=True)
    for row in sorted(set(range(len(codes))) - set(first.tolist())):
        before = table.lines[first[codes[row]]]
        table.trouble.add(
            int(table.lines[row]),
            "agent",
            f"{agents[codes[row]]!r} is also on {table.trouble.place(before)}; name each agent once",
        )


def _volumes(table: Table, queue: str, rows: Rows, times: Floats, timezone: str) -> Volumes:
    """Put the sorted rows of one queue on a grid without gaps; problems are noted."""
    empty = Volumes(times, table["items"][rows], 0.0)
    trouble, lines = table.trouble, table.lines[rows]
    if len(times) < 2:
        trouble.add(int(lines[0]), "start", f"is the only row of {queue!r}; two are needed to know the interval")
        return empty
    twice = np.flatnonzero(np.diff(times) == 0)
    for row in twice.tolist():
        before = trouble.place(lines[row])
        message = f"{label(times[row], timezone)} is also on {before} for {queue!r}; keep one row an interval"
        trouble.add(int(lines[row + 1]), "start", message)
    if len(twice):
        return empty
    axis = wall(times, timezone) if np.median(np.diff(times)) > units.HOUR else times
    local = axis is not times and bool((np.diff(axis) > 0).all())
    axis = axis if local else times
    interval = float(np.diff(axis).min())
    position = (axis - axis[0]) / interval
    index = np.rint(position).astype(np.int64)
    step = units.format_duration(interval)
    for row in np.flatnonzero(np.abs(position - index) > 1e-6).tolist():
        message = f"{label(times[row], timezone)} is off the interval of {step} that the other rows of {queue!r} keep"
        trouble.add(int(lines[row]), "start", message)
    if index[-1] >= MAX_INTERVALS:
        message = f"{queue!r} spans {index[-1] + 1:,} intervals of {step}; check the dates"
        trouble.add(int(lines[-1]), "start", message)
    if trouble.noted:
        return empty
    return _filled(axis, index, times, empty.items, interval, timezone if local else "UTC")


def _filled(axis: Floats, index: Rows, times: Floats, items: Floats, interval: float, timezone: str) -> Volumes:
    count = int(index[-1]) + 1
    grid = axis[0] + interval * np.arange(count)
    start = grid if timezone == "UTC" else to_utc(grid, timezone, np.zeros(count, dtype=np.int64), repeats=False)
    start[index] = times
    filled = np.zeros(count)
    filled[index] = items
    return Volumes(start, filled, interval)
