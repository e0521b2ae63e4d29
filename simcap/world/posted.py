"""Posted duty, a row for each agent and shift, and the hours that it adds up to."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.tally import Exposure, Staffed
from simcap.units import HOUR

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Rows = NDArray[np.bool_] | Numbers


@dataclasses.dataclass(frozen=True)
class Posted:
    """Rows of duty, spread evenly from beginning to end: breaks are not kept apart."""

    agent: Numbers
    crew: Numbers
    begin: Array
    """Simulated seconds."""
    end: Array
    seconds: Array
    """On the floor, between begin and end."""
    speed: Array
    relative: Array
    """Speed on second skills relative to general speed."""

    @classmethod
    def concatenated(cls, parts: Sequence[Posted]) -> Posted:
        """Return the rows of one or more parts."""
        names = [field.name for field in dataclasses.fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def rows(self, chosen: Rows) -> Posted:
        """Return some of the rows."""
        return Posted(*(getattr(self, field.name)[chosen] for field in dataclasses.fields(self)))

    def within(self, begin: Array | float, end: Array | float) -> Posted:
        """Return the part of each row that lies between two times; rows without such a part are left out."""
        since, until = np.maximum(self.begin, begin), np.minimum(self.end, end)
        share = np.maximum(until - since, 0.0) / (self.end - self.begin)
        cut = dataclasses.replace(self, begin=since, end=until, seconds=self.seconds * share)
        return cut.rows(cut.seconds > 0)

    def without(self, stops: Sequence[tuple[Numbers, float, float]]) -> Posted:
        """Return the rows less the time of suspensions (agents, from, until)."""
        rows = self
        for agents, begin, end in stops:
            hit = np.isin(rows.agent, agents) & (rows.begin < end) & (rows.end > begin)
            stopped = rows.rows(hit)
            rows = Posted.concatenated([rows.rows(~hit), stopped.within(-np.inf, begin), stopped.within(end, np.inf)])
        return rows

    def in_cells(self, edges: Array, group: Numbers, groups: int, amount: Array) -> Array:
        """Return the amounts of each group's rows by hourly cell, [group, cell]; adjacent equal rows are merged."""
        alike = (np.diff(group) == 0) & (np.diff(self.begin) == 0) & (np.diff(self.end) == 0)
        lead = np.flatnonzero(np.append(True, ~alike))[: group.size]
        sums = np.add.reduceat(amount, lead) if lead.size else amount
        begin, end, owner = self.begin[lead], self.end[lead], group[lead]
        first = np.floor((begin - edges[0]) / HOUR).astype(np.int64)
        count = np.ceil((end - edges[0]) / HOUR).astype(np.int64) - first
        row = np.repeat(np.arange(count.size), count)
        cell = np.arange(row.size) - np.repeat(np.cumsum(count) - count - first, count)
        start = edges[0] + cell * HOUR
        overlap = np.minimum(end[row], start + HOUR) - np.maximum(begin[row], start)
        parts = overlap * (sums / (end - begin))[row]
        cells = edges.size - 1
        inside = (cell >= 0) & (cell < cells)
        return _sums(owner[row[inside]] * cells + cell[inside], parts[inside], groups * cells).reshape(groups, cells)


class Ledger:
    """Adds up duty in hourly cells.

    `left` is the share of the hours that is left, [crew, cell]; `able` says who has which skill, [crew, queue];
    `midnights` are those of each crew's zone, `limits` the seconds of exposure allowed per day, by queue.
    """

    def __init__(
        self,
        edges: Array,
        left: Array,
        able: NDArray[np.bool_],
        midnights: Sequence[Array],
        limits: Mapping[int, float],
    ) -> None:
        self.edges, self.left, self.able, self.midnights, self.limits = edges, left, able, midnights, limits

    def staffed(self, rows: Posted) -> Staffed:
        """Return the hours of each crew, weighted by speed, and what exposure limits leave of them."""
        seconds = rows.in_cells(self.edges, rows.crew, self.left.shape[0], rows.seconds * rows.speed) * self.left
        exposures = [self._exposure(rows, queue, limit) for queue, limit in self.limits.items()]
        return Staffed(seconds, tuple(exposure for exposure in exposures if exposure is not None))

    def on_floor(self, rows: Posted) -> Array:
        """Return [crew, cell] seconds on the floor, as a clock counts them."""
        return rows.in_cells(self.edges, rows.crew, self.left.shape[0], rows.seconds) * self.left

    def _exposure(self, rows: Posted, queue: int, limit: float) -> Exposure | None:
        """Return what a limit leaves of each agent's local day; None if it leaves everything."""
        parts, day = self._by_local_day(rows.rows(self.able[rows.crew, queue]))
        _, agent_day = np.unique(parts.agent * (day.max(initial=0) + 1) + day, return_inverse=True)
        agent_days = int(agent_day.max(initial=-1)) + 1
        total = _sums(agent_day, parts.seconds, agent_days)
        if total.max(initial=0.0) <= limit:
            return None
        begin = np.full(total.size, np.inf)
        np.minimum.at(begin, agent_day, parts.begin)
        cell = np.floor((begin[agent_day] - self.edges[0]) / HOUR).astype(np.int64)
        (crew, first), group = np.unique(np.stack([parts.crew, cell]), axis=1, return_inverse=True)
        group = group.ravel()
        owner = np.zeros(total.size, np.int64)
        owner[agent_day] = group
        allowed = _sums(agent_day, parts.seconds * parts.speed, agent_days) * np.minimum(limit / total, 1.0)
        seconds = self._from_first(parts, group, crew, first)
        return Exposure(queue, crew, first, seconds, _sums(owner, allowed, crew.size))

    def _by_local_day(self, rows: Posted) -> tuple[Posted, Numbers]:
        """Return the rows, cut at the first local midnight that they cross, and the number of each row's day."""
        day, border = np.zeros(rows.crew.size, np.int64), np.zeros(rows.crew.size)
        for crew, nights in enumerate(self.midnights):
            crew_rows = rows.crew == crew
            day[crew_rows] = np.searchsorted(nights, rows.begin[crew_rows], side="right")
            border[crew_rows] = nights[day[crew_rows]]
        later = rows.end > border
        parts = [rows.within(-np.inf, border), rows.rows(later).within(border[later], np.inf)]
        return Posted.concatenated(parts), np.concatenate([day, day[later] + 1])

    def _from_first(self, parts: Posted, group: Numbers, crew: Numbers, first: Numbers) -> Array:
        """Return [group, cell from the group's first] seconds, weighted by speed."""
        back = (first * HOUR)[group]
        moved = dataclasses.replace(parts, begin=parts.begin - back, end=parts.end - back)
        width = int(np.ceil((moved.end.max() - self.edges[0]) / HOUR))
        reach = self.edges[0] + np.arange(width + 1) * HOUR
        seconds = moved.in_cells(reach, group, first.size, parts.seconds * parts.speed)
        cells = np.clip(first[:, None] + np.arange(width), 0, self.left.shape[1] - 1)
        return np.asarray(seconds * self.left[crew[:, None], cells])


def _sums(place: Numbers, amount: Array, places: int) -> Array:
    """Return the sum of the amounts at each place."""
    return np.bincount(place, weights=amount, minlength=places).astype(np.float64)
