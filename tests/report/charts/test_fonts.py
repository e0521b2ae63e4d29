"""Titles in any script are drawn in a font that has it; what no font has is said once."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from matplotlib.text import Text

from simcap.report.charts.backlog import backlog_charts
from simcap.report.charts.fonts import PACKAGES, USUAL, family_for, undrawable
from simcap.report.charts.run import titles_of
from simcap.report.charts.style import house_style, set_fonts, text_width
from tests.report.charts.test_run import troubles
from tests.report.made import changed, made

SCRIPTS = ("新規出品の審査", "한국어 검토", "मॉडरेशन कतार", "审核队列")
installed = pytest.mark.skipif(any(find_spec(package) is None for package in PACKAGES), reason="needs simcap[fonts]")


def test_most_titles_need_no_other_font() -> None:
    for text in ("listings", "Réclamations ≥ 4 h", "Жалобы", "شكاوى", "● 95%", "▼ −3"):
        assert family_for(text) == [USUAL]


def test_digits_are_as_wide_as_one_another() -> None:
    assert len({text_width(digit, 12) for digit in "0123456789"}) == 1


@installed
@pytest.mark.parametrize("text", SCRIPTS)
def test_other_scripts_have_a_font(text: str) -> None:
    assert len(family_for(text)) > 1
    assert undrawable([text]) == ""
    assert text_width(text, 12) != text_width("?" * len(text), 12)


def test_what_no_font_has_is_named_once() -> None:
    lost = "\U0001f9ff\U000e0101 queue \U0001fae8"
    said = undrawable(["listings", lost, lost])
    assert said.count("queue") == 1
    assert "pip install 'simcap[fonts]'" in said
    assert undrawable(["listings", "Réclamations"]) == ""


@installed
def test_a_sheet_in_several_scripts_has_room_for_its_texts() -> None:
    document = changed()
    document["queues"]["listings"]["title"], document["queues"]["appeals"]["title"] = SCRIPTS[0], SCRIPTS[2]
    document["queues"]["quality"]["title"] = "a\x07b $x$ \\frac"
    results = made(document, 5)
    assert undrawable(titles_of(results.scenario)) == ""
    with house_style():
        (chart,) = backlog_charts(results)
        set_fonts(chart)
        assert troubles(chart) == []
    heads = [text for text in chart.findobj(Text) if isinstance(text, Text) and text.get_text() == SCRIPTS[0]]
    assert [text.get_fontfamily()[0] for text in heads] == [USUAL]
    assert all(len(text.get_fontfamily()) > 1 for text in heads)
