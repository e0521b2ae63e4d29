"""The time axis: local days since the start of the horizon, with a few tidy labels."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from simcap.report.charts.style import text_width
from simcap.report.wording.words import short_date
from simcap.scenario.grid import Windows
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]
Tick = tuple[float, str]

LABEL_SIZE = 9.0
GAP = 0.1
"""Least inches between two labels."""
STEPS = (1, 2, 7, 14, 28, 56, 112, 224, 448)
LONG = 280
"""Days from which months are named instead of dates."""


@dataclasses.dataclass(frozen=True)
class Timeline:
    """The horizon as an axis in days."""

    first: dt.date
    days: int

    @classmethod
    def of(cls, scenario: Scenario) -> Timeline:
        """Return the time axis of a scenario's horizon."""
        return cls(scenario.horizon.start, scenario.horizon.day_count)

    @property
    def dates(self) -> list[dt.date]:
        """Return the local days."""
        return [self._day(day) for day in range(self.days)]

    def place(self, moment: dt.datetime) -> float:
        """Return where a local moment is."""
        return (moment - dt.datetime.combine(self.first, dt.time())) / dt.timedelta(days=1)

    def edges(self, windows: Windows) -> Array:
        """Return where windows begin, and where the last one ends; hours divide their day evenly, 23 or 25 of them."""
        if windows.period != "hour":
            return np.array([*(self.place(start) for start in windows.starts), float(self.days)])
        hours = Counter(start.date() for start in windows.starts)
        shares = np.concatenate([np.full(count, 1 / count) for count in hours.values()])
        return np.concatenate([[0.0], np.cumsum(shares)])

    def ticks(self, inches: float, size: float = LABEL_SIZE) -> list[Tick]:
        """Return the labelled places of an axis of a given width."""
        if self.days <= 2:
            return self._hours(inches, size)
        apart = (text_width("28 Dec", size) + GAP) / inches * self.days
        if self.days <= LONG:
            steps = STEPS if self.days <= 21 else STEPS[2:]
            step = next((step for step in steps if step >= apart), self.days)
            return [(day, short_date(self._day(day))) for day in range(0, self.days, step)]
        return self._months(max(int(self.days / apart), 1))

    def _hours(self, inches: float, size: float) -> list[Tick]:
        most = inches / (text_width("00:00", size) + GAP)
        step = next((step for step in (1, 2, 3, 4, 6, 12) if 24 * self.days / step <= most), 24)
        hours = range(0, 24 * self.days + 1, step)
        return [
            (
                hour / 24,
                f"{hour % 24:02d}:00" + ("" if hour % 24 or hour == 24 * self.days else self._under(hour // 24)),
            )
            for hour in hours
        ]

    def _under(self, day: int) -> str:
        return f"\n{short_date(self._day(day))}"

    def _months(self, most: int) -> list[Tick]:
        firsts = [day for day in range(self.days) if self._day(day).day == 1]
        step = next((step for step in (1, 2, 3, 6) if len(firsts) / step <= most), 12)
        chosen = [day for day in firsts if (self._day(day).month - 1) % step == 0]
        return [(day, f"{self._day(day):%b}") for day in chosen]

    def _day(self, day: int) -> dt.date:
        return self.first + dt.timedelta(days=day)

    def draw(
        self,
        axes: Axes,
        inches: float,
        *,
        labels: bool = True,
        size: float = LABEL_SIZE,
        edges: Array | None = None,
    ) -> None:
        """Give axes of a given width this time axis; the first label of another year names it.

        What is drawn for whole days or weeks, with these `edges`, is named in the middle of each, not at its edge.
        """
        ticks = [] if edges is None else self._middles(edges, inches, size)
        axes.tick_params(axis="x", labelsize=size, **({"length": 0, "pad": 6.5} if ticks else {}))
        ticks = ticks or self.ticks(inches, size)
        axes.set_xlim(0, self.days)
        axes.set_xticks([place for place, _ in ticks], self._with_years(ticks) if labels else [""] * len(ticks))

    def _middles(self, edges: Array, inches: float, size: float) -> list[Tick]:
        """Return the names of days or weeks, as many as fit; nothing for other windows, or if they are too many."""
        longest = float(np.diff(edges).max())
        if not 1 <= longest <= 7 or not 2 < self.days <= LONG:
            return []
        apart = (text_width("28 Dec", size) + GAP) / inches * self.days
        step = max(int(np.ceil(apart / longest)), 1)
        return [
            (float(edges[place] + edges[place + 1]) / 2, short_date(self._day(int(edges[place]))))
            for place in range(0, len(edges) - 1, step)
        ]

    def _with_years(self, ticks: list[Tick]) -> list[str]:
        texts = []
        year = self.first.year
        for place, text in ticks:
            here = self._day(int(place)).year
            texts.append(f"{text}\n{here}" if here != year and "\n" not in text else text)
            year = here
        lines = max(text.count("\n") for text in texts) if texts else 0
        return [text if text.count("\n") == lines else f"{text}\n " for text in texts]
