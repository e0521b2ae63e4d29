"""Volumes of sketches: those that a replication's draws make the demand expect."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simcap.demand.demand import Demand
from simcap.demand.rates import busyness_factor
from simcap.scenario.grid import Grid
from simcap.scenario.schema.arrivals import Busyness
from simcap.sketch.plan import steps_of
from simcap.sketch.volumes import ExpectedVolumes, by_day
from simcap.streams import Streams
from simcap.units import DAY
from tests.helpers import NOWHERE
from tests.sketch.test_against_runs import VARIANTS, changed


def test_busyness_is_that_of_each_day() -> None:
    busyness = Busyness.model_validate({"cv": "15%", "correlation": "50%", "shared": "40%"})
    streams = Streams(3, 1)
    days = np.arange(dt.date(2026, 10, 1).toordinal(), dt.date(2026, 10, 20).toordinal())
    one_by_one = [busyness_factor(busyness, streams, "mail", dt.date.fromordinal(day)) for day in days.tolist()]
    assert by_day(busyness, streams, "mail", days) == pytest.approx(one_by_one, rel=1e-12)


@pytest.mark.parametrize(
    "variant", ["as it is", "a surge, a slower tool, a classifier", "hours that are busier than others"]
)
def test_each_day_brings_what_the_demand_expects(variant: str) -> None:
    scenario = changed(VARIANTS[variant])
    demand, streams = Demand(scenario, NOWHERE), Streams(3, 1)
    steps = steps_of(scenario, demand, Grid(scenario.horizon, hourly=False))
    items = ExpectedVolumes(steps).items(demand, streams)
    for number, queue in enumerate(demand.queues):
        for index in (0, 5, 8, 15):
            day = demand.day(index)
            first = round((day.start - steps.begin) / 900)
            assert queue.source is not None
            expected = queue.source.expected(day, streams)
            for removal in queue.removals:
                expected *= 1 - removal.share * (day.start >= removal.begin)
            assert items[number, first : first + round(DAY / 900)].sum() == pytest.approx(expected, rel=1e-9)


def test_another_level_is_scaled_and_another_shape_made_anew() -> None:
    base, more = changed({}), changed({"queues.listings.arrivals.per_week": 52000})
    other = changed({"queues.listings.arrivals": {"per_week": 26000, "profile": "office", "growth": "2%"}})
    demand = Demand(base, NOWHERE)
    steps = steps_of(base, demand, Grid(base.horizon, hourly=False))
    kept, streams = ExpectedVolumes(steps), Streams(3, 1)
    first = kept.items(demand, streams)
    assert kept.items(Demand(more, NOWHERE), streams)[0] == pytest.approx(2 * first[0], rel=1e-9)
    anew = ExpectedVolumes(steps).items(Demand(other, NOWHERE), streams)
    assert np.array_equal(kept.items(Demand(other, NOWHERE), streams), anew)
    assert not np.allclose(anew[0], first[0])
