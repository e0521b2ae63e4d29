"""Folders of results that are more than one run: marked as ours, so that nothing else is ever written over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from simcap.errors import RunError
from simcap.experiment.results import CSV_FORMAT


def claim(out: Path, marker: str, what: str) -> None:
    """Make a folder and mark it as holding `what`. Raises `RunError` if it holds something else."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / marker).exists())):
        raise RunError(f"{out}: holds something else than {what}; it is left alone, give another --out")
    out.mkdir(parents=True, exist_ok=True)
    (out / marker).touch()


def write_tables(tables: Mapping[str, pd.DataFrame], out: Path) -> None:
    """Write tables as CSV into `tables/`, each whole or not at all."""
    (out / "tables").mkdir(exist_ok=True)
    for name, table in tables.items():
        path = out / "tables" / f"{name}.csv"
        part = path.with_name(f".{path.name}.part")
        table.to_csv(part, index=False, float_format=CSV_FORMAT, lineterminator="\n")
        part.replace(path)
