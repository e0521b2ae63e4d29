"""What replications draw, at probabilities that are given, and what a contract's plan expects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.experiment.replicate import _forecast, draw_uncertain
from simcap.scenario.reading.loading import ScenarioFile, load
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
    forecast = _forecast(file)
    assert forecast is not None
    least, most = forecast

    def plain(items: Array) -> list[list[float]]:
        return np.round(items, 9).tolist()  # type: ignore[no-any-return]

    return plain(least), plain(most)


def test_the_plan_is_what_is_written_by_queue_and_day(tmp_path: Path) -> None:
    file = written(tmp_path)
    assert expected(file) == ([[10] * 3, [24] * 3],) * 2, "without errors both ends are one"
    assert _forecast(file) is _forecast(file), "it is reckoned once"


@pytest.mark.parametrize(("known", "mail"), [("true", 48), ("false", 24)])
def test_a_plan_knows_the_surges_that_are_in_it(tmp_path: Path, known: str, mail: float) -> None:
    surge = f"{{from: 2026-10-06, for: 1 day, factor: 2, queues: [mail], in_forecast: {known}}}"
    events = f"events:\n  sale:\n    surge: {surge}"
    file = written(tmp_path, events=events)
    assert expected(file)[0] == [[10] * 3, [24, mail, 24]]


@pytest.mark.parametrize("contract", ["{currency: USD}", "{currency: USD, price: {per_productive_hour: 10}}"])
def test_nothing_is_expected_where_no_contract_locks_a_forecast(tmp_path: Path, contract: str) -> None:
    assert _forecast(written(tmp_path, contract)) is None
