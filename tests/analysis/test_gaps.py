"""Hours without anybody, and what they make of an SLA, where the right figures are known by hand."""

from __future__ import annotations

from typing import Any

import pytest

from simcap.analysis.fits import Assessment, assess
from simcap.streams import Streams
from simcap.units import DAY, HOUR
from simcap.world.capacity import estimate
from tests.helpers import NOWHERE, scenario

TEAM = "vendors.north.teams.day"
MAIL: dict[str, Any] = {
    "horizon": {"start": "2026-10-05", "weeks": 2, "timezone": "UTC", "warm_up": "7 days"},
    "queues.mail.sla": "{6 h: {measure: turnaround, within: 6 h, target: 95%, per: week}}",
    f"{TEAM}.timezone": "UTC",
    f"{TEAM}.agents": 300,
}
"""100 items of 5 min a day, evenly; so many agents that what waits is done at once."""


def told(changes: dict[str, Any]) -> Assessment:
    plan = scenario(MAIL | changes)
    return assess(plan, estimate(plan, NOWHERE, Streams(1, 0)))


def test_a_night_without_anybody_makes_what_it_exceeds_the_sla_by_late() -> None:
    fit = told({f"{TEAM}.shift": '{days: Mon-Sun, start: "06:00", length: 16 h}'})
    (line,) = fit.lines
    assert [(gap.begin % DAY, gap.end - gap.begin, gap.cause) for gap in line.gaps] == [
        (22 * HOUR, 8 * HOUR, "nobody")
    ] * 14
    # From 22:00 to 06:00 is eight hours, and six are allowed: two of each 24 are late.
    assert line.slas[0].best == pytest.approx([1 - 2 / 24] * 2)
    whole = line.gaps[:-1]
    assert [gap.created for gap in whole] == pytest.approx([100 * 5 / 60 / 3] * 13)
    assert [gap.late for gap in whole] == pytest.approx([100 * 5 / 60 / 12] * 13)
    assert not line.fits
    assert not line.short.any()


def test_a_night_as_long_as_the_sla_is_told_of_nobody() -> None:
    fit = told({f"{TEAM}.shift": '{days: Mon-Sun, start: "06:00", length: 18 h}'})
    assert fit.lines[0].gaps == []
    assert fit.fits


def test_a_gap_that_the_target_allows_is_named_and_fits() -> None:
    # 06:00 to 23:00: the night lasts seven hours, one of 24 is late; 95% are in time.
    fit = told({f"{TEAM}.shift": '{days: Mon-Sun, start: "06:00", length: 17 h}', "queues.mail.sla.6 h.target": "95%"})
    assert fit.lines[0].slas[0].best == pytest.approx([1 - 1 / 24] * 2)
    assert len(fit.lines[0].gaps) == 14
    assert fit.fits


def test_a_weekend_without_anybody() -> None:
    fit = told({f"{TEAM}.shift": '{days: Mon-Fri, start: "00:00", length: 24 h}'})
    assert [(gap.begin / DAY % 7, (gap.end - gap.begin) / HOUR, gap.weeks) for gap in fit.lines[0].gaps] == [
        (5.0, 48.0, (0,)),
        (5.0, 48.0, (1,)),
    ]
    assert fit.lines[0].slas[0].best == pytest.approx([1 - 42 / 168] * 2)


def test_work_that_does_not_come_at_night_misses_nothing() -> None:
    day = {f"{TEAM}.shift": '{days: Mon-Sun, start: "08:00", length: 12 h}'}
    fit = told(day | {"queues.mail.arrivals.profile": [0] * 8 + [1] * 12 + [0] * 4})
    assert fit.lines[0].gaps == []
    assert fit.fits


def test_an_outage_is_told_apart_and_what_would_be_without_it() -> None:
    fit = told(
        {f"{TEAM}.shift": "{always: true}", "events.down": "{outage: {from: '2026-10-07 08:00', for: 14 h}}"},
    )
    (gap,) = fit.lines[0].gaps
    assert (gap.begin, gap.end, gap.cause) == (2 * DAY + 8 * HOUR, 2 * DAY + 22 * HOUR, "outage")
    assert fit.lines[0].slas[0].best == pytest.approx([1 - 8 / 168, 1])
    assert fit.fits
    longer = told(
        {f"{TEAM}.shift": "{always: true}", "events.down": "{outage: {from: '2026-10-07 08:00', for: 24 h}}"},
    )
    assert longer.lines[0].slas[0].best == pytest.approx([1 - 18 / 168, 1])
    assert longer.lines[0].slas[0].without == {"outage": 1.0}
    assert longer.lines[0].stopped.tolist() == [True, False]


def test_a_limit_that_is_used_up_leaves_nobody() -> None:
    # One agent around the clock, 100 items of 5 min a day, at most 5 h of them.
    fit = told({f"{TEAM}.shift": "{always: true}", f"{TEAM}.agents": 1, "queues.mail.max_per_day": "5 h"})
    (line,) = fit.lines
    assert line.reach == pytest.approx([35, 35])
    assert line.capped.all()
    assert line.short.all()
    assert line.without == {"cap": pytest.approx(0.0, abs=1e-6)}
    assert line.slas[0].without["cap"] == 1.0
    assert {gap.cause for gap in line.gaps} == {"cap"}


def test_an_allocated_share_is_worked_by_its_vendor() -> None:
    split = {
        f"{TEAM}.shift": "{always: true}",
        f"{TEAM}.agents": 1,
        "vendors.south": "{teams: {far: {timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}}}",
        "queues.mail.arrivals.per_day": 400,
    }
    assert told(split).fits
    # 400 x 5 min is 33 h a day: 30 h for one agent of the north.
    fit = told(split | {"routing.allocation": "{mail: {north: 90%, south: 10%}}"})
    assert [line.fits for line in fit.lines] == [False, True]
    assert fit.lines[0].load == pytest.approx([210, 210])
    assert fit.lines[0].reach == pytest.approx([168, 168])
    # What is younger than six hours when a week ends, 7.5 h of work, is not due.
    assert fit.lines[0].overdue == pytest.approx([42 - 7.5, 84 - 7.5])
    assert fit.lines[0].without["allocation"] == pytest.approx(0, abs=1e-6)
    overflow = {"routing.overflow": "{after: 1 h}", "routing.allocation": "{mail: {north: 90%, south: 10%}}"}
    assert told(split | overflow).fits


def test_items_that_leave_before_they_are_due_miss_no_sla() -> None:
    night = {f"{TEAM}.shift": '{days: Mon-Sun, start: "06:00", length: 12 h}'}
    assert not told(night).fits
    assert told(night | {"queues.mail.expires": "{after: {exponential: 10 min}}"}).fits


def test_queues_that_share_hours_cannot_all_be_in_time() -> None:
    shared = {
        f"{TEAM}.shift": "{always: true}",
        f"{TEAM}.agents": 4,
        f"{TEAM}.skills": ["mail", "chat"],
        "queues.mail.arrivals.per_day": 500,
        "queues.chat": "{arrivals: {per_day: 500}, handle_time: {constant: 5 min}, "
        "sla: {6 h: {measure: turnaround, within: 6 h, target: 95%, per: week}}}",
    }
    assert told(shared).fits
    fit = told(shared | {"events.down": "{outage: {from: '2026-10-07 00:00', for: 2 days, capacity: 50%}}"})
    assert all(line.fits for line in fit.lines)
    (joint,) = fit.together
    assert joint.lines == (0, 1)
    # 83.3 h of work a day against 48 h for two days: 70.7 h wait, of which a quarter of 83.3 h is younger than 6 h.
    assert joint.late == pytest.approx((2 * (1000 / 12 - 48) - 1000 / 12 / 4) / (7 * 1000 / 12))
    assert joint.without == {"outage": 0.0}
    assert not fit.fits


def test_a_limit_that_the_shares_of_a_queue_reach_together_is_told_of_each() -> None:
    # 400 items of 5 min are 33.3 h a day; of four agents each may work 6 h of it.
    fit = told(
        {
            f"{TEAM}.shift": "{always: true}",
            f"{TEAM}.agents": 2,
            "vendors.south": "{teams: {far: {timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}}}",
            "queues.mail": "{arrivals: {per_day: 400}, handle_time: {constant: 5 min}, max_per_day: 6 h}",
            "routing.allocation": "{mail: {north: 50%, south: 50%}}",
            "routing.overflow": "{after: 0 s}",
        }
    )
    for line in fit.lines:
        assert line.load == pytest.approx([7 * 400 / 24] * 2)
        assert line.reach == pytest.approx([7 * 24] * 2)
        assert line.capped.all()
        assert line.let_in == pytest.approx([7 * 24] * 2)
        assert line.asked == pytest.approx([7 * 400 / 12] * 2)


def test_where_no_window_is_whole_what_there_is_of_one_is_judged() -> None:
    part = {"horizon.weeks": None, "horizon.days": 5, f"{TEAM}.shift": '{days: Mon-Sun, start: "06:00", length: 12 h}'}
    (sla,) = told(part).lines[0].slas
    assert sla.best == pytest.approx([1 - 6 / 24])


@pytest.mark.parametrize(("length", "weekend"), [(19, 53), (18, 54)])
def test_a_short_night_is_not_blamed_for_what_a_long_weekend_makes_late(length: int, weekend: int) -> None:
    # A week has 58 h of work and one agent 90 h of duty or more; no night is longer than the SLA allows.
    fit = told({f"{TEAM}.shift": f'{{days: Mon-Fri, start: "04:00", length: {length} h}}', f"{TEAM}.agents": 1})
    assert {gap.end - gap.begin for gap in fit.lines[0].gaps} == {weekend * HOUR}


def test_a_gap_that_begins_with_a_week_is_of_that_week_alone() -> None:
    fit = told({f"{TEAM}.shift": '{days: Tue-Sun, start: "00:00", length: 24 h}'})
    assert [(gap.begin / DAY, gap.weeks) for gap in fit.lines[0].gaps] == [(0, (0,)), (7, (1,))]


@pytest.mark.parametrize(("weight", "told_of"), [(0.02, 0), (0.04, 13)])
def test_next_to_nothing_is_not_told(weight: float, told_of: int) -> None:
    night = {f"{TEAM}.shift": '{days: Mon-Sun, start: "06:00", length: 16 h}'}
    # Two hours of each night are late: 2 x 0.02 / (7 x 16.16) of a week's work are 0.04%.
    # The night between the weeks is held against the work of both.
    fit = told(night | {"queues.mail.arrivals.profile": [weight] * 6 + [1] * 16 + [weight] * 2})
    assert len(fit.lines[0].gaps) == told_of


def test_who_may_take_work_only_when_it_is_late_leaves_nobody_there() -> None:
    far = "{teams: {far: {timezone: UTC, agents: 9, skills: [mail], shift: {always: true}}}}"
    split = {"routing.allocation": "{mail: {north: 50%, south: 50%}}", "routing.overflow": "{after: 8 h}"}
    night = {f"{TEAM}.shift": '{days: Mon-Sun, start: "06:00", length: 16 h}', "vendors.south": far}
    north, south = told(night | split).lines
    assert {gap.cause for gap in north.gaps} == {"nobody"}
    assert south.gaps == []


def test_a_limit_that_is_used_up_is_told_of_work_that_leaves() -> None:
    fit = told(
        {
            f"{TEAM}.shift": "{always: true}",
            f"{TEAM}.agents": 1,
            "queues.mail.max_per_day": "2 h",
            "queues.mail.expires": "{after: {constant: 7 h}}",
        }
    )
    assert {gap.cause for gap in fit.lines[0].gaps} == {"cap"}


def test_an_outage_before_a_night_without_anybody_is_one_stretch_of_two_causes() -> None:
    fit = told(
        {
            f"{TEAM}.shift": '{days: Mon-Sun, start: "04:00", length: 20 h}',
            "events.down": "{outage: {from: '2026-10-07 19:00', for: 5 h}}",
        }
    )
    found = [(gap.begin / HOUR % 24, gap.end / HOUR % 24, gap.cause) for gap in fit.lines[0].gaps]
    # Together nine hours, of which the first three come too early for six.
    assert found == [(19, 0, "outage")]
    assert fit.lines[0].gaps[0].late == pytest.approx(3 * 100 * 5 / 60 / 24)


# -- work that leaves -------------------------------------------------------------------------------------------------

NIGHT = {f"{TEAM}.shift": '{days: Mon-Sun, start: "06:00", length: 16 h}'}
"""Nobody from 22:00 to 06:00."""


@pytest.mark.parametrize(
    ("after", "lost", "limit"),
    [
        # What comes six hours or more before 06:00 has left after two.
        ("{constant: 2 h}", 6 / 24, 2 * HOUR),
        # Of what comes d hours before, d in eight has left: half of all that comes in the night.
        ("{uniform: [0 h, 8 h]}", 4 / 24, 4 * HOUR),
    ],
)
def test_what_leaves_while_nobody_is_there_counts_where_an_sla_counts_all(
    after: str, lost: float, limit: float
) -> None:
    leaves = NIGHT | {"queues.mail.expires": f"{{after: {after}}}"}
    (line,) = told(leaves | {"queues.mail.sla.6 h.counts": "all"}).lines
    assert line.slas[0].best == pytest.approx([1 - lost] * 2, abs=0.002)
    assert not line.fits
    assert {(gap.limit, gap.leaves, gap.end - gap.begin) for gap in line.gaps} == {(limit, True, 8 * HOUR)}
    assert sum(gap.late for gap in line.gaps) == pytest.approx(14 * lost * 100 * 5 / 60, rel=0.01)
    (decided,) = told(leaves).lines
    assert decided.slas == []
    assert decided.fits
    assert decided.gaps == line.gaps


def test_an_sla_that_is_shorter_than_the_patience_is_judged_beside_a_longer_one() -> None:
    longer = "{measure: turnaround, within: 9 h, target: 95%, per: week}"
    leaves = {"queues.mail.expires": "{after: {constant: 7 h}}", "queues.mail.sla.9 h": longer}
    (line,) = told(NIGHT | leaves).lines
    assert [sla.name for sla in line.slas] == ["6 h"]
    assert line.slas[0].best == pytest.approx([1 - 2 / 24] * 2)


def test_a_gap_begins_when_there_is_work() -> None:
    late = {"vendors.late": "{go_live: 2026-10-08, teams: {new: {timezone: UTC, agents: 0, skills: [mail], "
            "shift: {always: true}}}}"}  # fmt: skip
    fit = told(late | {"routing.allocation": "{mail: {north: 50%, late: 50%}}"})
    (gap,) = fit.lines[1].gaps
    assert (gap.begin, gap.weeks) == (3 * DAY, (0, 1))


@pytest.mark.parametrize(("measure", "fits"), [("wait", True), ("turnaround", False)])
def test_overflow_at_the_time_allowed_saves_a_pick_up_but_no_decision(measure: str, fits: bool) -> None:
    far = "{teams: {far: {timezone: UTC, agents: 0, skills: [mail], shift: {always: true}}}}"
    at_six = {"routing.overflow": "{after: 6 h}", "routing.allocation": "{mail: {north: 50%, south: 50%}}"}
    always = {f"{TEAM}.shift": "{always: true}", "vendors.south": far, "queues.mail.sla.6 h.measure": measure}
    assert told(always | at_six).fits is fits
