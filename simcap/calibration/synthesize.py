"""A quarter of logs from a scenario: the item log, roster and attendance that it would have left.

The data are marked as synthetic. They are in the formats that a calibration reads, so that a calibration can be
checked against the scenario that they come from.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.off_duty import time_off
from simcap.errors import RunError
from simcap.experiment.folders import ResultFolder, add_nothing
from simcap.floor.state import DECIDED, EXPIRED, PICKED_UP
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.reading.writing import to_yaml
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Streams
from simcap.workforce.duty import DayPattern
from simcap.workforce.team import Team
from simcap.world.world import World

Rows = NDArray[np.int64]
Array = NDArray[np.float64]

NAMES = {"items": "items.parquet", "roster": "roster.csv", "attendance": "attendance.parquet"}
EVENTS_PER_ITEM = 6
"""Journal entries reserved for each possible item: pick-ups, hand-backs, decision."""


class _Attendance:
    """Record who came, who did not, and what they did between their blocks on the floor."""

    def __init__(self, teams: list[Team]) -> None:
        self.teams = teams
        self.spells: list[pd.DataFrame] = []

    def absent(self, team: int, rows: Rows, start: float, length: float) -> None:
        """Note who was rostered for a shift and did not come."""
        self._note(team, rows, np.full(rows.size, start), np.full(rows.size, start + length), "absent")

    def present(self, team: int, pattern: DayPattern, rows: Rows, on: Array, off: Array) -> None:
        """Note the blocks on the floor, and the breaks and offline time between them."""
        for block in range(on.shape[1]):
            self._note(team, rows, on[:, block], off[:, block], "floor")
        for gap, activity in enumerate(_gaps(pattern)):
            self._note(team, rows, off[:, gap], on[:, gap + 1], activity)

    def _note(self, team: int, rows: Rows, start: Array, end: Array, activity: str) -> None:
        spell = pd.DataFrame({"team": team, "row": rows, "start": start, "end": end, "activity": activity})
        self.spells.append(spell[np.floor(end) > np.floor(start)])


def _gaps(pattern: DayPattern) -> list[str]:
    """Return what fills the time between consecutive blocks of a shift on the floor."""
    gaps: list[str] = []
    for rank, pieces in enumerate(pattern.pieces):
        gaps += ["offline"] * pieces
        if rank < len(pattern.breaks):
            gaps.append("break")
    return gaps


@dataclasses.dataclass(frozen=True)
class SyntheticLogs:
    """The logs of a scenario's quarter."""

    file: ScenarioFile
    seed: int
    tables: dict[str, pd.DataFrame]
    """items, roster, attendance; times are UTC."""

    @property
    def scenario(self) -> Scenario:
        """Return the scenario that they come from."""
        return self.file.scenario

    @property
    def rows(self) -> dict[str, int]:
        """Return the number of rows of each table, by file name."""
        return {NAMES[name]: len(table) for name, table in self.tables.items()}

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(table):,} rows of {name}" for name, table in self.tables.items())
        return f"SyntheticLogs({self.scenario.name!r}, seed {self.seed}: {counts})"


def synthesize(file: ScenarioFile, out: Path, seed: int) -> dict[str, int]:
    """Write a quarter of a scenario into a folder; return the number of rows of each table.

    Raises `RunError` if the folder holds anything, `DataError` for unreadable data files.
    """
    check_empty(out)
    logs = synthetic_logs(file, seed)
    write(logs, out)
    return logs.rows


def check_empty(out: Path) -> None:
    """Raise `RunError` if a folder holds anything."""
    if out.exists() and any(out.iterdir()):
        raise RunError(f"{out}: is not empty; name a new folder")


def synthetic_logs(file: ScenarioFile, seed: int) -> SyntheticLogs:
    """Return the logs of a quarter of a scenario. Raises `DataError` for unreadable data files."""
    streams = Streams(seed, 0)
    world = World(file.scenario, file.files, streams)
    drawn = [world.demand.draw(world.demand.day(day), streams) for day in _days(world)]
    possible = sum(items.size + follow_ups.size for items, follow_ups in drawn)
    world = World(file.scenario, file.files, streams, journal=EVENTS_PER_ITEM * possible + 10_000)
    teams = list(world.workforce.teams.values())
    attendance = _Attendance(teams)
    world.context.watch = attendance
    journal = world.run().journal
    origin = world.demand.clock.origin
    spells = _named(attendance)
    tables = {
        "items": _items(file, drawn, journal, _names(teams), (origin, world.grid.end), spells),
        "roster": _roster(teams, file.scenario.horizon.start, len(world.grid.days)),
        "attendance": _attendance(spells, origin, world.grid.end),
    }
    return SyntheticLogs(file, seed, tables)


def write(logs: SyntheticLogs, out: Path, add: Callable[[Path], object] = add_nothing) -> None:
    """Write logs into a folder: items.parquet, roster.csv, attendance.parquet, and their calibration.yaml.

    `add` is called with the folder before it is moved into place, to add to it.
    """
    with ResultFolder(out, "calibration.yaml", "synthetic data", alone=True).written() as inside:
        for name, table in logs.tables.items():
            path = inside / NAMES[name]
            if path.suffix == ".parquet":
                table.to_parquet(path, index=False, compression="zstd")
            else:
                table.to_csv(path, index=False)
        (inside / "calibration.yaml").write_text(_plan(logs.file), encoding="utf-8")
        add(inside)


def _days(world: World) -> range:
    """Return the days whose items can be in the log: the horizon's."""
    return range(len(world.grid.days))


def _names(teams: list[Team]) -> dict[int, str]:
    """Return the name of each agent by its number on the floor."""
    named = _known_as(teams)
    return {int(person["number"]): named[int(person["key"])] for team in teams for person in team.members.roster.table}


def _known_as(teams: list[Team]) -> dict[int, str]:
    """Return the name of each person by key: the one in their first team, even after a transfer."""
    return {
        int(person["key"]): f"{team.vendor_name}-{team.name}-{row:04d}"
        for team in teams
        for row, person in enumerate(team.members.roster.table)
        if not person["came"]
    }


def _items(
    file: ScenarioFile,
    drawn: list[tuple[Any, Any]],
    journal: Any,
    names: dict[int, str],
    span: tuple[float, float],
    spells: pd.DataFrame,
) -> pd.DataFrame:
    """Return the items that are created before the end; `span` is the POSIX time of the start, and the end."""
    origin, end = span
    events = pd.DataFrame({name: journal[name] for name in ("time", "id", "agent", "kind")})
    first = events[events["kind"] == PICKED_UP].groupby("id")["time"].first()
    last = events[events["kind"] == PICKED_UP].groupby("id")["time"].last()
    decided = events[events["kind"] == DECIDED].set_index("id")
    expired = set(events.loc[events["kind"] == EXPIRED, "id"])
    queues = list(file.scenario.queues)
    touched = set(events["id"])
    days = [_created(items, follow_ups, decided["time"], touched) for items, follow_ups in drawn]
    table = pd.concat(days, ignore_index=True)
    table = table[table["created"] < end]
    table = table.sort_values("created", kind="stable").reset_index(drop=True)
    ids = table["id"]
    number = pd.Series(table.index, index=ids)
    completed = ids.map(decided["time"])
    agent = ids.map(decided["agent"]).map(names)
    begun = ids.map(last)
    # Breaks and offline time wait for the item in hand, so only the time between shifts can lie within one.
    shifts = spells[spells["activity"] != "absent"]
    off = time_off(agent.astype("str"), begun.to_numpy(float), completed.to_numpy(float), shifts)
    handle = completed - begun - off
    return pd.DataFrame(
        {
            "item": table.index,
            "parent": table["parent"].map(number).astype("Int64"),
            "queue": pd.Categorical(table["queue"].map(dict(enumerate(queues))), queues),
            "created": _stamp(table["created"], origin),
            "started": _stamp(ids.map(first), origin),
            "completed": _stamp(completed, origin),
            "agent": pd.Categorical(agent),
            "handle_s": handle.round(1),
            "expired": ids.isin(expired),
        }
    )


def _created(items: Any, follow_ups: Any, decided: pd.Series, touched: set[int]) -> pd.DataFrame:
    """Return id, queue and creation of a day's items and of their follow-up work.

    Work that follows only wrong decisions is known to exist once somebody has taken it.
    """
    parts = [_part(items, items["time"], None)]
    parents = items
    while parents.size and parents["children"].any():
        owner = np.repeat(np.arange(parents.size), parents["children"])
        place = np.arange(owner.size) - np.repeat(
            np.cumsum(parents["children"]) - parents["children"], parents["children"]
        )
        kids = follow_ups[parents["child"][owner] + place]
        begun = pd.Series(parents["id"][owner]).map(decided).to_numpy(float)
        part = _part(kids, begun + kids["time"], parents["id"][owner])
        sure = (kids["if_wrong"] == 0) | part["id"].isin(touched)
        parts.append(part[part["created"].notna() & sure])
        parents = kids
    return pd.concat(parts, ignore_index=True)


def _part(rows: Any, created: Array, parent: Any) -> pd.DataFrame:
    part = pd.DataFrame({"id": rows["id"], "queue": rows["queue"].astype(int), "created": created})
    return part.assign(parent=pd.array([pd.NA] * len(part) if parent is None else parent, dtype="UInt64"))


def _stamp(seconds: pd.Series, origin: float) -> pd.Series:
    """Return UTC times in whole seconds, as most systems log them."""
    stamps = pd.DatetimeIndex(pd.to_datetime(np.floor(seconds + origin), unit="s", utc=True)).as_unit("s")
    return pd.Series(stamps, index=seconds.index)


def _roster(teams: list[Team], first: dt.date, days: int) -> pd.DataFrame:
    rows, named = [], _known_as(teams)
    for team in teams:
        for person in team.members.roster.table:
            leaves = float(person["leaves"])
            if person["since"] >= days or (person["moved"] and leaves < days):
                continue
            left = first + dt.timedelta(days=int(leaves)) if leaves < days else None
            hired = first + dt.timedelta(days=int(np.floor(person["joined"])))
            name = named[int(person["key"])]
            rows.append((name, team.vendor_name, team.name, hired, left, " ".join(team.spec.skills)))
    return pd.DataFrame(rows, columns=["agent", "vendor", "team", "hired", "left", "skills"])


def _named(attendance: _Attendance) -> pd.DataFrame:
    """Return the spells with the names of their agents."""
    spells = pd.concat(attendance.spells, ignore_index=True)
    named = _known_as(attendance.teams)
    keys = [team.members.roster.table["key"].tolist() for team in attendance.teams]
    names = [named[keys[team][row]] for team, row in zip(spells["team"].tolist(), spells["row"].tolist(), strict=True)]
    return spells.assign(agent=names)


def _attendance(spells: pd.DataFrame, origin: float, end: float) -> pd.DataFrame:
    spells = spells[(spells["start"] >= 0) & (spells["start"] < end)].sort_values(
        ["start", "team", "row"], kind="stable"
    )
    return pd.DataFrame(
        {
            "agent": pd.Categorical(spells["agent"]),
            "start": _stamp(spells["start"], origin),
            "end": _stamp(spells["end"], origin),
            "activity": pd.Categorical(spells["activity"]),
        }
    ).reset_index(drop=True)


def _plan(file: ScenarioFile) -> str:
    horizon = file.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    fed = [name for name, queue in file.scenario.queues.items() if queue.arrivals is None]
    document: dict[str, Any] = {
        "title": f"{file.scenario.name} (synthetic)",
        "timezone": horizon.timezone,
        "from": horizon.start.isoformat(),
        "to": last.isoformat(),
        "items": {
            "path": "items.parquet",
            "columns": {"handle": "handle_s", "item": "item", "parent": "parent"},
        },
        "roster": {"path": "roster.csv"},
        "attendance": {"path": "attendance.parquet"},
    }
    if fed:
        document["fed"] = fed
    places = {name: file.scenario.zone_of(name) for name in file.scenario.queues}
    if elsewhere := {name: place for name, place in places.items() if place != horizon.timezone}:
        document["timezones"] = elsewhere
    return to_yaml(document, "These data are synthetic: written by simcap synthesize, from a scenario.")
