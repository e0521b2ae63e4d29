"""A desk whose people come as its backlog asks: how fast it works off what waits, and how far that brings it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from simcap.analysis.measures import QUEUE_MEASURES, TEAM_MEASURES, queue_figures, team_figures
from simcap.floor.state import HANDED_BACK
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Tally
from simcap.units import HOUR
from simcap.world.world import simulate
from tests.helpers import NOWHERE, Array, scenario, watch

TEAM = "vendors.north.teams.day"
HEAP = 10_000
"""Items of an hour each, and hours of work, that wait at the start."""


def heap(days: int = 5, elasticity: float = 1.0, **more: Any) -> Scenario:
    """Return a desk of 100 around the clock that has only a heap to work off."""
    return scenario(
        {
            "horizon.days": days,
            "queues.mail": {"handle_time": {"constant": "1 h"}, "backlog": {"items": HEAP, "oldest": "30 days"}},
            f"{TEAM}.agents": 100,
            f"{TEAM}.shift": "{always: true}",
            f"{TEAM}.responds": {
                "to": "backlog", "normal": f"{HEAP} h", "elasticity": elasticity, "at_least": 0, "at_most": 1,
            },
            **more,
        }
    )  # fmt: skip


def by_day(tally: Tally, measure: str) -> Array:
    """Return a measure of the queue or of the team by day."""
    table, names = (queue_figures, QUEUE_MEASURES) if measure in QUEUE_MEASURES else (team_figures, TEAM_MEASURES)
    assert measure in names
    return np.asarray(table(tally, tally.grid.windows("day"))[measure][0], float)


def test_people_in_proportion_take_the_same_share_of_a_heap_each_day() -> None:
    """A day of a desk of 100 is 2,400 of the 10,000 hours: what waits falls by 24% a day, whatever is left."""
    days = np.arange(1, 6)
    in_hand = 100 * 0.76 ** (days - 1)
    still_open = by_day(simulate(heap(), NOWHERE, 1, 0), "open_at_end")
    assert still_open == pytest.approx(HEAP * 0.76**days + in_hand, abs=24), "but for parts of people"


def test_looked_at_often_a_heap_decays_exponentially() -> None:
    """The time constant is normal / people = 100 h, as where each item is picked up at a hazard of 1% an hour."""
    shifts = {
        f"at {start}": {"days": "Mon-Sun", "start": f"{start:02}:00", "length": "2 h", "share": 1 / 12}
        for start in range(0, 24, 2)
    }
    often = {f"{TEAM}.agents": 1200, f"{TEAM}.shift": None, f"{TEAM}.shifts": shifts, f"{TEAM}.timezone": "UTC"}
    items = {"queues.mail.handle_time": "{constant: 15 min}", "queues.mail.backlog.items": 4 * HEAP}
    plan = heap(**often, **items, **{"horizon.timezone": "UTC"})
    waiting = by_day(simulate(plan, NOWHERE, 1, 0), "open_at_end")
    assert waiting / (4 * HEAP) == pytest.approx(np.exp(-24 / 100 * np.arange(1, 6)), rel=0.02)
    assert waiting / (4 * HEAP) == pytest.approx(0.98 ** (12 * np.arange(1, 6)), rel=0.01)


def test_a_fixed_rate_works_off_a_heap_in_a_straight_line() -> None:
    still_open = by_day(simulate(heap(days=3, **{f"{TEAM}.responds": None}), NOWHERE, 1, 0), "open_at_end")
    assert (still_open - 100).tolist() == [7600, 5200, 2800], "but for what is in hand"


def test_a_desk_settles_where_what_comes_is_what_it_does() -> None:
    """With 90 of 100 people busy on what comes, elasticity e keeps normal * 0.9 ** (1 / e) waiting as shifts start."""
    for elasticity, share in ((1.0, 0.9), (0.5, 0.81)):
        plan = heap(28, elasticity, **{"queues.mail.arrivals": {"per_day": 2160, "busyness": {"cv": 0}}})
        open_items = by_day(simulate(plan, NOWHERE, 1, 0), "open_at_end")
        in_hand = 90
        assert open_items[14:].mean() - in_hand == pytest.approx(share * HEAP, rel=0.015)


def test_hours_are_paid_for_who_comes() -> None:
    tally = simulate(heap(), NOWHERE, 1, 0)
    people = by_day(tally, "paid_hours") / 24
    assert np.array_equal(people, np.round(people)), "whole people"
    waiting = np.concatenate([[HEAP], by_day(tally, "open_at_end")[:-1]])
    assert people == pytest.approx(waiting / 100, abs=1.5)
    assert tally.headcount.tolist() == [[100] * 5]
    assert by_day(tally, "on_floor_hours") == pytest.approx(by_day(tally, "paid_hours"), rel=0.02)


def test_equal_seeds_give_equal_bytes() -> None:
    plan = heap(days=2, elasticity=0.7, **{"vendors.north.spread": "20%", f"{TEAM}.responds.at_most": 3})
    one, other = (simulate(plan, NOWHERE, 4, 2) for _ in range(2))
    for field in dataclasses.fields(one):
        value = getattr(one, field.name)
        if isinstance(value, np.ndarray):
            assert value.tobytes() == getattr(other, field.name).tobytes(), field.name


def test_what_helpers_have_kept_is_handed_back_if_they_are_not_called_again() -> None:
    surge = {
        "horizon.days": 4,
        "queues.mail": {"handle_time": {"constant": "3 h"}, "backlog": {"items": 25, "oldest": "1 h"}},
        f"{TEAM}.shift": "{days: Mon-Sun, start: '09:00', length: 7 h, at_end: keep}",
        f"{TEAM}.agents": 2,
        f"{TEAM}.responds": "{to: backlog, normal: 6 h, elasticity: 100%, at_most: 500%}",
    }
    tally, _ = watch(scenario(surge))
    journal = tally.journal
    assert by_day(tally, "paid_hours").tolist() == [70, 14, 14, 14]
    second_day = journal[journal["time"] == 33 * HOUR]
    back = second_day[second_day["kind"] == HANDED_BACK]
    assert 3 <= back.size <= 5, "five had a third item in hand, at most two of them of the team"
    assert back["agent"].min() >= 2
    assert tally.by_queue["completed"].sum() == 25


def two_queues(**more: Any) -> Scenario:
    """Return the desk that responds to its heap, with another queue in which as much waits as nobody will ever do."""
    other = {
        "queues.other": {"handle_time": {"constant": "1 h"}, "backlog": {"items": HEAP, "oldest": "30 days"}},
        f"{TEAM}.skills": ["mail", "other"],
        "queues.mail.responds": {
            "to": "backlog", "normal": f"{HEAP} h", "elasticity": 1.0, "at_least": 0, "at_most": 1,
        },
    }  # fmt: skip
    return heap(**other, **{f"{TEAM}.responds": None, **more})


def test_who_responds_to_a_queue_does_not_see_what_waits_in_others() -> None:
    days = np.arange(1, 6)
    in_hand = 100 * 0.76 ** (days - 1)
    still_open = by_day(simulate(two_queues(), NOWHERE, 1, 0), "open_at_end")
    assert still_open == pytest.approx(HEAP * 0.76**days + in_hand, abs=24), "as without the other queue"


def test_a_team_of_its_own_mind_sees_what_waits_in_all() -> None:
    """20,000 hours wait at first: half as many again would come, were there any more."""
    own = {"to": "backlog", "normal": f"{2 * HEAP} h", "elasticity": 1.0, "at_least": 0, "at_most": 1}
    tally = simulate(two_queues(**{f"{TEAM}.responds": own}), NOWHERE, 1, 0)
    waiting = 2 * HEAP - 2400 * np.cumsum([0, *(0.88 ** np.arange(4))])
    assert by_day(tally, "paid_hours") / 24 == pytest.approx(waiting / (2 * HEAP) * 100, abs=1.5)


def split_desk(**more: Any) -> Scenario:
    """Return two desks of 60 and 40 that take 60% and 40% of the heap."""
    south = {"timezone": "UTC", "agents": 40, "skills": ["mail"], "shift": {"always": True}}
    plan = {
        f"{TEAM}.agents": 60,
        "horizon.timezone": "UTC",
        f"{TEAM}.timezone": "UTC",
        "vendors.south.teams.night": south,
        "routing.allocation": {"mail": {"north": "60%", "south": "40%"}},
    }
    return two_queues(**plan, **more)


def people_by_day(tally: Tally) -> Array:
    """Return [team, day] who is paid."""
    return np.asarray(team_figures(tally, tally.grid.windows("day"))["paid_hours"] / 24)


def test_each_vendor_of_a_split_answers_to_its_share_of_the_queue() -> None:
    """Each works off 24% of its part a day, as one desk of 100 would of all."""
    tally = simulate(split_desk(), NOWHERE, 1, 0)
    days = np.arange(1, 6)
    in_hand = 100 * 0.76 ** (days - 1)
    assert by_day(tally, "open_at_end") == pytest.approx(HEAP * 0.76**days + in_hand, abs=48)
    assert people_by_day(tally) == pytest.approx(np.outer([60, 40], 0.76 ** (days - 1)), abs=2)


def test_a_vendor_whose_share_changes_answers_by_the_new_one() -> None:
    """From the third day on all of the heap is normal for the south; the north has no share, and all of it come."""
    move = {"queue": "mail", "from": "2026-10-07", "shares": {"north": 0, "south": "100%"}}
    people = people_by_day(simulate(split_desk(**{"events.move": {"allocation": move}}), NOWHERE, 1, 0))
    assert people[0] == pytest.approx([60, 60 * 0.76, 60, 60, 60], abs=2)
    left = HEAP * 0.4 * 0.76**2
    expected = []
    for _ in range(3):
        expected.append(40 * left / HEAP)
        left -= 24 * expected[-1]
    assert people[1] == pytest.approx([40, 40 * 0.76, *expected], abs=2)
