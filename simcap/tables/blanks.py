"""Cells that say nothing: empty ones, and those with the words that people and tools write instead."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.tables.words import by_word

BLANK: Final = frozenset(
    {"", "-", "--", "–", "—", "n/a", "na", "n.a.", "nan", "null", "none", "(null)", "(blank)", "nil", "nat", "\\n"}
    | {"#n/a", "#div/0!", "#value!", "#ref!", "#name?", "#null!", "#num!"}
)
"""Words that stand for nothing, in small letters."""


def is_blank(cell: Any) -> bool:
    """Return whether a cell says nothing."""
    if cell is None:
        return True
    if isinstance(cell, str):
        return cell.strip().casefold() in BLANK
    return bool(cell != cell)


def blank(cells: pd.Series) -> NDArray[np.bool_]:
    """Return which cells say nothing."""
    empty = cells.isna().to_numpy(bool)
    if pd.api.types.is_object_dtype(cells) or pd.api.types.is_string_dtype(cells):
        empty = empty | by_word(cells, is_blank, BLANK)
    elif isinstance(cells.dtype, pd.CategoricalDtype):
        said = np.array([is_blank(word) for word in cells.cat.categories], bool)
        empty = empty | np.append(said, [True])[cells.cat.codes]
    return empty
