"""Tables in Excel workbooks: sheets, and cells that are merged."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from simcap.tables.harmless import harmless_cell, harmless_text
from simcap.tables.layout import ALL, LARGEST

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_SWELLS: Final = 200
"""Times by which the parts of a workbook may be larger than their packing."""
_LARGEST_SHEETS: Final = 150_000_000
"""Bytes of a workbook, unpacked, above which it is refused: some 3 million cells."""
_LARGEST_SPAN: Final = 30_000_000
"""Cells of the block that holds all cells of a sheet, empty ones included."""
_DAMAGE: Final = (
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    OverflowError,
)
"""What openpyxl raises for damaged parts; a syntax error is one of XML."""
_OLD: Final = b"\xd0\xcf\x11\xe0"
"""What an old workbook begins with, and one with a password."""


class Cells(NamedTuple):
    """A sheet: its name, its rows from the first on, and the number of merged blocks whose value was repeated."""

    name: str
    rows: list[list[Any]]
    merged: int


def read_workbook(path: Path, sheet: str | int | None) -> list[Cells]:
    """Return the sheets that are asked for; the first visible one if none is.

    Raises `ValueError` for a workbook that cannot be read, and a sheet that it has not.
    """
    import openpyxl

    _check(path)
    try:
        # Its own handle stays open where openpyxl gives up.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, data_only=True)
    except _DAMAGE as error:
        raise ValueError(f"is damaged, or no workbook ({type(error).__name__}: {str(error)[:80]})") from None
    try:
        return [_cells(one) for one in _chosen(book.worksheets, sheet)]
    finally:
        book.close()


def _check(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) == _OLD:
            raise ValueError("is an old .xls workbook or has a password; save it as .xlsx without one")
    try:
        with zipfile.ZipFile(path) as parts:
            entries = parts.infolist()
    except _DAMAGE as error:
        raise ValueError(f"is damaged, or no workbook ({error})") from None
    if any(entry.filename.endswith("vbaProject.bin") for entry in entries):
        raise ValueError("holds macros; save it as .xlsx without them")
    large, packed = (sum(getattr(entry, size) for entry in entries) for size in ("file_size", "compress_size"))
    if large > LARGEST or (large > LARGEST / 20 and large > _SWELLS * max(packed, 1)):
        raise ValueError(f"unpacks to {large / 1e9:.1f} GB; save it anew, or as CSV")
    if large > _LARGEST_SHEETS:
        raise ValueError(
            f"unpacks to {large / 1e6:.0f} MB, more than the {_LARGEST_SHEETS / 1e6:.0f} MB of a workbook that can be "
            "read in a minute or two; save it as CSV, which has no such bound"
        )


def _chosen(sheets: list[Worksheet], wanted: str | int | None) -> list[Worksheet]:
    names = ", ".join(one.title for one in sheets)
    if not sheets:
        raise ValueError("is damaged: the workbook has no sheet")
    if wanted == ALL:
        return [one for one in sheets if one.sheet_state == "visible"]
    if isinstance(wanted, int):
        if not 1 <= wanted <= len(sheets):
            raise ValueError(f"sheet: {wanted}; it has {len(sheets)}: {names}")
        return [sheets[wanted - 1]]
    if wanted is None:
        return [next((one for one in sheets if one.sheet_state == "visible"), sheets[0])]
    found = [one for one in sheets if one.title.strip().casefold() == wanted.strip().casefold()]
    if not found:
        raise ValueError(f"sheet: there is none {wanted!r}; it has {names}")
    return found


def _cells(sheet: Worksheet) -> Cells:
    if sheet.max_row * sheet.max_column > _LARGEST_SPAN:
        raise ValueError(
            f"sheet {sheet.title!r} reaches to row {sheet.max_row:,} and column {sheet.max_column:,}; delete what "
            "stands far from the table, or save it as CSV"
        )
    rows = [list(map(harmless_cell, row)) for row in sheet.iter_rows(values_only=True)]
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    blocks = list(_downwards(sheet))
    for top, bottom, left in blocks:
        for row in range(top + 1, min(bottom, len(rows) - 1) + 1):
            rows[row][left] = rows[top][left]
    return Cells(harmless_text(sheet.title), rows, len(blocks))


def _downwards(sheet: Worksheet) -> Iterator[tuple[int, int, int]]:
    """Yield top, bottom and column of the blocks that are merged over rows, from 0; across, a value stands once."""
    for block in sheet.merged_cells.ranges:
        if block.max_row > block.min_row:
            yield block.min_row - 1, block.max_row - 1, block.min_col - 1
