"""Exact duty: who is there when a file says; what holds for them as for anyone, and what a file leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.analysis.measures import team_figures
from simcap.floor.state import DECIDED, PICKED_UP
from simcap.scenario.data.data_files import DataFiles
from simcap.units import HOUR
from simcap.world.world import simulate
from tests.helpers import Crew, crew, scenario

DAY_SHIFT = "vendors.north.teams.day"
ANN = "vendors.v.teams.t"
GONE = {f"{DAY_SHIFT}.{name}": None for name in ("shift", "agents")}


def on_duty(folder: Path, rows: str, changes: dict[str, Any] | None = None) -> Crew:
    """Return the crew of a scenario whose team has a duty file with these rows."""
    (folder / "duty.csv").write_text("agent,on,off\n" + rows)
    return crew(scenario({**GONE, f"{DAY_SHIFT}.duty": "duty.csv", **(changes or {})}), files=DataFiles(folder))


def test_a_duty_file_is_exact(tmp_path: Path) -> None:
    rows = (
        "ann,2026-10-05 09:00,2026-10-05 12:00\nann,2026-10-05 13:00,2026-10-05 17:30\n"
        "bob,2026-10-05 23:00,2026-10-06 07:00\nann,2026-10-07 09:00,2026-10-07 10:00\n"
    )
    found = on_duty(tmp_path, rows)
    blocks = [
        (int(agent), on / HOUR, off / HOUR)
        for post in found.posts()
        for agent, on, off in zip(post.agents, post.on[:, 0], post.off[:, 0], strict=True)
    ]
    assert sorted(blocks) == [(0, 9, 12), (0, 13, 17.5), (0, 57, 58), (1, 23, 31)]
    assert found.paid_hours() == 16.5


@pytest.mark.parametrize(
    ("change", "times"),
    [
        ({}, [(9, 9.75), (10, 10.75), (12, 12.75), (12.75, 13.5)]),
        ({f"{ANN}.breaks": "1 h"}, [(9, 9.75), (10.25, 11.0), (12, 12.75), (12.75, 13.5)]),
        ({f"{ANN}.at_end": "keep"}, [(9, 10.25), (10.25, 12.5)]),
        ({f"{ANN}.at_end": "hand_back"}, [(12, 12.75)]),
    ],
)
def test_what_becomes_of_the_item_when_a_block_of_duty_ends(
    tmp_path: Path, change: dict[str, str], times: list[tuple[float, float]]
) -> None:
    (tmp_path / "items.csv").write_text("created,queue\n" + "2026-10-05 08:00,mail\n" * 20)
    (tmp_path / "duty.csv").write_text(
        "agent,on,off\nann,2026-10-05 09:00,2026-10-05 09:30\nann,2026-10-05 10:00,2026-10-05 10:30\n"
        "ann,2026-10-05 12:00,2026-10-05 13:00\n"
    )
    plan = {
        "horizon": "{start: 2026-10-05, days: 1, timezone: UTC, warm_up: 0 days}",
        "queues": "{mail: {arrivals: {trace: items.csv}, handle_time: {constant: 45 min}}}",
        "vendors": "{v: {teams: {t: {timezone: UTC, skills: [mail], duty: duty.csv}}}}",
    }
    file = scenario({**plan, **change})
    journal = simulate(file, DataFiles(tmp_path), 1, 0, journal=1000).journal
    begun: dict[int, float] = {}
    worked = []
    for event in journal:
        if event["kind"] == PICKED_UP:
            begun[int(event["id"])] = event["time"] / HOUR
        elif event["kind"] == DECIDED:
            worked.append((begun[int(event["id"])], event["time"] / HOUR))
    assert np.array(sorted(worked)) == pytest.approx(np.array(times), abs=1e-6)


def test_agents_of_a_duty_file_differ_and_err_as_tenured_ones_do(tmp_path: Path) -> None:
    rows = "".join(f"{agent},2026-10-05 09:00,2026-10-05 17:00\n" for agent in range(2000))
    found = on_duty(tmp_path, rows, {"vendors.north.spread": "12%", "queues.mail.errors": "{tenured: 2%, new: 10%}"})
    ((_, _, talents, _, errors),) = found.told.speeds
    assert talents.mean() == pytest.approx(1, abs=4 * 0.12 / np.sqrt(2000))
    assert talents.std() == pytest.approx(0.12, rel=0.07)
    assert (errors[:, 0] == 0.02).all()


def test_exposure_begins_anew_each_day_for_a_duty_file_too(tmp_path: Path) -> None:
    days = range(5, 12)
    (tmp_path / "duty.csv").write_text(
        "agent,on,off\n" + "".join(f"ann,2026-10-{day:02},2026-10-{day + 1:02}\n" for day in days)
    )
    file = scenario({**GONE, f"{DAY_SHIFT}.duty": "duty.csv", "queues.mail.max_per_day": "2 h"})
    completed = team_figures(tally := simulate(file, DataFiles(tmp_path), 1, 0), tally.grid.windows("day"))["completed"]
    assert completed[0].min() >= 20


def test_a_full_time_agent_of_a_duty_file_works_as_long_as_the_others(tmp_path: Path) -> None:
    rows = "".join(
        f"{agent},2026-10-{day:02} 09:00,2026-10-{day:02} 17:00\n" for agent in range(3) for day in range(5, 12)
    )
    (tmp_path / "duty.csv").write_text("agent,on,off\n" + rows)
    tally = simulate(scenario({**GONE, f"{DAY_SHIFT}.duty": "duty.csv"}), DataFiles(tmp_path), 1, 0)
    week = team_figures(tally, tally.grid.windows("week"))
    assert week["effective_fte"][0, 0] == pytest.approx(3, rel=1e-3)


@pytest.mark.parametrize(("breaks", "hours"), [(None, 7.0), ("15 min", 7.25), ("1 h", 7.25)])
def test_short_breaks_of_a_duty_file_are_paid(tmp_path: Path, breaks: str | None, hours: float) -> None:
    rows = (
        "ann,2026-10-05 09:00,2026-10-05 11:00\nann,2026-10-05 11:15,2026-10-05 13:00\n"
        "ann,2026-10-05 13:45,2026-10-05 17:00\n"
    )
    assert on_duty(tmp_path, rows, {f"{DAY_SHIFT}.breaks": breaks}).paid_hours() == hours


@pytest.mark.parametrize(
    ("days", "note"),
    [
        (range(5, 13), None),
        (range(1, 3), "ends on 2026-10-02: nobody of it works after, not even on what is left when the horizon ends"),
        (range(8, 13), "begins on 2026-10-08: nobody of it works before, from 2026-10-05 on"),
        (range(5, 12), "ends on 2026-10-11: nobody of it works after, not even on what is left when the horizon ends"),
    ],
)
def test_a_run_tells_when_a_duty_file_leaves_days_out(tmp_path: Path, days: range, note: str | None) -> None:
    rows = "".join(f"ann,2026-10-{day:02} 09:00,2026-10-{day:02} 17:00\n" for day in days)
    notes = on_duty(tmp_path, rows).context.notes
    assert notes == ([] if note is None else [f"day: the duty file {note}"])
