"""Work that overlaps: who had what in hand when, how many at most and how fast each went on, against desks that do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simcap.arrivals import ARRIVAL
from simcap.calibration.fits.fit import Fit, NotFitted
from simcap.calibration.fits.overlapping import one_at_a_time, swept
from simcap.floor.floor import Floor
from simcap.floor.plan import AgentPlan, FloorPlan, QueuePlan
from simcap.floor.state import DECIDED, PICKED_UP
from simcap.units import HOUR, TICK

MEAN, CV = 300.0, 0.9


def desk(seed: int, pace: tuple[float, ...], load: float = 0.8, agents: int = 10, hours: int = 40) -> pd.DataFrame:
    """Return the log of a chat desk at so much of its capacity, of agents who differ in speed, to the second.

    `alone` is how long each item would have taken by itself.
    """
    generator = np.random.default_rng(seed)
    rate = load * agents * len(pace) * pace[-1] / MEAN
    moments = np.sort(generator.random(generator.poisson(rate * hours * HOUR)) * hours * HOUR)
    width = np.sqrt(np.log1p(CV**2))
    arrivals = np.zeros(moments.size, ARRIVAL)
    arrivals["time"], arrivals["id"] = np.rint(moments / TICK) * TICK, np.arange(moments.size)
    arrivals["content"] = MEAN * np.exp(width * generator.standard_normal(moments.size) - width**2 / 2)
    arrivals["patience"], arrivals["error_draw"] = np.inf, 1.0
    plan = FloorPlan(
        [QueuePlan(pace=pace)], [AgentPlan(0, 0, (0,))] * agents, np.array([0.0, hours * HOUR]), [0], run_out=HOUR
    )
    floor, all_agents = Floor(plan, 0.0, 4 * moments.size), np.arange(agents)
    speed = np.exp(0.15 * generator.standard_normal(agents))
    floor.set_speed(all_agents, speed, speed[:, None], np.zeros((agents, 1)))
    on = np.zeros((agents, 1))
    floor.post(all_agents, on, on + 2 * hours * HOUR, np.ones((agents, 1), np.uint8), np.ones(agents, np.int64))
    floor.load(arrivals, np.zeros(0, ARRIVAL))
    floor.advance(hours * HOUR)
    journal = pd.DataFrame({name: floor.journal()[name] for name in ("time", "id", "agent", "kind")})
    taken = journal[journal["kind"] == PICKED_UP].set_index("id")
    done = journal[journal["kind"] == DECIDED].set_index("id")["time"]
    log = pd.DataFrame({"agent": taken["agent"].astype(str).astype("category"), "started": np.floor(taken["time"])})
    log["completed"] = np.floor(done)
    log["handle"] = log["completed"] - log["started"]
    log["alone"] = arrivals["content"][log.index] / speed[taken["agent"]]
    return log.assign(queue=pd.Categorical(["chat"] * len(log))).reset_index(drop=True)


def fitted(log: pd.DataFrame) -> tuple[Fit, float]:
    """Return the only fit, and the mean handle time that is left."""
    items, (fit,), _ = one_at_a_time(log)
    assert isinstance(fit, Fit), fit
    return fit, float(items["handle"].mean())


def test_time_is_swept_from_item_to_item() -> None:
    # The first agent: 0-10 and 4-6, 6-12; the second, at the same time, 5-8.
    in_hand = swept(np.array([0, 0, 0, 1]), np.array([0.0, 4.0, 6.0, 5.0]), np.array([10.0, 6.0, 12.0, 8.0]))
    assert in_hand.together.tolist() == [[4.0, 6.0], [0.0, 2.0], [2.0, 4.0], [3.0, 0.0]]
    assert in_hand.before.tolist() == [0, 1, 1, 0]
    assert in_hand.divided.tolist() == [7.0, 1.0, 4.0, 3.0]
    assert in_hand.divided.sum() == 12 + 3
    assert in_hand.at_work(np.array([True, True, True, False])).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("pace", [(1.0, 0.7), (1.0, 0.8, 0.6), (1.0, 0.95, 0.9)])
def test_numbers_and_speed_are_found(pace: tuple[float, ...]) -> None:
    log = desk(1, pace).dropna()
    fit, mean = fitted(log)
    assert fit.fixed == {("at_once", "items"): len(pace)}
    speed = fit.value("at_once", "speed")
    error = float(fit.standard_errors()[0]) * speed * (1 - speed)
    assert error < 0.05
    assert abs(speed - pace[-1]) < 4 * error
    assert mean == pytest.approx(float(log["alone"].mean()), rel=0.06)


def test_errors_of_the_speed_are_as_large_as_stated() -> None:
    off = []
    for seed in range(24):
        fit, _ = fitted(desk(100 + seed, (1.0, 0.8, 0.6), hours=20))
        speed = fit.value("at_once", "speed")
        off.append((np.log(speed / (1 - speed)) - np.log(0.6 / 0.4)) / fit.standard_errors()[0])
    assert abs(np.mean(off)) < 4 / np.sqrt(len(off))
    assert 0.6 < np.std(off) < 1.5


def test_a_regression_on_the_time_together_would_find_too_large_a_loss() -> None:
    """The instrument is needed: long items meet more others, whatever the pace."""
    log = desk(2, (1.0, 0.8, 0.6)).dropna()
    in_hand = swept(
        log["agent"].cat.codes.to_numpy(np.int64), *(log[one].to_numpy() for one in ("started", "completed"))
    )
    slope = np.polyfit(in_hand.others, log["handle"].to_numpy(), 1)[0]
    assert slope > 0.4 > 2 * 0.2 - 0.01


def test_hands_that_are_always_full_do_not_tell_the_pace() -> None:
    items, (found,), (note,) = one_at_a_time(desk(3, (1.0, 0.7), load=3.0, hours=8))
    assert isinstance(found, NotFitted)
    assert "vary too little to tell how fast each goes on; agents' time is divided evenly" in found.why
    # An agent who is always there decides an item every so often: the throughput is right.
    assert items["handle"].mean() == pytest.approx(MEAN / 1.4, rel=0.1)
    assert note.what == "items that overlap in their agents' hands: chat"


def test_work_one_after_another_stays_as_it_is() -> None:
    log = desk(4, (1.0,), hours=8)
    assert one_at_a_time(log)[0] is log
    few = log.copy()
    few.loc[few.index[::50], "completed"] += 200.0
    few["handle"] = few["completed"] - few["started"]
    assert one_at_a_time(few)[1:] == ([], [])


def test_handle_times_that_are_time_at_work_already_are_believed() -> None:
    log = desk(5, (1.0, 0.7), hours=8)
    told = log.assign(handle=log["handle"] * 0.6)
    assert one_at_a_time(told)[0]["handle"].equals(told["handle"])


def test_items_without_agent_or_end_are_left_alone() -> None:
    log = desk(6, (1.0, 0.8, 0.6), hours=20)
    lacking = log.copy()
    lacking.loc[0, "agent"] = np.nan
    lacking.loc[1, ["completed", "handle"]] = np.nan
    items, (fit,), _ = one_at_a_time(lacking)
    assert items["handle"].iloc[0] == log["handle"].iloc[0]
    assert np.isnan(items["handle"].iloc[1])
    assert fit.seen == log["completed"].notna().sum() - 2
