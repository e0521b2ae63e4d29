"""How a sheet of a workbook is written: headed columns of one kind each, real dates, tables with names, filters."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from simcap.report.charts.style import BLUE, INK, SOFT

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "long", "date", "percent", "count", "hours", "fte", "money", "price", "points"]

_FORMATS: Final[dict[Kind, dict[str, object]]] = {
    "text": {},
    "long": {"text_wrap": True},
    "date": {"num_format": "d mmm yyyy", "align": "left"},
    "percent": {"num_format": "0.0%"},
    "count": {"num_format": "#,##0"},
    "hours": {"num_format": "#,##0"},
    "fte": {"num_format": "#,##0.0"},
    "money": {"num_format": "#,##0.00"},
    "price": {"num_format": "#,##0.000"},
    "points": {"num_format": "+0.0;-0.0;0.0"},
}
_WIDTHS: Final[dict[Kind, int]] = {"long": 70, "date": 12, "percent": 10, "money": 15}
_RED, _AMBER, _GREEN = "#f8d2c4", "#fbe7c3", "#d7ecdc"
MOST_ROWS: Final = 1_048_000
"""Rows that a sheet can hold, but for its head."""


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table."""

    title: str
    kind: Kind = "text"
    width: int = 0
    """In characters; that of its kind if 0."""


class Book:
    """A workbook that is being written. No text in it is ever read as a formula, a link or a number."""

    def __init__(self, path: Path, title: str) -> None:
        from xlsxwriter import Workbook

        self.file = Workbook(
            str(path),
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "d mmm yyyy",
            },
        )
        # A fixed moment: equal results give equal bytes.
        self.file.set_properties({"title": title, "created": dt.datetime(2000, 1, 1)})
        self.base: dict[str, object] = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        self._formats: dict[str, Format] = {}
        self._tables = 0

    def format(self, **changes: object) -> Format:
        """Return a format: the common one with changes."""
        key = repr(sorted(changes.items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format({**self.base, **changes})
        return self._formats[key]

    def sheet(self, name: str, heading: str, note: str = "") -> Sheet:
        """Add a sheet with a heading and a note below it."""
        return Sheet(self, name, heading, note)

    def close(self) -> None:
        """Write the file. Raises `OSError` if it cannot be written."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            self.file.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error

    def table_name(self, sheet: str) -> str:
        """Return a name for a table of a sheet that no other has."""
        self._tables += 1
        return f"{re.sub('[^A-Za-z]', '', sheet) or 'Table'}{self._tables}"


class Sheet:
    """One sheet, written from top to bottom."""

    def __init__(self, book: Book, name: str, heading: str, note: str) -> None:
        self.book, self.name = book, name
        self.page: Worksheet = book.file.add_worksheet(name)
        self.page.hide_gridlines(2)
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.page.set_footer("&L&A&RPage &P of &N")
        self.page.write_string(0, 0, heading, book.format(bold=True, font_size=15, font_color=INK))
        self.row = 1
        if note:
            self.line(note, font_color=SOFT, italic=True)
        self.row += 1

    def line(self, text: str, **look: object) -> None:
        """Write a line of text."""
        self.page.write_string(self.row, 0, text, self.book.format(**look))
        self.row += 1

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, freeze: bool = True) -> range:
        """Write a table with filters and a header that stays in view; return the numbers of its rows, from 0."""
        cells = [list(row) for row in rows]
        first = self.row
        last = first + max(len(cells), 1)
        looks = [self.book.format(**_FORMATS[column.kind]) for column in columns]
        self.page.add_table(
            first,
            0,
            last,
            len(columns) - 1,
            {
                "name": self.book.table_name(self.name),
                "style": "Table Style Light 1",
                "columns": [
                    {"header": title, "header_format": self._head()} for title in _different([c.title for c in columns])
                ],
            },
        )
        for number, row in enumerate(cells, first + 1):
            for place, (value, look) in enumerate(zip(row, looks, strict=True)):
                self._write(number, place, value, look)
        self._fit(columns, cells)
        if freeze:
            self.page.freeze_panes(first + 1, 1)
            self.page.repeat_rows(first)
        self.row = last + 2
        return range(first + 1, last + 1)

    def colour_misses(self, rows: range, place: int) -> None:
        """Colour the chances of a miss in a column: from 50% red, from 10% amber, else green."""
        area = (rows.start, place, rows.stop - 1, place)
        steps = ((">=", 0.5, _RED), (">=", 0.1, _AMBER), (">=", 0, _GREEN))
        self.page.conditional_format(*area, {"type": "blanks", "format": None, "stop_if_true": True})
        for criteria, value, colour in steps:
            look = self.book.file.add_format({"bg_color": colour})
            rule = {"type": "cell", "criteria": criteria, "value": value, "format": look, "stop_if_true": True}
            self.page.conditional_format(*area, rule)

    def colour_negative(self, rows: range, place: int) -> None:
        """Colour the negative numbers of a column red."""
        look = self.book.file.add_format({"font_color": "#a3260e", "bg_color": _RED})
        rule = {"type": "cell", "criteria": "<", "value": 0, "format": look}
        self.page.conditional_format(rows.start, place, rows.stop - 1, place, rule)

    def _head(self) -> Format:
        return self.book.format(bold=True, font_color="white", bg_color=BLUE, text_wrap=True, valign="vcenter")

    def _write(self, row: int, place: int, value: Any, look: Format) -> None:
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            self.page.write_blank(row, place, None, look)
        elif isinstance(value, str):
            self.page.write_string(row, place, value[:32_000], look)
        elif isinstance(value, dt.datetime):
            self.page.write_datetime(row, place, value.replace(tzinfo=None), look)
        else:
            self.page.write_number(row, place, value, look)

    def _fit(self, columns: Sequence[Column], cells: list[list[Any]]) -> None:
        for place, column in enumerate(columns):
            texts = [str(row[place]) for row in cells[:500] if isinstance(row[place], str)]
            longest = max(map(len, texts), default=0)
            width = column.width or _WIDTHS.get(column.kind) or min(max(longest + 2, 11), 44)
            self.page.set_column(place, place, max(width, min(len(column.title) + 3, 14)))


def _different(titles: list[str]) -> list[str]:
    """Return headers of which no two are the same, as a table needs."""
    before = [titles[:n].count(title) for n, title in enumerate(titles)]
    return [f"{title} {count + 1}" if count else title for title, count in zip(titles, before, strict=True)]
