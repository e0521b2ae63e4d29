"""What is odd about a history: gaps, clocks, work that overlaps, staffing reported and logged; else nothing is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history
from simcap.calibration.quality import notes

PLAN = """
title: odd
timezone: Europe/London
from: 2026-02-23
to: 2026-05-03
items: {path: items.csv, timezone: ZONE}
attendance: {path: attendance.csv, timezone: ZONE}
"""
MONDAY = pd.Timestamp("2026-02-23")
DAYS = 70


def items(seed: int = 1) -> pd.DataFrame:
    """Return ten weeks of an office in which nothing is odd: agents one after another, each item 4 minutes."""
    generator = np.random.default_rng(seed)
    rows = []
    for day in range(DAYS):
        if day % 7 >= 5:
            continue
        for agent in range(3):
            begin = MONDAY + pd.Timedelta(days=day, hours=9, seconds=17)
            starts = begin + pd.to_timedelta(np.sort(generator.choice(90, 40, replace=False)) * 5, unit="min")
            rows += [("mail", start, start, start + pd.Timedelta("4min"), f"agent-{agent}") for start in starts]
    return pd.DataFrame(rows, columns=["queue", "created", "started", "completed", "agent"])


def test_a_clock_to_the_minute_is_told(tmp_path: Path) -> None:
    table = items()
    for name in ("created", "started", "completed"):
        table[name] = table[name].dt.floor("min")
    told = noticed(tmp_path, table)["items.csv: handle times in steps of 60 s"]
    assert told == (len(table), "fitted as what they may have been; 0% of them are zero")


def attendance() -> pd.DataFrame:
    days = [MONDAY + pd.Timedelta(days=day) for day in range(DAYS) if day % 7 < 5]
    rows = [
        (f"agent-{agent}", day + pd.Timedelta("9h"), day + pd.Timedelta("17h"), "floor")
        for day in days
        for agent in range(3)
    ]
    return pd.DataFrame(rows, columns=["agent", "start", "end", "activity"])


def noticed(folder: Path, table: pd.DataFrame, zone: str = "Europe/London") -> dict[str, tuple[int, str]]:
    table.to_csv(folder / "items.csv", index=False)
    attendance().to_csv(folder / "attendance.csv", index=False)
    (folder / "calibration.yaml").write_text(PLAN.replace("ZONE", zone))
    plan = read_configuration(folder / "calibration.yaml")
    return {note.what: (note.rows, note.examples) for note in notes(plan, read_history(plan, folder))}


FLOOR = "items started while attendance has their agent off the floor"
BOTH = "items started while their agent was working on another"


def test_nothing_is_odd_about_a_tidy_office(tmp_path: Path) -> None:
    assert noticed(tmp_path, items()) == {FLOOR: (0, "1,200 h reported on the floor, 400 h of work logged, 33% of it")}


def test_lost_days_are_named(tmp_path: Path) -> None:
    table = items()
    found = noticed(tmp_path, table[table["created"].dt.date != (MONDAY + pd.Timedelta(days=9)).date()])
    assert found["days without items, on weekdays that usually have many: mail"] == (1, "2026-03-04")


def test_work_that_overlaps_is_counted(tmp_path: Path) -> None:
    table = items()
    first = table.index[table["agent"] == "agent-1"][0]
    table.loc[first, "completed"] = table.loc[first, "started"] + pd.Timedelta("61min")
    inside = table[(table["agent"] == "agent-1") & (table["started"] > table.loc[first, "started"])]
    overlapped = int((inside["started"] < table.loc[first, "completed"]).sum())
    rows, said = noticed(tmp_path, table)[BOTH]
    assert rows == overlapped > 3
    assert said.startswith("by 1 agents; ")
    assert "agent-1" not in said


def test_a_log_in_another_zone_gives_itself_away(tmp_path: Path) -> None:
    # The office keeps London time, but the file is read as UTC: from 29 March on its day seems to begin an hour later.
    found = noticed(tmp_path, items(), zone="UTC")
    (what,) = [what for what in found if what.startswith("the daily pattern moves")]
    assert what.endswith("clocks change on 2026-03-29")


def test_times_that_no_clock_shows_are_counted(tmp_path: Path) -> None:
    table = items()
    night = pd.Timestamp("2026-03-29 01:10")
    row = ("mail", night, night, night + pd.Timedelta("4min"), "agent-0")
    found = noticed(tmp_path, pd.concat([table, pd.DataFrame([row], columns=table.columns)]))
    rows, said = found["items.csv: created in an hour that a change of the clocks skips"]
    assert rows == 1
    assert "no such time in Europe/London" in said
    assert found[FLOOR][0] == 1


@pytest.mark.parametrize("hour", [0, 3])
def test_hours_beside_a_change_are_sound(tmp_path: Path, hour: int) -> None:
    table = items()
    night = pd.Timestamp("2026-03-29") + pd.Timedelta(hours=hour)
    row = ("mail", night, night, night + pd.Timedelta("4min"), "agent-0")
    found = noticed(tmp_path, pd.concat([table, pd.DataFrame([row], columns=table.columns)]))
    assert not any("change of the clocks" in what for what in found)
