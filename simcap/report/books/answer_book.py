"""The workbook of any question but a run: what it found in words, and its tables, each on a sheet of its own."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any, Final

import pandas as pd

from simcap.errors import RunError
from simcap.experiment.reading import read_json, read_tables
from simcap.report.books.book import Book
from simcap.report.books.kinds import is_by_measure, kind_of_column, kind_of_measure
from simcap.report.books.sheet import MOST_ROWS, Cell, Column, Kind
from simcap.report.documents.answer import ANSWER
from simcap.report.wording.columns import TABLES, meaning_of

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?")
_LONG = 40
"""Characters from which a text is broken into lines."""


def write_answer_book(folder: Path, path: Path) -> None:
    """Write a workbook with what a command found and a sheet for each of its tables.

    Raises `RunError` if the folder holds no tables.
    """
    tables = read_tables(folder)
    if not tables:
        raise RunError(f"{folder}: holds no tables; name a folder in which simcap left its results")
    answer = read_json(folder / ANSWER) if (folder / ANSWER).exists() else {}
    book = Book(path, str(answer.get("title", folder.name)))
    if answer:
        _summary(book, answer)
    write_tables(book, tables)
    book.close()


def _summary(book: Book, answer: dict[str, Any]) -> None:
    """Write the verdict, and what the terminal tells between its tables, which have sheets of their own."""
    sheet = book.sheet("Summary", answer["title"], answer["command"].capitalize())
    sheet.line(answer["heading"], bold=True, font_size=13)
    for sentence in answer["sentences"]:
        sheet.line(sentence, font_size=11)
    sheet.row += 1
    for block in answer["blocks"]:
        if "text" in block:
            sheet.line(block["text"])


def write_tables(book: Book, tables: dict[str, pd.DataFrame]) -> None:
    """Write tables, each on a sheet of its own, and then what their columns mean."""
    known = set()
    for name, table in tables.items():
        if table.empty:
            continue
        shown = table.iloc[:MOST_ROWS]
        cut = f" The first {MOST_ROWS:,} of {len(table):,} rows." if len(shown) < len(table) else ""
        sheet = book.sheet(_words(name), TABLES.get(name, _words(name)), f"From tables/{name}.csv.{cut}")
        columns = [Column(_words(column), _kind(name, column, shown[column])) for column in map(str, table.columns)]
        cells = [_cells(name, str(column), shown) for column in table.columns]
        sheet.table(columns, list(map(list, zip(*cells, strict=True))))
        known |= {(name, str(column)) for column in table.columns}
    rows = [
        [_words(column), _words(name), meaning.unit, meaning.words]
        for name, column in sorted(known)
        for meaning in [meaning_of(name, column)]
        if meaning is not None
    ]
    sheet = book.sheet("Columns", "What the columns mean")
    sheet.table([Column("Column"), Column("Sheet"), Column("Unit"), Column("Meaning", "long", 80)], rows)


def _words(column: str) -> str:
    words = re.sub(r"^(ci)_", "95% interval ", re.sub(r"^p(\d\d)$", lambda m: f"{int(m[1])}th percentile", column))
    words = re.sub(r"\bsla(s?)\b", r"SLA\1", words.replace("_", " ").replace("crps", "CRPS"))
    return words[:1].upper() + words[1:]


def _kind(table: str, column: str, values: pd.Series) -> Kind:
    kind = kind_of_column(table, column)
    texts = [str(value) for value in values] if not pd.api.types.is_numeric_dtype(values) else []
    if kind == "date" and any(text and not _DAY.fullmatch(text) for text in texts):
        kind = "text"
    return "long" if kind == "text" and max(map(len, texts), default=0) > _LONG else kind


def _cells(table: str, column: str, rows: pd.DataFrame) -> list[Any]:
    values = rows[column]
    if pd.api.types.is_bool_dtype(values):
        return ["yes" if value else "no" for value in values]
    if pd.api.types.is_numeric_dtype(values):
        if "measure" in rows and is_by_measure(table, column):
            pairs = zip(values, rows["measure"], strict=True)
            return [Cell(float(value), kind_of_measure(str(measure))) for value, measure in pairs]
        return [float(value) for value in values]
    texts = list(map(str, values))
    if kind_of_column(table, column) == "date" and all(not text or _DAY.fullmatch(text) for text in texts):
        return [dt.datetime.fromisoformat(text) if text else None for text in texts]
    return texts
