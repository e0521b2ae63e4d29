"""Shocks of scenarios whose people move: none is left out because those who were to move are not there."""

from __future__ import annotations

from pathlib import Path

from simcap.planning.shocks import standard_shocks, usual_day
from simcap.scenario.reading.loading import ScenarioFile, load

TEXT = """
name: founding
horizon: {start: 2026-10-05, weeks: 6, timezone: UTC}
queues: {mail: {arrivals: {per_day: 50}, handle_time: {constant: 5 min}}}
vendors:
  old: {teams: {here: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}}}
  new:
    hiring: {classes: {first: {start: 2026-10-12, team: site, size: 4, training: 1 week}}}
    teams:
      site: {timezone: UTC, agents: 0, skills: [mail], shift: {always: true}}
      later: {timezone: UTC, agents: 0, skills: [mail], shift: {always: true}}
events:
  move: {transfer: {from: site, to: later, agents: 2, on: 2026-11-02}}
  cut: {headcount: {team: site, from: 2026-11-02, change: -1}}
  before: {headcount: {team: here, from: 2026-10-07, change: -1}}
"""


def founding(folder: Path) -> ScenarioFile:
    (folder / "plan.yaml").write_text(TEXT)
    return load(folder / "plan.yaml")


def test_a_vendor_that_is_gone_moves_nobody(tmp_path: Path) -> None:
    file = founding(tmp_path)
    shocks = {shock.name: shock for shock in standard_shocks(file, usual_day(file.scenario))}
    gone = shocks["new gone"].of(file).scenario
    assert list(gone.events) == ["before", "stress-gone"]
    assert not gone.vendors["new"].hiring.classes
    assert list(shocks["old gone"].of(file).scenario.events) == ["move", "cut", "before", "stress-gone"]


def test_a_class_may_be_late_for_a_transfer(tmp_path: Path) -> None:
    text = TEXT.replace("  cut: {headcount: {team: site, from: 2026-11-02, change: -1}}\n", "")
    (tmp_path / "plan.yaml").write_text(text.replace("2026-11-02", "2026-10-26"))
    file = load(tmp_path / "plan.yaml")
    shocks = {shock.name: shock for shock in standard_shocks(file, usual_day(file.scenario))}
    late = shocks["class first 3 weeks late"].of(file).scenario
    assert late.vendors["new"].hiring.classes["first"].start.isoformat() == "2026-11-02"
    assert "move" in late.events
