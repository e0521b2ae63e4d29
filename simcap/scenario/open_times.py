"""The spans of simulated time in which a clock of business hours runs."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.clock import Clock
from simcap.scenario.data.public_holidays import is_holiday
from simcap.scenario.schema.business_hours import BusinessHours, parse_span
from simcap.units import DAY, to_ticks

Array = NDArray[np.float64]

LONGEST_SHUT: Final = 5 * 366
"""Days without business hours after which they are assumed never to occur."""


class OpenTimes:
    """Spans of simulated seconds in which a clock runs, in order and apart."""

    def __init__(self, opens: Array, closes: Array) -> None:
        self.opens, self.closes = opens, closes
        self.before = np.concatenate([[0.0], np.cumsum(closes - opens)[:-1]])
        """Seconds for which the clock has run when each span begins."""

    def elapsed(self, moment: Array) -> Array:
        """Return the seconds for which the clock has run at simulated times."""
        place = np.maximum(np.searchsorted(self.opens, moment, side="right") - 1, 0)
        inside = np.clip(moment, self.opens[place], self.closes[place]) - self.opens[place]
        return np.asarray(self.before[place] + inside)

    def due(self, begin: Array, within: float) -> Array:
        """Return when the clock has run for `within` seconds since simulated times; infinite beyond the last span."""
        goal = self.elapsed(begin) + within
        place = np.searchsorted(self.before, goal, side="left") - 1
        moment = self.opens[place] + (goal - self.before[place])
        return np.where(moment <= self.closes[place], moment, np.inf)


def open_times(business_hours: BusinessHours, clock: Clock, first: dt.date, until: float, more: float) -> OpenTimes:
    """Return when a clock runs from the local day `first` on: past the time `until`, and for `more` seconds after it.

    `clock` is the horizon's. Raises `ValueError` if the clock stands still for years.
    """
    place = clock.elsewhere(business_hours.timezone) if business_hours.timezone is not None else clock
    spans: list[tuple[float, float]] = []
    after, day = 0.0, first
    while after < more:
        for span in _spans_of(business_hours, place, day):
            spans.append(span)
            after += max(span[1] - max(span[0], until), 0.0)
        day += dt.timedelta(days=1)
        last = spans[-1][1] if spans else place.midnight(first)
        if place.midnight(day) - max(last, until) > LONGEST_SHUT * DAY:
            raise ValueError(
                f"hours: {', '.join(business_hours.hours)} never occur; write for example Mon-Fri 09:00-18:00"
            )
    begins, ends = to_ticks(np.array(sorted(spans)).T)
    apart = np.append(True, begins[1:] > np.maximum.accumulate(ends)[:-1])
    group = np.cumsum(apart) - 1
    closes = np.full(int(apart.sum()), -np.inf)
    np.maximum.at(closes, group, ends)
    return OpenTimes(begins[apart], closes)


def _spans_of(business_hours: BusinessHours, place: Clock, day: dt.date) -> list[tuple[float, float]]:
    """Return the spans that begin on a local day."""
    if is_holiday(business_hours.holidays, day):
        return []
    spans = (parse_span(text) for text in business_hours.hours)
    moments = [
        (place.moment(day, begin), place.moment(day, end)) for days, begin, end in spans if day.weekday() in days
    ]
    return [span for span in moments if span[1] > span[0]]
