"""How figures of tables are formatted in a workbook, by the units that `wording.columns` states."""

from __future__ import annotations

from typing import Final

from simcap.report.books.sheet import Kind
from simcap.report.wording.columns import Unit, meaning_of, unit_of_measure

_KINDS: Final[dict[Unit, Kind]] = {
    "text": "text", "date": "date", "share": "percent", "chance": "chance", "items": "count", "hours": "hours",
    "s": "fte", "days": "fte", "people": "fte", "currency": "money", "currency each": "price", "number": "number",
    "yes or no": "text", "count": "count", "by measure": "number",
}  # fmt: skip


def kind_of_measure(measure: str) -> Kind:
    """Return how figures of a measure are formatted."""
    return _KINDS[unit_of_measure(measure)]


def kind_of_column(table: str, column: str) -> Kind:
    """Return how a column is formatted; that of an unknown one is text."""
    meaning = meaning_of(table, column)
    return _KINDS[meaning.unit] if meaning else "text"


def is_by_measure(table: str, column: str) -> bool:
    """Say whether the row's measure decides."""
    meaning = meaning_of(table, column)
    return meaning is not None and meaning.unit == "by measure"
