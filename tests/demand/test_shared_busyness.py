"""Busy days in common: how queues go together, and that each keeps its own spread and correlation from day to day."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.demand.demand import Demand
from simcap.demand.rates import busyness_factor
from simcap.scenario.schema.arrivals import Busyness
from simcap.streams import Streams
from tests.helpers import NOWHERE, agree, day_of_work, scenario

FIRST, DAYS = dt.date(2020, 1, 1), 6000
Array = np.ndarray[Any, Any]


def busy(**parts: Any) -> Busyness:
    return Busyness.model_validate({"cv": "25%", **parts})


def scores(busyness: Busyness, queue: str, days: int = DAYS) -> Array:
    """Return the normal scores of the factors of a queue on consecutive days."""
    streams = Streams(1, 0)
    drawn = [busyness_factor(busyness, streams, queue, FIRST + dt.timedelta(days=day)) for day in range(days)]
    shape = busyness.cv**-2
    return np.asarray(stats.norm.ppf(stats.gamma(shape, scale=1 / shape).cdf(drawn)))


def correlation(one: Array, other: Array) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def error(known: float, memory: float = 0.0) -> float:
    """Return the standard error of a correlation of series that each correlate by `memory` from day to day."""
    return (1 - known**2) * math.sqrt((1 + memory**2) / (1 - memory**2) / DAYS)


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [
        ({"shared": "60%"}, {"shared": "60%"}, 0.6),
        ({"shared": "90%"}, {"shared": "40%"}, 0.6),
        ({"shared": "60%", "correlation": "50%"}, {"shared": "60%", "correlation": "50%"}, 0.6),
        ({"shared": {"programme": "30%", "iberia": "40%"}}, {"shared": {"iberia": "40%", "programme": "30%"}}, 0.7),
        ({"shared": {"programme": "30%", "iberia": "40%"}}, {"shared": "60%"}, math.sqrt(0.18)),
        ({"shared": "100%"}, {"shared": "100%", "cv": "10%"}, 1.0),
    ],
)
def test_scores_of_two_queues_correlate_by_what_they_share(one: Any, other: Any, known: float) -> None:
    first, second = scores(busy(**one), "mail"), scores(busy(**other), "chat")
    memory = busy(**one).correlation * busy(**other).correlation
    if known == 1.0:
        assert first == pytest.approx(second, abs=1e-6)
    else:
        agree(correlation(first, second), error(known, memory), known, bug=0.15)


@pytest.mark.parametrize(
    ("one", "other"),
    [("60%", 0), ({"iberia": "60%"}, {"asia": "60%"}), ({"iberia": "60%"}, "60%"), (0, 0)],
)
def test_queues_that_name_nothing_in_common_are_independent(one: Any, other: Any) -> None:
    found = correlation(scores(busy(shared=one), "mail"), scores(busy(shared=other), "chat"))
    assert abs(found) < 4 * error(0.0)


@pytest.mark.parametrize("shared", ["60%", {"programme": "30%", "iberia": "40%"}, "100%"])
@pytest.mark.parametrize("memory", [0.0, 0.5])
def test_a_queue_keeps_its_spread_and_its_correlation_from_day_to_day(shared: Any, memory: float) -> None:
    drawn = scores(busy(shared=shared, correlation=memory), "mail")
    effective = DAYS * (1 - memory) / (1 + memory)
    assert abs(drawn.mean()) < 4 / math.sqrt(effective)
    agree(drawn.std(), math.sqrt((1 + memory**2) / (1 - memory**2) / (2 * DAYS)), 1.0, bug=0.1)
    for lag in (1, 2, 7):
        assert abs(correlation(drawn[lag:], drawn[:-lag]) - memory**lag) < 4 / math.sqrt(DAYS) * (1 + 2 * memory)
    if not memory:
        assert stats.kstest(drawn, stats.norm.cdf).pvalue > 1e-4


def test_queues_of_unlike_memory_keep_their_own_and_share_a_little_less() -> None:
    quick, slow = busy(shared="60%"), busy(shared="60%", correlation="70%")
    first, second = scores(quick, "mail"), scores(slow, "chat")
    known = 0.6 * math.sqrt((1 - 0.0**2) * (1 - 0.7**2)) / (1 - 0.0 * 0.7)
    agree(correlation(first, second), error(known), known, bug=0.2)
    assert abs(correlation(first[1:], first[:-1])) < 4 / math.sqrt(DAYS)
    assert correlation(second[1:], second[:-1]) == pytest.approx(0.7, abs=0.05)


def plan_of(first: Any, second: Any) -> Any:
    queue = {"handle_time": {"constant": "5 min"}}
    return scenario(
        {
            "horizon.timezone": "UTC",
            "queues.mail.arrivals": {"per_day": 2000, "busyness": first},
            "queues.chat": {**queue, "arrivals": {"per_day": 1000, "busyness": second}},
        }
    )


def test_items_of_all_queues_together_vary_as_the_shares_say() -> None:
    busyness = {"cv": "20%", "shared": "50%"}
    demand = Demand(plan_of(busyness, busyness), NOWHERE)
    streams = [Streams(1, replication) for replication in range(3000)]
    day = demand.day(3)
    totals = np.array([sum(one.source.expected(day, stream) for one in demand.queues) for stream in streams])  # type: ignore[union-attr]
    sigma2 = math.log1p(0.04)
    together = math.expm1(0.5 * sigma2)
    known = 0.04 * (2000**2 + 1000**2) + 2 * together * 2000 * 1000
    agree(totals.var(ddof=1), known * math.sqrt(2.4 / totals.size), known, bug=0.2)
    assert totals.mean() == pytest.approx(3000, rel=0.02)


def test_nothing_shared_changes_not_a_bit_and_a_share_nothing_of_other_queues() -> None:
    plain = {"cv": "20%", "correlation": "40%"}
    before = day_of_work(plan_of(plain, plain))[0]
    assert before.tobytes() == day_of_work(plan_of({**plain, "shared": 0}, plain))[0].tobytes()
    after = day_of_work(plan_of({**plain, "shared": "60%"}, plain))[0]
    others = [items[items["queue"] == 1].tobytes() for items in (before, after)]
    assert others[0] == others[1]
    kept = np.isin(after["id"], before["id"])
    assert kept.mean() > 0.5


def test_queues_in_other_zones_share_their_dates() -> None:
    shared = {"cv": "30%", "shared": "100%"}
    plan = plan_of(shared, shared)
    away = plan.queues["chat"].arrivals.model_copy(update={"timezone": "America/Bogota"})
    chat = plan.queues["chat"].model_copy(update={"arrivals": away})
    demand = Demand(plan.model_copy(update={"queues": {**plan.queues, "chat": chat}}), NOWHERE)
    streams = Streams(1, 0)
    busy_rates = [one.source._busy(streams) for one in demand.queues]  # type: ignore[union-attr]
    for day in map(demand.day, range(3)):
        (_, here), (borders, there) = (rate.on(day) for rate in busy_rates)
        early = borders[:-1] < 5 * 3600
        (_, before) = busy_rates[0].on(demand.day(day.index - 1))
        assert there[~early] * 2 == pytest.approx(here[0])
        assert there[early] * 2 == pytest.approx(before[0])


@pytest.mark.parametrize(
    ("shared", "message"),
    [
        ("130%", "130%"),
        ({"programme": "70%", "iberia": "40%"}, "the shares sum to 110.0%, more than 100%"),
        ({"programme": "some"}, "some"),
    ],
)
def test_shares_that_cannot_be(shared: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        busy(shared=shared)
