"""The logs of a history, under simcap's own names: volumes, roster, attendance, quality checks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.gather import gather
from simcap.calibration.history.grids import read_grid
from simcap.calibration.history.roles import DATE, MOMENT, NUMBER, SHARE, TEXT
from simcap.calibration.history.sheets import EPOCH, DataSheet, Note
from simcap.calibration.history.shifts import with_shifts
from simcap.calibration.history.sources import AttendanceLog, QualityLog, RosterFile, VolumeLog
from simcap.errors import DataError
from simcap.scenario.data.instants import wall
from simcap.scenario.data.tables import LARGEST
from simcap.units import DAY, HOUR, format_duration

LONGEST_SPELL = 2 * DAY

_VOLUMES: Final = {"queue": TEXT, "start": MOMENT, "items": NUMBER, "on_time": NUMBER, "backlog": NUMBER}
_ROSTER: Final = {"agent": TEXT, "vendor": TEXT, "team": TEXT, "trained": DATE, "hired": DATE, "left": DATE}
_ATTENDANCE: Final = {"agent": TEXT, "vendor": TEXT, "start": MOMENT, "end": MOMENT, "activity": TEXT}
_QUALITY: Final = {"queue": TEXT, "agent": TEXT, "date": DATE, "checked": NUMBER, "wrong": NUMBER, "accuracy": SHARE}


def read_volumes(configuration: Configuration, log: VolumeLog, folder: Path) -> DataSheet:
    """Return the interval counts of the days to fit on; the columns are those of `History.volumes`."""
    sheet = gather(log, folder, _VOLUMES, ("start", "items"), "queue")
    if log.queue is not None:
        sheet.table = sheet.table.assign(queue=log.queue)
    sheet.table = sheet.table.assign(queue=sheet.table["queue"].astype("str"))
    sheet.drop(~np.isfinite(sheet.table["start"].to_numpy()), "start is not a time", "start")
    sheet.drop(sheet.table["queue"] == "", "queue is empty", "queue" if sheet.has("queue") else "start")
    # In a spring night two hours on the clock are one moment: a day with 24 rows keeps them all.
    written = sheet.raw["start"].astype("str").to_numpy()[sheet.table.index.to_numpy()]
    again = sheet.table.assign(written=written).duplicated(["queue", "start", "written"])
    sheet.drop(again, "the interval is listed before", "start")
    local = wall(sheet.table["start"].to_numpy(float), configuration.timezone)
    day = np.floor(local / DAY).astype(np.int64)
    hour = np.floor((local - day * DAY) / HOUR).astype(np.int64)
    sheet.table = sheet.table.assign(day=day + EPOCH, hour=hour)
    bad = ~((sheet.table["items"] >= 0) & (sheet.table["items"] <= LARGEST))
    # A day of which an interval is lost would look like a quiet one.
    torn = bad.groupby([sheet.table["queue"], sheet.table["day"]]).transform("any")
    sheet.drop(bad, f"items is not a number from zero to {LARGEST:,}", "items")
    sheet.drop(torn[~bad], "of a day with an interval that cannot be used", "start")
    for name in ("on_time", "backlog"):
        if sheet.has(name):
            _without_odd(sheet, name)
    outside = (sheet.table["day"] < configuration.from_.toordinal()) | (
        sheet.table["day"] > configuration.to.toordinal()
    )
    sheet.drop(outside, "outside the days to fit on", "day")
    _check_intervals(folder / log.parts[0].path, sheet)
    return sheet


def _without_odd(sheet: DataSheet, name: str) -> None:
    """Forget the values of a second count that cannot be, and note how many; the interval itself is sound."""
    values = sheet.table[name]
    odd = values.notna() & ~((values >= 0) & (values <= LARGEST))
    if name == "on_time":
        odd |= values > sheet.table["items"]
    if odd.any():
        sheet.table = sheet.table.assign(**{name: values.where(~odd)})
        what = f"no number from zero to {LARGEST:,}" + (", or more than the items" if name == "on_time" else "")
        sheet.notes.append(Note(f"{sheet.file}: {name} that cannot be used", int(odd.sum()), what))


def _check_intervals(path: Path, sheet: DataSheet) -> None:
    """Raise `DataError` unless there are intervals left, and they are of an hour or less."""
    if sheet.table.empty:
        raise DataError(f"{path}: no interval is left to fit on ({sheet.causes()})")
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
    kinds = _ROSTER | {f"also {name}": TEXT for name in file.columns.also}
    sheet = gather(file, folder, kinds, ("agent", "vendor", "team", "hired", "left"), "agent")
    moments = [name for name in ("trained", "hired", "left") if sheet.has(name)]
    for name in moments:
        sheet.drop(np.isinf(sheet.table[name].to_numpy()), f"{name} is not a date", name)
    sheet.drop(sheet.table[moments[0]].isna(), f"{moments[0]} is empty", moments[0])
    if sheet.has("trained"):
        _never_on_the_floor(sheet)
    for early, late in (("hired", "left"), ("trained", "hired"), ("trained", "left")):
        if early in moments:
            sheet.drop(sheet.table[late] < sheet.table[early], f"{late} before being {early}", late)
    for name in ("agent", "vendor"):
        sheet.drop(sheet.table[name] == "", f"{name} is empty", name)
    folded = sheet.table["agent"].astype("str").str.casefold()
    sheet.drop(folded.duplicated(), "the agent is listed before", "agent")
    texts = {name: sheet.table[name].astype("str") for name in ("agent", "vendor", "team")}
    sheet.table = sheet.table.assign(**texts)
    return sheet


def _never_on_the_floor(sheet: DataSheet) -> None:
    """Forget the first day on the floor of those who left before it, during their training."""
    table = sheet.table
    early = (table["left"] < table["hired"]) & (table["left"] >= table["trained"])
    if early.any():
        sheet.table = table.assign(hired=table["hired"].mask(early))
        sheet.notes.append(Note(f"{sheet.file}: left in training, before the day on the floor", int(early.sum()), ""))


def read_attendance(configuration: Configuration, log: AttendanceLog, folder: Path) -> DataSheet:
    """Return the spells of the shifts that have a part in the days to fit on, each shift whole.

    The columns are those of `History.attendance`.
    """
    is_grid = log.rows == "grid"
    needed = ("agent", "start", "end", "activity")
    sheet = read_grid(log, folder) if is_grid else gather(log, folder, _ATTENDANCE, needed, "agent")
    for name in ("start", "end"):
        sheet.drop(~np.isfinite(sheet.table[name].to_numpy()), f"{name} is not a time", name)
    if not is_grid and _share_a_date(log):
        early = sheet.table["end"] <= sheet.table["start"]
        sheet.table = sheet.table.assign(end=sheet.table["end"] + DAY * early)
    sheet.drop(sheet.table["end"] <= sheet.table["start"], "ends before it starts", "end")
    sheet.drop(sheet.table["end"] - sheet.table["start"] > LONGEST_SPELL, "is longer than two days", "end")
    sheet.drop(sheet.table["agent"] == "", "agent is empty", "agent")
    kinds = {
        " ".join(name.casefold().split()): kind
        for kind in ("training", "floor", "offline", "absent", "aside")
        for name in getattr(log, kind)
    }
    activity = sheet.table["activity"].astype("str").str.casefold().map(kinds)
    sheet.table = sheet.table.assign(agent=sheet.table["agent"].astype("str"), activity=activity)
    sheet.drop(
        sheet.table["activity"].isna(), "activity is none of floor, offline, absent, training, aside", "activity"
    )
    sheet.table = with_shifts(sheet.table)
    begun, over = (wall(sheet.table[name].to_numpy(float), configuration.timezone) for name in ("begun", "over"))
    sheet.table = sheet.table.assign(day=np.floor(begun / DAY).astype(np.int64) + EPOCH)
    midnights = [(day - EPOCH) * DAY for day in (configuration.from_.toordinal(), configuration.to.toordinal() + 1)]
    sheet.drop((over <= midnights[0]) | (begun >= midnights[1]), "of a shift outside the days to fit on", "day")
    return sheet


def _share_a_date(log: AttendanceLog) -> bool:
    """Return whether start and end are times of day that one column gives the date of."""
    start, end = log.columns.start.needed, log.columns.end.needed
    return len(start) > 1 and len(end) > 1 and start[0] == end[0]


def read_quality(configuration: Configuration, log: QualityLog, folder: Path) -> DataSheet:
    """Return the checks of the days to fit on; the columns are those of `History.quality`."""
    names = [log.columns_of(part) for part in log.parts]
    by_share = all(one.spec("accuracy") is not None and not one.is_given("wrong") for one in names)
    kinds = {name: kind for name, kind in _QUALITY.items() if name != ("wrong" if by_share else "accuracy")}
    sheet = gather(log, folder, kinds, ("agent", "date", "checked", "accuracy" if by_share else "wrong"), "agent")
    sheet.drop(~np.isfinite(sheet.table["date"].to_numpy()), "date is not a date", "date")
    checked = sheet.table["checked"]
    sheet.drop(
        ~((checked > 0) & (checked <= LARGEST)), f"checked is not a number above zero, to {LARGEST:,}", "checked"
    )
    if by_share:
        right = sheet.table["accuracy"]
        sheet.drop(~((right >= 0) & (right <= 1)), "accuracy is not a share", "accuracy")
        # A share of a sample is rounded; what was wrong is whole.
        wrong = np.round((1 - sheet.table["accuracy"]) * sheet.table["checked"])
        sheet.table = sheet.table.assign(wrong=wrong).drop(columns="accuracy")
        sheet.labels["wrong"] = sheet.labels["accuracy"]
    sheet.drop(~(sheet.table["wrong"] >= 0), "wrong is not a number of zero or more", "wrong")
    sheet.drop(sheet.table["wrong"] > sheet.table["checked"], "more wrong than checked", "wrong")
    outside = (sheet.table["date"] < configuration.from_.toordinal()) | (
        sheet.table["date"] > configuration.to.toordinal()
    )
    sheet.drop(outside, "outside the days to fit on", "date")
    sheet.table = sheet.table.assign(agent=sheet.table["agent"].astype("str")).rename(columns={"date": "day"})
    return sheet
