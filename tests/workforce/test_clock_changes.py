"""Shifts on nights on which the clocks change: stretches of wall clock, in every zone."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import numpy as np
import pytest

from simcap.demand.demand import Demand
from simcap.scenario.clock import Clock
from simcap.scenario.schema.vendors import Shift
from simcap.streams import Streams
from simcap.units import HOUR, MINUTE, TICK
from simcap.workforce.spans import ShiftClock
from simcap.world.capacity import estimate
from tests.helpers import NOWHERE, Crew, crew, scenario, watch
from tests.scenario.test_clock import ZONES

TEAM = "vendors.north.teams.day"
NIGHT = "{days: Mon-Sun, start: '22:00', length: 8 h%s}"
AUTUMN, SPRING = "2026-10-24", "2026-03-28"


def shift(start: str, length: str, breaks: list[dict[str, str]] | None = None) -> Shift:
    return Shift.model_validate({"days": "Mon-Sun", "start": start, "length": length, "breaks": breaks or []})


def night(start: str = AUTUMN, more: dict[str, Any] | None = None, *, breaks: str = "") -> Crew:
    changes = {"horizon.start": start, "horizon.days": 2, f"{TEAM}.shift": NIGHT % breaks, **(more or {})}
    return crew(scenario({"horizon.warm_up": "0 days", **changes}))


@pytest.mark.parametrize(("zone", "year"), ZONES)
@pytest.mark.parametrize(
    "starts", [("06:00", "14:00", "22:00"), ("01:30", "09:30", "17:30"), ("00:15", "08:15", "16:15")]
)
def test_consecutive_shifts_leave_no_gap_and_never_overlap(zone: str, year: int, starts: tuple[str, ...]) -> None:
    clocks = [ShiftClock(shift(start, "8 h"), 0.1, Clock(0.0, zone)) for start in starts]
    days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    spans = [clock.on(day) for day in days for clock in clocks]
    assert [one.end for one in spans[:-1]] == [one.begin for one in spans[1:]]
    assert all(one.length >= 0 for one in spans)
    odd = [one for one in spans if one.length != 8 * HOUR]
    assert bool(odd) == (zone != "Asia/Manila")
    assert all(one.pattern.length == one.length for one in odd)


BREAKS = [
    {"after": "2.5 h", "for": "15 min"},
    {"after": "3.5 h", "for": "45 min"},
    {"after": "4.5 h", "for": "15 min"},
    {"after": "7.8 h", "for": "10 min"},
]


@pytest.mark.parametrize(("zone", "year"), ZONES)
@pytest.mark.parametrize("start", ["22:00", "19:00", "20:20"])
def test_breaks_keep_their_order_and_lie_within_the_shift(zone: str, year: int, start: str) -> None:
    clock = ShiftClock(shift(start, "8 h", BREAKS), 0.1, Clock(0.0, zone))
    for number in range(365):
        span = clock.on(dt.date(year, 1, 1) + dt.timedelta(days=number))
        on, off = span.pattern.outline(np.array([-0.5, 0.0, 0.49])).blocks(np.arange(3), 0.0, np.full((3, 40), 0.5))
        assert (on[:, 1:] >= off[:, :-1]).all()
        assert (off >= on).all()
        assert (off[:, -1] == span.length).all()


@pytest.mark.parametrize(
    ("start", "begins", "floor"),
    [
        # In autumn 02:00 is five hours after 21:00 UTC, and 04:00 seven; in spring 01:00 is skipped.
        (AUTUMN, [5, 7], 9 - 45 / 60),
        (SPRING, [3, 5], 7 - 45 / 60),
        ("2026-10-05", [4, 6], 8 - 45 / 60),
    ],
)
def test_breaks_begin_by_the_clock_and_keep_their_length(start: str, begins: list[float], floor: float) -> None:
    pauses = ", breaks: [{after: 4 h, for: 30 min}, {after: 6 h, for: 15 min}]"
    found = night(start, {f"{TEAM}.agents": 40}, breaks=pauses)
    (post,) = (one for one in found.posts() if one.time > 0 and one.time < 86400)
    away = post.on[:, 1:] - post.off[:, :-1]
    assert away == pytest.approx(np.tile([30 * MINUTE, 15 * MINUTE], (40, 1)), abs=2 * TICK)
    assert (post.off[:, :-1] - post.time).mean(axis=0) / HOUR == pytest.approx(begins, abs=1 / 60)
    assert post.seconds / HOUR == pytest.approx(floor, abs=1e-5)


def test_breaks_that_a_change_moves_into_one_another_follow_one_another() -> None:
    pauses = [{"after": "2.75 h", "for": "60 min"}, {"after": "4.5 h", "for": "30 min"}]
    span = ShiftClock(shift("22:00", "8 h", pauses), 0.0, Clock(0.0, "Europe/London")).on(dt.date(2026, 3, 28))
    assert [(one.after / MINUTE, one.for_ / MINUTE) for one in span.pattern.breaks] == [(165, 60), (225, 30)]
    late = [{"after": "3.25 h", "for": "10 min"}, {"after": "3.5 h", "for": "20 min"}]
    span = ShiftClock(shift("22:00", "4 h", late), 0.0, Clock(0.0, "Europe/London")).on(dt.date(2026, 3, 28))
    assert (span.length, span.pattern.breaks) == (3 * HOUR, ())


@pytest.mark.parametrize(("start", "hours"), [(AUTUMN, 9), (SPRING, 7), ("2026-10-05", 8)])
def test_a_night_is_paid_and_scheduled_as_it_lasts(start: str, hours: float) -> None:
    found = night(start, breaks=", breaks: [{after: 4 h, for: 30 min}]")
    first = next(one for one in found.posts() if 0 < one.time < 86400)
    assert first.off[:, -1] - first.time == pytest.approx(np.full(3, hours * HOUR))
    # The horizon holds six hours of the night before, the night of the change, and two of the next: half an hour of
    # each eight, and of the odd night, is a break.
    expected = (6 + 2) * 7.5 / 8 + hours - 0.5
    assert found.teams["day"].hours.scheduled[:-1].sum() / HOUR == pytest.approx(expected)
    assert found.teams["day"].hours.paid[:-1].sum() / HOUR == pytest.approx(3 * expected)


@pytest.mark.parametrize(("start", "end"), [(AUTUMN, 7), (SPRING, 7), ("2026-10-05", 7)])
def test_overtime_is_an_hour_after_the_end_on_the_clock(start: str, end: int) -> None:
    more = {"vendors.north.overtime": "{when: {backlog_hours: 1}, adds: 1 h, max_per_week: 7 h}"}
    plan = scenario({"horizon.start": start, "horizon.days": 2, f"{TEAM}.shift": NIGHT % "", **more})
    found = crew(plan, backlog=10.0)
    post = next(one for one in found.posts() if 0 < one.time < 86400)
    ends = {found.teams["day"].days.clock.local(float(off)) for off in post.off[:, -1]}
    assert ends == {dt.datetime.combine(plan.horizon.start + dt.timedelta(days=1), dt.time(end))}


def test_overtime_ends_where_the_next_shift_begins() -> None:
    more = {
        "vendors.north.overtime": "{when: {backlog_hours: 1}, adds: 12 h, max_per_week: 84 h}",
        f"{TEAM}.shift": "{days: Mon-Sun, start: '10:00', length: 12 h}",
    }
    found = crew(scenario({"horizon.start": "2026-03-28", "horizon.days": 3, **more}), backlog=10.0)
    posts = found.posts()
    assert all((one.off[:, -1] <= two.time).all() for one, two in itertools.pairwise(posts))
    lengths = [round(float(one.off[0, -1] - one.on[0, 0]) / HOUR) for one in posts]
    assert lengths[:2] == [23, 24]


@pytest.mark.parametrize(("start", "hours"), [("2026-10-25", 25), ("2026-03-29", 23)])
def test_around_the_clock_offline_time_keeps_its_share(start: str, hours: int) -> None:
    more = {f"{TEAM}.shift": "{always: true}", f"{TEAM}.shrinkage": "{offline: 10%}", f"{TEAM}.agents": 20}
    found = crew(scenario({"horizon.start": start, "horizon.days": 1, **more}))
    seconds = np.concatenate([post.seconds for post in found.posts() if post.time >= 0])
    assert seconds == pytest.approx(np.full(20, 0.9 * hours * HOUR), abs=1)


def test_training_takes_its_hours_of_a_long_night() -> None:
    more = {"horizon.days": 4, "events.course": "{training: {team: day, from: 2026-10-24, hours: 2}}"}
    post = next(one for one in night("2026-10-22", more).posts() if one.time > 48 * HOUR)
    assert post.seconds / HOUR == pytest.approx(np.full(3, 7.0))


ROTA = """
early: {share: 33%, days: Mon-Sun, start: '06:00', length: 8 h, at_end: hand_back}
late: {share: 33%, days: Mon-Sun, start: '14:00', length: 8 h, at_end: hand_back}
night: {share: 34%, days: Mon-Sun, start: '22:00', length: 8 h, at_end: hand_back}
"""


@pytest.mark.parametrize(("start", "hours"), [(AUTUMN, 25 + 24), (SPRING, 23 + 24)])
def test_one_agent_is_on_at_any_time_and_the_fluid_estimate_knows_it(start: str, hours: int) -> None:
    plan = scenario({"horizon.start": start, "horizon.days": 2, f"{TEAM}.shift": None, f"{TEAM}.shifts": ROTA})
    tally, floor = watch(plan)
    assert tally.by_team["floor"][0, :2].sum() / HOUR == hours
    spans = sorted((begin, end) for _, begin, end in floor.duty)
    assert [end for _, end in spans[:-1]] == [begin for begin, _ in spans[1:]]
    capacity = estimate(plan, NOWHERE, Streams(1, 0))
    inside = (capacity.edges[:-1] >= 0) & (capacity.edges[1:] <= hours * HOUR)
    assert capacity.staffed.seconds[:, inside].sum() / HOUR == pytest.approx(hours)


def test_a_surge_of_whole_days_ends_at_midnight_and_one_of_hours_elapses() -> None:
    found = {}
    for length in ("2 days", "30 h"):
        surge = f"{{surge: {{queue: mail, from: 2026-10-24, for: {length}, factor: 3}}}}"
        demand = Demand(scenario({"horizon.start": AUTUMN, "horizon.days": 3, "events.campaign": surge}), NOWHERE)
        found[length] = [demand.expected(0, demand.day(day)) / 100 * 24 for day in range(3)]
    assert found["2 days"] == pytest.approx([3 * 24, 3 * 25, 24])
    assert found["30 h"] == pytest.approx([3 * 24, 25 + 2 * 6, 24])


@pytest.mark.parametrize("length", ["6 h", "24 h"])
def test_an_outage_is_elapsed_time(length: str) -> None:
    down = f"{{outage: {{team: day, from: '2026-10-24 23:00', for: {length}}}}}"
    _, floor = watch(
        scenario({"horizon.start": AUTUMN, "horizon.days": 3, f"{TEAM}.shift": NIGHT % "", "events.down": down})
    )
    assert {(end - begin) / HOUR for _, begin, end in floor.stops} == {float(length.removesuffix(" h"))}
