"""simcap init: a new project."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from simcap.cli import main


def test_a_project_is_begun_and_what_comes_next_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    ran = CliRunner().invoke(main, ["init", str(folder)])
    assert ran.exit_code == 0
    named = [Path(line) for line in ran.output.split("\n\nNext:")[0].splitlines()]
    assert named
    assert all(path.is_file() for path in named)
    assert {path for path in folder.rglob("*") if path.is_file()} >= set(named)
    assert f"  cd {folder}\n  simcap check " in ran.output
    first = named[0].relative_to(folder).as_posix()
    assert ran.output.rstrip().endswith(f"simcap run {first}")


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ran = CliRunner().invoke(main, ["init", str(tmp_path)])
    assert ran.exit_code != 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_unknown_example_is_told(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["init", str(tmp_path / "x"), "--example", "last-quartr"])
    assert ran.exit_code != 0
    assert "last-quarter" in ran.output
    assert not (tmp_path / "x").exists()
