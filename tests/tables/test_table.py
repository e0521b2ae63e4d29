"""What is a table in a file: encoding, separator, header, sheets; and what is none."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import openpyxl
import pytest

from simcap.errors import DataError
from simcap.tables.encodings import encoding_of
from simcap.tables.layout import TableLayout
from simcap.tables.table import open_tables


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Größe;Überprüfer;Lösung\n", "cp1252"),
        ("Créé le;Décidé;Équipe;Coût €\n", "cp1252"),
        ("ação;Início;Não;são\n", "cp1252"),
        ("data wpływu;rozpoczęcie;zakończenie;zespół\n", "cp1250"),
        ("Создано;Очередь;Агент\n", "cp1251"),
        ("作成日時,キュー,担当者\n", "cp932"),
        ("作成日時,キュー,担当者\n", "utf-8"),
    ],
)
def test_an_encoding_is_that_which_makes_words(text: str, encoding: str) -> None:
    assert encoding_of((text * 3).encode(encoding)) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_found(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [["queue", "reçu", "n"], ["été; a, b", "2026-07-06 10:00", "1,5"], ["c", "2026-07-06 10:01", "2"]]
    lines = [separator.join(f'"{cell}"' for cell in row) for row in rows]
    path = tmp_path / "export.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    (table,) = open_tables(path)
    assert table.names == ("queue", "reçu", "n")
    assert table.columns(["n", "queue"]).to_numpy().tolist() == [["1,5", "été; a, b"], ["2", "c"]]
    assert encoding.removesuffix("-sig") in table.told[0]


def test_titles_over_the_header_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(
        'Queue activity\r\nzone Europe/London\r\n\r\nDay,Offered,"AHT, s"\r\n06/07/2026,6,9\r\n\r\n07/07/2026,5,8\r\n'
    )
    (table,) = open_tables(path)
    assert table.names == ("Day", "Offered", "AHT, s")
    assert table.above == ("Queue activity", "zone Europe/London")
    cells = table.columns(["Offered"])
    assert cells["Offered"].tolist() == ["6", "5"]
    assert [row + 1 for row in cells.index] == [5, 7]


def test_a_file_without_a_header_has_numbered_columns(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("listings,2026-07-06 10:00,5\nimages,2026-07-06 10:01,6\n")
    (table,) = open_tables(path)
    assert table.names == ("1", "2", "3")
    assert len(table.columns(["1"])) == 2


def test_two_rows_of_a_header_are_read_together_and_merged_cells_hold_for_their_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = (
        ["Scorecard"],
        [],
        ["Period", None, "Volume", None, "Staffing"],
        ["Week", "Queue", "Received", "Handled", "FTE"],
        ["2026-W28", "Listings", 10, 9, 29.5],
        [None, "Images", 8, 8, None],
        ["Total", None, 18, 17, None],
    )
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A5:A6")
    sheet.merge_cells("E5:E6")
    book.create_sheet("Second")
    book.save(tmp_path / "scorecard.xlsx")
    (table,) = open_tables(tmp_path / "scorecard.xlsx", TableLayout(skip=("Total",)))
    assert table.names == ("Week", "Queue", "Received", "Handled", "FTE")
    cells = table.columns(["Week", "FTE"])
    assert cells.to_numpy().tolist() == [["2026-W28", 29.5], ["2026-W28", 29.5]]


def test_what_the_owner_says_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text("# x\n# y\nweek~n\nW1~5\n~6\n")
    layout = TableLayout(header=(3,), separator="~", fill_down=("week",), encoding="ascii")
    (table,) = open_tables(path, layout)
    assert table.columns(["week", "n"]).to_numpy().tolist() == [["W1", "5"], ["W1", "6"]]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("old.xls", b"", "save it as .xlsx or CSV"),
        ("macro.xlsm", b"", "with macros"),
        ("scan.pdf", b"%PDF", "export the table itself"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0 and more", "has a password"),
        ("broken.xlsx", b"PK nothing", "damaged, or no workbook"),
        ("broken.parquet", b"PAR1 nothing", "damaged, or no Parquet file"),
        ("cut.csv.gz", gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)[:30], "no whole gzip file"),
        ("wide.csv", b"a,b\n1,2\n3,4,5\n", "row 3 has 3 cells, the header 2"),
        ("missing.csv", None, "no such file"),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        [table.columns(table.names) for table in open_tables(path)]


def test_a_workbook_that_swells_is_refused(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as parts,
        parts.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(11):
            part.write(b"0" * 10_000_000)
    with pytest.raises(DataError, match=r"unpacks to 0.1 GB"):
        open_tables(tmp_path / "bomb.xlsx")
