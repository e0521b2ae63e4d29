"""Tables in Excel workbooks: sheets, and cells that are merged."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from simcap.tables.harmless import harmless_cell, harmless_text
from simcap.tables.layout import ALL, LARGEST

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_SWELLS: Final = 200
"""Times by which the parts of a workbook may be larger than their packing."""
_LARGEST_SPAN: Final = 5_000_000
"""Cells of the block that holds all cells of a sheet, empty ones included."""
_MOST_TAGS: Final = 6_000_000
"""Opening and closing tags of all parts, of which a cell has four or five: what is read in some ten seconds."""
_MOST_TAGS_MERGED: Final = 2_000_000
"""The same where cells are merged, as openpyxl then has to build every cell."""
_MOST_COVERED: Final = 150_000
"""Cells that merged blocks and links may cover."""
_WEIGHT_OF_STYLES: Final = 10
"""Tags of cells that take as long to read as one of a style."""
_BLOCK: Final = 1 << 20
"""Bytes of a part that are looked through at once."""
_OVERLAP: Final = 200
"""Bytes of the block before in which a tag may have begun."""
_COVERS: Final = re.compile(
    rb"<(mergeCell|hyperlink)\s[^>]*?ref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']"
)
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


class _TooLarge(ValueError):
    """Refuse a workbook that is sound, but would take too long to read."""


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

    is_plain = not _check(path)
    # Its own handle stays open where openpyxl gives up.
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            # Without merged cells there is no need to build cells, which takes twice as long and much more memory.
            book = openpyxl.load_workbook(file, read_only=is_plain, data_only=True, keep_links=False)
        except _DAMAGE as error:
            raise _damaged(error) from None
        try:
            return [_cells(one) for one in _chosen(book.worksheets, sheet)]
        finally:
            book.close()


def _damaged(error: BaseException) -> ValueError:
    return ValueError(f"is damaged, or no workbook ({type(error).__name__}: {str(error)[:80]})")


def _check(path: Path) -> bool:
    """Return whether cells are merged. Raises `ValueError` for what is no workbook, or would take too long to read."""
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
    try:
        return _is_merged(path)
    except _TooLarge:
        raise
    except _DAMAGE as error:
        raise _damaged(error) from None


def _is_merged(path: Path) -> bool:
    """Return whether a workbook has merged cells. Raises `_TooLarge` for more than can be read in reasonable time."""
    tags = covered = 0
    merged = False
    with zipfile.ZipFile(path) as parts:
        for entry in parts.infolist():
            weight = _WEIGHT_OF_STYLES if entry.filename.endswith("styles.xml") else 1
            with parts.open(entry) as part:
                for text, new in _blocks(part):
                    tags += weight * new.count(b"<") if entry.filename.endswith((".xml", ".rels")) else 0
                    for kind, *ends in _COVERS.findall(text):
                        merged = merged or kind == b"mergeCell"
                        covered += _area(*ends)
                    _check_size(text, tags, covered, merged=merged)
    return merged


def _blocks(part: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield blocks of a part, each with the end of the one before, and without."""
    rest = b""
    while block := part.read(_BLOCK):
        yield rest + block, block
        rest = block[-_OVERLAP:]


def _check_size(text: bytes, tags: int, covered: int, *, merged: bool) -> None:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _TooLarge("defines entities, which no workbook needs; save it anew")
    if covered > _MOST_COVERED:
        raise _TooLarge(
            f"merged cells and links cover more than {_MOST_COVERED:,} cells; take them away, or save it as CSV"
        )
    most = _MOST_TAGS_MERGED if merged else _MOST_TAGS
    if tags > most:
        among = ", merged ones among them" if merged else ""
        raise _TooLarge(
            f"has more than some {most // 5:,} cells{among}, which take long to read; save it as CSV, "
            "which has no such bound"
        )


def _area(left: bytes, top: bytes, right: bytes, bottom: bytes) -> int:
    """Return the cells of a block, given as A1:C3 is."""
    width, height = abs(_column(right) - _column(left)) + 1, abs(int(bottom) - int(top)) + 1
    return width * height


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


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
    rows: list[list[Any]] = []
    span = 0
    try:
        for cells in _rows(sheet):
            span += len(cells)
            if span > _LARGEST_SPAN:
                break
            rows.append(list(map(harmless_cell, cells)))
    except _DAMAGE as error:
        raise _damaged(error) from None
    if span > _LARGEST_SPAN:
        raise ValueError(
            f"sheet {sheet.title!r} reaches beyond row {len(rows):,} and column {max(map(len, rows), default=0):,}; "
            "delete what stands far from the table, or save it as CSV"
        )
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    blocks = list(_downwards(sheet))
    for top, bottom, left in blocks:
        for row in range(top + 1, min(bottom, len(rows) - 1) + 1):
            rows[row][left] = rows[top][left]
    return Cells(harmless_text(sheet.title), rows, len(blocks))


def _rows(sheet: Worksheet) -> Iterator[tuple[Any, ...]]:
    """Yield the values of rows; the size that a sheet says it has is not believed."""
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)


def _downwards(sheet: Worksheet) -> Iterator[tuple[int, int, int]]:
    """Yield top, bottom and column of the blocks that are merged over rows, from 0; across, a value stands once."""
    if not hasattr(sheet, "merged_cells"):
        return
    for block in sheet.merged_cells.ranges:
        if block.max_row > block.min_row:
            yield block.min_row - 1, block.max_row - 1, block.min_col - 1
