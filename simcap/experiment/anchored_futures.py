"""Futures of a comparison beside the anchor of its base: the anchored base plus what the future changes."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from simcap.analysis.anchoring import moved_in_odds
from simcap.analysis.comparison import paired_table, run_of
from simcap.experiment.anchored import CHANGES, Anchored, anchored_changes
from simcap.experiment.comparison import Comparison
from simcap.experiment.results import Results

COLUMNS: Final = ("future", *CHANGES)
_KEYS: Final = ["queue", "sla", "period", "start"]
_MOVED: Final = ["anchored", "anchored_p05", "anchored_p95"]


def anchored_futures(base: Anchored, comparison: Comparison) -> pd.DataFrame:
    """Return a row for each future, scenario and anchored week of the base, with the columns of `COLUMNS`.

    The change is that from the base as it stands to the scenario in the future, on the same draws. What is anchored is
    empty where that is too far from what was tested: the base, so moved, is out of the band of its own weeks.
    """
    stands = comparison.base
    items = stands.tables["sla"].loc[stands.tables["sla"]["vendor"] == "", [*_KEYS, "decided"]]
    names = [one.scenario.name for one in comparison.results]
    parts = [
        _near(anchored_changes(base, _paired(stands, result, name)), items).assign(future=future.name)
        for future in comparison.futures
        for name, result in zip(names, future.results, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _paired(stands: Results, result: Results, name: str) -> pd.DataFrame:
    """Return by week how a scenario in a future differs from the base as it stands."""
    before, after = (run_of(one.scenario, one.figures) for one in (stands, result))
    return paired_table("sla", before, after, ("week",), ["attainment"]).assign(scenario=name)


def _near(table: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose anchored figures are empty where the base, moved by the change, leaves its own band.

    It is moved in points, and in log odds, as nobody knows which of the two a model's error keeps.
    """
    counted = table[_KEYS].merge(items, on=_KEYS, how="left")["decided"].to_numpy(float)
    base, before, after = (table[name].to_numpy(float) for name in ("base_anchored", "base_simulated", "simulated"))
    moved = np.stack([base + (after - before), moved_in_odds(base, before, after, counted)])
    low, high = (table[f"base_anchored_{end}"].to_numpy(float) for end in ("p05", "p95"))
    near = pd.Series(((low <= moved) & (moved <= high)).all(axis=0), table.index)
    return table.assign(**{name: table[name].where(near) for name in _MOVED})
