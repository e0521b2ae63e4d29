"""Forecasts without a model, by rules that anybody can apply: what a simulation has to beat.

All are ratios of sums, items on time to items decided, over past windows that are like the one to come.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.due_times import due_times
from simcap.calibration.backtest.predict import Desk
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

    def __init__(self, known: Desk, queues: Sequence[str], slas: Sequence[BacktestSla], timezone: str) -> None:
        if known.reported is None:
            past = known.past
            counts = [_met(past, sla, timezone, known.begin) for sla in slas]
        else:
            past = known.reported.shares
            counts = [(past["met"].to_numpy(float), past["handled"].to_numpy(float))] * len(slas)
        self.recent = max(7, int(past["days"].max())) if "days" in past and len(past) else 7
        self.first = int(past["day"].min()) if len(past) else known.origin.toordinal()
        self.days = known.origin.toordinal() - self.first
        day, hour = past["day"].to_numpy(np.int64) - self.first, past["hour"].to_numpy(np.int64) % 24
        place = pd.Index(list(queues)).get_indexer(pd.Index(past["queue"].astype(str)))
        size = len(queues), self.days, 24
        scored = place >= 0
        cell = np.ravel_multi_index((place[scored], day[scored], hour[scored]), size)

        def by_cell(amounts: Array) -> Array:
            sums = np.bincount(cell, amounts[scored], minlength=int(np.prod(size)))
            return np.asarray(sums.reshape(size), np.float64)

        self.on_time = [by_cell(met) for met, _ in counts]
        self.known = [by_cell(decided) for _, decided in counts]
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
        long = period in ("week", "month")
        same = every if long else (self.weekday == start.weekday()).astype(float)
        alike = every if long else self._alike(places, sla, start.weekday())
        weights = {
            "same_hours": same,
            "last_week": same * (np.arange(self.days) >= self.days - self.recent),
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


def _met(items: pd.DataFrame, sla: BacktestSla, timezone: str, until: float) -> tuple[Array, Array]:
    """Return 1 for items that are known by `until` to be on time, and for those that are known either way; else 0."""
    due = due_times(sla, timezone, items["created"].to_numpy(float))
    moment = items["started" if sla.measure == "wait" else "completed"].fillna(np.inf).to_numpy(float)
    gone = items["expired"].fillna(np.inf).to_numpy(float)
    on_time = moment <= due
    void = (gone < due) & (moment > gone) & (sla.counts == "decided")
    known = on_time | ((due < until) & ~void)
    return (on_time & known).astype(float), known.astype(float)
