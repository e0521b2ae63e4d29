"""Sheets: files of a history under simcap's own names, with what was dropped of them and why.

What cannot be used is dropped for one named reason; the counts add up.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.tables.blanks import is_blank

SHOWN = 5
"""Rows of one kind of trouble that are named; the rest are counted."""
EPOCH = 719163
"""The ordinal of 1 January 1970."""
PEOPLE: Final = frozenset({"agent"})
"""Columns whose values are names of people."""

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Dropped:
    """Rows of a file that were left out for one reason."""

    file: str
    reason: str
    rows: int
    examples: tuple[str, ...]


def hashed(name: str) -> str:
    """Return what stands for a person's name in everything that is written: alike for the same name."""
    return "agent-" + hashlib.blake2b(name.encode(), digest_size=4).hexdigest()


@dataclasses.dataclass(frozen=True)
class Note:
    """Something odd that was kept: what, in how many rows, and a few words on it."""

    what: str
    rows: int
    examples: str


@dataclasses.dataclass
class DataSheet:
    """Files of one kind on their way in: their rows, and what was dropped of them.

    `table` has simcap's columns; its index counts all rows that were read. `raw` has the cells as they stand, and
    `rows` the file and the row of each.
    """

    file: str
    table: pd.DataFrame
    read: int
    raw: dict[str, pd.Series] = dataclasses.field(default_factory=dict)
    labels: dict[str, str] = dataclasses.field(default_factory=dict)
    rows: pd.DataFrame | None = None
    dropped: list[Dropped] = dataclasses.field(default_factory=list)
    notes: list[Note] = dataclasses.field(default_factory=list)
    told: tuple[str, ...] = ()
    """How each file was read."""

    def has(self, column: str) -> bool:
        """Return whether the files have a column."""
        return column in self.table

    def drop(self, bad: Flags | pd.Series, reason: str, column: str) -> None:
        """Leave out rows, and remember why; the first few are named by row and cell, people by a hash."""
        places = np.flatnonzero(np.asarray(bad, bool))
        if not places.size:
            return
        index = self.table.index.to_numpy()[places[:SHOWN]]
        label = self.labels.get(column, column)
        examples = tuple(f"{self.place(row)}: {label}: {self._shown(column, row)}" for row in index.tolist())
        self.dropped.append(Dropped(self.file, reason, places.size, examples))
        self.table = self.table[~np.asarray(bad, bool)]

    def place(self, row: int) -> str:
        """Return where a row stands: its number in the file, and the file if there are several."""
        if self.rows is None:
            return f"row {row + 2}"
        file, number = self.rows["file"].iloc[row], self.rows["row"].iloc[row] + 1
        return f"row {number}" if self.rows["file"].cat.categories.size == 1 else f"{file} row {number}"

    def _shown(self, column: str, row: int) -> str:
        value: Any = self.raw[column].iloc[row] if column in self.raw else self.table[column].loc[row]
        if is_blank(value):
            return "empty"
        if column in PEOPLE:
            return repr(hashed(str(value)))
        if column == "day":
            return repr(dt.date.fromordinal(int(value)).isoformat())
        return repr(value if isinstance(value, str) else str(value))

    def causes(self) -> str:
        """Return what was dropped in a line: how many rows for which reason."""
        return "; ".join(f"{cause.rows:,} rows: {cause.reason}" for cause in self.dropped)


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return the first few of several files."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
