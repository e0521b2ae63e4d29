"""The zone of a drafted team: that of the city in its name, told as a guess, and never that of a direction."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from simcap.calibration.draft.crews import crews_of
from simcap.calibration.draft.facts import Facts
from simcap.calibration.draft.scenario_text import scenario_text
from tests.calibration.draft.test_answering import history_of

DESK = """
name: desk
horizon: {start: 2026-01-05, days: 28, timezone: Europe/London}
queues: {mail: {arrivals: {per_day: 60}, handle_time: {constant: 20 min}}}
vendors:
  north:
    teams:
      day: &team {timezone: Europe/London, agents: 4, skills: [mail],
        shift: {days: Mon-Sun, start: "12:00", length: 8 h}}
  acme:
    teams:
      manila night: *team
"""


def test_a_vendor_called_north_keeps_the_clock_of_the_files(tmp_path: Path) -> None:
    crews = tuple(crews_of(history_of(tmp_path, DESK, people=True), ["mail"]))
    zones = {crew.vendor: (crew.timezone, crew.why_timezone) for crew in crews}
    assert zones == {
        "north": ("Europe/London", "? the zone of the site: no file tells it"),
        "acme": ("Asia/Manila", "guessed: Manila in the name"),
    }
    text = scenario_text(Facts("Europe/London", dt.date(2026, 2, 2), ("mail",), crews))
    assert "timezone: Asia/Manila   # guessed: Manila in the name" in text
    assert "Australia" not in text
