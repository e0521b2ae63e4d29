"""From the files of a source to one sheet under simcap's own names: which cells, and what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.columns import ColumnNames, ColumnSpec
from simcap.calibration.history.roles import DATED, Piece, means, read_piece, real_name
from simcap.calibration.history.sheets import DataSheet, Note, listed
from simcap.calibration.history.sources import FilePart, FileSource
from simcap.errors import DataError
from simcap.scenario.nearest import nearest
from simcap.tables import moments
from simcap.tables.table import FileTable, open_tables

TOTALS: Final = frozenset(
    {"total", "totals", "grand total", "sum", "subtotal", "overall"}
    | {"summe", "gesamt", "totaux", "total général", "suma", "razem"}
)
"""First cells of rows that add others up."""


def gather(
    source: FileSource,
    folder: Path,
    kinds: Mapping[str, str],
    needed: tuple[str, ...],
    *group: str,
    since: dt.date = dt.date.min,
) -> DataSheet:
    """Read the files of a source; the columns of `kinds` that they have, each as its kind says.

    Moments are POSIX seconds, dates ordinals, durations seconds: NaN where a cell is blank, infinite where it is none
    of these. `group` has the columns within which times of a file stand in their order; `since` is the day from which
    on periods without a year are looked for. Raises `DataError` for files
    that cannot be read, or lack a column that is `needed` or that the calibration file names.
    """
    pieces = [
        piece
        for part in source.parts
        for path in part.files(folder)
        for piece in _pieces(source, part, path, kinds, since)
    ]
    _check_columns(pieces, needed)
    order = _orders(pieces, kinds)
    frames, raw = [], []
    notes: list[Note] = []
    for piece in pieces:
        frame, cells = read_piece(piece, kinds, order[_heads(piece)], group, notes)
        frames.append(frame)
        raw.append(cells)
    files = [piece.table.where for piece in pieces]
    name = listed(files)
    whole = pd.concat(frames, ignore_index=True)
    if whole.empty:
        raise DataError(f"{pieces[0].table.path}: has no rows; a history needs some")
    rows = pd.DataFrame(
        {
            "file": pd.Categorical.from_codes(
                np.repeat(np.arange(len(files)), [len(one) for one in frames]), pd.Index(_apart(files))
            ),
            "row": np.concatenate([piece.cells.index.to_numpy() for piece in pieces]),
        }
    )
    labels = {role: spec.label for piece in pieces for role, spec in piece.specs.items()}
    told = tuple(f"{piece.table.where}: {', '.join(piece.table.told)}" for piece in pieces)
    joined = {role: pd.concat([one[role] for one in raw if role in one], ignore_index=True) for role in labels}
    whole_raw = {role: cells for role, cells in joined.items() if len(cells) == len(whole)}
    sheet = DataSheet(name, whole, len(whole), whole_raw, labels, rows, notes=notes, told=told)
    sheet.drop(_totals(sheet), "a row of totals", next(iter(whole_raw), next(iter(labels))))
    return sheet


def _apart(files: list[str]) -> list[str]:
    """Return names of which no two are alike."""
    return [
        f"{name} ({files[:place].count(name) + 1})" if name in files[:place] else name
        for place, name in enumerate(files)
    ]


def _pieces(
    source: FileSource, part: FilePart, path: Path, kinds: Mapping[str, str], since: dt.date
) -> Iterator[Piece]:
    layout = (part.table or source.table).layout()
    names = source.columns_of(part)
    for table in open_tables(path, layout):
        specs, lacking = _specs(names, table, kinds)
        if lacking:
            raise DataError("\n".join(lacking))
        wanted = list(dict.fromkeys(real_name(name, table) for spec in specs.values() for name in spec.needed))
        cells = table.columns(wanted or table.names[:1])
        yield Piece(table, part, layout, part.timezone or source.timezone, specs, cells, since)


def _specs(names: ColumnNames, table: FileTable, kinds: Mapping[str, str]) -> tuple[dict[str, ColumnSpec], list[str]]:
    """Return how each column is read, and a line for each that the file should have and has not."""
    specs, lacking = {}, []
    for role in kinds:
        spec = names.spec(role)
        if spec is None:
            continue
        missing = [name for name in spec.needed if real_name(name, table) not in table.names]
        if not missing:
            specs[role] = spec
        elif names.is_given(role):
            lacking += [f"{table.path}: there is no column {name!r}; {nearest(name, table.names)}" for name in missing]
    return specs, lacking


def _check_columns(pieces: list[Piece], needed: tuple[str, ...]) -> None:
    lines = []
    for piece in pieces:
        for role in needed:
            if role not in piece.specs:
                known = ", ".join(map(repr, piece.table.names[:12]))
                lines.append(
                    f"{piece.table.path}: there is no column {role!r}; it has {known}: write which of them it is as "
                    f"`columns: {{{role}: ...}}`, or {{value: ...}} if it is the same for all rows"
                )
    if lines:
        raise DataError("\n".join(dict.fromkeys(lines)))


def _heads(piece: Piece) -> tuple[str, ...]:
    return piece.table.names


def _orders(pieces: list[Piece], kinds: Mapping[str, str]) -> dict[tuple[str, ...], str | None]:
    """Return the order of day and month by the names of the columns: files that are headed alike are written alike.

    Raises `DataError` where a file has days above 12 in either place.
    """
    found: dict[tuple[str, ...], set[str]] = {}
    for piece in pieces:
        shown = found.setdefault(_heads(piece), set())
        for role, spec in piece.specs.items():
            if kinds[role] in DATED:
                for name in spec.needed:
                    shown |= moments.orders(piece.column(name))
        if len(shown) > 1 and not piece.layout.times:
            raise DataError(
                f"{piece.table.path}: some dates have the day first and some the month; correct them, or give each "
                'file an entry of its own under `files:` with `table: {times: ["%d/%m/%Y"]}` or the like'
            )
    return {heads: next(iter(shown)) if len(shown) == 1 else None for heads, shown in found.items()}


def _totals(sheet: DataSheet) -> NDArray[np.bool_]:
    """Return the rows that add others up, told by a cell that says so."""
    total = np.zeros(len(sheet.table), bool)
    for cells in sheet.raw.values():
        if pd.api.types.is_string_dtype(cells) or pd.api.types.is_object_dtype(cells):
            total |= means(cells, tuple(TOTALS))
    return total
