"""Who was there, where a report counts all teams together or each alone: known answers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.backtest.by_schedule import shared_out
from simcap.calibration.backtest.hourly_desk import HourlyDesk
from simcap.calibration.backtest.hypothesis import Hypothesis
from simcap.calibration.backtest.reported_desk import reported_desk
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history
from simcap.scenario.reading.derived import validated
from simcap.units import HOUR

from .test_report_desk import HEAD

DAYS = 42
MONDAY = pd.Timestamp("2026-03-02", tz="UTC").timestamp()
SLAS = "{1 h: {measure: turnaround, within: 1 h}}"


def scenario(**teams: str) -> dict[str, object]:
    """Return a scenario of one vendor a team, each given as agents, days and start of a shift of 8 h."""
    vendors = {}
    for name, text in teams.items():
        agents, days, start = text.split("; ")
        shift = {"days": days, "start": start, "length": "8 h"}
        team = {"timezone": "Asia/Manila", "agents": int(agents), "skills": ["mail"], "shift": shift}
        vendors[name] = {"teams": {f"{name}-team": team}}
    return {
        "name": "plan",
        "horizon": {"start": "2026-03-02", "weeks": 4, "timezone": "UTC"},
        "queues": {"mail": {"arrivals": {"per_week": 100}, "handle_time": {"lognormal": {"mean": "5 min", "cv": 1}}}},
        "vendors": vendors,
    }


def test_positions_of_all_are_shared_out_by_the_shifts() -> None:
    plan = validated(scenario(north="20; Mon-Fri; 09:00", south="14; 5 of 7; 22:00", west="10; Mon-Fri; 16:00"))
    # Manila is eight hours ahead: 08:00 is Monday 16:00 there, 15:00 Monday 23:00, 17:00 on Friday Saturday 01:00.
    hours = np.array([8.0, 15.0, 4 * 24 + 17.0])
    there = pd.DataFrame({"start": MONDAY + hours * HOUR, "length": HOUR, "positions": 12.0, "vendor": "", "team": ""})
    found = shared_out(there, "positions", plan).pivot_table(index="start", columns="vendor", values="positions")
    assert found.sum(axis=1).tolist() == pytest.approx([12.0] * 3)
    assert found.iloc[0].tolist() == pytest.approx([8.0, 0.0, 4.0], abs=0.02)
    assert found.iloc[1].tolist() == pytest.approx([0.0, 12 * 0.5, 12 * 0.5], abs=0.02)
    assert found.iloc[2].tolist() == pytest.approx([0.0, 12.0, 0.0], abs=0.05)


def reports(folder: Path, offered_by_vendor: bool) -> HourlyDesk:
    """Return a desk of two vendors' teams, one for mail, both for chats; mail may be counted as allocated."""
    rows = []
    for hour in range(DAYS * 24):
        when = (pd.Timestamp("2026-03-02") + pd.Timedelta(hours=hour)).isoformat()
        for vendor, queue, count in (("north", "mail", 6), ("north", "chats", 2), ("south", "chats", 6)):
            offered = count if offered_by_vendor else ""
            rows.append((when, vendor, f"{vendor}-team", queue, offered, count, 300, 2, 0.9))
        if not offered_by_vendor:
            rows += [(when, "", "", queue, count, "", "", "", "") for queue, count in (("mail", 6), ("chats", 8))]
    names = ["when", "vendor", "team", "queue", "in", "out", "aht", "fte", "sla"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "hours.csv", index=False)
    columns = (
        "{period: when, vendor: vendor, team: team, queue: queue, offered: in, handled: out, "
        "aht: {column: aht, unit: s}, fte_actual: fte, sla: sla}"
    )
    text = f"{HEAD}reports: {{path: hours.csv, columns: {columns}}}\nbacktest: {{first: 2026-03-30, sla: {SLAS}}}\n"
    (folder / "calibration.yaml").write_text(text)
    plan = read_configuration(folder / "calibration.yaml")
    found = reported_desk(plan, read_history(plan, folder), folder)
    assert isinstance(found, HourlyDesk)
    return found


def test_queues_that_several_vendors_handle_may_be_split(tmp_path: Path) -> None:
    desk = reports(tmp_path, offered_by_vendor=False)
    origin = dt.date(2026, 3, 30)
    assert {(one.rule, one.split) for one in desk.hypotheses(origin)} == {
        (rule, split) for rule in ("longest_wait", "priority") for split in (frozenset(), frozenset({"chats"}))
    }
    learned = desk.learn(desk.configuration, origin, Hypothesis(split=frozenset({"chats"})))
    assert dict(zip(learned.duty.vendors, learned.duty.skills, strict=True)) == {
        "north": ("chats", "mail"),
        "south": ("chats",),
    }
    assert learned.split.shares == {"chats": {"north": pytest.approx(0.25), "south": pytest.approx(0.75)}}
    hours = learned.duty.blocks.assign(hours=(learned.duty.blocks["off"] - learned.duty.blocks["on"]) / HOUR)
    assert hours.groupby("team")["hours"].sum().tolist() == pytest.approx([2 * DAYS * 24] * 2), "people count once"
    assert desk.history.shares["handled"].sum() == 14 * DAYS * 24


def test_an_allocation_that_is_counted_is_taken_as_it_is(tmp_path: Path) -> None:
    desk = reports(tmp_path, offered_by_vendor=True)
    assert {one.split for one in desk.hypotheses(dt.date(2026, 3, 30))} == {frozenset({"chats"})}
