"""Data files in columns: read in chunks, every cell checked, problems located by line, or row, and column."""

from __future__ import annotations

import csv
import datetime as dt
import errno
import io
import itertools
import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
from numpy.typing import NDArray

from simcap.errors import DataError
from simcap.scenario.nearest import nearest
from simcap.scenario.schema.quantities import file_and_sheet
from simcap.tables.bounds import Unpacked, check_kind

CHUNK: Final = 5_000
SHOWN: Final = 10
ENOUGH: Final = 10_000
MOST_ROWS: Final = 10_000_000
"""Rows of a file that are read: two years of the largest operation's items."""
LARGEST: Final = 1_000_000_000
"""Largest number in a data file: items of an interval, or thirty years in seconds."""
_OF_CELLS: Final = (".xlsx", ".parquet")
"""How the names of files end that are no text."""
_EARLIEST: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC).timestamp()
_LATEST: Final = dt.datetime(2200, 1, 1, tzinfo=dt.UTC).timestamp()

Values = NDArray[Any]
Chunks = Iterator[tuple[list[int], list[list[str]]]]
"""Numbers and cells of rows: first those of the header."""


class Trouble:
    """What is wrong with one file; the first few are shown, the rest are counted."""

    def __init__(self, path: Path, sheet: str | None = None, *, rows: bool = False) -> None:
        self.path = path
        self.header = 0 if rows else 1
        self._whole = f"{path}, sheet {sheet!r}" if sheet is not None else f"{path}"
        self._rows = rows
        self.noted: list[tuple[int, str]] = []
        self.cut = ""

    def add(self, line: int, column: str, message: str) -> None:
        """Note what is wrong on a line of the file, in a column (empty: the whole row)."""
        where = self._whole
        if line:
            where += f", row {line}" if self._rows else f":{line}"
        self.noted.append((line, f"{where}: {column + ': ' if column else ''}{message}"))

    def place(self, line: int) -> str:
        """Return what a line of the file is called: a row where it is no text."""
        return f"row {line}" if self._rows else f"line {line}"

    def check(self) -> None:
        """Raise `DataError` if anything has been noted."""
        if self.noted:
            lines = [message for _, message in sorted(self.noted)[:SHOWN]]
            if len(self.noted) > SHOWN:
                lines.append(f"{self.path}: and {len(self.noted) - SHOWN:,} more like these{self.cut}")
            raise DataError("\n".join(lines))


@dataclass(frozen=True)
class Column:
    """How the cells of a column are read: `parse` raises `ValueError` unless all of them are `wanted`."""

    parse: Callable[[Sequence[str]], Values]
    wanted: str


@dataclass(frozen=True)
class Table:
    """The columns of a file by name, and the line of each row."""

    columns: Mapping[str, Values]
    lines: NDArray[np.int64]
    trouble: Trouble

    def __getitem__(self, name: str) -> Values:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.lines)


@dataclass
class NameColumn:
    """Number names in the order in which they first occur."""

    known: dict[str, int] = field(default_factory=dict)

    def column(self) -> Column:
        """Return a column whose values are the numbers of its names."""
        return Column(self._number, "a name; give one")

    def _number(self, cells: Sequence[str]) -> Values:
        known = self.known
        codes = [known.setdefault(cell.strip(), len(known)) for cell in cells]
        if known.pop("", None) is not None:
            raise ValueError
        return np.array(codes, dtype=np.int64)


def _floats(cells: Sequence[str], *, optional: bool = False) -> Values:
    if optional:
        cells = [cell or "nan" for cell in cells]
    values = np.fromiter(map(float, cells), np.float64, len(cells))
    good = (values >= 0) & (values <= LARGEST)
    if optional:
        good |= np.isnan(values)
    if not good.all():
        raise ValueError
    return values


def _times(cells: Sequence[str]) -> Values:
    """Return rows of (POSIX seconds as if in UTC, 1 if the time is local)."""
    text = "".join(cells)
    plain = "Z" not in text and "+" not in text and text.count("-") == 2 * len(cells) and min(map(len, cells)) >= 10
    rows = _plain_times(cells) if plain else _any_times(cells)
    if not (rows[:, 0].min() >= _EARLIEST and rows[:, 0].max() < _LATEST):
        raise ValueError
    return rows


def _plain_times(cells: Sequence[str]) -> Values:
    seconds = np.array(cells, dtype="datetime64[us]").astype(np.int64) / 1e6
    return np.column_stack([seconds, np.ones(len(cells))])


def _any_times(cells: Sequence[str]) -> Values:
    moments = list(map(dt.datetime.fromisoformat, cells))
    local = [moment.tzinfo is None for moment in moments]
    aware = (moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment for moment in moments)
    return np.array([[moment.timestamp() for moment in aware], local], dtype=np.float64).T


def _days(cells: Sequence[str], *, optional: bool = False) -> Values:
    days = [math.nan if optional and not cell else dt.date.fromisoformat(cell).toordinal() for cell in cells]
    return np.array(days, dtype=np.float64)


def _texts(cells: Sequence[str]) -> Values:
    return np.array([cell.strip() or None for cell in cells], dtype=object)


NUMBER: Final = Column(_floats, f"a number from zero to {LARGEST:,}; write for example 42")
OPTIONAL_NUMBER: Final = Column(
    lambda cells: _floats(cells, optional=True), f"a number from zero to {LARGEST:,}; write for example 42, or nothing"
)
TIME: Final = Column(_times, "a time from 1970 to 2199; write 2026-10-05 09:30 or 2026-10-05T09:30Z")
DAY: Final = Column(_days, "a date; write 2026-10-05")
OPTIONAL_DAY: Final = Column(lambda cells: _days(cells, optional=True), "a date; write 2026-10-05, or nothing")
OPTIONAL_TEXT: Final = Column(_texts, "text")


def read_table(path: Path, columns: Mapping[str, Column], optional: Mapping[str, Column] | None = None) -> Table:
    """Read the named columns of a CSV (.gz too), Excel or Parquet file; others are ignored.

    The sheet of a workbook stands after its name, as in volumes.xlsx#Sheet1. An optional column that the file lacks is
    absent from the table. Raises `DataError` with up to ten problems, each by file, line, column and value.
    """
    path, sheet = file_and_sheet(path)
    optional = optional or {}
    if path.suffix.lower() in _OF_CELLS:
        # What reads them needs pandas, which takes longer to load than most scenarios take to check.
        from simcap.scenario.data.workbooks import chunks_of
        from simcap.tables.table import open_holding

        table = open_holding(path, sheet, columns)
        trouble = Trouble(path, table.sheet, rows=True)
        return _read(chunks_of(table, {*columns, *optional}, CHUNK), columns, optional, trouble)
    trouble = Trouble(path)
    try:
        check_kind(path)
    except ValueError as error:
        raise DataError(f"{path}: {error}") from None
    try:
        with _open(path) as file:
            chunks = _chunks(csv.reader(file, skipinitialspace=True, strict=True), trouble)
            return _read(chunks, columns, optional, trouble)
    except UnicodeDecodeError:
        raise DataError(f"{path}: is not UTF-8 text; save the file as UTF-8") from None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{path}: cannot be read ({reason}); name a CSV file") from None


def _open(path: Path) -> TextIO:
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.EINVAL, "it is not an ordinary file")
    if path.suffix == ".gz":
        return io.TextIOWrapper(io.BufferedReader(Unpacked(path)), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _read(chunks: Chunks, columns: Mapping[str, Column], optional: Mapping[str, Column], trouble: Trouble) -> Table:
    names = [name.strip() for name in next(chunks, ([], [[]]))[1][0]]
    _check_header(names, columns, optional, trouble)
    wanted = {name: column for name, column in {**columns, **optional}.items() if name in names}
    parts: dict[str, list[Values]] = {name: [] for name in wanted}
    lines: list[Values] = []
    count = 0
    for numbers, rows in chunks:
        if set(map(len, rows)) != {len(names)}:
            numbers, rows = _even(numbers, rows, len(names), trouble)
        if rows:
            lines.append(np.array(numbers, dtype=np.int64))
            count += len(numbers)
            _convert(list(zip(*rows, strict=True)), names, wanted, parts, numbers, trouble)
        if len(trouble.noted) >= ENOUGH:
            trouble.cut = "; what follows was not read"
            break
        if count > MOST_ROWS:
            trouble.add(numbers[-1], "", f"is beyond the {MOST_ROWS:,} rows that are read; give a shorter period")
            break
    if not count and not trouble.noted:
        trouble.add(trouble.header, "", "has no rows below the header; give at least one")
    trouble.check()
    joined = {name: np.concatenate(chunks) for name, chunks in parts.items()}
    return Table(joined, np.concatenate(lines), trouble)


def _chunks(reader: Any, trouble: Trouble) -> Chunks:
    """Yield line numbers and rows: first the header alone, then chunks. Stop at a row that is not CSV."""
    size, line = 1, 0
    try:
        while rows := list(itertools.islice(reader, size)):
            numbers = list(range(line + 1, line + 1 + len(rows)))
            if reader.line_num != numbers[-1]:
                breaks = (sum(cell.count("\n") for cell in row) for row in rows)
                numbers = [line + index for index in itertools.accumulate(1 + count for count in breaks)]
            line, size = reader.line_num, CHUNK
            yield numbers, rows
    except csv.Error as error:
        trouble.add(reader.line_num, "", f"is not CSV ({error}); check the quotes")


def _even(numbers: list[int], rows: list[list[str]], width: int, trouble: Trouble) -> tuple[list[int], list[list[str]]]:
    """Drop blank rows and, with a note, those that are not as wide as the header."""
    kept = [(number, row) for number, row in zip(numbers, rows, strict=True) if len(row) == width]
    for number, row in zip(numbers, rows, strict=True):
        if row and len(row) != width:
            trouble.add(number, "", f"has {len(row)} cells; the header has {width}")
    return [number for number, _ in kept], [row for _, row in kept]


def _check_header(
    names: list[str], columns: Mapping[str, Column], optional: Mapping[str, Column], trouble: Trouble
) -> None:
    given = ", ".join(names) or "none"
    for name in columns:
        if name not in names:
            trouble.add(trouble.header, "", f"has no column {name!r}; its columns are: {given}")
    for name in {name for name in names if names.count(name) > 1} & {*columns, *optional}:
        trouble.add(trouble.header, name, "is a column twice; keep one")
    others = [name for name in names if name not in columns and name not in optional]
    absent = [name for name in optional if name not in names]
    for name in others:
        hint = nearest(name, absent)
        if hint.startswith("did you mean"):
            trouble.add(trouble.header, name, f"is not a column that is read; {hint}")
    trouble.check()


def _convert(
    cells: list[tuple[str, ...]],
    names: list[str],
    wanted: Mapping[str, Column],
    parts: dict[str, list[Values]],
    lines: list[int],
    trouble: Trouble,
) -> None:
    """Append a chunk to the parts of each column; note its bad cells instead."""
    for name, column in wanted.items():
        texts = cells[names.index(name)]
        try:
            parts[name].append(column.parse(texts))
        except (ValueError, OverflowError):
            for line, text in zip(lines, texts, strict=True):
                _check_cell(line, name, text, column, trouble)


def _check_cell(line: int, name: str, text: str, column: Column, trouble: Trouble) -> None:
    try:
        column.parse((text,))
    except (ValueError, OverflowError):
        trouble.add(line, name, f"{text[:60]!r} is not {column.wanted}")
