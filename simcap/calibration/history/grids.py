"""Grids of shifts, agents by days, as spells of attendance: shifts that were worked, and those that were missed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from simcap.calibration.history.roles import Floats, impossible
from simcap.calibration.history.sheets import DataSheet, listed
from simcap.calibration.history.sources import AttendanceLog
from simcap.errors import DataError
from simcap.scenario.data.instants import to_utc
from simcap.tables.blanks import blank
from simcap.tables.header import is_day
from simcap.tables.moments import DAY_FIRST, orders, read_moments
from simcap.tables.table import FileTable, open_tables
from simcap.units import DAY, HOUR, MINUTE

_SHIFT: Final = re.compile(r"(\d{1,2})[:.h]?(\d\d)?\s*(?:-|–|to)\s*(\d{1,2})[:.h]?(\d\d)?")


def read_grid(log: AttendanceLog, folder: Path) -> DataSheet:
    """Return the spells of a grid: agent, start and end (POSIX seconds), activity as the log's words have it, team.

    The team is the name of the sheet, or of the file; the vendor, if there is one, is given by the calibration file.

    A cell with times is a shift on the floor; a word of `absent` is a shift that was missed, one of `training` a day of
    it, both as long as the agent's usual shift; other words are days off. Raises `DataError` for a file in
    which no header has days.
    """
    frames, told, files = [], [], []
    for part in log.parts:
        layout = (part.table or log.table).layout()
        for path in part.files(folder):
            for table in open_tables(path, layout):
                spells = _spells(table, part.timezone or log.timezone, log).assign(team=table.sheet or table.path.stem)
                whose = log.columns_of(part).spec("vendor")
                frames.append(spells if whose is None else spells.assign(vendor=whose.value))
                files.append(table.where)
                told.append(f"{table.where}: {', '.join(table.told)}, {_days_of(table)} days")
    whole = pd.concat(frames, ignore_index=True)
    return DataSheet(listed(files), whole, len(whole), told=tuple(told))


def _days_of(table: FileTable) -> int:
    return sum(is_day(name) for name in table.names)


def _spells(table: FileTable, timezone: str, log: AttendanceLog) -> pd.DataFrame:
    """Return the spells of one sheet, whose first column that is no day names the agent."""
    days = [name for name in table.names if is_day(name)]
    others = [name for name in table.names if not is_day(name)]
    named = [name for name in others if name.casefold() == log.columns.agent.needed[0].casefold()] or others[:1]
    if not days or not named:
        raise DataError(
            f"{table.path}: no row has days side by side, each a column; write the row of the days as "
            "`table: {header: N}`, or take `rows: grid` away"
        )
    cells = table.columns([*named, *days])
    shown = orders(pd.Series(days, dtype="str"))
    try:
        midnights = read_moments(pd.Series(days, dtype="str"), next(iter(shown), DAY_FIRST)).seconds
    except ValueError as error:
        raise DataError(f"{table.path}: the days of its header: {error}") from None
    if (never := np.flatnonzero(~np.isfinite(midnights) | impossible(midnights))).size:
        raise DataError(f"{table.path}: {days[never[0]]!r} in its header is no day from 1901 to 2199; correct it")
    long = cells.melt(id_vars=named, value_vars=days, var_name="day", value_name="cell")
    long = long[~blank(long["cell"]) & ~blank(long[named[0]])]
    agent = long[named[0]].astype("str").str.strip()
    midnight = long["day"].map(dict(zip(days, midnights.tolist(), strict=True))).to_numpy(float)
    starts, lengths = _times(long["cell"].astype("str"))
    words = long["cell"].astype("str").str.strip().str.casefold()
    absent = words.isin([word.casefold() for word in log.absent]).to_numpy()
    trained = words.isin([word.casefold() for word in log.training]).to_numpy()
    starts, lengths = _usual(agent, starts, lengths, absent | trained)
    spell = np.isfinite(starts)
    local = midnight[spell] + starts[spell]
    begun = to_utc(local, timezone, pd.factorize(agent[spell])[0], repeats=False)
    ended = to_utc(local + lengths[spell], timezone, pd.factorize(agent[spell])[0], repeats=False)
    activity = np.where(absent[spell], log.absent[0], np.where(trained[spell], log.training[0], log.floor[0]))
    return pd.DataFrame({"agent": agent[spell].to_numpy(), "start": begun, "end": ended, "activity": activity})


def _times(cells: pd.Series) -> tuple[Floats, Floats]:
    """Return when the shifts of cells begin, in seconds after midnight, and how long they last; NaN for other cells."""
    found = {cell: _shift(cell) for cell in pd.unique(cells)}
    pairs = np.array([found[cell] for cell in cells]).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _shift(cell: str) -> tuple[float, float]:
    match = _SHIFT.fullmatch(cell.strip())
    if match is None:
        return np.nan, np.nan
    hours = [int(match[1]), int(match[3])]
    start, end = (hour * HOUR + int(match[group] or 0) * MINUTE for hour, group in zip(hours, (2, 4), strict=True))
    return start, end - start if end > start else end - start + DAY


def _usual(agent: pd.Series, starts: Floats, lengths: Floats, wordy: np.ndarray) -> tuple[Floats, Floats]:
    """Give a shift that a word stands for the agent's commonest times, or those of the sheet."""
    shifts = pd.DataFrame({"agent": agent.to_numpy(), "start": starts, "length": lengths}).dropna()
    if shifts.empty:
        return starts, lengths
    own = dict(_commonest(shifts))
    sheet = shifts[["start", "length"]].value_counts().index[0]
    starts, lengths = starts.copy(), lengths.copy()
    for row in np.flatnonzero(wordy & np.isnan(starts)).tolist():
        starts[row], lengths[row] = own.get(agent.iloc[row], sheet)
    return starts, lengths


def _commonest(shifts: pd.DataFrame) -> Iterator[tuple[str, tuple[float, float]]]:
    for name, mine in shifts.groupby("agent"):
        yield str(name), mine[["start", "length"]].value_counts().index[0]
