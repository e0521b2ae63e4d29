"""Last quarter's data as it is used: read, checked, what is unusable left out and counted.

Every row of a file is either used or dropped for one named reason; the counts add up. Nothing that names an agent goes
any further than this.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.configuration import AttendanceLog, Configuration, ItemLog, QualityLog, RosterFile
from simcap.errors import DataError
from simcap.scenario.instants import to_utc, wall
from simcap.scenario.messages import nearest
from simcap.units import DAY

LONGEST_SPELL = 2 * DAY
SHOWN = 5
"""Rows of one kind of trouble that are named; the rest are counted."""

Flags = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Dropped:
    """Rows of a file that were left out for one reason."""

    file: str
    reason: str
    rows: int
    examples: tuple[str, ...]


@dataclasses.dataclass
class Sheet:
    """One file on its way in: its rows, and what was dropped of it."""

    file: str
    table: pd.DataFrame
    read: int
    dropped: list[Dropped] = dataclasses.field(default_factory=list)

    def drop(self, bad: Flags, reason: str, column: str) -> None:
        """Leave out rows, and remember why; the first few are named by line and value."""
        rows = np.flatnonzero(bad)
        if not rows.size:
            return
        lines = self.table.index.to_numpy()[rows[:SHOWN]] + 2
        shown = self.table[column].iloc[rows[:SHOWN]].tolist()
        if column == "day":
            shown = [dt.date.fromordinal(int(day)).isoformat() for day in shown]
        examples = tuple(f"row {line}: {column}: {value!r}" for line, value in zip(lines, shown, strict=True))
        self.dropped.append(Dropped(self.file, reason, rows.size, examples))
        self.table = self.table[~bad]


@dataclasses.dataclass(frozen=True)
class History:
    """What a calibration has to go by. Times are POSIX seconds; days are ordinals in the calibration's zone.

    `items`: queue, created, started, completed, expired (NaN: never), agent, handle (seconds; NaN: unknown), day, hour
    (of the week, from Monday) and, where the log has them, item and parent. `roster`: agent, vendor, team, hired, left
    (ordinals; NaN: employed) and, where it is known, trained. `attendance`: agent, day, start, end, activity (floor,
    offline, absent, aside).
    """

    items: pd.DataFrame
    roster: pd.DataFrame | None
    attendance: pd.DataFrame | None
    first: int
    days: int
    sheets: tuple[Sheet, ...]
    quality: pd.DataFrame | None = None
    """agent, day, checked, wrong and, where it is known, queue."""
    trainees: pd.DataFrame | None = None
    """vendor, team, trained (ordinal), graduated: those whose training began in the history, and is over for all who
    began so early."""


def read_history(plan: Configuration, folder: Path) -> History:
    """Read the files that a configuration names. Raises `DataError` for files that cannot be used at all."""
    sheets = [_items(plan, plan.items, folder)]
    roster = _roster(plan.roster, folder) if plan.roster else None
    attendance = _attendance(plan, plan.attendance, folder) if plan.attendance else None
    quality = _quality(plan, plan.quality, folder) if plan.quality else None
    sheets += [sheet for sheet in (roster, attendance, quality) if sheet is not None]
    first = plan.from_.toordinal()
    return History(
        sheets[0].table.reset_index(drop=True),
        roster.table.dropna(subset="hired").reset_index(drop=True) if roster else None,
        attendance.table.reset_index(drop=True) if attendance else None,
        first,
        plan.to.toordinal() - first + 1,
        tuple(sheets),
        quality.table.reset_index(drop=True) if quality else None,
        _trainees(roster.table, first, plan.to.toordinal()) if roster and "trained" in roster.table else None,
    )


def _read_all(folder: Path, paths: Sequence[str], columns: Sequence[str]) -> Sheet:
    """Read files that follow one another; rows are counted through."""
    sheets = [_read(folder / path, columns) for path in paths]
    table = pd.concat([sheet.table for sheet in sheets], ignore_index=True)
    return Sheet(", ".join(sheet.file for sheet in sheets), table, len(table))


def _read(path: Path, columns: Sequence[str]) -> Sheet:
    """Read columns of a CSV, Parquet or Excel file (its first sheet), as text where they are text."""
    try:
        if path.suffix == ".parquet":
            table = pd.read_parquet(path)
        elif path.suffix == ".xlsx":
            table = pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
        else:
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file; check the spelling and the folder") from None
    except (OSError, ValueError, UnicodeDecodeError, pd.errors.ParserError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: cannot be read as a table ({str(error).splitlines()[0]})") from None
    lacking = [
        f"{path}: there is no column {name!r}; {nearest(name, map(str, table.columns))}"
        for name in columns
        if name not in table
    ]
    if lacking:
        raise DataError("\n".join(lacking))
    if table.empty:
        raise DataError(f"{path}: has no rows; a history needs some")
    table = table[list(columns)].reset_index(drop=True)
    return Sheet(path.name, table, len(table))


def _parsed(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return which cells are empty, and the times that the others are; NaT where they are none."""
    if not pd.api.types.is_string_dtype(cells):
        return cells.isna(), pd.to_datetime(cells, errors="coerce")
    empty = cells.isna() | (cells.str.strip() == "")
    try:
        return empty, pd.to_datetime(cells.where(~empty), errors="coerce", format="ISO8601")
    except ValueError:
        raise DataError(
            f"column {cells.name!r}: some times carry an offset from UTC and some do not; write all alike"
        ) from None


def _times(sheet: Sheet, column: str, timezone: str, group: pd.Series) -> NDArray[np.float64]:
    """Return POSIX seconds; NaN where a cell is empty, infinite where it is no time."""
    cells = sheet.table[column]
    empty, parsed = _parsed(cells)
    if parsed.dt.tz is not None:
        seconds = (parsed.dt.tz_convert("UTC") - pd.Timestamp(0, tz="UTC").as_unit("us")).dt.total_seconds().to_numpy()
    else:
        local = (parsed - pd.Timestamp(0).as_unit("us")).dt.total_seconds().to_numpy(float, copy=True)
        known = np.flatnonzero(np.isfinite(local))
        codes = pd.factorize(group)[0][known]
        seconds = np.full(local.size, np.nan)
        seconds[known] = to_utc(np.asarray(local[known], np.float64), timezone, codes, repeats=True)
    return np.where(parsed.isna().to_numpy() & ~empty.to_numpy(), np.inf, seconds)


def _items(plan: Configuration, log: ItemLog, folder: Path) -> Sheet:
    names = log.columns
    wanted = [names.queue, names.created, names.started, names.completed, names.agent]
    wanted += _given(names.handle, names.expired, names.item, names.parent)
    sheet = _read_all(folder, log.path, wanted)
    if log.queues:
        sheet.drop(~sheet.table[names.queue].isin(log.queues).to_numpy(), "of a queue that is not used", names.queue)
    moments = [name for name in ("created", "started", "completed", "expired") if getattr(names, name)]
    for name in moments:
        sheet.table[f"_{name}"] = _times(sheet, getattr(names, name), log.timezone, sheet.table[names.queue])
    for name in moments:
        sheet.drop(np.isinf(sheet.table[f"_{name}"].to_numpy()), f"{name} is not a time", getattr(names, name))
    sheet.drop(sheet.table["_created"].isna().to_numpy(), "created is empty", names.created)
    sheet.drop((sheet.table[names.queue].astype(str).str.strip() == "").to_numpy(), "queue is empty", names.queue)
    for late, early in (("started", "created"), ("completed", "started"), ("expired", "created")):
        if late in moments:
            bad = (sheet.table[f"_{late}"] < sheet.table[f"_{early}"]).to_numpy()
            sheet.drop(bad, f"{late} before it was {early}", getattr(names, late))
    sheet.drop(sheet.table.duplicated().to_numpy(), "the same row again", names.created)
    sheet.table = _item_table(plan, log, sheet.table)
    outside = (sheet.table["day"] < plan.from_.toordinal()) | (sheet.table["day"] > plan.to.toordinal())
    sheet.drop(outside.to_numpy(), "created outside the days to fit on", "day")
    if sheet.table.empty:
        causes = "; ".join(f"{cause.rows:,} rows: {cause.reason}" for cause in sheet.dropped)
        raise DataError(f"{folder / log.path[0]}: no row is left to fit on ({causes})")
    for name in sheet.table["queue"].unique().tolist():
        if "." in str(name):
            raise DataError(
                f"{folder / log.path[0]}: the queue {name!r} has a dot in its name, which separates the parts of a "
                "path; give it another name under items.queues"
            )
    return sheet


def _item_table(plan: Configuration, log: ItemLog, table: pd.DataFrame) -> pd.DataFrame:
    """Return the items under simcap's own names."""
    names = log.columns
    spent = table["_completed"] - table["_started"]
    handle = pd.to_numeric(table[names.handle], errors="coerce") if names.handle else spent
    local = wall(table["_created"].to_numpy(float), plan.timezone)
    day = np.floor(local / DAY).astype(np.int64)
    ordinal = day + _EPOCH
    queue = table[names.queue].map(log.queues) if log.queues else table[names.queue]
    chain = {}
    if names.item and names.parent:
        known = {name: table[column] for name, column in (("item", names.item), ("parent", names.parent))}
        chain = {name: cells.where(cells.astype(str).str.strip() != "") for name, cells in known.items()}
    return pd.DataFrame(
        chain
        | {
            "queue": queue.astype("category"),
            "created": table["_created"],
            "started": table["_started"],
            "completed": table["_completed"],
            "expired": table["_expired"] if names.expired else np.nan,
            "agent": table[names.agent].astype("category"),
            "handle": handle.astype(float),
            "day": ordinal,
            "hour": (ordinal - 1) % 7 * 24 + np.floor((local - day * DAY) / 3600).astype(np.int64),
        },
        index=table.index,
    )


_EPOCH = 719163
"""The ordinal of 1 January 1970."""


def _dates(sheet: Sheet, column: str) -> NDArray[np.float64]:
    """Return ordinals; NaN where a cell is empty, infinite where it is no date."""
    cells = sheet.table[column]
    empty, parsed = _parsed(cells)
    days = ((parsed - pd.Timestamp(0).as_unit("us")).dt.days + _EPOCH).to_numpy(float)
    return np.where(parsed.isna().to_numpy() & ~empty.to_numpy(), np.inf, days)


def _roster(file: RosterFile, folder: Path) -> Sheet:
    names = file.columns
    dates = [name for name in ("trained", "hired", "left") if getattr(names, name)]
    columns = {name: getattr(names, name) for name in dates}
    sheet = _read(folder / file.path, [names.agent, names.vendor, names.team, *columns.values()])
    sheet.table = sheet.table.assign(**{f"_{name}": _dates(sheet, column) for name, column in columns.items()})
    for name, column in columns.items():
        sheet.drop(np.isinf(sheet.table[f"_{name}"].to_numpy()), f"{name} is not a date", column)
    sheet.drop(sheet.table[f"_{dates[0]}"].isna().to_numpy(), f"{dates[0]} is empty", columns[dates[0]])
    for early, late in (("hired", "left"), ("trained", "hired"), ("trained", "left")):
        if early in dates:
            bad = (sheet.table[f"_{late}"] < sheet.table[f"_{early}"]).to_numpy()
            sheet.drop(bad, f"{late} before being {early}", columns[late])
    sheet.drop(sheet.table.duplicated(names.agent).to_numpy(), "the agent is listed before", names.agent)
    table = sheet.table
    sheet.table = pd.DataFrame(
        {
            "agent": table[names.agent].astype(str),
            "vendor": table[names.vendor].astype(str),
            "team": table[names.team].astype(str),
        }
        | {name: table[f"_{name}"] for name in dates},
        index=table.index,
    )
    return sheet


def _trainees(people: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return those whose training began in the history, and so early that it is over even for the slowest.

    Of later ones only those who dropped out would be known.
    """
    longest = (people["hired"] - people["trained"]).max()
    inside = people[(people["trained"] >= first) & (people["trained"] <= last - (longest if longest > 0 else 0.0))]
    return inside[["vendor", "team", "trained"]].assign(graduated=inside["hired"].notna()).reset_index(drop=True)


def _attendance(plan: Configuration, log: AttendanceLog, folder: Path) -> Sheet:
    names = log.columns
    sheet = _read(folder / log.path, [names.agent, names.start, names.end, names.activity])
    start, end = (_times(sheet, name, log.timezone, sheet.table[names.agent]) for name in (names.start, names.end))
    sheet.table = sheet.table.assign(_start=start, _end=end)
    for name in ("start", "end"):
        bad = ~np.isfinite(sheet.table[f"_{name}"].to_numpy())
        sheet.drop(bad, f"{name} is not a time", getattr(names, name))
    sheet.drop((sheet.table["_end"] <= sheet.table["_start"]).to_numpy(), "ends before it starts", names.end)
    sheet.drop(
        (sheet.table["_end"] - sheet.table["_start"] > LONGEST_SPELL).to_numpy(), "is longer than two days", names.end
    )
    kinds = {name: kind for kind in ("floor", "offline", "absent", "aside") for name in getattr(log, kind)}
    table = sheet.table
    day = np.floor(wall(table["_start"].to_numpy(float), plan.timezone) / DAY).astype(np.int64) + _EPOCH
    sheet.table = pd.DataFrame(
        {
            "agent": table[names.agent].astype(str),
            "day": day,
            "start": table["_start"],
            "end": table["_end"],
            "activity": table[names.activity].map(kinds),
        },
        index=table.index,
    )
    sheet.drop(
        sheet.table["activity"].isna().to_numpy(), "activity is none of floor, offline, absent, aside", "activity"
    )
    inside = (sheet.table["day"] >= plan.from_.toordinal()) & (sheet.table["day"] <= plan.to.toordinal())
    sheet.drop(~inside.to_numpy(), "outside the days to fit on", "day")
    return sheet


def _quality(plan: Configuration, log: QualityLog, folder: Path) -> Sheet:
    names = log.columns
    sheet = _read_all(folder, log.path, [*_given(names.queue), names.agent, names.date, names.checked, names.wrong])
    table = sheet.table
    sheet.table = table.assign(
        _day=_dates(sheet, names.date),
        _checked=pd.to_numeric(table[names.checked], errors="coerce"),
        _wrong=pd.to_numeric(table[names.wrong], errors="coerce"),
    )
    sheet.drop(~np.isfinite(sheet.table["_day"].to_numpy()), "date is not a date", names.date)
    sheet.drop(~(sheet.table["_checked"] > 0).to_numpy(), "checked is not a number above zero", names.checked)
    sheet.drop(~(sheet.table["_wrong"] >= 0).to_numpy(), "wrong is not a number of zero or more", names.wrong)
    sheet.drop((sheet.table["_wrong"] > sheet.table["_checked"]).to_numpy(), "more wrong than checked", names.wrong)
    day = sheet.table["_day"]
    outside = (day < plan.from_.toordinal()) | (day > plan.to.toordinal())
    sheet.drop(outside.to_numpy(), "outside the days to fit on", names.date)
    table = sheet.table
    columns = {
        "agent": table[names.agent].astype(str),
        "day": table["_day"],
        "checked": table["_checked"],
        "wrong": table["_wrong"],
    }
    if names.queue:
        columns["queue"] = table[names.queue].astype("category")
    sheet.table = pd.DataFrame(columns, index=table.index)
    return sheet


def _given(*names: str | None) -> list[str]:
    return [name for name in names if name]
