"""What belongs to what: skills, work that follows work, splits from date to date."""

from __future__ import annotations

import datetime as dt

import pytest

from simcap.scenario.relations import (
    answering,
    as_planned,
    check_split,
    follow_ups,
    horizon_end,
    late_starts,
    receiving,
    responses,
    skilled,
    split_steps,
    teams_of,
    teams_serving,
    years_of,
)
from simcap.scenario.schema.scenario import Scenario
from tests.helpers import scenario

SOUTH = "{teams: {far: {timezone: UTC, agents: 1, skills: [chat], shift: {always: true}}}}"
TWO = {
    "queues.chat": "{arrivals: {per_day: 5}, handle_time: {constant: 1 min}}",
    "queues.appeal": "{handle_time: {constant: 9 min}}",
    "vendors.south": SOUTH,
}


def two(**changes: str) -> Scenario:
    return scenario(TWO | {path.replace("__", "."): value for path, value in changes.items()})


def test_skills_are_those_of_teams_and_of_who_learns() -> None:
    plan = two(events__learn="{cross_train: {team: far, agents: 1, adds: [mail], from: 2026-10-06, for: 1 day}}")
    assert skilled(plan) == {"mail": {"north", "south"}, "chat": {"south"}}
    assert teams_serving(plan, "mail") == ["day"], "from the beginning"
    assert teams_serving(plan, "chat", "north") == []
    assert {name: vendor for name, (vendor, _) in teams_of(plan).items()} == {"day": "north", "far": "south"}


def test_work_follows_work_and_reaches_queues_without_arrivals() -> None:
    plan = two(
        queues__mail__then="{appeal: {share: 20%, after: {constant: 1 day}}}",
        queues__chat__errors="{tenured: 2%, new: 10%, appeal_share: 50%, to: appeal, after: {constant: 1 day}}",
    )
    assert follow_ups(plan) == pytest.approx({("mail", "appeal"): 0.2, ("chat", "appeal"): 0.05})
    assert receiving(plan) == {"mail", "chat", "appeal"}
    assert receiving(two()) == {"mail", "chat"}


ALLOCATED = {"routing__allocation": "{chat: {north: 30%, south: 70%}}"}


def test_a_split_changes_on_its_dates_and_as_vendors_go_live() -> None:
    move = "{allocation: {queue: chat, from: 2026-10-08, shares: {north: 0%, south: 100%}}}"
    assert split_steps(two(**ALLOCATED), "mail") == []
    assert split_steps(two(**ALLOCATED, events__move=move), "chat") == [
        (None, {"north": 0.3, "south": 0.7}),
        (dt.datetime(2026, 10, 8), {"north": 0.0, "south": 1.0}),
    ]
    live = two(**ALLOCATED, vendors__south__go_live="2026-10-07")
    assert split_steps(live, "chat") == [
        (None, {"north": 0.3, "south": 0.0}),
        (dt.datetime(2026, 10, 7), {"north": 0.3, "south": 0.7}),
    ]
    assert list(late_starts(live)) == ["south goes live on 2026-10-07: until then its share of chat goes to north"]
    idle = two(vendors__south__go_live="2026-10-07")
    assert list(late_starts(idle)) == [
        "south goes live on 2026-10-07, but no split names it at the start: the date has no effect"
    ]


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({"south": 1.0}, []),
        ({"south": 0.6, "noth": 0.4}, ["x.noth: there is no vendor 'noth'; did you mean 'north'?"]),
        ({"south": 0.6}, ["x: the shares of chat sum to 60%; they must sum to 100%"]),
        ({"south": 1.0, "north": 0.0}, []),
    ],
)
def test_a_split_is_whole_and_of_vendors_that_there_are(shares: dict[str, float], told: list[str]) -> None:
    assert [f"{path}: {message}" for path, message in check_split("x", "chat", shares, two())] == told


def test_a_share_needs_somebody_who_can_work_it() -> None:
    ((path, message),) = check_split("x", "chat", {"south": 0.5, "north": 0.5}, two())
    assert path == "x.north"
    assert message.startswith("north gets 50% of chat, but none of its teams has the skill 'chat'; add the skill")


def test_a_horizon_ends_on_the_day_after_and_touches_years() -> None:
    plan = scenario({"horizon.start": "2026-12-28", "horizon.days": 4})
    assert (horizon_end(plan), years_of(plan)) == (dt.date(2027, 1, 1), range(2026, 2027))
    assert years_of(scenario({"horizon.start": "2026-12-28", "horizon.days": 5})) == range(2026, 2028)


TERMS = "{to: backlog, normal: 4 h, elasticity: 50%, at_most: 200%}"


def responding(plan: Scenario) -> dict[str, list[str]]:
    return {team: list(responses(plan, team)) for team in teams_of(plan)}


def test_a_queue_is_responded_to_by_who_is_skilled_for_it_and_says_nothing_else() -> None:
    assert responding(two()) == {"day": [], "far": []}
    both = {"queues__mail__responds": TERMS, "vendors__south__teams__far__skills": "[chat, mail]"}
    assert responding(two(**both)) == {"day": ["mail"], "far": ["mail"]}
    assert answering(two(**both)) == ["day", "far"]
    assert responding(two(**both, queues__chat__responds=TERMS)) == {"day": ["mail"], "far": ["chat", "mail"]}
    assert responding(two(**both, vendors__north__teams__day__responds=TERMS)) == {"day": [""], "far": ["mail"]}


def test_nobody_responds_to_work_that_never_comes_to_the_vendor() -> None:
    both = {"queues__mail__responds": TERMS, "vendors__south__teams__far__skills": "[chat, mail]"}
    none = {"routing__allocation": "{mail: {north: 100%, south: 0%}}"}
    assert responding(two(**both, **none)) == {"day": ["mail"], "far": []}
    later = "{allocation: {queue: mail, from: 2026-10-08, shares: {north: 50%, south: 50%}}}"
    assert responding(two(**both, **none, events__later=later)) == {"day": ["mail"], "far": ["mail"]}


def test_as_planned_nobody_responds_to_a_queue_either() -> None:
    assert as_planned(two(queues__mail__responds=TERMS)) == two()
    assert as_planned(two(vendors__north__teams__day__responds=TERMS)) == two()
