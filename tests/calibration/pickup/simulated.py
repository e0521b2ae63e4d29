"""Desks drawn here step by step, without simcap: items are picked up by chance, or the oldest first."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.pickup.steps import Steps, Waited, exposure, steps_between

Array = NDArray[np.float64]

FIRST = dt.date(2026, 3, 2)
HOUR = 3600.0
STEP = 900.0


def steps(days: int) -> Steps:
    return steps_between(FIRST, FIRST + dt.timedelta(days=days), "UTC", STEP, frozenset())


def arrivals(days: int, a_day: float, generator: np.random.Generator) -> Array:
    """Return creation times, as likely at any time of the day."""
    count = generator.poisson(a_day * days)
    return np.asarray(np.sort(steps(days).begin + generator.uniform(0, days * 24 * HOUR, count)))


def hazard_of(hour: int, age: float, waiting: int) -> float:
    """Return the true hazard of a step: by day only, fresh items first, and less each where more wait."""
    by_hour = 0.06 if 9 <= hour < 17 else 0.004
    return by_hour * (3.0 if age < HOUR else 1.0) * (waiting / 20) ** -0.3


def picked_by_chance(created: Array, days: int, generator: np.random.Generator, pace: Array | None = None) -> Array:
    """Return when items are picked up at the true hazard, times the pace of the day; never: infinity."""
    begin = steps(days).begin
    gone = np.full(created.size, np.inf)
    waiting: list[int] = []
    coming = 0
    for number in range(int(days * 24 * HOUR / STEP)):
        start = begin + number * STEP
        while coming < created.size and created[coming] < start + STEP:
            waiting.append(coming)
            coming += 1
        hour = int(start % (24 * HOUR) // HOUR)
        for item in list(waiting):
            since = max(start, float(created[item]))
            rate = hazard_of(hour, max(start - float(created[item]), 0.0), len(waiting)) / STEP
            rate *= 1.0 if pace is None else float(pace[int((start - begin) // (24 * HOUR))])
            wait = generator.exponential(1 / rate)
            if since + wait < start + STEP:
                gone[item] = since + wait
                waiting.remove(item)
    return gone


def picked_oldest_first(created: Array, every: float) -> Array:
    """Return when one agent picks up the items, the oldest first, each of which takes `every` seconds."""
    gone = np.empty(created.size)
    free = 0.0
    for item, moment in enumerate(created.tolist()):
        gone[item] = max(free, moment)
        free = gone[item] + every
    return gone


def seen(created: Array, gone: Array, days: int) -> Waited:
    return exposure(created, gone, np.isfinite(gone), steps(days))
