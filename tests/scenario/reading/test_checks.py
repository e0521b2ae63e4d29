"""Cross-checks: each names both ends, and what would be right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simcap.scenario.reading.checks import check
from simcap.scenario.reading.loading import load
from simcap.scenario.schema.scenario import Scenario
from tests.scenario.conftest import BASE, GONE, SHIFT, changed

Refused = Callable[[dict[str, Any], str], list[str]]

TEAM = "vendors.north.teams.manila"
CLASS = "vendors.north.hiring.classes.oct"
CREDITS = {"sla": ["listings / 4 hours"], "steps": [{"below": "95%", "credit": "3%"}]}
DUTY = {"timezone": "Asia/Manila", "skills": ["listings", "appeals"], "duty": "duty.csv"}


def event(**kind: object) -> dict[str, object]:
    return {"events.it": kind}


def test_base_is_consistent() -> None:
    assert check(Scenario.model_validate(BASE)) == []


FRAME = [
    ({"name": "../x"}, "name: '../x' cannot name a folder"),
    ({"name": ".."}, "name: '..' cannot name a folder"),
    ({"horizon.start": "1066-10-14"}, "horizon.start: 1066-10-14 is out of range"),
    ({"horizon.weeks": 10**6}, "horizon.weeks: the horizon has 7,000,000 days; at most 3660"),
    ({"horizon.weeks": 10**15}, "horizon.weeks: 1000000000000000 is out of bounds; it must be at most 10,000,000"),
    ({"horizon.weeks": GONE, "horizon.days": 4000}, "horizon.days: the horizon has 4,000 days"),
    ({"horizon.warm_up": "400 days"}, "horizon.warm_up: the warm-up is longer than a year"),
    ({"horizon.timezone": "Europe/Londn"}, "horizon.timezone: 'Europe/Londn' is not an IANA time zone"),
    ({"vendors.": BASE["vendors"]["south"]}, "vendors.: the name is blank; give one"),
    (
        {"queues.listings.sla. ": BASE["queues"]["listings"]["sla"]["4 h"]},
        "queues.listings.sla. : the name is blank",
    ),
    ({"queues": {f"q{number}": {} for number in range(501)}}, "queues: there are 501 queues; at most 500"),
]

WORK = [
    (
        {f"{TEAM}.skills": ["appeals", "listing"]},
        f"{TEAM}.skills.1: there is no queue 'listing'; did you mean 'listings'?",
    ),
    ({f"{TEAM}.skills": ["listings"]}, "queues.appeals: appeals has work, but no team has the skill 'appeals'"),
    ({"queues.spare": {}}, "queues.spare: spare can never receive an item; give it arrivals or a backlog"),
    (
        {"queues.spare": {"then": {"spare": {"share": "5%"}}, "backlog": {"items": 0, "oldest": "1 h"}}},
        "queues.spare: spare can never receive an item",
    ),
    ({"queues.appeals.handle_time": GONE}, "queues.appeals: appeals has work, but no handle_time"),
    (
        {"queues.listings.then.apeals": {"share": "1%"}},
        "then.apeals: there is no queue 'apeals'; did you mean 'appeals'?",
    ),
    ({"queues.listings.errors.to": "courts"}, "errors.to: there is no queue 'courts'; known here: listings, appeals"),
    (
        {"queues.listings.arrivals.profile": "marketplce"},
        "there is no profile 'marketplce'; did you mean 'marketplace'?",
    ),
    ({"queues.listings.arrivals.per_week": [1, 2, 3, 4, 5]}, "per_week: 5 numbers, but the horizon has 4 weeks"),
    ({"queues.listings.max_per_day": "25 h"}, "queues.listings.max_per_day: is longer than a day"),
    (
        {
            "queues.listings.expires": {"after": {"constant": "2 h"}},
            "queues.listings.backlog": {"items": 5, "oldest": "3 h"},
        },
        "backlog.oldest: the oldest item is 3 h old, but expires.after lets none wait longer than 2 h",
    ),
    (
        {"queues.appeals.then": {"listings": {"share": "100%"}}, "queues.listings.then.appeals.share": "98%"},
        "queues.appeals.then: the cycle appeals -> listings -> appeals never ends: each item creates 1 more",
    ),
    (
        {"queues.listings.then.listings": {"share": 1}},
        "queues.listings.then: the cycle listings -> listings never ends",
    ),
]

ROUTING = [
    (
        {"queues.listings.sla.4 h.vendors": {"nroth": "97%"}},
        "queues.listings.sla.4 h.vendors.nroth: there is no vendor 'nroth'; did you mean 'north'?",
    ),
    (
        {
            "queues.appeals.sla": {
                "a day": {
                    "measure": "turnaround",
                    "within": "1 day",
                    "target": "p90",
                    "per": "week",
                    "vendors": {"south": "97%"},
                }
            }
        },
        "queues.appeals.sla.a day.vendors.south: no work of appeals is allocated to south",
    ),
    ({"routing.allocation.lisings": {"north": 1}}, "allocation.lisings: there is no queue 'lisings'; did you mean"),
    ({"routing.allocation.listings.nort": 0}, "listings.nort: there is no vendor 'nort'; did you mean 'north'?"),
    ({"routing.allocation.listings.south": "44%"}, "routing.allocation.listings: the shares of listings sum to 104%"),
    (
        {"routing.allocation.appeals": {"north": "50%", "south": "50%"}},
        "allocation.appeals.south: south gets 50% of appeals, but none of its teams has the skill 'appeals'",
    ),
]

PEOPLE = [
    ({f"{TEAM}.timezone": "Asia/Manilla"}, "'Asia/Manilla' is not an IANA time zone; did you mean 'Asia/Manila'?"),
    ({f"{TEAM}.holidays": "XX"}, f"{TEAM}.holidays: 'XX' is not a country whose holidays are known"),
    ({f"{TEAM}.holidays": "ph"}, "'ph' is not a country whose holidays are known; did you mean PH?"),
    ({f"{TEAM}.holidays": "DE-ZZ"}, "DE has no subdivision 'ZZ'; known here: BB, BE"),
    ({f"{TEAM}.holidays": "Poland"}, f"{TEAM}.holidays: 'Poland' is not a country whose holidays are known; did you"),
    (
        {f"{TEAM}.holidays": ["PL"]},
        f"{TEAM}.holidays: a list is not a calendar; write a country's code such as PL",
    ),
    ({f"{TEAM}.holidays": {"staffed": "30%"}}, f"{TEAM}.holidays: needs `country`, `add` or both"),
    (
        {f"{TEAM}.holidays": {"country": "PL", "excpt": []}},
        f"{TEAM}.holidays.excpt: unknown key; did you mean 'except'?",
    ),
    (
        {f"{TEAM}.holidays": {"country": "PH", "except": ["2026-12-25", "2026-11-29"]}},
        f"{TEAM}.holidays.except.1: 2026-11-29 is not a public holiday of PH; near it are 2026-",
    ),
    (
        {f"{TEAM}.holidays": {"country": "PH", "except": "Christmas"}},
        f"{TEAM}.holidays.except.0: 'Christmas' is not a public holiday of PH in 2026; did you mean 'Christmas",
    ),
    (
        {f"{TEAM}.holidays": {"country": "PH", "price_factor": 2}, "vendors.north.contract": None},
        f"{TEAM}.holidays.price_factor: multiplies the price of an hour, but hours have none; give contract.price",
    ),
    (
        {"vendors.south.teams": {"manila": BASE["vendors"]["south"]["teams"]["krakow"]}},
        "vendors.south.teams.manila has the same name",
    ),
    ({f"{TEAM}.shift": {**SHIFT, "start": "24:00"}}, "shift.start: is past the end of the day"),
    (
        {f"{TEAM}.shift": {**SHIFT, "breaks": [{"after": "0 s", "for": "9 h"}]}},
        "shift.breaks: the breaks fill the shift of 9 h",
    ),
    (
        {"vendors.north.contract": {"currency": "USD", "service_credits": CREDITS}},
        "service_credits.sla.0: there is no SLA 'listings / 4 hours'; did you mean 'listings / 4 h'?",
    ),
    (
        {"vendors.north.contract": {"currency": "USD", "price": {"per_item": {"lists": [{"at": 1}]}}}},
        "price.per_item.lists: there is no queue 'lists'; did you mean 'listings'?",
    ),
    (
        {"vendors.north.contract": {"currency": "USD"}, "vendors.south.contract": {"currency": "EUR"}},
        "vendors.south.contract.currency: EUR differs from USD of north; costs are added up, so use one currency",
    ),
    (
        {
            "vendors.north.contract": {
                "currency": "USD",
                "price": {"per_fte_month": 2350},
                "minimum": {"hours_per_month": 100},
            }
        },
        "vendors.north.contract.minimum: is counted in hours, but the price is not; give price.per_productive_hour",
    ),
    ({f"{CLASS}.team": "krakow"}, f"{CLASS}.team: the vendor has no team 'krakow'; known here: manila"),
    (
        {f"{CLASS}.start": "2026-11-02"},
        f"{CLASS}.start: the class starts on 2026-11-02, but the horizon ends on 2026-11-01",
    ),
    ({f"{CLASS}.start": "2026-09-21"}, "the class finishes training before horizon.start, 2026-10-05"),
    (
        {
            "vendors.north.hiring.backfill": {
                "team": "krakow",
                "review": "1 week",
                "class_size": 5,
                "training": "1 week",
            }
        },
        "backfill.team: the vendor has no team 'krakow'",
    ),
    (
        {"vendors.north.hiring.backfill": {"review": "0.001 s", "class_size": 5, "training": "1 week"}},
        "backfill.review: 0.001 s is less than a day; leavers are counted at midnight: write 1 day",
    ),
    (
        {
            "vendors.north.overtime": {
                "team": "krakow",
                "when": {"backlog_hours": 5},
                "adds": "3 h",
                "max_per_week": "2 h",
            }
        },
        "overtime.adds: 3 h is more than max_per_week, 2 h",
    ),
    (
        {
            "vendors.north.overtime": {
                "team": "manila",
                "when": {"backlog_hours": 5},
                "adds": "16 h",
                "max_per_week": "16 h",
            }
        },
        "overtime.team: the shift of manila leaves no room in the day",
    ),
]

RESPONDS = {"to": "backlog", "normal": "40 h", "elasticity": "70%", "at_most": "150%"}
RESPONSES = [
    ({f"{TEAM}.responds": {**RESPONDS, "normal": "0 h"}}, "responds.normal: is zero; it must be above zero"),
    (
        {f"{TEAM}.responds": {**RESPONDS, "elasticity": "0%"}},
        "responds.elasticity: '0%' is out of bounds; it must be more than 0%",
    ),
    (
        {f"{TEAM}.responds": {**RESPONDS, "elasticity": "400%"}},
        "responds.elasticity: '400%' is out of bounds; it must be at most 300%",
    ),
    (
        {f"{TEAM}.responds": {**RESPONDS, "at_most": 150}},
        "responds.at_most: 150 is out of bounds; it must be at most 1,000%",
    ),
    (
        {f"{TEAM}.responds": {**RESPONDS, "at_most": "80%"}},
        "responds.at_most: '80%' is out of bounds; it must be at least 100%",
    ),
    ({f"{TEAM}.responds": {**RESPONDS, "at_least": "120%"}}, "responds.at_least: '120%' is out of bounds"),
    (
        {f"{TEAM}.responds": {**RESPONDS, "at_most": "100%"}},
        "responds.at_most: 100% lets nobody come and nobody stay away; raise it, or give at_least below 100%",
    ),
    ({f"{TEAM}.responds": {**RESPONDS, "to": "queue"}}, "responds.to: 'queue' is not known here; write 'backlog'"),
    ({f"{TEAM}.responds": {**RESPONDS, "atmost": "2"}}, "responds.atmost: unknown key; did you mean 'at_most'?"),
    ({f"{TEAM}.responds": {"to": "backlog", "normal": "40 h", "elasticity": 1}}, "responds.at_most: is missing"),
    ({f"{TEAM}.responds": {**RESPONDS, "normal": 40}}, "responds.normal: 40 has no unit; write for example '40 s'"),
    ({"vendors.north.responds": RESPONDS}, "vendors.north.responds: unknown key"),
    (
        {"queues.listings.responds": {**RESPONDS, "elasticity": "400%"}},
        "queues.listings.responds.elasticity: '400%' is out of bounds; it must be at most 300%",
    ),
    ({"queues.listings.respond": RESPONDS}, "queues.listings.respond: unknown key; did you mean 'responds'?"),
    (
        {
            "queues.spare": {
                "backlog": {"items": 5, "oldest": "1 h"},
                "handle_time": {"constant": "1 s"},
                "responds": RESPONDS,
            },
            **event(
                cross_train={"team": "krakow", "agents": 3, "adds": ["spare"], "from": "2026-10-05", "for": "1 week"}
            ),
        },
        "queues.spare.responds: nobody can respond: no team has the skill 'spare' from the beginning; add it to",
    ),
]

EVENTS = [
    (
        event(surge={"queue": "listing", "from": "2026-10-19", "for": "1 day", "factor": 2}),
        "it.surge.queue: there is no queue 'listing'",
    ),
    (
        event(surge={"queue": "appeals", "from": "2026-10-19", "for": "1 day", "factor": 2}),
        "appeals has no arrivals of its own",
    ),
    (
        event(automation={"queue": "appeals", "from": "2026-10-19", "removes": "5%"}),
        "it.automation.queue: appeals has no arrivals",
    ),
    (
        event(surge={"from": "2026-11-02", "for": "1 day", "factor": 2}),
        "it.surge.from: 2026-11-02 is after the horizon, which ends on 2026-11-01",
    ),
    (
        event(surge={"from": "2026-10-04", "for": "9 days", "factor": 2}),
        "it.surge.from: 2026-10-04 is before horizon.start, 2026-10-05",
    ),
    (
        event(outage={"vendor": "nort", "from": "2026-10-19", "for": "1 h"}),
        "it.outage.vendor: there is no vendor 'nort'; did you mean 'north'?",
    ),
    (
        event(outage={"vendor": "south", "team": "manila", "from": "2026-10-19", "for": "1 h"}),
        "manila is a team of north, not of south",
    ),
    (event(outage={"from": "2026-10-19", "for": "1 h", "capacity": 1}), "it.outage.capacity: at 100% nobody stops"),
    (event(random_outages={"per_year": 0, "for": {"constant": "1 h"}}), "per_year: at 0 a year nothing happens"),
    (
        event(training={"team": "manilla", "from": "2026-10-19", "hours": 4}),
        "there is no team 'manilla'; did you mean 'manila'?",
    ),
    (
        event(training={"team": "manila", "from": "2026-10-19", "hours": 4, "agents": 0}),
        "it.training.agents: at 0% nobody",
    ),
    (
        event(cross_train={"team": "krakow", "agents": 31, "adds": ["appeals"], "from": "2026-10-19", "for": "1 week"}),
        "31 agents, but krakow has 30 at most by then",
    ),
    (
        event(cross_train={"team": "krakow", "agents": 3, "adds": ["listings"], "from": "2026-10-19", "for": "1 week"}),
        "adds.0: krakow has the skill 'listings' already",
    ),
    (
        event(cross_train={"team": "krakow", "agents": 3, "adds": ["appeal"], "from": "2026-10-19", "for": "1 week"}),
        "adds.0: there is no queue 'appeal'",
    ),
    (
        event(headcount={"team": "manila", "from": "2026-10-19", "change": 0}),
        "it.headcount.change: a change of 0 does nothing",
    ),
    (
        event(headcount={"team": "manila", "from": "2026-10-19", "change": -46}),
        "cuts 46 agents, but manila has 45 at most",
    ),
    (
        event(headcount={"team": "manila", "from": "2026-10-19", "change": -4, "ordered": "2026-10-20"}),
        "ordered: 2026-10-20 is after `from`, 2026-10-19",
    ),
    (
        event(allocation={"queue": "appeals", "from": "2026-10-19", "shares": {"north": 1}}),
        "appeals is not split at the start; give routing.allocation.appeals",
    ),
    (
        event(allocation={"queue": "listings", "from": "2026-10-19", "shares": {"north": 0.5, "south": 0.6}}),
        "it.allocation.shares: the shares of listings sum to 110%",
    ),
    (
        event(allocation={"queue": "listings", "from": "2026-10-19", "shares": {"nord": 1}}),
        "shares.nord: there is no vendor 'nord'; did you mean 'north'?",
    ),
]

UNCERTAIN = [
    (
        "vendors.north.atrition.per_year",
        {"uniform": [0.3, 0.5]},
        "the scenario gives no 'atrition.per_year' under vendors.north; did you mean 'attrition'?",
    ),
    ("horizon.weeks", {"uniform": [3, 5]}, "horizon cannot vary between replications"),
    ("vendors.north", {"uniform": [3, 5]}, "names a group of values, which is not a number"),
    (
        "vendors.north.teams.manila.timezone",
        {"uniform": [3, 5]},
        "names 'Asia/Manila', which is not a number, a share or a duration",
    ),
    (
        "queues.appeals.handle_time.constant",
        {"uniform": [300, 400]},
        "300 does not fit '8 min', the value it varies; write durations",
    ),
    ("vendors.north.attrition.per_year", {"uniform": ["1 h", "2 h"]}, "'1 h' does not fit '45%'"),
    (
        "vendors.north.attrition.per_year",
        {"uniform": ["80%", "130%"]},
        "may draw 1.3, and then vendors.north.attrition.per_year: 1.3 is out of bounds; a share lies between 0% and",
    ),
    (
        "vendors.north.attrition.per_year",
        {"uniform": ["60%", "30%"]},
        "the range runs from 0.6 down to 0.3; write [lower, higher]",
    ),
    (
        "vendors.north.attrition.per_year",
        {"lognormal": {"mean": "45%", "cv": 0.5}},
        "; a uniform range stays within bounds",
    ),
    ("vendors.north.attrition.per_year", {"gamma": {"mean": "45%", "cv": 50}}, "per_year: may draw"),
    ("vendors.north.attrition.per_year", {"lognormal": {"mean": 0, "cv": 0.3}}, "must be above zero"),
    (
        "queues.listings.sla.4 h.target",
        {"uniform": ["10%", "20%"]},
        "is the target against which every replication is judged",
    ),
    ("queues.listings.then.appeals.share", {"uniform": ["2%", "200%"]}, "a share lies between 0% and 100%"),
    ("routing.allocation.listings.north", {"uniform": ["60%", "70%"]}, "the shares of listings sum to 110%"),
    ("", {"uniform": [0, 1]}, "the scenario gives no '' under its top"),
]


@pytest.mark.parametrize(("changes", "message"), FRAME + WORK + ROUTING + PEOPLE + RESPONSES + EVENTS)
def test_inconsistency_is_refused(refused: Refused, changes: dict[str, Any], message: str) -> None:
    refused(changes, message)


@pytest.mark.parametrize(("path", "range_", "message"), UNCERTAIN)
def test_uncertain_value_is_refused(refused: Refused, path: str, range_: dict[str, Any], message: str) -> None:
    document = {"uncertain": {path: range_}}
    refused(document, message)


GOOD: list[dict[str, Any]] = [
    {f"{TEAM}.responds": RESPONDS},
    {"queues.listings.responds": RESPONDS, "queues.appeals.responds": RESPONDS, f"{TEAM}.responds": RESPONDS},
    {
        "queues.listings.responds": RESPONDS,
        "uncertain": {"queues.listings.responds.normal": {"uniform": ["20 h", "60 h"]}},
    },
    {
        f"{TEAM}.responds": {**RESPONDS, "at_least": 0.4},
        "uncertain": {
            f"{TEAM}.responds.normal": {"uniform": ["20 h", "60 h"]},
            f"{TEAM}.responds.elasticity": {"uniform": ["40%", "100%"]},
        },
    },
    {"vendors.north.attrition": {"hazard": {"0-13 weeks": "9% per month", "13+ weeks": "4% per month"}}},
    {f"{CLASS}.start": "2026-10-30"},
    {f"{CLASS}.start": "2026-09-28"},
    {"routing.allocation.appeals": {"north": "50%", "south": "50%"}, "routing.overflow": {"after": "3 h"}},
    {
        "routing.allocation.appeals": {"north": "50%", "south": "50%"},
        **event(
            cross_train={"team": "krakow", "agents": 3, "adds": ["appeals"], "from": "2026-10-05", "for": "1 week"}
        ),
    },
    event(headcount={"team": "manila", "from": "2026-10-19", "change": -45}),
    event(headcount={"team": "manila", "from": "2026-10-19", "change": -4, "ordered": "2026-07-01"}),
    {
        "queues.spare": {"backlog": {"items": 5, "oldest": "1 h"}, "handle_time": {"constant": "1 s"}},
        f"{TEAM}.skills": ["spare", "listings", "appeals"],
    },
    {"uncertain": {"vendors.north.attrition.per_year": {"uniform": ["35%", "60%"]}}},
    {"uncertain": {"vendors.north.attrition.per_year": {"gamma": {"mean": "20%", "cv": 0.2}}}},
    {"uncertain": {"queues.listings.handle_time.lognormal.mean": {"lognormal": {"mean": "45 s", "cv": 0.1}}}},
    {"uncertain": {"queues.listings.sla.4 h.within": {"uniform": ["3 h", "5 h"]}}},
    {"uncertain": {"vendors.north.teams.manila.agents": {"uniform": [35, 45]}}},
]


@pytest.mark.parametrize("changes", GOOD)
def test_what_is_allowed(write: Callable[..., Path], changes: dict[str, Any]) -> None:
    load(write(changed(changes)))


def test_all_that_is_wrong_is_said_at_once(refused: Refused) -> None:
    changes = {
        "queues.spare": {},
        f"{CLASS}.team": "cebu",
        **event(outage={"team": "x", "from": "2026-10-19", "for": "1 h"}),
    }
    lines = refused(changes, "there is no team 'x'")
    assert len(lines) == 3
    assert [line.rpartition("small.yaml:")[2].split(": ")[1] for line in lines] == [
        "queues.spare",
        f"{CLASS}.team",
        "events.it.outage.team",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {f"{CLASS}.team": "cebu"},
        {"vendors.north.hiring.backfill": {"team": "cebu", "review": "1 week", "class_size": 5, "training": "1 week"}},
        event(headcount={"team": "cebu", "from": "2026-10-19", "change": 4}),
        event(training={"team": "cebu", "from": "2026-10-19", "hours": 4}),
        event(cross_train={"team": "cebu", "agents": 1, "adds": ["spare"], "from": "2026-10-19", "for": "1 week"}),
        {"vendors.north.teams.cebu.responds": RESPONDS},
        event(absence={"team": "cebu", "from": "2026-10-19", "for": "1 week", "factor": 2}),
        {
            "vendors.north.overtime": {
                "team": "cebu",
                "when": {"backlog_hours": 0},
                "adds": "1 h",
                "max_per_week": "4 h",
            }
        },
    ],
)
def test_a_team_with_a_duty_file_is_as_the_file_says(
    write: Callable[..., Path], refused: Refused, changes: dict[str, Any]
) -> None:
    write("agent,on,off\na,2026-10-05 09:00,2026-10-05 17:00\n", "duty.csv")
    refused({"vendors.north.teams.cebu": DUTY, **changes}, "cebu has a duty file, which says exactly who is there")


def test_events_are_checked_at_both_ends_of_an_uncertain_value(refused: Refused) -> None:
    split = event(allocation={"queue": "listings", "from": "2026-10-19", "shares": {"north": "50%", "south": "50%"}})
    name = next(iter(split)).split(".")[1]
    document = {**split, "uncertain": {f"events.{name}.allocation.shares.north": {"uniform": ["5%", "6%"]}}}
    refused(document, "the shares of listings sum to 5")


def test_cuts_of_one_team_add_up(refused: Refused) -> None:
    events = {
        f"events.{name}": {"headcount": {"team": "krakow", "from": day, "change": -20}}
        for name, day in (("first", "2026-10-12"), ("second", "2026-10-19"))
    }
    refused(events, "cuts 20 agents, but krakow has 10 at most by then; cut fewer")


def test_overtime_of_all_teams_needs_room_in_each_day(refused: Refused) -> None:
    overtime = {"when": {"backlog_hours": 0}, "adds": "17 h", "max_per_week": "40 h"}
    refused({"vendors.north.overtime": overtime}, "the shift of manila leaves no room in the day")


def test_a_queue_whose_teams_have_duty_files_has_nobody_to_respond(
    write: Callable[..., Path], refused: Refused
) -> None:
    write("agent,on,off\na,2026-10-05 09:00,2026-10-05 17:00\n", "duty.csv")
    spare = {"backlog": {"items": 5, "oldest": "1 h"}, "handle_time": {"constant": "1 s"}, "responds": RESPONDS}
    refused(
        {"queues.spare": spare, "vendors.north.teams.cebu": {**DUTY, "skills": ["spare"]}},
        "queues.spare.responds: nobody can respond: cebu has a duty file, which says exactly who is there; remove "
        "this, or give a team with the skill 'spare' shifts",
    )
