"""Who may take what, by week and by hour: loads and hours made by hand, figures worked out on paper."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simcap.analysis.reckoning import Reckoning
from simcap.tally import Capacity, Exposure
from simcap.units import HOUR
from tests.analysis.capacities import AFTER, CELLS, HORIZON, NORTH, SOUTH, WARM_UP, capacity, desk, hour, row

INF = np.inf
LINES = [(0, "north"), (0, "south"), (1, "")]
SPLIT = {"routing__allocation": "{mail: {north: 50%, south: 50%}}"}
CREWS = [(NORTH, [1.0, 0.5]), (SOUTH, [0.8, 1.0])]


def evenly() -> Capacity:
    """Return a capacity of three lines: an hour, half an hour and a quarter of work an hour; two and one on duty."""
    return capacity(LINES, [row(1), row(0.5), row(0.25)], CREWS, [row(2), row(1)])


def test_ones_own_work_and_that_of_a_pool() -> None:
    base = Reckoning(desk(**SPLIT), evenly())
    assert [base.reaches(line).tolist() for line in range(3)] == [[1, 0], [0, 0.8], [0.5, 1]]
    other = Reckoning(desk(**SPLIT), evenly(), "allocation")
    assert [other.reaches(line).tolist() for line in range(3)] == [[1, 0.8], [1, 0.8], [0.5, 1]]


def test_others_take_what_is_old_enough_before_it_is_due() -> None:
    base = Reckoning(desk(**SPLIT, routing__overflow="{after: 6 h}"), evenly())
    assert base.reaches(0).tolist() == [1, 0.8]
    assert base.reaches(0, 6 * HOUR + 1).tolist() == [1, 0.8]
    assert base.reaches(0, 6 * HOUR).tolist() == [1, 0], "a decision takes time"
    waits = desk(
        **SPLIT,
        routing__overflow="{after: 6 h}",
        queues__mail__sla="{6 h: {measure: wait, within: 6 h, target: 90%, per: week}, "
        "8 h: {measure: wait, within: 8 h, target: 90%, per: week}, "
        "5 h: {measure: turnaround, within: 5 h, target: 90%, per: week}}",
    )
    base = Reckoning(waits, evenly())
    assert base.reaches(0, 6 * HOUR).tolist() == [1, 0.8], "to be picked up by then"
    assert base.reaches(0, 8 * HOUR).tolist() == [1, 0.8]
    assert base.reaches(0, 5 * HOUR).tolist() == [1, 0]
    single = "{6 h: {measure: wait, within: 6 h, target: 90%, per: week}}"
    base = Reckoning(desk(**SPLIT, routing__overflow="{after: 6 h}", queues__mail__sla=single), evenly())
    assert base.reaches(0, 6 * HOUR).tolist() == [1, 0.8]
    never = Reckoning(desk(**SPLIT), evenly())
    assert never.reaches(0, 100 * HOUR).tolist() == [1, 0]


def test_spans_are_those_of_the_horizon_in_cells() -> None:
    spans = Reckoning(desk(**SPLIT), evenly()).spans
    assert spans["week"] == [(hour(0), hour(7)), (hour(7), hour(14))]
    assert spans["month"] == spans["horizon"] == [(hour(0), hour(14))]
    assert spans["day"] == [(hour(day), hour(day + 1)) for day in range(14)]


def test_weeks_hold_their_hours_and_nothing_before_or_after() -> None:
    work = evenly()
    work.load[0, :WARM_UP], work.load[0, hour(7)] = 7 * HOUR, 11 * HOUR
    work.load[1, WARM_UP + HORIZON :] = 9 * HOUR
    work.staffed.seconds[1, hour(6, 23)] = 21 * HOUR
    weekly = Reckoning(desk(**SPLIT), work).weekly
    assert weekly.load.tolist() == [[168, 178], [84, 84], [42, 42]]
    assert weekly.supply.tolist() == [[336, 336], [188, 168]]
    assert weekly.speed.tolist() == [[1, 0, 0.5], [0, 0.8, 1]]
    assert weekly.limit.tolist() == np.full((2, 3, 2), INF).tolist()
    assert weekly.queue.tolist() == [0, 0, 1]
    assert weekly.stays.all()
    assert weekly.foreign.tolist() == [[False, True, False], [True, False, False]]
    # Six hours of mail are younger than six hours; chat, which has no SLA, may wait for a week.
    assert weekly.not_due.tolist() == pytest.approx(np.array([[6, 6], [3, 3], [42, 42]]))


def test_what_came_before_the_horizon_is_due_and_hours_of_business_are_no_time_allowed() -> None:
    clock = "{open: {measure: turnaround, within: 6 h, target: 90%, per: week, clock: {hours: 'Mon-Fri 09:00-17:00'}}, "
    clock += "long: {measure: turnaround, within: 200 h, target: 90%, per: week}, "
    clock += "longer: {measure: turnaround, within: 300 h, target: 90%, per: week}}"
    base = Reckoning(desk(queues__mail__sla=clock), evenly())
    # 200 h before the end of the first week is before the horizon: all 168 h of the week, none of the warm-up.
    assert base.weekly.not_due[0] == pytest.approx([168, 200])


@pytest.mark.parametrize(("days", "stays"), [(6.9, False), (7.0, False), (7.1, True)])
def test_what_leaves_within_a_week_does_not_wait_for_the_next(days: float, stays: bool) -> None:
    patience = {0: [HOUR, days * 24 * HOUR, INF]}
    work = capacity(LINES, [row(1), row(1), row(1)], CREWS, [row(2), row(1)], patience=patience)
    assert Reckoning(desk(**SPLIT), work).weekly.stays.tolist() == [stays, stays, True]


def limited(quota: float = 3 * HOUR) -> Capacity:
    """Return a capacity in which agents of the north come for eight hours on three days and may do so much mail."""
    exposure = Exposure(
        queue=0,
        crew=np.array([0, 0, 0, 1]),
        first=np.array([hour(0, 8), hour(1, 8), hour(7, 8), hour(7)]),
        seconds=np.full((4, 8), HOUR),
        quota=np.array([quota, quota, 2 * quota, HOUR]),
    )
    shifts = {(hour(day, 8), hour(day, 16)): 1.0 for day in (0, 1, 7)}
    seconds = [row(0, shifts), row(0, {(hour(7), hour(7, 8)): 1.0})]
    return capacity(LINES, [row(0.5), row(0.25), row(0.1)], CREWS, seconds, exposures=(exposure,))


def test_a_limit_holds_for_the_lines_of_its_queue_by_week() -> None:
    base = Reckoning(desk(**SPLIT), limited())
    assert base.weekly.limit.tolist() == [[[6, 6], [6, 6], [INF, INF]], [[0, 1], [0, 1], [INF, INF]]]
    assert base.reach(0).tolist() == [6, 6]
    assert base.reach(1).tolist() == pytest.approx([0, 0.8])
    assert base.reach(2).tolist() == [0.5 * 16, 0.5 * 8 + 8]
    work, let_in = base.whole_queue(1)
    assert work.tolist() == [126, 126], "84 h of the north, 42 h of the south"
    assert let_in.tolist() == pytest.approx([6, 6.8])
    spared = Reckoning(desk(**SPLIT), limited(), "cap")
    assert spared.exposures == {}
    assert spared.reach(0).tolist() == [16, 8]
    assert spared.weekly.limit.tolist() == np.full((2, 3, 2), INF).tolist()


def test_hours_are_those_of_all_who_may_take_a_line_in_time() -> None:
    base = Reckoning(desk(**SPLIT, routing__overflow="{after: 5 h}"), evenly())
    assert base.hours(0, 6 * HOUR).tolist() == row(2 + 0.8).tolist()
    assert base.hours(0, 5 * HOUR).tolist() == row(2).tolist()


def test_without_outages_planned_hours_count() -> None:
    work = capacity(LINES, [row(1)] * 3, CREWS, [row(0), row(0)], planned=[row(2), row(1)])
    assert Reckoning(desk(**SPLIT), work, "outage").hours(0, HOUR).tolist() == row(2).tolist()
    for without in ("", "cap", "allocation"):
        assert not Reckoning(desk(**SPLIT), work, without).hours(0, HOUR).any()


def test_late_is_what_nobody_can_do_in_time() -> None:
    # Nobody from 08:00 to 20:00 of day 3: what comes in the first six of these hours is late.
    work = capacity(LINES, [row(1)] * 3, CREWS, [row(500, {(hour(3, 8), hour(3, 20)): 0})] * 2)
    base = Reckoning(desk(**SPLIT), work)
    (sla,) = base.queues[0].sla.values()
    assert base.missed(0, sla).tolist() == row(0, {(hour(3, 8), hour(3, 14)): 1}).tolist()
    shares, starts = base.best(0, sla)
    assert starts == [dt.datetime(2026, 10, 5), dt.datetime(2026, 10, 12)]
    assert shares == pytest.approx([1 - 6 / 168, 1])
    helped = capacity(LINES, [row(1)] * 3, CREWS, [row(500, {(hour(3, 8), hour(3, 20)): 0}), row(500)])
    assert not Reckoning(desk(**SPLIT, routing__overflow="{after: 1 h}"), helped).late(0, 6 * HOUR).any()


def test_hours_are_judged_by_day_and_parts_only_where_nothing_is_whole() -> None:
    hourly = "{6 h: {measure: turnaround, within: 6 h, target: 90%, per: hour}}"
    work = capacity(LINES, [row(1)] * 3, CREWS, [row(500, {(hour(3, 8), hour(3, 20)): 0})] * 2)
    work.load[0, hour(5) : hour(6)] = 0
    base = Reckoning(desk(**SPLIT, queues__mail__sla=hourly), work)
    (sla,) = base.queues[0].sla.values()
    shares, starts = base.best(0, sla)
    assert len(starts) == 14
    known = [1.0] * 14
    known[3], known[5] = 0.75, np.nan
    assert shares == pytest.approx(known, nan_ok=True)
    # Of ten days one week is whole, from which day 5 has nothing; of five days none is, and what there is counts.
    for days, worked in ((10, 6), (5, 5)):
        base = Reckoning(desk(**SPLIT, horizon__weeks=None, horizon__days=days), work)
        (sla,) = base.queues[0].sla.values()
        shares, starts = base.best(0, sla)
        assert starts == [dt.datetime(2026, 10, 5)]
        assert shares == pytest.approx([1 - 6 / (24 * worked)])


@pytest.mark.parametrize(("half", "first"), [(6 * HOUR, True), (6 * HOUR + 1, False), (INF, False)])
def test_most_leave_first_where_half_have_left_when_they_are_due(half: float, first: bool) -> None:
    work = capacity(LINES, [row(1)] * 3, CREWS, [row(2)] * 2, patience={0: [0, half, INF]})
    base = Reckoning(desk(**SPLIT), work)
    (sla,) = base.queues[0].sla.values()
    assert base.leaves_first(0, sla) is first
    assert base.leaves_first(1, sla) is first
    assert base.leaves_first(2, sla) is False


def test_what_leaves_while_nobody_is_there_is_lost_where_most_leaves_first() -> None:
    # A third of what waits leaves after one hour, a third after two, a third never. Nobody is there for four hours.
    patience = {0: [HOUR, 2 * HOUR, INF]}
    work = capacity(LINES, [row(1)] * 3, CREWS, [row(2, {(hour(3, 8), hour(3, 12)): 0})] * 2, patience=patience)
    base = Reckoning(desk(**SPLIT), work)
    (sla,) = base.queues[0].sla.values()
    # What comes in the first two hours is there for more than two: both thirds leave. In the third hour, one to two:
    # one third. In the fourth, less than one.
    lost = base.missed(0, sla) / HOUR
    assert lost[hour(3, 8) : hour(3, 13)] == pytest.approx([2 / 3, 2 / 3, 1 / 3, 0, 0])
    assert lost.sum() == pytest.approx(5 / 3)
    # Where the south may take it after an hour, somebody is there.
    hours = [row(2, {(hour(3, 8), hour(3, 12)): 0}), row(2)]
    helped = capacity(LINES, [row(1)] * 3, CREWS, hours, patience=patience)
    assert not Reckoning(desk(**SPLIT, routing__overflow="{after: 1 h}"), helped).missed(0, sla).any()
    assert Reckoning(desk(**SPLIT), helped).missed(0, sla).any()


def test_what_leaves_later_than_it_is_due_is_in_nobodys_way() -> None:
    # Ten hours' patience; half of the hours that the load needs: what waits longest leaves, the rest is in time.
    work = capacity(LINES, [row(1)] * 3, CREWS, [row(0.5)] * 2, patience={0: [10 * HOUR] * 3})
    staying = capacity(LINES, [row(1)] * 3, CREWS, [row(0.5)] * 2)
    (sla,) = desk().queues["mail"].sla.values()
    leaving, waiting = (Reckoning(desk(**SPLIT), one).late(0, sla.within) for one in (work, staying))
    assert leaving.sum() == pytest.approx((0.5 * CELLS - 6) * HOUR, rel=0.02)
    # What came t hours after the begin is done after 2 t hours if all of it stays: in time for six hours.
    assert not waiting[:6].any()
    assert waiting[6 : hour(12)].tolist() == row(1)[6 : hour(12)].tolist()


def test_a_limit_is_reckoned_with_by_the_hour() -> None:
    base = Reckoning(desk(**SPLIT), limited())
    worked = base.pace(0, 6 * HOUR)
    assert worked is base.pace(0, 6 * HOUR)
    assert np.flatnonzero(worked.served).tolist() == [
        *range(hour(0, 8), hour(0, 11)),
        *range(hour(1, 8), hour(1, 11)),
        *range(hour(7, 8), hour(7, 14)),
    ]
    # At the south, which works from midnight on day 7 and only an hour of it, 0.8 of an hour is done.
    assert base.pace(1, 6 * HOUR).served.sum() == pytest.approx(0.8 * HOUR)
    late = base.late(0, 6 * HOUR)
    # 12 h of all are done, of what came first: the 24 h before the horizon.
    assert late[: CELLS - AFTER].sum() == pytest.approx(0.5 * HOUR * (CELLS - AFTER))
    slow = Reckoning(desk(**SPLIT, routing__overflow="{after: 1 h}"), limited())
    assert slow.pace(0, 6 * HOUR).served.sum() == pytest.approx(12.8 * HOUR)
    assert slow.pace(0, HOUR).served.sum() == pytest.approx(12 * HOUR)


def test_under_a_limit_what_leaves_is_late() -> None:
    work = limited(quota=8 * HOUR)
    leaves = capacity(LINES, list(work.load), CREWS, list(work.staffed.seconds),
                      exposures=work.staffed.exposures, patience={0: [7 * HOUR] * 3})  # fmt: skip
    late = Reckoning(desk(**SPLIT), leaves).late(0, 5.5 * HOUR)
    # Work leaves in the seventh hour after its own: at 08:00 that of six hours and its own wait, half an hour each.
    # By 15:00 all is done, so that of the first two hours of day 0 has left, and what comes in the day has not.
    assert late[hour(0) : hour(0, 2)].tolist() == [0.5 * HOUR] * 2
    assert not late[hour(0, 2) : hour(0, 15)].any()
