"""Counts at the end of windows (backlog, headcount) over time."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.figures import Subject
from simcap.experiment.results import Results
from simcap.report.charts.timeline import Timeline
from simcap.report.wording.findings import A_YEAR
from simcap.report.wording.standing import fan
from simcap.report.wording.words import long_date

Array = NDArray[np.float64]

MOST_POINTS = 400


@dataclasses.dataclass(frozen=True)
class Stock:
    """A count over time: places on the time axis, and its percentiles there."""

    at: Array
    points: Array
    """[percentile, place]."""

    @property
    def median(self) -> Array:
        """Return the median over time."""
        return np.asarray(self.points[2])

    @property
    def highest(self) -> float:
        """Return the top of the fan."""
        return float(np.nanmax(self.points)) if np.isfinite(self.points).any() else 0.0


def stock(results: Results, table: str, subject: Subject, measure: str, *, start: float | None = None) -> Stock:
    """Return a count at the ends of the finest readable windows; `start` is known before the first."""
    period = finest(results, hours=table == "queues")
    points = fan(results.figures.of(table, period, subject, measure))
    at = Timeline.of(results.scenario).edges(results.layout.windows[period])[1:]
    if start is not None:
        at, points = np.concatenate([[0.0], at]), np.concatenate([np.full((5, 1), start), points], axis=1)
    return Stock(at, points)


def finest(results: Results, *, hours: bool) -> str:
    """Return the finest period with a readable number of windows."""
    windows = results.layout.windows
    finer = ("hour", "day") if hours else ("day",)
    readable = [period for period in finer if period in windows and len(windows[period].cells) <= MOST_POINTS]
    return readable[0] if readable else "week"


def last_day(results: Results, at: float) -> str:
    """Name the day that ends at, or holds, a place of the time axis."""
    horizon = results.scenario.horizon
    day = horizon.start + dt.timedelta(days=max(int(np.ceil(at)) - 1, 0))
    return long_date(day, year=dt.timedelta(days=horizon.day_count) > A_YEAR)
