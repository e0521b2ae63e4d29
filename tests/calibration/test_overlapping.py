"""A quarter of chats in several hands: its own logs give its parameters back, and a scenario runs on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.calibration.calibrate import calibrate, write
from simcap.calibration.synthesize import synthesize
from simcap.scenario.reading.loading import load

SCENARIO = """
name: chats
horizon: {start: 2026-07-06, days: 28, timezone: Europe/London}
queues:
  chat:
    arrivals: {per_day: 950, profile: office}
    handle_time: {lognormal: {mean: 6 min, cv: 0.8}}
    at_once: {items: 3, speed: 60%}
  mail:
    arrivals: {per_day: 60}
    handle_time: {constant: 4 min}
vendors:
  north:
    spread: 0.1
    teams:
      day:
        timezone: Europe/London
        agents: 13
        skills: [chat, mail]
        shift: {days: 5 of 7, start: "08:00", length: 9 h, at_end: hand_back}
"""
WITHOUT = SCENARIO.replace("    handle_time: {lognormal: {mean: 6 min, cv: 0.8}}\n", "").replace(
    "    at_once: {items: 3, speed: 60%}\n", ""
)


def test_a_quarter_gives_its_parameters_back(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    synthesize(load(tmp_path / "scenario.yaml"), tmp_path / "logs", 1)
    found = calibrate(tmp_path / "logs/calibration.yaml")
    table = found.table().set_index("parameter")
    speed = table.loc["queues.chat.at_once.speed"]
    assert speed["value"] == pytest.approx(0.6, abs=0.03)
    assert speed["p05"] < 0.6 < speed["p95"] or abs(speed["value"] - 0.6) < 0.015
    chat, mail = (
        table.loc[f"queues.{key}", "value"] for key in ("chat.handle_time.lognormal.mean", "mail.handle_time.constant")
    )
    # The thirteen agents drawn are as fast on chats as on mail.
    assert chat / mail == pytest.approx(360 / 240, rel=0.03)
    write(found, tmp_path / "logs")
    (tmp_path / "next.yaml").write_text(WITHOUT + "calibration: logs/parameters.yaml\n")
    chat = load(tmp_path / "next.yaml").scenario.queues["chat"].at_once
    assert chat is not None
    assert chat.items == 3
    assert chat.speed == pytest.approx(speed["value"], rel=1e-4)
