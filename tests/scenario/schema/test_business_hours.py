"""Clocks of business hours: what is wrong with one is said at its place, with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.errors import ScenarioError
from simcap.scenario.reading.loading import load
from simcap.scenario.schema.business_hours import parse_span
from simcap.units import DAY, HOUR

TEXT = """\
name: desk
horizon: {start: 2026-10-05, weeks: 2, timezone: UTC}
queues:
  mail:
    arrivals: {per_day: 10}
    handle_time: {constant: 60 s}
    sla:
      8 h:
        measure: turnaround
        within: 8 h
        target: 95%
        per: week
        clock: CLOCK
vendors:
  v:
    teams:
      t: {timezone: UTC, agents: 1, skills: [mail], shift: {days: Mon-Sun, start: "09:00", length: 8 h}}
"""
AS = "write for example Mon-Fri 09:00-18:00, or a list such as [Mon-Fri 09:00-18:00, Sat 10:00-14:00]"


def _load(folder: Path, clock: str) -> None:
    (folder / "desk.yaml").write_text(TEXT.replace("CLOCK", clock), encoding="utf-8")
    load(folder / "desk.yaml")


@pytest.mark.parametrize(
    ("clock", "column", "path", "message"),
    [
        ("business", 16, "", "'business' is not a clock; write own, origin, or {hours: Mon-Fri 09:00-18:00}"),
        ("[own]", 16, "", "a list is not a clock; write own, origin, or {hours: Mon-Fri 09:00-18:00}"),
        ("{hours: 9-17}", 24, ".hours", f"'9-17' is not a span of business hours; {AS}"),
        ("{hours: Mon-Fri}", 24, ".hours", f"'Mon-Fri' is not a span of business hours; {AS}"),
        ("{hours: 9}", 24, ".hours", f"9 is not a span of business hours; {AS}"),
        ("{hours: []}", 24, ".hours", f"is empty; {AS}"),
        ("{hours: Mon-Fri 09:00:30-18:00}", 24, ".hours",
         f"'Mon-Fri 09:00:30-18:00' is not a span of business hours; {AS}"),
        ("{hours: Mon-Fri 09:00-25:00}", 24, ".hours",
         f"'Mon-Fri 09:00-25:00': '25:00' is not a time of day from 00:00 to 24:00; {AS}"),
        ("{hours: Mon-Fry 09:00-18:00}", 24, ".hours",
         f"'Mon-Fry 09:00-18:00': 'Mon-Fry' are not days of the week; {AS}"),
        ("{hours: Mon-Fri 09:00-09:00}", 24, ".hours", f"'Mon-Fri 09:00-09:00' has no length; {AS}"),
        ("{hours: Mon-Fri 09:00-18:00, timezone: Europe/Krakow}", 55, ".timezone",
         "'Europe/Krakow' is not an IANA time zone; did you mean 'Europe/Warsaw'?"),
        ("{hours: Mon-Fri 09:00-18:00, holidays: XX}", 55, ".holidays",
         "'XX' is not a country whose holidays are known; "),
        ("{hours: Mon-Fri 09:00-18:00, from: orign}", 51, ".from",
         "'orign' is not known here; write 'own' or 'origin'"),
        ("{timezone: Europe/London}", 9, ".hours", "is missing; give it: When it runs: "),
        ("{hour: Mon-Fri 09:00-18:00}", 17, ".hour", "unknown key; did you mean 'hours'?"),
    ],
)  # fmt: skip
def test_a_wrong_clock(tmp_path: Path, clock: str, column: int, path: str, message: str) -> None:
    with pytest.raises(ScenarioError, match="clock") as error:
        _load(tmp_path, clock)
    lines = str(error.value).split("\n")
    told = f"{tmp_path / 'desk.yaml'}:13:{column}: queues.mail.sla.8 h.clock{path}: {message}"
    assert any(line.startswith(told) for line in lines), lines
    assert len(lines) == (2 if path == ".hour" else 1)  # A key that is mistyped is missing, too.


@pytest.mark.parametrize(
    "clock", ["own", "origin", "{hours: Mon-Fri 18:00-09:00}", "{hours: [Mon-Fri 9:00-17:00, 'Sat, Sun 10:00-14:00']}"]
)
def test_a_right_clock(tmp_path: Path, clock: str) -> None:
    _load(tmp_path, clock)


def test_a_span_that_ends_earlier_ends_the_next_day() -> None:
    assert parse_span("Mon-Fri 18:00-09:00") == (frozenset(range(5)), 18 * HOUR, DAY + 9 * HOUR)
    assert parse_span("Sat 00:00-24:00") == (frozenset({5}), 0, DAY)
