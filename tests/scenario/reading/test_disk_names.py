"""Names of folders and files: those of scenarios and queues, as far as a file system takes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.scenario.reading.disk_names import file_names, folder_name


def test_ordinary_names_stay() -> None:
    assert folder_name("Q4 Baseline, 10% more") == "q4-baseline,-10%-more"
    assert file_names(["mail", "MAIL", "a/b", "..", "日本語"]) == {
        "mail": "mail", "MAIL": "MAIL-2", "a/b": "a-b", "..": "queue", "日本語": "日本語",
    }  # fmt: skip


@pytest.mark.parametrize("letter", ["x", "é", "語", "🙂"])
def test_long_names_are_cut_and_told_apart(tmp_path: Path, letter: str) -> None:
    names = [letter * 240, letter * 241]
    short = [folder_name(name) for name in names]
    assert len(set(short)) == 2
    for name in (*short, *file_names([f"q{name}" for name in names]).values()):
        (tmp_path / f".{name}-sensitivity.unfinished").mkdir()
        (tmp_path / f"sla-{name}.svg").touch()
    assert short == [folder_name(name) for name in names], "the same every time"
