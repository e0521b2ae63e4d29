"""The windows of a report: cells of an hour or a day, and the days, weeks and months that they add up to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.clock import Clock
from simcap.scenario.schema.scenario import Horizon, Scenario
from simcap.units import HOUR

Rows = NDArray[np.int64]
_FIRST_DAYS = {"Monday": 0, "Sunday": 6}
"""Weekday on which weeks begin on a calendar."""


@dataclasses.dataclass(frozen=True)
class Windows:
    """Windows of one period: their local starts, the cells that each is made of, and whether each is whole.

    `labels` are the starts as tables write them: dates, and for hours date-times, with the offset where clocks that go
    back show a time twice. All are different.
    """

    period: str
    starts: tuple[dt.datetime, ...]
    labels: tuple[str, ...]
    cells: tuple[tuple[int, int], ...]
    whole: tuple[bool, ...]

    @property
    def judged(self) -> tuple[bool, ...]:
        """Return which windows risks are reported for: the whole ones or, where there are none, the partial ones."""
        return self.whole if any(self.whole) else (True,) * len(self.whole)


class Grid:
    """Cells of the horizon in its own zone. `edges` are simulated seconds; days are local, of 23 to 25 hours.

    A horizon that starts within its first day has less of that: its cells begin at `start`.

    A span is what has a histogram of its own: a day or, unless `by_day`, the days of a week that are in one month.
    """

    def __init__(self, horizon: Horizon, *, hourly: bool, by_day: bool = True) -> None:
        self.horizon = horizon
        self.hourly = hourly
        clock = Clock.of(horizon)
        self.days = [horizon.start + dt.timedelta(days=n) for n in range(horizon.day_count)]
        midnights = [clock.midnight(day) for day in [*self.days, self.days[-1] + dt.timedelta(days=1)]]
        midnights[0] = Clock.start_of(horizon)
        edges: list[float] = []
        days: list[int] = []
        for number, (begin, end) in enumerate(itertools.pairwise(midnights)):
            starts = np.arange(begin, end, HOUR).tolist() if hourly else [begin]
            edges.extend(starts)
            days.extend([number] * len(starts))
        self.edges = np.array([*edges, midnights[-1]])
        self.cell_day = days
        spans = range(len(self.days)) if by_day else self._days_by_span()
        self.cell_span = [spans[day] for day in days]
        self._begins = tuple(clock.local(edge) for edge in edges)
        self._readings = tuple(clock.label(edge) for edge in edges)

    @property
    def end(self) -> float:
        """Return the end of the horizon in simulated seconds."""
        return float(self.edges[-1])

    def _days_by_span(self) -> list[int]:
        """Return the span of each day where weeks and months are the shortest windows."""
        week_begins = self.horizon.week_begins
        begins = {begin for period in ("week", "month") for begin, _ in _spans(self.days, period, week_begins)}
        return [number - 1 for number in itertools.accumulate(int(day in begins) for day in range(len(self.days)))]

    def windows(self, period: str) -> Windows:
        """Return the windows of a period: horizon, month, week, day or (on an hourly grid) hour."""
        if period == "hour":
            count = len(self.cell_day)
            cells = tuple((n, n + 1) for n in range(count))
            return Windows(period, self._begins, self._readings, cells, (True,) * count)
        spans = _spans(self.days, period, self.horizon.week_begins)
        first = np.searchsorted(self.cell_day, [begin for begin, _ in spans])
        last = np.searchsorted(self.cell_day, [end for _, end in spans])
        return Windows(
            period,
            tuple(dt.datetime.combine(self.days[begin], dt.time()) for begin, _ in spans),
            tuple(self.days[begin].isoformat() for begin, _ in spans),
            tuple(zip(first.tolist(), last.tolist(), strict=True)),
            tuple(_is_whole(self.days, period, span, cut=self.horizon.starts_within_day) for span in spans),
        )


def _spans(days: list[dt.date], period: str, week_begins: str = "first day") -> list[tuple[int, int]]:
    """Return windows as spans of day numbers."""
    count = len(days)
    if period == "horizon":
        return [(0, count)]
    if period == "day":
        return [(day, day + 1) for day in range(count)]
    if period == "week":
        # The first week ends before the first day, after it, on which weeks begin.
        first = (_FIRST_DAYS.get(week_begins, days[0].weekday()) - days[0].weekday()) % 7 or 7
        return list(itertools.pairwise([0, *range(first, count, 7), count]))
    if period == "month":
        begins = [0, *(n for n in range(1, count) if days[n].day == 1), count]
        return list(itertools.pairwise(begins))
    raise ValueError(f"{period!r} is not a period; give horizon, month, week, day or hour")


def _is_whole(days: list[dt.date], period: str, span: tuple[int, int], *, cut: bool) -> bool:
    """Return whether a window is whole; `cut` says that the first day is not."""
    if cut and span[0] == 0 and period != "horizon":
        return False
    if period == "week":
        return span[1] - span[0] == 7
    if period == "month":
        first, after = days[span[0]], days[span[1] - 1] + dt.timedelta(days=1)
        return first.day == 1 and after.day == 1
    return True


def without_whole_window(scenario: Scenario) -> list[str]:
    """Return the SLAs for which the horizon holds no whole window: "mail / 4 h (per month)"."""
    grid = Grid(scenario.horizon, hourly=False)
    whole = {period: any(grid.windows(period).whole) for period in ("week", "month")}
    return [
        f"{name} / {label} (per {sla.per})"
        for name, queue in scenario.queues.items()
        for label, sla in queue.sla.items()
        if not whole.get(sla.per, True)
    ]
