"""The scorecard of a synthetic quarter: counted from the logs, the same bytes each time, and read as it comes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from simcap.api.projects import begin_from
from simcap.calibration.scorecard import NAME, write_scorecard
from simcap.calibration.synthesize import SyntheticLogs, synthetic_logs
from simcap.scenario.reading.loading import load

from .test_synthesize import SCENARIO


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> SyntheticLogs:
    path = tmp_path_factory.mktemp("quarter") / "scenario.yaml"
    path.write_text(SCENARIO.replace("days: 35", "weeks: 8"))
    return synthetic_logs(load(path), 1)


def test_its_figures_are_those_of_the_logs(logs: SyntheticLogs, tmp_path: Path) -> None:
    book = pd.read_excel(write_scorecard(logs, tmp_path), sheet_name=None, header=2)
    items, roster = logs.tables["items"], logs.tables["roster"]
    came = book["Summary"].groupby("Queue")["Received"].sum()
    assert came.to_dict() == items["queue"].value_counts().to_dict()
    last = book["Summary"].groupby("Queue")["Open Sunday night"].last()
    still = items[items["completed"].isna() & ~items["expired"]]["queue"].value_counts()
    assert last.to_dict() == still.to_dict()
    north = book["North"]
    assert north["Handled"].sum() == items["completed"].notna().sum()
    clocks = [cell.split(":") for cell in north["AHT mm:ss"]]
    seconds = pd.Series([60 * int(minutes) + int(rest) for minutes, rest in clocks])
    assert (north["Handled"] * seconds).sum() == pytest.approx(items["handle_s"].sum(), rel=0.01)
    gone = pd.to_datetime(roster["left"]).notna().sum()
    assert north["Leavers"].sum() == gone
    assert 1 - north["Actual FTE"].sum() / north["Planned FTE"].sum() == pytest.approx(0.10, abs=0.03)


def test_equal_logs_give_equal_bytes(logs: SyntheticLogs, tmp_path: Path) -> None:
    first = write_scorecard(logs, tmp_path).read_bytes()
    assert write_scorecard(logs, tmp_path).read_bytes() == first


def test_a_project_of_it_needs_no_correction(logs: SyntheticLogs, tmp_path: Path) -> None:
    write_scorecard(logs, tmp_path)
    project = begin_from([tmp_path / NAME], tmp_path / "mine", timezone="Europe/London")
    assert not project.problem
    assert not project.looked.proposal.open
    scenario = load(tmp_path / "mine/scenarios/plan.yaml").scenario
    (team,) = scenario.vendors["North"].teams.values()
    assert team.agents == pytest.approx(24, abs=5)
    shrinkage = scenario.vendors["North"].shrinkage
    assert shrinkage is not None
    assert shrinkage.absence[0] == pytest.approx(0.10, abs=0.03)
