"""Tables in text files: their encoding, what stands between the cells, and the cells."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import itertools
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from simcap.tables.bounds import Unpacked
from simcap.tables.harmless import harmless_bytes
from simcap.tables.layout import LARGEST, TableLayout

SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LINES: Final = 200
"""Lines by which the separator is found."""
_HEAD: Final = 400 * LINES
"""Characters of a text that hold them."""
_BLOCK: Final = 1 << 23
"""Bytes that are read at once; a row is shorter."""


def read_bytes(path: Path) -> bytes:
    """Return the content of a file, unpacked. Raises `ValueError` for more than fits, or damaged packing."""
    try:
        if path.suffix == ".gz":
            with io.BufferedReader(Unpacked(path)) as packed:
                return packed.read()
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"is no whole gzip file ({error})") from None
    if len(content) > LARGEST:
        raise ValueError(f"has more than {LARGEST / 1e9:.0f} GB; split it, by month for example, under `files:`")
    return content


def as_utf8(content: bytes, encoding: str) -> bytes:
    """Return a text as UTF-8.

    Raises `ValueError` for an encoding that does not exist, or that the bytes are not of.
    """
    try:
        text = content.decode(encoding)
    except LookupError:
        raise ValueError(f"encoding: there is no {encoding!r}; try utf-8, cp1252 or utf-16") from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"is not {encoding} (byte {error.start:,}); write what it is as `table: {{encoding: ...}}`, such as cp1250"
        ) from None
    return harmless_bytes(content if encoding == "utf-8" else text.encode("utf-8"))


def separator_of(content: bytes) -> str:
    """Return what stands between cells: what divides the most lines into the same number of them, two or more."""
    head = content[: 4 * _HEAD].decode("utf-8", errors="ignore")[:_HEAD].encode("utf-8")

    def regular(separator: str) -> tuple[int, int]:
        counts: Counter[int] = Counter()
        with contextlib.suppress(ValueError):
            counts.update(len(row) for row in itertools.islice(_rows(head, separator), LINES) if len(row) > 1)
        width, lines = max(counts.items(), key=lambda item: item[1] * (item[0] - 1), default=(0, 0))
        return lines * (width > 1), width

    return max(SEPARATORS, key=regular)


def rows_of(content: bytes, separator: str, most: int) -> list[list[str]]:
    """Return the first rows, each as a list of cells."""
    return list(itertools.islice(_rows(content, separator), most))


def _rows(content: bytes, separator: str) -> Iterator[list[str]]:
    """Yield rows, each as a list of cells. Raises `ValueError` where a text is not CSV."""
    reader = csv.reader(_lines(content), delimiter=separator)
    try:
        yield from reader
    except csv.Error as error:
        said = str(error).partition(" - ")[0]
        raise ValueError(f"line {reader.line_num} is not CSV ({said}); check its quotes, and how lines end") from None


def _lines(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), "utf-8", newline="\n")


def read_cells(content: bytes, separator: str, places: Sequence[int], width: int, below: int) -> pd.DataFrame:
    """Return columns by their places, the cells as text, from the row `below` on (from 0); rows keep their numbers.

    Raises `ValueError` where a row has more cells than the header has names.
    """
    table = _read_even(content, separator, places, width, below)
    if table is None:
        table = _read_any(content, separator, places, width, below)
    table.index = pd.RangeIndex(below, below + len(table))
    return table


def _read_even(content: bytes, separator: str, places: Sequence[int], width: int, below: int) -> pd.DataFrame | None:
    """Return the columns of a text whose rows are all as wide as its header, as most are; nothing for another one.

    Arrow reads it several times as fast as Pandas does, which makes sense of the others.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    if content.count(b"\r") != content.count(b"\r\n") or content.count(b'"') % 2:
        return None
    begin = _begin(content, separator, below)
    names = list(map(str, range(width)))
    wanted = [names[place] for place in dict.fromkeys(places)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(content).slice(begin)),
            arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.large_string()),
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        )
    except (pa.ArrowException, ValueError):
        return None
    cells: pd.DataFrame = table.to_pandas().set_axis([int(name) for name in wanted], axis=1)
    return cells


def _begin(content: bytes, separator: str, below: int) -> int:
    """Return at which byte the row `below` begins."""
    reader = csv.reader(_lines(content), delimiter=separator)
    for _ in itertools.islice(reader, below):
        pass
    begin = 0
    for _ in range(reader.line_num):
        begin = content.find(b"\n", begin) + 1 or len(content)
    return begin


def _read_any(content: bytes, separator: str, places: Sequence[int], width: int, below: int) -> pd.DataFrame:
    _check_width(content, separator, width, below)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.ParserWarning)  # blank cells at the end of a row
            return pd.read_csv(
                io.BytesIO(content),
                encoding="utf-8",
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


def _check_width(content: bytes, separator: str, width: int, below: int) -> None:
    """Raise `ValueError` for the first row with more cells than there are columns; blank ones at its end are none."""
    for number, line in enumerate(_lines(content), 1):
        if number > below and line.count(separator) >= width:
            cells = next(_rows(line.encode(), separator))
            if any(cell.strip() for cell in cells[width:]):
                raise ValueError(
                    f"row {number} has {len(cells)} cells, the header {width}: {line.strip()[:80]!r}; "
                    "put quotes around cells that hold a separator, or write the `separator` under `table:`"
                )


def layout_words(encoding: str, separator: str) -> str:
    """Return how a text was read: "cp1252, semicolons"."""
    return f"{encoding.removesuffix('-sig')}, {SEPARATORS.get(separator, repr(separator))}"


def separator_in(layout: TableLayout, content: bytes) -> str:
    """Return the separator that is given, or found."""
    return layout.separator or separator_of(content)
