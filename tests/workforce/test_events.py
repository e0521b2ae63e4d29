"""What happens to people and tools: outages, handle times, training, second skills, cuts and transfers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.demand.demand import Demand
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.effective import factor_steps
from simcap.units import DAY, HOUR
from tests.helpers import NOWHERE, Crew, agree_count, crew, scenario

TEAM = "vendors.north.teams.day"
TWO = {"queues.other": "{handle_time: {constant: 1 min}}", "queues.mail.then": "{other: {share: 10%}}"}
FAR = "{timezone: Asia/Manila, agents: 30, skills: [mail], shift: {days: Mon-Sun, start: '09:00', length: 8 h}}"


def happen(event: str, days: int = 7, agents: int = 10, **more: Any) -> Crew:
    return crew(scenario({"horizon.days": days, f"{TEAM}.agents": agents, "events.it": event, **more}))


# -- outages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("capacity", "stopped"), [("0%", 10), ("30%", 7), ("94%", 1), ("50%", 5)])
def test_an_outage_stops_its_share_of_agents_whether_on_shift_or_not(capacity: str, stopped: int) -> None:
    found = happen(f"{{outage: {{team: day, from: '2026-10-06 05:00', for: 6 h, capacity: {capacity}}}}}")
    ((time, agents, until),) = found.told.suspended
    assert (time, until) == (29 * HOUR, 35 * HOUR)
    assert np.unique(agents).size == agents.size == stopped


def test_an_outage_is_at_local_time_of_its_team_else_of_the_horizon() -> None:
    more = {"vendors.south.teams.far": FAR}
    outage = "{outage: {%s from: '2026-10-06 09:00', for: 1 h}}"
    ((here, agents, _),) = happen(outage % "", **more).told.suspended
    assert (here, agents.size) == (33 * HOUR, 40)
    ((far, agents, _),) = happen(outage % "team: far,", **more).told.suspended
    assert (far, agents.size, agents.min()) == (26 * HOUR, 30, 10)
    ((here, agents, _),) = happen(outage % "vendor: north,", **more).told.suspended
    assert (here, agents.size, agents.max()) == (33 * HOUR, 10, 9)


def test_a_lesser_outage_stops_some_of_the_same_agents() -> None:
    stopped = [
        set(happen(f"{{outage: {{from: 2026-10-06, for: 6 h, capacity: {capacity}}}}}").told.suspended[0][1].tolist())
        for capacity in ("0%", "40%", "80%")
    ]
    assert stopped[0] > stopped[1] > stopped[2]


def test_an_outage_stops_the_same_share_of_those_who_join_before_it_ends() -> None:
    joining = {"vendors.north.hiring": "{classes: {a: {start: 2026-10-06, team: day, size: 1000, training: 2 days}}}"}
    outage = "{outage: {from: '2026-10-06 05:00', for: %s, capacity: 25%%}}"
    (_, (time, agents, until)) = happen(outage % "5 days", **joining).told.suspended
    assert (time, until) == (3 * DAY, 29 * HOUR + 5 * DAY)
    assert agents.min() >= 10
    agree_count(agents.size, 750, bug=0.3)
    assert len(happen(outage % "36 h", **joining).told.suspended) == 1, "over before they graduate"


def test_an_outage_stops_the_same_share_of_those_on_the_roster_who_come_before_it_ends(tmp_path: Path) -> None:
    hired = ["2026-01-05"] * 8 + ["2026-10-08"] * 1000 + ["2026-10-20"] * 50
    rows = "".join(f"{agent},{day}\n" for agent, day in enumerate(hired))
    (tmp_path / "roster.csv").write_text("agent,hired\n" + rows)
    event = {"events.it": "{outage: {from: '2026-10-06 05:00', for: 5 days, capacity: 25%}}"}
    roster = {f"{TEAM}.agents": None, f"{TEAM}.roster": "roster.csv"}
    found = crew(scenario({**roster, **event}), files=DataFiles(tmp_path))
    ((_, later, until), (_, present, _)) = found.told.suspended
    assert (present.size, present.max() < 8, until) == (6, True, 29 * HOUR + 5 * DAY)
    assert later.min() >= 8
    agree_count(later[later < 1008].size, 750, bug=0.3)


def test_random_outages_are_a_poisson_process_from_the_start() -> None:
    found = happen(
        "{random_outages: {per_year: 200, for: {exponential: 3 h}, capacity: 50%}}",
        365,
        **{"horizon.warm_up": "30 days"},
    )
    times = np.array([time for time, *_ in found.told.suspended])
    lengths = np.array([until - time for time, _, until in found.told.suspended])
    agree_count(times.size, 200 * 365 / 365.25, bug=0.5)
    assert times.min() > 0
    assert stats.kstest(np.diff(times, prepend=0.0), stats.expon(scale=365.25 * DAY / 200).cdf).pvalue > 1e-4
    assert stats.kstest(lengths, stats.expon(scale=3 * HOUR).cdf).pvalue > 1e-4
    assert all(agents.size == 5 for _, agents, _ in found.told.suspended)
    assert len({tuple(sorted(agents.tolist())) for _, agents, _ in found.told.suspended}) > 50


# -- handle times -------------------------------------------------------------------------------------------------


def test_factors_multiply_and_a_policy_is_relearned_in_daily_steps() -> None:
    plan = scenario(
        {
            "horizon.days": 21,
            **TWO,
            "events.tool": "{handle_time: {queue: mail, from: '2026-10-07 12:00', factor: 0.9}}",
            "events.policy": "{policy_change: {queue: mail, from: 2026-10-10, factor: 1.2, recovers_in: 4 days}}",
            "events.classifier": "{automation: {queue: mail, from: 2026-10-12, removes: 10%, handle_time_factor: 1.5}}",
            "events.all": "{handle_time: {from: 2026-10-20, factor: 2}}",
        }
    )
    steps = factor_steps(plan, Demand(plan, NOWHERE).clock, "mail")
    found = {time / DAY: factor for time, factor in steps}
    at = [found[max(day for day in found if day <= now)] for now in (0, 2.4, 2.5, 5, 6, 7, 8, 9, 14.9, 15)]
    known = [1, 1, 0.9, 0.9 * 1.2, 0.9 * 1.15, 0.9 * 1.1 * 1.5, 0.9 * 1.05 * 1.5, 0.9 * 1.5, 0.9 * 1.5, 2.7]
    assert at == pytest.approx(known)
    told = crew(plan).told.factors
    assert [(time, factor) for time, queue, factor in told if queue == 0] == steps[1:]
    assert [(time, factor) for time, queue, factor in told if queue == 1] == [(15 * DAY, 2.0)]


# -- training -----------------------------------------------------------------------------------------------------


def floor_hours(found: Crew) -> list[float]:
    return [float(post.seconds.sum()) / HOUR for post in found.posts()]


def test_training_comes_off_the_floor_at_the_start_of_the_shift_and_is_paid() -> None:
    found = happen("{training: {team: day, from: 2026-10-07, hours: 3, agents: 40%}}")
    assert floor_hours(found) == pytest.approx([80, 80, 80 - 4 * 3, 80, 80, 80, 80])
    post = found.posts()[2]
    late = post.on[:, 0] - post.time
    assert sorted(late / HOUR) == [0] * 6 + [3] * 4
    assert found.paid_hours() == 7 * 80


def test_training_on_the_first_day_comes_before_a_shift_at_midnight() -> None:
    night = {f"{TEAM}.shift.start": "00:00"}
    found = happen("{training: {team: day, from: 2026-10-05, hours: 3}}", **night)
    assert floor_hours(found)[:2] == pytest.approx([50, 80])


def test_training_longer_than_a_shift_goes_on_the_next_day() -> None:
    found = happen("{training: {team: day, from: 2026-10-07, hours: 19}}")
    assert floor_hours(found) == pytest.approx([80, 80, 0, 0, 50, 80, 80])
    assert found.paid_hours() == 7 * 80


def test_who_is_absent_is_trained_on_the_next_working_day() -> None:
    found = happen(
        "{training: {team: day, from: 2026-10-07, hours: 2}}", agents=100, **{"vendors.north.shrinkage.absence": "30%"}
    )
    done: set[int] = set()
    for day, post in enumerate(found.posts()):
        late = post.on[:, 0] > post.time
        assert set(post.agents[late].tolist()) == (set(post.agents.tolist()) - done if day >= 2 else set())
        done |= set(post.agents[late].tolist())
    assert len(done) > 95


# -- second skills ------------------------------------------------------------------------------------------------

CROSS = (
    "{cross_train: {team: day, agents: 4, adds: [other], from: 2026-10-07, for: 2 days, ramp: {steps: [60%, 100%]}}}"
)


def test_learners_are_away_then_take_the_new_queue_on_a_ramp_of_its_own() -> None:
    found = happen(CROSS, 14, **TWO)
    assert [len(found.on_day(day)) for day in range(14)] == [10, 10, 6, 6, *[10] * 10]
    ((time, learners, adds),) = found.told.qualified
    assert (time, adds, learners.size) == (4 * DAY, (1,), 4)
    assert found.on_day(2) == set(range(10)) - set(learners.tolist())
    told = [(time // DAY, *news) for time, *news in found.told.speeds]
    assert [day for day, *_ in told] == [0, *range(4, 14)]
    assert found.paid_hours() == 14 * 80
    for day, agents, speed, by_queue, _ in told:
        learned = np.isin(agents, learners)
        assert (speed == 1).all()
        assert (by_queue[:, 0] == 1).all()
        if day >= 4:
            assert (by_queue[learned, 1] == (0.6 if day < 11 else 1.0)).all()
        assert (by_queue[~learned, 1] == 1).all()


def test_nobody_learns_two_things_at_once_and_a_shortage_is_said() -> None:
    second = CROSS.replace("2026-10-07", "2026-10-08")
    found = happen(CROSS, agents=6, **TWO, **{"events.second": second})
    learners = [set(agents.tolist()) for _, agents, _ in found.told.qualified]
    assert [len(group) for group in learners] == [4, 2]
    assert not learners[0] & learners[1]
    assert found.context.notes == ["second: teaches 2 agents of day rather than 4, as no more were free to learn"]


def test_what_a_learner_has_kept_is_handed_back() -> None:
    found = happen(CROSS, **TWO, **{f"{TEAM}.shift.at_end": "keep"})
    (_, learners, _), released = found.told.qualified[0], found.told.released
    assert [(time, set(agents.tolist())) for time, agents in released] == [
        (2 * DAY + 9 * HOUR, set(learners.tolist())),
        (3 * DAY + 9 * HOUR, set(learners.tolist())),
    ]


# -- headcount ----------------------------------------------------------------------------------------------------


def test_a_cut_takes_the_newest() -> None:
    found = happen(
        "{headcount: {team: day, from: 2026-10-12, change: -6}}",
        10,
        **{
            f"{TEAM}.tenure": "{uniform: [1 week, 90 weeks]}",
            "vendors.north.hiring.classes.a": "{start: 2026-10-05, team: day, size: 4, training: 2 days}",
        },
    )
    people = found.table()
    assert [len(found.on_day(day)) for day in range(10)] == [10, 10, 14, 14, 14, 14, 14, 8, 8, 8]
    gone = people["leaves"] == 7
    assert gone.sum() == 6
    assert people["joined"][gone].min() >= people["joined"][~gone].max()
    assert gone[10:].all()


@pytest.mark.parametrize(("ordered", "day"), [("2026-10-05", 60), ("2026-09-01", 49), (None, 60)])
def test_notice_moves_a_cut_and_the_run_says_so(ordered: str | None, day: int) -> None:
    order = f", ordered: {ordered}" if ordered else ""
    found = happen(
        f"{{headcount: {{team: day, from: 2026-11-23, change: -3{order}}}}}",
        70,
        **{"vendors.north.contract": "{currency: USD, notice: 60 days}"},
    )
    assert [len(found.on_day(d)) for d in (day - 1, day)] == [10, 7]
    moved = ["it: the notice moves the cut of day from 2026-11-23 to 2026-12-04"]
    assert found.context.notes == (moved if day == 60 else [])


def test_a_transfer_needs_no_notice_and_brings_the_teams_tenure() -> None:
    found = happen(
        "{headcount: {team: day, from: 2026-10-08, change: 500}}",
        **{
            "vendors.north.contract": "{currency: USD, notice: 60 days}",
            f"{TEAM}.tenure": "{exponential: 40 weeks}",
        },
    )
    assert [len(found.on_day(day)) for day in (2, 3)] == [10, 510]
    tenure = 3 - found.table()["joined"][10:]
    assert stats.kstest(tenure / 7, stats.expon(scale=40).cdf).pvalue > 1e-4
    assert not found.context.notes


# -- overtime -----------------------------------------------------------------------------------------------------


def overtime(backlog: float, team: str = "", **more: Any) -> Crew:
    plan = f"{{{team} when: {{backlog_hours: 12}}, adds: 2 h, max_per_week: 5 h}}"
    return crew(scenario({"horizon.days": 14, "vendors.north.overtime": plan, **more}), backlog=backlog)


def test_overtime_is_ordered_at_the_stand_up_up_to_its_weekly_cap() -> None:
    found = overtime(12.0)
    hours = [float((post.off[0, -1] - post.time) / HOUR) for post in found.posts()]
    assert hours == ([10.0] * 2 + [8.0] * 5) * 2
    assert found.paid_hours() == 3 * (14 * 8 + 4 * 2)
    assert {float((post.off[0, -1] - post.time) / HOUR) for post in overtime(11.99).posts()} == {8.0}


def test_overtime_weeks_begin_on_monday() -> None:
    found = overtime(50.0, **{"horizon.start": "2026-10-09"})
    long_days = [day for day, post in enumerate(found.posts()) if post.off[0, -1] - post.time > 8 * HOUR]
    assert long_days == [0, 1, 3, 4, 10, 11]


def test_overtime_is_of_the_team_it_names() -> None:
    found = overtime(50.0, "team: other,", **{"vendors.north.teams.other": FAR})
    assert found.paid_hours() == 3 * 14 * 8
    assert max((post.off[:, -1] - post.time).max() for post in found.posts("other")) == 10 * HOUR
