"""`simcap export` and `simcap tables` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from simcap.cli import main
from tests.report.conftest import priced, run_folder  # noqa: F401 - fixtures


def invoked(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


def test_files_are_named_on_the_terminal_and_as_json(run_folder: Path) -> None:  # noqa: F811
    done = invoked("export", run_folder, "--xlsx", "--pptx")
    assert done.output.splitlines() == [str(run_folder / "report.xlsx"), str(run_folder / "report.pptx")]
    document = json.loads(invoked("export", run_folder, "--pptx", "--json").output)
    assert document == {"files": [str(run_folder / "report.pptx")], "results": str(run_folder)}


def test_what_cannot_be_written_is_told(run_folder: Path, tmp_path: Path) -> None:  # noqa: F811
    for words, code, message in (
        ((run_folder,), 2, "nothing to write is named; add --xlsx, --pptx or both"),
        ((run_folder, "--xlsx", "--template", "x.pptx"), 2, "--template is for slides; add --pptx"),
        ((tmp_path / "none", "--xlsx"), 1, "holds no tables"),
        ((tmp_path, "--pptx"), 1, "holds no run and no comparison"),
        ((run_folder, "--pptx", "--template", "x.pptx"), 1, "x.pptx: there is no such file"),
    ):
        done = invoked("export", *words)
        assert (done.exit_code, message in done.output) == (code, True), done.output


def test_tables_are_listed_with_units(run_folder: Path) -> None:  # noqa: F811
    lines = invoked("tables", run_folder).output.splitlines()
    rows = len((run_folder / "tables" / "work.csv").read_text().splitlines()) - 1
    assert f"tables/work.csv: Decisions and busy hours by team and queue ({rows:,} rows)" in lines
    assert any(line.split() == ["net_cost", "currency", "Price", "less", "credits"] for line in lines)
    document = json.loads(invoked("tables", run_folder, "--json").output)
    sla = next(table for table in document["tables"] if table["table"] == "tables/sla.csv")
    assert {"column": "target", "unit": "share", "meaning": "Target"} in sla["columns"]
    assert invoked("tables", run_folder, "--quiet").output.strip() == str(run_folder)
