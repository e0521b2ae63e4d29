"""Terminal, page, workbook, slides and tables of one run show the same figures: each is read, and all are compared."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.cli import main
from tests.comparisons import write_programme, write_variant
from tests.report.pages.reader import Element, check_form
from tests.report.pages.test_run_page import labelled, rows_of

Figures = dict[tuple[str, str], tuple[float, ...]]
FEWER = (
    "queues: {mail: {arrivals: {busyness: {cv: 60%}}}}",
    "vendors: {north: {teams: {day: {agents: 1}}}}",
)
ROUNDED = 0.0006, 0.0006, 0.0006, 0.006, 0.006, 0.006
"""How far rounding moves what is expected, the ends of its band, the chance of a miss, and the ends of its interval."""
MARKS = "○◐●◌"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of a run with its page, workbook and slides; what it printed is in terminal.txt."""
    work = tmp_path_factory.mktemp("figures")
    write_programme(work)
    scenario, out = write_variant(work, "fewer", *FEWER), work / "out"
    words = ["run", str(scenario), "-n", "8", "-j", "1", "--no-charts", "--out", str(out)]
    printed = CliRunner().invoke(main, words, env={"COLUMNS": "120"})
    assert printed.exit_code == 0, printed.output
    (out / "terminal.txt").write_text(printed.output, encoding="utf-8")
    exported = CliRunner().invoke(main, ["export", str(out), "--xlsx", "--pptx"])
    assert exported.exit_code == 0, exported.output
    return out


def numbers(text: str) -> list[float]:
    """Return the numbers of a text: 99.7% is 0.997, 57.7k is 57,700."""
    found = re.findall(r"(−?[\d,]*\.?\d+)(%|k|M)?", text)
    shares = text.rstrip("]").endswith("%")
    factors = {"k": 1e3, "M": 1e6, "%": 0.01, "": 0.01 if shares else 1.0}
    return [float(digits.replace(",", "").replace("−", "-")) * factors[unit] for digits, unit in found]


def figures_of(expected: str, band: str, chance: str) -> tuple[float, ...]:
    ends = numbers(band)
    return (*numbers(expected), ends[0], ends[-1], *numbers(chance))


# -- service levels ---------------------------------------------------------------------------------------------------


def of_tables(folder: Path) -> Figures:
    """Return what the CSV tables say; the chance of any miss is counted from single replications."""
    table = pd.read_csv(folder / "tables" / "sla.csv", keep_default_na=False)
    kept = pd.read_parquet(folder / "replications.parquet").query("table == 'sla' and measure == 'attainment'")
    weeks = kept[kept["period"] == "week"].astype({"vendor": object}).fillna({"vendor": ""})
    figures = {}
    for row in table[table["period"] == "horizon"].to_dict("records"):
        own = weeks[
            (weeks["queue"] == row["queue"]) & (weeks["vendor"].astype(str).replace("nan", "") == row["vendor"])
        ]
        missed = own.assign(missed=own["value"] < float(row["target"])).groupby("replication")["missed"].any()
        assert len(missed) == 8
        figures[row["queue"], row["vendor"]] = tuple(
            float(value) for value in (row["attainment"], row["p05"], row["p95"], missed.mean())
        )
    return figures


def of_terminal(folder: Path) -> Figures:
    figures, queue = {}, ""
    for line in (folder / "terminal.txt").read_text(encoding="utf-8").splitlines():
        cells = re.split(r"\s{2,}", line.strip())
        if not line.strip() or line.strip()[0] not in MARKS or not cells[-1].endswith("]"):
            continue
        name = cells[0].lstrip(MARKS + " ")
        queue, vendor = (queue, name) if line.startswith("  ") else (name, "")
        figures[queue, vendor] = figures_of(cells[-4], cells[-3], cells[-1])
    return figures


def of_page(page: Element) -> Figures:
    table = labelled(page, "Service levels over the horizon")
    figures, queue = {}, ""
    (body,) = table.all("tbody")
    for row in body.all("tr"):
        name = next(row.all("bdi")).text
        queue, vendor = (queue, name) if row.has_class("part") else (name, "")
        cells = {cell.attributes["data-label"]: cell.text for cell in row.all("td")}
        figures[queue, vendor] = figures_of(cells["Expected"], cells["90% band"], cells["Chance of any miss"])
    return figures


def of_workbook(book: Any) -> Figures:
    columns = ["Expected", "5th percentile", "95th percentile", "Chance of any miss", "from", "to"]
    return {
        (row["Queue"], row["Vendor"] or ""): tuple(float(row[column]) for column in columns)
        for row in _first_table(book["Summary"])
    }


def of_slides(deck: Any) -> Figures:
    figures = {}
    for row in _slide_table(deck, "Any miss"):
        queue, vendor = re.fullmatch(r"(.*?)(?: \((.*)\))?", row["Queue"]).groups()
        figures[queue, vendor or ""] = figures_of(row["Expected"], row["90% band"], row["Any miss"])
    return figures


def _first_table(sheet: Any) -> list[dict[str, Any]]:
    name = min(sheet.tables, key=lambda one: int(re.search(r"\d+", sheet.tables[one].ref)[0]))
    head, *rows = [[cell.value for cell in row] for row in sheet[sheet.tables[name].ref]]
    return [dict(zip(head, row, strict=True)) for row in rows]


def _slide_table(deck: Any, heading: str) -> list[dict[str, str]]:
    """Return the rows of the first table on any slide that has a heading, spaces for breaks of lines."""
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table:
                head, *rows = [[" ".join(cell.text.split()) for cell in row.cells] for row in shape.table.rows]
                if heading in head:
                    return [dict(zip(head, row, strict=True)) for row in rows]
    raise AssertionError(f"no slide has a table with {heading}")


def close(one: Figures, other: Figures) -> None:
    """Check that all figures that both have are the same, but for rounding."""
    assert one.keys() == other.keys()
    for key, figures in one.items():
        for value, its, within in zip(figures, other[key], ROUNDED, strict=False):
            assert abs(value - its) <= within, (key, figures, other[key])


@pytest.fixture(scope="module")
def truth(folder: Path) -> Figures:
    return of_tables(folder)


@pytest.fixture(scope="module")
def page(folder: Path) -> Element:
    return check_form((folder / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def book(folder: Path) -> Any:
    return openpyxl.load_workbook(folder / "report.xlsx")


@pytest.fixture(scope="module")
def deck(folder: Path) -> Any:
    pptx = pytest.importorskip("pptx", reason="needs the extra `slides`")
    return pptx.Presentation(folder / "report.pptx")


def test_the_run_has_figures_to_tell_apart(truth: Figures) -> None:
    assert len(set(truth.values())) == len(truth) == 4, truth
    assert any(0 < figures[3] < 1 for figures in truth.values()), truth


def test_service_levels_are_those_of_the_tables_everywhere(
    folder: Path, truth: Figures, page: Element, book: Any, deck: Any
) -> None:
    terminal = of_terminal(folder)
    close(truth, terminal)
    for other in (of_page(page), of_workbook(book), of_slides(deck)):
        close(truth, other)
        close(terminal, other)
    assert of_page(page) == terminal == of_slides(deck), "to the last digit that is shown"


# -- money ------------------------------------------------------------------------------------------------------------


def test_net_cost_is_that_of_the_tables_everywhere(folder: Path, page: Element, book: Any, deck: Any) -> None:
    table = pd.read_csv(folder / "tables" / "vendors.csv", keep_default_na=False)
    rows = table[(table["measure"] == "net_cost") & (table["period"] == "horizon")]
    truth = {
        row["vendor"] or "all": (float(row["mean"]), float(row["p05"]), float(row["p95"]))
        for row in rows.to_dict("records")
    }
    assert set(truth) == {"north", "south", "all"}
    ledger = pd.read_csv(folder / "tables" / "ledger.csv", keep_default_na=False)
    assert ledger.loc[ledger["vendor"].isin(truth), "net_cost"].sum() / 8 == pytest.approx(truth["all"][0], abs=0.01)

    terminal = {}
    for line in (folder / "terminal.txt").read_text(encoding="utf-8").splitlines():
        cells = re.split(r"\s{2,}", line)
        if cells[0] in truth and len(cells) == 6:
            terminal[cells[0]] = (*numbers(cells[3]), *numbers(cells[4]))
    shown = rows_of(labelled(page, "Cost over the horizon by vendor, USD"))
    on_page = {row[0]: (*numbers(row[3]), *numbers(row[4])) for row in shown}
    in_book = {
        row["Vendor"].split()[0]: (row["Net cost"], row["Net cost, 5th percentile"], row["Net cost, 95th percentile"])
        for row in _first_table(book["Money"])
    }
    assert on_page == terminal
    for told, within in ((terminal, 0.51), (in_book, 0.005)):
        assert {name: pytest.approx(figures, abs=within) for name, figures in truth.items()} == told

    on_slides = {row["Vendor"]: (*numbers(row["Net cost"]), *numbers(row["90% band"]))
                 for row in _slide_table(deck, "Credits")}  # fmt: skip
    assert {name: pytest.approx(figures, rel=0.006) for name, figures in truth.items()} == on_slides
    sentence = next(line for line in page.text.split(". ") if "USD net over the horizon" in line)
    assert numbers(sentence.split("costs ")[1].split(" USD")[0])[0] == pytest.approx(truth["all"][0], rel=0.006)
