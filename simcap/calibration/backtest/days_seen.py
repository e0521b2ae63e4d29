"""How fast work went on each day after an origin: what a prediction is told to see how much that explains."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.availability import intervals_seen, ratios_by_day
from simcap.calibration.backtest.desk import Learned, midnight, times_in_hand
from simcap.calibration.backtest.inferred_duty import spells_of_work
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.scenario.data.instants import wall
from simcap.units import DAY

Array = NDArray[np.float64]


def handle_factors(configuration: Configuration, history: History, past: pd.DataFrame, origin: dt.date) -> pd.DataFrame:
    """Return the mean handle time of items that were begun on each predicted day over that of `past`, [day, queue].

    1 where a queue had none.
    """
    spent, _ = times_in_hand(history.items, history, configuration)
    items = history.items.assign(spent=spent, on=_days_after(history.items["started"], configuration, origin))
    items = items[items["spent"] > 0]
    usual = items[items.index.isin(past.index) & (items["on"] < 0)].groupby("queue", observed=True)["spent"].mean()
    coming = items[items["on"].between(0, _count(configuration) - 1)]
    means = coming.groupby(["on", "queue"], observed=True)["spent"].mean().unstack("queue")
    return (means / usual).reindex(index=range(_count(configuration)), columns=usual.index).fillna(1.0)


def availability_factors(configuration: Configuration, history: History, learned: Learned) -> Array:
    """Return the factor on handle time of each predicted day by how much of their time on duty agents worked, [day].

    A day of few waiting items tells little, and is drawn to what is usual. `learned` has the duty of these days.
    """
    end = midnight(configuration, learned.origin + dt.timedelta(days=_count(configuration)))
    known = history.items[history.items["created"] < end]
    known = known[known["created"] >= learned.past["created"].min()]
    work = spells_of_work(known, configuration.staffing.longest, end, learned.split.vendors_of(known))
    duty = learned.duty.within(float(learned.past["created"].min()), end)
    seen = intervals_seen(known, work, duty, learned.split, configuration, end)
    first = _local_day(learned.origin)
    ratio = ratios_by_day(seen, first).reindex(range(first, first + _count(configuration))).fillna(1.0)
    return 1 / ratio.to_numpy(float)


def _count(configuration: Configuration) -> int:
    assert configuration.backtest is not None
    return configuration.backtest.days


def _days_after(moments: pd.Series, configuration: Configuration, origin: dt.date) -> Array:
    """Return the local days since an origin, NaN where there is no moment."""
    known = moments.notna().to_numpy()
    days = np.full(len(moments), np.nan)
    days[known] = np.floor(wall(moments.to_numpy(float)[known], configuration.timezone) / DAY) - _local_day(origin)
    return days


def _local_day(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days
