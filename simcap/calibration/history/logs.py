"""The logs of a history, under simcap's own names: items, volumes, roster, attendance, quality checks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from simcap.calibration.history.configuration import (
    AttendanceLog,
    Configuration,
    ItemLog,
    QualityLog,
    RosterFile,
    VolumeLog,
)
from simcap.calibration.history.sheets import EPOCH, DataSheet, Flags, Note, dates, read, read_all, times
from simcap.errors import DataError
from simcap.scenario.data.instants import wall
from simcap.units import DAY, HOUR, format_duration

LONGEST_SPELL = 2 * DAY


def read_items(plan: Configuration, log: ItemLog, folder: Path) -> DataSheet:
    """Return the items of the days to fit on; the columns are those of `History.items`."""
    names = log.columns
    wanted = [names.queue, names.created, names.started, names.completed, names.agent]
    wanted += _given(names.handle, names.expired, names.item, names.parent)
    sheet = read_all(folder, log.path, wanted)
    if log.queues:
        sheet.drop(~sheet.table[names.queue].isin(log.queues).to_numpy(), "of a queue that is not used", names.queue)
    moments = [name for name in ("created", "started", "completed", "expired") if getattr(names, name)]
    for name in moments:
        sheet.table[f"_{name}"] = times(sheet, getattr(names, name), log.timezone, sheet.table[names.queue])
    for name in moments:
        sheet.drop(np.isinf(sheet.table[f"_{name}"].to_numpy()), f"{name} is not a time", getattr(names, name))
    sheet.drop(sheet.table["_created"].isna().to_numpy(), "created is empty", names.created)
    sheet.drop((sheet.table[names.queue].astype(str).str.strip() == "").to_numpy(), "queue is empty", names.queue)
    for late, early in (("started", "created"), ("completed", "started"), ("expired", "created")):
        if late in moments:
            bad = (sheet.table[f"_{late}"] < sheet.table[f"_{early}"]).to_numpy()
            sheet.drop(bad, f"{late} before it was {early}", getattr(names, late))
    sheet.drop(_repeated(sheet.table, moments), "the same row again", names.created)
    sheet.table = _item_table(plan, log, sheet.table)
    outside = (sheet.table["day"] < plan.from_.toordinal()) | (sheet.table["day"] > plan.to.toordinal())
    sheet.drop(outside.to_numpy(), "created outside the days to fit on", "day")
    if sheet.table.empty:
        causes = "; ".join(f"{cause.rows:,} rows: {cause.reason}" for cause in sheet.dropped)
        raise DataError(f"{folder / log.path[0]}: no row is left to fit on ({causes})")
    return sheet


def _repeated(table: pd.DataFrame, moments: list[str]) -> Flags:
    """Return the rows that are there before, value for value; only rows alike in their times are compared."""
    times_ = np.column_stack([table[f"_{name}"].to_numpy(float) for name in moments])
    alike = pd.Series((np.nan_to_num(times_, nan=-1.0) * _APART[: len(moments)]).sum(axis=1)).duplicated(keep=False)
    again = np.zeros(len(table), bool)
    again[alike] = table[alike.to_numpy()].duplicated().to_numpy()
    return again


_APART = np.array([1.0, 2.0**0.5, 3.0**0.5, 5.0**0.5])
"""Irrational to one another: times of different rows seldom sum up alike."""


def _item_table(plan: Configuration, log: ItemLog, table: pd.DataFrame) -> pd.DataFrame:
    """Return the items under simcap's own names."""
    names = log.columns
    spent = table["_completed"] - table["_started"]
    handle = pd.to_numeric(table[names.handle], errors="coerce") if names.handle else spent
    local = wall(table["_created"].to_numpy(float), plan.timezone)
    day = np.floor(local / DAY).astype(np.int64)
    ordinal = day + EPOCH
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


def read_volumes(plan: Configuration, log: VolumeLog, folder: Path) -> DataSheet:
    """Return the interval counts of the days to fit on; the columns are those of `History.volumes`."""
    names = log.columns
    counted = {name: getattr(names, name) for name in ("items", "on_time", "backlog") if getattr(names, name)}
    sheet = read_all(folder, log.path, [*_given(names.queue), names.start, *counted.values()])
    queue = sheet.table[names.queue].astype(str) if names.queue else pd.Series(log.queue, sheet.table.index)
    numbers = {f"_{name}": pd.to_numeric(sheet.table[column], errors="coerce") for name, column in counted.items()}
    sheet.table = sheet.table.assign(_queue=queue, _start=times(sheet, names.start, log.timezone, queue), **numbers)
    sheet.drop(~np.isfinite(sheet.table["_start"].to_numpy()), "start is not a time", names.start)
    sheet.drop((sheet.table["_queue"].str.strip() == "").to_numpy(), "queue is empty", names.queue or names.start)
    sheet.drop(sheet.table.duplicated(["_queue", "_start"]).to_numpy(), "the interval is listed before", names.start)
    local = wall(sheet.table["_start"].to_numpy(float), plan.timezone)
    sheet.table = sheet.table.assign(_day=np.floor(local / DAY).astype(np.int64), _local=local)
    numbers_ = sheet.table[list(numbers)].to_numpy(float)
    bad = pd.Series(~((numbers_[:, 0] >= 0) & np.isfinite(numbers_[:, 0])), sheet.table.index)
    # A day of which an interval is lost would look like a quiet one.
    torn = bad.groupby([sheet.table["_queue"], sheet.table["_day"]]).transform("any")
    sheet.drop(bad.to_numpy(), "items is not a number of zero or more", names.items)
    sheet.drop(torn[~bad].to_numpy(), "of a day with an interval that cannot be used", names.start)
    for name in ("on_time", "backlog"):
        if name in counted:
            _without_odd(sheet, name, counted[name])
    table = sheet.table
    local, day = table["_local"].to_numpy(float), table["_day"].to_numpy(np.int64)
    sheet.table = pd.DataFrame(
        {"queue": table["_queue"], "day": day + EPOCH, "hour": np.floor((local - day * DAY) / HOUR).astype(np.int64)}
        | {name: table[f"_{name}"].astype(float) for name in counted}
        | {"start": table["_start"]},
        index=table.index,
    )
    outside = (sheet.table["day"] < plan.from_.toordinal()) | (sheet.table["day"] > plan.to.toordinal())
    sheet.drop(outside.to_numpy(), "outside the days to fit on", "day")
    _check_intervals(folder / log.path[0], sheet)
    return sheet


def _without_odd(sheet: DataSheet, name: str, column: str) -> None:
    """Forget the values of a second count that cannot be, and note how many; the interval itself is sound."""
    values, given = sheet.table[f"_{name}"], sheet.table[column].astype(str).str.strip().ne("")
    odd = given & sheet.table[column].notna() & ~((values >= 0) & np.isfinite(values))
    if name == "on_time":
        odd |= values > sheet.table["_items"]
    if odd.any():
        sheet.table[f"_{name}"] = values.where(~odd)
        what = "no number of zero or more" + (", or more than the items" if name == "on_time" else "")
        sheet.notes.append(Note(f"{sheet.file}: {name} that cannot be used", int(odd.sum()), what))


def _check_intervals(path: Path, sheet: DataSheet) -> None:
    """Raise `DataError` unless there are intervals left, and they are of an hour or less."""
    if sheet.table.empty:
        causes = "; ".join(f"{cause.rows:,} rows: {cause.reason}" for cause in sheet.dropped)
        raise DataError(f"{path}: no interval is left to fit on ({causes})")
    for queue, rows in sheet.table.groupby("queue"):
        starts = np.sort(rows["start"].to_numpy())
        usual = float(np.median(np.diff(starts))) if starts.size > 1 else np.inf
        if usual > HOUR:
            length = format_duration(usual) if starts.size > 1 else "unknown length"
            raise DataError(
                f"{path}: {queue}: intervals of {length}; an hour or less is needed to see the hours of the week"
            )


def read_roster(file: RosterFile, folder: Path) -> DataSheet:
    """Return the people; the columns are those of `History.roster`, with those who never got to the floor."""
    names = file.columns
    moments = [name for name in ("trained", "hired", "left") if getattr(names, name)]
    columns = {name: getattr(names, name) for name in moments}
    sheet = read(folder / file.path, [names.agent, names.vendor, names.team, *columns.values()])
    sheet.table = sheet.table.assign(**{f"_{name}": dates(sheet, column) for name, column in columns.items()})
    for name, column in columns.items():
        sheet.drop(np.isinf(sheet.table[f"_{name}"].to_numpy()), f"{name} is not a date", column)
    sheet.drop(sheet.table[f"_{moments[0]}"].isna().to_numpy(), f"{moments[0]} is empty", columns[moments[0]])
    for early, late in (("hired", "left"), ("trained", "hired"), ("trained", "left")):
        if early in moments:
            bad = (sheet.table[f"_{late}"] < sheet.table[f"_{early}"]).to_numpy()
            sheet.drop(bad, f"{late} before being {early}", columns[late])
    sheet.drop(sheet.table.duplicated(names.agent).to_numpy(), "the agent is listed before", names.agent, person=True)
    sheet.drop((sheet.table[names.vendor].astype(str).str.strip() == "").to_numpy(), "vendor is empty", names.vendor)
    table = sheet.table
    sheet.table = pd.DataFrame(
        {
            "agent": table[names.agent].astype(str),
            "vendor": table[names.vendor].astype(str),
            "team": table[names.team].astype(str),
        }
        | {name: table[f"_{name}"] for name in moments},
        index=table.index,
    )
    return sheet


def read_attendance(plan: Configuration, log: AttendanceLog, folder: Path) -> DataSheet:
    """Return the spells that begin on the days to fit on; the columns are those of `History.attendance`."""
    names = log.columns
    sheet = read(folder / log.path, [names.agent, names.start, names.end, names.activity])
    start, end = (times(sheet, name, log.timezone, sheet.table[names.agent]) for name in (names.start, names.end))
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
    day = np.floor(wall(table["_start"].to_numpy(float), plan.timezone) / DAY).astype(np.int64) + EPOCH
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


def read_quality(plan: Configuration, log: QualityLog, folder: Path) -> DataSheet:
    """Return the checks of the days to fit on; the columns are those of `History.quality`."""
    names = log.columns
    sheet = read_all(folder, log.path, [*_given(names.queue), names.agent, names.date, names.checked, names.wrong])
    table = sheet.table
    sheet.table = table.assign(
        _day=dates(sheet, names.date),
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
