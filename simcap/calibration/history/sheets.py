"""Sheets: files of a history on their way in, with what was dropped of them and why.

What cannot be used is dropped for one named reason; the counts add up.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.errors import DataError
from simcap.scenario.data.instants import offsets, to_utc
from simcap.scenario.nearest import nearest

SHOWN = 5
"""Rows of one kind of trouble that are named; the rest are counted."""
EPOCH = 719163
"""The ordinal of 1 January 1970."""

Flags = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Dropped:
    """Rows of a file that were left out for one reason."""

    file: str
    reason: str
    rows: int
    examples: tuple[str, ...]


def hashed(name: str) -> str:
    """Return what stands for a person's name in everything that is written: alike for the same name."""
    return "agent-" + hashlib.blake2b(name.encode(), digest_size=4).hexdigest()


@dataclasses.dataclass(frozen=True)
class Note:
    """Something odd that was kept: what, in how many rows, and a few words on it."""

    what: str
    rows: int
    examples: str


@dataclasses.dataclass
class DataSheet:
    """One file on its way in: its rows, and what was dropped of it."""

    file: str
    table: pd.DataFrame
    read: int
    dropped: list[Dropped] = dataclasses.field(default_factory=list)
    notes: list[Note] = dataclasses.field(default_factory=list)

    def drop(self, bad: Flags, reason: str, column: str, *, person: bool = False) -> None:
        """Leave out rows, and remember why; the first few are named by line and value, a `person` by a hash."""
        rows = np.flatnonzero(bad)
        if not rows.size:
            return
        lines = self.table.index.to_numpy()[rows[:SHOWN]] + 2
        shown = self.table[column].iloc[rows[:SHOWN]].tolist()
        if person:
            shown = [hashed(str(name)) for name in shown]
        elif column == "day":
            shown = [dt.date.fromordinal(int(day)).isoformat() for day in shown]
        examples = tuple(f"row {line}: {column}: {value!r}" for line, value in zip(lines, shown, strict=True))
        self.dropped.append(Dropped(self.file, reason, rows.size, examples))
        self.table = self.table[~bad]


def read_all(folder: Path, paths: Sequence[str], columns: Sequence[str]) -> DataSheet:
    """Read files that follow one another; rows are counted through."""
    sheets = [read(folder / path, columns) for path in paths]
    table = pd.concat([sheet.table for sheet in sheets], ignore_index=True)
    return DataSheet(", ".join(sheet.file for sheet in sheets), table, len(table))


def read(path: Path, columns: Sequence[str]) -> DataSheet:
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
    table = table[list(dict.fromkeys(columns))].reset_index(drop=True)
    return DataSheet(path.name, table, len(table))


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


def times(sheet: DataSheet, column: str, timezone: str, group: pd.Series) -> NDArray[np.float64]:
    """Return POSIX seconds; NaN where a cell is empty, infinite where it is no time."""
    cells = sheet.table[column]
    empty, parsed = _parsed(cells)
    if parsed.dt.tz is not None:
        seconds = (parsed.dt.tz_convert("UTC") - pd.Timestamp(0, tz="UTC").as_unit("us")).dt.total_seconds().to_numpy()
    else:
        local = (parsed - pd.Timestamp(0).as_unit("us")).dt.total_seconds().to_numpy(float, copy=True)
        known = np.flatnonzero(np.isfinite(local))
        codes = pd.factorize(group)[0][known]
        sheet.notes += _clock_changes(sheet, column, np.asarray(local[known], np.float64), timezone)
        seconds = np.full(local.size, np.nan)
        seconds[known] = to_utc(np.asarray(local[known], np.float64), timezone, codes, repeats=True)
    return np.where(parsed.isna().to_numpy() & ~empty.to_numpy(), np.inf, seconds)


def _clock_changes(sheet: DataSheet, column: str, local: NDArray[np.float64], timezone: str) -> list[Note]:
    """Return how many times lie in hours that a change of the clocks repeats or skips."""
    first, second = offsets(local, timezone)
    twice, never = int((first > second).sum()), int((first < second).sum())
    found = []
    if twice:
        said = "taken as the first pass until they step back, in the order of the file"
        found.append(Note(f"{sheet.file}: {column} in an hour that a change of the clocks repeats", twice, said))
    if never:
        said = f"no such time in {timezone}; read with the offset before the change. Is the zone right?"
        found.append(Note(f"{sheet.file}: {column} in an hour that a change of the clocks skips", never, said))
    return found


def dates(sheet: DataSheet, column: str) -> NDArray[np.float64]:
    """Return ordinals; NaN where a cell is empty, infinite where it is no date."""
    cells = sheet.table[column]
    empty, parsed = _parsed(cells)
    days = ((parsed - pd.Timestamp(0).as_unit("us")).dt.days + EPOCH).to_numpy(float)
    return np.where(parsed.isna().to_numpy() & ~empty.to_numpy(), np.inf, days)
