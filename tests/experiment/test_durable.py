"""Folders that take the place of others: at once where the system can, put back where it was cut short."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from simcap.errors import RunError
from simcap.experiment import durable
from simcap.experiment.durable import Keeper, beside, disk, exchange, link_tree, remove, sweep, take_place, write_whole


def filled(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "text").write_text(text)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("at_once", [True, False])
def test_a_new_folder_takes_the_place_of_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    if not at_once:
        monkeypatch.setattr(durable, "exchange", lambda _one, _other: False)
    for text in ("1", "2"):
        take_place(filled(beside(tmp_path / "out"), text), tmp_path / "out")
        assert (tmp_path / "out" / "text").read_text() == text
        assert names(tmp_path) == ["out"]


def test_two_folders_change_names(tmp_path: Path) -> None:
    one, other = filled(tmp_path / "one", "1"), filled(tmp_path / "other", "2")
    if not exchange(one, other):
        pytest.skip("not on this file system")
    assert ((one / "text").read_text(), (other / "text").read_text()) == ("2", "1")
    with pytest.raises(FileNotFoundError, match="none"):
        exchange(one, tmp_path / "none")


def test_new_folders_have_the_permissions_of_the_user(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        assert beside(tmp_path / "out").stat().st_mode & 0o777 == 0o750
    finally:
        os.umask(before)


def test_what_was_left_is_swept_and_an_old_folder_put_back(tmp_path: Path) -> None:
    out = tmp_path / "out"
    filled(tmp_path / ".out.old-1", "old")
    filled(tmp_path / ".out.new-2", "half")
    filled(tmp_path / ".other.new-3", "another's")
    sweep(out)
    assert (out / "text").read_text() == "old"
    assert names(tmp_path) == [".other.new-3", "out"]
    filled(tmp_path / ".out.old-1", "older")
    sweep(out)
    assert (out / "text").read_text() == "old"
    assert names(tmp_path) == [".other.new-3", "out"]


def test_what_was_kept_aside_goes_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aside = filled(tmp_path / ".out.partial", "1")
    with monkeypatch.context() as patch:
        patch.setattr(durable.shutil, "rmtree", lambda *_words, **_more: None)
        remove(aside, tmp_path / "out")
    assert not aside.exists(), "before the first of its files goes"
    sweep(tmp_path / "out")
    remove(aside, tmp_path / "out")
    assert names(tmp_path) == []


@pytest.mark.parametrize("links", [True, False])
def test_files_are_carried_over_but_for_those_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    old, new = filled(tmp_path / "old" / "deep", "old").parent, filled(tmp_path / "new", "new")
    filled(old, "old")
    (old / "mine").write_text("mine")
    (old / "drop").write_text("drop")
    (old / "link").symlink_to("deep")
    link_tree(old, new, without={old / "drop"})
    assert names(new) == ["deep", "link", "mine", "text"]
    assert (new / "link").is_symlink()
    assert ((new / "text").read_text(), (new / "deep" / "text").read_text()) == ("new", "old")


def test_what_is_kept_is_flushed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[list[str]] = []
    now = [0.0]
    monkeypatch.setattr(durable, "flush", lambda paths: flushed.append(sorted(path.name for path in paths)))
    monkeypatch.setattr(durable.time, "monotonic", lambda: now[0])
    keeper, folder = Keeper(), filled(tmp_path / "kept", "")
    for number in range(5):
        now[0] += 0.4
        keeper.keep(folder / f"{number}.npz", b"1")
    assert flushed == [["0.npz", "1.npz", "2.npz", "kept"]]
    assert names(folder) == [*(f"{number}.npz" for number in range(5)), "text"]


def test_a_file_is_old_or_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "manifest.json"
    write_whole(path, b"1")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match="out: cannot be written"), disk(tmp_path / "out"):
        write_whole(path, b"2")
    assert path.read_bytes() == b"1"
