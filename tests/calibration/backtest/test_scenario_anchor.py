"""By what the runs of a tested scenario are anchored: its own SLAs, by hindcasts up to the end of the history."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import simcap
from simcap.calibration.backtest.anchor import best_weight
from simcap.calibration.backtest.backtest import Backtested
from simcap.calibration.backtest.scenario_anchor import own_slas
from simcap.calibration.history.yardsticks import BacktestSla
from simcap.experiment.anchor import ScenarioAnchor, key_of_scenario, read_anchor
from simcap.scenario.reading.loading import load
from simcap.scenario.schema.scenario import Scenario

from .test_anchor import windows
from .test_overlay import SECTION, TESTED, TRUTH

LEFT_OPEN = TESTED.replace("    arrivals: {per_week: [560, 570, 580, 590]}\n", "").replace(
    "name: tested\n", "name: tested\ncalibration: logs/parameters.yaml\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the logs of a small desk, what was fitted to them, and two scenarios to test."""
    home = tmp_path_factory.mktemp("anchored")
    (home / "truth.yaml").write_text(TRUTH)
    (home / "tested.yaml").write_text(TESTED)
    (home / "open.yaml").write_text(LEFT_OPEN)
    simcap.synthesize(home / "truth.yaml", out=home / "logs", seed=4)
    plan = home / "logs" / "calibration.yaml"
    plan.write_text(plan.read_text() + SECTION)
    simcap.calibrate(plan, out=home / "logs")
    return home


@pytest.fixture(scope="module")
def tested(folder: Path) -> Backtested:
    """Return a back-test whose results lie where runs look for them."""
    return simcap.backtest(
        folder / "logs" / "calibration.yaml", scenario=folder / "open.yaml", jobs=1, out=folder / "logs" / "backtest"
    )


def test_a_back_test_leaves_the_anchor_of_its_scenario(folder: Path, tested: Backtested) -> None:
    anchor = read_anchor(folder / "logs" / "backtest" / "anchor.json")
    assert anchor == tested.runs
    assert anchor.key == key_of_scenario(load(folder / "open.yaml"))
    assert anchor.known_to == dt.date(2026, 8, 16)
    # Six weeks of logs, of which four are the least that is fitted on: origins one and two weeks before the end.
    assert len(anchor.ahead) == 2
    (levels,) = anchor.levels
    assert (levels.queue, levels.sla) == ("mail", "1 day")
    assert levels.week is not None
    assert levels.hour is None
    assert all(0 <= level <= 1 for level in (*levels.week, *(levels.day or ())) if level is not None)


def test_a_run_of_the_tested_scenario_is_anchored(folder: Path, tested: Backtested) -> None:
    assert isinstance(tested.runs, ScenarioAnchor)
    table = simcap.run(folder / "open.yaml", replications=2, period="day", jobs=1).tables["anchored"]
    # The strike begins on Thursday of the first week: nothing from then on is anchored, nor is that week.
    assert table["start"].astype(str).tolist() == ["2026-08-17", "2026-08-18", "2026-08-19"]
    assert table["period"].unique().tolist() == ["day"]


def test_volumes_of_its_own_are_beyond_any_rule(folder: Path) -> None:
    found = simcap.backtest(folder / "logs" / "calibration.yaml", scenario=folder / "tested.yaml", jobs=1)
    assert isinstance(found.runs, str)
    assert "queues.mail.arrivals.per_week: volumes are the scenario's own" in found.runs


def test_slas_that_a_log_does_not_measure_are_told() -> None:
    scenario = with_slas(
        {
            "own": {"measure": "turnaround", "within": "4 h", "target": "90%", "per": "week"},
            "chain": {"measure": "turnaround", "within": "4 h", "target": "90%", "per": "week", "clock": "origin"},
            "late": {"measure": "wait", "within": "90 s", "target": "90%", "per": "week", "by": "decided"},
        }
    )
    found = dict(own_slas(scenario))
    own = found["mail / own"]
    assert isinstance(own, BacktestSla)
    assert (own.within, own.queues) == (4 * 3600, ("mail",))
    assert "first item of a chain" in str(found["mail / chain"])
    assert "when they are decided" in str(found["mail / late"])


def with_slas(slas: dict[str, object]) -> Scenario:
    team = {"timezone": "UTC", "agents": 1, "skills": ["mail"]}
    shift = {"days": "Mon-Fri", "start": "09:00", "length": "8 h"}
    return Scenario.model_validate(
        {
            "name": "one",
            "horizon": {"start": "2026-10-05", "weeks": 1, "timezone": "UTC"},
            "queues": {"mail": {"arrivals": {"per_day": 10}, "handle_time": {"exponential": "5 min"}, "sla": slas}},
            "vendors": {"v": {"teams": {"t": team | {"shift": shift}}}},
        }
    )


def test_few_windows_leave_the_weight_where_all_draw_it() -> None:
    rows = windows(200, 1, simulated=0.05, ruled=0.5)
    assert best_weight(rows, "same_hours", 0.2) > 0.8
    assert best_weight(rows.head(19), "same_hours", 0.2) == 0.2
