"""Whether work fits into hours made by hand: what is short, capped, stopped, and missed together."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from simcap.analysis.fits import Assessment, assess
from simcap.analysis.reckoning import Reckoning
from simcap.analysis.together import _late, joint_misses
from simcap.tally import Exposure
from simcap.units import HOUR
from tests.analysis.capacities import NORTH, SOUTH, capacity, desk, hour, row

INF = np.inf
ALONE = [(0, ""), (1, "")]
SPLIT = {"routing__allocation": "{mail: {north: 50%, south: 50%}}"}
SPLIT_LINES = [(0, "north"), (0, "south"), (1, "")]
OWN = [(NORTH, [1.0, 0.0]), (SOUTH, [0.0, 1.0])]
"""The north does mail, the south chat."""
BOTH = [(NORTH, [1.0, 1.0]), (SOUTH, [1.0, 1.0])]


def sla(target: str, within: str = "6 h", per: str = "week") -> str:
    return f"{{{within}: {{measure: turnaround, within: {within}, target: {target}, per: {per}}}}}"


def test_what_fits_is_told_with_its_hours() -> None:
    work = capacity(ALONE, [row(1), row(0.5)], OWN, [row(2), row(1, {(hour(7), hour(8)): 2.0})])
    found = assess(desk(), work)
    assert found.fits
    assert found.starts == [dt.datetime(2026, 10, 5), dt.datetime(2026, 10, 12)]
    assert (found.load.tolist(), found.supply.tolist()) == ([252, 252], [504, 528])
    assert found.notes == ("a note",)
    assert found.productive is work.productive
    assert found.together == []
    mail, chat = found.lines
    assert [(line.queue, line.vendor) for line in found.lines] == [("mail", ""), ("chat", "")]
    assert (mail.load.tolist(), chat.load.tolist()) == ([168, 168], [84, 84])
    assert (mail.reach.tolist(), chat.reach.tolist()) == ([336, 336], [168, 192])
    assert (mail.let_in.tolist(), mail.asked.tolist()) == ([336, 336], [168, 168])
    for line in found.lines:
        assert line.fits
        assert not (line.short | line.capped | line.stopped).any()
        assert line.overdue.tolist() == [0, 0]
        assert (line.without, line.gaps) == ({}, [])
    assert [(one.name, one.best.tolist(), one.without) for one in mail.slas] == [("6 h", [1.0, 1.0], {})]
    assert chat.slas == []


@pytest.mark.parametrize(
    ("target", "short"),
    [
        # Of 168 h a week 162 are done: after a week 6 h are left, all of them younger than six hours; after two, six of
        # twelve are past due: as late as half of all.
        ("40%", [False, False]),
        ("60%", [False, True]),
    ],
)
def test_a_line_is_short_where_more_of_what_waits_is_past_due_than_its_tightest_sla_allows(
    target: str, short: list[bool]
) -> None:
    # A looser and longer SLA beside it is not asked.
    slas = sla(target)[:-1] + ", " + sla("99%", "2 days")[1:]
    work = capacity(ALONE, [row(1), row(0)], OWN, [row(162 / 168), row(1)])
    mail, _ = assess(desk(queues__mail__sla=slas), work).lines
    assert mail.overdue == pytest.approx([0, 6])
    assert mail.short.tolist() == short
    assert not mail.capped.any(), "no limit holds it back"


def test_little_work_that_nobody_does_is_short_as_well() -> None:
    # A third of an hour a week, of which a little is younger than six hours: nearly all of it is late.
    work = capacity(ALONE, [row(0.002), row(0.5)], [(NORTH, [0.0, 0.0]), (SOUTH, [0.0, 1.0])], [row(1), row(1)])
    mail, chat = assess(desk(queues__mail__sla=sla("20%")), work).lines
    assert mail.overdue == pytest.approx([0.002 * 162, 0.002 * 330])
    assert mail.short.tolist() == [True, True]
    assert chat.fits
    assert not (mail.capped | mail.stopped).any(), "nobody has the skill, and nothing stops them"


def test_a_queue_without_an_sla_is_short_when_it_lags_behind_by_more_than_a_week() -> None:
    # 336 h come a week, 160 are done: after two weeks 352 wait, of which 336 are younger than a week.
    for per_week, short in ((160, [False, True]), (170, [False, False])):
        work = capacity(ALONE, [row(0), row(2)], OWN, [row(1), row(per_week / 168)])
        chat = assess(desk(), work).lines[1]
        assert chat.overdue == pytest.approx([0, max(2 * (336 - per_week) - 336, 0)])
        assert chat.short.tolist() == short
        assert chat.fits is not any(short)


def test_what_is_within_the_tolerance_is_not_short() -> None:
    # 0.5% of 336 h are 1.68 h.
    for behind, short in ((1.6, False), (1.8, True)):
        work = capacity(ALONE, [row(0), row(2)], OWN, [row(1), row((168 - behind / 2) / 168)])
        chat = assess(desk(), work).lines[1]
        assert chat.overdue == pytest.approx([0, behind])
        assert chat.short.tolist() == [False, short]


def test_what_a_share_of_its_own_is_short_of_is_tried_with_all_hands() -> None:
    lines = [row(1), row(0.5), row(0)]
    work = capacity(SPLIT_LINES, lines, BOTH, [row(0.75), row(1)])
    found = assess(desk(**SPLIT), work)
    north, south, _ = found.lines
    # 42 h of the north's 168 are left each week; what came in the last six hours of it is not due.
    assert north.overdue == pytest.approx([36, 78])
    assert north.without == {"allocation": pytest.approx(0, abs=1e-6)}
    assert south.without == {"allocation": pytest.approx(0, abs=1e-6)}
    assert [line.fits for line in found.lines] == [False, True, True]
    assert found.together == [], "nothing is told of lines together where one is short by itself"
    (late,) = north.slas
    assert late.missed.tolist() == [True, True]
    assert late.without == {"allocation": 1.0}
    assert south.slas[0].without == {}


def test_the_worst_window_is_the_one_that_is_tried_without_a_cause() -> None:
    # An outage of 30 h in the second week and one of 20 h in the first: 24 and 14 h of work come too early.
    stopped = {(hour(8), hour(9, 6)): 0.0, (hour(1), hour(1, 20)): 0.0}
    one = row(500, stopped)
    work = capacity(ALONE, [row(1), row(0)], OWN, [one, one], planned=[row(500, {(hour(8), hour(8, 10)): 0.0})] * 2)
    mail, chat = assess(desk(queues__mail__sla=sla("99%")), work).lines
    (found,) = mail.slas
    assert found.best == pytest.approx([1 - 14 / 168, 1 - 24 / 168])
    assert found.missed.tolist() == [True, True]
    assert found.starts == [dt.datetime(2026, 10, 5), dt.datetime(2026, 10, 12)]
    assert found.without == {"outage": pytest.approx(1 - 4 / 168)}, "ten hours without anybody are planned"
    assert mail.stopped.tolist() == [True, True]
    assert not mail.short.any()
    assert mail.without == {}, "that is asked of what is short only"
    assert not mail.fits
    assert chat.fits


@pytest.mark.parametrize(("lost", "told"), [(0.0004, False), (0.0006, True)])
def test_an_outage_of_next_to_nothing_is_not_told(lost: float, told: bool) -> None:
    planned = row(2 * (1 + lost))
    work = capacity(ALONE, [row(1), row(0)], OWN, [row(2), row(1)], planned=[planned, row(1)])
    mail, chat = assess(desk(), work).lines
    assert mail.stopped.tolist() == [told, told]
    assert not chat.stopped.any()


@pytest.mark.parametrize(("best", "missed"), [(0.8949, True), (0.8951, False)])
def test_an_sla_is_missed_where_the_best_is_below_its_target_by_more_than_the_tolerance(
    best: float, missed: bool
) -> None:
    work = capacity(ALONE, [row(1), row(0)], OWN, [row(2), row(1)])
    (found,) = assess(desk(), work).lines[0].slas
    found.best[:] = [best, 1.0]
    assert found.missed.tolist() == [missed, False]


def capped(north: float, quota: float, south: float | None = None, **changes: Any) -> Assessment:
    """Assess a queue of two shares, by default equal, each of whose vendors may do so many hours a day."""
    first = np.array([hour(day) for day in range(14) for _ in range(2)])
    exposure = Exposure(
        queue=0,
        crew=np.tile([0, 1], 14),
        first=first,
        seconds=np.full((28, 24), HOUR),
        quota=np.full(28, quota * HOUR),
    )
    lines = [row(north / 24), row((north if south is None else south) / 24), row(0)]
    work = capacity(SPLIT_LINES, lines, BOTH, [row(1), row(1)], exposures=(exposure,))
    return assess(desk(**SPLIT, **changes), work)


def test_a_limit_holds_back_a_share_of_its_own() -> None:
    # Ten hours a day and eight that may be done of them.
    north, south, chat = capped(10, 8).lines
    for line in (north, south):
        assert (line.load.tolist(), line.reach.tolist()) == ([pytest.approx(70)] * 2, [56, 56])
        assert line.capped.tolist() == [True, True]
        assert line.let_in.tolist() == [112, 112], "both shares together have more than is let in"
        assert line.asked.tolist() == [pytest.approx(140)] * 2
        assert set(line.without) == {"cap", "allocation"}
        assert line.without["cap"] == pytest.approx(0, abs=1e-6)
    assert not chat.capped.any()


def test_a_limit_that_is_not_reached_caps_nothing() -> None:
    north, *_ = capped(8.03, 8).lines
    assert not north.capped.any(), "0.4% beyond the limit"
    assert (north.let_in.tolist(), north.asked.tolist()) == ([56, 56], [pytest.approx(56.21)] * 2)
    beyond, *_ = capped(8.05, 8).lines
    assert beyond.capped.all(), "0.6% beyond it"


def test_a_limit_may_hold_back_one_share_and_not_the_queue() -> None:
    # Ten hours of the north and two of the south, eight for each: 12 of 16.
    north, south, _ = capped(10, 8, 2).lines
    assert (north.capped.all(), south.capped.any()) == (True, False)
    assert (north.let_in.tolist(), north.asked.tolist()) == ([56, 56], [pytest.approx(70)] * 2)
    # Two hours, and 13.5 of the south: 15.5 of 16.
    north, south, _ = capped(2, 8, 13.5).lines
    assert (north.capped.any(), south.capped.all()) == (False, True)


def test_an_sla_that_counts_all_is_judged_though_most_leave_before_they_are_due() -> None:
    patience = {0: [HOUR, 2 * HOUR, 3 * HOUR]}
    work = capacity(ALONE, [row(1), row(0)], OWN, [row(2), row(1)], patience=patience)
    every = sla("90%").replace("per:", "counts: all, per:")
    assert [one.name for one in assess(desk(queues__mail__sla=every), work).lines[0].slas] == ["6 h"]
    assert assess(desk(), work).lines[0].slas == []


# -- lines together ---------------------------------------------------------------------------------------------------

CHAT_SLA = {"queues__chat__sla": sla("90%")}


def test_lines_that_share_hours_are_late_together() -> None:
    # Two hours of work an hour and three of hours; on day 3 one hour an hour: at its end 24 wait, twelve of them old.
    shared = row(1.5, {(hour(3), hour(4)): 0.5})
    planned = [row(1.5), row(1.5)]
    work = capacity(ALONE, [row(1), row(1)], BOTH, [shared, shared], planned=planned)
    plan = desk(**CHAT_SLA)
    assert assess(plan, work).together == [], "12 of 336 are allowed"
    tight = desk(queues__mail__sla=sla("98%"), queues__chat__sla=sla("98%"))
    (joint,) = assess(tight, work).together
    assert (joint.lines, joint.start, joint.period) == ((0, 1), dt.datetime(2026, 10, 5), "week")
    assert joint.late == pytest.approx(12 / 336)
    assert joint.allowed == pytest.approx(0.02)
    assert joint.without == {"outage": 0.0}
    assert not assess(tight, work).fits
    # Where chat alone misses its SLA, too, that is all that is told.
    alone = desk(queues__mail__sla=sla("98%"), queues__chat__sla=sla("98%", "30 min"))
    lazy = capacity(ALONE, [row(1), row(1)], BOTH, [row(1.5, {(hour(3), hour(4)): 0.45})] * 2)
    assert [line.fits for line in assess(alone, lazy).lines] == [True, False]
    assert not any(line.short.any() for line in assess(alone, lazy).lines)
    assert [one.lines for one in joint_misses(Reckoning(alone, lazy), {})] == [(0, 1)]
    assert assess(alone, lazy).together == []
    assert all(line.fits for line in assess(tight, work).lines)
    # What they allow together is weighed by their work. 19.2 h wait, of which 10.8 are younger than six hours.
    uneven = capacity(ALONE, [row(1), row(0.8)], BOTH, [shared, shared])
    (joint,) = assess(desk(queues__mail__sla=sla("99%"), queues__chat__sla=sla("97%")), uneven).together
    assert joint.late == pytest.approx((19.2 - 10.8) / (1.8 * 168))
    assert joint.allowed == pytest.approx((0.01 + 0.03 * 0.8) / 1.8)
    assert joint.without == {}


def test_the_worst_week_is_told_and_by_month_where_an_sla_is() -> None:
    stopped = {(hour(3), hour(4)): 0.5, (hour(9), hour(11)): 0.5}
    work = capacity(ALONE, [row(1), row(1)], BOTH, [row(1.5, stopped)] * 2)
    plan = desk(queues__mail__sla=sla("99%"), queues__chat__sla=sla("99%"))
    (joint,) = assess(plan, work).together
    # On days 9 and 10 48 h are missing: 48 wait, of which 12 are younger than six hours.
    assert (joint.start, joint.late) == (dt.datetime(2026, 10, 12), pytest.approx(36 / 336))
    by_month = desk(queues__mail__sla=sla("99%"), queues__chat__sla=sla("99%", per="month"))
    (joint,) = assess(by_month, work).together
    # There is no whole month, so that the part is judged; what is late at the worst moment is of all its work.
    assert (joint.period, joint.start) == ("month", dt.datetime(2026, 10, 5))
    assert joint.late == pytest.approx(36 / 672)


def test_lines_of_one_crew_are_told_and_not_within_more_of_them() -> None:
    # The north alone does mail and chat and falls behind; the south, which does nothing else, has a third line.
    plan = desk(
        queues__chat__sla=sla("99%"),
        queues__mail__sla=sla("99%"),
        queues__talk=f"{{arrivals: {{per_day: 30}}, handle_time: {{constant: 3 min}}, sla: {sla('99%')}}}",
        vendors__south__teams__far__skills=["mail", "chat", "talk"],
    )
    lines = [(0, ""), (1, ""), (2, "")]
    stopped = row(3, {(hour(3), hour(4)): 1.0})
    crews = [(NORTH, [1.0, 1.0, 0.0]), (SOUTH, [0.0, 0.0, 1.0])]
    work = capacity(lines, [row(1), row(1), row(0.1)], crews, [stopped, row(0.2)])
    base = Reckoning(plan, work)
    (joint,) = joint_misses(base, {})
    assert joint.lines == (0, 1)
    assert joint.late == pytest.approx(12 / 336)
    # All three together have 0.2 h an hour more on the floor, and 0.1 more to do.
    idle = capacity(lines, [row(1), row(1), row(0.1)], crews, [row(3), row(0.2)])
    assert joint_misses(Reckoning(plan, idle), {}) == []


def test_sets_are_asked_for_each_time_allowed() -> None:
    # Mail within 6 h, chat within 12: until six hours mail is alone, and up to twelve they are two.
    plan = desk(queues__mail__sla=sla("99%"), queues__chat__sla=sla("99%", "12 h"))
    shared = row(1.5, {(hour(3), hour(5)): 0.5})
    work = capacity(ALONE, [row(1), row(1)], BOTH, [shared, shared])
    (joint,) = joint_misses(Reckoning(plan, work), {})
    # After two days 48 h wait, of which 24 are younger than twelve hours.
    assert joint.late == pytest.approx(24 / 336)
    assert joint.lines == (0, 1)


def test_a_week_answers_for_what_grows_in_it_until_its_last_items_are_due() -> None:
    # From day 6 to 08:00 of day 7 one hour an hour is missing; after that one an hour is made up for.
    shared = row(1.5, {(hour(6), hour(7, 8)): 0.5})
    base = Reckoning(desk(**CHAT_SLA), capacity(ALONE, [row(1), row(1)], BOTH, [shared, shared]))
    late, allowed = _late(base, (0, 1), 6 * HOUR)
    # At 06:00 of day 7 30 h wait, of which 12 are younger than six hours. Two more are late two hours later.
    assert late == pytest.approx([18 / 336, 2 / 336])
    assert allowed == pytest.approx([0.1, 0.1])


def test_a_part_of_a_week_is_not_judged_nor_one_without_work() -> None:
    tight = {"queues__mail__sla": sla("99%"), "queues__chat__sla": sla("99%")}
    shared = row(1.5, {(hour(8), hour(9)): 0.5})
    base = Reckoning(
        desk(**tight, horizon__weeks=None, horizon__days=10),
        capacity(ALONE, [row(1), row(1)], BOTH, [shared, shared]),
    )
    assert joint_misses(base, {}) == []
    week = {(hour(0), hour(7)): 0.0}
    idle = capacity(ALONE, [row(1, week), row(1, week)], BOTH, [shared, shared])
    (joint,) = joint_misses(Reckoning(desk(**tight), idle), {})
    assert (joint.start, joint.late) == (dt.datetime(2026, 10, 12), pytest.approx(12 / 336))


def test_the_tightest_sla_counts_though_a_longer_one_is_written_before_it() -> None:
    slas = sla("60%", "2 days")[:-1] + ", " + sla("99%")[1:]
    shared = row(1.5, {(hour(3), hour(4)): 0.5})
    work = capacity(ALONE, [row(1), row(1)], BOTH, [shared, shared])
    (joint,) = joint_misses(Reckoning(desk(queues__mail__sla=slas, queues__chat__sla=sla("97%")), work), {})
    assert (joint.late, joint.allowed) == pytest.approx((12 / 336, 0.02))


def test_who_may_help_before_work_is_due_is_reckoned_with() -> None:
    # Shares of mail overflow after eight hours, which is too late for six: the north's lines have the north alone.
    plan = desk(
        routing__allocation="{mail: {north: 50%, south: 50%}, chat: {north: 100%}}",
        routing__overflow="{after: 8 h}",
        queues__mail__sla=sla("99%"),
        queues__chat__sla=sla("99%"),
    )
    lines = [(0, "north"), (0, "south"), (1, "north")]
    seconds = [row(3, {(hour(3), hour(4)): 1.0}), row(50)]
    work = capacity(lines, [row(1), row(0.1), row(1)], BOTH, seconds)
    (joint,) = joint_misses(Reckoning(plan, work), {})
    assert (joint.lines, joint.late) == ((0, 2), pytest.approx(12 / 336))
