"""Projects: the starter runs as it is, examples are copied with all that they name, nothing is overwritten."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from simcap.api import projects
from simcap.calibration.history.reference import schema_text as calibration_schema
from simcap.cli import main
from simcap.errors import RunError
from simcap.projects import begin, examples
from simcap.scenario.reading.jsonschema import schema_text
from simcap.scenario.reading.loading import load

ROOT = Path(__file__).parents[1]


def test_the_starter_runs_and_compares_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mine"
    made = CliRunner().invoke(main, ["init", str(folder)])
    assert made.exit_code == 0, made.output
    assert "simcap run scenarios/plan.yaml" in made.output
    monkeypatch.chdir(folder)
    few = ["-n", "2", "-j", "1", "--no-charts", "--quiet"]
    for words in (
        ["check", "scenarios/plan.yaml"],
        ["run", "scenarios/plan.yaml", *few],
        ["compare", "scenarios/plan.yaml", "scenarios/fewer-agents.yaml", *few],
    ):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
    assert (folder / "scenario.schema.json").read_text() == schema_text()
    assert (folder / "calibration.schema.json").read_text() == calibration_schema()
    assert (folder / "outputs" / "plan" / "summary.json").is_file()
    named = json.loads((folder / ".vscode/settings.json").read_text())["yaml.schemas"]
    assert {Path(folder / path).is_file() for path in named} == {True}
    for schema, pattern in named.items():
        files = list(folder.glob(pattern))
        assert files
        assert all(f"$schema=../{Path(schema).name}" in file.read_text().splitlines()[0] for file in files)


def test_the_calibration_file_of_the_starter_says_that_the_logs_are_missing(tmp_path: Path) -> None:
    begin(tmp_path / "mine")
    done = CliRunner().invoke(main, ["calibrate", str(tmp_path / "mine/calibration/calibration.yaml")])
    assert done.exit_code == 1
    assert "items.csv" in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_is_whole_where_it_is_copied_to(example: object, tmp_path: Path) -> None:
    written = begin(tmp_path / "demo", [example.name])  # type: ignore[attr-defined]
    assert load(tmp_path / "demo" / written[0]).scenario.description == example.question  # type: ignore[attr-defined]
    assert all((tmp_path / "demo" / path).is_file() for path in written)


def test_every_shipped_scenario_is_an_example_but_those_on_data_that_are_not_ours() -> None:
    shipped = {path.stem for path in (ROOT / "scenarios").glob("*.yaml")}
    assert shipped - {example.name for example in examples()} == {"bank-1999"}


def test_what_is_there_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="is not empty"):
        begin(tmp_path)
    with pytest.raises(RunError, match="is not empty"):
        begin(tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="there is no example 'nope'"):
        begin(tmp_path / "demo", ["baseline", "nope"])
    assert not list(tmp_path.iterdir())
    (tmp_path / "empty").mkdir()
    assert begin(tmp_path / "empty", ["last-quarter"])[0] == Path("scenarios/last-quarter.yaml")


def test_the_wheel_has_what_the_examples_name() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    packed = {Path(source) for source in wheel["force-include"]}
    for example in examples():
        for path in (example.path, Path("calibration/2026-q3/parameters.yaml")):
            assert any(path.is_relative_to(folder) for folder in packed)


LOG = "queue,created,started,completed\n" + "\n".join(
    f"posts,2026-01-{1 + row % 28:02} {8 + row % 9:02}:{row % 60:02},2026-01-{1 + row % 28:02} 18:{row % 60:02},"
    f"2026-01-{1 + row % 28:02} 19:{(7 * row) % 60:02}"
    for row in range(900)
)


def test_large_files_stay_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    monkeypatch.setattr(projects, "LARGE", 10)
    project = projects.begin_from([tmp_path / "log.csv"], tmp_path / "demo")
    assert project.elsewhere == (tmp_path / "log.csv",)
    assert not (tmp_path / "demo/calibration/data").exists()
    assert "path: ../../log.csv" in (tmp_path / "demo/calibration/calibration.yaml").read_text()
    assert load(tmp_path / "demo/scenarios/plan.yaml").scenario.queues["posts"].handle_time is not None


def test_files_that_cannot_be_used_leave_no_project_behind(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for folder in (tmp_path, tmp_path / "a"):
        (folder / "log.csv").write_text(LOG)
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.7")
    for files, message in (
        (["no.csv"], "no.csv: there is no such file"),
        (["log.csv", "a/log.csv"], "two files are called log.csv"),
        (["notes.pdf"], "notes.pdf"),
    ):
        words = ["init", str(tmp_path / "demo"), "--from", *(str(tmp_path / name) for name in files)]
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 1, done.output
        assert message in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "log.csv", "notes.pdf"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["log.csv"], "give the FILEs after --from"),
        (["--from"], "give the FILEs after --from"),
        (["--timezone", "Europe/Paris"], "--timezone goes with --from"),
        (["--from", "log.csv", "--example", "baseline"], "give one of them"),
    ],
)
def test_what_does_not_go_together_is_said(words: list[str], message: str) -> None:
    done = CliRunner().invoke(main, ["init", "demo", *words])
    assert done.exit_code == 2
    assert message in done.output
