"""The history that a calibration has to go by. Nothing that names an agent goes any further than this."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.items import checks_in, read_items
from simcap.calibration.history.logs import read_attendance, read_quality, read_roster, read_volumes
from simcap.calibration.history.people import same_names
from simcap.calibration.history.report_counts import Reported, reported
from simcap.calibration.history.report_shares import reported_shares
from simcap.calibration.history.reports import joined, read_reports
from simcap.calibration.history.sheets import EPOCH, DataSheet
from simcap.calibration.history.trainees import by_roster, by_schedule, without_training
from simcap.errors import DataError
from simcap.scenario.data.instants import to_utc, wall
from simcap.scenario.data.reach import ANYWHERE, Reach
from simcap.scenario.nearest import nearest
from simcap.units import DAY, HOUR


@dataclasses.dataclass(frozen=True)
class History:
    """What a calibration has to go by. Times are POSIX seconds; days are ordinals in the calibration's zone.

    `items`: queue, created, started, completed, expired (NaN: never), agent, handle (seconds; NaN: unknown), coarse
    (the step in seconds of the clock that told it; 0: to the second), day, hour (of the week, from Monday) and, where
    the log has them, item, parent, vendor, wrong (1 or 0; NaN: not checked) and `folds.CLAIMS`. `roster`: agent,
    vendor, team, hired, left (ordinals; NaN: employed) and, where it is known, trained. `attendance`: agent, start,
    end, activity (floor, offline, absent, aside), shift (a number), the day on which that begins and, where they are
    known, vendor and team.
    """

    items: pd.DataFrame
    roster: pd.DataFrame | None
    attendance: pd.DataFrame | None
    first: int
    days: int
    sheets: tuple[DataSheet, ...]
    configuration: Configuration
    quality: pd.DataFrame | None = None
    """agent, day, checked, wrong and, where it is known, queue; from the items where these say which were checked."""
    trainees: pd.DataFrame | None = None
    """vendor, team, trained (ordinal), graduated: those whose training began in the history, and is over for all who
    began so early."""
    volumes: pd.DataFrame | None = None
    """queue, day, hour (of the day), items, start (POSIX seconds) and, where they are known, on_time and backlog."""
    reports: pd.DataFrame | None = None
    """A row a period of a report: source (its number under `reports`), start (POSIX seconds), length (seconds), day,
    hour (of the day), queue, vendor, team, site ("" where a row is of all together) and the columns of
    `reports.VALUES`."""

    @property
    def tells_handle_times(self) -> bool:
        """Return whether a column of the item log has them, rather than pick-up and decision."""
        return self.configuration.items is not None and "handle" in self.sheets[0].labels

    @functools.cached_property
    def counts(self) -> dict[str, NDArray[np.float64]]:
        """Return the items of each queue as [day, hour]: as reported by hour, else as logged, else as reported by day.

        Those of a day are spread over its hours by a profile.
        """
        logged = hourly(self.configuration, self.items, self.first, self.days)
        daily = {name: one.spread(self.first, self.days) for name, one in self.offered.items() if one.finest == "day"}
        hours = {name: one.by_hour for name, one in self.offered.items() if one.by_hour is not None}
        volumes = {} if self.volumes is None else hourly(self.configuration, self.volumes, self.first, self.days)
        return daily | logged | hours | volumes

    @property
    def counted_by_report(self) -> frozenset[str]:
        """Return the queues whose `counts` come from reports."""
        better = {str(queue) for queue in self.volumes["queue"].unique()} if self.volumes is not None else set()
        logged = {str(queue) for queue in self.items["queue"].unique()}
        finest = {name: one.finest for name, one in self.offered.items() if name not in better}
        return frozenset(
            name for name, kind in finest.items() if kind == "hour" or (kind == "day" and name not in logged)
        )

    @functools.cached_property
    def offered(self) -> dict[str, Reported]:
        """Return the items of each queue as reports count them."""
        return reported(self.reports, self.configuration.reports, self.first, self.days)

    @functools.cached_property
    def shares(self) -> pd.DataFrame:
        """Return the shares on time that reports have: the columns of `report_shares.COLUMNS`."""
        return reported_shares(self.reports)


def hourly(configuration: Configuration, table: pd.DataFrame, first: int, days: int) -> dict[str, NDArray[np.float64]]:
    """Return the items of each queue as [day, hour], days from the ordinal `first`: rows, or their sum of `items`.

    A day of a queue's own zone of which the history has a part only is not a number.
    """
    found = {}
    for queue, rows in table.groupby("queue", observed=True):
        place = configuration.timezones.get(str(queue))
        day, hour = rows["day"].to_numpy(), rows["hour"].to_numpy() % 24
        if place is not None:
            local = wall(rows["start" if "start" in rows else "created"].to_numpy(float), place)
            day, hour = (local // DAY).astype(np.int64) + EPOCH, (local % DAY // HOUR).astype(np.int64)
        inside = (day >= first) & (day < first + days)
        weights = rows["items"].to_numpy(float)[inside] if "items" in rows else None
        cells = np.bincount(((day - first) * 24 + hour)[inside], weights, minlength=days * 24)
        found[str(queue)] = cells.reshape(days, 24).astype(float)
        if place is not None:
            found[str(queue)][~_whole(first, days, configuration.timezone, place)] = np.nan
    return found


def _whole(first: int, days: int, timezone: str, place: str) -> NDArray[np.bool_]:
    """Return which local days of a place lie within the history, whose days are those of `timezone`."""
    midnights = np.asarray((first - EPOCH + np.arange(days + 1)) * DAY, np.float64)
    group = np.zeros(days + 1, np.int64)
    begin, end = to_utc(midnights, timezone, group, repeats=False)[[0, -1]]
    edges = to_utc(midnights, place, group, repeats=False)
    return np.asarray((edges[:-1] >= begin) & (edges[1:] <= end))


def read_history(configuration: Configuration, folder: Path, reach: Reach = ANYWHERE) -> History:
    """Read the files that a configuration names.

    Raises `DataError` for files that cannot be used at all, or are out of reach.
    """
    _check_reach(configuration, folder, reach)
    items = read_items(configuration, configuration.items, folder) if configuration.items else None
    volumes = read_volumes(configuration, configuration.volumes, folder) if configuration.volumes else None
    roster = read_roster(configuration.roster, folder) if configuration.roster else None
    attendance = read_attendance(configuration, configuration.attendance, folder) if configuration.attendance else None
    quality = read_quality(configuration, configuration.quality, folder) if configuration.quality else None
    reports = read_reports(configuration, configuration.reports, folder)
    _check_rows({"roster": roster, "attendance": attendance, "quality": quality})
    same_names(roster, {"items": items, "attendance": attendance, "quality": quality})
    learners = without_training(attendance) if attendance else pd.DataFrame()
    _check_zones(configuration, *(sheet.table["queue"] for sheet in (items, volumes, *reports) if sheet is not None))
    first, last = configuration.from_.toordinal(), configuration.to.toordinal()
    people = roster.table if roster is not None else None
    dated = people is not None and "trained" in people
    table = items.table.reset_index(drop=True) if items else NO_ITEMS
    return History(
        table,
        roster.table.dropna(subset="hired").reset_index(drop=True) if roster else None,
        attendance.table.reset_index(drop=True) if attendance else None,
        first,
        last - first + 1,
        tuple(sheet for sheet in (items, volumes, *reports, roster, attendance, quality) if sheet is not None),
        configuration,
        quality.table.reset_index(drop=True) if quality else checks_in(table, configuration.timezone),
        by_roster(people, first, last) if people is not None and dated else by_schedule(learners, people, first, last),
        volumes.table.reset_index(drop=True) if volumes else None,
        joined(reports),
    )


def _check_reach(configuration: Configuration, folder: Path, reach: Reach) -> None:
    """Raise `DataError` for a file that is out of reach; of a pattern, for the folder that it is looked for in too."""
    for part in (part for source in configuration.sources for part in source.parts):
        fixed = Path(*itertools.takewhile(lambda name: not set(name) & set("*?["), Path(part.path).parts))
        for path in itertools.chain([folder / fixed], part.files(folder)):
            if refusal := reach.refusal(path):
                raise DataError(f"{path}: {refusal}")


def _check_rows(sheets: Mapping[str, DataSheet | None]) -> None:
    """Raise `DataError` for files of which no row is left, with why."""
    lines = [
        f"{name}: {sheet.file}: no row can be used ({sheet.causes()}); correct it, or leave out `{name}:`"
        for name, sheet in sheets.items()
        if sheet is not None and sheet.table.empty
    ]
    if lines:
        raise DataError("\n".join(lines))


def _check_zones(configuration: Configuration, *columns: pd.Series) -> None:
    """Raise `DataError` for a zone of a queue that the history does not have."""
    known = sorted({str(queue) for column in columns for queue in column.unique()})
    lines = [
        f"timezones.{queue}: the history has no queue {queue!r}; {nearest(queue, known)}"
        for queue in configuration.timezones
        if queue not in known
    ]
    if lines:
        raise DataError("\n".join(lines))


NO_ITEMS = pd.DataFrame(
    {"queue": pd.Categorical([]), "agent": pd.Categorical([])}
    | {name: np.zeros(0) for name in ("created", "started", "completed", "expired", "handle", "coarse")}
    | {name: np.zeros(0, np.int64) for name in ("day", "hour")}
)
"""An item log of nothing."""
