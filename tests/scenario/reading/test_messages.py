"""What is said of a value that cannot stand where it does: the exact words, with what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simcap.calibration.history.configuration import read_configuration
from simcap.errors import ScenarioError
from simcap.scenario.reading.loading import load
from tests.scenario.conftest import GONE, changed

Write = Callable[..., Path]
TEAM = "vendors.north.teams.manila"
SHIFT = 'days: Mon-Fri, start: "09:00", length: 9 h'


def lines_of(write: Write, changes: dict[str, Any]) -> list[str]:
    """Return the problems of a changed scenario, without their places."""
    with pytest.raises(ScenarioError, match=r"small\.yaml:") as caught:
        load(write(changed(changes)))
    return [re.sub(r"^.*?\.yaml:\d+:\d+: ", "", line) for line in str(caught.value).split("\n")]


INSTEAD = [
    ("vendors.north.attrition", "35%", "{per_year: 35%}"),
    ("vendors.north.attrition", 0.35, "{per_year: 0.35}"),
    ("vendors.north.attrition", 35, "{per_year: 35%}"),
    ("vendors.north.attrition", "9% per month", "{hazard: {0+ weeks: 9% per month}}"),
    ("queues.listings.handle_time", "45 s", "{constant: 45 s}, or {lognormal: {mean: 45 s, cv: 0.8}} if it varies"),
    ("queues.listings.handle_time", 45, "{constant: 45 s}, or {lognormal: {mean: 45 s, cv: 0.8}} if it varies"),
    ("queues.listings.handle_time", "aht.csv", "{empirical: aht.csv}"),
    ("queues.listings.handle_time.lognormal", "45 s", "{mean: 45 s, cv: 0.8}"),
    ("vendors.north.ramp", "8 weeks", "{start: 50%, reaches: 100%, after: 8 weeks}"),
    ("vendors.north.ramp", "60%", "{start: 60%, reaches: 100%, after: 8 weeks}"),
    (
        "vendors.north.shrinkage",
        "30%",
        "{absence: 30%} for agents who are away, or {offline: 30%} for time off queue",
    ),
    ("queues.listings.arrivals", 70000, "{per_week: 70000}"),
    ("queues.listings.arrivals", "volumes.csv", "{file: {path: volumes.csv, as: forecast}}"),
    ("queues.listings.arrivals.busyness", "8%", "{cv: 8%}"),
    ("queues.listings.arrivals.holidays", "PL", "{country: PL, factor: 80%}"),
    ("routing.overflow", "3 h", "{after: 3 h}"),
    ("queues.listings.backlog", 3500, "{items: 3500, oldest: 4 h}"),
    ("queues.listings.expires", "7 days", "{after: {constant: 7 days}}"),
    ("queues.listings.then.appeals", "2%", "{share: 2%}"),
    ("queues.listings.errors", "2%", "{tenured: 2%}"),
    ("queues.listings.sla", "4 h", "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}"),
    ("queues.listings.sla.4 h", "90%", "{measure: turnaround, within: 4 h, target: 90%, per: week}"),
    ("vendors.north.contract", "USD", "{currency: USD}"),
    (
        "vendors.north.hiring",
        "12 weeks",
        "for example {backfill: {review: 2 weeks, class_size: 12, training: 4 weeks}}",
    ),
    ("vendors.north.overtime", "2 h", "{when: {backlog_hours: 40}, adds: 2 h, max_per_week: 8 h}"),
    (f"{TEAM}.responds", "60 h", "{to: backlog, normal: 60 h, elasticity: 70%, at_most: 150%}"),
    (f"{TEAM}.responds", "50%", "{to: backlog, normal: 40 h, elasticity: 50%, at_most: 150%}"),
    ("queues.listings.responds", "60 h", "{to: backlog, normal: 60 h, elasticity: 70%, at_most: 150%}"),
    (f"{TEAM}.responds", "backlog", "for example {to: backlog, normal: 40 h, elasticity: 70%, at_most: 150%}"),
    (f"{TEAM}.shift", "Mon-Sat", '{days: Mon-Sat, start: "09:00", length: 9 h}'),
    (f"{TEAM}.shift", "07:00", '{days: Mon-Fri, start: "07:00", length: 9 h}'),
    ("horizon", 13, "{start: 2026-10-05, weeks: 13, timezone: Europe/London}"),
    ("simulation", 40, "{replications: 40}"),
    ("events.peak.surge", 1.8, "{from: 2026-11-02, for: 5 days, factor: 1.8}"),
    ("events.peak", "surge", "for example {surge: {from: 2026-11-02, for: 5 days, factor: 1.8}}"),
    (TEAM, 40, f"for example {{timezone: Asia/Manila, agents: 40, skills: [listings], shift: {{{SHIFT}}}}}"),
]


@pytest.mark.parametrize(("path", "value", "instead"), INSTEAD)
def test_one_value_for_a_mapping_names_the_key_it_most_likely_means(
    write: Write, path: str, value: object, instead: str
) -> None:
    shown = repr(value)
    assert f"{path}: {shown} is not a mapping; write {instead}" in lines_of(write, {path: value})


def test_a_price_names_both_ways_to_charge_for_time(write: Write) -> None:
    assert lines_of(write, {"vendors.north.contract": {"currency": "USD", "price": 14.2}}) == [
        (
            "vendors.north.contract.price: 14.2 is not a mapping; "
            "write {per_productive_hour: 14.2}, or {per_fte_month: 14.2}"
        )
    ]


@pytest.mark.parametrize(
    ("path", "value", "instead"),
    [
        ("uncertain", {"vendors.north.attrition.per_year": ["35%", "60%"]}, "{uniform: [35%, 60%]}"),
        ("vendors.north", {"teams": {}, "ramp": ["50%", "80%"]}, "{steps: [50%, 80%]}"),
    ],
)
def test_a_list_for_a_mapping(write: Write, path: str, value: object, instead: str) -> None:
    assert any(line.endswith(f": a list is not a mapping; write {instead}") for line in lines_of(write, {path: value}))


LACKING = [
    (
        "queues.listings.sla.4 h.per",
        "is missing; give it: The window over which it is measured; hour, day, week or month, for example `per: week`",
    ),
    (
        "queues.listings.sla.4 h.measure",
        (
            "is missing; give it: turnaround: created to decided; wait: created to first picked up; "
            "turnaround or wait, for example `measure: turnaround`"
        ),
    ),
    ("queues.listings.sla.4 h.within", "is missing; give it: The time allowed, for example `within: 4 h`"),
    (
        "queues.listings.sla.4 h.target",
        (
            "is missing; give it: Share of decided items that must be on time; of all items with `counts: all`, "
            "for example `target: 95%`"
        ),
    ),
    (f"{TEAM}.timezone", "is missing; give it: IANA time zone of the site, for example `timezone: Europe/London`"),
    ("events.peak.surge.from", "is missing; give it: Start, for example `from: 2026-11-02`"),
    (
        "events.peak.surge.for",
        (
            "is missing; give it: Length; whole days end at the same clock time, even if the clocks change "
            "in between, for example `for: 5 days`"
        ),
    ),
    (
        "vendors.north.hiring.classes.oct.team",
        "is missing; give it: Team that the graduates join, for example `team: manila`",
    ),
    (
        "vendors.north.hiring.classes.oct.training",
        "is missing; give it: Length of training, for example `training: 4 weeks`",
    ),
    (
        "horizon",
        (
            "is missing; give it: The time that is reported, "
            "for example `horizon: {start: 2026-10-05, weeks: 13, timezone: Europe/London}`"
        ),
    ),
]


@pytest.mark.parametrize(("path", "message"), LACKING)
def test_a_missing_key_says_what_may_stand_there(write: Write, path: str, message: str) -> None:
    assert lines_of(write, {path: GONE}) == [f"{path}: {message}"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("horizon.weeks", "a horizon needs exactly one of weeks, days; none is given; write for example `weeks: 13`"),
        (
            "queues.listings.arrivals.per_week",
            (
                "arrivals needs exactly one of per_week, per_day, per_hour, file, trace; none is given; "
                "write for example `per_week: 250_000`"
            ),
        ),
        (
            f"{TEAM}.shift",
            (
                "a team needs exactly one of shift, shifts, duty; none is given; "
                'write for example `shift: {days: Mon-Fri, start: "09:00", length: 9 h}`'
            ),
        ),
        (
            "vendors.north.attrition.per_year",
            (
                "attrition needs exactly one of per_year, weibull, hazard; none is given; "
                "write for example `per_year: 45%`"
            ),
        ),
    ],
)
def test_none_of_several_keys_shows_the_first(write: Write, path: str, message: str) -> None:
    assert lines_of(write, {path: GONE}) == [f"{path.rpartition('.')[0]}: {message}"]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "queues.listings.sla.4 h.target",
            95,
            "95 is out of bounds; a share lies between 0% and 100%; did you mean 95%?",
        ),
        (
            "queues.listings.sla.4 h.target",
            "95",
            "'95' is not a share; write for example '8%' or 0.08; did you mean 95%?",
        ),
        (
            "vendors.north.attrition.per_year",
            45,
            "45 is out of bounds; a share lies between 0% and 100%; did you mean 45%?",
        ),
        ("queues.listings.sla.4 h.target", "104%", "'104%' is out of bounds; a share lies between 0% and 100%"),
        ("queues.listings.sla.4 h.target", 950, "950 is out of bounds; a share lies between 0% and 100%"),
        (
            "queues.listings.arrivals.holidays",
            {"country": "PL", "factor": 80},
            "80 is out of bounds; it must be at most 2,000%; did you mean 80%?",
        ),
        (
            "queues.listings.arrivals.busyness",
            {"cv": 30},
            "30 is out of bounds; it must be at most 2,000%; did you mean 30%?",
        ),
    ],
)
def test_a_share_above_one_is_asked_about(write: Write, path: str, value: object, message: str) -> None:
    (line,) = lines_of(write, {path: value})
    assert line.startswith(path)
    assert line.endswith(f": {message}")


AUTOMATION = {"from": "2026-10-19", "removes": "10%"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"events.peak.surge.queue": ["listings", "appeals"]},
            (
                "events.peak.surge.queue: a list is not one queue; "
                "write one event per queue, or `queues: [listings, appeals]`"
            ),
        ),
        (
            {"events.a": {"automation": {"queue": ["listings"], **AUTOMATION}}},
            "events.a.automation.queue: a list is not one queue; write one event per queue, or `queues: [listings]`",
        ),
        (
            {"events.a": {"training": {"team": ["manila", "krakow"], "from": "2026-10-19", "hours": 4}}},
            "events.a.training.team: a list is not one team; write one event per team",
        ),
        (
            {"events.a": {"automation": AUTOMATION}},
            (
                "events.a.automation: this kind of event needs exactly one of queue, queues; none is given; "
                "write for example `queue: listings`"
            ),
        ),
        (
            {"events.peak.surge.queues": ["listings"]},
            "events.peak.surge: this kind of event takes one of queue, queues; queue and queues are given",
        ),
        (
            {"events.peak.surge.queue": GONE, "events.peak.surge.queues": "listings"},
            "events.peak.surge.queues: 'listings' is not a list; write [listings]",
        ),
        ({"name": ["a"]}, "name: a list is not text; a single value belongs here"),
    ],
)
def test_a_list_where_one_name_belongs(write: Write, changes: dict[str, Any], message: str) -> None:
    assert lines_of(write, changes) == [message]


@pytest.mark.parametrize(
    ("queues", "message"),
    [
        (["listings", "lists"], "queues.1: there is no queue 'lists'; did you mean 'listings'?"),
        (["listings", "listings"], "queues.1: 'listings' is named twice; keep one"),
        (["listings", "appeals"], "queues.1: appeals has no arrivals of its own; name the queue that feeds it"),
    ],
)
def test_each_of_several_queues_is_checked(write: Write, queues: list[str], message: str) -> None:
    changes = {"events.peak.surge.queue": GONE, "events.peak.surge.queues": queues}
    assert lines_of(write, changes) == [f"events.peak.surge.{message}"]


def test_a_child_removes_the_one_queue_that_its_parent_names(write: Write) -> None:
    write(changed({}), "base.yaml")
    child = "name: c\nextends: base.yaml\nevents: {peak: {surge: {queues: [listings]}}}\n"
    with pytest.raises(ScenarioError, match=r"write `queue: null` to remove what .*base\.yaml gives"):
        load(write(child, "child.yaml"))


def test_profiles_and_zones_are_told_with_everything_else(write: Write) -> None:
    found = lines_of(
        write,
        {
            "horizon.timezone": "Europe/Krakow",
            "queues.listings.arrivals.profile": "marketplce",
            "queues.listings.sla.4 h.per": GONE,
            f"{TEAM}.timezone": "Asia/Manilla",
            f"{TEAM}.agents": "x",
        },
    )
    assert [line.split(": ")[0] for line in found] == [
        "horizon.timezone",
        "queues.listings.arrivals.profile",
        "queues.listings.sla.4 h.per",
        f"{TEAM}.timezone",
        f"{TEAM}.agents",
    ]
    assert found[1].endswith(
        "there is no profile 'marketplce'; did you mean 'marketplace'? (or 24 or 168 numbers, or a CSV file)"
    )


def test_a_calibration_file_is_answered_alike(write: Write) -> None:
    text = (
        "title: x\ntimezone: Europe/Krakow\nfrom: 2026-01-01\nto: 2026-03-01\nitems: calls.csv\n"
        "roster: {}\nbacktest: {sla: {1 h: {within: 1 h}}}\n"
    )
    path = write(text, "calibration.yaml")
    with pytest.raises(ScenarioError, match=r"calibration\.yaml:") as caught:
        read_configuration(path)
    assert str(caught.value).replace(f"{path}:", "").split("\n") == [
        "2:11: timezone: 'Europe/Krakow' is not an IANA time zone; did you mean 'Europe/Warsaw'?",
        "5:8: items: 'calls.csv' is not a mapping; write {path: calls.csv}",
        "6:1: roster: path: is missing; give it: CSV, Parquet or Excel file, for example `path: volumes.csv`",
        (
            "7:1: backtest.first: is missing; give it: First origin: the day from which on nothing is known, "
            "for example `first: 2026-10-05`"
        ),
        (
            "7:18: backtest.sla.1 h.measure: is missing; give it: From creation to the decision, or to the first "
            "pick-up; turnaround or wait, for example `measure: turnaround`"
        ),
    ]
