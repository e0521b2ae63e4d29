"""What a naive floor counts, and why its items wait: every counter of the compiled floor, kept to be read.

Between two instants nothing changes, so what lasts (a wait, work in hand, time on the floor) is counted from one
instant to the next, from the state in which the first one left the floor.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import simpy

from simcap.floor.plan import FloorPlan, SlaPlan
from simcap.floor.routing import PRIORITY, RoutingRule
from simcap.floor.state import (
    BUSY_AFTER,
    BUSY_BEFORE,
    CAPPED,
    CAUSES,
    ELSEWHERE,
    INF,
    LATE_COUNT,
    LINE_COUNT,
    NOBODY,
    QUEUE_COUNT,
    SLA_COUNT,
    STOPPED,
    TEAM_COUNT,
    TURNAROUND,
    WAIT,
    WAITS,
)
from simcap.floor.tally import bin_edges

from .naive_parts import Agent, Item, Line, Queue, open_seconds

HOUR = 3600.0
TIE = 1e-6
"""Seconds by which the causes of one item may differ and count as equally long."""


class Calendar(simpy.Environment):
    """The calendar of events, which tells somebody whenever an instant is over and time goes on."""

    def __init__(self, initial_time: float) -> None:
        super().__init__(initial_time)
        self.goes_on: Callable[[float, float], None] = lambda _since, _until: None

    def step(self) -> None:
        """Work the next event."""
        if self.now < self.peek() < INF:
            self.goes_on(self.now, self.peek())
        super().step()


class Counts:
    """The counters, under the names that they have in the state of the compiled floor."""

    def __init__(self, plan: FloorPlan, rule: RoutingRule, queues: Sequence[Queue], agents: Sequence[Agent]) -> None:
        self.rule, self.queues, self.agents = rule, queues, agents
        self.lines = [line for queue in queues for line in queue.lines]
        self.edges = [float(edge) for edge in plan.rules.edges]
        self.days = [int(day) for day in plan.rules.cell_day]
        self.marks = plan.rules.marks
        self.slas = [(queue, sla) for queue in queues for sla in queue.plan.slas]
        self.open: set[Item] = set()
        self.bins = [float(edge) for edge in bin_edges()]
        cells, slas, vendors = len(self.edges), max(len(self.slas), 1), plan.vendors
        self.by_queue = np.zeros((len(queues), cells), QUEUE_COUNT)
        self.by_line = np.zeros((len(self.lines), cells), LINE_COUNT)
        self.by_sla = np.zeros((slas, vendors, cells), SLA_COUNT)
        self.late = np.zeros((slas, vendors, cells, CAUSES), LATE_COUNT)
        self.late_hours = np.zeros((slas, vendors, plan.hours), np.int64)
        self.by_team = np.zeros((plan.team_count, cells), TEAM_COUNT)
        self.decisions = np.zeros((plan.team_count, len(queues), cells), np.int64)
        self.wait_bins = np.zeros((len(queues), max(self.days) + 1, len(self.bins)), np.int64)
        self.turnaround_bins = np.zeros_like(self.wait_bins)
        self.tied = np.zeros(self.late.shape, np.int64)
        """Late items that may count as well under this cause as under another, as long."""

    def cell(self, moment: float) -> int:
        """Return the cell in which a moment is; the last one stands for all time outside the report."""
        return bisect.bisect_right(self.edges, moment) - 1 if self.edges[0] <= moment < self.edges[-1] else -1

    def pieces(self, since: float, until: float) -> Iterator[tuple[int, float, float]]:
        """Yield the pieces of a stretch of time that are in one cell each."""
        borders = [since, *(edge for edge in self.edges if since < edge < until), until]
        for begin, end in itertools.pairwise(borders):
            yield self.cell(begin), begin, end

    # -- items ------------------------------------------------------------------------------------------------

    def cohort(self, item: Item) -> int:
        """Return the cell in which an item counts; one of the backlog is of none."""
        return self.cell(item.created) if item.arrived else -1

    def enters(self, item: Item, now: float) -> None:
        """Count an item that there is from now on."""
        self.open.add(item)
        item.since = now
        if not item.arrived:
            item.settled = {number for number, sla in self.unsettled(item) if self.due(item, sla) < now}
            return
        self.by_queue[item.queue.number, self.cell(now)]["arrived"] += 1
        self.by_line[self.lines.index(item.line), self.cell(now)]["created"] += 1
        self.count_passed(item, now)

    def joins(self, item: Item, now: float) -> None:
        """Begin a wait of an item in its line."""
        item.since = now
        item.in_line = True
        item.waited_before = sum(item.parts)
        item.course.append((now, tuple(item.parts)))

    def leaves_line(self, item: Item, now: float) -> None:
        """End a wait of an item."""
        self.count_passed(item, now)
        item.since = now
        item.in_line = False

    def is_picked_up(self, item: Item, now: float) -> None:
        """Count the first time that an agent takes an item."""
        self.leaves_line(item, now)
        if item.was_picked_up:
            return
        item.was_picked_up = True
        wait = self.measured(item, WAIT, item.created, now)
        count = self.by_queue[item.queue.number, self.cohort(item)]
        count["picked_up"] += 1
        count["delayed"] += now > item.created
        count["wait"] += wait
        self.wait_bins[item.queue.number, self.days[self.cohort(item)], self.bin(wait)] += 1
        self.count_on_time(item, WAIT, now)

    def is_decided(self, item: Item, agent: Agent, wrong: bool, now: float) -> None:
        """Count a decision."""
        cell, queue = self.cell(now), item.queue.number
        self.open.remove(item)
        self.decisions[agent.team, queue, cell] += 1
        self.by_team[agent.team, cell]["errors"] += wrong
        self.by_queue[queue, cell]["completed"] += 1
        turnaround = self.measured(item, TURNAROUND, item.created, now)
        count = self.by_queue[queue, self.cohort(item)]
        count["decided"] += 1
        count["turnaround"] += turnaround
        self.turnaround_bins[queue, self.days[self.cohort(item)], self.bin(turnaround)] += 1
        self.count_passed(item, now)
        self.count_on_time(item, TURNAROUND, now)

    def expires(self, item: Item, now: float) -> None:
        """Count an item that leaves its line undecided."""
        self.open.remove(item)
        self.by_queue[item.queue.number, self.cell(now)]["expired"] += 1
        self.by_line[self.lines.index(item.line), self.cohort(item)]["lost"] += 1
        count = self.by_queue[item.queue.number, self.cohort(item)]
        count["lost"] += 1
        if not item.was_picked_up:
            count["gave_up"] += 1
            count["gave_up_wait"] += self.measured(item, WAIT, item.created, now)
        for number, sla in self.unsettled(item):
            if now < self.due(item, sla):
                self.by_sla[number, self.place(item), self.cohort(item)]["void"] += 1
            else:
                self.count_late(item, number, sla, now)

    def is_replaced(self, item: Item) -> None:
        """Forget an item whose place another backlog takes."""
        self.open.remove(item)

    def close(self, end: float) -> None:
        """Count what is open at the end as late."""
        for item in self.open:
            self.count_passed(item, end)

    def measured(self, item: Item, measure: int, begin: float, end: float) -> float:
        """Return a duration as the clock has it that all SLAs of a measure share."""
        calendars = {sla.hours for sla in item.queue.plan.slas if sla.measure == measure}
        hours = calendars.pop() if len(calendars) == 1 else None
        return end - begin if hours is None else open_seconds(hours, begin, end)

    def bin(self, seconds: float) -> int:
        """Return the bin of a histogram in which a duration is."""
        return bisect.bisect_right(self.bins, seconds) - 1

    # -- SLAs -------------------------------------------------------------------------------------------------

    def place(self, item: Item) -> int:
        """Return the place of an item's line among those of its queue."""
        return item.queue.lines.index(item.line)

    def due(self, item: Item, sla: SlaPlan) -> float:
        """Return when an item is due."""
        return item.queue.due_by(sla, item.created, item.origin)

    def unsettled(self, item: Item) -> list[tuple[int, SlaPlan]]:
        """Return the SLAs of an item of which it is not known yet whether it meets them, with their numbers."""
        of_queue = [(number, sla) for number, (queue, sla) in enumerate(self.slas) if queue is item.queue]
        return [
            (number, sla)
            for number, sla in of_queue
            if number not in item.settled and (sla.measure == TURNAROUND or not item.was_picked_up)
        ]

    def count_on_time(self, item: Item, measure: int, now: float) -> None:
        """Count an item that meets the SLAs of a measure now, if it does."""
        for number, (queue, sla) in enumerate(self.slas):
            if queue is item.queue and sla.measure == measure and now <= self.due(item, sla):
                self.by_sla[number, self.place(item), self.cohort(item)]["on_time"] += 1

    def count_passed(self, item: Item, now: float) -> None:
        """Count an item as late for the SLAs that came due before now."""
        for number, sla in self.unsettled(item):
            if self.due(item, sla) < now:
                self.count_late(item, number, sla, now)

    def count_late(self, item: Item, number: int, sla: SlaPlan, now: float) -> None:
        """Count a late item, in a spell (in line or in hand) that ends now: the seconds until it was due by cause."""
        item.settled.add(number)
        at = number, self.place(item), self.cohort(item)
        parts = self.parts_until_due(item, sla, now)
        for cause, seconds in enumerate(parts):
            self.late[(*at, cause)]["seconds"] += max(seconds, 0.0)
        self.late[(*at, parts.index(max(parts)))]["items"] += 1
        longest = [cause for cause, seconds in enumerate(parts) if seconds >= max(parts) - TIE]
        if len(longest) > 1:
            self.tied[(*at, longest)] += 1
        if self.cohort(item) >= 0:
            self.late_hours[number, self.place(item), int((item.created - self.edges[0]) // HOUR)] += 1

    def parts_until_due(self, item: Item, sla: SlaPlan, now: float) -> list[float]:
        """Return the seconds by cause that passed from the start of an item's clock until it was due."""
        due = self.due(item, sla)
        waited = self.waited_until(item, due, now) if item.in_line else list(item.parts)
        in_hand = due - item.created - sum(waited)
        before = min(due, item.created) - item.origin if sla.from_origin else 0.0
        return [*waited, in_hand, before]

    def waited_until(self, item: Item, due: float, now: float) -> list[float]:
        """Return the parts of an item's wait until it was due, of an item that came due in line.

        As the compiled floor reads few clocks, they run evenly between two times at which it writes them down; and all
        waits of an item that waits once more are alike.
        """
        if item.waited_before > 0:
            total = sum(item.parts)
            return [part * (1 - (now - due) / total) for part in item.parts]
        first, every = float(self.marks[0]["begin"]), float(self.marks[0]["every"])
        mark = (due - first) // every
        begin = max(item.since, first + mark * every)
        end = min(now, first + (mark + 1) * every)
        if begin == end:
            return item.parts_at(due)
        share = (due - begin) / (end - begin)
        return [a + (b - a) * share for a, b in zip(item.parts_at(begin), item.parts_at(end), strict=True)]

    # -- what lasts -------------------------------------------------------------------------------------------

    def goes_on(self, since: float, until: float) -> None:
        """Count what lasts from the end of an instant to the next one."""
        for agent in self.agents:
            agent.attend(since)
        for agent in self.agents:
            self.spend(agent, since, until)
        for line in self.lines:
            weights = self.causes(line) if line.waiting else []
            for item in line.waiting:
                item.wait_on(until - since, weights, until)

    def note_edge(self, edge: float) -> None:
        """Count what is open at an edge of a cell, before anything happens there."""
        cell = self.edges.index(edge) - 1
        for queue in self.queues:
            ages = [edge - item.created for item in self.open if item.queue is queue]
            self.by_queue[queue.number, cell]["open"] = len(ages)
            self.by_queue[queue.number, cell]["oldest"] = max(ages, default=0.0)

    def spend(self, agent: Agent, since: float, until: float) -> None:
        """Count the time of an agent."""
        if not agent.on_floor:
            return
        over = agent.end_of_shift()
        for cell, begin, end in self.pieces(since, until):
            count = self.by_team[agent.team, cell]
            count["floor"] += end - begin
            count["effective"] += (end - begin) * agent.general_speed
            count["overrun"] += max(end - max(begin, over), 0.0)
            if agent.items:
                count["busy"] += end - begin

    # -- causes -----------------------------------------------------------------------------------------------

    def causes(self, line: Line) -> list[float]:
        """Return why a line waits now: the weights of the causes, which sum to 1."""
        queue = line.queue
        skilled = [agent for agent in self.agents if queue.number in agent.skills]
        own = [agent for agent in skilled if queue.line_of(agent.vendor) is line]
        able = [agent for agent in own if agent.on_floor and queue.number not in agent.exhausted]
        weights = [0.0] * WAITS
        if able:
            before = sum(self.goes_before(agent, line) for agent in able) / len(able)
            weights[BUSY_BEFORE], weights[BUSY_AFTER] = before, 1 - before
        elif any(agent.on_floor for agent in own):
            weights[CAPPED] = 1.0
        elif any(agent.on_duty for agent in own):
            weights[STOPPED] = 1.0
        elif any(agent.on_floor and queue.line_of(agent.vendor) is not None for agent in skilled):
            weights[ELSEWHERE] = 1.0
        else:
            weights[NOBODY] = 1.0
        return weights

    def goes_before(self, agent: Agent, line: Line) -> bool:
        """Return whether what an agent has in hand goes before the items of a line."""
        if not agent.items:
            return False
        if self.rule != PRIORITY:
            return line.queue.number in agent.passed
        available, in_hand = agent.available(), agent.items[0].queue.number
        return in_hand in available and available.index(in_hand) < available.index(line.queue.number)

    def look_past(self, agent: Agent) -> None:
        """Note in which other lines somebody waits while an agent takes the item in hand, or goes on with it."""
        agent.passed.clear()
        if agent.items:
            for skill in agent.available():
                own = self.queues[skill].line_of(agent.vendor)
                if own is not None and own.waiting and own.queue is not agent.items[0].queue:
                    agent.passed.add(skill)
