"""What replications draw, at probabilities that are given, and what a contract's plan expects."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.analysis.figures import Figures
from simcap.analysis.late_measures import BY_HOUR
from simcap.analysis.money import money_figures
from simcap.experiment import replicate as module
from simcap.experiment.replicate import UNCERTAIN, draw_uncertain, drawn_ranges, forecast_of, replicate
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.grid import Grid
from simcap.scenario.reading.loading import ScenarioFile, load
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Streams
from simcap.tally import Names
from tests.analysis.tallies import empty_tally
from tests.helpers import Array

PLAN = """
name: desk
horizon: {start: 2026-10-05, days: 3, timezone: UTC, warm_up: 0 days}
uncertain:
  queues.mail.arrivals.per_day: {uniform: [20, 30]}
  queues.mail.handle_time.constant: {lognormal: {mean: 5 min, cv: 0.5}}
  vendors.north.teams.day.agents: {gamma: {mean: 8, cv: 0.25}}
queues:
  chat: {arrivals: {per_day: 10}, handle_time: {constant: 1 min}}
  mail:
    arrivals: {per_day: 24}
    handle_time: {constant: 5 min}
    sla: {4 h: {measure: turnaround, within: 4 h, target: 95%, per: month}}
EVENTS
vendors:
  south: {teams: {far: {timezone: UTC, agents: 1, skills: [mail, chat], shift: {always: true}}}}
  north:
    contract: CONTRACT
    teams: {day: {timezone: UTC, agents: 8, skills: [mail, chat], shift: {always: true}}}
"""
WEEKS = ("horizon", "month", "week")
LOCKED = """
      currency: USD
      price: {per_productive_hour: 10}
      service_credits: {sla: [mail / 4 h], steps: [{below: 95%, credit: 5%}]}
      forecast_lock: {weeks_ahead: 4, tolerance: 10%}"""


def written(folder: Path, contract: str = LOCKED, events: str = "") -> ScenarioFile:
    (folder / "plan.yaml").write_text(PLAN.replace("CONTRACT", contract).replace("EVENTS", events))
    return load(folder / "plan.yaml")


class Given:
    """Random numbers that are given by address."""

    def __init__(self, by_path: dict[str, float]) -> None:
        self.by_path = by_path

    def uniform(self, purpose: str, path: str) -> float:
        assert purpose == "uncertain"
        return self.by_path[path]


def test_each_value_is_drawn_at_the_address_of_its_path(tmp_path: Path) -> None:
    volume, time, agents = (
        "queues.mail.arrivals.per_day",
        "queues.mail.handle_time.constant",
        "vendors.north.teams.day.agents",
    )
    given: Any = Given({volume: 0.25, time: 0.5, agents: 0.9})
    found = draw_uncertain(written(tmp_path), given)
    assert list(found) == [volume, time, agents]
    assert found[volume] == 22.5
    # The median of a lognormal of mean m is m / sqrt(1 + cv^2).
    assert found[time] == pytest.approx(300 / np.sqrt(1.25))
    # A gamma with a cv of a quarter has shape 16, and so a scale of half an agent.
    assert found[agents] == pytest.approx(stats.gamma(16, scale=0.5).ppf(0.9))
    assert all(type(value) is float for value in found.values())


def expected(file: ScenarioFile) -> tuple[list[list[float]], list[list[float]]]:
    forecast = forecast_of(file)
    assert forecast is not None
    least, most = forecast

    def plain(items: Array) -> list[list[float]]:
        return np.round(items, 9).tolist()  # type: ignore[no-any-return]

    return plain(least), plain(most)


def test_the_plan_is_what_is_written_by_queue_and_day(tmp_path: Path) -> None:
    file = written(tmp_path)
    assert expected(file) == ([[10] * 3, [24] * 3],) * 2, "without errors both ends are one"
    assert forecast_of(file) is forecast_of(file), "it is reckoned once"


@pytest.mark.parametrize(("known", "mail"), [("true", 48), ("false", 24)])
def test_a_plan_knows_the_surges_that_are_in_it(tmp_path: Path, known: str, mail: float) -> None:
    surge = f"{{from: 2026-10-06, for: 1 day, factor: 2, queues: [mail], in_forecast: {known}}}"
    events = f"events:\n  sale:\n    surge: {surge}"
    file = written(tmp_path, events=events)
    assert expected(file)[0] == [[10] * 3, [24, mail, 24]]


@pytest.mark.parametrize("contract", ["{currency: USD}", "{currency: USD, price: {per_productive_hour: 10}}"])
def test_nothing_is_expected_where_no_contract_locks_a_forecast(tmp_path: Path, contract: str) -> None:
    assert forecast_of(written(tmp_path, contract)) is None


# -- a replication ----------------------------------------------------------------------------------------------------

FITTED = """
vendors: {north: {shrinkage: {offline: 0.1}}}
draws:
- {group: shrinkage, paths: [vendors.north.shrinkage.offline], scale: [logit], covariance: [[0.04]]}
"""


def calibrated(folder: Path) -> ScenarioFile:
    (folder / "parameters.yaml").write_text(FITTED)
    (folder / "plan.yaml").write_text(
        f"calibration: parameters.yaml{PLAN}".replace("CONTRACT", LOCKED).replace("EVENTS", "")
    )
    return load(folder / "plan.yaml")


class Worlds:
    """Worlds that are asked for, in which nothing happens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[Scenario, DataFiles, int, int, bool, bool]] = []
        monkeypatch.setattr(module, "World", self._world)

    def _world(self, scenario: Scenario, files: DataFiles, streams: Streams, *, hourly: bool, by_day: bool) -> Any:
        self.asked.append((scenario, files, streams.seed, streams.replication, hourly, by_day))
        teams = tuple((vendor, team) for vendor, plan in scenario.vendors.items() for team in plan.teams)
        names = Names(tuple(scenario.queues), (("chat", ""), ("mail", "")), (("mail", "4 h"),), teams)
        grid = Grid(scenario.horizon, hourly=hourly, by_day=by_day)
        tally = dataclasses.replace(empty_tally(names, grid), notes=("quiet",))
        tally.paid[1, 0] = 3600.0
        tally.by_team["floor"][1, 0] = 3600.0
        return SimpleNamespace(run=lambda: tally)


def test_a_replication_is_the_world_of_what_it_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, worlds = calibrated(tmp_path), Worlds(monkeypatch)
    locked: list[object] = []
    monkeypatch.setattr(module, "money_figures", lambda *given: locked.append(given[2]) or money_figures(*given))
    outcome, layout = replicate(file, 5, 7, ("horizon", "month"))
    assert locked == [forecast_of(file)]
    assert locked[0] is not None
    streams = Streams(5, 7)
    assert file.fitted is not None
    drawn = file.fitted.draw(streams) | draw_uncertain(file, streams)
    assert len(drawn) == 4
    assert (outcome.replication, outcome.drawn, outcome.notes) == (7, drawn, ("quiet",))
    scenario, files, *streamed, hourly, by_day = worlds.asked[0]
    assert (files, streamed, hourly, by_day) == (file.files, [5, 7], False, False)
    assert scenario.vendors["north"].teams["day"].agents == round(drawn["vendors.north.teams.day.agents"])
    shrinkage = scenario.vendors["north"].shrinkage
    assert shrinkage is not None
    assert shrinkage.offline == pytest.approx(drawn["vendors.north.shrinkage.offline"])
    assert layout.subjects["money"] == (("north",), ("",))
    tables = ("queues", "teams", "vendors", "sla", "late", "money", "work")
    assert set(outcome.figures) == {BY_HOUR, *((table, period) for table in tables for period in ("horizon", "month"))}
    figures = Figures(layout, outcome.figures)
    assert figures.of("teams", "horizon", ("north", "day"), "on_floor_hours").tolist() == [1.0]
    assert figures.of("money", "horizon", ("north",), "price").tolist() == [10.0]


def test_hours_are_counted_where_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = Worlds(monkeypatch)
    outcome, layout = replicate(written(tmp_path, "{currency: USD}"), 5, 0, ("horizon", "day", "hour"))
    assert worlds.asked[0][-2:] == (True, True)
    assert layout.subjects["money"] == ()
    assert outcome.figures["queues", "hour"].shape[-1] == 72


def test_weeks_have_the_same_percentiles_with_and_without_those_of_days(tmp_path: Path) -> None:
    file = written(tmp_path, "{currency: USD}")
    weekly, daily = (replicate(file, 5, 0, periods)[0].figures for periods in (WEEKS, (*WEEKS, "day")))
    for key, values in weekly.items():
        np.testing.assert_array_equal(values, daily[key])
    assert (weekly["queues", "week"] > 0).any()


def test_what_replications_draw_has_its_range(tmp_path: Path) -> None:
    table = drawn_ranges(calibrated(tmp_path)).set_index("parameter")
    assert list(table) == ["group", "value", "p05", "p95"]
    assert table["group"].tolist() == ["shrinkage", UNCERTAIN, UNCERTAIN, UNCERTAIN]
    volume, offline = table.loc["queues.mail.arrivals.per_day"], table.loc["vendors.north.shrinkage.offline"]
    assert volume[["value", "p05", "p95"]].tolist() == pytest.approx([24, 20.5, 29.5])
    odds = np.exp([0.0, -1.6449 * 0.2, 1.6449 * 0.2]) / 9
    assert offline[["value", "p05", "p95"]].tolist() == pytest.approx((odds / (1 + odds)).tolist(), rel=1e-3)
    agents = table.loc["vendors.north.teams.day.agents"]
    assert agents[["p05", "p95"]].tolist() == pytest.approx(stats.gamma(16, scale=0.5).ppf([0.05, 0.95]).tolist())
    plain = load(tmp_path / "plan.yaml")
    assert drawn_ranges(dataclasses.replace(plain, fitted=None))["group"].tolist() == [UNCERTAIN] * 3
