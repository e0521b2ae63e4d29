"""Text that a spreadsheet would take for a formula: written so that it does not, read as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.experiment.csv_text import as_it_was, inert
from simcap.experiment.folders import write_csv
from simcap.experiment.reading import read_table

FORMULAS = ("=1+1", '=HYPERLINK("http://x","y")', "+A1", "-2+3", "@SUM(A1)", "\t=1", " =1", "  @x", "-mail")
PLAIN = ("mail", "", "-", "a=b", " mail", "-5%", "+3.5 h", "+18 content", "-1,200", "-0.25", "é", "1-2", "[red]x[/red]")


@pytest.mark.parametrize("kind", ["object", "str", "category"])
def test_formulas_get_a_space_and_lose_it_again(kind: str) -> None:
    texts = [*FORMULAS, *PLAIN]
    table = pd.DataFrame({"queue": pd.Series(texts, dtype=kind), "value": np.arange(float(len(texts)))})
    written = inert(table)
    assert written["queue"].tolist() == [*(f" {text}" for text in FORMULAS), *PLAIN]
    assert as_it_was(written)["queue"].tolist() == texts
    assert written["value"] is table["value"] or written["value"].equals(table["value"])


def test_a_table_without_any_is_left_as_it_is() -> None:
    table = pd.DataFrame({"queue": list(PLAIN), "value": -1.0, "date": pd.Timestamp("2026-10-05")})
    assert inert(table) is table


def test_a_table_on_disk_begins_no_formula(tmp_path: Path) -> None:
    table = pd.DataFrame({"queue": list(FORMULAS), "team": "@night", "mean": -1.5})
    write_csv(table, tmp_path / "one.csv")
    with (tmp_path / "one.csv").open(newline="") as file:
        cells = [cell for row in list(csv.reader(file))[1:] for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+@\t")]
    assert [cell for cell in cells if cell.startswith("-")] == ["-1.5"] * len(FORMULAS)
    back = read_table(tmp_path / "one.csv")
    assert back["queue"].tolist() == list(FORMULAS)
    assert set(back["team"]) == {"@night"}
    assert set(back["mean"]) == {-1.5}


@pytest.mark.parametrize("rows", [0, 1, 6])
def test_numbers_are_written_as_pandas_would(tmp_path: Path, rows: int) -> None:
    numbers = [1 / 3, float("nan"), float("-inf"), -0.0, 1e300, 123456789.0]
    table = pd.DataFrame(
        {
            "text": ["a", 'b,"c"', "", None, "Ünï", "two\nlines"],
            "number": numbers,
            "count": range(6),
            "whole": [True, False] * 3,
            "mixed": [1, "x", 2.5, None, 1e-9, False],
        }
    ).iloc[:rows]
    write_csv(table, tmp_path / "one.csv")
    expected = table.to_csv(index=False, float_format="%.8g", lineterminator="\n")
    assert (tmp_path / "one.csv").read_bytes().decode() == expected
