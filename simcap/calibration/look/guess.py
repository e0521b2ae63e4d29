"""The kind of a table, and the role of each of its columns, from their names and what they hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from simcap.calibration.look import vocabulary
from simcap.calibration.look.assign import Roles
from simcap.calibration.look.features import Feature, features
from simcap.calibration.look.item_guess import guess_claims, guess_events, guess_items
from simcap.calibration.look.table_guess import guess_attendance, guess_quality, guess_reports, guess_roster
from simcap.scenario.schema.sites import site_in
from simcap.tables import moments
from simcap.tables.blanks import is_blank
from simcap.tables.header import is_day
from simcap.tables.layout import AS_FOUND, TableLayout
from simcap.tables.table import FileTable, open_tables

_DAYS_OF_GRID: Final = 5


@dataclasses.dataclass(frozen=True)
class Look:
    """What a table seems to be: its kind, its roles, and the columns that nothing is made of."""

    table: FileTable
    kind: str
    """items, events, claims, roster, attendance, quality, reports, grid, or unknown."""
    rows: int
    roles: Roles
    seen: tuple[Feature, ...]
    extra: Roles = dataclasses.field(default_factory=dict)
    """What else the block of the calibration file should say: words of events, of activities."""
    doubts: tuple[str, ...] = ()
    """What could not be told, each in a sentence."""

    def feature(self, name: str) -> Feature:
        """Return the column of a name."""
        return next(one for one in self.seen if one.name == name)

    def used(self) -> dict[str, str]:
        """Return the role of each column that has one."""
        found: dict[str, str] = {}
        for role, spec in self.roles.items():
            names = spec if isinstance(spec, list) else [spec] if isinstance(spec, str) else []
            if isinstance(spec, Mapping):
                column = spec.get("column", [])
                names = [*(column if isinstance(column, list) else [column]), *([spec["at"]] if "at" in spec else [])]
            for name in names:
                found[name] = f"{found[name]}, {role}" if name in found else role
        return found


def look_at(path: Path, layout: TableLayout = AS_FOUND) -> list[Look]:
    """Return what the tables of a file seem to be. Raises `DataError` for a file that is none."""
    if layout.sheet is None:
        layout = dataclasses.replace(layout, sheet="all")
    return [_look(table) for table in open_tables(path, layout)]


def _look(table: FileTable) -> Look:
    if sum(is_day(name) for name in table.names) >= _DAYS_OF_GRID:
        return _grid(table)
    cells = table.columns(table.names)
    shown = set().union(*(moments.orders(cells[name]) for name in cells)) if len(cells) else set()
    order = next(iter(shown)) if len(shown) == 1 else None
    seen = features(cells, order)
    doubts = () if shown or not _in_numbers(cells) else ("whether the day or the month comes first; see `times`",)
    tries = [make(cells, seen) for make in _GUESSES]
    kind, roles, extra, more = next((found for found in tries if found is not None), ("unknown", {}, {}, ()))
    return Look(table, kind, len(cells), roles, tuple(seen), extra, (*doubts, *more))


def _grid(table: FileTable) -> Look:
    """Return a grid of shifts: who, days, and which words of its cells are shifts that were missed."""
    days = [name for name in table.names if is_day(name)]
    agent = next((name for name in table.names if not is_day(name)), days[0])
    cells = table.columns([agent, *days])
    words = sorted({str(cell).strip() for name in days for cell in cells[name] if not is_blank(cell)})
    spoken = [word for word in words if not any(sign.isdigit() for sign in word)]
    absent = [word for word in spoken if vocabulary.meaning(word, vocabulary.ACTIVITIES) == "absent"]
    extra: Roles = {"rows": "grid"} | ({"absent": absent} if absent else {})
    known = site_in(table.sheet or "", table.path.stem) is not None
    doubts = () if known else ("timezone: that of the site",)
    return Look(table, "grid", len(cells), {"agent": agent}, tuple(features(cells[[agent]], None)), extra, doubts)


def _in_numbers(cells: pd.DataFrame) -> bool:
    """Return whether some column has dates in numbers whose order is open."""
    for name in cells:
        try:
            moments.read_moments(cells[name].head(50))
        except moments.Ambiguous:
            return True
        except ValueError:
            continue
    return False


_GUESSES: Final = (
    guess_events, guess_claims, guess_attendance, guess_quality, guess_roster, guess_reports, guess_items,
)  # fmt: skip
"""What a table may be, the most particular first."""
