"""The page of a comparison: the decision table, curves before and after, and what each option does."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from simcap.experiment.compare import compare
from simcap.experiment.comparison import Comparison
from simcap.experiment.reading import read_comparison
from simcap.planning.changes import Change
from simcap.planning.futures import in_futures
from simcap.report.pages.pack import write_pack
from simcap.report.pages.pages import write_page
from simcap.report.review.futures import futures_review
from simcap.report.review.options import any_miss
from simcap.report.terminal.comparison import print_comparison
from simcap.report.wording.moves import moves
from simcap.report.wording.sentences import describe_risks
from simcap.report.wording.verdict import verdict
from simcap.report.wording.words import amount, odds
from simcap.scenario.reading.loading import load
from tests.comparisons import write_programme
from tests.report.pages.reader import Element, check_form
from tests.report.pages.test_run_page import labelled, rows_of

FEWER = """
name: fewer in the north
description: Can the north do with two?
extends: base.yaml
vendors: {north: {teams: {day: {agents: 2}}}}
events: {"<b>later": {headcount: {team: far, change: -1, from: 2026-10-12}}}
"""
SURGE = {"events": {"more": {"surge": {"queue": "mail", "from": "2026-10-12", "for": "14 days", "factor": 1.6}}}}
SAME = "name: same\nextends: base.yaml\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Comparison]:
    folder = tmp_path_factory.mktemp("compared")
    base = write_programme(folder)
    (folder / "fewer.yaml").write_text(FEWER)
    (folder / "same.yaml").write_text(SAME)
    files = [load(path) for path in (base, folder / "fewer.yaml", folder / "same.yaml")]
    comparison = compare(files, folder / "out", futures=in_futures(files, [Change("surge", SURGE)]), jobs=1)
    write_page(folder / "out")
    return folder / "out", comparison


@pytest.fixture(scope="module")
def page(made: tuple[Path, Comparison]) -> Element:
    return check_form((made[0] / "report.html").read_text())


def test_it_is_read_back_as_it_was(made: tuple[Path, Comparison]) -> None:
    folder, comparison = made
    back = read_comparison(folder)
    assert [one.scenario.name for one in back.results] == [one.scenario.name for one in comparison.results]
    assert (back.words, back.notes, back.width) == (comparison.words, comparison.notes, comparison.width)
    for name in ("fewer in the north", "same"):
        assert verdict(back, name) == verdict(comparison, name), "the same sentences from disk as from memory"


def test_the_decision_table_has_a_row_for_each_option(made: tuple[Path, Comparison], page: Element) -> None:
    _, comparison = made
    base, fewer, same = rows_of(labelled(page, "Decision table"))
    assert base[0] == "base the base"
    assert fewer[0].startswith("fewer in the north ")
    assert same[0].startswith("same nothing differs")
    assert "mail / 1 h" in fewer[1]
    assert (same[1], same[2]) == ("none", "none")
    assert [row[3] for row in (base, fewer, same)] == [any_miss(results) for results in comparison.results]
    assert base[5] == "–"
    assert fewer[5][0] in "+−"
    # 30 days of notice are the north's; the south has none.
    assert fewer[7].startswith("Decide by 12 October (<b>later is ordered then)")


def test_each_option_stands_in_each_future(made: tuple[Path, Comparison], page: Element) -> None:
    folder, comparison = made
    table = pd.read_csv(folder / "tables" / "futures.csv").set_index(["scenario", "future"])
    rows = rows_of(labelled(page, "Options against futures"))
    assert [row[0] for row in rows] == ["base", "fewer in the north", "same"]
    for option, now, surge, _ in rows:
        for cell, future in ((now, "base"), (surge, "surge")):
            row = table.loc[(option, future)]
            assert cell.startswith(amount(row["net_cost"]))
            assert ("cheapest" in cell) == (row["regret"] == 0)
            assert odds(row["any_miss"], comparison.base.replications) in cell
    assert "service lost" in rows[1][1], "it loses service as things stand"
    assert "service lost" not in rows[2][1] + rows[2][2]
    own = [row[5] for row in rows_of(labelled(page, "Options in each future"))[:3]]
    decided = [row[6] for row in rows_of(labelled(page, "Decision table"))]
    bare = [re.sub("[()]", "", text) for text in own]
    assert bare == [re.sub("[()]", "", text) for text in decided], "one worst week in both tables"


def test_what_would_have_to_be_true_is_told_as_on_the_terminal(
    made: tuple[Path, Comparison], page: Element, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, comparison = made
    review = futures_review(comparison)
    assert review is not None
    assert review == futures_review(read_comparison(folder))
    told = [one.text for one in page.all("li")]
    assert all(line in told for line in (*review.findings, *review.conditions))
    print_comparison(comparison, folder)
    said = " ".join(capsys.readouterr().out.split())
    assert all(line in said for line in (*review.findings, *review.conditions))
    assert "base or same: they cost the same in each future." in said


def test_the_sentences_are_those_of_the_terminal(made: tuple[Path, Comparison], page: Element) -> None:
    _, comparison = made
    told = [one.text for one in page.all("li")]
    for _, sentences in verdict(comparison, "fewer in the north"):
        assert all(" ".join(sentence.split()) in told for sentence in sentences)


def test_curves_before_and_after_are_in_one_figure(page: Element) -> None:
    wide = [one for one in page.all("svg") if (one.attributes["aria-label"] or "").startswith("mail, 95% within 1 h")]
    assert wide
    looks = {part.attributes.get("class") for part in wide[0].all("rect", "line")}
    assert {"median a", "median b"} <= looks


def test_the_verdict_says_which_option_loses_service(page: Element) -> None:
    first = next(iter(page.all("section")))
    assert next(iter(first.all("h2"))).text.endswith("1 of 2 options lose service")
    assert "Service is lost with fewer in the north." in first.text


def test_it_asks_the_question_and_says_why_service_is_lost(made: tuple[Path, Comparison], page: Element) -> None:
    _, comparison = made
    (question,) = (one.text for one in page.all("p") if one.has_class("question"))
    assert question == "Can the north do with two?"
    (cards,) = (one for one in page.all("ol") if one.has_class("risks"))
    claims = [one.text for one in cards.all("p")]
    fewer = comparison.results[1]
    known = {risk.sentence: risk.subject for risk in describe_risks(fewer)}
    assert claims
    assert all(known[claim].startswith("mail / 1 h") for claim in claims)
    assert "Cause" in [one.text for one in cards.all("dt")]


def test_what_moves_within_chance_is_folded_away(made: tuple[Path, Comparison], page: Element) -> None:
    _, comparison = made
    names = [one.scenario.name for one in comparison.results[1:]]
    certain = {(name, move.queue, move.vendor, move.sla) for name in names for move in moves(comparison, name)}
    folded = [one.text for part in page.all("details") for one in part.all("h3")]
    charted = [one.text for part in page.all("div") if part.has_class("curve") for one in part.all("h3")]
    assert len(charted) - len(folded) == len(certain) > 0
    assert charted[len(certain) :] == folded
    assert len(folded) == 1
    assert "1 more SLA may differ, but not beyond chance" in page.text


def test_it_says_what_it_rests_on(page: Element) -> None:
    text = page.text
    assert "Rests on " in text
    assert "Values are those of base;" in text
    assert "so there is no back-test" in text


def test_a_pack_has_an_index_and_each_page(made: tuple[Path, Comparison], tmp_path: Path) -> None:
    folder, _ = made
    for name in ("base", "same"):
        write_page(folder / "runs" / name)
    index = write_pack([folder, folder / "runs" / "base", folder / "runs" / "same"], tmp_path / "pack")
    page = check_form(index.read_text())
    links = [one.attributes["href"] for one in page.all("a") if (one.attributes["href"] or "").endswith(".html")]
    assert links == ["01.html", "02.html", "03.html"]
    assert (tmp_path / "pack" / "01.html").read_bytes() == (folder / "report.html").read_bytes()
    assert "Service is lost with fewer" in page.text
