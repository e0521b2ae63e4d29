"""Results read back from their folder are those that were written."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from simcap.errors import RunError
from simcap.experiment.folders import write_csv
from simcap.experiment.reading import read_json, read_run, read_table
from simcap.experiment.run import keep_validation
from simcap.scenario.reading.loading import ScenarioFile
from tests.report.made import BASE, changed, made
from tests.report.on_disk import write_run


def test_a_run_is_read_as_it_was(tmp_path: Path) -> None:
    document = changed()
    results = made(document, 5)
    back = read_run(write_run(results, document, tmp_path / "run"))
    assert back.scenario == results.scenario
    assert list(back.scenario.queues) == list(BASE["queues"]), "in the order of the file"
    assert (back.seed, back.notes, back.layout) == (results.seed, results.notes, results.layout)
    for key, values in results.figures.arrays.items():
        np.testing.assert_array_equal(back.figures.arrays[key], values)
    for name, table in results.tables.items():
        write_csv(table, tmp_path / "one.csv")
        write_csv(back.tables[name], tmp_path / "two.csv")
        if name != "ledger":
            assert (tmp_path / "one.csv").read_text() == (tmp_path / "two.csv").read_text(), name


def test_names_like_numbers_stay_names(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    pd.DataFrame({"queue": ["007", "", "nan"], "mean": [1.5, np.nan, np.inf], "partial": [True, False, True]}).to_csv(
        path, index=False
    )
    table = read_table(path)
    assert table["queue"].tolist() == ["007", "", "nan"]
    assert np.array_equal(table["mean"], [1.5, np.nan, np.inf], equal_nan=True)
    assert table["partial"].tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "has no manifest.json, so it is no whole result of this version of simcap; run it again"),
        ("{", "cannot be read"),
        ("[1]", "is no result of simcap; it should hold a mapping"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(RunError, match=message):
        read_json(tmp_path / "manifest.json")


def test_a_run_keeps_the_back_test_of_its_calibration(tmp_path: Path) -> None:
    for folder in ("scenarios", "calibration/backtest", "run/tables"):
        (tmp_path / folder).mkdir(parents=True)
    scenario: Any = SimpleNamespace(calibration="../calibration/parameters.yaml")
    file = cast("ScenarioFile", SimpleNamespace(scenario=scenario, folder=tmp_path / "scenarios"))
    kept = tmp_path / "run" / "tables" / "validation.csv"
    keep_validation(file, tmp_path / "run")
    assert not kept.exists(), "there is none yet"
    (tmp_path / "calibration" / "backtest" / "scores.csv").write_text("mode\nreplay\n")
    keep_validation(file, tmp_path / "run")
    assert kept.read_text() == "mode\nreplay\n"
