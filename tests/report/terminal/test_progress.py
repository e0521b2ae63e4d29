"""Progress where nobody sees a bar: a line a minute, neither silence nor a flood."""

from __future__ import annotations

import time

import pytest

from simcap.report.terminal import progress
from simcap.report.terminal.progress import ProgressPace, show_parts, show_progress, show_steps


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Hand:
    hand = Hand()
    monkeypatch.setattr(progress, "time", hand)
    return hand


def test_a_long_run_tells_a_line_a_minute(clock: Hand, capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress("stress") as tell:
        tell(0, 400)
        for done in range(1, 401):
            clock.now += 1.0
            tell(done, 400)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "simcap: stress: 60 of 400 replications in 1 min, about 6 min left",
        "simcap: stress: 120 of 400 replications in 2 min, about 5 min left",
        "simcap: stress: 180 of 400 replications in 3 min, about 4 min left",
        "simcap: stress: 240 of 400 replications in 4 min, about 3 min left",
        "simcap: stress: 300 of 400 replications in 5 min, about 2 min left",
        "simcap: stress: 360 of 400 replications in 6 min, about 1 min left",
    ]


def test_a_short_run_is_silent(clock: Hand, capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress("run") as tell:
        for done in range(1, 60):
            clock.now += 1.0
            tell(done, 59)
    assert capsys.readouterr().err == ""


def test_slow_replications_are_told_one_by_one(clock: Hand, capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress("run") as tell:
        for done in range(1, 4):
            clock.now += 150.0
            tell(done, 3)
    assert capsys.readouterr().err.splitlines() == [
        "simcap: run: 1 of 3 replications in 2 min",
        "simcap: run: 2 of 3 replications in 5 min",
        "simcap: run: 3 of 3 replications in 8 min",
    ]


def test_what_was_there_before_does_not_count_as_fast(clock: Hand) -> None:
    pace = ProgressPace()
    pace.in_words(300, 400)
    pace.in_words(301, 400)
    clock.now += 600.0
    assert pace.in_words(351, 400) == "351 of 400 replications in 10 min, about 10 min left"


def test_the_first_replication_may_have_compiled_and_tells_nothing_of_the_pace(clock: Hand) -> None:
    pace = ProgressPace()
    pace.in_words(0, 20)
    clock.now += 360.0
    assert pace.in_words(1, 20) == "1 of 20 replications in 6 min"
    clock.now += 60.0
    assert pace.in_words(2, 20) == "2 of 20 replications in 7 min, about 18 min left"


def test_parts_are_told_a_line_a_minute(clock: Hand, capsys: pytest.CaptureFixture[str]) -> None:
    with show_parts() as tell:
        tell("reading the history", 0, 0)
        clock.now += 61.0
        tell("replay from 1 Oct 2026", 0, 0)
        for done in range(1, 41):
            clock.now += 3.0
            tell("replay from 1 Oct 2026", done, 40)
    assert capsys.readouterr().err.splitlines() == [
        "simcap: replay from 1 Oct 2026",
        "simcap: replay from 1 Oct 2026: 20 of 40 replications",
        "simcap: replay from 1 Oct 2026: 40 of 40 replications",
    ]


def test_a_step_that_takes_long_is_told_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.05)
    told = ""
    patience = time.monotonic() + 20
    with show_steps("calibrating") as tell:
        tell("handle times")
        while told.count("handle times") < 2 and time.monotonic() < patience:
            time.sleep(0.01)
            told += capsys.readouterr().err
    assert told.startswith("simcap: calibrating: handle times\nsimcap: calibrating: handle times\n")
    time.sleep(0.15)
    assert capsys.readouterr().err == "", "nothing is told once it is over"
