"""The duty of a day: breaks, offline time, local time, paid hours, absence, several shifts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcap.scenario.data.data_files import DataFiles
from simcap.units import DAY, HOUR, MINUTE, TICK
from simcap.world.world import simulate
from tests.helpers import NOWHERE, Crew, Post, agree_share, crew, scenario

DAY_SHIFT = "vendors.north.teams.day"
ANN = "vendors.v.teams.t"
BREAKS = "[{after: 2 h, for: 15 min}, {after: 4 h, for: 60 min}, {after: 6.5 h, for: 15 min}]"
LUNCH = f"{{days: Mon-Sun, start: '09:00', length: 9 h, breaks: {BREAKS}}}"


def team(agents: int = 40, days: int = 2, **parts: Any) -> Crew:
    changes = {f"{DAY_SHIFT}.{name}": value for name, value in parts.items()}
    return crew(scenario({"horizon.days": days, f"{DAY_SHIFT}.agents": agents, **changes}))


def gaps(post: Post) -> np.ndarray:
    return post.on[:, 1:] - post.off[:, :-1]


# -- breaks and offline time --------------------------------------------------------------------------------------


def test_breaks_are_staggered_and_keep_their_length() -> None:
    found = team(shift=LUNCH)
    for post in found.posts():
        assert gaps(post) == pytest.approx(np.tile([900.0, 3600.0, 900.0], (40, 1)), abs=2 * TICK)
        assert post.seconds == pytest.approx(7.5 * HOUR, abs=4 * TICK)
        assert (post.on[:, 0] == post.time).all()
        assert (post.off[:, -1] == post.time + 9 * HOUR).all()
        begins = post.off[:, 0] - post.time
        assert 1.5 * HOUR <= begins.min() < 1.6 * HOUR
        assert 2.4 * HOUR < begins.max() <= 2.5 * HOUR
        assert begins.mean() == pytest.approx(2 * HOUR, abs=2 * MINUTE)
        assert np.unique(begins).size == 40
    assert found.paid_hours() == pytest.approx(2 * 40 * 8)


def test_stagger_never_moves_a_break_beyond_its_neighbours() -> None:
    close = (
        "{days: Mon-Sun, start: '09:00', length: 4 h, breaks: [{after: 10 min, for: 5 min}, {after: 3 h, for: 20 min}]}"
    )
    for post in team(shift=close).posts():
        assert (post.off - post.on >= 0).all()
        assert gaps(post) == pytest.approx(np.tile([300.0, 1200.0], (40, 1)), abs=2 * TICK)


patterns = st.tuples(
    st.floats(0, 0.9),
    st.lists(st.tuples(st.floats(5, 200), st.floats(1, 90)), max_size=4),
    st.floats(5, 200),
)


@settings(max_examples=60, deadline=None)
@given(patterns)
def test_offline_time_is_exact_and_in_blocks_of_half_an_hour(pattern: Any) -> None:
    offline, parts, rest = pattern
    breaks, now = [], 0.0
    for stretch, length in parts:
        breaks.append({"after": f"{now + stretch} min", "for": f"{length} min"})
        now += stretch + length
    length = (now + rest) * MINUTE
    shift = {"days": "Mon-Sun", "start": "00:00", "length": f"{length} s", "breaks": breaks}
    found = team(7, 1, shift=shift, shrinkage={"offline": offline})
    (post,) = found.posts()
    floor = length - sum(pause for _, pause in parts) * MINUTE
    pieces = post.on.shape[1]
    assert post.seconds == pytest.approx(floor * (1 - offline), abs=2 * TICK * pieces)
    assert (post.off >= post.on).all()
    off_floor = gaps(post)
    assert (off_floor > -2 * TICK).all()
    pauses = [pause * MINUTE for _, pause in parts]
    free = [gap for gap in off_floor.ravel() if not np.isclose(gap, pauses, rtol=0, atol=1e-3).any()]
    assert max(free, default=0) <= 30 * MINUTE + 1e-3
    paid = length - sum(pause for _, pause in parts if pause >= 30) * MINUTE
    assert found.paid_hours() == pytest.approx(7 * paid / HOUR)


def test_offline_blocks_move_from_day_to_day() -> None:
    found = team(shift=LUNCH, shrinkage="{offline: 12%}")
    first, second = (post.off[:, 0] - post.time for post in found.posts())
    assert (first != second).mean() > 0.95


# -- local time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["2026-10-22", "2027-03-25"])
@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Asia/Manila"])
def test_a_shift_at_nine_is_at_nine_on_both_sides_of_a_change_of_clocks(start: str, zone: str) -> None:
    plan = scenario({"horizon.start": start, "horizon.days": 14, f"{DAY_SHIFT}.timezone": zone})
    found = crew(plan)
    clock = found.teams["day"].days.clock
    local = [clock.local(post.time) for post in found.posts()]
    assert {moment.time() for moment in local} == {dt.time(9)}
    assert len(local) == 14
    assert all((post.off[:, -1] - post.on[:, 0] == 8 * HOUR).all() for post in found.posts())
    steps = {round(step / HOUR) for step in np.diff([post.time for post in found.posts()])}
    assert steps == ({24} if zone == "Asia/Manila" or (zone, start) == ("America/New_York", "2027-03-25") else steps)
    if zone == "Europe/London":
        assert steps == {24, 25 if start < "2027" else 23}


@pytest.mark.parametrize(("start", "hours"), [("2026-10-25", 25), ("2027-03-28", 23), ("2026-10-05", 24)])
@pytest.mark.parametrize("offline", ["0%", "20%"])
def test_always_is_around_the_clock(start: str, hours: int, offline: str) -> None:
    found = team(5, 3, shift="{always: true}", shrinkage=f"{{offline: {offline}}}")
    assert found.paid_hours() == 3 * 5 * 24
    plan = scenario(
        {"horizon.start": start, "horizon.days": 3, f"{DAY_SHIFT}.shift": "{always: true}", f"{DAY_SHIFT}.agents": 5}
    )
    found = crew(plan)
    posts = found.posts()
    assert posts[0].time == 0
    assert (posts[0].off[:, -1] == hours * HOUR).all()
    assert (posts[1].on[:, 0] == hours * HOUR).all()
    assert found.paid_hours() == pytest.approx(5 * (hours + 48))


def test_a_night_shift_is_paid_on_both_days() -> None:
    found = crew(
        scenario({f"{DAY_SHIFT}.shift": "{days: Mon-Sun, start: '22:00', length: 8 h}", "horizon.warm_up": "1 day"})
    )
    by_day = found.teams["day"].hours.paid[:7] / HOUR
    assert by_day == pytest.approx([3 * 8.0] * 7)


@pytest.mark.parametrize("warm_up", ["0 days", "2 days"])
def test_the_shift_under_way_at_the_start_is_worked(warm_up: str) -> None:
    night = {f"{DAY_SHIFT}.shift.start": "'22:00'", "horizon.warm_up": warm_up}
    assert crew(scenario(night)).teams["day"].hours.paid[0] == 3 * 8 * HOUR
    west = {f"{DAY_SHIFT}.timezone": "America/New_York", f"{DAY_SHIFT}.shift": "{always: true}"}
    assert crew(scenario({**west, "horizon.warm_up": warm_up})).teams["day"].hours.paid[0] == 3 * 24 * HOUR


# -- who is there -------------------------------------------------------------------------------------------------


def test_absence_takes_its_share_and_is_not_paid() -> None:
    found = team(800, 10, shrinkage="{absence: 8%}")
    there = sum(post.agents.size for post in found.posts())
    agree_share(8000 - there, 8000, 0.08, bug=0.25)
    assert found.paid_hours() == there * 8
    by_agent = np.bincount(np.concatenate([post.agents for post in found.posts()]), minlength=800)
    assert by_agent.var() == pytest.approx(10 * 0.08 * 0.92, rel=0.25)


def test_absence_by_week_from_the_start() -> None:
    found = crew(
        scenario(
            {
                "horizon.days": 28,
                "horizon.warm_up": "3 days",
                f"{DAY_SHIFT}.agents": 500,
                "vendors.north.shrinkage.absence": "{weekly: [0%, 50%, 10%]}",
            }
        )
    )
    there = np.array([post.agents.size for post in found.posts()])
    assert (there[:10] == 500).all()
    agree_share(there[10:17].sum(), 3500, 0.5, bug=0.15)
    agree_share((500 - there[17:]).sum(), 7000, 0.1, bug=0.25)


def test_shifts_share_the_team() -> None:
    shifts = (
        "{early: {share: 60%, days: Mon-Sun, start: '06:00', length: 8 h, at_end: hand_back},"
        " late: {share: 40%, days: Mon-Sun, start: '14:00', length: 6 h}}"
    )
    found = crew(scenario({f"{DAY_SHIFT}.shift": None, f"{DAY_SHIFT}.shifts": shifts, f"{DAY_SHIFT}.agents": 25}))
    sizes = {post.time % DAY / HOUR: post.agents.size for post in found.posts()}
    assert sizes == {6: 15, 14: 10}
    assert found.told.at_end.count("hand_back") == 15
    assert found.paid_hours() == 7 * (15 * 8 + 10 * 6)
    early, late = found.posts()[:2]
    assert not np.intersect1d(early.agents, late.agents).size


def test_a_roster_file_says_who_comes_and_goes(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "agent,hired,left\nold,2024-01-01,\ngone,2024-01-01,2026-10-05\nleaving,2026-01-01,2026-10-08\n"
        "coming,2026-10-07,\nbrief,2026-10-06,2026-10-07\n"
    )
    found = crew(
        scenario({f"{DAY_SHIFT}.agents": None, f"{DAY_SHIFT}.roster": "roster.csv"}), files=DataFiles(tmp_path)
    )
    assert [len(found.on_day(day)) for day in range(7)] == [2, 3, 3, 2, 2, 2, 2]
    assert found.table()["joined"].tolist() == [-1008, -277, 2, 1]


def test_nobody_leaves_before_joining(tmp_path: Path) -> None:
    rows = "".join(f"a{n},2027-0{1 + n % 3}-01,\n" for n in range(500))
    (tmp_path / "roster.csv").write_text("agent,hired\nold,2024-01-01\n" + rows.replace(",\n", "\n"))
    changes = {
        f"{DAY_SHIFT}.agents": None,
        f"{DAY_SHIFT}.roster": "roster.csv",
        f"{DAY_SHIFT}.attrition": "{per_year: 95%}",
    }
    people = crew(scenario(changes), files=DataFiles(tmp_path)).table()
    assert (people["leaves"] > people["joined"]).all()
    agree_share((people["leaves"][1:] - people["joined"][1:] <= 365).sum(), 500, 0.95, bug=0.1)


# -- how fast -----------------------------------------------------------------------------------------------------


def test_speed_is_that_of_the_day_and_errors_fall_as_it_rises() -> None:
    plan = scenario(
        {
            "horizon.days": 21,
            "horizon.warm_up": "7 days",
            "queues.mail.errors": "{tenured: 2%, new: 10%}",
            f"{DAY_SHIFT}.tenure": "{constant: 7 days}",
            f"{DAY_SHIFT}.ramp": "{start: 60%, reaches: 100%, after: 4 weeks}",
        }
    )
    found = crew(plan)
    days = [max(round((time - 9 * HOUR) / DAY), 0) for time, *_ in found.told.speeds]
    for day, (_, _, speed, by_queue, errors) in zip(days, found.told.speeds, strict=True):
        known = 0.6 + 0.4 * (day + 7) / 28
        assert speed == pytest.approx(known)
        assert by_queue[:, 0] == pytest.approx(known)
        assert errors[:, 0] == pytest.approx(0.02 + 0.08 * (1 - known) / 0.4)


def test_people_differ_by_the_spread_and_stay_as_they_are() -> None:
    found = team(2000, 3, spread="12%")
    ((_, _, talents, _, _),) = found.told.speeds
    assert talents.mean() == pytest.approx(1, abs=4 * 0.12 / np.sqrt(2000))
    assert talents.std() == pytest.approx(0.12, rel=0.07)


def test_a_wave_of_absence_multiplies_the_usual_one_and_passes() -> None:
    plan = {
        "horizon.days": 21,
        "vendors.north.shrinkage": "{absence: 10%}",
        "vendors.north.teams.day.agents": 800,
        "events.flu": "{absence: {team: day, from: 2026-10-12, for: 1 week, factor: 3}}",
    }
    tally = simulate(scenario(plan), NOWHERE, 1, 0)
    weeks = tally.paid[0, :-1].reshape(3, 7).sum(axis=1) / (800 * 7 * 8 * 3600)
    assert weeks == pytest.approx([0.9, 0.7, 0.9], abs=0.02)
