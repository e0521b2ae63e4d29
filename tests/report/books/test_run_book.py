"""The workbook of a run, opened again: its figures are those of the tables, and no cell is more than it shows."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from simcap.analysis.risks import BUSY
from simcap.errors import RunError
from simcap.experiment.results import Results
from simcap.report.books.books import write_book
from simcap.report.books.money_sheet import ALL_VENDORS
from simcap.report.review.capacity import capacity_grid
from simcap.report.wording.sla_rows import sla_rows
from tests.report.on_disk import write_run
from tests.report.programmes import HOSTILE, named, programme, results_of

CENT = 0.005


@pytest.fixture(scope="module")
def book(run_folder: Path) -> Any:
    return openpyxl.load_workbook(write_book(run_folder))


def tables_of(sheet: Any) -> list[pd.DataFrame]:
    """Return the tables of a sheet, from top to bottom."""
    found = []
    for table in sorted(
        sheet.tables.values(), key=lambda one: int("".join(filter(str.isdigit, one.ref.split(":")[0])))
    ):
        head, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
        found.append(pd.DataFrame(rows, columns=head))
    return found


def cells(book: Any) -> Iterator[Any]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from row


def test_the_sheets_come_in_the_order_of_a_review(book: Any) -> None:
    assert book.sheetnames == [
        "Summary", "Curve", "SLA by window", "Capacity by week", "Capacity by month", "Hours", "Headcount", "Money",
        "Groups", "Risks", "Assumptions", "Definitions",
    ]  # fmt: skip
    assert len(book["Summary"]._charts) == len(book["Hours"]._charts) == len(book["Money"]._charts) == 1


def test_the_summary_has_the_rows_of_the_terminal(book: Any, priced: Results) -> None:
    (table,) = tables_of(book["Summary"])
    rows = sla_rows(priced)
    assert table["Queue"].tolist() == [row.queue for row in rows]
    assert table["Expected"].tolist() == pytest.approx([row.figures["attainment"] for row in rows])
    assert table["Chance of any miss"].tolist() == pytest.approx([row.figures["miss_any"] for row in rows])
    assert table["Outlook"].str[0].tolist() == [row.mark for row in rows]


def test_money_is_that_of_the_ledger_to_the_cent(book: Any, run_folder: Path) -> None:
    horizon, months = tables_of(book["Money"])
    ledger = pd.read_csv(run_folder / "tables" / "ledger.csv", keep_default_na=False)
    count = ledger["replication"].nunique()
    for title, column in {
        "Price": "price",
        "Credits": "credits",
        "Net cost": "net_cost",
        "Fee for work": "used_fee",
    }.items():
        by_month = ledger.groupby(["vendor", "start"], sort=False)[column].sum() / count
        for (vendor, _), amount, shown in zip(by_month.index, by_month, months[title], strict=True):
            assert abs(amount - shown) < CENT, (vendor, column)
        for vendor, amount in (ledger.groupby("vendor")[column].sum() / count).items():
            (shown,) = horizon.loc[horizon["Vendor"] == (vendor or ALL_VENDORS), title]
            assert abs(amount - shown) < CENT, (vendor, column)


def test_months_whole_and_cut_add_up_to_the_horizon(book: Any) -> None:
    horizon, months = tables_of(book["Money"])
    assert months["Month"].unique().tolist() == [
        "October (27 of 31 days)", "November", "December", "January (3 of 31 days)"
    ]  # fmt: skip
    for title in ("Price", "Credits", "Net cost"):
        added = months.groupby("Vendor")[title].sum()
        assert added.to_dict() == pytest.approx(horizon.set_index("Vendor")[title].to_dict(), abs=CENT)
    vendors = horizon[horizon["Vendor"] != ALL_VENDORS]
    (whole,) = horizon.loc[horizon["Vendor"] == ALL_VENDORS, "Net cost"]
    assert vendors["Net cost"].sum() == pytest.approx(whole, abs=CENT)


def test_money_is_that_of_the_table_of_vendors(book: Any, run_folder: Path) -> None:
    horizon, _ = tables_of(book["Money"])
    table = pd.read_csv(run_folder / "tables" / "vendors.csv", keep_default_na=False)
    rows = table[(table["measure"] == "net_cost") & (table["period"] == "horizon")].set_index("vendor")
    for vendor, row in rows.iterrows():
        (shown,) = horizon[horizon["Vendor"] == (vendor or ALL_VENDORS)].to_dict("records")
        assert shown["Net cost"] == pytest.approx(row["mean"], rel=1e-7)
        assert shown["Net cost, 5th percentile"] == pytest.approx(row["p05"], rel=1e-7)
        assert shown["Net cost, 95th percentile"] == pytest.approx(row["p95"], rel=1e-7)


def test_capacity_adds_up_to_the_teams_and_the_money(book: Any, priced: Results) -> None:
    for period, sheet in (("week", "Capacity by week"), ("month", "Capacity by month")):
        (grid,) = tables_of(book[sheet])
        teams = priced.tables["teams"]
        teams = teams[teams["period"] == period]
        for column, measure, factor in (
            ("Delivered, h", "on_floor_hours", 1.0), ("Scheduled, h", "scheduled_hours", 1.0),
            ("FTE", "effective_fte", 1.0),
            ("Required, h", "busy_hours", 1 / BUSY),
        ):  # fmt: skip
            whole = teams[teams["measure"] == measure].groupby("vendor")["mean"].sum() * factor
            assert grid.groupby("Vendor")[column].sum().to_dict() == pytest.approx(whole.to_dict(), rel=1e-6)
        assert (grid["Gap, h"] - (grid["Delivered, h"] - grid["Required, h"])).abs().max() < 1e-6
    money = priced.tables["vendors"].query("measure == 'net_cost' and period == 'month' and vendor != ''")
    by_month = money.groupby(["vendor", "start"])["mean"].sum()
    shown = grid.assign(start=grid["Month of"].dt.strftime("%Y-%m-%d")).groupby(["Vendor", "start"])["Net cost"].sum()
    # No hour is paid in this run, so that no cost is shared out; the next test has some.
    assert set(shown.index) == set(by_month.index)


def test_cost_and_the_minimum_follow_hours() -> None:
    priced = results_of(programme())
    figures = priced.figures
    for period in ("week", "month", "horizon"):
        for table in ("teams", "vendors"):
            paid = figures.of(table, period, None, "paid_hours")
            paid[:] = np.arange(paid.size).reshape(paid.shape) % 7 + 1.0
            figures.of(table, period, None, "scheduled_hours")[:] = paid
    rows = [row for row in capacity_grid(priced) if row.period == "month"]
    for vendor, team in (("north", "manila"), ("south", "krakow")):
        share = figures.of("teams", "month", (vendor, team), "paid_hours") / figures.of(
            "vendors", "month", (vendor,), "paid_hours"
        )
        expected = (figures.of("money", "month", (vendor,), "net_cost") * share).mean(axis=0)
        for window, start in enumerate(priced.layout.windows["month"].starts):
            own = [row.cost for row in rows if (row.vendor, row.start) == (vendor, start)]
            assert sum(own) == pytest.approx(expected[window])
    november = dt.datetime(2026, 11, 1)
    assert all(np.isnan(row.committed) for row in rows if row.vendor == "north")
    (south,) = (row for row in rows if row.vendor == "south" and row.start == november)
    assert south.committed > 0
    assert south.site == "Kraków II"


def test_the_headcount_rolls_from_week_to_week(book: Any) -> None:
    (roll,) = tables_of(book["Headcount"])
    for _, team in roll.groupby("Team"):
        end = team["Start"] + team["Joiners"] - team["Leavers"] + team["Moved"]
        assert (end - team["End"]).abs().max() < 1e-9


def test_dates_are_dates_and_shares_percents(book: Any) -> None:
    for sheet, column in (("Capacity by week", "Week of"), ("SLA by window", "Start"), ("Curve", "Week of")):
        (table,) = tables_of(book[sheet])
        assert all(isinstance(value, dt.datetime) for value in table[column])
    sheet = book["Summary"]
    heads = {cell.value: cell for row in sheet.iter_rows() for cell in row}
    below = {name: sheet.cell(heads[name].row + 1, heads[name].column) for name in ("Expected", "Chance of any miss")}
    assert [cell.number_format for cell in below.values()] == ["0.00%", "0.0%"]
    assert {type(cell.value) for cell in cells(book)} <= {int, float, str, dt.datetime, type(None)}


def test_every_sheet_can_be_printed_and_kept_in_view(book: Any) -> None:
    for sheet in book:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.freeze_panes
        assert sheet.print_title_rows
        assert sheet.tables
        assert all(table.autoFilter for table in sheet.tables.values())
    names = [name for sheet in book for name in sheet.tables]
    assert len(set(names)) == len(names)


def test_figures_of_groups_are_in_their_own_units(book: Any) -> None:
    (table,) = tables_of(book["Groups"])
    assert set(table["Value"]) == {"Kraków II", "PL"}
    sheet = book["Groups"]
    looks = {row[2].value: row[4].number_format for row in sheet.iter_rows() if row[2].value}
    assert looks["Net cost"] == "#,##0.00"
    assert looks["Headcount"] == "#,##0.0"
    assert looks["Occupancy"] == "0.00%"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_more_than_text(name: str, tmp_path: Path) -> None:
    folder = write_run(results_of(named(name)), named(name), tmp_path / "results")
    book = openpyxl.load_workbook(write_book(folder))
    assert not [cell.coordinate for cell in cells(book) if cell.data_type == "f" or cell.hyperlink]
    (table,) = tables_of(book["Summary"])
    assert table["Queue"].tolist() == [name]
    assert book["Summary"]["A1"].value == name
    for sheet in book:
        for chart in sheet._charts:
            references = [one.val.numRef.f for one in chart.series] + [one.tx.strRef.f for one in chart.series]
            assert all(reference.lstrip("'").split("!")[0].strip("'") in book.sheetnames for reference in references)


def test_equal_results_give_equal_bytes(run_folder: Path) -> None:
    first = write_book(run_folder).read_bytes()
    assert write_book(run_folder).read_bytes() == first


def test_a_folder_that_is_not_whole_leaves_nothing(run_folder: Path, tmp_path: Path) -> None:
    lacking = shutil.copytree(run_folder, tmp_path / "lacking")
    (lacking / "report.xlsx").unlink(missing_ok=True)
    next((lacking / "replications").iterdir()).unlink()
    with pytest.raises(RunError, match="holds 19 of 20 replications"):
        write_book(lacking)
    with pytest.raises(RunError, match="holds no tables"):
        write_book(tmp_path / "nowhere")
    assert not list(lacking.glob("*.xlsx*"))
    assert not list(lacking.glob(".*.part"))
