"""The rate of arrivals over a day, piece by piece."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from simcap.demand.days import Day
from simcap.demand.rates import Busy, ProfiledRate, Surges, as_pieces, busyness_factor
from simcap.scenario.clock import Clock
from simcap.scenario.schema.arrivals import Arrivals, Busyness
from simcap.streams import Streams
from simcap.units import DAY, HOUR
from tests.helpers import Array, scenario

FIRST = dt.date(2026, 10, 19)
CLOCK = Clock.of(scenario({"horizon.start": "2026-10-19", "horizon.timezone": "Europe/London"}).horizon)
FLAT = np.ones(168)


def day(index: int) -> Day:
    return Day.of(CLOCK, FIRST, index)


def rate(profile: Array = FLAT, **arrivals: Any) -> ProfiledRate:
    return ProfiledRate(Arrivals.model_validate(arrivals), profile)


def items(pieces: tuple[Array, Array]) -> float:
    borders, rates = pieces
    return float(np.diff(borders) @ rates)


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        ({"per_day": 240}, {0: 240, 8: 240}),
        ({"per_day": [24, 48]}, {-3: 24, 0: 24, 1: 48, 5: 48}),
        ({"per_week": [70, 140]}, {0: 10, 6 - 1: 10, 7: 20, 20: 20}),
        ({"per_day": 100, "growth": "10%"}, {0: 100, 5: 100, 7: 110, 14: 121}),
        ({"per_hour": [1, 2, 3]}, {0: 1 + 2 + 3 * 22, 1: 72}),
        ({"per_day": 100, "holidays": {"country": "GB", "factor": 0.25}}, {67: 25, 66: 100}),
        (
            {"per_day": 100, "holidays": {"country": "GB", "factor": 0.25, "before": 1.2, "after": "90%"}},
            {65: 100, 66: 120, 67: 25, 68: 25, 69: 120, 70: 25, 71: 90, 72: 100, 73: 120, 74: 25, 75: 90},
        ),
    ],
)
def test_a_volume_is_what_is_written_for_its_day(arrivals: dict[str, Any], expected: dict[int, float]) -> None:
    found = rate(**arrivals)
    assert {index: items(found.on(day(index))) for index in expected} == pytest.approx(expected)


def test_the_day_on_which_clocks_go_back_has_an_hour_more() -> None:
    assert items(rate(per_day=240).on(day(6))) == pytest.approx(250)


def test_a_profile_is_by_the_hour_of_the_week_that_the_clock_shows() -> None:
    profile = np.zeros(168)
    profile[6 * 24 + 1] = 168
    borders, rates = rate(profile, per_week=7).on(day(6))
    busy = np.flatnonzero(rates)
    assert (borders[busy] / HOUR).tolist() == [1, 2], "the clock shows one o'clock for two hours that night"
    assert not rate(profile, per_week=7).on(day(5))[1].any()


def test_a_surge_cuts_the_pieces_and_multiplies_what_lies_in_it() -> None:
    surges = Surges(rate(per_day=24), [(DAY + 1.5 * HOUR, DAY + 3 * HOUR, 3.0), (DAY + 2 * HOUR, 9 * DAY, 2.0)])
    borders, rates = surges.on(day(1))
    hourly = {begin / HOUR: value * HOUR for begin, value in zip(borders[:-1].tolist(), rates.tolist(), strict=True)}
    assert [hourly[hour] for hour in (0, 1, 1.5, 2, 3, 23)] == pytest.approx([1, 1, 3, 6, 2, 2])
    assert items(surges.on(day(0))) == pytest.approx(24)


def test_intervals_of_a_file_are_pieces_of_their_day() -> None:
    begin, end = np.array([-HOUR, HOUR, 2 * HOUR]), np.array([HOUR, 2 * HOUR, 3 * HOUR])
    borders, rates = as_pieces(day(0), begin, end, np.array([10.0, 4.0, 0.0]))
    assert (borders / HOUR).tolist() == [0, 1, 2, 3, 24]
    assert (rates * HOUR).tolist() == pytest.approx([5, 4, 0, 0])


def busy(**parts: Any) -> Busyness:
    return Busyness.model_validate(parts)


def factors(plan: Busyness, queue: str = "mail", count: int = 1000) -> Array:
    streams = Streams(3, 0)
    return np.array([busyness_factor(plan, streams, queue, FIRST + dt.timedelta(days=n)) for n in range(count)])


def test_days_are_as_busy_as_they_are_said_to_be_and_alike() -> None:
    found = factors(busy(cv="20%", correlation="60%"))
    assert found.mean() == pytest.approx(1, abs=0.03)
    assert found.std() == pytest.approx(0.2, abs=0.02)
    assert np.corrcoef(found[1:], found[:-1])[0, 1] == pytest.approx(0.6, abs=0.08)


def test_queues_share_the_part_of_it_that_they_say() -> None:
    shared = busy(cv="20%", shared="60%")
    one, other = (factors(shared, queue) for queue in ("mail", "chat"))
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0.6, abs=0.06)
    assert abs(np.corrcoef(*(factors(busy(cv="20%"), queue) for queue in ("mail", "chat")))[0, 1]) < 0.08


def test_hours_are_busy_for_themselves_and_keep_the_days_volume_on_average() -> None:
    found = Busy(rate(per_day=24), busy(cv="0%", hourly="50%"), "mail", Streams(3, 0))
    rates = np.concatenate([found.on(day(index))[1] for index in range(5 * 7)]) * HOUR
    assert rates.mean() == pytest.approx(1, abs=0.06)
    assert rates.std() == pytest.approx(0.5, abs=0.06)
    steady = Busy(rate(per_day=24), busy(cv="0%"), "mail", Streams(3, 0))
    assert items(steady.on(day(0))) == pytest.approx(24)
