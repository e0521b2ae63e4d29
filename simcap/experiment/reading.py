"""Results read back from their folder: nothing is simulated, and tables are as they were written."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from simcap.analysis.figures import Layout
from simcap.analysis.measures import QUEUE_MEASURES, SLA_MEASURES, TEAM_MEASURES
from simcap.errors import RunError
from simcap.experiment.archive import Damaged
from simcap.experiment.comparison import Comparison
from simcap.experiment.csv_text import as_it_was
from simcap.experiment.futures import Future, run_name
from simcap.experiment.gathered import Gathered
from simcap.experiment.layouts import layout_of
from simcap.experiment.manifest import hash_of
from simcap.experiment.replicate import Outcome
from simcap.experiment.results import LAYOUT, Results
from simcap.experiment.store import load_outcome
from simcap.scenario.reading.disk_names import folder_name
from simcap.scenario.schema.scenario import Scenario

TEXT = frozenset((
    "scenario", "queue", "vendor", "team", "sla", "measure", "period", "start", "level", "risk", "subject",
    "first_week", "what_would_fix_it", "cause", "why", "by", "value", "per", "worst", "source", "group", "mode",
    "path", "interval", "origin", "date", "note", "future", "instead_of", "worst_week", "rule", "why_counted",
))  # fmt: skip
"""Columns of tables that hold text or dates."""
BESIDE = ("fits", "quality", "scores", "windows", "totals")
"""Tables that are not in a folder of their own."""


def read_run(folder: Path) -> Results:
    """Return the results of a run from its folder.

    Raises `RunError` if the folder does not hold a whole run that this version of simcap wrote.
    """
    manifest, axes, summary = (read_json(folder / name) for name in ("manifest.json", LAYOUT, "summary.json"))
    scenario = _scenario(folder, manifest["scenario"])
    layout = layout_of(axes, scenario.horizon, manifest["periods"])
    _check_measures(layout, folder)
    paths = sorted((folder / "replications").glob("*.npz"))
    if [path.stem for path in paths] != [f"{number:05d}" for number in range(manifest["replications"])]:
        raise RunError(f"{folder}: holds {len(paths)} of {manifest['replications']} replications; run it again")
    done = Gathered(len(paths), Path(tempfile.gettempdir()))
    for path in paths:
        done.add(_whole(path, hash_of(manifest)))
    outcomes = done.about()
    return Results(
        scenario=scenario,
        seed=manifest["seed"],
        figures=done.figures(layout),
        drawn={path: np.array([outcome.drawn[path] for outcome in outcomes]) for path in outcomes[0].drawn},
        tables=read_tables(folder),
        notes=tuple(summary["notes"]),
    )


def _check_measures(layout: Layout, folder: Path) -> None:
    """Raise `RunError` for a run of an earlier version, which lacks figures that documents need."""
    for table, wanted in (("queues", QUEUE_MEASURES), ("teams", TEAM_MEASURES), ("sla", SLA_MEASURES)):
        lacking = [measure for measure in wanted if measure not in layout.measures.get(table, ())]
        if lacking:
            names = ", ".join(lacking)
            raise RunError(
                f"{folder}: was run by an earlier version of simcap, which did not count {names}; run it again"
            )


def _whole(path: Path, of: str) -> Outcome:
    """Return a replication. Raises `RunError` if it is damaged."""
    try:
        return load_outcome(path, of)
    except Damaged as why:
        raise RunError(f"{path}: {why}; run it again: only what is damaged is simulated") from None


def _scenario(folder: Path, document: dict[str, Any]) -> Scenario:
    """Return the scenario of a run, which was checked before the run."""
    try:
        return Scenario.model_validate(document)
    except ValidationError:
        raise RunError(
            f"{folder / 'manifest.json'}: states a scenario that this version of simcap cannot read; run it again"
        ) from None


def read_comparison(folder: Path) -> Comparison:
    """Return a comparison from its folder. Raises `RunError` if the folder does not hold a whole one."""
    about = read_json(folder / "comparison.json")
    if "differs" not in about:
        raise RunError(f"{folder / 'comparison.json'}: is not whole; run the comparison again")
    width = about["widest_interval"]
    names = (about["base"], *about["differs"])

    def runs(named: Iterable[str]) -> tuple[Results, ...]:
        return tuple(read_run(folder / "runs" / folder_name(name)) for name in named)

    return Comparison(
        results=runs(names),
        words=tuple(map(tuple, about["differs"].values())),
        tables=read_tables(folder),
        width=np.inf if width is None else width,
        precision=about.get("precision"),
        notes=tuple(map(tuple, about["notes"].values())),
        rests=tuple(about.get("rests", ())),
        futures=tuple(
            Future(future, tuple(words), runs(run_name(name, future) for name in names))
            for future, words in about.get("futures", {}).items()
        ),
    )


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of a folder by name, text as text and everything else as numbers."""
    return {path.stem: read_table(path) for path in table_files(folder)}


def table_files(folder: Path) -> list[Path]:
    """Return the files of a folder's tables; a calibration and a back-test have them beside what else they write."""
    inside = sorted((folder / "tables").glob("*.csv"))
    return inside or [path for name in BESIDE if (path := folder / f"{name}.csv").exists()]


def read_table(path: Path) -> pd.DataFrame:
    """Return a table as it was written: empty text stays text, an empty number is NaN."""
    text = as_it_was(pd.read_csv(path, dtype=str, keep_default_na=False))
    return pd.DataFrame({name: text[name] if name in TEXT else _typed(text[name]) for name in text.columns})


def read_json(path: Path) -> dict[str, Any]:
    """Return a file of results as a dict. Raises `RunError` if it is not there or cannot be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(
            f"{path.parent}: has no {path.name}, so it is no whole result of this version of simcap; run it again"
        ) from None
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot be read ({error})") from None
    if not isinstance(value, dict):
        raise RunError(f"{path}: is no result of simcap; it should hold a mapping")
    return value


def _typed(column: pd.Series) -> pd.Series:
    """Return a column of text as numbers or truth values if that is what it holds, else unchanged."""
    if column.isin(["True", "False"]).all() and len(column):
        return column == "True"
    try:
        return pd.to_numeric(column.mask(column == ""))
    except ValueError:
        return column
