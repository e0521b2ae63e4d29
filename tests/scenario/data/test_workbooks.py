"""Workbooks and Parquet files read like the CSV files with the same tables; problems name sheet and row."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.cli import main
from simcap.errors import DataError
from simcap.experiment.manifest import manifest_of
from simcap.scenario.data import files, tables
from simcap.scenario.reading.loading import load
from simcap.tables import bounds
from tests.scenario.conftest import changed

Rows = Sequence[Sequence[Any]]
AT = dt.datetime(2026, 10, 5, 9, 30)
LATER = dt.datetime(2026, 10, 5, 10)
MIDNIGHT = dt.datetime(2026, 10, 6)
VOLUMES: Rows = [["start", "queue", "items"], [AT, "a", 3], [LATER, "a", 4.5], [MIDNIGHT, "a", 0]]
READERS: dict[str, tuple[Callable[[Path], Any], Rows]] = {
    "volumes": (lambda path: files.read_volumes(path, "Europe/London"), VOLUMES),
    "trace": (
        lambda path: files.read_trace(path, "Europe/London"),
        [["created", "queue", "handle_s"], [AT, "a", 30], [LATER, "b", None]],
    ),
    "roster": (
        files.read_roster,
        [["agent", "hired", "left"], ["ann", dt.date(2026, 1, 2), None], ["7", MIDNIGHT, MIDNIGHT]],
    ),
    "duty": (lambda path: files.read_duty(path, "Asia/Manila"), [["agent", "on", "off"], ["ann", AT, MIDNIGHT]]),
    "empirical": (files.read_empirical, [["seconds"], [3], [1.25]]),
    "profile": (files.read_profile, [["rate"], *([hour] for hour in range(24))]),
}


def workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def plain(content: Any) -> Any:
    """Return what was read as plain values, to compare."""
    if dataclasses.is_dataclass(content):
        return {field.name: plain(getattr(content, field.name)) for field in dataclasses.fields(content)}
    if isinstance(content, dict):
        return {name: plain(one) for name, one in content.items()}
    return [repr(one) for one in content.tolist()] if isinstance(content, np.ndarray) else content


@pytest.mark.parametrize("kind", READERS)
def test_twins_of_a_csv_file_read_alike(tmp_path: Path, kind: str) -> None:
    read, rows = READERS[kind]
    frame = pd.DataFrame(list(rows[1:]), columns=list(rows[0]))
    frame = frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("hired", "left") if name in frame})
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet", index=False)
    workbook(tmp_path / "t.xlsx", {"Data": rows})
    expected = plain(read(tmp_path / "t.csv"))
    assert plain(read(tmp_path / "t.parquet")) == expected
    assert plain(read(tmp_path / "t.xlsx")) == expected


def test_the_sheet_is_the_one_with_the_columns_or_the_one_named(tmp_path: Path) -> None:
    other = [VOLUMES[0], *([moment, queue, 9] for moment, queue, _ in VOLUMES[1:])]
    notes: Rows = [["Capacity plan"], ["who", "what"], ["us", "this"]]
    one = workbook(tmp_path / "one.xlsx", {"Notes": notes, "Empty": [], "Volumes": VOLUMES})
    two = workbook(tmp_path / "two.xlsx", {"Notes": notes, "Q3": VOLUMES, "Q4 plan": other})
    assert files.read_volumes(one, "UTC")["a"].items.max() == 4.5
    assert files.read_volumes(Path(f"{two}#Q4 plan"), "UTC")["a"].items.max() == 9
    said = "its sheets 'Q3', 'Q4 plan' have the columns start, queue, items; write which one is meant as two.xlsx#Q3"
    with pytest.raises(DataError, match=re.escape(said)):
        files.read_volumes(two, "UTC")
    with pytest.raises(DataError, match="sheet: there is none 'Q5'; it has Notes, Q3, Q4 plan"):
        files.read_volumes(Path(f"{two}#Q5"), "UTC")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[AT, "a", "many"]], "sheet 'Data', row 4: items: 'many' is not a number from zero to 1,000,000,000"),
        ([[AT, None, 1]], "sheet 'Data', row 4: queue: '' is not a name; give one"),
        ([["5/10/2026", "a", 1]], "sheet 'Data', row 4: start: '5/10/2026' is not a time from 1970 to 2199"),
        ([[AT, "a", 1], [LATER, "a", 1], [AT, "a", 1]], "row 6: start: 2026-10-05 09:30 is also on row 4 for 'a'"),
    ],
)
def test_problems_name_sheet_and_row(tmp_path: Path, rows: Rows, message: str) -> None:
    path = workbook(tmp_path / "v.xlsx", {"Data": [["Volumes of October"], [], VOLUMES[0], *rows]})
    with pytest.raises(DataError, match=re.escape(message)):
        files.read_volumes(path, "Europe/London")


def test_a_column_that_is_lacking_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "v.xlsx", {"Data": [["start", "items"], [AT, 1]]})
    with pytest.raises(DataError, match="sheet 'Data': has no column 'queue'; its columns are: start, items"):
        files.read_volumes(path, "UTC")


# -- in a scenario ------------------------------------------------------------------------------------------------


def test_a_scenario_takes_a_sheet_and_its_manifest_has_the_file(tmp_path: Path) -> None:
    rows = [["agent", "hired"], ["ann", dt.date(2026, 1, 2)], ["bea", dt.date(2026, 1, 2)]]
    workbook(tmp_path / "people.xlsx", {"Roster": rows, "Old": rows})
    team = "vendors.south.teams.krakow"
    document = changed({f"{team}.agents": None, f"{team}.roster": "people.xlsx#Roster"})
    del document["vendors"]["south"]["teams"]["krakow"]["agents"]
    (tmp_path / "s.yaml").write_text(json.dumps(document))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "child.yaml").write_text("{extends: ../s.yaml, name: child}")
    for path in (tmp_path / "s.yaml", tmp_path / "below" / "child.yaml"):
        loaded = load(path, allow_outside=True)
        roster = loaded.scenario.vendors["south"].teams["krakow"].roster
        assert roster is not None
        assert loaded.files.roster(roster).agent == ("ann", "bea")
        assert list(manifest_of(loaded, 1, 1, ())["data"]) == [roster]


# -- what is not read ---------------------------------------------------------------------------------------------


def _with_macros(path: Path) -> None:
    workbook(path, {"Data": VOLUMES})
    with zipfile.ZipFile(path, "a") as parts:
        parts.writestr("xl/vbaProject.bin", b"x")


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts, parts.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(120):
            part.write(b"0" * 1_000_000)


def _gzip_bomb(path: Path) -> None:
    with gzip.open(path, "wb", 1) as file:
        file.write(b"start,queue,items\n")
        file.write(b"2026-10-05 00:00,a,00001\n" * 40_000)


def _of_two_gigabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2_000_000_001)


FAULTS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "old.xls": (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" * 9), "is an old Excel workbook; save it as .xlsx"),
    "locked.xlsx": (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" * 9), "has a password; save it as .xlsx without"),
    "page.pdf": (lambda path: path.write_bytes(b"%PDF-1.7"), "is a PDF; export the table itself"),
    "book.xlsm": (_with_macros, "is a workbook with macros; save it as .xlsx or CSV"),
    "named.xlsx": (_with_macros, "holds macros; save it as .xlsx without them"),
    "bomb.xlsx": (_bomb, "unpacks to 0.1 GB; save it anew, or as CSV"),
    "cut.xlsx": (lambda path: path.write_bytes(b"PK\3\4"), "is damaged, or no workbook"),
    "cut.parquet": (lambda path: path.write_bytes(b"PAR1"), "is damaged, or no Parquet file"),
    "bomb.csv.gz": (_gzip_bomb, "unpacks to far more than a table of its size"),
    "large.csv": (_of_two_gigabytes, "has more than 2 GB; split it, by month for example"),
    "large.csv.gz": (_of_two_gigabytes, "has more than 2 GB; split it, by month for example"),
    "far.xlsx": (
        lambda path: workbook(path, {"Data": [*VOLUMES]}) and _far(path),
        "delete what stands far from the table, or save it as CSV",
    ),
}


def _far(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for row in range(1, 400):
        book.worksheets[0].cell(row, 16384, 1)
    book.save(path)


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_read_is_a_clear_no(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_SMALL", 100_000)
    make, message = FAULTS[name]
    make(tmp_path / name)
    document = changed({"queues.listings.arrivals": {"file": {"path": name, "as": "actual"}}})
    (tmp_path / "s.yaml").write_text(json.dumps(document))
    done = CliRunner().invoke(main, ["check", str(tmp_path / "s.yaml")])
    assert done.exit_code == 1
    assert f"{name}: " in done.output
    assert message in " ".join(done.output.split())


def test_rows_beyond_the_most_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "CHUNK", 5)
    monkeypatch.setattr(tables, "MOST_ROWS", 7)
    path = tmp_path / "e.csv"
    path.write_text("seconds\n" + "1\n" * 7)
    assert files.read_empirical(path).size == 7
    path.write_text("seconds\n" + "1\n" * 8)
    with pytest.raises(DataError, match="is beyond the 7 rows that are read; give a shorter period"):
        files.read_empirical(path)
