"""Folders of results: nothing else is written over, what was stopped leaves no trace, results are whole or absent."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.errors import Interrupted, RunError
from simcap.experiment.folders import ResultFolder, going_on
from simcap.experiment.kept import Kept

MARKER = "stress.json"
ALONE = "it is left alone, give another --out"
FORCE = "use --force to replace it, or --out for another folder"
TABLE = {"slas": pd.DataFrame({"queue": ["mail"], "value": [1 / 3]})}


def folder(path: Path, **more: Any) -> ResultFolder:
    return ResultFolder(path, MARKER, "a stress test", **more)


def contents(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def manifest(replications: int, **more: Any) -> dict[str, Any]:
    return {"seed": 3, "replications": replications, **more}


def exactly(words: str) -> str:
    return f"^{re.escape(words)}$"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def stop(out: Path, error: BaseException) -> None:
    """Do the work of a command that is stopped after its first replication."""
    with folder(out).answering(manifest(4)) as kept:
        kept.keep("key", 1, {"one": np.zeros(1)})
        raise error


def finish(out: Path, replications: int, *, force: bool = False, **more: Any) -> None:
    """Do the work of a command that has nothing to do."""
    with folder(out).answering(manifest(replications, **more), force=force):
        folder(out).write({}, manifest(replications, **more))


@pytest.mark.parametrize("there", ["nothing", "an empty folder", "a marker"])
def test_a_folder_that_is_free_or_ours_may_be_used(tmp_path: Path, there: str) -> None:
    out = tmp_path / "deep" / "out"
    if there != "nothing":
        out.mkdir(parents=True)
    if there == "a marker":
        (out / MARKER).write_text("{}")
        (out / "other.txt").touch()
    folder(out).check()
    assert folder(out).is_finished == (there == "a marker")


@pytest.mark.parametrize("there", ["a file", "something else"])
def test_what_is_not_ours_is_left_alone(tmp_path: Path, there: str) -> None:
    out = tmp_path / "out"
    if there == "a file":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / "photo.jpg").touch()
    with pytest.raises(RunError, match=exactly(f"{out}: holds something other than a stress test; {ALONE}")):
        folder(out).check()
    assert out.is_file() or [path.name for path in out.iterdir()] == ["photo.jpg"]


def test_nothing_is_finished_where_nothing_is(tmp_path: Path) -> None:
    assert not folder(tmp_path).is_finished


def test_what_ends_well_says_what_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with folder(out).answering(manifest(4, name="ä")) as kept:
        assert not out.exists()
        kept.keep("key", 1, {"one": np.zeros(1)})
        assert kept.count() == 1
        folder(out).write({}, manifest(4, name="ä"))
    assert (out / MARKER).read_text(encoding="utf-8") == '{\n  "seed": 3,\n  "replications": 4,\n  "name": "ä"\n}\n'
    assert [path.name for path in tmp_path.iterdir()] == ["out"], "what was kept is dropped"


@pytest.mark.parametrize("was_there", [False, True])
def test_ctrl_c_says_what_is_kept(tmp_path: Path, was_there: bool) -> None:
    out = tmp_path / "out"
    if was_there:
        finish(out, 2)
    words = "stopped; 1 replication is kept, the same command goes on from there"
    with pytest.raises(Interrupted, match=exactly(words)):
        stop(out, KeyboardInterrupt())
    assert out.exists() == was_there
    assert not was_there or json.loads((out / MARKER).read_text())["replications"] == 2
    assert Kept(out).count() == 1


def test_another_fault_comes_through(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(ValueError, match=exactly("no such queue")):
        stop(out, ValueError("no such queue"))
    assert not out.exists()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "nothing was written"),
        (1, "1 replication is kept, the same command goes on from there"),
        (1200, "1,200 replications are kept, the same command goes on from there"),
    ],
)
def test_what_is_kept_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, words: str) -> None:
    monkeypatch.setattr(Kept, "count", lambda _self: count)
    assert going_on(Kept(tmp_path / "out")) == words


def test_more_replications_are_not_replaced_by_fewer_of_the_same(tmp_path: Path) -> None:
    out = tmp_path / "out"
    finish(out, 4)
    words = f"{out}: holds a stress test of 4 replications, more than the 3 asked for; {FORCE}"
    with pytest.raises(RunError, match=exactly(words)):
        finish(out, 3)
    assert out.exists()
    for count, more, force in ((4, {}, False), (3, {}, True), (5, {}, False), (2, {"seed": 9}, False)):
        finish(out, count, force=force, **more)
        assert json.loads((out / MARKER).read_text())["replications"] == count


def test_a_mark_that_does_not_say_how_many_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for text in ('{"seed": 3}', "[]", "{", ""):
        out.mkdir(exist_ok=True)
        (out / MARKER).write_text(text)
        finish(out, 1)
        assert json.loads((out / MARKER).read_text()) == manifest(1)


def test_tables_and_charts_of_an_earlier_question_go(tmp_path: Path) -> None:
    def draw(inside: Path) -> None:
        (inside / "charts").mkdir()
        (inside / "charts" / "old.svg").touch()
        (inside / "charts" / "old.png").touch()

    out = tmp_path / "out"
    folder(out).write({**TABLE, "old": TABLE["slas"]}, {"seed": 1}, draw)
    assert {"tables/old.csv", "charts/old.svg"} <= set(contents(out))
    (out / "tables" / "notes.txt").touch()
    (out / "link").symlink_to(tmp_path)
    folder(out).write(TABLE, {"seed": 2})
    assert {path.name for path in out.iterdir()} == {MARKER, "tables", "link"}, "nothing is left in the charts"
    assert set(contents(out)) == {MARKER, "tables/notes.txt", "tables/slas.csv"}
    assert (out / "link").is_symlink()
    assert (out / "tables" / "slas.csv").read_bytes() == b"queue,value,level\nmail,0.33333333,queue\n"
    assert json.loads((out / MARKER).read_text()) == {"seed": 2}


def test_of_a_shared_folder_only_what_is_ours_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "mine.png").touch()
    shared = folder(tmp_path, shared=True, parts=("charts/fit.png", "tables/*.csv"))
    shared.write({**TABLE, "old": TABLE["slas"]}, {}, lambda inside: write(inside / "charts" / "fit.png", "1"))
    inode = (tmp_path / "charts" / "mine.png").stat().st_ino
    shared.write(TABLE, {})
    assert set(contents(tmp_path)) == {MARKER, "charts/mine.png", "tables/slas.csv"}
    assert (tmp_path / "charts" / "mine.png").stat().st_ino == inode
    assert sorted(path.name for path in tmp_path.iterdir()) == ["charts", MARKER, "tables"]


def test_results_that_were_ready_are_put_into_a_shared_folder_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = folder(tmp_path, shared=True)
    shared.write(TABLE, {"seed": 1})
    with monkeypatch.context() as patch:
        patch.setattr(type(shared), "_take", lambda _self: None)
        shared.write({"other": TABLE["slas"]}, {"seed": 2})
    (tmp_path / ".results.abc").mkdir()
    assert json.loads((tmp_path / MARKER).read_text()) == {"seed": 1}
    shared.recover()
    assert set(contents(tmp_path)) == {MARKER, "tables/other.csv"}
    assert json.loads((tmp_path / MARKER).read_text()) == {"seed": 2}
    assert sorted(path.name for path in tmp_path.iterdir()) == [MARKER, "tables"]


@pytest.mark.parametrize("alone", [False, True])
def test_results_of_which_a_part_fails_leave_all_as_it_was(tmp_path: Path, alone: bool) -> None:
    def fail(inside: Path) -> None:
        assert (inside / "tables" / "slas.csv").exists()
        raise ValueError("no font")

    out = tmp_path / "out"
    with pytest.raises(ValueError, match=r"^no font$"):
        folder(out, alone=alone).write(TABLE, {}, fail)
    assert not out.exists(), "what was not there before is not there now"
    finish(out, 2)
    folder(out).write({"old": TABLE["slas"]}, manifest(2))
    before = contents(out)
    with pytest.raises(ValueError, match=r"^no font$"):
        folder(out, alone=alone).write(TABLE, {}, fail)
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_results_that_are_alone_replace_all(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    finish(out, 2)
    (out / "notes.txt").touch()
    folder(out, alone=True).write(TABLE)
    assert set(contents(out)) == {"tables/slas.csv"}, "the notes were in a folder of results"
    assert out.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_what_is_in_the_way_of_a_shared_folder_is_told(tmp_path: Path) -> None:
    shared = folder(tmp_path, shared=True)
    shared.write(TABLE, {})
    (tmp_path / "tables" / "slas.csv").unlink()
    (tmp_path / "tables" / "slas.csv" / "in the way").mkdir(parents=True)
    words = f"{tmp_path / 'tables' / 'slas.csv'}: cannot be written (Is a directory)"
    with pytest.raises(RunError, match=exactly(words)):
        shared.write(TABLE, {})
    assert [path.name for path in (tmp_path / "tables").iterdir()] == ["slas.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [MARKER, "tables"]


def test_a_table_of_which_nothing_was_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_words: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "out"
    finish(out, 2)
    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    words = f"{out}: cannot be written (No space left on device); name another with --out"
    with pytest.raises(RunError, match=exactly(words)):
        folder(out).write(TABLE)
    assert folder(out).is_finished
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_else_cannot_be_written_is_told(tmp_path: Path) -> None:
    def full(_inside: Path) -> None:
        raise OSError(28, "No space left on device")

    words = f"{tmp_path / 'out'}: cannot be written (No space left on device); name another with --out"
    with pytest.raises(RunError, match=exactly(words)):
        folder(tmp_path / "out").write(TABLE, {}, full)
    assert not list(tmp_path.iterdir())
