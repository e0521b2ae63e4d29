"""The page of a run: what it says, that it is made from disk, and that nothing in it can do anything."""

from __future__ import annotations

import copy
import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.figures import targets_of
from simcap.analysis.precision import precision_table
from simcap.errors import RunError
from simcap.experiment.results import Results
from simcap.report.pages.pages import page_of, write_page
from simcap.report.terminal.precision import precision_lines
from simcap.report.wording.costs import cost_rows
from simcap.report.wording.sentences import describe_risks
from simcap.report.wording.sla_rows import sla_rows
from simcap.report.wording.words import amount
from simcap.scenario.reading.provenance import Assumption
from tests.report.hostile import CONTRACT, NAMES, hostile
from tests.report.made import BASE, changed, made, many
from tests.report.on_disk import write_run
from tests.report.pages.reader import Element, check_form, read


def priced() -> dict[str, Any]:
    """Return the made-up programme with a price for one of its vendors."""
    document = changed()
    document["vendors"]["north"]["contract"] = dict(CONTRACT)
    return document


def missed() -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return attainment that misses 95% in the sixth week in 15 of 20 replications."""
    attainment = np.full((20, 13), 0.97)
    attainment[:15, 5] = 0.90
    return attainment


def two_queues() -> dict[str, Any]:
    """Return a programme with a queue that has an SLA and one that has none."""
    return priced() | {"queues": {name: BASE["queues"][name] for name in ("listings", "quality")}}


@pytest.fixture(scope="module")
def results() -> Results:
    return made(two_queues(), attainment=missed())


@pytest.fixture(scope="module")
def folder(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(results, two_queues(), tmp_path_factory.mktemp("run") / "results")


@pytest.fixture(scope="module")
def page(folder: Path) -> Element:
    return check_form(page_of(folder))


def rows_of(table: Element) -> list[list[str]]:
    """Return the cells of a table's body."""
    (body,) = table.all("tbody")
    return [[cell.text for cell in row.all("th", "td")] for row in body.all("tr")]


def labelled(page: Element, label: str) -> Element:
    """Return the table with a label or caption."""
    (found,) = (
        table for table in page.all("table")
        if table.attributes.get("aria-label") == label or [one.text for one in table.all("caption")] == [label]
    )  # fmt: skip
    return found


def test_the_verdict_comes_first_in_two_sentences(page: Element) -> None:
    first = next(iter(page.all("section")))
    assert first.has_class("verdict")
    assert [one.text for one in first.all("h2")] == ["● Service does not hold"]
    service, cost = (one.text for one in first.all("p"))
    assert service == "1 of 1 SLA is likely to be missed at least once: listings / 4 h (75% [53%, 89%])."
    assert cost.startswith("It costs ")
    assert " USD net over the horizon (90% band " in cost


def test_the_table_of_slas_is_that_of_the_terminal(folder: Path, results: Results, page: Element) -> None:
    shown = [row[1:] for row in rows_of(labelled(page, "Service levels over the horizon"))]
    assert shown == [
        [f"{row.mark} {row.meaning}", row.target, row.expected, row.band, row.at_risk, row.any_miss]
        for row in sla_rows(results)
    ]
    table = pd.read_csv(folder / "tables" / "sla.csv")
    whole = table[(table["period"] == "horizon") & table["vendor"].isna()].iloc[0]
    assert shown[0][2] == f"{whole['attainment']:.1%}"


def test_what_sketches_make_of_it_is_what_the_terminal_says(results: Results, tmp_path: Path) -> None:
    assert "With sketches" not in page_of(write_run(results, two_queues(), tmp_path / "without"))
    few, many = results.figures.first(4), results.figures
    table = precision_table(few, many, targets_of(results.scenario, many.layout), {("listings", "4 h"): "week"})
    sketched = dataclasses.replace(results, tables={**results.tables, "precision": table})
    page = check_form(page_of(write_run(sketched, two_queues(), tmp_path / "with")))
    (slas,) = (one for one in page.all("section") if one.attributes.get("aria-labelledby") == "slas")
    assert "With sketches, 90% intervals" in [one.text for one in slas.all("h3")]
    (line,) = precision_lines(table, results.layout)
    assert line.startswith("listings / 4 h: 96.6% [96.5, 96.7], from 4 replications and 20 sketches")
    assert [one.text for one in slas.all("li")] == [line]


def test_the_cost_is_that_of_the_terminal_and_of_the_table(folder: Path, results: Results, page: Element) -> None:
    rows = rows_of(labelled(page, "Cost by vendor and month, USD"))
    assert [tuple(row[1:]) for row in rows] == [row.cells for row in cost_rows(results)]
    table = pd.read_csv(folder / "tables" / "vendors.csv").query("measure == 'net_cost' and period == 'horizon'")
    assert rows[0][3] == f"{table['mean'].iloc[0]:,.0f}"


def test_a_risk_has_its_cause_its_remedy_and_its_last_day(results: Results, page: Element) -> None:
    (first, *_) = next(one for one in page.all("ol") if one.has_class("risks")).all("li")
    claim = next(iter(first.all("p"))).text
    assert claim == describe_risks(results)[0].sentence
    terms = [one.text for one in first.all("dt")]
    assert terms[-2:] == ["Would mend it", "Decide by"]
    # A class trains for two weeks, and the week that is missed begins on 9 November.
    assert [one.text for one in first.all("dd")][-1] == (
        "26 October: a class takes 14 days from approval to the floor."
    )


def test_a_curve_tells_its_finding_and_has_its_figures_as_a_table(page: Element) -> None:
    labels = [one.attributes["aria-label"] or "" for one in page.all("svg")]
    assert any(label.startswith("New listing review, North BPO: at risk in 1 of 13 weeks") for label in labels)
    captions = [one.text for one in page.all("caption")]
    (caption,) = [one for one in captions if one.startswith("New listing review, North BPO")]
    rows = rows_of(labelled(page, caption))
    assert rows[5][:2] == ["9 Nov", "75%"]
    assert rows[5][2] == "90.0%"
    assert len(rows) == 13


def test_only_queues_with_something_to_tell_are_charted(page: Element) -> None:
    assert [row[0] for row in rows_of(labelled(page, "Queues without a risk"))] == ["quality"]


def test_it_says_that_there_is_no_back_test_and_how_to_make_it_again(page: Element) -> None:
    text = page.text
    assert "there is no back-test" in text
    assert "Seed 7" in text
    assert "simcap 0.1.0" in text


def test_a_back_test_beside_the_calibration_is_on_the_page(folder: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    shutil.copytree(folder, copied)
    errors = {"error": 0.034, "error_same_hours": 0.051, "error_last_week": 0.06, "error_day_type": 0.048}
    shares = {"windows": 12, "actual": 0.91, "predicted": 0.9, "coverage_90": 0.8}
    row = {"mode": "replay", "queue": "", "sla": "4 h", "period": "day"} | errors | shares
    pd.DataFrame([row]).to_csv(copied / "tables" / "validation.csv", index=False)
    page = check_form(page_of(copied))
    said = "in replay, attainment of 4 h per day was missed by 3.4 points on average, less than the 4.8"
    assert said in page.text
    assert rows_of(labelled(page, "Back-test of the calibration in use")) == [
        ["replay", "all queues", "4 h", "day", "12", "91.0%", "90.0%", "3.4", "5.1", "4.8", "80%"]
    ]


def test_it_is_made_again_byte_for_byte(folder: Path) -> None:
    first = write_page(folder).read_bytes()
    assert write_page(folder).read_bytes() == first
    assert sorted(path.name for path in folder.glob("*.html")) == ["report.html"]
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.slow
def test_a_programme_of_fifteen_queues_and_a_hundred_replications_stays_small(tmp_path: Path) -> None:
    document = many(15, 24, 3)
    text = page_of(write_run(made(document, 100), document, tmp_path / "run"))
    check_form(text)
    assert len(text.encode()) < 5_000_000


@pytest.mark.parametrize("replications", [1, 4, 40])
def test_a_plan_without_a_miss_is_called_safe_only_if_replications_suffice(tmp_path: Path, replications: int) -> None:
    document = changed(queues={"listings": BASE["queues"]["listings"]}, routing={})
    page = check_form(page_of(write_run(made(document, replications, attainment=0.99), document, tmp_path / "run")))
    heading = next(iter(page.all("section"))).text
    assert ("Service holds" in heading) == (replications == 40)
    assert ("not ruled out" in heading) == (replications < 40)


def test_names_do_nothing(tmp_path: Path) -> None:
    document = hostile()
    text = page_of(write_run(made(document, attainment=missed()), document, tmp_path / "run"))
    page = check_form(text)
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "{{ 7 * 7 }}" in page.text, "it is text, not a template"
    assert [one.text for one in page.all("h1")] == [NAMES[0]]
    shown = [row[0] for row in rows_of(labelled(page, "Service levels over the horizon"))]
    assert all(cell.startswith(name) for cell, name in zip(shown, NAMES, strict=True))
    isolated = {one.text for one in page.all("bdi")}
    assert set(NAMES) <= isolated, "directions of writing do not leak into the text around"


def test_a_folder_without_results_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no results that a page can be made of"):
        write_page(tmp_path)


def test_a_run_of_an_earlier_version_is_to_be_run_again(folder: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    shutil.copytree(folder, copied)
    (copied / "layout.json").unlink()
    with pytest.raises(RunError, match=r"has no layout\.json, so it is no whole result .* run it again"):
        write_page(copied)


def test_a_run_that_lacks_replications_is_refused(folder: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    shutil.copytree(folder, copied)
    (copied / "replications" / "00003.npz").unlink()
    with pytest.raises(RunError, match="holds 19 of 20 replications; run it again"):
        write_page(copied)
    assert read(page_of(folder)).text


def test_groups_have_a_section_for_each_key(tmp_path: Path) -> None:
    document = copy.deepcopy(two_queues())
    document["queues"]["listings"]["groups"] = {"language <b>": "ES & PT"}
    document["vendors"]["north"]["teams"]["manila"]["groups"] = {"site": "Manila", "language <b>": "ES & PT"}
    results = made(document, attainment=missed())
    page = check_form(page_of(write_run(results, document, tmp_path / "run")))
    ((value, sla, outlook, target, expected, *_, risk, worst),) = rows_of(
        labelled(page, "Service levels by language <b>")
    )
    assert (value, sla, outlook, target) == ("ES & PT", "4 h", "● likely to be missed", "95%")
    table = pd.read_csv(tmp_path / "run" / "tables" / "groups.csv", keep_default_na=False)
    rows = table[(table["group"] == "language <b>") & (table["period"] == "horizon")].set_index(["sla", "measure"])
    assert expected == f"{float(rows.loc[('4 h', 'attainment'), 'mean']):.1%}"
    assert (risk, worst) == ("1 of 13", "9 Nov (75% [53%, 89%])")
    (site,) = rows_of(labelled(page, "Work, people and cost by site"))
    assert site[:4] == ["Manila", "–", "1", "–"]
    cost = float(rows.loc[("", "net_cost"), "mean"])
    assert site[-1].startswith(amount(cost))
    assert {"By language <b>", "By site"} <= {one.text for one in page.all("h2")}


def test_without_groups_there_is_no_such_section(page: Element) -> None:
    assert not [one for one in page.all("section") if "by-group" in (one.attributes.get("aria-labelledby") or "")]


def test_what_was_assumed_is_summed_up_by_part_and_origin(tmp_path: Path) -> None:
    """The summary is outside of what opens on a click, so that it is printed."""
    document = two_queues()
    results = made(document, 2, attainment=missed())
    rows = [
        ("queues.listings.per_week", "70000", "", "fitted", "logs.csv", "2026-10-01", ""),
        ("vendors.north.agents", "40", "38 to 42", "expert", "plan.yaml:9", "", "agreed"),
        ("queues.listings.growth", "0%", "", "default", "", "", ""),
    ]
    results.tables["assumptions"] = pd.DataFrame(rows, columns=list(Assumption._fields), dtype=str)
    page = check_form(page_of(write_run(results, document, tmp_path / "run")))
    summary = labelled(page, "Values by part of the scenario and origin; each is in tables/assumptions.csv")
    assert [one.text for one in summary.all("th")][:5] == [
        "Part of the scenario", "fitted", "expert", "default", "In all",
    ]  # fmt: skip
    assert rows_of(summary) == [
        ["queues", "1", "–", "1", "2"], ["vendors", "–", "1", "–", "1"], ["all", "1", "1", "1", "3"],
    ]  # fmt: skip
    assert not [one for opened in page.all("details") for one in opened.all("caption") if "by part" in one.text]
    own = labelled(page, "Assumptions under queues")
    assert [one.text for one in own.all("thead")] == ["Parameter Value Origin Source As of"], "no empty columns"
    assert [row[:3] for row in rows_of(own)] == [
        ["queues.listings.per_week", "70000", "fitted"], ["queues.listings.growth", "0%", "default"],
    ]  # fmt: skip
