"""Slides opened again: findings as titles, the figures of the review, notes, templates, nothing that runs over."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation
from pptx.util import Emu, Pt

from simcap.errors import RunError
from simcap.report.charts.style import text_width
from simcap.report.review.options import read_comparison_review
from simcap.report.review.review import Review, read_review
from simcap.report.slides.slides import write_slides
from tests.report.on_disk import write_run
from tests.report.programmes import HOSTILE, named, results_of

WIDE = (12_192_000, 6_858_000)
SMALLEST = 14
NARROWER = 0.92
"""How wide the letters of Arial are, compared with those of the font that measures."""


@pytest.fixture(scope="module")
def review(run_folder: Path) -> Review:
    return read_review(run_folder)


@pytest.fixture(scope="module")
def deck(run_folder: Path) -> Any:
    return Presentation(str(write_slides(run_folder)))


@pytest.fixture(scope="module")
def compared(compared_folder: Path) -> Any:
    return Presentation(str(write_slides(compared_folder)))


def titles(deck: Any) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in deck.slides]


def tables(slide: Any) -> list[list[list[str]]]:
    found = [shape.table for shape in slide.shapes if shape.has_table]
    return [[[cell.text.replace("\v", " ") for cell in row.cells] for row in table.rows] for table in found]


def charts(slide: Any) -> list[Any]:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def texts(slide: Any) -> Iterator[Any]:
    """Yield every paragraph below the title."""
    for shape in slide.shapes:
        if shape.has_table:
            for row in shape.table.rows:
                for cell in row.cells:
                    yield from cell.text_frame.paragraphs
        elif shape.has_text_frame and shape != slide.shapes.title:
            yield from shape.text_frame.paragraphs


# -- a run ------------------------------------------------------------------------------------------------------------


def test_a_run_has_seven_slides_that_begin_with_its_finding(deck: Any, review: Review) -> None:
    found = titles(deck)
    assert len(found) == 7
    assert found[0].startswith(f"{review.verdict.heading}: ")
    assert found[1] == review.main_queue.finding  # type: ignore[union-attr]
    assert found[2].startswith("1 risk matters most") or " risks matter most" in found[2]
    assert found[5] == review.verdict.sentences[1].removesuffix(".")
    assert len(set(found)) == 7


def test_the_table_of_slas_is_that_of_the_review(deck: Any, review: Review) -> None:
    (rows,) = tables(deck.slides[0])
    assert rows[0] == ["Outlook", "Queue", "SLA", "Expected", "90% band", "At risk", "Any miss"]
    shown = {(row[1], row[3], row[4], row[6]) for row in rows[1:]}
    expected = {
        (f"{row.queue} ({row.vendor})" if row.vendor else row.queue, row.expected, row.band, row.any_miss)
        for row in review.slas
    }
    assert shown == expected
    assert rows[1][0].startswith("●"), "the worst comes first"


def test_the_curve_is_a_chart_of_the_figures(deck: Any, review: Review) -> None:
    (chart,) = charts(deck.slides[1])
    curve = review.main_queue.curves[0]  # type: ignore[union-attr]
    by_name = {series.name: list(series.values) for series in chart.plots[0].series}
    assert by_name["Median"] == pytest.approx(curve.points[2].tolist())
    assert by_name["5th percentile"] == pytest.approx(curve.points[0].tolist())
    assert set(by_name["Target"]) == {curve.row.sla.target}
    assert chart.value_axis.axis_title.text_frame.text == "Share on time"
    assert len(list(chart.plots[0].categories)) == 13


def test_money_is_that_of_the_review_and_editable(deck: Any, review: Review) -> None:
    (chart,) = charts(deck.slides[5])
    figures = review.results.figures
    for series in chart.plots[0].series:
        net = figures.of("money", "month", (series.name,), "net_cost").mean(axis=0)
        assert list(series.values) == pytest.approx(net.tolist())
    (rows,) = tables(deck.slides[5])
    assert review.money is not None
    assert [row[0] for row in rows[1:]] == [row.vendor or "all" for row in review.money.rows if not row.month]
    sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert [sheet["B1"].value, sheet["C1"].value] == ["north", "south"]
    assert sheet["B2"].value == pytest.approx(figures.of("money", "month", ("north",), "net_cost").mean(axis=0)[0])


def test_hours_are_those_of_the_team_that_is_short_or_of_all(deck: Any, review: Review) -> None:
    (chart,) = charts(deck.slides[4])
    by_name = {series.name: list(series.values) for series in chart.plots[0].series}
    assert not any(team.short.any() for team in review.teams)
    assert by_name["Available"] == pytest.approx(sum(team.available for team in review.teams).tolist())  # type: ignore[union-attr]
    assert by_name["Required"] == pytest.approx(sum(team.required for team in review.teams).tolist())  # type: ignore[union-attr]


def test_notes_hold_the_definitions(deck: Any, review: Review) -> None:
    meanings = {one.term: one.meaning for one in review.definitions}
    notes = [slide.notes_slide.notes_text_frame.text for slide in deck.slides]
    assert f"Chance of any miss: {meanings['Chance of any miss']}" in notes[0]
    assert f"Required hours: {meanings['Required hours']}" in notes[4]
    assert f"Net cost: {meanings['Net cost']}" in notes[5]
    assert all("Source: Q4 baseline, seed 7" in text for text in notes)


def test_pictures_have_words_for_a_screen_reader(deck: Any, compared: Any) -> None:
    frames = [shape for one in (deck, compared) for slide in one.slides for shape in slide.shapes
              if shape.has_chart or shape.has_table]  # fmt: skip
    assert len(frames) > 10
    assert all(len(shape._element.nvGraphicFramePr.cNvPr.get("descr")) > 10 for shape in frames)


# -- a comparison -----------------------------------------------------------------------------------------------------


def test_a_comparison_begins_with_the_decision(compared: Any, compared_folder: Path) -> None:
    review = read_comparison_review(compared_folder)
    (rows,) = tables(compared.slides[0])
    assert [row[0] for row in rows[1:]] == ["base", "fewer"]
    assert [row[4] for row in rows[1:]] == [option.net_cost for option in review.options]
    assert [row[3] for row in rows[1:]] == [option.any_miss for option in review.options]
    assert rows[2][5] == review.options[1].extra
    assert 5 <= len(compared.slides) <= 8


def test_before_and_after_are_in_one_chart(compared: Any, compared_folder: Path) -> None:
    pair = read_comparison_review(compared_folder).pairs[0]
    (chart,) = charts(compared.slides[2])
    by_name = {series.name: list(series.values) for series in chart.plots[0].series}
    assert by_name["base, median"] == pytest.approx(pair.before[2].tolist())
    assert by_name["fewer, median"] == pytest.approx(pair.after[2].tolist())


def test_values_that_differ_are_listed(compared: Any) -> None:
    (rows,) = tables(next(slide for slide in compared.slides if "differs from the base" in slide.shapes.title.text))
    assert rows[1:] == [["fewer", "vendors.north.teams.day.agents", "3", "2"]]


# -- how it looks -----------------------------------------------------------------------------------------------------


def check_that_nothing_runs_over(deck: Any) -> None:
    """Check sizes, edges, the width of every word in tables, and that boxes do not cover one another."""
    for slide in deck.slides:
        boxes = []
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width + 10
            assert shape.top + shape.height <= deck.slide_height
            boxes.append((shape.left, shape.top, shape.left + shape.width, shape.top + shape.height))
            if shape.has_table:
                check_cells(shape.table)
        for number, (left, top, right, bottom) in enumerate(boxes):
            for other in boxes[number + 1 :]:
                apart = right <= other[0] + 9 or other[2] <= left + 9 or bottom <= other[1] + 9 or other[3] <= top + 9
                assert apart, [shape.name for shape in slide.shapes]
        assert all(run.font.size >= Pt(SMALLEST) for paragraph in texts(slide) for run in paragraph.runs)


def check_cells(table: Any) -> None:
    for row in table.rows:
        for place, cell in enumerate(row.cells):
            room = Emu(table.columns[place].width).inches - 0.15
            for word in cell.text.split():
                assert text_width(word, SMALLEST * NARROWER) <= room, word


def test_nothing_runs_over(deck: Any, compared: Any) -> None:
    assert (deck.slide_width, deck.slide_height) == WIDE
    check_that_nothing_runs_over(deck)
    check_that_nothing_runs_over(compared)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_a_slide(name: str, tmp_path: Path) -> None:
    folder = write_run(results_of(named(name)), named(name), tmp_path / "results")
    deck = Presentation(str(write_slides(folder)))
    check_that_nothing_runs_over(deck)
    assert len(deck.slides) == 7
    for slide in deck.slides:
        for chart in charts(slide):
            book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
            assert not [cell for row in book.active for cell in row if cell.data_type == "f"]
    assert name in deck.slides[0].notes_slide.notes_text_frame.text


def test_equal_results_give_equal_bytes(run_folder: Path, compared_folder: Path) -> None:
    for folder in (run_folder, compared_folder):
        first = write_slides(folder).read_bytes()
        assert write_slides(folder).read_bytes() == first
        with zipfile.ZipFile(io.BytesIO(first)) as whole:
            assert {entry.date_time for entry in whole.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# -- templates --------------------------------------------------------------------------------------------------------


@pytest.fixture(name="corporate")
def _corporate(tmp_path: Path) -> Path:
    """Return a presentation of 4:3 with a sample slide, whose layout of a title has a name of its own."""
    file = Presentation()
    file.slides.add_slide(file.slide_layouts[0]).shapes.title.text = "Sample"
    next(one for one in file.slide_layouts if one.name == "Title Only").name = "Nur Titel"
    path = tmp_path / "corporate.pptx"
    file.save(str(path))
    return path


def test_a_template_gives_size_layout_and_theme(run_folder: Path, corporate: Path, deck: Any) -> None:
    own = Presentation(str(write_slides(run_folder, corporate)))
    assert (own.slide_width, own.slide_height) == (9_144_000, 6_858_000)
    assert {slide.slide_layout.name for slide in own.slides} == {"Nur Titel"}
    assert "Sample" not in titles(own)
    assert len(own.slides) == len(deck.slides)
    check_that_nothing_runs_over(own)
    (rows,) = tables(own.slides[0])
    assert rows[0] == ["Outlook", "Queue", "SLA", "Expected", "Any miss"], "what a narrow slide has room for"


def test_a_template_that_cannot_be_used_is_refused(run_folder: Path, tmp_path: Path) -> None:
    shutil.copy(run_folder / "manifest.json", tmp_path / "not.pptx")
    with pytest.raises(RunError, match=r"not\.pptx: cannot be read as a presentation .*; save it as \.pptx"):
        write_slides(run_folder, tmp_path / "not.pptx")
    with pytest.raises(RunError, match=r"none\.pptx: there is no such file"):
        write_slides(run_folder, tmp_path / "none.pptx")
    bare = Presentation()
    for layout in list(bare.slide_layouts)[:6]:
        bare.slide_layouts.remove(layout)
    bare.save(str(tmp_path / "bare.pptx"))
    with pytest.raises(RunError, match="has no layout with a title and nothing else"):
        write_slides(run_folder, tmp_path / "bare.pptx")
    assert not list(run_folder.glob(".*.part"))


def test_without_the_library_the_message_says_what_to_install(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(RunError, match=r"slides need python-pptx.*pip install 'simcap\[slides\]'"):
        write_slides(run_folder)


def test_other_folders_have_no_slides(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no run and no comparison"):
        write_slides(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_every_slide(run_folder: Path, tmp_path: Path) -> None:
    path = write_slides(run_folder)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path / 'office'}", "--headless", "--convert-to", "pdf",
               "--outdir", str(tmp_path), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    pages = (tmp_path / "report.pdf").read_bytes().count(b"/Type/Page") - 1
    assert pages == 7
