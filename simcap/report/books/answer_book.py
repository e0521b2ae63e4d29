"""The workbook of any other question: its tables, each on a sheet of its own."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any, Final

import pandas as pd

from simcap.errors import RunError
from simcap.experiment.reading import read_json, read_tables
from simcap.report.books.sheet import MOST_ROWS, Book, Column, Kind

_SHARES: Final = re.compile(
    r"attainment|probability|chance|miss|share|target|occupancy|^p[0-9]{2}$|^ci_|^base$|^variant$|difference|within_90"
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?")


def write_answer_book(folder: Path, path: Path) -> None:
    """Write a workbook with a sheet for each table of a folder. Raises `RunError` if it holds none."""
    tables = read_tables(folder)
    if not tables:
        raise RunError(f"{folder}: has no tables; name a folder in which simcap left its results")
    book = Book(path, folder.name)
    for name, table in tables.items():
        title = name.replace("_", " ").capitalize()
        note = _title(folder) if len(table) <= MOST_ROWS else f"The first {MOST_ROWS:,} of {len(table):,} rows."
        sheet = book.sheet(title[:31], title, note)
        columns = [Column(_words(column), _kind(table, column)) for column in map(str, table.columns)]
        cells = {str(column): _cells(table[column]) for column in table.columns}
        sheet.table(columns, list(map(list, zip(*cells.values(), strict=True)))[:MOST_ROWS])
    book.close()


def _title(folder: Path) -> str:
    about = next((folder / name for name in ("answer.json", "comparison.json") if (folder / name).exists()), None)
    return "" if about is None else str(read_json(about).get("title", ""))


def _words(column: str) -> str:
    return column.replace("_", " ").capitalize()


def _kind(table: pd.DataFrame, column: str) -> Kind:
    values = table[column]
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        texts = [str(value) for value in values if value != ""]
        if texts and all(_DAY.fullmatch(text) for text in texts):
            return "date"
        return "long" if max(map(len, texts), default=0) > 60 else "text"
    known = values.dropna().abs()
    if _SHARES.search(column) and (known <= 1).all():
        return "percent"
    return "count" if (known == known.round()).all() else "price"


def _cells(column: pd.Series) -> list[Any]:
    if pd.api.types.is_bool_dtype(column):
        return ["yes" if value else "no" for value in column]
    if pd.api.types.is_numeric_dtype(column):
        return [float(value) for value in column]
    texts = list(map(str, column))
    if all(not text or _DAY.fullmatch(text) for text in texts) and any(texts):
        return [dt.datetime.fromisoformat(text) if text else None for text in texts]
    return texts
