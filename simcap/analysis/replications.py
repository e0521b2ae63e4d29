"""Every figure of every replication as rows, of which any stretch can be made without the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.figures import Figures
from simcap.analysis.levels import with_level
from simcap.analysis.tables import KEYS

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

_TEXT = ("table", "queue", "vendor", "team", "sla", "measure", "period", "start")
COLUMNS = ("replication", *_TEXT, "value", "level")


@dataclasses.dataclass(frozen=True)
class _Block:
    """Rows of one table and period, or of one drawn value: the same for each replication but for the values."""

    subjects: pd.DataFrame
    """A row for each subject: all columns of text but the measure and the start."""
    measures: Sequence[str]
    starts: Sequence[str]
    values: Array
    """[replication, figure]: by subject, then measure, then window."""

    def texts(self, column: str) -> pd.Series:
        """Return the texts of a column, one for each place."""
        of_figures = {"measure": self.measures, "start": self.starts}
        return pd.Series(of_figures[column], dtype=str) if column in of_figures else self.subjects[column]

    def places(self, column: str, figures: Rows) -> Rows:
        """Return the places of figures among the texts of a column."""
        if column == "start":
            return figures % len(self.starts)
        subject_and_measure = figures // len(self.starts)
        if column == "measure":
            return subject_and_measure % len(self.measures)
        return subject_and_measure // len(self.measures)


class ReplicationTable:
    """A row for every figure of every replication; the draws of `uncertain` are the table of that name."""

    def __init__(self, figures: Figures, drawn: Mapping[str, Array]) -> None:
        self._blocks = [*_measured(figures), *_drawn(drawn)]
        self._first = np.cumsum([0, *(block.values.size for block in self._blocks)]).tolist()
        texts = {name: [block.texts(name) for block in self._blocks] for name in (*_TEXT, "level")}
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
        found = [(n, self._blocks[n], *np.divmod(rows, self._blocks[n].values.shape[1])) for n, rows in parts]
        columns: dict[str, object] = {"replication": np.concatenate([number for *_, number, _ in found])}
        for name in (*_TEXT, "level"):
            codes = [self._codes[name][n][block.places(name, figures)] for n, block, _, figures in found]
            columns[name] = pd.Categorical.from_codes(np.concatenate(codes), dtype=self._kinds[name])
        columns["value"] = np.concatenate([block.values[number, figures] for _, block, number, figures in found])
        return pd.DataFrame({name: columns[name] for name in COLUMNS})


def _measured(figures: Figures) -> Iterator[_Block]:
    layout = figures.layout
    for (name, period), values in figures.arrays.items():
        if name in KEYS and values.size:
            keys = pd.DataFrame(layout.subjects[name], columns=list(KEYS[name]), dtype=str)
            measures, starts = layout.measures[name], layout.windows[period].labels
            yield _Block(_subjects(keys, name, period), measures, starts, values.reshape(values.shape[0], -1))


def _drawn(drawn: Mapping[str, Array]) -> Iterator[_Block]:
    for path, values in drawn.items():
        yield _Block(_subjects(pd.DataFrame(index=[0]), "uncertain", ""), [path], [""], values[:, None])


def _subjects(keys: pd.DataFrame, table: str, period: str) -> pd.DataFrame:
    """Return subjects with all columns of text; what they do not have is empty."""
    lacking = {column: "" for column in ("queue", "vendor", "team", "sla") if column not in keys}
    return with_level(keys.assign(**lacking, table=table, period=period))
