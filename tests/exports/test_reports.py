"""Reports as systems and partners write them, read unchanged: totals to the item, truth within its errors."""

from __future__ import annotations

import functools
import json
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.calibration.backtest.backtest import backtest
from simcap.calibration.calibrate import Calibration, calibrate
from simcap.calibration.fits.fit import Estimate
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history
from simcap.calibration.history.reports import people, whole_of
from simcap.cli import main
from simcap.scenario.reading.loading import load

from .written import EXPORTS, HEAD, REPORTS

pytestmark = pytest.mark.skipif(not EXPORTS.exists(), reason=f"{EXPORTS} is not there")

QUEUES = {"19-acd-interval": ["listings", "images"]}
ALL = ["listings", "images", "appeals", "claims-id"]


def write(export: str, folder: Path) -> Path:
    """Write the calibration file of an export, its paths those of the export."""
    block = textwrap.dedent(REPORTS[export]).strip().replace("path: ", f"path: {EXPORTS / export}/")
    path = folder / "calibration.yaml"
    path.write_text(f"{HEAD}holidays: GB-ENG\nreports:\n{textwrap.indent(block, '  ')}\n", encoding="utf-8")
    return path


@functools.cache
def reports(export: str) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        path = write(export, Path(folder))
        found = read_history(read_configuration(path), path.parent).reports
    assert found is not None
    return found


def of(export: str, part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXPORTS / "expected.json").read_text())[export][part]
    return found


def truth(name: str) -> Any:
    return json.loads((EXPORTS / "truth.json").read_text())[name]


def mean_aht(rows: pd.DataFrame) -> float:
    return float((rows["handled"] * rows["aht"]).sum() / rows["handled"][rows["aht"].notna()].sum())


@pytest.mark.parametrize("export", REPORTS)
def test_offered_adds_up_to_the_items_of_the_quarter(export: str) -> None:
    rows = whole_of(reports(export), "offered")
    found = {queue: whole_of(mine, "offered")["offered"].sum() for queue, mine in rows.groupby("queue")}
    assert found == {queue: sum(truth("volumes_weekly")[queue]) for queue in QUEUES.get(export, ALL)}


def test_half_hours_end_to_end_are_those_of_the_tool() -> None:
    rows = reports("19-acd-interval")
    assert set(rows["length"]) == {1800.0}
    for queue, mine in rows.groupby("queue"):
        said = of("19-acd-interval", "realised")[str(queue)]
        assert mine[["offered", "handled", "abandoned"]].sum().to_dict() == {
            name: said[name] for name in ("offered", "handled", "abandoned")
        }
        assert mean_aht(mine) == pytest.approx(said["aht_s"], abs=0.5)
        assert mine.sort_values("start")["backlog"].iloc[-1] == said["backlog_end"]
        assert mine["positions"].mean() == pytest.approx(said["positions_mean"], abs=0.01)
        assert not (mine["aht"] == 0).any()
    here = people(rows, "positions")
    assert len(here) == len(rows) / 2, "positions of both queues are the same people"


def test_hours_by_queue_and_team_count_the_people_once() -> None:
    rows = reports("20-wfm-hourly")
    said = of("20-wfm-hourly", "realised")
    for name, key in (("fte_planned", "scheduled_hours"), ("fte_actual", "actual_hours")):
        hours = people(rows, name).groupby("team")[name].sum().to_dict()
        assert hours == pytest.approx({team: known[key] for team, known in said["teams"].items()}, abs=0.5)
    handled = rows.groupby("team")["handled"].sum()
    assert {team: handled[team] for team in said["teams"]} == {
        t: known["handled"] for t, known in said["teams"].items()
    }
    means = {queue: mean_aht(mine) for queue, mine in rows.groupby("queue")}
    assert means == pytest.approx(said["aht_s"], abs=0.5)


@pytest.mark.parametrize("vendor", ["northstar", "kestrel"])
def test_a_scorecard_gives_each_vendor_its_weeks(vendor: str) -> None:
    rows = reports("21-weekly-scorecard")
    mine = rows[rows["vendor"] == vendor]
    said = of("21-weekly-scorecard", "realised")[vendor]
    handled = mine.groupby("queue")["handled"].sum()
    assert handled.to_dict() == {queue: count for queue, count in said["handled"].items() if count}
    assert mine["offered"].sum() == said["received_listings"], "where a dash stands, nothing is known"
    for name in ("fte_planned", "fte_actual", "shrinkage"):
        assert people(mine, name)[name].tolist() == pytest.approx(said[name], abs=1e-4)
    assert [people(mine, name)[name].sum() for name in ("joiners", "leavers")] == [said["joiners"], said["leavers"]]
    right = (mine["accuracy"] * mine["sample"]).sum() / mine["sample"].sum()
    assert right == pytest.approx(said["accuracy"], abs=1e-4)
    for queue, rows_of_queue in mine.groupby("queue"):
        assert mean_aht(rows_of_queue) == pytest.approx(said["aht_s"][queue], abs=0.6)


def test_daily_figures_are_those_of_the_days() -> None:
    rows = reports("23-daily-kpi")
    said = of("23-daily-kpi", "realised")
    daily = truth("volumes_daily")
    for queue, mine in rows.groupby("queue"):
        assert mine.sort_values("day")["offered"].tolist() == daily[queue]
        assert mine["handled"].sum() == said["closed"][queue]
        assert mean_aht(mine) == pytest.approx(said["aht_s"][queue], abs=0.6)
    assert len(people(rows, "positions")) == 91
    assert np.isnan(rows.loc[rows["handled"] == 0, "aht"]).all()


@functools.cache
def found(export: str) -> Calibration:
    with tempfile.TemporaryDirectory() as folder:
        return calibrate(write(export, Path(folder)), allow_outside=True)


def estimates(export: str) -> dict[str, Estimate]:
    return {one.path: one for fit in found(export).fits for one in fit.estimates}


@pytest.mark.parametrize("export", REPORTS)
def test_level_and_growth_are_those_of_the_world(export: str) -> None:
    values = estimates(export)
    for queue, known in of(export, "expected")["volume"].items():
        for name, key in (("per_week", "per_week_next"), ("growth", "growth")):
            true, within = known[key]
            one = values[f"queues.{queue}.arrivals.{name}"]
            assert one.value == pytest.approx(true, abs=within), (queue, name)
            assert one.origin == "reported"


@pytest.mark.parametrize("export", REPORTS)
def test_mean_handle_times_are_those_of_the_report(export: str) -> None:
    values = estimates(export)
    realised = of(export, "realised")
    if export.startswith("21"):
        means = {queue: _of_both(realised, queue) for queue in ALL}
    elif export.startswith("19"):
        means = {queue: realised[queue]["aht_s"] for queue in QUEUES[export]}
    else:
        means = realised["aht_s"]
    for queue, mean in means.items():
        one = values[f"queues.{queue}.handle_time.lognormal.mean"]
        assert one.value == pytest.approx(mean, abs=1.0)
        assert one.origin == "reported"
    assert values["queues.listings.handle_time.lognormal.cv"].origin == "prior"


def _of_both(realised: dict[str, Any], queue: str) -> float:
    """Return the mean AHT of two vendors, by what each handled."""
    parts = [
        (realised[vendor]["handled"][queue], realised[vendor]["aht_s"][queue]) for vendor in ("northstar", "kestrel")
    ]
    return float(sum(count * mean for count, mean in parts) / sum(count for count, _ in parts))


@pytest.mark.parametrize("export", ["20-wfm-hourly", "23-daily-kpi"])
def test_the_scatter_of_intervals_bounds_the_cv_where_they_are_short(export: str) -> None:
    true = truth("parameters")["queues"]
    values = estimates(export)
    for queue in ("images", "appeals", "claims-id"):
        one = values[f"queues.{queue}.handle_time.lognormal.cv"]
        assert one.origin == "reported"
        assert 0.8 * true[queue]["cv"] < one.value < 0.9


@pytest.mark.parametrize("vendor", ["northstar", "kestrel"])
def test_shrinkage_and_absence_of_each_vendor_are_those_of_the_world(vendor: str) -> None:
    true, within = of("20-wfm-hourly", "expected")["absence"]
    for export in ("20-wfm-hourly", "21-weekly-scorecard"):
        assert estimates(export)[f"vendors.{vendor}.shrinkage.absence"].value == pytest.approx(true, abs=within)
    absence, offline = (
        estimates("21-weekly-scorecard")[f"vendors.{vendor}.shrinkage.{name}"].value for name in ("absence", "offline")
    )
    total, within = of("21-weekly-scorecard", "expected")["shrinkage"][vendor]
    assert 1 - (1 - absence) * (1 - offline) == pytest.approx(total, abs=within)


def test_a_scorecard_tells_allocation_attrition_and_accuracy() -> None:
    values = estimates("21-weekly-scorecard")
    level = values["queues.listings.arrivals.per_week"].value
    for vendor, known in of("21-weekly-scorecard", "expected")["listings"].items():
        share = values[f"routing.allocation.listings.{vendor}"].value
        assert share * level == pytest.approx(known["per_week_next"][0], abs=known["per_week_next"][1])
    hazard = truth("hazard")["quarter"]
    a_year = 12 * values["vendors.northstar.attrition.hazard.0+ weeks"].value
    gone = hazard["early"]["events"] + hazard["tenured"]["events"] + len(truth("drop_outs"))
    assert a_year == pytest.approx(gone / (hazard["early"]["agent_years"] + hazard["tenured"]["agent_years"]), rel=0.05)
    wrong = truth("quality")
    share = wrong["wrong_among_decided"] / wrong["decided"]
    assert values["queues.listings.errors.tenured"].value == pytest.approx(
        share, abs=3 * (share / wrong["sampled"]) ** 0.5
    )


@pytest.mark.parametrize("export", ["19-acd-interval", "20-wfm-hourly", "23-daily-kpi"])
def test_patience_is_that_of_the_world(export: str) -> None:
    true = truth("parameters")["patience_h"] * 3600
    one = estimates(export)["queues.images.expires.after.exponential"]
    assert one.value == pytest.approx(true, rel=3 / truth("abandoned")["images"] ** 0.5)


@pytest.mark.parametrize("export", REPORTS)
def test_what_is_open_after_the_quarter_is_told_and_every_period_balances(export: str) -> None:
    values = estimates(export)
    for queue in QUEUES.get(export, ALL):
        assert values[f"queues.{queue}.backlog.items"].value == truth("backlog_week_end")[queue][-1]
    balance = [note for note in found(export).odd if "do not balance" in note.what]
    assert len(balance) == len(QUEUES.get(export, ALL))
    assert all(note.rows == 0 for note in balance)


@pytest.mark.slow
def test_a_scorecard_alone_runs_through_the_command_with_its_charts(tmp_path: Path) -> None:
    path = write("21-weekly-scorecard", tmp_path)
    result = CliRunner().invoke(main, ["calibrate", str(path), "--charts", "--allow-outside"])
    assert result.exit_code == 0, result.output
    names = {one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*") if one.is_file()}
    assert {"parameters.yaml", "fits.csv", "quality.csv", "charts/volumes.png", "charts/handle-times.png"} <= names
    fits = pd.read_csv(tmp_path / "fits.csv").set_index("parameter")
    assert set(fits["origin"]) == {"reported", "prior"}
    assert "charts/shrinkage.png" in names
    assert "how agents differ by vendor" in result.output
    (line,) = [one for one in result.output.splitlines() if "queues.listings.handle_time.lognormal.cv" in one]
    assert line.split()[-1] == "prior"
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    scenario = load(tmp_path / "scenario.yaml").scenario
    assert scenario.queues["listings"].arrivals is not None
    assert scenario.vendors["northstar"].attrition is not None
    assert scenario.queues["listings"].backlog is not None
    assert scenario.queues["listings"].backlog.items == truth("backlog_week_end")["listings"][-1]
    (tmp_path / "scenario.yaml").write_text(SCENARIO.replace("10-05", "10-12"))
    assert load(tmp_path / "scenario.yaml").scenario.queues["listings"].backlog is None, "a week later it is another"


SCENARIO = """
name: next quarter
horizon: {start: 2026-10-05, weeks: 4, timezone: Europe/London}
calibration: parameters.yaml
queues:
  listings: {sla: {4 h: {measure: turnaround, within: 4 h, target: 80%, per: week}}}
vendors:
  northstar:
    teams:
      day:
        {timezone: Asia/Manila, agents: 30, skills: [listings], shift: {days: Mon-Fri, start: "09:00", length: 9 h}}
"""


SLAS = {"listings": 4, "images": 8, "appeals": 24, "claims-id": 48}
"""Hours within which items are due."""
PLAN = """
name: the quarter
horizon: {start: 2026-10-05, weeks: 4, timezone: Europe/London}
queues:
  listings: {arrivals: {per_week: 2100}, handle_time: {lognormal: {mean: 31 min, cv: 0.9}}}
  images:
    arrivals: {per_week: 1400}
    handle_time: {lognormal: {mean: 4 min, cv: 0.9}}
    expires: {after: {exponential: 30 h}}
  appeals: {arrivals: {per_week: 84}, handle_time: {lognormal: {mean: 15 min, cv: 0.9}}}
  claims-id: {arrivals: {per_week: 21}, handle_time: {lognormal: {mean: 20 min, cv: 0.9}}}
routing: {rule: longest_wait, allocation: {listings: {northstar: 60%, kestrel: 40%}}}
vendors:
  northstar:
    teams:
      manila-day:
        timezone: Asia/Manila
        agents: 7
        skills: [listings, images, appeals, claims-id]
        shift: {days: Mon-Fri, start: "06:00", length: 9 h,
          breaks: [{after: 2 h, for: 15 min}, {after: 4 h, for: 1 h}, {after: 7 h, for: 15 min}]}
      manila-night:
        timezone: Asia/Manila
        agents: 24
        skills: [listings, images]
        shift: {days: 5 of 7, start: "22:00", length: 9 h,
          breaks: [{after: 2 h, for: 15 min}, {after: 4 h, for: 1 h}, {after: 7 h, for: 15 min}]}
  kestrel:
    teams:
      krakow-late:
        timezone: Europe/Warsaw
        agents: 14
        skills: [listings, images]
        shift: {days: 5 of 7, start: "14:00", length: 8 h,
          breaks: [{after: 2 h, for: 15 min}, {after: 4 h, for: 30 min}, {after: 6 h, for: 15 min}]}
      bogota-day:
        timezone: America/Bogota
        agents: 8
        skills: [listings, images, appeals]
        shift: {days: Mon-Fri, start: "08:00", length: 9 h,
          breaks: [{after: 2 h, for: 15 min}, {after: 4 h, for: 1 h}, {after: 7 h, for: 15 min}]}
"""
"""The teams and their shifts, as anybody there knows them; no other figure of it is used by a replay."""


def weeks_replayed(export: str, folder: Path, keys: str = "") -> pd.DataFrame:
    """Return the weekly windows of single queues in a replay of the last eight weeks of an export."""
    path = write(export, folder)
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    slas = ", ".join(
        f"{queue}: {{measure: turnaround, within: {hours} h, queues: [{queue}]}}"
        for queue, hours in SLAS.items()
        if queue in QUEUES.get(export, ALL)
    )
    with path.open("a", encoding="utf-8") as file:
        file.write(f"backtest: {{first: 2026-08-10, replications: 4, {keys}sla: {{{slas}}}}}\n")
    windows = backtest(path, ("replay",), allow_outside=True).windows
    assert windows["start"].nunique() >= 8
    return windows[(windows["period"] == "week") & (windows["queue"] != "")]


def missed(weeks: pd.DataFrame, forecast: str) -> float:
    """Return by how much the share on time was missed: the mean, weighted by items."""
    return float(np.average((weeks[forecast] - weeks["actual"]).abs(), weights=weeks["items"]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("export", "keys", "most", "of_last_week"),
    [
        ("19-acd-interval", "scenario: plan.yaml, ", 0.044, 0.7),
        ("20-wfm-hourly", "", 0.044, 0.7),
        ("21-weekly-scorecard", "scenario: plan.yaml, ", 0.065, 1.0),
    ],
)
def test_a_replay_from_reports_is_nearer_to_the_weeks_than_last_week(
    export: str, keys: str, most: float, of_last_week: float, tmp_path: Path
) -> None:
    """Positions by the hour, FTE by team and hour, a scorecard with shifts: the share on time is the yardstick."""
    weeks = weeks_replayed(export, tmp_path, keys)
    assert missed(weeks, "mean") < min(most, of_last_week * missed(weeks, "last_week"))
    inside = (weeks["actual"] >= weeks["p05"]) & (weeks["actual"] <= weeks["p95"])
    assert np.average(inside, weights=weeks["items"]) > 0.7
