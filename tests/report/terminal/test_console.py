"""The console of all reports: in a pipe as wide as each report says, or as COLUMNS says; never wider than is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import simcap
from simcap.report.terminal.console import PIPE, new_console

REPORT = Path(simcap.__file__).parent / "report"


@pytest.fixture(autouse=True)
def _pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("columns", "pipe", "widest", "width"),
    [
        (None, PIPE, None, 120),
        (None, 150, None, 150),
        (None, 108, 108, 108),
        ("60", PIPE, None, 60),
        ("200", PIPE, None, 200),
        ("200", 108, 108, 108),
        ("", PIPE, None, 120),
        ("0", PIPE, None, 120),
        ("wide", PIPE, None, 120),
    ],
)
def test_the_width_of_a_pipe(
    monkeypatch: pytest.MonkeyPatch, columns: str | None, pipe: int, widest: int | None, width: int
) -> None:
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert new_console(pipe=pipe, widest=widest).width == width


def test_nothing_in_a_text_is_read_as_markup(capsys: pytest.CaptureFixture[str]) -> None:
    new_console().print("[bold]3[/bold] :smile: /queues/mail")
    assert capsys.readouterr().out == "[bold]3[/bold] :smile: /queues/mail\n"


def test_no_report_makes_a_console_of_its_own() -> None:
    makers = [path.name for path in REPORT.rglob("*.py") if re.search(r"\bConsole\(", path.read_text())]
    assert makers == ["console.py"]
