"""--json and --quiet of every command: valid JSON or a path on stdout, and nothing else there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import click
import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.cli import COMMANDS, main
from simcap.cli.voice import Voice
from simcap.experiment.plain_json import json_text
from tests.calibration import desks
from tests.report.pages.reader import check_form

from .test_run import SMALL

WITHOUT_FOLDER = ("init", "examples", "check", "schema", "report", "export", "tables")
KEYS = {
    "run": {"name", "description", "replications", "slas", "costs", "risks", "notes", "taken_as_neutral"},
    "compare": {"name", "replications", "variants", "precision", "width", "slas", "misses", "vendors", "teams"},
    "stress": {"name", "replications", "sketches", "shocks", "stress", "failures", "left_out"},
    "staff": {"name", "question", "unit", "interrupted", "patch", "plans", "costs", "met", "last_dates", "notes"},
    "sensitivity": {"name", "replications", "sketches", "tornado", "break_even", "sobol", "left_out"},
    "calibrate": {"title", "fits", "quality", "not_fitted", "noticed"},
    "backtest": {
        "title",
        "modes",
        "origins",
        "inferred",
        "rests",
        "desk",
        "scenario",
        "notes",
        "scores",
        "totals",
        "windows",
    },
    "synthesize": {"name", "rows"},
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "small.yaml").write_text(SMALL)
    (folder / "variant.yaml").write_text("name: fewer\nextends: small.yaml\nvendors: {v: {teams: {t: {agents: 3}}}}\n")
    path = desks.write(desks.draw(3), folder)
    path.write_text(
        path.read_text().replace("replications: 12", "replications: 2").replace("finest: hour", "finest: day")
    )
    return folder


def words_of(command: str, files: Path, out: Path) -> list[str]:
    """Return what it takes to run a command on something small."""
    small = str(files / "small.yaml")
    few = ["--out", str(out), "--jobs", "1"]
    return {
        "run": ["run", small, *few, "-n", "2", "--no-charts"],
        "compare": ["compare", small, str(files / "variant.yaml"), *few, "-n", "2"],
        "stress": ["stress", small, *few, "-n", "1"],
        "staff": ["staff", small, *few, "-n", "3", "--check", "2", "--no-curve"],
        "sensitivity": ["sensitivity", small, *few, "-n", "2"],
        "calibrate": ["calibrate", str(files / "calibration.yaml"), "--out", str(out), "--no-charts"],
        "backtest": ["backtest", str(files / "calibration.yaml"), *few, "--mode", "replay", "--no-charts"],
        "synthesize": ["synthesize", small, "--out", str(out)],
    }[command]


def invalid(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")


def test_every_command_has_both_options() -> None:
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert {"--json", "--quiet"} <= {word for option in command.params for word in option.opts}, name
    assert set(KEYS) == set(COMMANDS) - set(WITHOUT_FOLDER)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("command", KEYS)
def test_json_is_all_there_is_on_stdout(files: Path, tmp_path: Path, command: str) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(main, [*words_of(command, files, out), "--json"])
    assert done.exit_code == 0, done.output
    printed: dict[str, Any] = json.loads(done.stdout, parse_constant=invalid)
    assert {*KEYS[command], "results"} <= set(printed)
    assert printed["results"] == str(out)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("command", KEYS)
def test_quiet_prints_the_place_of_the_results_alone(files: Path, tmp_path: Path, command: str) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(main, [*words_of(command, files, out), "--quiet"])
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{out}\n"
    assert done.stderr == ""
    assert any(out.rglob("*.*"))
    if command != "synthesize":
        page = (out / "report.html").read_bytes()
        check_form(page.decode())
        again = CliRunner().invoke(main, ["report", str(out), "--quiet"])
        assert (again.exit_code, again.stdout) == (0, f"{out}\n")
        assert (out / "report.html").read_bytes() == page, "made again from disk, byte for byte"


def test_a_check_is_json_or_a_report_or_silent(files: Path) -> None:
    words = ["check", str(files / "small.yaml")]
    told, asked, quiet = (CliRunner().invoke(main, [*words, *more]) for more in ([], ["--json"], ["--quiet"]))
    assert told.exit_code == asked.exit_code == quiet.exit_code == 0
    assert "mail" in told.stdout
    assert isinstance(json.loads(asked.stdout, parse_constant=invalid), dict)
    assert quiet.output == ""


def test_quiet_tells_errors(files: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["run", str(files / "gone.yaml"), "--quiet", "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "there is no such file" in done.stderr
    assert done.stdout == ""


def test_the_tables_of_the_folder_are_those_of_the_json(files: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, [*words_of("stress", files, tmp_path / "out"), "--json"])
    rows = json.loads(done.stdout)["stress"]
    table = pd.read_csv(tmp_path / "out/tables/stress.csv", keep_default_na=False, na_values=["nan"])
    assert [row["shock"] for row in rows] == table["shock"].tolist()
    assert [row["lost"] for row in rows] == pytest.approx(table["lost"].astype(float).tolist(), rel=1e-6)


@pytest.mark.parametrize("command", ["run", "compare", "stress", "staff", "sensitivity", "backtest", "synthesize"])
def test_the_first_compilation_is_told(
    command: str, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_voice: Voice, _show: object) -> NoReturn:
        raise LookupError("the simulation begins")

    monkeypatch.setattr("simcap.world.world.must_compile", lambda: True)
    monkeypatch.setattr(Voice, "_shown", stopped)
    told = "simcap: compiling the kernels, once for this installation (about half a minute) ...\n"
    for option, expected in (("--json", told), ("--quiet", "")):
        ran = CliRunner().invoke(main, [*words_of(command, files, tmp_path / option), option])
        assert isinstance(ran.exception, LookupError), "no simulation has begun"
        assert ran.stderr == expected


def test_the_first_compilation_is_told_once(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcap.world.world.must_compile", lambda: True)
    ran = CliRunner().invoke(main, [*words_of("run", files, tmp_path / "out"), "--json"])
    assert (ran.exit_code, ran.stderr.count("compiling the kernels")) == (0, 1)


def test_what_json_lacks_is_written_so_that_all_can_read_it() -> None:
    table = pd.DataFrame({"days": [1.5, float("nan"), float("inf")], "shock": ["a", "b", "c"]})
    assert json.loads(json_text({"table": table, "none": None, "low": float("-inf")}), parse_constant=invalid) == {
        "table": [
            {"days": 1.5, "shock": "a"},
            {"days": None, "shock": "b"},
            {"days": "Infinity", "shock": "c"},
        ],
        "none": None,
        "low": "-Infinity",
    }


def test_ctrl_c_while_the_command_line_is_read_is_told_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("click.Group.parse_args", stopped)
    done = CliRunner().invoke(main, ["schema"])
    assert (done.exit_code, done.output) == (130, "simcap: stopped\n")


def test_ctrl_c_that_pydantic_puts_into_an_error_is_told_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise ValueError('Error building "model" validator:\n  KeyboardInterrupt:')

    monkeypatch.setattr("click.Group.invoke", stopped)
    done = CliRunner().invoke(main, ["schema"])
    assert (done.exit_code, done.output) == (130, "simcap: stopped\n")
