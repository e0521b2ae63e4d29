"""Hours and work of a fluid estimate, to the second where they are known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simcap.streams import Streams
from simcap.tally import Capacity
from simcap.units import HOUR, YEAR
from simcap.world.capacity import estimate
from tests.helpers import NOWHERE, scenario

TEAM = "vendors.north.teams.day"
ALWAYS = {f"{TEAM}.shift": "{always: true}"}
"""Three agents who take mail; 100 items of 5 min a day."""


def found(changes: dict[str, Any]) -> Capacity:
    return estimate(scenario(changes), NOWHERE, Streams(1, 0))


def by_day(seconds: np.ndarray, days: int = 7) -> list[float]:
    return (seconds[..., : 24 * days].reshape(days, 24).sum(axis=1) / HOUR).tolist()


def test_hours_stand_where_the_clock_has_them() -> None:
    hours = found({}).staffed.seconds[0] / HOUR
    # 09:00 to 17:00 in London is 08:00 to 16:00 UTC, which cells of the horizon's zone count from local midnight.
    assert hours[:24].tolist() == [3.0 if 9 <= hour < 17 else 0.0 for hour in range(24)]


def test_load_is_items_times_their_mean() -> None:
    assert by_day(found({}).load[0]) == pytest.approx([100 * 5 / 60] * 7)


def test_a_dated_outage_takes_its_share() -> None:
    outage = {"events.down": "{outage: {from: '2026-10-06 12:00', for: 6 h, capacity: 34%}}"}
    capacity = found(ALWAYS | outage)
    # Two of three agents stop for six hours.
    assert by_day(capacity.staffed.seconds[0]) == pytest.approx([72, 60, 72, 72, 72, 72, 72])
    assert by_day(capacity.planned.seconds[0]) == pytest.approx([72] * 7)


def test_outages_that_overlap_do_not_stop_twice() -> None:
    two = {f"events.{name}": "{outage: {from: '2026-10-06 12:00', for: 6 h}}" for name in ("a", "b")}
    assert by_day(found(ALWAYS | two).staffed.seconds[0])[1] == pytest.approx(54)


def test_an_outage_elsewhere_takes_nothing() -> None:
    other = {
        "vendors.south": "{teams: {far: {timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}}}",
        "events.down": "{outage: {vendor: south, from: '2026-10-06 12:00', for: 6 h}}",
    }
    seconds = found(ALWAYS | other).staffed.seconds
    assert by_day(seconds[0]) == pytest.approx([72] * 7)
    assert by_day(seconds[1])[1] == pytest.approx(18)


def test_random_outages_take_their_expected_share() -> None:
    events = {"events.r": "{random_outages: {per_year: 365.25, for: {constant: 12 h}, capacity: 40%}}"}
    hours = found(ALWAYS | events | {"horizon.days": 3}).staffed.seconds[0] / HOUR
    # One a day: half a one is under way when the first twelve hours are over, and each stops 60%.
    assert hours[24:48] == pytest.approx([3 * math.exp(-0.5 * 0.6)] * 24)
    assert hours[5] == pytest.approx(3 * math.exp(-5.5 * HOUR * 365.25 / YEAR * 0.6))


def test_a_limit_of_exposure_leaves_so_much_of_each_local_day() -> None:
    capacity = found(ALWAYS | {"queues.mail.max_per_day": "2 h"})
    (exposure,) = capacity.staffed.exposures
    assert exposure.queue == 0
    assert exposure.quota[:7].tolist() == [6 * HOUR] * 7
    assert exposure.first[:3].tolist() == [0, 24, 48]


def test_a_day_that_has_begun_before_the_first_hour_stays_that_of_its_team() -> None:
    # Midnight in London is 19:00 of the day before in Bogota; the other team's day begins with the horizon.
    capacity = found(
        ALWAYS
        | {
            "horizon.timezone": "America/Bogota",
            f"{TEAM}.timezone": "Europe/London",
            "vendors.south.teams.far": "{timezone: America/Bogota, agents: 1, skills: [mail], shift: {always: true}}",
            "queues.mail.max_per_day": "2 h",
        }
    )
    (exposure,) = capacity.staffed.exposures
    of = {crew: exposure.first[exposure.crew == crew][:2].tolist() for crew in (0, 1)}
    assert of == {0: [-6, 18], 1: [0, 24]}
    assert exposure.quota[exposure.crew == 0][0] == 3 * 2 * HOUR
    assert (exposure.seconds[exposure.crew == 0][0, 6:24] == 3 * HOUR).all()


def test_a_night_shift_has_the_exposure_of_two_days() -> None:
    night = {f"{TEAM}.shift": '{days: Mon, start: "22:00", length: 9 h}', "queues.mail.max_per_day": "90 min"}
    (exposure,) = found(night).staffed.exposures
    assert list(zip(exposure.first.tolist(), exposure.quota.tolist(), strict=True))[:2] == [
        (22, 3 * 1.5 * HOUR),
        (24, 3 * 1.5 * HOUR),
    ]
    assert exposure.seconds[0].sum() == pytest.approx(3 * 2 * HOUR)
    assert exposure.seconds[1].sum() == pytest.approx(3 * 7 * HOUR)


def test_work_that_overlaps_is_reckoned_with_full_hands() -> None:
    alone, three = (found(ALWAYS | more).load for more in ({}, {"queues.mail.at_once": "{items: 3, speed: 60%}"}))
    assert three == pytest.approx(alone / 1.8)
    assert alone.sum() > 0


def test_a_limit_that_nobody_reaches_is_none() -> None:
    assert found({"queues.mail.max_per_day": "8 h"}).staffed.exposures == ()


def test_a_second_skill_counts_from_when_it_is_learned_and_at_its_speed() -> None:
    learned = {
        "queues.chat": "{handle_time: {constant: 5 min}, arrivals: {per_day: 10}}",
        "vendors.north.teams.far": "{timezone: UTC, agents: 1, skills: [chat], shift: {always: true}}",
        "events.learn": "{cross_train: {team: day, agents: 1, adds: [chat], from: 2026-10-07, for: 2 days, "
        "ramp: {steps: [50%]}}}",
    }
    capacity = found(ALWAYS | learned)
    assert [crew.added for crew in capacity.crews] == [(), (), ("chat",)]
    assert capacity.skill.tolist() == [[1, 0], [0, 1], [1, 0.5]]
    assert by_day(capacity.staffed.seconds[0]) == pytest.approx([72, 72, 48, 48, 48, 48, 48])
    assert by_day(capacity.staffed.seconds[2]) == pytest.approx([0, 0, 0, 0, 24, 24, 24])


def test_allocated_work_is_the_vendors() -> None:
    split = {
        "vendors.south": "{teams: {far: {timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}}}",
        "routing.allocation": "{mail: {north: 75%, south: 25%}}",
        "events.new": "{allocation: {queue: mail, from: '2026-10-08 12:00', shares: {north: 0%, south: 100%}}}",
    }
    capacity = found(split)
    assert capacity.lines == ((0, "north"), (0, "south"))
    day = 100 * 5 / 60
    assert by_day(capacity.load[0]) == pytest.approx([0.75 * day] * 3 + [0.375 * day] + [0] * 3)
    assert by_day(capacity.load[1]) == pytest.approx([0.25 * day] * 3 + [0.625 * day] + [day] * 3)


def test_follow_up_work_comes_when_somebody_has_decided_and_its_delay_later() -> None:
    follows = {
        "queues.mail.arrivals.profile": [1] * 12 + [0] * 12,
        "queues.mail.then": "{check: {share: 10%}, appeal: {share: 20%, after: {constant: 3 h}}}",
        "queues.check": "{handle_time: {constant: 6 min}}",
        "queues.appeal": "{handle_time: {constant: 6 min}}",
        f"{TEAM}.skills": ["mail", "check", "appeal"],
    }
    load = found(follows).load / HOUR
    # What comes in the night is decided from 09:00 on.
    assert load[1, :24] == pytest.approx([0] * 9 + [100 * 10 / 12 * 0.01, *[100 / 12 * 0.01] * 2] + [0] * 12)
    assert load[2, :24] == pytest.approx([0] * 12 + [100 * 10 / 12 * 0.02, *[100 / 12 * 0.02] * 2] + [0] * 9)


def test_wrong_decisions_come_back_at_the_share_of_those_who_decide() -> None:
    wrong = {
        "queues.mail.errors": "{tenured: 4%, new: 40%, appeal_share: 50%, to: appeal}",
        "queues.appeal": "{handle_time: {constant: 1 h}}",
        f"{TEAM}.skills": ["mail", "appeal"],
    }
    assert by_day(found(ALWAYS | wrong).load[1]) == pytest.approx([100 * 0.04 * 0.5] * 7)


def test_productive_hours_are_by_month_and_without_outages() -> None:
    outage = {"events.down": "{outage: {from: '2026-10-30 00:00', for: 4 days}}"}
    month = found(ALWAYS | outage | {"horizon.start": "2026-10-26", "horizon.days": 14}).productive
    # Six days of October, two of them down; of November eight, two of them down.
    assert month == pytest.approx(np.array([[3 * 24 * 4, 3 * 24 * 6]]))


@pytest.mark.parametrize("asking", [TEAM, "queues.mail"])
def test_a_team_that_responds_has_as_many_as_at_its_normal_backlog(asking: str) -> None:
    more = {f"{asking}.responds": "{to: backlog, normal: 9 h, elasticity: 50%, at_least: 20%, at_most: 300%}"}
    assert np.array_equal(found(more).staffed.seconds, found({}).staffed.seconds)
