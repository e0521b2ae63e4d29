"""Who in a team is absent on a local day: the vendor's share by week, and more in waves of absence."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.schema.vendors import Shrinkage
from simcap.streams import Keys, Purpose
from simcap.units import DAY
from simcap.workforce.context import ReplicationContext
from simcap.workforce.roster import days_between

Array = NDArray[np.float64]


class Absence:
    """Decides about each agent and day; draws are made a week at a time."""

    def __init__(self, context: ReplicationContext, shrinkage: Shrinkage | None, vendor: str, team: str) -> None:
        self._context = context
        self._by_week = shrinkage.absence if shrinkage is not None else (0.0,)
        self.never = max(self._by_week) == 0
        self._waves = list(_waves(context, vendor, team))
        self._drawn: tuple[int, int, Array] = (-1, 0, np.zeros((7, 0)))

    def present(self, keys: Keys, rows: NDArray[np.int64], date: dt.date) -> NDArray[np.bool_]:
        """Return which of these rows are not absent on a local day; `keys` are those of all agents of the team."""
        if self.never:
            return np.ones(rows.size, bool)
        return np.asarray(self._draws(keys, date)[rows] >= self.share(date))

    def share(self, date: dt.date) -> float:
        """Return the probability that an agent is absent on a local day."""
        week = max(days_between(self._context.first, date), 0) // 7
        share = self._by_week[min(week, len(self._by_week) - 1)]
        for first, last, factor in self._waves:
            share *= factor if first <= date < last else 1.0
        return share

    def _draws(self, keys: Keys, date: dt.date) -> Array:
        """Return the uniforms that decide whether each agent is absent on a day."""
        week, day = divmod(date.toordinal(), 7)
        if self._drawn[:2] != (week, keys.size):
            days = range(7 * week, 7 * week + 7)
            self._drawn = week, keys.size, self._context.streams.uniforms_by_day(keys, Purpose.ABSENCE, days)
        drawn: Array = self._drawn[2][day]
        return drawn


def _waves(context: ReplicationContext, vendor: str, team: str) -> Iterator[tuple[dt.date, dt.date, float]]:
    """Yield the waves of absence of a team: first day, day after the last, factor."""
    for event in context.scenario.events.values():
        wave = event.absence
        if wave is not None and wave.vendor in (None, vendor) and wave.team in (None, team):
            yield wave.from_, wave.from_ + dt.timedelta(days=math.ceil(wave.for_ / DAY)), wave.factor
