"""Pages as people open them: from disk, on a phone, a tablet and a desk, light and dark, and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.report.hostile import NAMES

WIDTHS = {390: 844, 820: 1180, 1280: 800}
"""Heights of windows by width, in pixels: a phone, a tablet, a desk."""
PAPER = 695
"""Width of the text on A4, in pixels: 210 mm less 13 mm at each side."""
PAGES = ("run", "simulated", "compare", "stress")
LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")


@contextmanager
def opened(chromium: Any, path: Path, width: int = 1280, **options: Any) -> Iterator[Any]:
    """Open a page from disk; at the end nothing may have been said, asked, or loaded from elsewhere."""
    page = chromium.new_page(viewport={"width": width, "height": WIDTHS.get(width, 1000)}, **options)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda request: said.append(f"request: {request.url}"))
    page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
    page.goto(path.as_uri())
    yield page
    page.close()
    assert [one for one in said if not one.startswith((f"request: {path.as_uri()}", "request: data:image/svg"))] == []


def faults(page: Any) -> list[str]:
    found: list[str] = page.evaluate(LAYOUT)
    return found


def violations(page: Any) -> list[str]:
    """Return what axe-core finds wrong: contrast, names, headings, roles, landmarks; an element each."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra `dev`")
    found = axe.Axe().run(page).response
    assert len(found["passes"]) > 15, "axe looked"
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_broken_or_beyond_the_window(
    chromium: Any, pages: dict[str, Path], name: str, width: int
) -> None:
    with opened(chromium, pages[name], width) as page:
        assert faults(page) == []
        page.locator("summary").evaluate_all("all => all.forEach(one => { one.parentElement.open = true })")
        assert faults(page) == [], "with all details open"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["run", "compare", "stress"])
def test_contrast_and_structure_satisfy_axe(chromium: Any, pages: dict[str, Path], name: str, scheme: str) -> None:
    with opened(chromium, pages[name], color_scheme=scheme) as page:
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        assert dark == (scheme == "dark")
        page.locator("summary").evaluate_all("all => all.forEach(one => { one.parentElement.open = true })")
        assert violations(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820])
@pytest.mark.parametrize("name", PAGES)
def test_small_screens_satisfy_axe(chromium: Any, pages: dict[str, Path], name: str, width: int, scheme: str) -> None:
    with opened(chromium, pages[name], width, color_scheme=scheme) as page:
        assert violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_paper_holds_all_of_it(chromium: Any, pages: dict[str, Path], name: str) -> None:
    with opened(chromium, pages[name], PAPER, color_scheme="dark") as page:
        page.emulate_media(media="print")
        assert faults(page) == []
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        file = page.pdf(format="A4", prefer_css_page_size=True)
        assert file.startswith(b"%PDF-")
        assert 1 <= len(re.findall(rb"/Type\s*/Page\b", file)) <= 20


def test_a_run_is_read_by_role_and_text(chromium: Any, pages: dict[str, Path]) -> None:
    with opened(chromium, pages["run"]) as page:
        assert page.get_by_role("heading", level=1).inner_text() == "Q4 baseline"
        verdict = page.get_by_role("region", name=re.compile("Service"))
        assert "is likely to be missed at least once: listings / 4 h" in verdict.first.inner_text()
        table = page.get_by_role("table", name="Service levels over the horizon")
        heads = table.get_by_role("columnheader").all_inner_texts()
        assert heads[:7] == ["SLA", "Outlook", "Target", "Expected", "90% band", "At risk", "Chance of any miss"]
        assert "75% [53%, 89%]" in table.get_by_role("row").filter(has_text="95% within 4 h").first.inner_text()
        assert page.get_by_role("img", name=re.compile("New listing review.*at risk in 1 of 13 weeks")).count()
        unnamed = page.get_by_role("img").evaluate_all(
            "all => all.filter(one => !(one.ariaLabel || one.alt)).map(one => one.outerHTML.slice(0, 80))"
        )
        assert unnamed == []


def test_a_phone_reads_the_same_rows(chromium: Any, pages: dict[str, Path]) -> None:
    """Tables that become cards keep their roles, and tell each figure's name beside it."""
    with opened(chromium, pages["run"], 390) as page:
        table = page.get_by_role("table", name="Service levels over the horizon")
        row = table.get_by_role("row").filter(has_text="95% within 4 h").first
        label = row.get_by_role("cell").nth(2).evaluate("one => getComputedStyle(one, '::before').content")
        assert label == '"Expected"'
        assert table.get_by_role("columnheader").count() == 7


def test_a_comparison_is_read_by_role_and_text(chromium: Any, pages: dict[str, Path]) -> None:
    with opened(chromium, pages["compare"]) as page:
        assert page.get_by_role("heading", level=1).inner_text() == "base or fewer"
        table = page.get_by_role("table", name="Decision table")
        assert table.get_by_role("rowheader").count() == 2
        assert "mail / 1 h" in table.get_by_role("row").nth(2).inner_text()


def test_a_keyboard_reaches_the_verdict_and_wide_tables(chromium: Any, pages: dict[str, Path]) -> None:
    with opened(chromium, pages["run"], 390) as page:
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.inner_text() == "Skip to the verdict"
        assert skip.bounding_box()["x"] >= 0, "it is seen when it has the focus"
        page.keyboard.press("Enter")
        page.wait_for_url("**#content")
        assert page.url.endswith("#content")
        page.keyboard.press("Tab")
        assert page.locator(":focus").evaluate("one => ['A', 'DIV', 'SUMMARY'].includes(one.tagName)")


@pytest.mark.parametrize("width", [390, 1280])
def test_names_do_nothing_and_break_nothing(chromium: Any, hostile_page: Path, width: int) -> None:
    with opened(chromium, hostile_page, width) as page:
        assert page.get_by_role("heading", level=1).inner_text() == NAMES[0]
        heads = page.get_by_role("table", name="Service levels over the horizon").get_by_role("rowheader")
        shown = [words.splitlines()[0] for words in heads.all_inner_texts()]
        assert [words.strip() for words in shown] == list(NAMES)
        assert page.locator("script, img[src=x]").count() == 0
        assert faults(page) == []


@pytest.mark.slow
def test_names_do_nothing_on_paper_nor_for_a_screen_reader(chromium: Any, hostile_page: Path) -> None:
    with opened(chromium, hostile_page, PAPER) as page:
        assert violations(page) == []
        page.emulate_media(media="print")
        assert faults(page) == []
