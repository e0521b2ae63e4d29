"""One replication from the warm-up to the run-out: what counts, what is frozen, what leaves what alone."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from simcap.analysis.figures import Layout, figures_of
from simcap.analysis.measures import QUEUE_MEASURES, SLA_MEASURES, TEAM_MEASURES
from simcap.tally import Tally
from simcap.units import DAY, HOUR
from simcap.world.world import simulate
from tests.helpers import NOWHERE, agree_count, agree_share, crew, scenario, watch

TEAM = "vendors.north.teams.day"
ALWAYS = "{timezone: UTC, agents: %d, skills: [%s], shift: {always: true}}"
BUSY: dict[str, Any] = {
    "horizon.warm_up": "7 days",
    "queues.mail": {
        "arrivals": {"per_day": 250, "profile": "marketplace", "busyness": {"cv": "10%"}},
        "handle_time": {"lognormal": {"mean": "5 min", "cv": 0.8}},
        "sla": {"4 h": {"measure": "turnaround", "within": "4 h", "target": "90%", "per": "day"}},
        "then": {"appeals": {"share": "10%", "after": {"exponential": "5 h"}}},
        "errors": {"tenured": "5%", "appeal_share": "40%", "to": "appeals"},
    },
    "queues.appeals": {"handle_time": {"gamma": {"mean": "10 min", "cv": 0.7}}},
    f"{TEAM}.agents": 6,
    f"{TEAM}.skills": ["appeals", "mail"],
    "vendors.north.shrinkage": {"absence": "10%", "offline": "10%"},
    "vendors.north.attrition.per_year": "50%",
}


def arrays(tally: Tally) -> dict[str, bytes]:
    fields = (field.name for field in dataclasses.fields(tally))
    return {name: value.tobytes() for name in fields if isinstance(value := getattr(tally, name), np.ndarray)}


def figures(tally: Tally, period: str = "horizon") -> dict[str, dict[str, np.ndarray]]:
    """Return measure -> [subject, window] for queues, teams and SLAs."""
    layout = Layout.of(tally, (period,))
    found = figures_of(tally, layout)
    return {
        table: {name: found[table, period][:, place, :] for place, name in enumerate(layout.measures[table])}
        for table in ("queues", "teams", "vendors", "sla")
    }


# -- the same, and not the same -----------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    plan = scenario(BUSY)
    first, again = (simulate(plan, NOWHERE, 3, 1, hourly=True) for _ in range(2))
    assert arrays(first) == arrays(again)
    for seed, replication in ((3, 2), (4, 1)):
        assert arrays(simulate(plan, NOWHERE, seed, replication, hourly=True)) != arrays(first)


def test_the_journal_and_the_grid_change_nothing() -> None:
    plan = scenario(BUSY)
    daily, hourly = simulate(plan, NOWHERE, 1, 0), simulate(plan, NOWHERE, 1, 0, hourly=True, journal=100_000)
    for period in ("day", "week", "horizon"):
        for table, measures in figures(daily, period).items():
            for name, values in measures.items():
                assert figures(hourly, period)[table][name] == pytest.approx(values, nan_ok=True), (period, name)


@pytest.mark.parametrize(
    ("change", "own"),
    [
        ({"queues.zebra": "{arrivals: {per_day: 99}, handle_time: {constant: 3 min}}"}, 0),
        ({"queues.zebra": "{arrivals: {per_day: 99}, handle_time: {constant: 3 min}}", "more": 2}, 0),
        ({"vendors.aaa.teams.far": ALWAYS % (3, "zebra")}, 0),
    ],
)
def test_other_work_and_other_people_leave_a_queue_alone(change: dict[str, Any], own: int) -> None:
    zebra = {"queues.zebra": "{handle_time: {constant: 1 min}}", "vendors.south.teams.far": ALWAYS % (2, "zebra")}
    if change.pop("more", 0):
        change["vendors.south.hiring.classes.a"] = "{start: 2026-10-06, team: far, size: 3, training: 1 day}"
    before, after = (simulate(scenario({**BUSY, **zebra, **more}), NOWHERE, 1, 0) for more in ({}, change))
    for name in ("by_queue", "wait_bins", "turnaround_bins"):
        assert getattr(before, name)[:2].tobytes() == getattr(after, name)[:2].tobytes()
    for name in ("by_team", "paid", "headcount", "leavers"):
        place = after.names.teams.index(("north", "day"))
        assert getattr(before, name)[own].tobytes() == getattr(after, name)[place].tobytes()


# -- warm-up ------------------------------------------------------------------------------------------------------


def test_the_warm_up_is_frozen() -> None:
    plan = scenario(
        {
            "horizon.days": 14,
            "horizon.warm_up": "30 days",
            f"{TEAM}.agents": 50,
            f"{TEAM}.tenure": "{constant: 10 days}",
            f"{TEAM}.ramp": "{start: 50%, reaches: 100%, after: 40 days}",
            "vendors.north.attrition.per_year": "95%",
            "vendors.north.hiring.backfill": "{review: 1 day, class_size: 1, training: 1 day}",
            "vendors.north.hiring.classes.a": "{start: 2026-09-20, team: day, size: 5, training: 20 days}",
            "events.down": "{outage: {from: 2026-10-05, for: 1 h}}",
            "events.tool": "{handle_time: {from: 2026-10-05, factor: 0.5}}",
            "events.often": "{random_outages: {per_year: 500, for: {constant: 1 h}}}",
        }
    )
    found = crew(plan)
    before = [post for post in found.posts() if post.time < 0]
    assert len(before) == 30
    assert all(post.agents.size == 50 for post in before)
    speeds = [speed for time, _, speed, *_ in found.told.speeds if time < 0]
    assert all((speed == 0.625).all() for speed in speeds)
    assert min(time for time, *_ in [*found.told.suspended, *found.told.factors]) == 0
    assert found.table()["leaves"].min() >= 1
    tally, _ = watch(plan)
    assert tally.headcount[0, 0] == 50
    assert tally.hires[0, 5] >= 5
    assert tally.leavers.sum() > 0


def test_the_warm_up_leaves_its_work_but_no_counts() -> None:
    over = {"queues.mail.arrivals.per_day": 400, "horizon.warm_up": "10 days"}
    tally = watch(scenario(over))[0]
    cold = watch(scenario({**over, "horizon.warm_up": "0 days"}))[0]
    waiting = 10 * (400 - 3 * 8 * 12)
    agree_count(tally.open_before[0], waiting + 0.0, bug=0.3)
    assert cold.open_before[0] == 0
    assert tally.by_queue["arrived"][0, :-1].tolist() == cold.by_queue["arrived"][0, :-1].tolist()


# -- backlog ------------------------------------------------------------------------------------------------------


def test_a_stated_backlog_replaces_what_waits() -> None:
    over = {
        "queues.mail.arrivals.per_day": 400,
        "horizon.warm_up": "3 days",
        "queues.mail.backlog": "{items: 7, oldest: 2 h}",
    }
    assert watch(scenario(over))[0].open_before.tolist() == [7]
    more = {f"{TEAM}.shift": "{always: true}", "queues.mail.arrivals.per_day": 2000}
    assert watch(scenario({**over, **more}))[0].open_before.tolist() == [7 + 3], "what is in hand stays"


def test_the_backlog_belongs_to_no_cohort() -> None:
    alone = {
        "queues.mail.arrivals.per_day": 0,
        "queues.mail.backlog": "{items: 40, oldest: 6 h}",
        "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 90%, per: day}}",
    }
    found = figures(watch(scenario(alone))[0])
    assert [found["queues"][name][0, 0] for name in ("arrived", "completed", "open_at_end")] == [0, 40, 0]
    for name in (
        "wait_mean_s",
        "wait_p50_s",
        "turnaround_mean_s",
        "turnaround_p95_s",
        "delayed_share",
        "censored_share",
    ):
        assert np.isnan(found["queues"][name][0, 0]), name
    assert np.isnan(found["sla"]["attainment"][0, 0])
    assert found["sla"]["decided"][0, 0] == 0


@pytest.mark.parametrize(("waiting", "per_day"), [(80, 100), (99, 100), (5000, 50)])
def test_a_backlog_finds_room_beside_the_items_of_the_day(waiting: int, per_day: int) -> None:
    changes = {"queues.mail.backlog.items": waiting, "queues.mail.arrivals.per_day": per_day}
    plan = scenario({"queues.mail.backlog": "{items: 0, oldest: 2 h}", **changes})
    tally, floor = watch(plan)
    count = tally.by_queue[0, :-1]
    assert tally.open_before[0] + count["arrived"].sum() == count["completed"].sum() + count["open"][-1]
    completed = tally.journal["id"][tally.journal["kind"] == 2]
    assert np.unique(completed).size == completed.size
    assert 0 <= floor.counters["returned"] <= floor.counters["fresh"] <= floor.state.items.size


# -- run-out ------------------------------------------------------------------------------------------------------


def test_the_run_goes_on_until_late_items_are_decided() -> None:
    plan = scenario(
        {
            "horizon.days": 1,
            "queues.mail.arrivals.per_day": 400,
            "queues.mail.sla": "{3 days: {measure: turnaround, within: 3 days, target: 90%, per: day}}",
        }
    )
    tally, floor = watch(plan)
    found = figures(tally)
    assert found["queues"]["censored_share"][0, 0] == 0
    assert found["queues"]["open_at_end"][0, 0] > 100
    assert DAY < floor.now < 3 * DAY
    assert tally.by_queue["arrived"][0, -1] > 0, "volumes go on"
    assert found["sla"]["attainment"][0, 0] == 1
    assert found["queues"]["turnaround_p95_s"][0, 0] > 12 * HOUR


def test_items_past_their_last_due_time_stay_open_and_infinite() -> None:
    plan = scenario(
        {
            "horizon.days": 1,
            "queues.mail.arrivals.per_day": 2000,
            "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 90%, per: day}}",
        }
    )
    found = figures(watch(plan)[0])
    share = found["queues"]["censored_share"][0, 0]
    decided = 3 * 8 * 12
    agree_share(2000 * (1 - share), 2000, decided / 2000, bug=0.4)
    assert found["queues"]["turnaround_p50_s"][0, 0] == np.inf
    assert np.isfinite(found["queues"]["turnaround_mean_s"][0, 0])
    assert found["sla"]["decided"][0, 0] == found["queues"]["arrived"][0, 0]


def test_the_workforce_goes_on_in_the_run_out() -> None:
    plan = scenario(
        {
            "horizon.start": "2026-10-02",
            "horizon.days": 2,
            f"{TEAM}.shift.days": "Mon-Fri",
            "queues.mail.sla": "{1 week: {measure: wait, within: 7 days, target: 90%, per: day}}",
            "vendors.north.hiring.classes.a": "{start: 2026-10-02, team: day, size: 4, training: 3 days}",
        }
    )
    tally, floor = watch(plan)
    assert figures(tally)["queues"]["censored_share"][0, 0] == 0
    assert {agent for agent, on, _ in floor.duty if on > 2 * DAY} == set(range(7))
    assert tally.headcount[0].tolist() == [3, 3]


# -- few and many -------------------------------------------------------------------------------------------------


def test_one_agent_alone() -> None:
    plan = scenario({f"{TEAM}.agents": 1, "queues.mail.arrivals.per_day": 20})
    found = figures(watch(plan)[0])
    agree_count(found["teams"]["completed"][0, 0], 140, bug=0.6)
    assert 0 < found["teams"]["occupancy"][0, 0] < 0.5


def test_an_overloaded_agent_only_falls_behind() -> None:
    plan = scenario({f"{TEAM}.agents": 1, f"{TEAM}.shift": "{always: true}", "queues.mail.arrivals.per_day": 600})
    found = figures(watch(plan)[0], "day")
    assert (np.diff(found["queues"]["open_at_end"][0]) > 0).all()
    assert (found["queues"]["completed"][0, 1:] == 288).all()
    assert found["teams"]["occupancy"][0, 1:] == pytest.approx(1.0)
    assert (np.diff(found["queues"]["wait_mean_s"][0, :3]) > 0).all()
    assert found["queues"]["wait_p95_s"][0, -1] == np.inf
    assert (np.diff(found["queues"]["oldest_s"][0]) > 0).all()


def test_a_queue_without_items_has_no_figures() -> None:
    idle = {
        "queues.mail.arrivals": "{per_day: 0}",
        "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 90%, per: day}}",
        f"{TEAM}.shift.days": "Mon",
    }
    found = figures(watch(scenario(idle))[0], "day")
    for name in set(QUEUE_MEASURES) - {"arrived", "completed", "expired", "open_at_end", "oldest_s"}:
        assert np.isnan(found["queues"][name]).all(), name
    assert np.isnan(found["sla"]["attainment"]).all()
    assert (found["sla"]["decided"] == 0).all()
    assert found["teams"]["occupancy"][0, 0] == 0
    assert np.isnan(found["teams"]["occupancy"][0, 1:]).all()


# -- routing and events -------------------------------------------------------------------------------------------

SPLIT: dict[str, Any] = {
    "horizon.days": 2,
    "queues.mail.arrivals": "{per_day: 3000}",
    "queues.mail.handle_time": "{constant: 1 min}",
    "vendors.south.teams.far": ALWAYS % (4, "mail"),
    TEAM: ALWAYS % (4, "mail"),
    "routing.allocation": "{mail: {north: 70%, south: 30%}}",
}


def test_a_new_split_changes_later_items_only() -> None:
    event = "{allocation: {queue: mail, from: '2026-10-05 12:00', shares: {north: 20%, south: 80%}}}"
    before, after = (watch(scenario({**SPLIT, **more}), hourly=True)[0] for more in ({}, {"events.it": event}))
    created = [tally.by_line["created"] for tally in (before, after)]
    assert np.array_equal(created[0][:, :12], created[1][:, :12])
    assert np.array_equal(created[0].sum(axis=0)[:48], created[1].sum(axis=0)[:48])
    agree_share(created[0][0, :12].sum(), created[0][:, :12].sum(), 0.7, bug=0.2)
    agree_share(created[1][0, 12:48].sum(), created[1][:, 12:48].sum(), 0.2, bug=0.3)
    assert after.names.lines == (("mail", "north"), ("mail", "south"))


@pytest.mark.parametrize("after", ["0 s", "1 h", None])
def test_overflow_only_after_its_age(after: str | None) -> None:
    uneven = {**SPLIT, TEAM: ALWAYS % (1, "mail"), "queues.mail.arrivals": "{per_day: 4000}"}
    if after is not None:
        uneven["routing.overflow"] = {"after": after}
    tally, floor = watch(scenario(uneven))
    created = {int(row["id"]): (float(row["time"]), int(row["split"])) for rows in floor.items for row in rows}
    picks = tally.journal[tally.journal["kind"] == 1]
    ages = []
    for pick in picks:
        time, vendor = created[int(pick["id"])]
        if (floor.team_of[pick["agent"]] == 0) != (vendor == 0):
            ages.append(float(pick["time"]) - time)
    if after is None:
        assert not ages
    else:
        assert len(ages) > 100
        assert min(ages) >= (HOUR if after == "1 h" else 0)


def test_a_lesser_outage_takes_its_share_of_the_hours() -> None:
    plan = {**SPLIT, "queues.mail.arrivals": "{per_day: 20}", TEAM: ALWAYS % (10, "mail")}
    down = {"events.it": "{outage: {team: day, from: '2026-10-05 06:00', for: 12 h, capacity: 30%}}"}
    hours = figures(watch(scenario({**plan, **down}))[0], "day")["teams"]
    assert hours["on_floor_hours"][0].tolist() == [240 - 7 * 12, 240]
    assert hours["paid_hours"][0].tolist() == [240, 240]


def test_who_comes_on_during_an_outage_waits_for_its_end() -> None:
    down = {"events.it": "{outage: {from: '2026-10-05 07:00', for: 4 h}}", "queues.mail.arrivals.per_day": 50}
    tally, _ = watch(scenario({**down, "horizon.days": 1}), hourly=True)
    on_floor = figures(tally, "hour")["teams"]["on_floor_hours"][0]
    assert np.flatnonzero(on_floor[:17]).tolist() == list(range(11, 17))
    assert (on_floor[11:17] == 3).all()
    assert tally.journal["time"].min() == 11 * HOUR


def test_random_outages_cost_their_share_of_time() -> None:
    plan = scenario(
        {
            "horizon.days": 56,
            TEAM: ALWAYS % (4, "mail"),
            "queues.mail.arrivals.per_day": 5,
            "events.it": "{random_outages: {per_year: 365.25, for: {constant: 1 h}, capacity: 50%}}",
        }
    )
    lost = [4 * 56 * 24 - figures(simulate(plan, NOWHERE, 1, n))["teams"]["on_floor_hours"][0, 0] for n in range(8)]
    outages = np.array(lost) / 2
    assert abs(outages.mean() - 56 * (1 - 1 / 48)) < 4 * np.sqrt(56 / 8)


def test_wrong_decisions_are_counted_and_come_back() -> None:
    plan = scenario(
        {
            "queues.mail": "{arrivals: {per_day: 2000}, handle_time: {constant: 20 s}}",
            "queues.mail.errors": "{tenured: 20%, appeal_share: 50%, to: appeals}",
            "queues.appeals": "{handle_time: {constant: 20 s}}",
            TEAM: ALWAYS % (2, "mail, appeals"),
        }
    )
    found = figures(watch(plan)[0])
    decided, appealed = found["queues"]["completed"][0, 0], found["queues"]["arrived"][1, 0]
    errors = found["teams"]["errors"][0, 0]
    agree_share(errors, decided, 0.2, bug=0.12)
    agree_share(appealed, errors, 0.5, bug=0.12)


def test_effective_fte_is_the_speed_on_the_floor_against_one_tenured_agent() -> None:
    plan = scenario(
        {
            "horizon.days": 28,
            f"{TEAM}.agents": 200,
            f"{TEAM}.shift": "{days: 5 of 7, start: '09:00', length: 8 h, breaks: [{after: 4 h, for: 1 h}]}",
            f"{TEAM}.ramp": "{steps: [80%]}",
            "vendors.north.shrinkage": "{absence: 10%, offline: 25%}",
            "queues.mail.arrivals.per_day": 0,
        }
    )
    tally, _ = watch(plan)
    for period in ("week", "horizon"):
        fte = figures(tally, period)["teams"]["effective_fte"][0]
        assert fte == pytest.approx(200 * 0.8 * 0.9 * 0.75, rel=0.03)


def test_figures_of_vendors_are_sums_of_their_teams() -> None:
    plan = scenario(
        {**BUSY, "vendors.north.teams.night": ALWAYS % (2, "mail"), "vendors.south.teams.far": ALWAYS % (1, "mail")}
    )
    found = figures(watch(plan)[0], "day")
    for name in set(TEAM_MEASURES) - {"occupancy"}:
        teams, vendors = found["teams"][name], found["vendors"][name]
        assert vendors == pytest.approx(np.stack([teams[:2].sum(axis=0), teams[2]])), name
    occupancy = found["vendors"]["busy_hours"] / found["vendors"]["on_floor_hours"]
    assert found["vendors"]["occupancy"] == pytest.approx(occupancy)


def test_vendors_slas_are_of_the_items_allocated_to_them_whoever_works_them() -> None:
    uneven = {
        **SPLIT,
        TEAM: ALWAYS % (1, "mail"),
        "routing.overflow": {"after": "1 h"},
        "queues.mail.sla": "{2 h: {measure: turnaround, within: 2 h, target: 90%, per: day}}",
    }
    tally, _ = watch(scenario(uneven))
    found = figures(tally)["sla"]
    assert Layout.of(tally, ("day",)).subjects["sla"] == (
        ("mail", "", "2 h"),
        ("mail", "north", "2 h"),
        ("mail", "south", "2 h"),
    )
    assert SLA_MEASURES == ("attainment", "decided", "on_time", "counted", "created", "expired")
    assert found["decided"][0, 0] == found["decided"][1:, 0].sum() == tally.by_line["created"][:, :-1].sum()
    assert found["on_time"][0, 0] == found["on_time"][1:, 0].sum()
    agree_share(found["decided"][1, 0], found["decided"][0, 0], 0.7, bug=0.06)
    overflowed = figures(tally)["teams"]["completed"][1, 0] - found["decided"][2, 0]
    assert overflowed > 500
