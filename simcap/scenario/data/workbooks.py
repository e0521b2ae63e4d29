"""Workbooks and Parquet files as the rows of text that a CSV file with the same table has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from simcap.tables.blanks import is_blank
from simcap.tables.table import FileTable


def chunks_of(table: FileTable, columns: Collection[str], size: int) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Yield numbers and cells of rows: first the names of the columns alone, then the rows of some of them.

    Raises `DataError` for a damaged file.
    """
    names = [name for name in table.names if name.strip() in columns]
    yield [0], [[name.strip() for name in table.names]]
    if not names:
        return
    cells = table.columns(names)
    numbers = (cells.index.to_numpy() + 1).tolist()
    texts = {name: cells[name].astype(object).map(_text).tolist() for name in names}
    for begin in range(0, len(numbers), size):
        part = slice(begin, begin + size)
        unread = [""] * len(numbers[part])
        by_column = [texts[name][part] if name in texts else unread for name in table.names]
        yield numbers[part], [list(row) for row in zip(*by_column, strict=True)]


def _text(cell: Any) -> str:
    """Return a cell as a CSV file has it: times as in 2026-10-05 09:30:00, whole numbers without a fraction."""
    if is_blank(cell):
        return ""
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time() and cell.tzinfo is None
        return f"{cell:%Y-%m-%d}" if midnight else cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
