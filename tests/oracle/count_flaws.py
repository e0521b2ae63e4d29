"""Counts with one mistake each: what the comparison of counters must be able to see."""

from __future__ import annotations

from simcap.floor.plan import SlaPlan
from simcap.floor.state import (
    BUSY_AFTER,
    BUSY_BEFORE,
    CAPPED,
    ELSEWHERE,
    NOBODY,
    STOPPED,
)

from .naive_counts import Counts
from .naive_parts import Agent, Item, Line


class ExpiryAtDueIsVoid(Counts):
    """What expires at the very moment at which it is due counts as void."""

    def expires(self, item: Item, now: float) -> None:
        for number, sla in self.unsettled(item):
            if self.due(item, sla) == now:
                item.settled.add(number)
                self.by_sla[number, self.place(item), self.cohort(item)]["void"] += 1
        super().expires(item, now)


class AtDueIsLate(Counts):
    """What is done at the very moment at which it is due is late."""

    def count_on_time(self, item: Item, measure: int, now: float) -> None:
        for number, sla in self.unsettled(item):
            if sla.measure == measure and self.due(item, sla) == now:
                self.count_late(item, number, sla, now)
        super().count_on_time(item, measure, now + 2.0**-20)


class LateOnceMoreAfterHandBack(Counts):
    """An item that was handed back is late twice."""

    def count_late(self, item: Item, number: int, sla: SlaPlan, now: float) -> None:
        for _ in range(2 if item.waited_before > 0 else 1):
            super().count_late(item, number, sla, now)


class OpenIsNotLate(Counts):
    """What is still open when the books are closed is not late."""

    def close(self, end: float) -> None:
        pass


class BeforeAndAfterSwapped(Counts):
    """Work that goes before counts as work that goes after."""

    def causes(self, line: Line) -> list[float]:
        weights = super().causes(line)
        weights[BUSY_BEFORE], weights[BUSY_AFTER] = weights[BUSY_AFTER], weights[BUSY_BEFORE]
        return weights


class AllOrNothing(Counts):
    """Where most agents work on what goes before, all do."""

    def causes(self, line: Line) -> list[float]:
        weights = super().causes(line)
        weights[BUSY_BEFORE], weights[BUSY_AFTER] = round(weights[BUSY_BEFORE]), round(weights[BUSY_AFTER])
        return weights


class SameQueueGoesBefore(Counts):
    """Items of the same queue go before."""

    def goes_before(self, agent: Agent, line: Line) -> bool:
        return super().goes_before(agent, line) or any(item.queue is line.queue for item in agent.items)


class NobodyIsPassed(Counts):
    """By due date or age, nothing in hand goes before another line."""

    def look_past(self, agent: Agent) -> None:
        agent.passed.clear()


class StoppedIsNobody(Counts):
    """Agents who are stopped are not there."""

    def causes(self, line: Line) -> list[float]:
        weights = super().causes(line)
        weights[NOBODY], weights[STOPPED] = weights[NOBODY] + weights[STOPPED], 0.0
        return weights


class BreaksEndDuty(Counts):
    """Whoever is off the floor has gone home."""

    def goes_on(self, since: float, until: float) -> None:
        for agent in self.agents:
            agent.on_duty = agent.on_floor
        super().goes_on(since, until)


class CappedIsStopped(Counts):
    """Agents at their limit of exposure count as stopped."""

    def causes(self, line: Line) -> list[float]:
        weights = super().causes(line)
        weights[STOPPED], weights[CAPPED] = weights[STOPPED] + weights[CAPPED], 0.0
        return weights


class ElsewhereIsNobody(Counts):
    """Agents of other vendors are nobody."""

    def causes(self, line: Line) -> list[float]:
        weights = super().causes(line)
        weights[NOBODY], weights[ELSEWHERE] = weights[NOBODY] + weights[ELSEWHERE], 0.0
        return weights


class WholeWaitCounts(Counts):
    """A late item counts the parts of all its wait, not only until it was due."""

    def waited_until(self, item: Item, due: float, now: float) -> list[float]:  # noqa: ARG002 - the mistake
        return list(item.parts)


class ChainCountsNothing(Counts):
    """What went before in the chain of an item is no cause."""

    def parts_until_due(self, item: Item, sla: SlaPlan, now: float) -> list[float]:
        return [*super().parts_until_due(item, sla, now)[:-1], 0.0]


class ClockNeverStops(Counts):
    """Waits and turnarounds are measured round the clock."""

    def measured(self, item: Item, measure: int, begin: float, end: float) -> float:  # noqa: ARG002 - the mistake
        return end - begin


class CohortOfTheBacklog(Counts):
    """The backlog counts where it was created."""

    def cohort(self, item: Item) -> int:
        return self.cell(item.created)


class OldestInLine(Counts):
    """Items in hand have no age."""

    def note_edge(self, edge: float) -> None:
        everything, self.open = self.open, {item for item in self.open if item.in_line}
        counts = self.by_queue[:, self.edges.index(edge) - 1]
        super().note_edge(edge)
        counts["open"] = [sum(item.queue is queue for item in everything) for queue in self.queues]
        self.open = everything


class EdgeIsOfTheCellBefore(Counts):
    """What happens at an edge counts in the cell that ends there."""

    def cell(self, moment: float) -> int:
        return super().cell(moment - 2.0**-20)


class NoOverrun(Counts):
    """Nobody stays longer."""

    def spend(self, agent: Agent, since: float, until: float) -> None:
        super().spend(agent, since, until)
        self.by_team["overrun"] = 0.0


class EverybodyIsAsFast(Counts):
    """Speed does not count."""

    def spend(self, agent: Agent, since: float, until: float) -> None:
        super().spend(agent, since, until)
        self.by_team["effective"] = self.by_team["floor"]


class BusyWithoutAnItem(Counts):
    """Whoever is on the floor is busy."""

    def spend(self, agent: Agent, since: float, until: float) -> None:
        super().spend(agent, since, until)
        self.by_team["busy"] = self.by_team["floor"]


class ErrorsOfNobody(Counts):
    """Wrong decisions are not counted."""

    def is_decided(self, item: Item, agent: Agent, wrong: bool, now: float) -> None:  # noqa: ARG002 - the mistake
        super().is_decided(item, agent, False, now)  # noqa: FBT003 - as the one who calls it
