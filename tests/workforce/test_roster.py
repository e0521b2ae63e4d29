"""The table of a team's agents: who belongs to it on a day, and on which shift."""

from __future__ import annotations

import datetime as dt

import numpy as np

from simcap.workforce.roster import Roster, days_between


def roster(*shares: float) -> Roster:
    return Roster(shares or (1.0,))


def added(people: Roster, count: int, since: float = 0.0, shifts: list[int | None] | None = None) -> list[int]:
    """Add agents of 100 days' tenure on a day and return their shifts."""
    keys = np.arange(count, dtype=np.uint64)
    rows = people.add(keys, since, np.full(count, 100.0), shifts or [None] * count)
    found: list[int] = people.table["shift"][rows].tolist()
    return found


def test_each_agent_goes_to_the_shift_that_lacks_most() -> None:
    people = roster(0.5, 0.3, 0.2)
    shifts = added(people, 10)
    assert np.bincount(shifts).tolist() == [5, 3, 2]
    assert added(people, 2, 1.0, [2, 2]) == [2, 2], "but for those that name theirs"
    assert added(people, 1, 2.0) == [0]


def test_agents_belong_from_their_first_day_until_they_leave() -> None:
    people = roster()
    added(people, 3)
    added(people, 1, 5.0)
    assert len(people) == 4
    assert people.table["joined"].tolist() == [-100, -100, -100, -95]
    people.let_go(np.array([1]), 4.0)
    assert [people.on(day).tolist() for day in (0, 4, 5)] == [[0, 1, 2], [0, 2], [0, 2, 3]]
    assert people.table["cut"].tolist() == [False, True, False, False]


def test_who_is_due_on_a_shift_is_found_anew_when_one_comes_or_goes() -> None:
    people = roster(0.5, 0.5)
    added(people, 4)
    assert people.table["shift"].tolist() == [0, 1, 0, 1]
    people.table["leaves"][0] = 3.0
    assert [people.due(0, day).tolist() for day in (0, 2, 3, 9)] == [[0, 2], [0, 2], [2], [2]]
    assert people.due(0, 1).tolist() == [0, 2], "also of a day before"
    people.let_go(np.array([2]), 2.0)
    assert people.due(0, 2).tolist() == [0]
    added(people, 1, 2.0)
    assert people.due(0, 2).tolist() == [0, 4]
    assert people.due(1, 2).tolist() == [1, 3]


def test_breaks_are_spread_over_the_whole_width() -> None:
    people = roster()
    added(people, 100)
    places = np.sort(people.table["stagger"])
    assert -0.5 <= places[0] < -0.45
    assert 0.45 < places[-1] < 0.5
    assert np.diff(places).max() < 0.02


def test_days_are_counted_from_one_date_to_another() -> None:
    assert days_between(dt.date(2026, 10, 20), dt.date(2026, 11, 1)) == 12
    assert days_between(dt.date(2026, 10, 20), dt.date(2026, 10, 19)) == -1
