"""A day worked by hand: what a few items and agents must come to, second by second."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.analysis.measures import (
    QUEUE_MEASURES,
    SLA_MEASURES,
    TEAM_MEASURES,
    Measured,
    queue_figures,
    sla_figures,
    team_figures,
)
from simcap.scenario.data.data_files import DataFiles
from simcap.tally import Tally
from simcap.units import HOUR, MINUTE
from tests.helpers import scenario, watch

START = dt.datetime(2026, 10, 5)
TEAM = "vendors.north.teams.day"
Rows = Sequence[tuple[str, float]]
"""Clock times on the first day ("+1 09:00": the second), with handle times in minutes."""


def moment(clock: str) -> dt.datetime:
    day, _, clock = clock.rpartition(" ")
    hours, minutes = clock.split(":")
    return START + dt.timedelta(days=int(day or 0), hours=int(hours), minutes=int(minutes))


def day(folder: Path, items: Rows, more: Mapping[str, Any] | None = None, *, hourly: bool = False) -> Tally:
    """Run a trace of items for two days: one agent from 09:00 to 17:00 unless something else is said."""
    rows = "".join(f"{moment(clock).isoformat()},mail,{minutes * 60}\n" for clock, minutes in items)
    (folder / "trace.csv").write_text("created,queue,handle_s\n" + rows)
    changes = {
        "horizon.days": 2,
        "queues.mail": {
            "arrivals": {"trace": "trace.csv"},
            "sla": {
                "1 h": {"measure": "turnaround", "within": "1 h", "target": "90%", "per": "day"},
                "10 min": {"measure": "wait", "within": "10 min", "target": "90%", "per": "day"},
            },
        },
        f"{TEAM}.agents": 1,
        **(more or {}),
    }
    return watch(scenario(changes), files=DataFiles(folder), hourly=hourly)[0]


def queue_day(tally: Tally, period: str = "day") -> list[dict[str, float]]:
    return by_window(queue_figures(tally, tally.grid.windows(period)), QUEUE_MEASURES, 0)


def team_day(tally: Tally, period: str = "day") -> list[dict[str, float]]:
    return by_window(team_figures(tally, tally.grid.windows(period)), TEAM_MEASURES, 0)


def sla_day(tally: Tally, row: int, period: str = "day") -> list[dict[str, float]]:
    return by_window(sla_figures(tally, tally.grid.windows(period)), SLA_MEASURES, row)


def by_window(measured: Measured, measures: tuple[str, ...], row: int) -> list[dict[str, float]]:
    columns = [measured[name][row].tolist() for name in measures]
    return [dict(zip(measures, values, strict=True)) for values in zip(*columns, strict=True)]


ITEMS: Rows = [("08:30", 30), ("09:10", 20), ("09:50", 15), ("13:00", 45), ("16:50", 40), ("18:00", 6), ("+1 12:00", 9)]
"""08:30 waits 30 min, done 09:30; 09:10 waits 20, done 09:50; 09:50 at once, done 10:05; 13:00 at once, done 13:45;
16:50 at once, done 17:30 (overrun); 18:00 waits for the next day's 09:00, done 09:06; the next day's at once, 12:09."""


def test_hours_of_one_agent(tmp_path: Path) -> None:
    first, second = team_day(day(tmp_path, ITEMS))
    assert first["busy_hours"] == pytest.approx(150 / 60)
    assert first["on_floor_hours"] == pytest.approx(8.5)
    assert first["paid_hours"] == pytest.approx(8.5)
    assert first["occupancy"] == pytest.approx(2.5 / 8.5)
    assert first["effective_fte"] == pytest.approx(8.5 / 8)
    assert (first["completed"], first["headcount"], first["hires"], first["leavers"]) == (5, 1, 0, 0)
    assert second["busy_hours"] == pytest.approx(15 / 60)
    assert second["on_floor_hours"] == second["paid_hours"] == 8


def test_waits_and_turnarounds_are_of_the_day_of_creation(tmp_path: Path) -> None:
    first, second = queue_day(day(tmp_path, ITEMS))
    assert (first["arrived"], first["completed"], first["open_at_end"], first["oldest_s"]) == (6, 5, 1, 6 * HOUR)
    assert (second["arrived"], second["completed"], second["open_at_end"], second["oldest_s"]) == (1, 2, 0, 0)
    assert first["wait_mean_s"] == pytest.approx((30 + 20 + 15 * 60) / 6 * MINUTE)
    assert first["queue_time_mean_s"] == first["wait_mean_s"]
    assert first["delayed_share"] == 3 / 6
    assert first["turnaround_mean_s"] == pytest.approx((60 + 40 + 15 + 45 + 40 + 906) / 6 * MINUTE)
    assert first["turnaround_p50_s"] == pytest.approx(40 * MINUTE, rel=0.02)
    assert (first["censored_share"], second["wait_mean_s"], second["delayed_share"]) == (0, 0, 0)


def test_slas(tmp_path: Path) -> None:
    tally = day(tmp_path, ITEMS)
    assert [list(row.values()) for row in sla_day(tally, 0)] == [[5 / 6, 6, 5, 6, 6, 0], [1, 1, 1, 1, 1, 0]]
    assert [list(row.values()) for row in sla_day(tally, 1)] == [[3 / 6, 6, 3, 6, 6, 0], [1, 1, 1, 1, 1, 0]]
    assert sla_day(tally, 0, "horizon")[0]["attainment"] == 6 / 7


def test_clocks_of_a_chain_may_start_with_its_first_item(tmp_path: Path) -> None:
    sla = "{measure: turnaround, within: 45 min, target: 90%%, per: day, clock: %s}"
    more = {
        "queues.mail.then": "{appeals: {share: 100%, after: {constant: 20 min}}}",
        "queues.appeals.handle_time": "{constant: 6 min}",
        "queues.appeals.sla": f"{{own: {sla % 'own'}, origin: {sla % 'origin'}}}",
        f"{TEAM}.skills": "[mail, appeals]",
    }
    tally = day(tmp_path, [("09:00", 19), ("10:00", 20)], more)
    assert [list(sla_day(tally, row)[0].values()) for row in (2, 3)] == [[1, 2, 2, 2, 2, 0], [0.5, 2, 1, 2, 2, 0]]


def test_by_the_hour(tmp_path: Path) -> None:
    tally = day(tmp_path, ITEMS, hourly=True)
    teams, queues = team_day(tally, "hour"), queue_day(tally, "hour")
    assert [round(row["busy_hours"] * 60) for row in teams[8:19]] == [0, 60, 5, 0, 0, 45, 0, 0, 10, 30, 0]
    assert [row["on_floor_hours"] for row in teams[8:19]] == [0, 1, 1, 1, 1, 1, 1, 1, 1, 0.5, 0]
    assert [row["arrived"] for row in queues[8:19]] == [1, 2, 0, 0, 0, 1, 0, 0, 1, 0, 1]
    assert [row["open_at_end"] for row in queues[8:19]] == [1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]
    assert queues[9]["oldest_s"] == 10 * MINUTE
    assert np.isnan([queues[8]["wait_p50_s"], queues[10]["wait_mean_s"], teams[8]["occupancy"]]).all()


@pytest.mark.parametrize(
    ("at_end", "busy", "floor", "decided"),
    [("finish", 150, 8.5, 17.5), ("hand_back", 120, 8, 33 + 40 / 60), ("keep", 120, 8, 33.5)],
)
def test_the_item_in_hand_at_the_end(tmp_path: Path, at_end: str, busy: float, floor: float, decided: float) -> None:
    tally = day(tmp_path, ITEMS[:5], {f"{TEAM}.shift.at_end": at_end})
    first, _ = team_day(tally)
    assert first["busy_hours"] * 60 == pytest.approx(busy)
    assert first["on_floor_hours"] == first["paid_hours"] == floor
    last = tally.journal[tally.journal["kind"] == 2][-1]["time"]
    assert last / HOUR == pytest.approx(decided)
    turnaround = queue_day(tally)[0]["turnaround_mean_s"] * 5 - (60 + 40 + 15 + 45) * MINUTE
    assert turnaround == pytest.approx(decided * HOUR - (16 * HOUR + 50 * MINUTE))


@pytest.mark.parametrize(
    ("at_end", "floor", "paid", "decided"),
    [
        ("finish", 8.5 - 20 / 60, 8.5, 17.5),
        ("hand_back", 8 - 20 / 60, 8, 33 + 70 / 60),
        ("keep", 8 - 20 / 60, 8, 33.5),
    ],
)
def test_a_break_that_waits_does_not_hide_the_end_of_the_shift(
    tmp_path: Path, at_end: str, floor: float, paid: float, decided: float
) -> None:
    pauses = "[{after: 2 h, for: 20 min}, {after: 450 min, for: 10 min}]"
    more = {f"{TEAM}.shift.breaks": pauses, f"{TEAM}.shift.at_end": at_end}
    tally = day(tmp_path, [("16:20", 70)], more)
    assert tally.journal[tally.journal["kind"] == 2][-1]["time"] / HOUR == pytest.approx(decided)
    first, _ = team_day(tally)
    assert (first["on_floor_hours"], first["paid_hours"]) == pytest.approx((floor, paid))


def test_breaks_wait_for_the_item_and_keep_their_length(tmp_path: Path) -> None:
    lunch = "[{after: 2 h, for: 30 min}, {after: 5 h, for: 20 min}]"
    tally = day(tmp_path, [("10:40", 60), ("11:50", 10)], {f"{TEAM}.shift.breaks": lunch})
    picked = tally.journal[tally.journal["kind"] == 1]["time"] / HOUR
    stagger = (0.6180339887498949 - 0.5) * 60 / 60
    assert picked[0] == pytest.approx(10 + 40 / 60)
    assert 11 + stagger < 11 + 40 / 60
    assert picked[1] == pytest.approx(11 + 40 / 60 + 0.5)
    first, _ = team_day(tally)
    assert first["on_floor_hours"] == pytest.approx(8 - 50 / 60)
    assert first["paid_hours"] == 7.5


def test_speed_and_factors_count_at_pick_up(tmp_path: Path) -> None:
    more = {
        f"{TEAM}.ramp": "{steps: [50%]}",
        "events.tool": "{handle_time: {from: '2026-10-05 10:00', factor: 0.5}}",
    }
    tally = day(tmp_path, [("09:30", 30), ("10:40", 30)], more)
    done = tally.journal[tally.journal["kind"] == 2]["time"] / HOUR
    assert done.tolist() == [10.5, 10 + 40 / 60 + 0.5]
    assert team_day(tally)[0]["effective_fte"] == pytest.approx(0.5)


def test_an_outage_hands_back_and_time_is_still_paid(tmp_path: Path) -> None:
    down = {"events.down": "{outage: {team: day, from: '2026-10-05 10:00', for: 90 min}}"}
    tally = day(tmp_path, [("09:40", 30), ("10:30", 6)], down)
    lines = [(line["kind"], line["time"] / HOUR) for line in tally.journal]
    known = [(1, 9 + 40 / 60), (4, 10), (1, 11.5), (2, 12), (1, 12), (2, 12.1)]
    assert [kind for kind, _ in lines] == [kind for kind, _ in known]
    assert [time for _, time in lines] == pytest.approx([time for _, time in known])
    first, _ = team_day(tally)
    assert first["on_floor_hours"] == pytest.approx(6.5)
    assert first["busy_hours"] == pytest.approx((20 + 30 + 6) / 60)
    assert first["paid_hours"] == 8
    assert queue_day(tally)[0]["wait_mean_s"] == pytest.approx(90 / 2 * MINUTE)


def test_expiry_and_what_counts_neither_way(tmp_path: Path) -> None:
    items = [("07:00", 5), ("08:20", 60), ("09:10", 5), ("09:20", 5), ("16:40", 5)]
    gone = {"queues.mail.expires.after": "{constant: 80 min}", f"{TEAM}.shift.length": "60 min"}
    tally = day(tmp_path, items, gone)
    first, _ = queue_day(tally)
    assert (first["arrived"], first["completed"], first["expired"]) == (5, 1, 4)
    expired = tally.journal[tally.journal["kind"] == 3]["time"] / HOUR
    assert expired == pytest.approx([8 + 20 / 60, 10.5, 10 + 40 / 60, 18])
    assert list(sla_day(tally, 0)[0].values()) == [0, 5, 0, 5, 5, 4]
    short = {**gone, "queues.mail.expires.after": "{constant: 50 min}"}
    tally = day(tmp_path, items, short)
    assert list(sla_day(tally, 0)[0].values()) == [0, 1, 0, 1, 5, 4]
    assert list(sla_day(tally, 1)[0].values()) == [0, 5, 0, 5, 5, 4]
    assert queue_day(tally)[0]["queue_time_mean_s"] == pytest.approx((4 * 50 + 40) / 5 * MINUTE)


def test_an_sla_may_count_all_items(tmp_path: Path) -> None:
    items = [("07:00", 5), ("07:10", 5), ("09:10", 5)]
    gone = {"queues.mail.expires.after": "{constant: 50 min}"}
    tally = day(tmp_path, items, gone)
    assert list(sla_day(tally, 0)[0].values()) == [1, 1, 1, 1, 3, 2]
    name = tally.names.slas[0][1]
    tally = day(tmp_path, items, {**gone, f"queues.mail.sla.{name}.counts": "all"})
    assert list(sla_day(tally, 0)[0].values()) == [1 / 3, 1, 1, 3, 3, 2]


def test_exposure_sends_an_agent_to_other_work(tmp_path: Path) -> None:
    more = {
        "queues.mail.max_per_day": "40 min",
        "queues.chat": "{handle_time: {constant: 3 min}}",
        "queues.mail.then": "{chat: {share: 100%}}",
        f"{TEAM}.skills": "[mail, chat]",
    }
    tally = day(tmp_path, [("09:00", 30), ("09:01", 30), ("09:02", 30)], more)
    picked = tally.journal[tally.journal["kind"] == 1]["time"] / HOUR
    assert picked.tolist() == pytest.approx([9, 9.5, 10, 10.05, 33, 33.5])


def test_work_that_overlaps_goes_on_at_the_pace_of_the_hour(tmp_path: Path) -> None:
    more = {"queues.mail.at_once": "{items: 2, speed: 75%}"}
    tally = day(tmp_path, [("09:00", 60), ("09:30", 30), ("09:40", 15)], more)
    picked, decided = (tally.journal[tally.journal["kind"] == kind]["time"] / HOUR for kind in (1, 2))
    # Half an hour is left of the first when the second comes: both take 40 min for it, and the third waits.
    assert picked.tolist() == pytest.approx([9, 9.5, 10 + 10 / 60])
    assert decided.tolist() == pytest.approx([10 + 10 / 60, 10 + 10 / 60, 10 + 25 / 60])
    assert tally.by_team["busy"].sum() == pytest.approx(85 * 60)


def test_exposure_counts_work_that_is_handed_back(tmp_path: Path) -> None:
    more = {
        "queues.mail.max_per_day": "40 min",
        "events.down": "{outage: {team: day, from: '2026-10-05 10:00', for: 30 min}}",
    }
    tally = day(tmp_path, [("09:00", 90), ("09:01", 5)], more)
    picked = tally.journal[tally.journal["kind"] == 1]["time"] / HOUR
    assert picked.tolist() == [9, 33]


def test_exposure_begins_anew_at_midnight_of_the_team(tmp_path: Path) -> None:
    more = {
        "queues.mail.max_per_day": "1 h",
        f"{TEAM}.timezone": "America/New_York",
        f"{TEAM}.shift": "{always: true}",
    }
    tally = day(tmp_path, [("02:00", 40), ("02:01", 40), ("02:02", 40), ("02:03", 40), ("02:04", 40)], more)
    picked = tally.journal[tally.journal["kind"] == 1]["time"] / HOUR
    assert picked.tolist() == pytest.approx([2, 2 + 40 / 60, 5, 5 + 40 / 60, 29])


def test_overtime_is_worked_and_paid(tmp_path: Path) -> None:
    overtime = {"vendors.north.overtime": "{when: {backlog_hours: 1}, adds: 2 h, max_per_week: 2 h}"}
    handle = {"queues.mail.handle_time": "{constant: 1 h}"}
    tally = day(tmp_path, [("08:00", 600), ("08:30", 5), ("+1 08:00", 30)], {**overtime, **handle})
    first, second = team_day(tally)
    assert first["on_floor_hours"] == first["paid_hours"] == pytest.approx(10)
    assert second["on_floor_hours"] == second["paid_hours"] == 8
    assert queue_day(tally)[0]["completed"] == 1


def test_first_come_first_served_within_a_priority(tmp_path: Path) -> None:
    more = {"queues.appeals": "{handle_time: {constant: 6 min}}", "queues.mail.then": "{appeals: {share: 100%}}"}
    items = [("09:00", 12), ("09:05", 12), ("09:06", 12)]
    urgent = day(tmp_path, items, {**more, f"{TEAM}.skills": "[appeals, mail]"})
    lazy = day(tmp_path, items, {**more, f"{TEAM}.skills": "[mail, appeals]"})
    ends = [(tally.journal[tally.journal["kind"] == 2]["time"] - 9 * HOUR) / MINUTE for tally in (urgent, lazy)]
    assert ends[0].tolist() == [12, 18, 30, 36, 48, 54]
    assert ends[1].tolist() == [12, 24, 36, 42, 48, 54]
