"""Stress tests that rest on sketches: losses from two simulated replications are those of many."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.experiment.batch import Batch
from simcap.planning.shocks import standard_shocks, usual_day
from simcap.planning.stress import stress_test
from simcap.scenario.reading.loading import load

DESK = """
name: desk
horizon: {start: 2026-10-05, weeks: 3, timezone: UTC, warm_up: 2 days}
queues:
  mail:
    arrivals: {per_week: 20000, profile: marketplace, busyness: {cv: 8%}}
    handle_time: {lognormal: {mean: 3 min, cv: 0.8}}
    sla: {2 h: {measure: turnaround, within: 2 h, target: 90%, per: week}}
vendors:
  north:
    shrinkage: {absence: 8%, offline: 8%}
    attrition: {per_year: 40%}
    teams:
      day: {timezone: UTC, agents: 16, skills: [mail], shift: {days: 5 of 7, start: "06:00", length: 9 h}}
      late: {timezone: UTC, agents: 16, skills: [mail], shift: {days: 5 of 7, start: "14:00", length: 9 h}}
"""


def test_losses_are_those_of_many_replications(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(DESK)
    file = load(tmp_path / "plan.yaml")
    shocks = standard_shocks(file, usual_day(file.scenario))
    volume = [shock for shock in shocks if "volume" in shock.name][:1]
    many = stress_test(file, volume, Batch(5, range(100, 120), jobs=1)).table.iloc[0]
    few = stress_test(file, volume, Batch(5, range(2), jobs=1), sketches=60)
    row = few.table.iloc[0]
    assert (few.replications, few.sketches) == (2, 60)
    assert row["lost"] == pytest.approx(many["lost"], abs=0.015)
    assert row["lost_low"] < row["lost"] < row["lost_high"]
    assert row["base"] - row["lost"] == pytest.approx(row["stressed"])
    assert row["lost_at_worst"] == pytest.approx(many["lost_at_worst"], abs=0.03)
    assert row["lost_at_worst_low"] < many["lost_at_worst"] < row["lost_at_worst_high"]
    assert 0.01 < (row["lost_at_worst_high"] - row["lost_at_worst_low"]) / 2 < 0.1
    assert row["stands_out"]


def test_what_changes_nothing_does_not_stand_out(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(DESK.replace("agents: 16", "agents: 60"))
    file = load(tmp_path / "plan.yaml")
    slow = [shock for shock in standard_shocks(file, usual_day(file.scenario)) if "tool" in shock.name][:1]
    row = stress_test(file, slow, Batch(5, range(2), jobs=1), sketches=20).table.iloc[0]
    assert not row["stands_out"]
    assert row["lost"] == pytest.approx(0.0, abs=0.002)
