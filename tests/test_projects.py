"""Projects: the starter runs as it is, examples are copied with all that they name, nothing is overwritten."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

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
    assert (folder / "outputs" / "plan" / "summary.json").is_file()
    named = json.loads((folder / ".vscode/settings.json").read_text())["yaml.schemas"]
    assert {Path(folder / path).is_file() for path in named} == {True}


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
