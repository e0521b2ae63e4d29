"""Where the table of a sheet begins: the row of its header, or two rows that are read together."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from simcap.tables.blanks import is_blank

Row = Sequence[Any]

SAMPLE: Final = 60
"""Rows in which a header is looked for."""
_FULL: Final = 0.7
"""Part of the columns that a header names at least, of those that most rows fill."""
_DAYS: Final = 5
"""Dates side by side that make a header: days of a grid."""
_VALUE = re.compile(r"[-+]?(?=[.,:/ %-]*\d)[\d.,:/ %-]+([AP]M|h|min|s)?|\d{4}-\d\d-\d\d.*|true|false", re.IGNORECASE)


class Header(NamedTuple):
    """The rows that hold the names of columns, counted from 0, the names, and the first row under them."""

    rows: tuple[int, ...]
    names: tuple[str, ...]
    below: int


def find_header(rows: Sequence[Row], given: tuple[int, ...] | None = None) -> Header:
    """Return the header of the rows of a sheet; `given` are its rows, counted from 1, or () if there is none.

    Raises `ValueError` for rows that do not exist, and where no row looks like a header.
    """
    width = max((len(row) for row in rows), default=0)
    if given is not None:
        if any(not 1 <= row <= len(rows) for row in given):
            raise ValueError(f"header: {', '.join(map(str, given))}; the file has {len(rows)} rows to look for it in")
        places = tuple(row - 1 for row in given)
        return _named(rows, places) if places else _numbered(rows, width)
    place = _first_full(rows)
    if place is None:
        raise ValueError("no row looks like a header; write its number as `table: {header: N}`")
    if not _all_words(rows[place]):
        return _numbered(rows, width)
    below = rows[place + 1] if place + 1 < len(rows) else ()
    if _is_days(below):
        return _named(rows, (place, place + 1))
    if place and _is_group(rows[place - 1], rows[place]):
        return _named(rows, (place - 1, place))
    return _named(rows, (place,))


def _first_full(rows: Sequence[Row]) -> int | None:
    """Return the first row that fills about as many columns as most rows do."""
    filled = [_filled(row) for row in rows]
    counts = Counter(count for count in filled if count > 1)
    if not counts:
        return None
    most = max(counts.values())
    usual = max(count for count, often in counts.items() if often == most)
    return next((place for place, count in enumerate(filled) if count >= max(2, _FULL * usual)), None)


def _filled(row: Row) -> int:
    return sum(not is_blank(cell) for cell in row)


def _all_words(row: Row) -> bool:
    return all(is_blank(cell) or _is_word(cell) for cell in row)


def _is_word(cell: Any) -> bool:
    return isinstance(cell, str) and _VALUE.fullmatch(cell.strip()) is None


def is_day(cell: Any) -> bool:
    """Return whether a cell is a date, as an Excel sheet or a text has it."""
    if isinstance(cell, dt.date):
        return True
    return isinstance(cell, str) and re.fullmatch(r"\d{1,4}[-./]\d{1,2}[-./]\d{2,4}", cell.strip()) is not None


def _is_days(row: Row) -> bool:
    days = sum(is_day(cell) for cell in row)
    return days >= _DAYS and days >= _filled(row) - 2


def _is_group(above: Row, header: Row) -> bool:
    """Return whether a row names groups of the columns below it: words with gaps, two of them at least."""
    return 1 < _filled(above) <= _filled(header) and _all_words(above) and any(map(is_blank, above))


def _named(rows: Sequence[Row], places: tuple[int, ...]) -> Header:
    """Return the names that one row or two have: the lower one's; the upper one's where it has none or repeats one."""
    width = max(len(rows[place]) for place in places)
    *upper, lower = (_padded(rows[place], width) for place in places)
    names = [_text(cell) for cell in lower]
    if upper:
        groups = _spread(upper[0])
        names = [name or _text(upper[0][place]) for place, name in enumerate(names)]
        twice = Counter(names)
        names = [
            f"{group} {name}" if twice[name] > 1 and group else name for group, name in zip(groups, names, strict=True)
        ]
    return Header(places, tuple(_distinct(names)), places[-1] + 1)


def _numbered(rows: Sequence[Row], width: int) -> Header:
    first = _first_full(rows) or 0
    return Header((), tuple(str(place + 1) for place in range(width)), first)


def _padded(row: Row, width: int) -> list[Any]:
    return [*row, *[None] * (width - len(row))]


def _spread(cells: Sequence[Any]) -> list[str]:
    """Return for each column the last group that was named before it."""
    groups, last = [], ""
    for cell in cells:
        last = _text(cell) or last
        groups.append(last)
    return groups


def _text(cell: Any) -> str:
    if is_blank(cell):
        return ""
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == dt.time() else f"{cell:%Y-%m-%d %H:%M:%S}"
    return " ".join(str(cell).split())


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the names, a column without one by its number, the second of two alike with a 2."""
    found: list[str] = []
    for place, name in enumerate(names):
        name = name or f"column {place + 1}"
        again = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({again + 1})" if again else name)
    return found
