"""Forecasts without a model, by rules that anybody can apply: what a simulation has to beat.

All are ratios of sums, items on time to items decided, over past windows that are like the one to come.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.desk import Known
from simcap.calibration.backtest.due_times import due_times
from simcap.calibration.history.yardsticks import BacktestSla

Array = NDArray[np.float64]

RULES = {
    "same_hours": "as on the same weekday and hour before",
    "last_week": "as last week",
    "day_type": "as at the same hour on days of the same type",
    "smoothing": "as lately, older days counting less and less",
}
"""Each rule, and what it says."""
SHORT = {
    "same_hours": "same weekday", "last_week": "last week", "day_type": "day type", "smoothing": "smoothing",
}  # fmt: skip
"""The rules in two words."""
WORKING = 0.6
"""A weekday with at least this share of the busiest one's items is a working day: all of them are one type."""
FORGETTING = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
"""What a day loses of its weight by the next, of which the past chooses: the rate of exponential smoothing."""
FIRST = 14
"""Days that are known before the rate is tried."""


class Rivals:
    """What the rules forecast from what was known at an origin."""

    def __init__(self, known: Known, queues: Sequence[str], slas: Sequence[BacktestSla], timezone: str) -> None:
        past = known.past
        self.first = int(past["day"].min()) if len(past) else known.origin.toordinal()
        self.days = known.origin.toordinal() - self.first
        day, hour = past["day"].to_numpy() - self.first, past["hour"].to_numpy() % 24
        place = pd.Index(list(queues)).get_indexer(pd.Index(past["queue"].astype(str)))
        size = len(queues), self.days, 24
        cell = np.ravel_multi_index((np.maximum(place, 0), day, hour), size)

        def by_cell(rows: NDArray[np.bool_]) -> Array:
            counts = np.bincount(cell[rows & (place >= 0)], minlength=int(np.prod(size)))
            return counts.reshape(size).astype(np.float64)

        met = [_met(past, sla, timezone, known.begin) for sla in slas]
        self.on_time = [by_cell(on_time & decided) for on_time, decided in met]
        self.known = [by_cell(decided) for _, decided in met]
        self.weekday = (self.first + np.arange(self.days) - 1) % 7
        self._rates: dict[tuple[tuple[int, ...], int], float] = {}

    def forecasts(self, places: Sequence[int], sla: int, period: str, start: dt.datetime) -> dict[str, float]:
        """Return the attainment that each rule expects of some queues together; NaN where it knows nothing."""
        on_time, known = (counts[sla][list(places)].sum(axis=0) for counts in (self.on_time, self.known))
        if period == "hour":
            on_time, known = (counts[:, start.hour] for counts in (on_time, known))
        else:
            on_time, known = (counts.sum(axis=1) for counts in (on_time, known))
        every = np.ones(self.days)
        same = every if period == "week" else (self.weekday == start.weekday()).astype(float)
        alike = every if period == "week" else self._alike(places, sla, start.weekday())
        weights = {
            "same_hours": same,
            "last_week": same * (np.arange(self.days) >= self.days - 7),
            "day_type": alike,
            "smoothing": _discounted(self.days, self._rate(tuple(places), sla)),
        }
        return {name: _ratio(weight @ on_time, weight @ known) for name, weight in weights.items()}

    def _alike(self, places: Sequence[int], sla: int, weekday: int) -> Array:
        """Return which days are of the type of a weekday."""
        items = self.known[sla][list(places)].sum(axis=(0, 2))
        sums = np.bincount(self.weekday, items, minlength=7)
        each = sums / np.maximum(np.bincount(self.weekday, minlength=7), 1)
        working = each >= WORKING * each.max()
        if working[weekday]:
            return np.asarray(working[self.weekday], np.float64)
        return np.asarray(self.weekday == weekday, np.float64)

    def _rate(self, places: tuple[int, ...], sla: int) -> float:
        """Return the rate of forgetting that would have forecast the past days best, each from those before it."""
        key = places, sla
        if key not in self._rates:
            on_time, known = (counts[sla][list(places)].sum(axis=(0, 2)) for counts in (self.on_time, self.known))
            self._rates[key] = min(FORGETTING, key=lambda rate: _missed(on_time, known, rate))
        return self._rates[key]


def best_of(errors: dict[str, float]) -> float:
    """Return the least error of the rules; NaN if none has one."""
    known = [error for error in errors.values() if np.isfinite(error)]
    return min(known, default=float("nan"))


def _missed(on_time: Array, known: Array, rate: float) -> float:
    """Return by how much smoothing misses the days after the first, weighted by their items."""
    error = weight = 0.0
    level = np.zeros(2)
    for day, (met, count) in enumerate(zip(on_time, known, strict=True)):
        if day >= FIRST and count and level[1]:
            error += count * abs(level[0] / level[1] - met / count)
            weight += count
        level = (1 - rate) * level + (met, count)
    return error / weight if weight else 0.0


def _discounted(days: int, rate: float) -> Array:
    """Return the weight of each day, the last one's being 1."""
    return np.asarray((1 - rate) ** np.arange(days - 1, -1, -1), np.float64)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _met(
    items: pd.DataFrame, sla: BacktestSla, timezone: str, until: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which items are known by `until` to be on time, and which are known either way."""
    due = due_times(sla, timezone, items["created"].to_numpy(float))
    moment = items["started" if sla.measure == "wait" else "completed"].fillna(np.inf).to_numpy(float)
    gone = items["expired"].fillna(np.inf).to_numpy(float)
    on_time = moment <= due
    void = (gone < due) & (moment > gone) & (sla.counts == "decided")
    return on_time, on_time | ((due < until) & ~void)
