"""How a sheet of a workbook is written: headed columns of one kind each, real dates, tables with names, filters."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from simcap.report.charts.style import INK, RULE, SOFT, VENDORS
from simcap.report.wording.sentences import AT_RISK, LIKELY

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from simcap.report.books.book import Book

Kind = Literal[
    "text", "long", "date", "percent", "chance", "count", "hours", "fte", "money", "amount", "price", "points", "number"
]  # fmt: skip
"""What a cell holds, and so how it is formatted: a share of items is a percent, that of replications a chance."""

_WIDTHS: Final[dict[Kind, int]] = {
    "long": 60, "date": 12, "percent": 10, "chance": 10, "count": 10, "hours": 11, "fte": 10, "money": 15, "amount": 12,
    "price": 11, "points": 10, "number": 13,
}  # fmt: skip
"""In characters; those of text follow what is written."""
_DARK, _LIGHT, _PALE = "#b8480a", "#f9c692", "#fde9d5"
"""From likely to be missed to at risk; they differ in lightness, for those who cannot tell hues apart."""
_LINE = 13.5
"""Height of a line of text in points."""
_PAGE = 150
"""Characters that a line of text may be wide before it is broken."""
_PROSE = 110.0
"""Characters of a line on a sheet that holds no table."""
_PROPORTIONAL = 1.18
"""Letters that a line of text holds for each digit that it would."""
MOST_ROWS: Final = 1_048_000
"""Rows that a sheet can hold, but for its head."""
LONGEST: Final = 32_000
"""Characters that a cell can hold."""


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table."""

    title: str
    kind: Kind = "text"
    width: int = 0
    """In characters; that of its kind if 0."""


@dataclasses.dataclass(frozen=True)
class Cell:
    """A value of another kind than its column."""

    value: Any
    kind: Kind


@dataclasses.dataclass(frozen=True)
class Line:
    """A series of a chart, from cells of a sheet."""

    sheet: str
    rows: range
    label: int
    """Column of what stands along the axis."""
    value: int
    """Column of the figures."""
    name: tuple[int, int]
    """Row and column of the cell that names it, so that no name can be read as a formula."""
    look: dict[str, Any]


class Sheet:
    """One sheet, written from top to bottom."""

    def __init__(self, book: Book, name: str, heading: str, note: str) -> None:
        self.book, self.name = book, name
        self.page: Worksheet = book.file.add_worksheet(name)
        self._set_up()
        self._lines: list[tuple[int, str, dict[str, object]]] = []
        self._widths: dict[int, float] = {}
        self._frozen = False
        self.row = 0
        self.line(heading, bold=True, font_size=15)
        if note:
            self.line(note, font_color=SOFT, italic=True)
        self.row += 1

    def _set_up(self) -> None:
        page = self.page
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.6)
        page.fit_to_pages(1, 0)
        page.set_footer("&L&A&RPage &P of &N")

    def line(self, text: str, **look: object) -> None:
        """Write a line of text, broken where the table below it ends."""
        self._lines.append((self.row, text, look))
        self.row += 1

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, frozen: int = 1) -> range:
        """Write a table with filters; return the numbers of its rows, from 0.

        The header of a sheet's first table, and as many columns, stay in view and are repeated on every printed page.
        """
        cells = [list(row) for row in rows]
        first, last = self.row, self.row + max(len(cells), 1)
        titles = _different([column.title for column in columns])
        heads = [
            {"header": title, "header_format": self.book.head(column.kind)}
            for title, column in zip(titles, columns, strict=True)
        ]
        options = {"name": self.book.table_name(self.name), "style": None, "columns": heads}
        self.page.add_table(first, 0, last, len(columns) - 1, options)
        for number, row in enumerate(cells, first + 1):
            for place, (value, column) in enumerate(zip(row, columns, strict=True)):
                self._write(number, place, value, column.kind)
        self._fit(columns, cells, first)
        if not self._frozen:
            self._frozen = True
            self.page.freeze_panes(first + 1, frozen)
            self.page.repeat_rows(first)
        self.row = last + 2
        return range(first + 1, last + 1)

    def colour_chances(self, rows: range, place: int) -> None:
        """Colour the chances of a miss in a column: dark if a miss is likely, light if it is a risk."""
        area = (rows.start, place, rows.stop - 1, place)
        self.page.conditional_format(*area, {"type": "blanks", "format": None, "stop_if_true": True})
        for least, look in (
            (LIKELY, {"bg_color": _DARK, "font_color": "#ffffff", "bold": True}),
            (AT_RISK, {"bg_color": _LIGHT}),
        ):
            rule = {"type": "cell", "criteria": ">=", "value": least, "stop_if_true": True}
            self.page.conditional_format(*area, {**rule, "format": self.book.file.add_format(look)})

    def colour_short(self, rows: range, place: int, *, most: int | None = None) -> None:
        """Colour the negative numbers of a column; where `most` names the upper ends of intervals, those surely so."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        look = self.book.file.add_format({"font_color": "#8a3206", "bg_color": _PALE, "bold": True})
        if most is None:
            rule = {"type": "cell", "criteria": "<", "value": 0, "format": look}
        else:
            rule = {"type": "formula", "criteria": f"={xl_rowcol_to_cell(rows.start, most)}<0", "format": look}
        self.page.conditional_format(rows.start, place, rows.stop - 1, place, rule)

    def chart(
        self,
        kind: dict[str, str],
        lines: Iterable[Line],
        at: tuple[int, int],
        *,
        title: str,
        along: dict[str, Any],
        up: dict[str, Any],
        told: str,
    ) -> None:
        """Draw a native chart beside or below its figures; `told` says for a screen reader what it shows.

        A title must not begin with a name, which might be read as a formula.
        """
        chart: Any = self.book.file.add_chart(kind)
        for line in lines:
            first, last = line.rows.start, line.rows.stop - 1
            chart.add_series(
                {
                    "name": [line.sheet, *line.name],
                    "categories": [line.sheet, first, line.label, last, line.label],
                    "values": [line.sheet, first, line.value, last, line.value],
                    **line.look,
                }
            )
        font = {"size": 9, "color": INK, "bold": False}
        common = {"num_font": font, "name_font": {**font, "color": SOFT}, "line": {"color": "#b4bcc5"}}
        chart.set_title({"name": title, "name_font": {"size": 11, "color": INK}, "overlay": False})
        chart.set_x_axis({**common, "text_axis": True, **along})
        chart.set_y_axis({**common, "major_gridlines": {"visible": True, "line": {"color": RULE}}, **up})
        chart.set_legend({"position": "bottom", "font": font})
        chart.set_size({"width": 820, "height": 340})
        self.page.insert_chart(*at, chart, {"description": told, "object_position": 2})

    def finish(self) -> None:
        """Write the lines of text over the width of the tables, and set all widths."""
        for place, width in self._widths.items():
            self.page.set_column(place, place, width)
        if not self._widths:
            self.page.set_column(0, 0, _PROSE)
        wide, last = 0.0 if self._widths else _PROSE, 0
        for place in sorted(self._widths):
            if wide and wide + self._widths[place] > _PAGE:
                break
            wide, last = wide + self._widths[place], place
        for row, text, look in self._lines:
            size = float(str(look.get("font_size", 10)))
            lines = _line_count(text, max(wide, 40) * _PROPORTIONAL * 10 / size)
            form = self.book.format(**{**look, "text_wrap": True})
            if last:
                self.page.merge_range(row, 0, row, last, "", form)
            self.page.write_string(row, 0, text[:LONGEST], form)
            self.page.set_row(row, lines * _LINE * size / 10 + 2)

    def _write(self, row: int, place: int, value: Any, kind: Kind) -> None:
        if isinstance(value, Cell):
            value, kind = value.value, value.kind
        look = self.book.cell(kind)
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            self.page.write_blank(row, place, None, look)
        elif isinstance(value, str):
            self.page.write_string(row, place, value[:LONGEST], look)
        elif isinstance(value, dt.datetime):
            self.page.write_datetime(row, place, value.replace(tzinfo=None), look)
        else:
            self.page.write_number(row, place, value, look)

    def _fit(self, columns: Sequence[Column], cells: list[list[Any]], head: int) -> None:
        """Widen the columns to what stands in them, and make the rows as high as the longest of their texts."""
        for place, column in enumerate(columns):
            texts = [row[place] for row in cells[:2000] if isinstance(row[place], str)]
            longest = max(map(_length, texts), default=0)
            width = column.width or _WIDTHS.get(column.kind) or min(max(longest + 2, 10), 40)
            longest_word = max(map(len, column.title.split()), default=0)
            self._widths[place] = max(self._widths.get(place, 0.0), width, longest_word + 4)
        titles = [(column.title, self._widths[place] - 3) for place, column in enumerate(columns)]
        self.page.set_row(head, _LINE * max(_line_count(title, width) for title, width in titles) + 6)
        wrapped = [place for place, column in enumerate(columns) if column.kind == "long"]
        for number, row in enumerate(cells, head + 1):
            count = max((_line_count(str(row[place] or ""), self._widths[place] * 1.1) for place in wrapped), default=1)
            if count > 1:
                self.page.set_row(number, min(_LINE * count + 1, 400))


def vendor_colour(place: int) -> str:
    """Return the colour of a vendor in charts, by its place in the scenario."""
    return VENDORS[place % len(VENDORS)]


def _length(text: str) -> int:
    """Return how many characters wide a text is; those of Chinese, Japanese and Korean count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _line_count(text: str, width: float) -> int:
    """Return in how many lines words fill a width in characters."""
    lines = 0
    for part in text.split("\n"):
        used, lines = 0.0, lines + 1
        for word in part.split(" "):
            length = _length(word)
            if used and used + 1 + length > width:
                lines, used = lines + 1, 0.0
            lines += int(length // (width + 1))
            used += length + (1 if used else 0)
    return lines


def _different(titles: list[str]) -> list[str]:
    """Return headers of which no two are the same, as a table needs; case does not count."""
    before = [[one.casefold() for one in titles[:n]].count(title.casefold()) for n, title in enumerate(titles)]
    return [f"{title} {count + 1}" if count else title for title, count in zip(titles, before, strict=True)]
