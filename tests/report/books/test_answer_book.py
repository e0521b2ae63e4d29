"""Workbooks of comparisons and of other questions, opened again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from simcap.experiment.folders import write_csv
from simcap.experiment.plain_json import json_text
from simcap.experiment.reading import read_comparison
from simcap.report.books.books import write_book
from simcap.report.books.money_sheet import ALL_VENDORS
from simcap.report.wording.costs import total_cost
from tests.report.books.test_run_book import cells, tables_of

CENT = 0.005
ANSWER = {
    "command": "stress", "title": "=1+1", "standing": "at risk", "heading": "1 of 2 shocks hurts", "sentences": ["=2"],
    "blocks": [{"text": "Single points of failure: none."}, {"headings": ["a"], "rows": []}], "seed": 1, "versions": {},
}  # fmt: skip
STRESS = pd.DataFrame(
    {
        "shock": ["=volume", "-10%"], "queue": ["mail"] * 2, "vendor": ["", "north"], "sla": ["1 h"] * 2,
        "base": [0.99, 0.98], "lost": [0.01, 0.2], "worst": ["2026-10-19", ""], "stands_out": [False, True],
        "recovers_days": [3.0, float("nan")],
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def book(compared_folder: Path) -> Any:
    return openpyxl.load_workbook(write_book(compared_folder))


def test_a_comparison_leads_with_the_decision(book: Any, compared_folder: Path) -> None:
    comparison = read_comparison(compared_folder)
    assert book.sheetnames == [
        "Decision", "SLAs", "SLAs by window", "Money", "People and work", "Differences", "Assumptions", "Definitions"
    ]  # fmt: skip
    (table,) = tables_of(book["Decision"])
    assert table["Option"].tolist() == ["base", "fewer"]
    totals = [total_cost(results) for results in comparison.results]
    assert table["Net cost, USD"].tolist() == pytest.approx([total.net for total in totals if total], abs=CENT)
    rows = comparison.tables["vendors"].query("measure == 'net_cost' and period == 'horizon' and vendor == ''")
    assert table["More than the base"].iloc[1] == pytest.approx(rows["difference"].iloc[0], rel=1e-7)
    assert all(isinstance(day, dt.datetime) for day in table["Worst week"])


def test_slas_before_and_after_are_those_of_the_tables(book: Any, compared_folder: Path) -> None:
    (table,) = tables_of(book["SLAs"])
    rows = read_comparison(compared_folder).tables["slas"].query("period == 'horizon' and measure == 'attainment'")
    assert table["Attained, base"].tolist() == pytest.approx(rows["base"].tolist(), nan_ok=True)
    assert table["Attained, points"].tolist() == pytest.approx((100 * rows["difference"]).tolist(), nan_ok=True)
    (windows,) = tables_of(book["SLAs by window"])
    assert set(windows["Period"]) == {"week", "month"}


def test_months_of_options_add_up_to_the_horizon(book: Any) -> None:
    (money,) = tables_of(book["Money"])
    for measure in ("Price", "Credits", "Net cost"):
        rows = money[money["Measure"] == measure]
        for side in ("Base", "With it", "Difference"):
            added = rows[rows["Period"] == "month"].groupby("Vendor")[side].sum()
            whole = rows[rows["Period"] == "horizon"].set_index("Vendor")[side]
            assert added.to_dict() == pytest.approx(whole.to_dict(), rel=1e-6, abs=0.1), (measure, side)
    assert ALL_VENDORS in set(money["Vendor"])


def test_what_differs_is_told(book: Any) -> None:
    (differences,) = tables_of(book["Differences"])
    assert "vendors.north.teams.day.agents" in " ".join(differences["What"]) or "agents" in " ".join(
        differences["What"]
    )
    (assumed,) = tables_of(book["Assumptions"])
    fewer = assumed[assumed["Option"] == "fewer"]
    assert fewer[["Parameter", "Value"]].to_numpy().tolist() == [["vendors.north.teams.day.agents", "2"]]


@pytest.fixture(name="answered")
def _answered(tmp_path: Path) -> Path:
    (tmp_path / "tables").mkdir()
    (tmp_path / "answer.json").write_text(json_text(ANSWER))
    write_csv(STRESS, tmp_path / "tables" / "stress.csv")
    write_csv(pd.DataFrame({"x": [1.5]}), tmp_path / "tables" / "a[b]c_of_a_name_that_is_much_longer.csv")
    return tmp_path


def test_an_answer_has_a_sheet_for_each_table(answered: Path) -> None:
    book = openpyxl.load_workbook(write_book(answered))
    assert book.sheetnames == ["Summary", "A b c of a name that is much lo", "Stress", "Columns"]
    (stress,) = tables_of(book["Stress"])
    assert stress["Shock"].tolist() == ["=volume", "-10%"]
    assert stress["Worst"].tolist()[0] == dt.datetime(2026, 10, 19)
    assert stress["Stands out"].tolist() == ["no", "yes"]
    head = {cell.value: cell.column_letter for cell in book["Stress"][4]}
    assert book["Stress"][f"{head['Lost']}5"].number_format == "0.00%"
    assert book["Stress"][f"{head['Worst']}5"].number_format == "d mmm yyyy"
    assert not [cell.coordinate for cell in cells(book) if cell.data_type == "f"]
    (columns,) = tables_of(book["Columns"])
    assert columns.set_index("Column").loc["Lost", "Meaning"] == "Attainment lost over the horizon"


def test_figures_take_the_unit_of_their_measure(tmp_path: Path) -> None:
    table = pd.DataFrame({"driver": ["volume"] * 2, "measure": ["attainment", "net_cost"], "base": [0.9, 12345.678]})
    (tmp_path / "tables").mkdir()
    write_csv(table, tmp_path / "tables" / "tornado.csv")
    sheet = openpyxl.load_workbook(write_book(tmp_path))["Tornado"]
    assert [sheet[f"C{row}"].number_format for row in (5, 6)] == ["0.00%", "#,##0.00"]


def test_equal_results_give_equal_bytes(answered: Path, compared_folder: Path) -> None:
    for folder in (answered, compared_folder):
        first = write_book(folder).read_bytes()
        assert write_book(folder).read_bytes() == first
