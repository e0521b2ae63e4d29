"""Every figure of every replication as rows, of which any stretch can be made without the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.figures import Figures
from simcap.analysis.levels import with_level
from simcap.analysis.tables import KEYS, index_of

Array = NDArray[np.float64]

_TEXT = ("table", "queue", "vendor", "team", "sla", "measure", "period", "start")
COLUMNS = ("replication", *_TEXT, "value", "level")


@dataclasses.dataclass(frozen=True)
class _Block:
    """Rows of one table and period, or of one drawn value: the same for each replication but for the values."""

    names: pd.DataFrame
    """A row for each figure of a replication, in text."""
    values: Array
    """[replication, figure]."""


class ReplicationTable:
    """A row for every figure of every replication; the draws of `uncertain` are the table of that name."""

    def __init__(self, figures: Figures, drawn: Mapping[str, Array]) -> None:
        self._blocks = [*_measured(figures), *_drawn(drawn)]
        self._first = np.cumsum([0, *(block.values.size for block in self._blocks)]).tolist()
        texts = {name: [block.names[name] for block in self._blocks] for name in (*_TEXT, "level")}
        self._kinds = {name: pd.concat(parts).astype("category").dtype for name, parts in texts.items()}
        self._codes = {
            name: [self._kinds[name].categories.get_indexer(part) for part in parts] for name, parts in texts.items()
        }

    def __len__(self) -> int:
        return int(self._first[-1])

    def rows(self, begin: int = 0, end: int | None = None) -> pd.DataFrame:
        """Return the rows from one number to before another; text as categories, which are the same in any rows."""
        last = len(self) if end is None else min(end, len(self))
        parts = [
            (number, np.arange(max(begin - first, 0), min(last - first, block.values.size)))
            for number, (first, block) in enumerate(zip(self._first, self._blocks, strict=False))
            if begin < first + block.values.size and first < last
        ]
        sizes = [len(block.names) for block in self._blocks]
        columns: dict[str, object] = {"replication": np.concatenate([rows // sizes[n] for n, rows in parts])}
        for name in (*_TEXT, "level"):
            codes = np.concatenate([self._codes[name][n][rows % sizes[n]] for n, rows in parts])
            columns[name] = pd.Categorical.from_codes(codes, dtype=self._kinds[name])
        columns["value"] = np.concatenate(
            [self._blocks[n].values[rows // sizes[n], rows % sizes[n]] for n, rows in parts]
        )
        return pd.DataFrame({name: columns[name] for name in COLUMNS})


def _measured(figures: Figures) -> Iterator[_Block]:
    for (name, period), values in figures.arrays.items():
        if name in KEYS and values.size:
            index = index_of(name, figures.layout, period, [*KEYS[name], "measure", "period", "start"])
            lacking = {column: "" for column in ("queue", "vendor", "team", "sla") if column not in index}
            yield _Block(with_level(index.assign(**lacking, table=name)[[*_TEXT]]), values.reshape(values.shape[0], -1))


def _drawn(drawn: Mapping[str, Array]) -> Iterator[_Block]:
    for path, values in drawn.items():
        row = pd.DataFrame(dict.fromkeys(_TEXT, "") | {"table": "uncertain", "measure": path}, index=[0])
        yield _Block(with_level(row), values[:, None])
