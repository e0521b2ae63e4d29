"""When the items of a log are due by a back-test SLA, whose clock may run in business hours only."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.history.yardsticks import BacktestSla
from simcap.scenario.clock import Clock
from simcap.scenario.open_times import OpenTimes, open_times
from simcap.scenario.schema.business_hours import BusinessHours
from simcap.units import DAY

Array = NDArray[np.float64]


def due_times(sla: BacktestSla, timezone: str, created: Array) -> Array:
    """Return when items are due that were created at these times, all in POSIX seconds.

    `timezone` is that of business hours that name none.
    """
    if sla.hours is None or not created.size:
        return np.asarray(created + sla.within)
    first, last = (Clock(0.0, timezone).day(float(moment)) for moment in (created.min(), created.max()))
    return _open_times(sla.hours, timezone, first, last, sla.within).due(created, sla.within)


def longest_allowed(sla: BacktestSla, timezone: str, first: dt.date, days: int) -> float:
    """Return the seconds within which everything created on some days is due, nights and weekends included."""
    if sla.hours is None:
        return sla.within
    clock = Clock(0.0, timezone)
    created = np.array([clock.midnight(first + dt.timedelta(days=day)) for day in range(days + 1)])
    return float((due_times(sla, timezone, created) - created).max())


@functools.lru_cache(maxsize=64)
def _open_times(hours: BusinessHours, timezone: str, first: dt.date, last: dt.date, within: float) -> OpenTimes:
    """Return when a clock runs, from two days before a first local day (its own day may differ) as long as needed."""
    clock = Clock(0.0, timezone)
    return open_times(hours, clock, first - dt.timedelta(days=2), clock.midnight(last) + 2 * DAY, within)
