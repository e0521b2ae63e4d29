"""A log of a desk that responds leads to a scenario that does, by the same curve."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from simcap.calibration.draft.answering import response_of
from simcap.calibration.draft.crew import DraftTeam
from simcap.calibration.draft.crews import crews_of
from simcap.calibration.draft.facts import Facts
from simcap.calibration.draft.scenario_text import scenario_text
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.calibration.synthesize import synthesize
from simcap.scenario.reading.loading import load
from simcap.units import HOUR
from simcap.workforce.responding import answer

DESK = """
name: desk
horizon: {start: 2026-01-05, days: 120, timezone: UTC, warm_up: 7 days}
queues:
  mail:
    arrivals: {per_day: 400, profile: office, busyness: {cv: 25%, correlation: 30%}}
    handle_time: {lognormal: {mean: 20 min, cv: 0.8}}
vendors:
  acme:
    shrinkage: {absence: 6%}
    teams:
      day:
        timezone: UTC
        agents: 20
        skills: [mail]
        responds: {to: backlog, normal: 50 h, elasticity: 60%, at_least: 50%, at_most: 200%}
        shift: {days: Mon-Sun, start: "12:00", length: 8 h}
"""


def history_of(folder: Path, text: str, *, people: bool) -> History:
    """Return the history of a scenario's logs, with or without its roster and attendance."""
    (folder / "desk.yaml").write_text(text)
    synthesize(load(folder / "desk.yaml"), folder / "logs", 1)
    plan = folder / "logs" / "calibration.yaml"
    lines = plan.read_text().splitlines()
    kept = [line for line in lines if people or not line.startswith(("roster:", "attendance:"))]
    plan.write_text("\n".join(kept) + "\n")
    return read_history(read_configuration(plan), folder / "logs")


def drafted(crew: DraftTeam, folder: Path) -> Path:
    (folder / "plan.yaml").write_text(scenario_text(Facts("UTC", dt.date(2026, 5, 5), ("mail",), (crew,))))
    return folder / "plan.yaml"


def test_a_log_of_helpers_leads_to_the_curve_that_called_them(tmp_path: Path) -> None:
    (crew,) = crews_of(history_of(tmp_path, DESK, people=False), ["mail"])
    assert crew.response is not None
    path = drafted(crew, tmp_path)
    assert "found on 113 shifts: of 68 foretold" in path.read_text()
    terms = load(path).scenario.vendors[crew.vendor].teams[crew.team].responds
    assert terms is not None
    assert terms.elasticity == pytest.approx(0.6, abs=0.1)
    for hours in (40.0, 60.0, 80.0):
        assert crew.coming() * answer(terms, hours) == pytest.approx(0.94 * 20 * (hours / 50) ** 0.6, rel=0.1)


def test_people_who_come_as_planned_lead_to_none(tmp_path: Path) -> None:
    planned = "".join(line for line in DESK.splitlines(keepends=True) if "responds" not in line)
    history = history_of(tmp_path, planned, people=True)
    (crew,) = crews_of(history, ["mail"])
    assert crew.response is None
    assert "responds" not in drafted(crew, tmp_path).read_text()


def test_what_waits_is_counted_as_the_shift_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = DESK.replace("days: 120", "days: 28").replace("per_day: 400", "per_day: 90")
    history = history_of(tmp_path, short, people=False)
    seen = {}
    monkeypatch.setattr(
        "simcap.calibration.draft.answering.fit_response", lambda *columns: seen.update(columns=columns) or None
    )
    shifts = history.items[history.items["agent"].astype("str") != ""]
    assert response_of(history, shifts, 12 * HOUR, "UTC", ["mail"]) is None
    day, people, waiting, items = seen["columns"]
    created, started = (history.items[name].to_numpy(float) for name in ("created", "started"))
    mean = history.items["handle"].mean()
    noon = (dt.datetime(2026, 1, 14, 12, tzinfo=dt.UTC)).timestamp()
    row = np.flatnonzero(day == dt.date(2026, 1, 14).toordinal()).item()
    there = (created <= noon) & ~(started < noon)
    assert waiting[row] == pytest.approx(there.sum() * mean)
    assert items[row] == ((created <= noon) & (created > noon - 24 * HOUR)).sum()
    assert people[row] == shifts.loc[shifts["day"] == day[row], "agent"].nunique()
    assert day.min() == history.first + 7
