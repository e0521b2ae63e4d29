"""The recipes of docs/extending.md: a measure and a chart are added by touching what they name, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from simcap.analysis import figures as figures_room
from simcap.analysis.measures import Measured, queue_figures
from simcap.experiment.results import Results
from simcap.experiment.run import run_scenario
from simcap.report.charts import run
from simcap.report.charts.style import new_sheet
from simcap.report.wording.findings import foot_line
from simcap.scenario.grid import Windows
from simcap.scenario.reading.loading import load
from simcap.tally import Tally

ROOT = Path(__file__).parents[1]
PLAN = """
name: small
horizon: {start: 2026-10-05, weeks: 1, timezone: UTC, warm_up: 0 days}
queues: {mail: {arrivals: {per_day: 200}, handle_time: {constant: 60 s}}}
vendors: {north: {teams: {day: {timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}}}}
"""


def test_a_measure_needs_a_name_and_an_array(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def more(tally: Tally, windows: Windows) -> Measured:
        found = queue_figures(tally, windows)
        return found | {"twice_arrived": 2 * found["arrived"]}

    monkeypatch.setattr(figures_room, "queue_figures", more)
    (tmp_path / "plan.yaml").write_text(PLAN)
    with pytest.raises(ValueError, match=r"differ in .+twice_arrived"):
        run_scenario(load(tmp_path / "plan.yaml"), tmp_path / "one", replications=1, jobs=1)
    monkeypatch.setattr(figures_room, "QUEUE_MEASURES", (*figures_room.QUEUE_MEASURES, "twice_arrived"))
    results = run_scenario(load(tmp_path / "plan.yaml"), tmp_path / "two", replications=2, jobs=1)
    of = {name: results.figures.of("queues", "week", ("mail",), name) for name in ("arrived", "twice_arrived")}
    np.testing.assert_array_equal(of["twice_arrived"], 2 * of["arrived"])
    table = pd.read_csv(tmp_path / "two" / "tables" / "queues.csv").set_index(["measure", "period", "start"])
    twice, once = (table.loc[(name, "horizon", "2026-10-05"), "mean"] for name in ("twice_arrived", "arrived"))
    assert twice == 2 * once > 0


def test_a_chart_needs_a_function_and_an_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dots(results: Results) -> run.Drawn:
        arrived = results.figures.of("queues", "day", ("mail",), "arrived")
        sheet = new_sheet("Mail comes every day", "Items by day", foot_line(results))
        assert isinstance(sheet.figure, Figure)
        sheet.figure.add_axes((0.1, 0.1, 0.8, 0.6)).plot(arrived.T, ".")
        yield "mail-by-day", sheet.figure

    (tmp_path / "plan.yaml").write_text(PLAN)
    results = run_scenario(load(tmp_path / "plan.yaml"), tmp_path / "out", replications=2, jobs=1, period="day")
    monkeypatch.setattr(run, "CHARTS", [*run.CHARTS, dots])
    names = {path.name for path in run.draw_charts(results, tmp_path / "charts")}
    assert {"mail-by-day.png", "mail-by-day.svg", "backlog.png"} <= names


def test_files_that_the_recipes_name_are_there() -> None:
    text = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:simcap|tests|docs)/[\w/]+(?:\.\w+)?/?)`", text))
    assert len(named) > 15
    assert not [name for name in named if not (ROOT / name).exists()]
