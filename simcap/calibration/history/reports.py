"""Reports, under simcap's own names: what came, was done and was staffed in each period, by queue, vendor and team."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.gather import gather
from simcap.calibration.history.roles import DURATION, EARLIEST, LATEST, LENGTH, NUMBER, PERIOD, SHARE, TEXT
from simcap.calibration.history.sheets import EPOCH, DataSheet, Note
from simcap.calibration.history.sources import ReportFiles
from simcap.errors import DataError
from simcap.scenario.data.instants import wall
from simcap.scenario.data.tables import LARGEST
from simcap.tables.periods import usual_length
from simcap.units import DAY, HOUR

WHOSE: Final = ("queue", "vendor", "team", "site")
"""What a row of a report may be of."""
COUNTS: Final = ("offered", "handled", "abandoned", "joiners", "leavers", "sample")
"""What adds up over periods."""
DURATIONS: Final = ("aht", "wait")
LEVELS: Final = ("backlog", "positions", "fte_planned", "fte_actual", "headcount")
"""What holds at a time, or over a period."""
SHARES: Final = ("shrinkage", "accuracy", "sla")
VALUES: Final = (*COUNTS, *DURATIONS, *LEVELS, *SHARES)
"""What a report may say of a period."""
_KINDS: Final = (
    {"period": PERIOD}
    | dict.fromkeys(WHOSE, TEXT)
    | dict.fromkeys((*COUNTS, *LEVELS), NUMBER)
    | dict.fromkeys(DURATIONS, DURATION)
    | dict.fromkeys(SHARES, SHARE)
)
_LATEST: Final = 1e-6


def read_reports(configuration: Configuration, sources: Sequence[ReportFiles], folder: Path) -> list[DataSheet]:
    """Return each report with the periods of the days to fit on; the columns are those of `History.reports`."""
    return [_read(configuration, source, folder) for source in sources]


def joined(sheets: Sequence[DataSheet]) -> pd.DataFrame | None:
    """Return the rows of all reports in one table; nothing without a report."""
    if not sheets:
        return None
    return pd.concat([sheet.table.assign(source=number) for number, sheet in enumerate(sheets)], ignore_index=True)


def _read(configuration: Configuration, source: ReportFiles, folder: Path) -> DataSheet:
    sheet = gather(source, folder, _KINDS, ("period",), *WHOSE, since=configuration.from_)
    if not any(sheet.has(name) for name in VALUES):
        raise DataError(
            f"{folder / source.parts[0].path}: no column is named but the period; write under `columns:` which is "
            "offered, handled, aht, fte_planned, leavers or the like"
        )
    sheet.table = sheet.table.assign(**{name: _names(sheet, name) for name in WHOSE})
    sheet.drop(sheet.table["period"].isna(), "the period is blank (a total, a note)", "period")
    sheet.drop(np.isinf(sheet.table["period"].to_numpy()), "period is no time, day, week or month", "period")
    start = sheet.table["period"].to_numpy(float)
    sheet.drop((start < EARLIEST) | (start >= LATEST), "period before 1901 or after 2199", "period")
    if source.queues:
        _rename(sheet, source.queues)
    for name in VALUES:
        if sheet.has(name):
            _without_odd(sheet, name)
    for name in DURATIONS:
        if sheet.has(name):
            # What handled nothing took no time.
            sheet.table = sheet.table.assign(**{name: sheet.table[name].where(sheet.table[name] > 0)})
    sheet.table = _placed(configuration, sheet)
    sheet.drop(sheet.table[LENGTH].isna(), "a period whose length no other tells", "period")
    _drop_repeated(sheet)
    last = sheet.table["day"] + np.maximum(np.round(sheet.table[LENGTH] / DAY), 1) - 1
    outside = (sheet.table["day"] < configuration.from_.toordinal()) | (last > configuration.to.toordinal())
    sheet.drop(outside, "not wholly within the days to fit on", "period")
    if sheet.table.empty:
        raise DataError(f"{folder / source.parts[0].path}: no period is left to fit on ({sheet.causes()})")
    return sheet


def _names(sheet: DataSheet, name: str) -> pd.Series | str:
    """Return whose each row is; "" where it is of all together, also in so many words: "All", "All sites"."""
    if not sheet.has(name):
        return ""
    names = sheet.table[name].astype("str")
    return names.mask(names.str.casefold().isin(["all", f"all {name}s", f"all {name}"]), "")


def _rename(sheet: DataSheet, queues: dict[str, str]) -> None:
    """Keep the queues that are used, and rows of none, under the names that they have in a scenario."""
    names = {name.casefold(): own for name, own in queues.items()} | {"": ""}
    queue = sheet.table["queue"].str.casefold()
    sheet.drop(~queue.isin(names), "of a queue that is not used", "queue")
    sheet.table = sheet.table.assign(queue=queue[queue.isin(names)].map(names))


def _without_odd(sheet: DataSheet, name: str) -> None:
    """Forget values that cannot be, and note how many; the rest of the row is sound."""
    values = sheet.table[name]
    most = 1.0 + _LATEST if name in SHARES else LARGEST
    odd = values.notna() & ~((values >= 0) & (values <= most))
    if odd.any():
        count = f"no number from zero to {LARGEST:,}"
        what = "no share" if name in SHARES else "no duration" if name in DURATIONS else count
        first = sheet.place(int(odd.index[odd.to_numpy()][0]))
        sheet.notes.append(
            Note(f"{sheet.file}: {name} that cannot be used", int(odd.sum()), f"{what}, such as {first}")
        )
        sheet.table = sheet.table.assign(**{name: values.where(~odd)})


def _placed(configuration: Configuration, sheet: DataSheet) -> pd.DataFrame:
    """Return the rows with start, length, day and hour; a length that cells do not tell is a file's usual step."""
    table = sheet.table.rename(columns={"period": "start"})
    local = wall(table["start"].to_numpy(float), configuration.timezone)
    length = table[LENGTH].to_numpy(float).copy()
    assert sheet.rows is not None
    file = sheet.rows["file"].to_numpy()[table.index.to_numpy()]
    for name in pd.unique(file):
        open_ = (file == name) & np.isnan(length)
        if open_.any():
            length[open_] = usual_length(local[open_])
    # A day belongs to the date that its noon has, whatever zone its midnight is of.
    whole = np.nan_to_num(length) >= DAY
    day = np.floor((local + np.where(whole, DAY / 2, 0.0)) / DAY).astype(np.int64)
    hour = np.where(whole, 0, np.floor((local - day * DAY) / HOUR)).astype(np.int64)
    return table.assign(length=length, day=day + EPOCH, hour=hour)


def _drop_repeated(sheet: DataSheet) -> None:
    """Leave out rows whose period is listed before for the same queue, vendor and team: reports overlap.

    In a spring night two hours on the clock are one moment, so the cell counts, too.
    """
    written = sheet.raw["period"].astype("str").to_numpy()[sheet.table.index.to_numpy()]
    keyed = sheet.table.assign(written=written)
    sheet.drop(keyed.duplicated(["start", LENGTH, "written", *WHOSE]), "the period is listed before", "period")


def people(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a column that is of people, once for each period, vendor, team and site of a source.

    A figure that all rows of a period repeat, or only the first has, counts once; where it differs between queues it
    is of each of them, and adds up.
    """
    keys = ["source", "start", LENGTH, "day", "vendor", "team", "site"]
    found = []
    for _, one in rows[rows[name].notna()].groupby("source"):
        grouped = one.groupby(keys)[name]
        found.append(grouped.first() if (grouped.nunique() <= 1).all() else grouped.sum())
    return pd.concat(found).reset_index() if found else pd.DataFrame(columns=[*keys, name])


def whole_of(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows by which a column of a queue adds up to the whole of it, each item once.

    Of reports that say it, those by the shortest periods; of these the rows that are of no vendor or team, else of no
    team, else all; of several sources that are left the first.
    """
    known = rows[rows[name].notna()]
    if known.empty:
        return known
    periods = known.groupby("source")[LENGTH].transform("median")
    known = known[periods <= periods.min() * 1.5]
    for parts in (["vendor", "team", "site"], ["team", "site"]):
        plain = known[(known[parts] == "").all(axis=1)]
        if not plain.empty:
            known = plain
            break
    return pd.DataFrame(known[known["source"] == known["source"].iloc[0]])


def spans(rows: pd.DataFrame, first: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first day of each period, from the ordinal `first`, and the number of days."""
    days = np.maximum(np.round(rows[LENGTH].to_numpy(float) / DAY), 1).astype(np.int64)
    return rows["day"].to_numpy(np.int64) - first, days
