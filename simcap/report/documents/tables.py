"""What the tables of a folder of results hold, as a table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simcap.errors import RunError
from simcap.experiment.reading import table_files
from simcap.report.wording.columns import TABLES, meaning_of

_COLUMNS = ("table", "holds", "rows", "column", "unit", "meaning")


def columns_of(folder: Path) -> pd.DataFrame:
    """Return a row for each column of each table of a folder: table, holds, rows, column, unit, meaning.

    `table` is the file's path inside the folder. Raises `RunError` for a folder without tables.
    """
    files = table_files(folder)
    if not files:
        raise RunError(f"{folder}: holds no tables; name a folder in which simcap left its results")
    found = []
    for path in files:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        name = path.relative_to(folder).as_posix()
        for column in map(str, table.columns):
            meaning = meaning_of(path.stem, column)
            unit, words = ("text", "") if meaning is None else (meaning.unit, meaning.words)
            found.append((name, TABLES.get(path.stem, ""), len(table), column, unit, words))
    return pd.DataFrame(found, columns=list(_COLUMNS))
