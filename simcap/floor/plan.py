"""The plan of a floor: queues with their lines and SLAs, profiles of skills, agents, the report's grid."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.floor.routing import PRIORITY, RoutingRule
from simcap.floor.state import (
    CALENDAR,
    INF,
    LINE,
    LONGEST_IDLE,
    MARKS,
    MODES,
    NIL,
    NO_EXPIRY,
    QUEUE,
    SLA,
    SPAN,
    TURNAROUND,
    WAIT,
    Rules,
)
from simcap.scenario.open_times import OpenTimes
from simcap.units import HOUR, TICK


@dataclasses.dataclass(frozen=True)
class SlaPlan:
    """One SLA: `measure` is TURNAROUND or WAIT, `within` in seconds."""

    within: float
    measure: int
    from_origin: bool = False
    hours: OpenTimes | None = None
    """When its clock runs; always if left out."""

    def due(self, start: float) -> float:
        """Return when an item is due whose clock starts at `start`."""
        if self.hours is None:
            return start + self.within
        return float(self.hours.due(np.array([start]), self.within)[0])


@dataclasses.dataclass(frozen=True)
class QueuePlan:
    """One queue. `vendors` are those to which it is allocated; empty for a shared pool.

    Where some of its items go ahead of older ones, they do not expire in the order of the line.
    """

    vendors: Sequence[int] = ()
    slas: Sequence[SlaPlan] = ()
    expiry: int = NO_EXPIRY
    exposure: float = INF
    overflow: float = INF
    some_go_ahead: bool = False
    pace: Sequence[float] = (1.0,)
    """Speed of each item of the queue with one, two, ... of them in an agent's hands: at most so many are."""


@dataclasses.dataclass(frozen=True)
class AgentPlan:
    """One agent: skills are queues, most urgent first; `at_end` is FINISH, HAND_BACK or KEEP."""

    team: int
    vendor: int
    skills: tuple[int, ...]
    at_end: int = 0


class FloorPlan:
    """Number lines and profiles, and lay out the tables that the kernel reads.

    `extra_skills` are skills (vendor, queues) that agents may have later. `edges` are the borders of the report's
    cells in seconds, `cell_day` the day of each cell. `seats` is the number of agents for whom there is room from the
    start, `run_out` the least number of seconds for which open items are worked on after the end, should it take so
    long.
    """

    def __init__(
        self,
        queues: Sequence[QueuePlan],
        agents: Sequence[AgentPlan],
        edges: NDArray[np.float64],
        cell_day: Sequence[int],
        *,
        rule: RoutingRule = PRIORITY,
        choice: int = LONGEST_IDLE,
        vendors: int = 1,
        teams: int | None = None,
        extra_skills: Sequence[tuple[int, tuple[int, ...]]] = (),
        seats: int = 0,
        run_out: float = 0.0,
    ) -> None:
        self.queues = queues
        self.seats = max(seats, len(agents))
        self.vendors = vendors
        self.teams = np.array([agent.team for agent in agents], np.int64)
        self.team_count = teams if teams is not None else int(self.teams.max(initial=0)) + 1
        self.at_end = np.array([agent.at_end for agent in agents], np.uint8)
        self.lines, self.line_of = _lines(queues)
        self._profiles: dict[tuple[int, tuple[int, ...]], int] = {}
        self.profiles = np.array([self._add(agent.vendor, agent.skills) for agent in agents], np.int64)
        for vendor, skills in extra_skills:
            self._add(vendor, skills)
        limited = {number for number, queue in enumerate(queues) if queue.exposure < INF}
        without = self._add_remaining(limited)
        calendars = list(dict.fromkeys(sla.hours for queue in queues for sla in queue.slas if sla.hours is not None))
        outside = (max(cell_day) + 1) if len(cell_day) else 0
        self.at_once = max(len(queue.pace) for queue in queues)
        self.overlaps = self.at_once > 1
        by_age = not rule.key_is_due and not any(queue.some_go_ahead for queue in queues)
        self.rules = Rules(
            modes=np.array([(rule.queues_by_rank, rule.key_is_due, choice, by_age, self.overlaps)], MODES),
            marks=np.zeros(1, MARKS),
            queues=_queue_table(queues, self.lines, calendars),
            slas=_sla_table(queues, calendars),
            calendars=_calendar_table(calendars),
            spans=_span_table(calendars),
            skills=self._skill_table(),
            own_line=self._own_lines(),
            without=without,
            rank_of=self._ranks(),
            at_once=np.array([len(queue.pace) for queue in queues], np.int64),
            pace=self._paces(),
            line_profiles=self._line_profiles(),
            edges=np.ascontiguousarray(edges, np.float64),
            cell_day=np.array([*cell_day, outside], np.int64),
        )
        self.hours = math.ceil((self.rules.edges[-1] - self.rules.edges[0]) / HOUR)
        """Hours of the report."""
        last = float(self.rules.edges[-1])
        self.end = max([last + run_out, *(sla.due(last) for queue in queues for sla in queue.slas)]) + TICK
        """Time in seconds after which nothing is counted: the last item of the report is past due."""

    def profile(self, vendor: int, skills: tuple[int, ...]) -> int:
        """Return the number of a profile that the plan knows."""
        return self._profiles[vendor, skills]

    def line(self, queue: int, vendor: int) -> int:
        """Return the line of a queue for a vendor: the shared one if it is not allocated; NIL if it has none."""
        if not self.queues[queue].vendors:
            return self.line_of[queue][NIL]
        return self.line_of[queue].get(vendor, NIL)

    def _add(self, vendor: int, skills: tuple[int, ...]) -> int:
        return self._profiles.setdefault((vendor, skills), len(self._profiles))

    def _add_remaining(self, limited: set[int]) -> NDArray[np.int64]:
        """Add the profiles that remain when exposure limits take queues away; return them as [profile, queue]."""
        rows: list[list[int]] = []
        while len(rows) < len(self._profiles):
            vendor, skills = list(self._profiles)[len(rows)]
            row = [self._profiles[vendor, skills]] * len(self.queues)
            for queue in limited.intersection(skills):
                row[queue] = self._add(vendor, tuple(skill for skill in skills if skill != queue))
            rows.append(row)
        return np.array(rows, np.int64)

    def _skill_table(self) -> NDArray[np.int64]:
        width = max((len(skills) for _, skills in self._profiles), default=1) or 1
        table = np.full((len(self._profiles), width), NIL, np.int64)
        for (_, skills), profile in self._profiles.items():
            table[profile, : len(skills)] = skills
        return table

    def _own_lines(self) -> NDArray[np.int64]:
        table = self._skill_table()
        for (vendor, skills), profile in self._profiles.items():
            table[profile, : len(skills)] = [self.line(queue, vendor) for queue in skills]
        return table

    def _paces(self) -> NDArray[np.float64]:
        table = np.zeros((len(self.queues), self.at_once + 1))
        for number, queue in enumerate(self.queues):
            table[number, 1 : len(queue.pace) + 1] = queue.pace
        return table

    def _ranks(self) -> NDArray[np.int64]:
        skills = self._skill_table()
        table = np.full((len(self._profiles), len(self.queues)), skills.shape[1], np.int64)
        for (_, known), profile in self._profiles.items():
            for rank, queue in reversed(list(enumerate(known))):
                table[profile, queue] = rank
        return table

    def _line_profiles(self) -> NDArray[np.int64]:
        members: list[list[int]] = [[] for _ in range(self.lines.size)]
        for (vendor, skills), profile in self._profiles.items():
            for queue in skills:
                line = self.line(queue, vendor)
                if line != NIL:
                    members[line].append(profile)
        table = np.full((self.lines.size, max((len(row) for row in members), default=1) or 1), NIL, np.int64)
        for line, row in enumerate(members):
            table[line, : len(row)] = row
        return table


def _lines(queues: Sequence[QueuePlan]) -> tuple[NDArray[np.void], list[dict[int, int]]]:
    rows: list[tuple[float, ...]] = []
    line_of: list[dict[int, int]] = []
    for number, queue in enumerate(queues):
        line_of.append({})
        for vendor in queue.vendors or (NIL,):
            line_of[number][vendor] = len(rows)
            rows.append((NIL, NIL, NIL, 0, number, vendor, 0.0, -INF, 0, 0, 0, 0, 0.0))
    return np.array(rows, LINE), line_of


def _queue_table(
    queues: Sequence[QueuePlan], lines: NDArray[np.void], calendars: Sequence[OpenTimes]
) -> NDArray[np.void]:
    table = np.zeros(len(queues), QUEUE)
    first_sla = 0
    for number, queue in enumerate(queues):
        own_clock = [sla.within for sla in queue.slas if not sla.from_origin]
        origin_clock = [sla.within for sla in queue.slas if sla.from_origin]
        own_lines = np.flatnonzero(lines["queue"] == number)
        row = table[number]
        row["factor"] = 1.0
        row["exposure"], row["overflow"] = queue.exposure, queue.overflow
        row["due_own"], row["due_origin"] = min(own_clock, default=INF), min(origin_clock, default=INF)
        row["line"], row["lines"] = own_lines[0], own_lines.size
        row["sla"], row["slas"] = first_sla, len(queue.slas)
        row["expiry"] = queue.expiry
        row["in_hours"] = any(sla.hours is not None for sla in queue.slas)
        row["wait_calendar"] = _common_calendar(queue, WAIT, calendars)
        row["turnaround_calendar"] = _common_calendar(queue, TURNAROUND, calendars)
        first_sla += len(queue.slas)
    return table


def _common_calendar(queue: QueuePlan, measure: int, calendars: Sequence[OpenTimes]) -> int:
    """Return the calendar that all SLAs of one measure share; NIL if they differ or their clocks always run."""
    shared = {sla.hours for sla in queue.slas if sla.measure == measure}
    (hours,) = shared if len(shared) == 1 else (None,)
    return NIL if hours is None else calendars.index(hours)


def _sla_table(queues: Sequence[QueuePlan], calendars: Sequence[OpenTimes]) -> NDArray[np.void]:
    rows = [
        (sla.within, sla.measure, int(sla.from_origin), NIL if sla.hours is None else calendars.index(sla.hours))
        for queue in queues
        for sla in queue.slas
    ]
    return np.array(rows, SLA)


def _calendar_table(calendars: Sequence[OpenTimes]) -> NDArray[np.void]:
    ends = np.cumsum([hours.opens.size for hours in calendars], dtype=np.int64)
    return np.array([(end - hours.opens.size, end) for hours, end in zip(calendars, ends, strict=True)], CALENDAR)


def _span_table(calendars: Sequence[OpenTimes]) -> NDArray[np.void]:
    rows = [row for hours in calendars for row in zip(hours.opens, hours.closes, hours.before, strict=True)]
    return np.array(rows, SPAN)
