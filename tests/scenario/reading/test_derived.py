"""Scenarios that are made of others by a patch."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from simcap.errors import ScenarioError
from simcap.scenario.reading.derived import derived, merged
from simcap.scenario.reading.loading import ScenarioFile, load

TEXT = """
name: desk
horizon: {start: 2026-10-05, days: 7, timezone: UTC}
uncertain:
  queues.mail.arrivals.per_day: {uniform: [20, 30]}
  vendors.north.teams.day.agents: {uniform: [3, 5]}
queues: {mail: {arrivals: {per_day: 24}, handle_time: {constant: 5 min}}}
vendors: {north: {teams: {day: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}}}}
"""


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> ScenarioFile:
    path = tmp_path / "desk.yaml"
    path.write_text(TEXT)
    return load(path)


def test_mappings_merge_lists_are_replaced_and_none_removes() -> None:
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 4}
    assert merged(base, {"a": {"c": [3], "e": {"f": None, "g": 5}}, "d": None}) == {
        "a": {"b": 1, "c": [3], "e": {"g": 5}}
    }
    assert merged(base, {"d": {"x": 1}, "a": 2}) == {"d": {"x": 1}, "a": 2}
    assert base == {"a": {"b": 1, "c": [1, 2]}, "d": 4}, "which stays as it was"


def test_days_and_times_are_written_as_in_a_file() -> None:
    patch = {"from": dt.date(2026, 10, 6), "until": (dt.datetime(2026, 10, 6, 8, 30),)}
    assert merged({}, patch) == {"from": "2026-10-06", "until": ["2026-10-06 08:30:00"]}


def test_what_a_patch_gives_is_drawn_no_more(desk: ScenarioFile) -> None:
    volume, agents = "queues.mail.arrivals.per_day", "vendors.north.teams.day.agents"
    more = {"queues": {"mail": {"arrivals": {"per_day": 30}}}}
    found = derived(desk, more, {"vendors": {"north": {"teams": {"day": {"agents": 9}}}}}, name="other")
    assert found.scenario.name == "other"
    assert found.scenario.vendors["north"].teams["day"].agents == 9
    assert found.scenario.uncertain == {}
    assert set(derived(desk, more).scenario.uncertain) == {agents}
    assert set(derived(desk, more, drawn=frozenset([volume])).scenario.uncertain) == {volume, agents}
    whole = {"queues": {"mail": {"arrivals": {"per_day": None, "per_week": 70}}}}
    assert set(derived(desk, whole).scenario.uncertain) == {agents}
    assert set(desk.scenario.uncertain) == {volume, agents}


def test_all_that_is_wrong_with_the_result_is_told(desk: ScenarioFile) -> None:
    wrong = {"queues": {"mail": {"handle_time": {"constant": "-1 min"}}}, "horizon": {"days": 0}}
    with pytest.raises(ScenarioError, match="horizon") as told:
        derived(desk, wrong)
    lines = str(told.value).splitlines()
    assert sorted(line.split(":")[0] for line in lines) == ["horizon.days", "queues.mail.handle_time.constant"]
    with pytest.raises(ScenarioError, match=r"vendors\.north\.teams\.day\.skills\.0: there is no queue"):
        derived(desk, {"vendors": {"north": {"teams": {"day": {"skills": ["chat"]}}}}})
