"""What a row of a table stands for: tables hold wholes and their parts, and a plain sum would count items twice."""

from __future__ import annotations

import numpy as np
import pandas as pd

LEVELS = {"team": "team", "vendor": "vendor", "queue": "queue"}
"""Level by column, finest first: a row that names one of these stands for it."""
ALL_TOGETHER = "all"


def with_level(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a last column `level`: team, vendor (or its part of a queue), queue, all.

    Rows of one level may be summed. A table that has the column, or names none of these, is returned unchanged.
    """
    keys = [column for column in LEVELS if column in table]
    if "level" in table or not keys:
        return table
    named = [table[column].fillna("").astype(str).ne("").to_numpy(bool) for column in keys]
    return table.assign(level=np.select(named, [LEVELS[column] for column in keys], ALL_TOGETHER))
