"""Tables in text files: their encoding, what stands between the cells, and the cells."""

from __future__ import annotations

import csv
import gzip
import io
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from simcap.tables.layout import LARGEST, TableLayout

SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LINES: Final = 200
"""Lines by which the separator is found."""


def read_bytes(path: Path) -> bytes:
    """Return the content of a file, unpacked. Raises `ValueError` for more than fits, or damaged packing."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"is no whole gzip file ({error})") from None
    if len(content) > LARGEST:
        raise ValueError(
            f"is more than {LARGEST / 1e9:.0f} GB unpacked; split it, by month for example, under `files:`"
        )
    return content


def decoded(content: bytes, encoding: str) -> str:
    """Return the text. Raises `ValueError` for an encoding that does not exist, or that the bytes are not of."""
    try:
        return content.decode(encoding)
    except LookupError:
        raise ValueError(f"encoding: there is no {encoding!r}; try utf-8, cp1252 or utf-16") from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"is not {encoding} (byte {error.start:,}); write what it is as `table: {{encoding: ...}}`, such as cp1250"
        ) from None


def separator_of(text: str) -> str:
    """Return what stands between cells: what divides the most lines into the same number of them, two or more."""
    head = text[: 400 * LINES]

    def regular(separator: str) -> tuple[int, int]:
        counts = Counter(len(row) for row in rows_of(head, separator, LINES) if len(row) > 1)
        width, lines = max(counts.items(), key=lambda item: item[1] * (item[0] - 1), default=(0, 0))
        return lines * (width > 1), width

    return max(SEPARATORS, key=regular)


def rows_of(text: str, separator: str, most: int) -> Iterator[list[str]]:
    """Yield the first rows, each as a list of cells."""
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    for row, _ in zip(reader, range(most), strict=False):
        yield row


def read_cells(text: str, separator: str, places: Sequence[int], width: int, below: int) -> pd.DataFrame:
    """Return columns by their places, the cells as text, from the row `below` on (from 0); rows keep their numbers.

    Raises `ValueError` where a row has more cells than the header has names.
    """
    _check_width(text, separator, width, below)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.ParserWarning)  # blank cells at the end of a row
            table = pd.read_csv(
                io.StringIO(text),
                sep=separator,
                header=None,
                names=list(range(width)),
                usecols=list(dict.fromkeys(places)),
                skiprows=below,
                dtype=str,
                keep_default_na=False,
                skip_blank_lines=False,
                index_col=False,
            )
    except pd.errors.ParserError as error:
        raise ValueError(f"cannot be read as a table ({str(error).strip().splitlines()[-1]})") from None
    table.index = pd.RangeIndex(below, below + len(table))
    return table


def _check_width(text: str, separator: str, width: int, below: int) -> None:
    """Raise `ValueError` for the first row with more cells than there are columns; blank ones at its end are none."""
    for number, line in enumerate(io.StringIO(text), 1):
        if number > below and line.count(separator) >= width:
            cells = next(csv.reader([line], delimiter=separator))
            if any(cell.strip() for cell in cells[width:]):
                raise ValueError(
                    f"row {number} has {len(cells)} cells, the header {width}: {line.strip()[:80]!r}; "
                    "put quotes around cells that hold a separator, or write the `separator` under `table:`"
                )


def layout_words(encoding: str, separator: str) -> str:
    """Return how a text was read: "cp1252, semicolons"."""
    return f"{encoding.removesuffix('-sig')}, {SEPARATORS.get(separator, repr(separator))}"


def separator_in(layout: TableLayout, text: str) -> str:
    """Return the separator that is given, or found."""
    return layout.separator or separator_of(text)
