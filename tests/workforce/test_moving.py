"""Transfers: the same people, never in two teams and never in none."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.scenario.data.data_files import DataFiles
from simcap.units import DAY, HOUR
from tests.helpers import Crew, crew, scenario

NORTH = "vendors.north"
LATE = "{timezone: Europe/London, agents: 5, skills: [mail], shift: {days: Mon-Sun, start: '15:00', length: 8 h}}"
PEOPLE = {
    f"{NORTH}.teams.day.agents": 7,
    f"{NORTH}.teams.day.tenure": "{uniform: [0 days, 60 days]}",
    f"{NORTH}.teams.late": LATE,
    f"{NORTH}.spread": "20%",
    f"{NORTH}.ramp": "{start: 50%, reaches: 100%, after: 10 weeks}",
}


def move(text: str = "", days: int = 14, seed: int = 1, folder: Path = Path(), **more: Any) -> Crew:
    plan = f"{{transfer: {{from: day, to: late, agents: 3, on: 2026-10-12{text}}}}}"
    changes = {"horizon.days": days, **PEOPLE, "events.it": plan, **more}
    return crew(scenario(changes), seed=seed, files=DataFiles(folder))


def arrived(found: Crew, team: str = "late") -> Any:
    table = found.table(team)
    return table[table["came"]]


def gone(found: Crew) -> Any:
    table = found.table()
    return table[table["moved"]]


def test_the_same_people_leave_one_team_when_they_join_the_other() -> None:
    found = move(**{f"{NORTH}.attrition": "{per_year: 60%}"}, days=60)
    before, after = gone(found), arrived(found)
    assert after.size == 3
    stayed = crew(scenario({"horizon.days": 60, **PEOPLE, f"{NORTH}.attrition": "{per_year: 60%}"})).table()
    for name in ("key", "joined", "talent"):
        assert after[np.argsort(after["key"])][name].tolist() == before[np.argsort(before["key"])][name].tolist()
    mine = stayed[np.isin(stayed["key"], after["key"])]
    assert sorted(after["leaves"]) == sorted(mine["leaves"]), "the leaving day stays as it was drawn"
    assert (before["leaves"] == 7).all()
    assert (after["since"] == 7).all()


@pytest.mark.parametrize("day", range(3, 14))
def test_nobody_is_in_two_teams_or_in_none_on_any_day(day: int) -> None:
    found = move()
    keys = [found.table(team)["key"][found.teams[team].members.roster.on(day)] for team in ("day", "late")]
    assert [part.size for part in keys] == ([7, 5] if day < 7 else [4, 8])
    assert np.unique(np.concatenate(keys)).size == 12
    on_duty = [
        {int(found.table(team)["key"][found.table(team)["number"] == number][0]) for number in found.on_day(day, team)}
        for team in ("day", "late")
    ]
    assert [len(part) for part in on_duty] == [part.size for part in keys]
    assert not on_duty[0] & on_duty[1]


def test_who_moves_is_drawn_and_more_take_these_too() -> None:
    several = set(arrived(move())["key"].tolist())
    more = "{transfer: {from: day, to: late, agents: 5, on: 2026-10-12}}"
    assert several < set(arrived(move(**{"events.it": more}))["key"].tolist())
    assert several != set(arrived(move(seed=3))["key"].tolist())


def test_all_that_are_there_move_where_more_are_asked_for_and_it_is_said() -> None:
    found = move(**{"events.it": "{transfer: {from: day, to: late, agents: 9, on: 2026-10-12}}"})
    assert arrived(found).size == 7
    assert found.context.notes == ["it: moves 7 agents from day to late rather than 9, as no more were there"]


def test_a_conversion_keeps_them_off_the_floor_but_in_the_team_and_paid() -> None:
    found, plain = move(", training: 60 h"), move()
    assert [len(found.on_day(day, "late")) for day in (6, 7, 8, 9, 10)] == [5, 5, 5, 5, 8]
    assert found.teams["late"].members.roster.on(7).size == 8
    assert found.teams["late"].members.trainees == [(7, 10, 1)] * 3
    assert found.paid_hours("late") == plain.paid_hours("late") == 8 * (14 * 5 + 7 * 3)


def test_the_ramp_of_the_new_work_goes_on_top_of_their_own() -> None:
    ramp = ", training: 2 days, ramp: {start: 40%, reaches: 100%, after: 3 weeks}"
    found = move(ramp, days=50)
    speeds, plain = _speeds(found), _speeds(move(", training: 2 days", days=50))
    for day in (9, 16, 29):
        factor = 0.4 + 0.6 * (day - 9) / 21
        np.testing.assert_allclose(speeds[day], plain[day] * min(factor, 1.0), rtol=1e-12)
    assert (plain[9] < plain[29]).all(), "and their own ramp goes on"


def test_the_ramp_of_the_new_work_is_climbed_where_they_have_none_of_their_own() -> None:
    ramp = ", ramp: {steps: [40%, 70%, 100%]}"
    speeds = _speeds(move(ramp, days=35, **{f"{NORTH}.ramp": None, f"{NORTH}.spread": "0%"}))
    assert [sorted(set(speeds[day].tolist())) for day in (7, 14, 21)] == [[0.4], [0.7], [1.0]]


def _speeds(found: Crew) -> dict[int, Any]:
    """Return by local day the last speeds set of those who came, in the order of the roster."""
    numbers, speeds, known = arrived(found)["number"], {}, {}
    for time, agents, speed, *_ in found.told.speeds:
        known |= dict(zip(agents.tolist(), speed.tolist(), strict=True))
        if set(numbers.tolist()) <= set(known):
            speeds[found.teams["late"].days.number(time)] = np.array([known[number] for number in numbers.tolist()])
    return speeds


def test_a_transfer_is_neither_replaced_nor_counted_as_one_who_left() -> None:
    backfill = {f"{NORTH}.hiring.backfill": "{review: 1 week, class_size: 1, training: 1 week}"}
    assert not move(days=42, **backfill).teams["day"].members.trainees
    leaving = {**backfill, f"{NORTH}.attrition": "{hazard: {0-1 weeks: 0% per day, 1+ weeks: 30% per day}}"}
    found = move(days=42, **leaving, **{f"{NORTH}.teams.day.tenure": "{constant: 0 days}"})
    late = found.table("late")
    left = np.count_nonzero(late["leaves"] <= 28)
    assert left > 5, "of those who came some have left, too"
    assert len(found.teams["late"].members.trainees) >= left


@pytest.mark.parametrize("zones", [("America/Los_Angeles", "Asia/Manila"), ("Asia/Manila", "America/Los_Angeles")])
def test_they_move_at_the_earlier_midnight_of_two_zones(zones: tuple[str, str]) -> None:
    shifts = {f"{NORTH}.teams.day.shift.start": "01:00", f"{NORTH}.teams.late": LATE.replace("15:00", "08:00")}
    places = dict(zip((f"{NORTH}.teams.day.timezone", f"{NORTH}.teams.late.timezone"), zones, strict=True))
    found = move(**shifts, **places)
    assert [len(found.on_day(day)) for day in (6, 7)] == [7, 4]
    assert [len(found.on_day(day, "late")) for day in (6, 7)] == [5, 8]


def test_they_are_in_no_two_shifts_at_once() -> None:
    manila = "{timezone: Asia/Manila, agents: 1, skills: [mail], shift: {days: Mon-Sun, start: '08:00', length: 8 h}}"
    west = {
        f"{NORTH}.teams.day.timezone": "America/Los_Angeles",
        f"{NORTH}.teams.day.shift.start": "15:00",
        f"{NORTH}.teams.late": manila,
    }
    found = move(**west)
    spans: dict[int, list[tuple[float, float]]] = {}
    for team in ("day", "late"):
        keys = dict(zip(found.table(team)["number"].tolist(), found.table(team)["key"].tolist(), strict=True))
        for post in found.posts(team):
            for row, agent in enumerate(post.agents.tolist()):
                spans.setdefault(keys[agent], []).append((float(post.on[row, 0]), float(post.off[row, -1])))
    for mine in spans.values():
        mine.sort()
        assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(mine))
    assert len(found.on_day(7, "late")) == 1, "the last shift in the west is still to come"
    assert len(found.on_day(8, "late")) == 4
    assert len(found.on_day(6)) == 7


def test_an_outage_of_the_new_team_stops_its_share_of_those_who_come() -> None:
    outage = {"events.down": "{outage: {team: late, from: '2026-10-11 20:00', for: 2 days, capacity: 0%}}"}
    found = move(**outage)
    later = [(time, set(agents.tolist()), until) for time, agents, until in found.told.suspended if agents.size]
    assert later[-1] == (7 * DAY, set(arrived(found)["number"].tolist()), 6 * DAY + 20 * HOUR + 2 * DAY)


def test_what_they_kept_in_hand_is_handed_back_in_the_old_team() -> None:
    found = move(**{f"{NORTH}.teams.day.shift.at_end": "keep"})
    (numbers,) = [agents for time, agents in found.told.released if agents.size and time == 7 * DAY + 9 * HOUR]
    assert set(numbers.tolist()) == set(gone(found)["number"].tolist())


def test_training_that_is_still_owed_goes_with_them() -> None:
    owed = {"events.lesson": "{training: {team: day, from: 2026-10-11, hours: 20}}"}
    found = move(**owed)
    (first, second) = [post for post in found.posts("late") if found.teams["late"].days.number(post.time) in (7, 8)]
    came = arrived(found)["number"]
    assert (first.seconds[np.isin(first.agents, came)] == 0).all(), "8 of the 12 hours left"
    assert (second.seconds[np.isin(second.agents, came)] == 4 * HOUR).all()


def test_those_in_a_training_move_last() -> None:
    chat = {"queues.chat": "{arrivals: {per_day: 1}, handle_time: {constant: 1 min}}"}
    lesson = {"events.a": "{cross_train: {team: day, agents: 4, adds: [chat], from: 2026-10-09, for: 1 week}}"}
    found = move(**chat, **lesson)
    assert (gone(found)["second"] < 0).all()
    assert np.count_nonzero(found.table()["second"] >= 0) == 4


def test_a_transfer_on_the_first_day_and_back_again() -> None:
    back = "{transfer: {from: late, to: day, agents: 8, on: 2026-10-07}}"
    first = "{transfer: {from: day, to: late, agents: 3, on: 2026-10-05}}"
    found = move(**{"events.it": first, "events.then": back})
    sizes = [[found.teams[team].members.roster.on(day).size for team in ("day", "late")] for day in range(4)]
    assert sizes == [[4, 8], [4, 8], [12, 0], [12, 0]]
    assert np.unique(found.table()["key"]).size == 12


def test_nobody_changes_for_those_who_stay() -> None:
    found, plain = move(days=28), move(days=28, **{"events.it": None})
    stayed = ~found.table()["moved"]
    for name in ("key", "leaves", "talent", "rotation"):
        assert found.table()[name][stayed].tolist() == plain.table()[name][stayed].tolist()
