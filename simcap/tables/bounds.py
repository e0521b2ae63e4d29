"""What is not read at all: files that are no tables, and those that are larger than can be read in reasonable time."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from simcap.tables.layout import LARGEST

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_NO_TABLES: Final = {
    ".xls": "an old Excel workbook; save it as .xlsx or CSV",
    ".xlsm": "a workbook with macros; save it as .xlsx or CSV",
    ".xlsb": "a binary workbook; save it as .xlsx or CSV",
    ".ods": "an OpenDocument sheet; save it as .xlsx or CSV",
    ".pdf": "a PDF; export the table itself, as CSV or .xlsx",
    ".zip": "a zip file; unpack it, or pack the one file with gzip",
    ".docx": "a text document; export the table itself, as CSV or .xlsx",
    ".json": "JSON; export it as CSV, Parquet or .xlsx",
}
_SMALL: Final = LARGEST // 40
"""Bytes that anything may unpack to."""
_SWELLS: Final = 40
"""Times by which a text may be larger than its packing; logs are packed to a tenth or a thirtieth."""


def check_kind(path: Path) -> None:
    """Raise `ValueError` for a file that is no table by its name, or is too large."""
    if message := _NO_TABLES.get(path.suffix.lower()):
        raise ValueError(f"is {message}")
    if path.is_file() and path.stat().st_size > LARGEST:
        raise ValueError(f"has more than {LARGEST / 1e9:.0f} GB; split it, by month for example")


def most_unpacked(path: Path) -> int:
    """Return the bytes that a file packed with gzip may unpack to."""
    return min(LARGEST, max(_SMALL, _SWELLS * path.stat().st_size))


class Unpacked(io.RawIOBase):
    """The content of a file that is packed with gzip; reading raises `ValueError` beyond what it may unpack to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._left = most_unpacked(path)
        self._file: BinaryIO = gzip.open(path)  # type: ignore[assignment]  # noqa: SIM115 - closed by close()

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer; return how far."""
        target = memoryview(buffer)
        content = self._file.read(len(target))
        self._left -= len(content)
        if self._left < 0:
            raise ValueError("unpacks to far more than a table of its size; pack it anew, or split it by month")
        target[: len(content)] = content
        return len(content)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
