"""Who comes to a shift because work waits, and who stays away because little does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcap.scenario.schema.hiring import BacklogResponse
from simcap.units import HOUR
from simcap.workforce.responding import answer
from tests.helpers import Crew, agree, crew, scenario

TEAM = "vendors.north.teams.day"
ELASTIC = "{to: backlog, normal: 40 h, elasticity: 50%, at_least: 60%, at_most: 250%}"


def responding(backlog: float, agents: int = 10, days: int = 7, responds: str = ELASTIC, **more: Any) -> Crew:
    plan = {"horizon.days": days, f"{TEAM}.agents": agents, f"{TEAM}.responds": responds, **more}
    return crew(scenario(plan), backlog=backlog)


def on_shift(found: Crew) -> list[int]:
    return [post.agents.size for post in found.posts()]


@pytest.mark.parametrize(
    ("hours", "factor"),
    [(40, 1.0), (160, 2.0), (90, 1.5), (250, 2.5), (1e9, 2.5), (22.5, 0.75), (14.4, 0.6), (1, 0.6), (0, 0.6)],
)
def test_the_factor_is_a_power_of_what_waits_against_the_normal_within_its_bounds(hours: float, factor: float) -> None:
    terms = scenario({f"{TEAM}.responds": ELASTIC}).vendors["north"].teams["day"].responds
    assert terms is not None
    assert answer(terms, hours) == pytest.approx(factor)


def test_elasticities_add_up_to_the_hazard_of_a_pick_up_desk() -> None:
    """People in proportion to B ** e take each item at a rate of B ** (e - 1): that desk's answer gamma is e - 1."""
    for elasticity, gamma in ((1.0, 0.0), (0.7, -0.3), (0.4, -0.6)):
        given = {"to": "backlog", "normal": "40 h", "elasticity": elasticity, "at_least": 0.0, "at_most": 10.0}
        terms = BacklogResponse.model_validate(given)
        taken = [answer(terms, hours) / hours for hours in (20.0, 80.0)]
        assert np.log(taken[1] / taken[0]) / np.log(4) == pytest.approx(gamma)


def test_at_the_normal_backlog_a_team_is_as_planned() -> None:
    plan = {"vendors.north.shrinkage": "{absence: 20%, offline: 10%}", "vendors.north.spread": "10%"}
    planned = crew(scenario({"horizon.days": 7, f"{TEAM}.agents": 10, **plan}))
    found = responding(40.0, **plan)
    for mine, theirs in zip(found.posts(), planned.posts(), strict=True):
        assert np.array_equal(mine.agents, theirs.agents)
        assert np.array_equal(mine.on, theirs.on)
    assert found.paid_hours() == planned.paid_hours()
    assert np.array_equal(found.table(), planned.table())


def test_helpers_are_paid_like_the_team_and_count_as_nobody_of_it() -> None:
    found = responding(160.0)
    assert on_shift(found) == [20] * 7
    assert found.paid_hours() == 7 * 8 * 20
    assert found.teams["day"].members.roster.on(3).size == 10
    assert found.teams["day"].hours.scheduled.sum() == 7 * 8 * HOUR, "a full-time agent is what it was"


def test_those_who_stay_away_are_not_paid_and_change_from_day_to_day() -> None:
    found = responding(0.0)
    assert on_shift(found) == [6] * 7
    assert found.paid_hours() == 7 * 8 * 6
    assert len({tuple(post.agents.tolist()) for post in found.posts()}) > 3
    assert all(np.array_equal(post.agents, np.sort(post.agents)) for post in found.posts())


def test_more_work_brings_the_same_people_and_others() -> None:
    calls = [[set(post.agents.tolist()) for post in responding(hours).posts()] for hours in (0.0, 30.0, 40.0)]
    for few, some, everybody in zip(*calls, strict=True):
        assert few < some < everybody
    talents = [responding(hours, **{"vendors.north.spread": "20%"}).table()["talent"] for hours in (90.0, 160.0)]
    assert np.array_equal(talents[1][:15], talents[0])
    assert np.unique(talents[1]).size == 20


def test_parts_of_people_are_drawn_with_the_right_mean() -> None:
    found = responding(48.4, agents=3, days=2000)
    people = np.array(on_shift(found))
    assert set(people.tolist()) == {3, 4}
    agree(people.mean(), people.std(ddof=1) / np.sqrt(people.size), 3.3)


def test_the_absent_stay_absent_and_the_factor_is_on_those_who_come() -> None:
    plan = {"vendors.north.shrinkage": "{absence: 50%}"}
    planned = crew(scenario({"horizon.days": 7, f"{TEAM}.agents": 40, **plan}))
    found = responding(160.0, agents=40, **plan)
    for mine, theirs in zip(found.posts(), planned.posts(), strict=True):
        assert mine.agents.size == 2 * theirs.agents.size
        assert set(theirs.agents.tolist()) <= set(mine.agents.tolist())


def test_people_in_training_are_paid_and_bring_no_helpers() -> None:
    learn = {"events.learn": "{cross_train: {team: day, agents: 4, adds: [other], from: 2026-10-05, for: 7 days}}"}
    plan = {"queues.other": "{handle_time: {constant: 1 min}, backlog: {items: 1, oldest: 1 h}}"}
    south = "{timezone: UTC, agents: 1, skills: [other], shift: {days: Mon-Sun, start: '09:00', length: 8 h}}"
    found = responding(160.0, **plan, **learn, **{"vendors.south.teams.far": south})
    assert on_shift(found) == [12] * 7
    assert found.paid_hours() == 7 * 8 * (4 + 12)


def test_a_class_finds_its_places_as_if_nobody_had_been_called() -> None:
    plan = {
        f"{TEAM}.shift": None,
        f"{TEAM}.shifts": {
            "early": {"days": "5 of 7", "start": "06:00", "length": "8 h", "share": "60%"},
            "late": {"days": "5 of 7", "start": "14:00", "length": "8 h", "share": "40%"},
        },
        "vendors.north.hiring": "{classes: {a: {start: 2026-10-06, team: day, size: 6, training: 3 days}}}",
    }
    planned, found = (responding(hours, days=21, **plan) for hours in (40.0, 160.0))
    table = found.table()
    own = table[np.isfinite(table["since"])]
    assert own.size == 16 < table.size
    for field in ("key", "shift", "rotation", "stagger", "since", "joined"):
        assert np.array_equal(own[field], planned.table()[field]), field
    helpers = table[~np.isfinite(table["since"])]
    assert set(helpers["shift"].tolist()) == {0, 1}, "nobody is called to two shifts of a day"


def test_an_outage_stops_its_share_of_helpers_too() -> None:
    outage = {"events.down": "{outage: {from: '2026-10-07 10:00', for: 2 days, capacity: 0%}}"}
    found = responding(160.0, **outage)
    stopped = np.unique(np.concatenate([agents for _, agents, _ in found.told.suspended]))
    assert stopped.size == 20
    late = {"events.down": "{outage: {from: '2026-10-05 04:00', for: 2 days, capacity: 0%}}"}
    found = responding(160.0, **late)
    assert np.unique(np.concatenate([agents for _, agents, _ in found.told.suspended])).size == 20


def test_overtime_is_worked_and_paid_by_helpers_too() -> None:
    found = responding(160.0, **{"vendors.north.overtime": "{when: {backlog_hours: 1}, adds: 2 h, max_per_week: 14 h}"})
    assert found.paid_hours() == 7 * 10 * 20


BY_QUEUE = {
    "queues.mail.responds": "{to: backlog, normal: 40 h, elasticity: 50%, at_least: 60%, at_most: 250%}",
    "queues.chat": "{arrivals: {per_day: 5}, handle_time: {constant: 1 min}}",
    "queues.chat.responds": "{to: backlog, normal: 10 h, elasticity: 100%, at_least: 80%, at_most: 150%}",
    f"{TEAM}.skills": "[mail, chat]",
}


@pytest.mark.parametrize(
    ("mail", "chat", "people"),
    [
        ((160, 1), (10, 1), 20),  # chat is content with ten
        ((40, 1), (13, 1), 13),
        ((160, 1), (1e9, 1), 20),  # chat wants no more than fifteen
        ((10, 1), (1, 1), 8),  # mail could do with six
        ((80, 0.5), (5, 0.5), 20),  # the half of a queue in which twice as much waits in all
        ((160, 0), (13, 1), 13),  # nothing of mail comes to the vendor now
        ((160, 0), (13, 0), 10),
    ],
)
def test_of_several_queues_the_one_that_asks_for_the_most_decides(
    mail: tuple[float, float], chat: tuple[float, float], people: int
) -> None:
    plan = scenario({"horizon.days": 7, f"{TEAM}.agents": 10, **BY_QUEUE})
    assert on_shift(crew(plan, lines={0: mail, 1: chat})) == [people] * 7


def test_a_team_that_responds_itself_does_not_hear_its_queues() -> None:
    found = responding(160.0, **BY_QUEUE)
    assert on_shift(found) == [20] * 7, "no line was asked for what waits in it"
