"""Load compared with hours: who may take what, by week and by hour, with or without what may be in the way."""

from __future__ import annotations

import datetime as dt
import functools
import math

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.fluid import Weekly
from simcap.analysis.timing import Worked, late_in_pace, late_where_it_leaves, late_work, left_alone, pace
from simcap.scenario.grid import Grid
from simcap.scenario.schema.queues import Sla
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Capacity, Exposure
from simcap.units import HOUR, WEEK

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

CAUSES = ("outage", "cap", "allocation")
"""What can be left out of an estimate, to see whether it is in the way."""
TOLERANCE = 0.005
"""Share of work by which an estimate may be wrong."""
NEGLIGIBLE = 0.0005
"""Share of work that is not worth mentioning."""


class Reckoning:
    """Load and hours of one scenario; `without` names one of `CAUSES` that is ignored."""

    def __init__(self, scenario: Scenario, capacity: Capacity, without: str = "") -> None:
        self.scenario, self.capacity, self.without = scenario, capacity, without
        self.queues = list(scenario.queues.values())
        self.staffed = capacity.planned if without == "outage" else capacity.staffed
        self.exposures = {} if without == "cap" else {exposure.queue: exposure for exposure in self.staffed.exposures}
        self.grid = Grid(scenario.horizon, hourly=False)
        days = np.searchsorted(capacity.edges, self.grid.edges).tolist()
        self.spans = {
            period: [(days[begin], days[end]) for begin, end in self.grid.windows(period).cells]
            for period in ("day", "week", "month", "horizon")
        }
        self._paces: dict[tuple[int, float], Worked] = {}

    # -- who may take what --------------------------------------------------------------------------------------------

    def reaches(self, line: int, within: float = np.inf) -> Array:
        """Return [crew] speed on a line; 0 for those who may not take its work before it is `within` seconds old.

        Work that has to be picked up by then may be taken by others at the last moment.
        """
        queue, vendor = self.capacity.lines[line]
        overflow = self.scenario.routing.overflow
        anyone = not vendor or self.without == "allocation"
        if overflow is not None and not anyone:
            waits = any(sla.measure == "wait" and sla.within == within for sla in self.queues[queue].sla.values())
            anyone = overflow.after <= within if waits else overflow.after < within
        own = np.array([anyone or crew.vendor == vendor for crew in self.capacity.crews])
        return np.where(own, self.capacity.skill[:, queue], 0.0)

    @functools.cached_property
    def weekly(self) -> Weekly:
        """Return hours by week."""
        capacity, lines = self.capacity, range(len(self.capacity.lines))
        queue = np.array([queue for queue, _ in capacity.lines])
        limit = np.full((len(capacity.crews), len(self.queues), len(self.spans["week"])), np.inf)
        for number, exposure in self.exposures.items():
            limit[:, number] = self._quota(exposure)
        return Weekly(
            load=self._by_week(capacity.load),
            not_due=np.stack([self._not_due(line) for line in lines]),
            supply=self._by_week(self.staffed.seconds),
            speed=np.stack([self.reaches(line) for line in lines], axis=1),
            limit=limit[:, queue],
            queue=queue,
            stays=capacity.half_left[queue] > WEEK,
            foreign=np.array(
                [[vendor not in ("", crew.vendor) for _, vendor in capacity.lines] for crew in capacity.crews]
            ),
        )

    def reach(self, line: int) -> Array:
        """Return [week] the most hours of work that may go into a line."""
        hours = np.minimum(self.weekly.supply, self.weekly.limit[:, line])
        return np.asarray(self.weekly.speed[:, line] @ hours)

    def whole_queue(self, line: int) -> tuple[Array, Array]:
        """Return [week] the work of a line's queue, and the most hours of work that may go into that queue."""
        queue = self.weekly.queue[line]
        hours = np.minimum(self.weekly.supply, self.weekly.limit[:, line])
        return self.weekly.load[self.weekly.queue == queue].sum(axis=0), self.capacity.skill[:, queue] @ hours

    def _by_week(self, seconds: Array) -> Array:
        return np.stack([seconds[:, begin:end].sum(axis=1) for begin, end in self.spans["week"]], axis=1) / HOUR

    def _quota(self, exposure: Exposure) -> Array:
        """Return [crew, week] hours that may go into a queue."""
        hours = np.zeros((len(self.capacity.crews), len(self.spans["week"])))
        for week, (begin, end) in enumerate(self.spans["week"]):
            in_week = (exposure.first >= begin) & (exposure.first < end)
            np.add.at(hours[:, week], exposure.crew[in_week], exposure.quota[in_week] / HOUR)
        return hours

    def _not_due(self, line: int) -> Array:
        """Return [week] hours of work younger than its tightest SLA at the end of a week; without one, than a week."""
        slas = self.slas(line).values()
        within = min((sla.within for sla in slas), default=WEEK)
        begin, ends = self.spans["week"][0][0], np.array([end for _, end in self.spans["week"]])
        edges = self.capacity.edges
        created = np.append(0.0, np.cumsum(self.capacity.load[line])) / HOUR
        created = np.maximum(created - created[begin], 0.0)
        return np.asarray(created[ends] - np.interp(edges[ends] - within, edges, created))

    # -- when ---------------------------------------------------------------------------------------------------------

    def slas(self, line: int) -> dict[str, Sla]:
        """Return the SLAs of a line whose clocks run at all hours, as its vendor has promised them."""
        queue, vendor = self.capacity.lines[line]
        return {name: sla.of(vendor) for name, sla in self.queues[queue].always_on.items()}

    def leaves_first(self, line: int, sla: Sla) -> bool:
        """Return whether most waiting items of a line leave undecided before they are due."""
        return bool(self.capacity.half_left[self.capacity.lines[line][0]] <= sla.within)

    def missed(self, line: int, sla: Sla) -> Array:
        """Return [cell] the fewest seconds of a line's work that are late by an SLA, or lost if most leaves first.

        Lost is what leaves while nobody is there: how much that helps the rest is unknown.
        """
        if not self.leaves_first(line, sla):
            return self.late(line, sla.within)
        capacity, there = self.capacity, self.hours(line, sla.within) > 0
        return left_alone(capacity.edges, capacity.load[line], there, capacity.patience[capacity.lines[line][0]])

    def late(self, line: int, within: float) -> Array:
        """Return [cell] seconds of a line's work that are late even if all hours that can go into it do."""
        capacity, load = self.capacity, self.capacity.load[line]
        queue = capacity.lines[line][0]
        leaves = np.isfinite(capacity.half_left[queue])
        if queue in self.exposures:
            worked = self.pace(line, within)
            return worked.left if leaves else late_in_pace(capacity.edges, load, worked.served, within)
        work = late_where_it_leaves if leaves else late_work
        return work(capacity.edges, load, self.hours(line, within), within)

    def hours(self, line: int, within: float) -> Array:
        """Return [cell] seconds of work that all who may take a line in time can do."""
        return np.asarray(self.reaches(line, within) @ self.staffed.seconds)

    def pace(self, line: int, within: float) -> Worked:
        """Return what a line of a queue with a limit of exposure gets, alone."""
        if (line, within) not in self._paces:
            queue = self.capacity.lines[line][0]
            exposure = self.exposures[queue]
            speed = self.reaches(line, within)[exposure.crew]
            leaves = math.ceil(within / HOUR) if np.isfinite(self.capacity.half_left[queue]) else None
            worked = pace(self.capacity.load[line], exposure, np.flatnonzero(speed > 0), speed, leaves)
            self._paces[line, within] = worked
        return self._paces[line, within]

    def best(self, line: int, sla: Sla) -> tuple[Array, list[dt.datetime]]:
        """Return the attainment that is possible in each window of an SLA, and their starts; NaN without work.

        Partial windows are left out, unless there are no whole ones.
        """
        period = "day" if sla.per == "hour" else sla.per
        windows = self.grid.windows(period)
        late, load = self.missed(line, sla), self.capacity.load[line]
        shares, starts = [], []
        for start, (begin, end), whole in zip(windows.starts, self.spans[period], windows.whole, strict=True):
            if whole or not any(windows.whole):
                work = load[begin:end].sum()
                shares.append(1 - late[begin:end].sum() / work if work > 0 else np.nan)
                starts.append(start)
        return np.array(shares), starts
