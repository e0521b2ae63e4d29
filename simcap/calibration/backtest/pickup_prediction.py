"""The days after an origin of a pick-up desk, predicted by replications.

A replay is given the items that came after the origin and how much was picked up on each of those days, which is what
inferred duty tells it as well; a forecast is given nothing after the origin.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.desk import Mode
from simcap.calibration.backtest.pickup_desk import PickUps
from simcap.calibration.backtest.pickup_items import Coming
from simcap.calibration.backtest.predict import Observed, Prediction, counted, stacked
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.pickup.desk import levels_ahead, simulate
from simcap.floor.tally import bin_edges
from simcap.scenario.grid import Grid
from simcap.scenario.schema.scenario import Horizon
from simcap.streams import Purpose, Streams

Array = NDArray[np.float64]

PICK_UPS, IN_HAND = "pick-ups", "in hand"
"""Words in the addresses of draws."""


def predict_pick_ups(
    configuration: Configuration,
    history: History,
    learned: PickUps,
    mode: Mode,
    coming: tuple[Coming, ...],
    widened: dict[str, float],
) -> Prediction:
    """Predict the days after an origin, and count what happened; one replication for each of `coming`.

    `widened` has, by period, the factor on the band of attainment in its windows.
    """
    assert configuration.backtest is not None
    backtest = configuration.backtest
    horizon = Horizon(
        start=dt.datetime.combine(learned.origin, dt.time()), days=backtest.days, timezone=configuration.timezone
    )
    grid, bins = Grid(horizon, hourly=backtest.finest == "hour"), bin_edges()
    slas = list(backtest.sla.values())
    edges = grid.edges + learned.begin
    simulated = [
        counted(_replication(learned, items, Streams(backtest.seed, number)), learned, slas, edges, grid, bins)
        for number, items in enumerate(coming)
    ]
    actual: Observed = counted(history.items, learned, slas, edges, grid, bins)
    return Prediction(
        mode,
        learned.origin,
        tuple(learned.queues),
        tuple(backtest.sla),
        tuple(slas),
        grid,
        bins,
        stacked(simulated),
        actual,
        learned,
        widened,
    )


def _replication(learned: PickUps, coming: Coming, streams: Streams) -> pd.DataFrame:
    """Return the items of one replication, with what happened to them."""
    parts = [_worked_off(learned, name, coming[name], streams) for name in learned.queues]
    return pd.concat([*parts, _finished(learned, streams)], ignore_index=True)


def _worked_off(learned: PickUps, queue: str, coming: Array, streams: Streams) -> pd.DataFrame:
    """Return a queue's items that waited at the origin or came after it, with when they are taken and done."""
    generator = streams.generator(Purpose.STAFFING, PICK_UPS, queue)
    hazard, steps = learned.hazards[queue], learned.steps
    if learned.levels:
        levels = _levels_seen(learned, queue, generator)
    else:
        hazard = hazard.drawn(generator)
        levels = levels_ahead(hazard, learned.settings, steps.days, generator)
    created = np.concatenate([learned.waiting[queue], coming[coming < steps.end]])
    gone, leaves = simulate(hazard, created, steps, levels, generator)
    started = np.where(leaves, np.inf, gone)
    ends = started + generator.choice(learned.lasting[queue], created.size)
    expired = np.where(leaves, gone, np.inf)
    return _table(queue, created, started, ends, expired)


def _levels_seen(learned: PickUps, queue: str, generator: np.random.Generator) -> Array:
    """Return the levels of the days after the origin as a replay is told them; later ones go on from the last."""
    drawn = learned.levels[queue].draw(generator)
    first = learned.hazards[queue].picked.size
    seen, days = drawn[first:], learned.hazards[queue].days
    levels = np.concatenate([seen, np.zeros(max(learned.steps.days - seen.size, 0))])
    for day in range(seen.size, learned.steps.days):
        levels[day] = days.persistence * (levels[day - 1] if day else drawn[-1]) + np.sqrt(days.innovation) * float(
            generator.standard_normal()
        )
    return levels


def _finished(learned: PickUps, streams: Streams) -> pd.DataFrame:
    """Return what is being worked on at the origin, with when it is done, given that it is not yet."""
    generator = streams.generator(Purpose.STAFFING, IN_HAND)
    items = learned.in_hand
    since = items["started"].to_numpy(float)
    done = np.empty(since.size)
    for place, (queue, start) in enumerate(zip(items["queue"].astype(str), since.tolist(), strict=True)):
        lasting = learned.lasting[queue]
        longer = lasting[lasting > learned.begin - start]
        done[place] = start + generator.choice(longer) if longer.size else np.inf
    created = items["created"].to_numpy(float)
    return _table(items["queue"].astype(str).to_numpy(object), created, since, done, np.full(since.size, np.inf))


def _table(queue: Any, created: Array, started: Array, completed: Array, expired: Array) -> pd.DataFrame:
    times = {"started": started, "completed": completed, "expired": expired}
    return pd.DataFrame(
        {"queue": queue, "created": created}
        | {name: np.where(np.isfinite(one), one, np.nan) for name, one in times.items()}
    )
