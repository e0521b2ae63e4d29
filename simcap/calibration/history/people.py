"""Who is who: the names that the files of a history have for one person, held against the roster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.sheets import DataSheet, Note, hashed
from simcap.errors import DataError

VENDOR: Final = "vendor"
"""Name of a vendor that no file names."""
_SHOWN: Final = 3


def of_agents(agents: pd.Series, known: pd.Series) -> NDArray[Any]:
    """Return what is known of the agent of each row, from a table by name: NaN or None where nothing is.

    Numbers stay numbers and texts texts, whoever is unknown, though it be everybody.
    """
    agents = agents.astype("category")
    numbers = known.dtype.kind in "biuf"
    values = known.astype(float if numbers else object).reindex(agents.cat.categories.astype(str)).to_numpy()
    unknown = np.array([np.nan if numbers else None], values.dtype)
    found = np.concatenate([np.where(pd.isna(values), unknown, values), unknown])
    return np.asarray(found[agents.cat.codes])


def same_names(roster: DataSheet | None, logs: Mapping[str, DataSheet | None]) -> None:
    """Give each person one name in all files: case and blanks do not count, nor do other names that the roster has.

    Notes who is in one file and not in the other. Raises `DataError` where a log and the roster share nobody.
    """
    sheets = {name: sheet for name, sheet in logs.items() if sheet is not None}
    for name, sheet in sheets.items():
        _fold(name, sheet)
    if roster is None:
        return
    aliases = _aliases(roster)
    roster.table = roster.table.assign(agent=roster.table["agent"].str.casefold())
    lines = []
    for name, sheet in sheets.items():
        agents = sheet.table["agent"].astype("str")
        if (agents == "").all():
            continue
        if aliases:
            sheet.table = sheet.table.assign(agent=_typed(agents.map(lambda one: aliases.get(one, one)), sheet))
        lines += _held_against(name, sheet, roster)
    if lines:
        raise DataError("\n".join(lines))


def _fold(name: str, sheet: DataSheet) -> None:
    """Write names in small letters, and note those that were written in several ways."""
    place, ways = pd.factorize(sheet.table["agent"].astype("category"))
    folded = pd.Series(np.asarray(ways, object), dtype="str").str.casefold()
    agents = _typed(folded, sheet).iloc[place].set_axis(sheet.table.index)
    sheet.table = sheet.table.assign(agent=agents)
    several = folded.duplicated().sum()
    if several:
        sheet.notes.append(
            Note(f"{sheet.file}: agents of {name} written in several ways", int(several), "taken as one")
        )


def _typed(agents: pd.Series, sheet: DataSheet) -> pd.Series:
    return agents.astype("category") if isinstance(sheet.table["agent"].dtype, pd.CategoricalDtype) else agents


def _aliases(roster: DataSheet) -> dict[str, str]:
    """Return the roster's name of a person by each other name that the roster has for them."""
    others = [column for column in roster.table if str(column).startswith("also ")]
    own = roster.table["agent"].str.casefold()
    found: dict[str, str] = {}
    for column in others:
        names = roster.table[column].astype("str").str.casefold()
        found |= {name: agent for name, agent in zip(names, own, strict=True) if name}
    return found


def _held_against(name: str, sheet: DataSheet, roster: DataSheet) -> list[str]:
    """Note the people of a log whom the roster lacks, and return a line where it lacks them all."""
    known = set(roster.table["agent"])
    there = set(sheet.table["agent"].unique()) - {""}
    strangers = sorted(there - known)
    if there and len(strangers) == len(there):
        mine, yours = (", ".join(hashed(one) for one in sorted(names)[:_SHOWN]) for names in (there, known))
        shapes = f"{_shape(min(there))} here, {_shape(min(known))} in the roster"
        message = (
            f"{name}: none of its {len(there)} agents ({mine}) is in the roster ({yours}); names look like {shapes}. "
            "Write the roster's column that has the names of this file as `roster: {columns: {also: ...}}`"
        )
        return [message]
    if strangers:
        shown = ", ".join(hashed(one) for one in strangers[:_SHOWN])
        rows = int(sheet.table["agent"].isin(strangers).sum())
        said = f"{shown}; their {rows:,} rows count for no vendor"
        sheet.notes.append(Note(f"{sheet.file}: agents that the roster lacks", len(strangers), said))
    return []


def _shape(name: str) -> str:
    """Return how a name is written, without the name: letters as a, digits as 9."""
    return "".join("9" if sign.isdigit() else "a" if sign.isalpha() else sign for sign in name)
