"""A table in a file: its columns by name, its cells as they stand."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.errors import DataError
from simcap.tables import text, workbook
from simcap.tables.blanks import blank, is_blank
from simcap.tables.bounds import check_kind
from simcap.tables.encodings import encoding_of
from simcap.tables.harmless import harmless_cells, harmless_text
from simcap.tables.header import SAMPLE, Header, find_header
from simcap.tables.layout import ALL, AS_FOUND, TableLayout

Columns = Callable[[Sequence[str]], pd.DataFrame]
"""The cells of the columns of these names."""


@dataclasses.dataclass(frozen=True)
class FileTable:
    """One table: where it stands, the names of its columns, and how to get their cells.

    `columns` gives a frame of the named columns whose index counts rows of the file from 0. `told` says what was found
    out.
    """

    path: Path
    sheet: str | None
    names: tuple[str, ...]
    columns: Columns
    told: tuple[str, ...]
    above: tuple[str, ...] = ()
    """Texts over the header: titles, when and in which zone it was made."""

    @property
    def where(self) -> str:
        """Return the file, and the sheet if it has several."""
        return self.path.name if self.sheet is None else f"{self.path.name}, sheet {self.sheet!r}"


def open_tables(path: Path, layout: TableLayout = AS_FOUND) -> list[FileTable]:
    """Return the tables of a file: one, or one a sheet where all sheets are asked for.

    Raises `DataError` for a file that does not exist, is no table, or has not what the layout says.
    """
    try:
        if path.is_dir():
            raise ValueError("is a folder; name the files in it, such as *.csv")
        check_kind(path)
        found = list(_tables(path, layout))
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file; check the spelling and the folder") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: {error}") from None
    return found


def open_holding(path: Path, sheet: str | None, columns: Collection[str]) -> FileTable:
    """Return the table of a file; of a workbook, that of a sheet, or without its name of the one that has the columns.

    Where no sheet has them all, it is the first one. Raises `DataError` as `open_tables` does, and where several
    sheets have the columns.
    """
    if path.suffix.lower() != ".xlsx":
        return open_tables(path)[0]
    tables = open_tables(path, TableLayout(sheet=sheet or ALL, holding=tuple(columns)))
    fitting = [table for table in tables if set(columns) <= set(table.names)]
    if len(fitting) > 1:
        names = ", ".join(repr(table.sheet) for table in fitting)
        raise DataError(
            f"{path}: its sheets {names} have the columns {', '.join(columns)}; write which one is meant as "
            f"{path.name}#{fitting[0].sheet}"
        )
    if not tables:
        raise DataError(f"{path}: no sheet has the columns {', '.join(columns)}, nor any row that looks like a header")
    return (fitting or tables)[0]


def _tables(path: Path, layout: TableLayout) -> Iterator[FileTable]:
    if path.suffix == ".parquet":
        yield _parquet(path)
    elif path.suffix.lower() == ".xlsx":
        yield from _sheets(path, layout)
    else:
        yield _text(path, layout)


def _parquet(path: Path) -> FileTable:
    import pyarrow.parquet

    with _sound(path), pyarrow.parquet.ParquetFile(path) as file:
        places = {harmless_text(str(name)): str(name) for name in file.schema_arrow.names}

    def columns(wanted: Sequence[str]) -> pd.DataFrame:
        names = list(dict.fromkeys(wanted))
        with _sound(path):
            cells = pd.read_parquet(path, columns=[places[name] for name in names])
        return harmless_cells(cells[[places[name] for name in names]].set_axis(names, axis=1))

    return FileTable(path, None, tuple(places), columns, ("Parquet",))


@contextlib.contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Raise `DataError` for what reading a damaged Parquet file comes upon, at its foot or in its columns."""
    import pyarrow

    try:
        yield
    except FileNotFoundError:
        raise
    except (pyarrow.ArrowException, LookupError, OSError, TypeError, ValueError) as error:
        said = next(iter(str(error).splitlines()), type(error).__name__)
        raise DataError(f"{path}: is damaged, or no Parquet file ({said[:80]})") from None


def _sheets(path: Path, layout: TableLayout) -> Iterator[FileTable]:
    for sheet in workbook.read_workbook(path, layout.sheet):
        header = _header_in(sheet.rows[:SAMPLE], layout)
        if header is None:
            continue
        width = len(header.names)
        rows = [[*row, *[None] * (width - len(row))][:width] for row in sheet.rows[header.below :]]
        cells = pd.DataFrame(rows, columns=list(header.names), dtype=object)
        cells.index = pd.RangeIndex(header.below, header.below + len(cells))
        told = [f"sheet {sheet.name!r}", _header_words(header)]
        told += [f"{sheet.merged} merged cells read as one value for each of their rows"] if sheet.merged else []
        yield _within(path, sheet.name, header, _picker(cells), layout, told, sheet.rows)


def _header_in(rows: Sequence[Sequence[Any]], layout: TableLayout) -> Header | None:
    """Return the header of a sheet; nothing if it has none and is passed over."""
    if not layout.holding:
        return find_header(rows, layout.header)
    for number, row in enumerate(rows, 1):
        if set(layout.holding) <= {str(cell).strip() for cell in row}:
            return find_header(rows, (number,))
    with contextlib.suppress(ValueError):
        return find_header(rows)
    return None


def _picker(cells: pd.DataFrame) -> Columns:
    return lambda wanted: cells[list(wanted)]


def _text(path: Path, layout: TableLayout) -> FileTable:
    packed = text.read_bytes(path)
    encoding = layout.encoding or encoding_of(packed)
    content = text.as_utf8(packed, encoding)
    del packed
    separator = text.separator_in(layout, content)
    rows = text.rows_of(content, separator, SAMPLE)
    header = find_header(rows, layout.header)
    width = len(header.names)
    places = {name: place for place, name in enumerate(header.names)}

    def columns(wanted: Sequence[str]) -> pd.DataFrame:
        chosen = [places[name] for name in wanted]
        cells = text.read_cells(content, separator, chosen, width, header.below)
        return cells[chosen].set_axis(list(wanted), axis=1)

    told = [text.layout_words(encoding, separator), _header_words(header)]
    return _within(path, None, header, columns, layout, told, rows)


def _within(
    path: Path,
    sheet: str | None,
    header: Header,
    columns: Columns,
    layout: TableLayout,
    told: list[str],
    rows: Sequence[Sequence[Any]],
) -> FileTable:
    """Return a table of which blank rows and rows to skip are left out, and columns are filled down."""

    def tidy(wanted: Sequence[str]) -> pd.DataFrame:
        try:
            cells = columns(header.names if layout.skip else list(dict.fromkeys(wanted)))
        except ValueError as error:
            raise DataError(f"{path}: {error}") from None
        empty = _empty(cells)
        if layout.skip:
            empty |= cells.map(lambda cell: str(cell).strip() in layout.skip).any(axis=1).to_numpy(bool)
        cells = cells[list(dict.fromkeys(wanted))]
        cells = cells.loc[~empty] if empty.any() else cells
        down = [name for name in layout.fill_down if name in cells]
        return cells.assign(**{name: cells[name].mask(blank(cells[name])).ffill() for name in down})

    return FileTable(path, sheet, header.names, tidy, tuple(told), _above(header, rows))


def _empty(cells: pd.DataFrame) -> NDArray[np.bool_]:
    """Return the rows that are blank in all columns."""
    empty = np.ones(len(cells), bool)
    for name in cells:
        empty &= blank(cells[name])
        if not empty.any():
            break
    return empty


def _above(header: Header, rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """Return the texts that stand over the header."""
    over = rows[: header.rows[0] if header.rows else header.below]
    return tuple(str(cell).strip() for row in over for cell in row if not is_blank(cell))


def _header_words(header: Header) -> str:
    if not header.rows:
        return "no header: columns are called 1, 2, ..."
    if len(header.rows) == 1:
        return f"header in row {header.rows[0] + 1}"
    return f"header in rows {header.rows[0] + 1} and {header.rows[1] + 1}"
