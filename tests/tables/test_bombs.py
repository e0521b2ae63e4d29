"""Workbooks and packed texts that are small on disk, and would take minutes or gigabytes to read."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from simcap.errors import DataError
from simcap.tables import workbook
from simcap.tables.encodings import encoding_of
from simcap.tables.moments import MONTH_FIRST, read_moments
from simcap.tables.table import open_tables

SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
END = b"</sheetData>"
ROW = b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>"


def book(folder: Path, name: str = "", change: Callable[[bytes], bytes] = bytes) -> Path:
    """Return a workbook of which one part is changed."""
    whole, path = openpyxl.Workbook(), folder / "bomb.xlsx"
    for number in range(20):
        whole.worksheets[0].append(["n", "twice"] if number == 0 else [number, 2 * number])
    whole.save(folder / "whole.xlsx")
    with zipfile.ZipFile(folder / "whole.xlsx") as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
        for entry in parts.infolist():
            content = parts.read(entry)
            changed.writestr(entry.filename, change(content) if entry.filename == name else content)
    return path


def after(what: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(END, END + what)


def before(what: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(END, what + END)


BOMBS = {
    "a block over the sheet": (
        SHEET,
        after(b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "cover more",
    ),
    "a link over the sheet": (
        SHEET,
        after(b'<hyperlinks><hyperlink display="x" ref="A1:XFD1048576"/></hyperlinks>'),
        "cover more",
    ),
    "many cells": (SHEET, before(ROW * 150), "has more than some 8,000 cells, which take long"),
    "merged and many": (
        SHEET,
        lambda content: before(ROW * 50)(after(b'<mergeCells><mergeCell ref="A3:A9"/></mergeCells>')(content)),
        "has more than some 2,000 cells, merged ones among them",
    ),
    "many styles": (
        STYLES,
        lambda content: content.replace(b"</cellXfs>", b"<xf/>" * 5000 + b"</cellXfs>"),
        "has more",
    ),
    "entities": (SHEET, lambda content: b'<!DOCTYPE a [<!ENTITY x "yy">]>' + content, "defines entities"),
    "wide rows": (
        SHEET,
        before(b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(30, 400))),
        "delete what stands far from the table",
    ),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_workbook_that_would_take_long_is_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MOST_TAGS", 40_000)
    monkeypatch.setattr(workbook, "_MOST_TAGS_MERGED", 10_000)
    part, change, message = BOMBS[kind]
    with pytest.raises(DataError, match=message):
        open_tables(book(tmp_path, part, change))


def test_a_tag_over_the_edge_of_a_block_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_BLOCK", 300)
    bomb = b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    for lead in range(0, 300, 7):
        path = book(tmp_path, SHEET, before(b"<!--" + b" " * lead + b"-->" + bomb))
        with pytest.raises(DataError, match="cover more"):
            open_tables(path)


@pytest.mark.parametrize("merged", [False, True])
def test_cells_are_the_same_whether_some_are_merged_or_not(merged: bool, tmp_path: Path) -> None:
    block = b'<mergeCells><mergeCell ref="A5:B5"/></mergeCells>'
    (table,) = open_tables(book(tmp_path, SHEET, after(block if merged else b"")))
    cells = table.columns(["n", "twice"])
    assert cells["n"].tolist() == list(range(1, 20))
    twice = [2 * number for number in range(1, 20)]
    assert [value for value in cells["twice"].tolist() if value is not None] == [
        value for value in twice if not merged or value != 8
    ]


@pytest.mark.slow
def test_a_cell_far_below_does_no_harm(tmp_path: Path) -> None:
    (table,) = open_tables(book(tmp_path, SHEET, before(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')))
    assert len(table.columns(["n"])) == 19


def test_a_text_that_swells_is_refused_before_all_of_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    with gzip.open(path, "wb") as packed:
        for _ in range(60):
            packed.write(b"1,2\n" * 250_000)
    with pytest.raises(DataError, match="unpacks to far more than a table of its size"):
        open_tables(path)


@pytest.mark.parametrize(
    "text",
    [
        "n,twice\n1," + "a" * 120_000 + "\n2,\xe9\n",
        "n," + "1" * 60_000 + "x\n1,2\n",
        "n,twice\n1,12/31/2026" + " " * 60_000 + "10:00\n",
    ],
    ids=["a line of letters before another alphabet", "a name of digits", "a gap before a time of day"],
)
def test_a_long_cell_takes_no_longer_than_a_table_of_its_length(tmp_path: Path, text: str) -> None:
    """What tries each place of a text from each place on would take minutes."""
    path = tmp_path / "long.csv"
    path.write_bytes(text.encode("cp1252"))
    (table,) = open_tables(path)
    cells = table.columns(table.names)
    for name in cells:
        read_moments(cells[name], MONTH_FIRST)
    assert len(cells)


def test_two_bytes_of_a_letter_are_not_torn_apart_where_a_long_line_is_cut() -> None:
    assert encoding_of(("id,\u65e5\u672c\u8a9e\u306e\u30ad\u30e5\u30fc, " * 1000).encode("cp932")) == "cp932"
