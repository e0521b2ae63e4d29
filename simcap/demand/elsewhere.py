"""Volumes by the local days of a queue's own zone, mapped to the days of the horizon."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.demand.days import Day, LocalDays
from simcap.demand.rates import Counts, Rate

Array = NDArray[np.float64]


class RateElsewhere:
    """A rate by local days of another zone."""

    def __init__(self, rate: Rate, days: LocalDays) -> None:
        self.rate, self.days = rate, days

    def on(self, day: Day) -> tuple[Array, Array]:
        """Return the borders of a day's pieces, in seconds from its start, and the rate of each in items per second."""
        borders, rates = [np.zeros(1)], [np.zeros(0)]
        for local in self.days.within(day):
            own, rate = self.rate.on(local)
            own = np.clip(own + (local.start - day.start), 0.0, day.length)
            kept = np.diff(own) > 0
            borders.append(own[1:][kept])
            rates.append(rate[kept])
        return np.concatenate(borders), np.concatenate(rates)


class CountsElsewhere:
    """Interval counts by local days of another zone."""

    def __init__(self, counts: Counts, days: LocalDays) -> None:
        self.counts, self.days = counts, days

    def on(self, day: Day) -> tuple[Array, Array, Array]:
        """Return start and end (seconds from the start of the day) and items of the intervals that touch a day."""
        columns = [np.zeros((3, 0))]
        for number, local in enumerate(self.days.within(day)):
            begin, end, items = self.counts.on(local)
            shift = local.start - day.start
            # An interval across local midnight touches both days; it is counted with the first.
            kept = (begin + shift < day.length) & (end + shift > 0) & ((begin >= 0) | (number == 0))
            columns.append(np.stack([begin + shift, end + shift, items])[:, kept])
        begin, end, items = np.concatenate(columns, axis=1)
        return begin, end, items
