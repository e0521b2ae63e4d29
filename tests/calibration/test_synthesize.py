"""Synthetic quarters: they hold what the run counted, in the formats that a calibration reads."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.calibration.calibrate import Calibration, calibrate
from simcap.calibration.synthesize import synthesize
from simcap.cli import main
from simcap.errors import RunError
from simcap.scenario.reading.loading import load
from simcap.streams import Streams
from simcap.units import DAY
from simcap.world.world import World

SCENARIO = """
name: small quarter
horizon: {start: 2026-07-06, days: 35, timezone: Europe/London}
queues:
  mail:
    arrivals: {per_day: 300, busyness: {cv: 10%}}
    handle_time: {gamma: {mean: 8 min, cv: 0.7}}
    expires: {after: {constant: 30 min}}
    then: {checks: {share: 20%, after: {constant: 1 h}}}
    errors: {tenured: 10%, appeal_share: 40%, to: appeals, after: {constant: 2 h}}
  checks: {handle_time: {constant: 60 s}}
  appeals: {handle_time: {lognormal: {mean: 10 min, cv: 0.5}}}
vendors:
  north:
    shrinkage: {absence: 10%, offline: 6%}
    attrition: {per_year: 80%}
    spread: 0.2
    teams:
      day:
        timezone: Europe/London
        agents: 24
        skills: [mail, checks, appeals]
        tenure: {uniform: [0 days, 100 weeks]}
        shift: {days: 5 of 7, start: "08:00", length: 9 h, breaks: [{after: 4 h, for: 60 min}]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a quarter's logs under out/."""
    folder = tmp_path_factory.mktemp("synthetic")
    (folder / "scenario.yaml").write_text(SCENARIO)
    synthesize(load(folder / "scenario.yaml"), folder / "out", 1)
    return folder


@pytest.fixture(scope="module")
def items(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "out/items.parquet")


@pytest.fixture(scope="module")
def found(folder: Path) -> Calibration:
    return calibrate(folder / "out/calibration.yaml")


def test_the_log_holds_what_the_run_counted(folder: Path, items: pd.DataFrame) -> None:
    file = load(folder / "scenario.yaml")
    tally = World(file.scenario, file.files, Streams(1, 0)).run()
    arrived = tally.by_queue[:, :-1]["arrived"].sum(axis=1)
    logged = items["queue"].value_counts()
    assert [logged["mail"], logged["checks"]] == arrived[:2].tolist()
    assert 0 <= arrived[2] - logged["appeals"] <= 3
    completed = tally.by_queue[0, :-1]["completed"].sum()
    end = pd.Timestamp("2026-08-10", tz="Europe/London")
    mail = items[items["queue"] == "mail"]
    assert (mail["completed"] < end).sum() == completed
    assert mail["expired"].sum() > 0
    early = mail[mail["created"] < end - pd.Timedelta("1 day")]
    assert (early["expired"] == early["completed"].isna()).all()


def test_times_and_agents_are_in_order(items: pd.DataFrame) -> None:
    taken = items[items["started"].notna()]
    assert (taken["started"] >= taken["created"]).all()
    decided = items[items["completed"].notna()]
    assert (decided["completed"] >= decided["started"]).all()
    assert decided["agent"].notna().all()
    assert (items["created"].dt.tz_convert("Europe/London") >= pd.Timestamp("2026-07-06", tz="Europe/London")).all()
    assert items["created"].is_monotonic_increasing
    checks = items[items["queue"] == "checks"]
    assert len(checks) / (decided["queue"] == "mail").sum() == pytest.approx(0.2, abs=0.03)


def test_nobody_works_off_duty(folder: Path, items: pd.DataFrame) -> None:
    spells = pd.read_parquet(folder / "out/attendance.parquet")
    floor = spells[spells["activity"] == "floor"].sort_values("start")
    taken = items[items["started"].notna() & items["agent"].notna() & ~items["expired"]].sort_values("started")
    met = pd.merge_asof(
        taken.assign(agent=taken["agent"].astype(str)), floor.assign(agent=floor["agent"].astype(str)),
        left_on="started", right_on="start", by="agent",
    )  # fmt: skip
    assert met["start"].notna().all()
    assert (met["started"] <= met["end"]).mean() > 0.999


def test_breaks_and_offline_time_wait_for_the_item_in_hand(folder: Path, items: pd.DataFrame) -> None:
    """Nobody is away while they have an item, although the attendance has breaks as they were planned."""
    decided = items[items["completed"].notna()]
    held = (decided["completed"] - decided["started"]).dt.total_seconds()
    assert (decided["handle_s"] - held).abs().max() <= 1.0
    spells = pd.read_parquet(folder / "out/attendance.parquet")
    away = spells[spells["activity"].isin(["break", "offline"])].sort_values("start")
    taken = decided.assign(agent=decided["agent"].astype(str)).sort_values("started")
    away = away.assign(agent=away["agent"].astype(str))
    met = pd.merge_asof(away, taken, left_on="start", right_on="started", by="agent")
    assert (met["completed"] > met["end"]).sum() > 20, "planned breaks within items are in this log"


def test_a_calibration_finds_the_scenario_again(found: Calibration) -> None:
    table = found.table().set_index("parameter")
    truth = {
        "queues.mail.arrivals.busyness.cv": 0.1,
        "queues.mail.handle_time.gamma.mean": 480,
        "queues.mail.handle_time.gamma.cv": 0.7,
        "queues.checks.handle_time.constant": 60,
        "vendors.north.spread": 0.2,
        "vendors.north.shrinkage.absence": 0.1,
    }
    for path, value in truth.items():
        off = np.log(table.loc[path, "value"] / value)
        assert abs(off) < 4 * table.loc[path, "standard_error"], path
    assert table.loc["vendors.north.shrinkage.offline", "value"] == pytest.approx(0.06, abs=0.002)
    assert "queues.checks.arrivals.per_week" not in table.index
    assert found.history.items["created"].min() >= 0
    assert (found.quality().groupby("file")["rows"].max() > 0).all()
    assert found.history.days * DAY == 35 * DAY


def test_who_moves_to_another_team_is_one_person_who_never_left(tmp_path: Path) -> None:
    late = """
      late: {timezone: Europe/London, agents: 2, skills: [mail], shift: {days: Mon-Sun, start: "15:00", length: 8 h}}
events:
  move: {transfer: {from: day, to: late, agents: 5, on: 2026-07-13}}
  after: {transfer: {from: late, to: day, agents: 1, on: 2026-08-09}}
"""
    text = SCENARIO.rstrip() + late
    (tmp_path / "scenario.yaml").write_text(text.replace("attrition: {per_year: 80%}", "attrition: {per_year: 0%}"))
    synthesize(load(tmp_path / "scenario.yaml"), tmp_path / "out", 1)
    roster = pd.read_csv(tmp_path / "out/roster.csv")
    assert roster["agent"].is_unique
    assert roster["team"].value_counts().to_dict() == {"day": 20, "late": 6}
    assert roster["left"].isna().all()
    moved = roster.loc[(roster["team"] == "late") & roster["agent"].str.startswith("north-day"), "agent"]
    assert len(moved) >= 4
    spells = pd.read_parquet(tmp_path / "out/attendance.parquet")
    floor = spells[spells["activity"] == "floor"]
    hours = floor.assign(hour=floor["start"].dt.tz_convert("Europe/London").dt.hour)
    mine = hours[hours["agent"].isin(moved)]
    day = pd.Timestamp("2026-07-13", tz="Europe/London")
    assert (mine.loc[mine["start"] < day, "hour"] < 17).all()
    assert (mine.loc[mine["start"] >= day, "hour"] >= 15).all()
    assert set(mine["agent"].astype(str)) == set(moved)


def test_a_folder_that_holds_something_is_left_alone(folder: Path) -> None:
    with pytest.raises(RunError, match="is not empty"):
        synthesize(load(folder / "scenario.yaml"), folder / "out", 1)


def test_the_command_says_what_it_wrote(folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["synthesize", str(folder / "scenario.yaml"), "--out", str(tmp_path / "q")])
    assert result.exit_code == 0, result.output
    assert re.search(r"items.parquet  [\d,]+ rows", result.output)
    assert (tmp_path / "q/calibration.yaml").read_text().startswith("# These data are synthetic")
    again = CliRunner().invoke(main, ["synthesize", str(folder / "scenario.yaml"), "--out", str(tmp_path / "q")])
    assert again.exit_code == 1
    assert "is not empty; name a new folder" in again.output
