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

from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history
from simcap.calibration.history.reports import people, whole_of

from .written import EXPORTS, HEAD, REPORTS

pytestmark = pytest.mark.skipif(not EXPORTS.exists(), reason=f"{EXPORTS} is not there")

QUEUES = {"19-acd-interval": ["listings", "images"]}
ALL = ["listings", "images", "appeals", "claims-id"]


def write(export: str, folder: Path) -> Path:
    """Write the calibration file of an export, its paths those of the export."""
    block = textwrap.dedent(REPORTS[export]).strip().replace("path: ", f"path: {EXPORTS / export}/")
    path = folder / "calibration.yaml"
    path.write_text(f"{HEAD}holidays: GB\nreports:\n{textwrap.indent(block, '  ')}\n", encoding="utf-8")
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
