"""Rotating days off: as many on duty on any day as on any other, whoever comes and goes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from simcap.scenario.data.data_files import DataFiles
from simcap.workforce.rota import Rotation, places_of
from tests.helpers import Crew, crew, scenario

TEAM = "vendors.north.teams.day"
SHIFT = "{days: %s, start: '09:00', length: 8 h}"
MOST = 40


def seated(rotation: Rotation, count: int) -> NDArray[np.int64]:
    return places_of((rotation,), ((),), np.zeros(count, np.int64).tobytes())


def working(places: NDArray[np.int64], rotation: Rotation) -> NDArray[np.bool_]:
    """Return [agent, day of the cycle]."""
    on, cycle = rotation
    return (np.arange(cycle) + places[:, None]) % cycle < on


def spread(counts: NDArray[np.int64]) -> int:
    return int(np.ptp(counts))


@pytest.mark.parametrize("cycle", range(1, 15))
def test_any_number_of_agents_on_any_rotation_is_even(cycle: int) -> None:
    for on in range(1, cycle + 1):
        there = working(seated((on, cycle), MOST), (on, cycle))
        by_team = np.cumsum(there, axis=0)
        assert np.ptp(by_team, axis=1).max() <= 1, on
        assert (there.sum(axis=1) == on).all()
        # Days off of an agent are adjacent: its duty begins once a cycle.
        assert ((there & ~np.roll(there, 1, axis=1)).sum(axis=1) == (on < cycle)).all()
        for count in range(1, MOST):
            assert (seated((on, cycle), count) == seated((on, cycle), MOST)[:count]).all()


@pytest.mark.parametrize("shifts", [2, 3, 4])
@pytest.mark.parametrize("rotation", [(5, 7), (4, 7), (4, 8), (10, 14), (3, 5)])
def test_each_shift_is_even_and_the_team_nearly_so(rotation: Rotation, shifts: int) -> None:
    shift = np.arange(MOST) % shifts
    places = places_of((rotation,) * shifts, ((),) * shifts, shift.tobytes())
    there = working(places, rotation)
    for one in range(shifts):
        assert np.ptp(np.cumsum(there[shift == one], axis=0), axis=1).max() <= 1
    # Rotas that all began alike would differ by as many as there are shifts.
    assert np.ptp(np.cumsum(there, axis=0), axis=1).max() <= min(shifts, 3)


@pytest.mark.parametrize("rotation", [(5, 7), (4, 6), (9, 14)])
def test_who_joins_takes_the_place_where_the_least_are(rotation: Rotation) -> None:
    generator = np.random.default_rng(1)
    for _ in range(200):
        held = generator.integers(0, rotation[1], generator.integers(0, 12)).tolist()
        before = working(np.array(held, np.int64), rotation).sum(axis=0)
        (place,) = places_of((rotation,), (tuple(held),), np.zeros(1, np.int64).tobytes())
        chosen = spread(before + working(np.array([place]), rotation)[0])
        others = [spread(before + working(np.array([one]), rotation)[0]) for one in range(rotation[1])]
        assert chosen == min(others)


def there_by_day(found: Crew, days: int, agents: int) -> NDArray[np.bool_]:
    return np.array([[agent in found.on_day(day) for agent in range(agents)] for day in range(days)])


@pytest.mark.parametrize("agents", [1, 2, 3, 4, 5, 6, 8, 13])
@pytest.mark.parametrize(("days", "share"), [("5 of 7", 5 / 7), ("4 of 6", 4 / 6), ("6 of 7", 6 / 7), ("2 of 4", 0.5)])
def test_a_team_of_any_size_is_even_and_keeps_the_share(agents: int, days: str, share: float) -> None:
    plan = {"horizon.days": 84, f"{TEAM}.agents": agents, f"{TEAM}.shift": SHIFT % days}
    there = there_by_day(crew(scenario(plan)), 84, agents)
    assert spread(there.sum(axis=1)) <= 1
    assert there.sum(axis=0) == pytest.approx(np.full(agents, 84 * share))


def test_one_agent_more_moves_nobody() -> None:
    plans = [
        {"horizon.days": 28, f"{TEAM}.agents": agents, f"{TEAM}.shift": None,
         f"{TEAM}.shifts": "{a: {share: 60%, days: 5 of 7, start: '09:00', length: 8 h}, "
                           "b: {share: 40%, days: 5 of 7, start: '13:00', length: 8 h}}"}
        for agents in (9, 10)
    ]  # fmt: skip
    first, second = (there_by_day(crew(scenario(plan)), 28, 9) for plan in plans)
    assert (first == second).all()


def test_agents_to_come_are_no_part_of_the_rota_before(tmp_path: Path) -> None:
    rows = "".join(f"a{n},2026-{'09' if n % 2 else '11'}-02\n" for n in range(14))
    (tmp_path / "roster.csv").write_text("agent,hired\n" + rows)
    plan = scenario({"horizon.days": 56, f"{TEAM}.agents": None, f"{TEAM}.roster": "roster.csv",
                     f"{TEAM}.shift": SHIFT % "5 of 7"})  # fmt: skip
    there = there_by_day(crew(plan, files=DataFiles(tmp_path)), 56, 14)
    assert (there[:28].sum(axis=1) == 5).all()
    assert (there[28:].sum(axis=1) == 10).all()


def test_a_class_fills_the_days_that_leavers_left(tmp_path: Path) -> None:
    leavers = {3: "2026-10-12", 10: "2026-10-12"}
    rows = "".join(f"a{n},2026-01-05,{leavers.get(n, '')}\n" for n in range(14))
    (tmp_path / "roster.csv").write_text("agent,hired,left\n" + rows)
    plan = scenario({
        "horizon.days": 42, f"{TEAM}.agents": None, f"{TEAM}.roster": "roster.csv", f"{TEAM}.shift": SHIFT % "5 of 7",
        "vendors.north.hiring.classes": "{new: {start: 2026-10-05, team: day, size: 2, training: 2 weeks}}",
    })  # fmt: skip
    counts = there_by_day(crew(plan, files=DataFiles(tmp_path)), 42, 16).sum(axis=1)
    assert (counts[:7] == 10).all()
    assert spread(counts[7:14]) == 2
    assert (counts[14:] == 10).all()


def test_places_are_taken_on_the_first_day_of_the_horizon_whatever_the_warm_up() -> None:
    plans = [{"horizon.days": 14, "horizon.warm_up": warm_up, f"{TEAM}.shift": SHIFT % "5 of 7"} for warm_up in
             ("0 days", "3 days", "14 days")]  # fmt: skip
    found = [there_by_day(crew(scenario(plan)), 14, 3) for plan in plans]
    assert (found[0] == found[1]).all()
    assert (found[0] == found[2]).all()
