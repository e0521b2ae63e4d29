"""The tables of results by name. Long ones are not kept: they are made from the figures whenever they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Final

import pandas as pd

Parts = Callable[[], Iterator[pd.DataFrame]]
"""Makes a table anew, in parts of some rows."""

MOST_KEPT: Final = 1 << 18
"""Rows of a table that is kept: some 30 MB."""


class Tables(MutableMapping[str, pd.DataFrame]):
    """Tables by name, in the order in which they were put in; a copy of others makes none of them."""

    def __init__(self, tables: Mapping[str, pd.DataFrame | Parts]) -> None:
        self.made: dict[str, pd.DataFrame | Parts] = dict(tables.made if isinstance(tables, Tables) else tables)
        """Tables, and what makes those that are not kept."""

    def __getitem__(self, name: str) -> pd.DataFrame:
        table = self.made[name]
        return table if isinstance(table, pd.DataFrame) else pd.concat(list(table()), ignore_index=True)

    def __setitem__(self, name: str, table: pd.DataFrame) -> None:
        self.made[name] = table

    def __delitem__(self, name: str) -> None:
        del self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.made)

    def __len__(self) -> int:
        return len(self.made)

    def parts(self, name: str) -> Iterator[pd.DataFrame]:
        """Yield a table in parts of which only one has to be in memory."""
        table = self.made[name]
        if isinstance(table, pd.DataFrame):
            yield table
        else:
            yield from table()
