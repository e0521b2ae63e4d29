"""The file of a workbook: its formats, the names of its sheets and tables, and how equal results give equal bytes."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simcap.report.books.sheet import Kind, Sheet
from simcap.report.charts.style import BLUE, INK, RULE

if TYPE_CHECKING:
    from xlsxwriter.format import Format

FORMATS: Final[dict[Kind, dict[str, object]]] = {
    "text": {"num_format": "@", "align": "left", "indent": 1},
    "long": {"num_format": "@", "text_wrap": True, "align": "left", "indent": 1},
    "date": {"num_format": "d mmm yyyy", "align": "right"},
    "percent": {"num_format": "0.00%"},
    "chance": {"num_format": "0.0%"},
    "count": {"num_format": "#,##0"},
    "hours": {"num_format": "#,##0.0"},
    "fte": {"num_format": "#,##0.0"},
    "money": {"num_format": "#,##0.00"},
    "amount": {"num_format": "#,##0"},
    "price": {"num_format": "#,##0.0000"},
    "points": {"num_format": "+0.00;-0.00;0.00"},
    "number": {"num_format": "#,##0.###"},
}
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME: Final = 31


class Book:
    """A workbook that is being written. No text in it is ever read as a formula, a link or a number."""

    def __init__(self, path: Path, title: str) -> None:
        from xlsxwriter import Workbook

        plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self.file = Workbook(str(path), {**plain, "default_date_format": "d mmm yyyy"})
        # A fixed moment: equal results give equal bytes.
        self.file.set_properties({"title": title, "created": dt.datetime(2000, 1, 1)})
        self._formats: dict[str, Format] = {}
        self.sheets: list[Sheet] = []
        self._tables = 0

    def format(self, **changes: object) -> Format:
        """Return a format: the common one with changes."""
        key = repr(sorted(changes.items()))
        if key not in self._formats:
            common = {"font_name": "Calibri", "font_size": 10, "valign": "top", "font_color": INK}
            self._formats[key] = self.file.add_format({**common, **changes})
        return self._formats[key]

    def cell(self, kind: Kind) -> Format:
        """Return the format of the cells of a kind."""
        return self.format(**FORMATS[kind], bottom=1, bottom_color=RULE)

    def head(self, kind: Kind) -> Format:
        """Return the format of a column's header, which stands over its cells as they do."""
        side = "left" if kind in ("text", "long") else "right"
        indent = 1 if side == "left" else 0
        look = {"bold": True, "font_color": "white", "bg_color": BLUE, "text_wrap": True}
        return self.format(**look, valign="vcenter", align=side, indent=indent)

    def sheet(self, name: str, heading: str, note: str = "") -> Sheet:
        """Add a sheet with a heading and a note below it; its name is cut and cleaned as the format demands."""
        sheet = Sheet(self, self._unused(name), heading, note)
        self.sheets.append(sheet)
        return sheet

    def close(self) -> None:
        """Write the file. Raises `OSError` if it cannot be written."""
        from xlsxwriter.exceptions import FileCreateError

        for sheet in self.sheets:
            sheet.finish()
        try:
            self.file.close()
        except FileCreateError as error:
            raise error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error)) from error

    def table_name(self, sheet: str) -> str:
        """Return a name for a table of a sheet that no other has."""
        self._tables += 1
        return f"{re.sub('[^A-Za-z]', '', sheet) or 'Table'}{self._tables}"

    def _unused(self, name: str) -> str:
        """Return a name of a sheet that may stand and that no other has; case does not count."""
        clean = _FORBIDDEN.sub(" ", name).strip(" '") or "Sheet"
        taken = {sheet.name.casefold() for sheet in self.sheets} | {"history"}
        number, found = 1, clean[:_LONGEST_NAME].strip(" '")
        while found.casefold() in taken:
            number += 1
            ending = f" {number}"
            found = clean[: _LONGEST_NAME - len(ending)] + ending
        return found
