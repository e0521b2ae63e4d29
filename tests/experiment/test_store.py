"""Folders of runs: what is kept aside, what is found again, what is refused, and the move into place."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.errors import RunError
from simcap.experiment.replicate import Outcome
from simcap.experiment.store import Store, held, save_outcome

OTHER = "another seed"


def manifest(replications: int = 3, **more: Any) -> dict[str, Any]:
    return {"scenario": {"name": "überall"}, "seed": 3, "replications": replications, **more}


def outcome(number: int) -> Outcome:
    figures = {("sla", "week"): np.full((1, 2), number + 0.5), ("queues", "day"): np.arange(3.0)}
    return Outcome(number, figures, {"queues.mail.x": number / 3}, (f"note {number}", "überall"))


def finish(folder: Path, replications: int = 3, *, force: bool = False, **more: Any) -> Store:
    """Do the work of a whole run."""
    store = Store(folder, manifest(replications, **more), force=force)
    with store.whole() as place:
        (place / "result.txt").write_text(f"{replications}")
        (place / "replications").mkdir()
        for number in range(replications):
            save_outcome(place / f"replications/{number:05d}.npz", outcome(number), store.of)
    return store


def says(words: str) -> Any:
    return pytest.raises(RunError, match=f"^{re.escape(words)}$")


def finished(store: Store) -> dict[int, Outcome]:
    return {one.replication: one for one in store.finished()}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_kept_is_found_again_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    store = Store(out, manifest())
    assert finished(store) == {}
    for number in (2, 0):
        store.keep(outcome(number))
    assert names(tmp_path / "deep") == [".out.partial"]
    assert names(store.partial) == ["00000.npz", "00002.npz", "manifest.json"]
    again = finished(Store(out, manifest(replications=5)))
    assert sorted(again) == [0, 2]
    for number, found in again.items():
        known = outcome(number)
        assert (found.replication, found.drawn, found.notes) == (number, known.drawn, known.notes)
        assert list(found.figures) == list(known.figures)
        for key, values in known.figures.items():
            np.testing.assert_array_equal(found.figures[key], values)


def test_what_cannot_be_read_is_done_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(tmp_path / "out", manifest())
    store.keep(outcome(1))
    (store.partial / "00000.npz").write_bytes(b"")
    (store.partial / "00002.npz").write_bytes((store.partial / "00001.npz").read_bytes()[:200])
    (store.partial / "00003.npz").write_text("not an archive")
    np.savez(store.partial / "00004.npz", other=np.zeros(1))
    (store.partial / "00005.npz").mkdir()
    (store.partial / "00006.npz").write_bytes((store.partial / "00001.npz").read_bytes())
    save_outcome(store.partial / "00007.npz", outcome(7), "another")
    assert list(finished(store)) == [1]
    told = [record.getMessage() for record in caplog.records]
    words = (
        "is empty",
        "is damaged, or of an earlier version",
        "cannot be read",
        "is replication 1",
        "is of another run",
    )
    assert len(told) == 7
    for why in words:
        assert any(f"npz: {why}" in line and line.endswith("its replication is simulated again") for line in told)


def test_a_run_is_moved_into_place_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    store = Store(out, manifest())
    store.keep(outcome(0))
    with store.whole() as place:
        assert place.parent == tmp_path
        assert place.name.startswith(".out.new-")
        (place / "result.txt").write_text("3")
        assert not out.exists()
    assert names(tmp_path) == ["out"]
    assert names(out) == ["manifest.json", "result.txt"]
    written = (out / "manifest.json").read_text(encoding="utf-8")
    assert written == json.dumps(manifest(), indent=2, ensure_ascii=False) + "\n"
    assert out.stat().st_mode & 0o777 == 0o755, "for others to read"


def test_what_fails_leaves_the_old_run_and_what_was_kept(tmp_path: Path) -> None:
    out = finish(tmp_path / "out").folder
    store = Store(out, manifest(replications=4))
    store.keep(outcome(3))

    def fail() -> None:
        with store.whole() as place:
            (place / "result.txt").write_text("4")
            raise KeyboardInterrupt("stopped")

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        fail()
    assert (out / "result.txt").read_text() == "3"
    assert names(tmp_path) == [".out.partial", "out"]
    assert sorted(finished(Store(out, manifest(replications=4)))) == [0, 1, 2, 3]


def test_a_longer_run_takes_the_place_of_a_shorter_one_and_of_no_other(tmp_path: Path) -> None:
    out = finish(tmp_path / "out").folder
    assert (held(out, manifest(replications=9)), held(out, manifest(seed=4)), held(tmp_path, manifest())) == (3, 0, 0)
    finish(out, 4)
    assert (out / "result.txt").read_text() == "4"
    assert names(tmp_path) == ["out"]
    with says(f"{out}: holds a run of {OTHER}; use --force to replace it, or --out for another folder"):
        Store(out, manifest(seed=4))
    assert (out / "result.txt").read_text() == "4"
    forced = finish(out, 2, force=True, seed=4)
    assert (out / "result.txt").read_text() == "2"
    assert names(tmp_path) == ["out"]
    assert finished(forced) == {}, "whoever forces a run wants it anew"


def test_nothing_is_put_anywhere_but_beside_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    finish(tmp_path / "runs" / "out")
    assert names(finish(tmp_path / "runs" / "out", 4).folder.parent) == ["out"]


@pytest.mark.parametrize("text", ["", "[]", None])
def test_replications_say_themselves_what_they_are_of(tmp_path: Path, text: str | None) -> None:
    store = Store(tmp_path / "out", manifest())
    store.keep(outcome(0))
    (store.partial / "manifest.json").unlink()
    if text is not None:
        (store.partial / "manifest.json").write_text(text)
    with pytest.raises(RunError, match="an interrupted run of another scenario"):
        Store(tmp_path / "out", manifest(seed=4))
    assert list(finished(Store(tmp_path / "out", manifest()))) == [0]
    assert json.loads((store.partial / "manifest.json").read_text()) == manifest()


def test_a_finished_run_without_its_manifest_is_known_by_its_replications(tmp_path: Path) -> None:
    out = finish(tmp_path / "out").folder
    (out / "manifest.json").write_text("{")
    with says(
        f"{out}: holds another run, whose manifest.json is damaged; "
        "use --force to replace it, or --out for another folder"
    ):
        Store(out, manifest(seed=4))
    assert sorted(finished(Store(out, manifest()))) == [0, 1, 2]
    finish(out)
    assert json.loads((out / "manifest.json").read_text()) == manifest()


def test_the_manifest_of_an_interrupted_run_is_not_written_again(tmp_path: Path) -> None:
    Store(tmp_path / "out", manifest()).keep(outcome(0))
    path = tmp_path / ".out.partial" / "manifest.json"
    before = path.stat()
    Store(tmp_path / "out", manifest(replications=9))
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_replications_are_taken_from_earlier_folders_of_the_same_run(tmp_path: Path) -> None:
    old = finish(tmp_path / "old").folder
    assert sorted(finished(Store(tmp_path / "new", manifest(replications=5), earlier=(old,)))) == [0, 1, 2]
    with pytest.raises(RunError, match="holds a run of another seed"):
        Store(tmp_path / "new", manifest(seed=4), earlier=(old,))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"arithmetic": "other"}, "another processor"),
        ({"versions": {"holidays": "0.9"}}, "another version"),
        ({"versions": {"tzdata": "2024.1"}, "arithmetic": "other"}, "another version and processor"),
    ],
)
def test_what_another_processor_or_version_has_simulated_is_not_mixed_in(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    ours = {"versions": {"holidays": "1.0", "tzdata": "2025.1"}, "arithmetic": "ours"}
    theirs = {**ours, **change, "versions": ours["versions"] | change.get("versions", {})}
    Store(tmp_path / "out", manifest(**theirs)).keep(outcome(0))
    told = f"{tmp_path / 'out'}: an interrupted run of {words} is kept for it; use --force to drop that, or --out for "
    with says(told + "another folder"):
        Store(tmp_path / "out", manifest(**ours))
    finish(tmp_path / "whole", **theirs)
    with says(f"{tmp_path / 'whole'}: holds a run of {words}; use --force to replace it, or --out for another folder"):
        Store(tmp_path / "whole", manifest(**ours))
    assert finished(Store(tmp_path / "out", manifest(**ours), force=True)) == {}


def test_replications_beyond_those_asked_for_stay_for_a_longer_run(tmp_path: Path) -> None:
    store = Store(tmp_path / "out", manifest(replications=2))
    for number in range(4):
        store.keep(outcome(number))
    with store.whole():
        pass
    assert names(store.partial) == ["00002.npz", "00003.npz", "manifest.json"]
    assert sorted(finished(Store(tmp_path / "out", manifest(replications=4)))) == [2, 3]


def test_an_interrupted_run_of_something_else_is_dropped_only_where_that_is_nothing_or_may_be(tmp_path: Path) -> None:
    out = tmp_path / "out"
    Store(out, manifest()).keep(outcome(1))
    words = (
        f"{out}: an interrupted run of {OTHER} is kept for it; use --force to drop that, or --out for another folder"
    )
    with says(words):
        Store(out, manifest(seed=4))
    assert list(finished(Store(out, manifest()))) == [1]
    forced = Store(out, manifest(seed=4), force=True)
    assert names(forced.partial) == ["manifest.json"]
    (forced.partial / "left.txt").touch()
    Store(out, manifest())
    assert names(forced.partial) == ["manifest.json"], "one that had done nothing"
    forced = Store(out, manifest())
    forced.keep(outcome(0))
    assert list(finished(Store(out, manifest(), force=True))) == [0], "what was forced goes on, too"


def test_what_is_no_folder_of_a_run_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with says(f"{tmp_path / 'file'}: is a file; name another folder with --out"):
        Store(tmp_path / "file", manifest())
    for name, content in (("letters", "{"), ("list", "[]"), ("other", '{"seed": 3}')):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "manifest.json").write_text(content)
        for force in (False, True):
            with says(f"{folder}: exists and is not a result of simcap; name another with --out"):
                Store(folder, manifest(), force=force)
        assert names(folder) == ["manifest.json"]
    (tmp_path / "empty").mkdir()
    assert finished(Store(tmp_path / "empty", manifest())) == {}


def test_a_link_stands_for_the_folder_behind_it(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    store = finish(tmp_path / "link")
    assert store.folder == real
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "link/result.txt").read_text() == "3"


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "out"
    with says(f"{out}: cannot be written ({os.strerror(20)}); name another with --out"):
        Store(out, manifest())
    store = Store(tmp_path / "out", manifest())
    store.partial.rename(tmp_path / "gone")
    with says(f"{store.partial}: cannot be written ({os.strerror(2)}); name another with --out"):
        store.keep(outcome(0))
