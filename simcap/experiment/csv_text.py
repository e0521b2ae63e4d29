"""Text in CSV that a spreadsheet would take for a formula: written with a space before it, and read without.

The rule undoes itself exactly: text that begins like a formula, after any number of spaces, gets one more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pandas as pd

_FORMULA: Final = re.compile(r" *[=@+\-\t\r].")
_NUMBER: Final = re.compile(r" *[+-]\d[\d.,_]*( ?[%a-zA-Z]+)?")
"""A signed number, of which a spreadsheet makes no more than that."""


def inert(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for formulas."""
    return _mapped(table, lambda text: f" {text}" if _is_formula(text) else text)


def as_it_was(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the texts that `inert` was given."""
    return _mapped(table, lambda text: text[1:] if text.startswith(" ") and _is_formula(text) else text)


def _is_formula(text: str) -> bool:
    return _FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


def _mapped(table: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """Return a table with its texts changed, each different one once."""
    changed: dict[str, pd.Series] = {}
    for name, column in zip(map(str, table.columns), (table[name] for name in table.columns), strict=True):
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            continue
        new = {value: text for value in column.unique() if isinstance(value, str) and (text := change(value)) != value}
        if new:
            changed[name] = column.astype(object).map(lambda value, new=new: new.get(value, value))
    return table.assign(**changed) if changed else table
