"""Adding people, classes and teams leaves what happens to every other agent as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.helpers import Crew, crew, scenario

DAY = "vendors.north.teams.day"
BASE: dict[str, Any] = {
    "horizon.days": 60,
    f"{DAY}.agents": 12,
    f"{DAY}.tenure": "{gamma: {mean: 40 weeks, cv: 0.8}}",
    "vendors.north.shrinkage": "{absence: 20%, offline: 10%}",
    "vendors.north.attrition": "{weibull: {shape: 0.7, scale: 1 year}}",
    "vendors.north.ramp": "{start: 55%, reaches: 95%, after: 10 weeks, shape: exponential}",
    "vendors.north.spread": "12%",
    "vendors.north.hiring.classes.a": "{start: 2026-10-12, team: day, size: 6, training: 2 weeks, graduates: 70%}",
}
OTHER = "{timezone: UTC, agents: 9, skills: [mail], shift: {days: Mon-Sun, start: '09:00', length: 8 h}}"


def history(found: Crew) -> dict[int, tuple[Any, ...]]:
    """Return of each agent of a team, by key: joined, leaves, talent, and each day on the floor with the speed."""
    people = found.table()
    key = dict(zip(people["number"].tolist(), people["key"].tolist(), strict=True))
    days: dict[int, list[tuple[float, float]]] = {number: [] for number in key.values()}
    for time, agents, speed, _, _ in found.told.speeds:
        for agent, fast in zip(agents.tolist(), speed.tolist(), strict=True):
            if agent in key:
                days[key[agent]].append((time, fast))
    fixed = zip(*(people[name].tolist() for name in ("key", "joined", "leaves", "talent")), strict=True)
    return {row[0]: (*row[1:], tuple(days[row[0]])) for row in fixed}


@pytest.mark.parametrize(
    "change",
    [
        {"vendors.north.teams.another": OTHER},
        {"vendors.north.hiring.classes.b": "{start: 2026-10-06, team: day, size: 9, training: 1 week}"},
        {
            "vendors.south.teams.far": OTHER,
            "vendors.south.hiring.classes.a": "{start: 2026-10-05, team: far, size: 3, training: 1 week}",
        },
        {f"{DAY}.agents": 13},
        {"events.more": "{headcount: {team: day, from: 2026-10-20, change: 4}}"},
        {"events.down": "{outage: {from: '2026-10-20 09:00', for: 1 day}}"},
        {"queues.mail.arrivals.per_day": 1000},
        {"horizon.days": 90},
    ],
)
def test_others_are_as_they_were(change: dict[str, Any]) -> None:
    before, after = (history(crew(scenario({**BASE, **more}))) for more in ({}, change))
    assert before.keys() <= after.keys()
    longer = "horizon.days" in change
    for key, (*fixed, days) in before.items():
        assert list(after[key][:-1]) == fixed
        assert (after[key][-1][: len(days)] if longer else after[key][-1]) == days


def test_another_team_before_changes_nothing_either() -> None:
    before = history(crew(scenario(BASE)))
    plan = scenario({**BASE, "vendors": None, "vendors.first.teams.early": OTHER})
    assert "north" not in plan.vendors or history(crew(plan)) == before


def test_a_class_moved_by_a_week_keeps_its_people() -> None:
    later = BASE["vendors.north.hiring.classes.a"].replace("2026-10-12", "2026-10-19")
    before, after = (crew(scenario({**BASE, **more})) for more in ({}, {"vendors.north.hiring.classes.a": later}))
    assert np.array_equal(before.table()["key"], after.table()["key"])
    assert np.array_equal(before.table()["talent"], after.table()["talent"])


def test_absences_are_of_the_date_whenever_the_horizon_begins() -> None:
    def there(start: str, days: range) -> list[set[int]]:
        found = crew(scenario({**BASE, "horizon.start": start, "vendors.north.attrition": None}))
        key = dict(zip(found.table()["number"].tolist(), found.table()["key"].tolist(), strict=True))
        first = set(found.table()["key"][:12].tolist())
        return [{key[agent] for agent in found.on_day(day)} & first for day in days]

    assert there("2026-10-05", range(10, 30)) == there("2026-10-10", range(5, 25))
