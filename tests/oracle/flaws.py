"""Naive floors with one mistake each: what the comparison must be able to see."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from typing import Any

import simpy

from simcap.floor.state import FINISH, HAND_BACK, KEEP

from .count_flaws import Counts
from .naive_floor import NaiveFloor, Numbers, Process
from .naive_parts import Agent, Draws, Item, Line, Moment, Phase, Queue


class LastComeFirstServed(NaiveFloor):
    """The line is a pile."""

    def create(self, draws: Draws, number: int, line: Line, created: float, origin: float) -> Item:
        item = super().create(draws, number, line, created, origin)
        item.key = -item.key
        return item


class LastOfATieFirst(NaiveFloor):
    """Of items with the same key, the one with the highest number stands first."""

    def create(self, draws: Draws, number: int, line: Line, created: float, origin: float) -> Item:
        return super().create(draws, -number, line, created, origin)

    def end_of_patience(self, item: Item) -> Moment:
        item.number, number = 0, item.number
        moment = super().end_of_patience(item)
        item.number = number
        return moment


class NothingGoesAhead(NaiveFloor):
    """Items that go ahead stand among the others."""

    def create(self, draws: Draws, number: int, line: Line, created: float, origin: float) -> Item:
        return super().create(dataclasses.replace(draws, goes_ahead=False), number, line, created, origin)


class LastOfThoseAheadFirst(NaiveFloor):
    """Of the items that go ahead the youngest goes first."""

    def create(self, draws: Draws, number: int, line: Line, created: float, origin: float) -> Item:
        item = super().create(draws, number, line, created, origin)
        item.key = -item.key if draws.goes_ahead else item.key
        return item


class HandedBackGoesAheadNoMore(NaiveFloor):
    """An item that goes ahead does so once."""

    def be_worked(self, item: Item, agent: Agent) -> Generator[simpy.Event, Any, bool]:
        decided = yield from super().be_worked(item, agent)
        item.draws = dataclasses.replace(item.draws, goes_ahead=False)
        return decided


class HandedBackGoesLast(NaiveFloor):
    """An item that is handed back loses its place."""

    def be_worked(self, item: Item, agent: Agent) -> Generator[simpy.Event, Any, bool]:
        decided = yield from super().be_worked(item, agent)
        item.key = self.now
        return decided


class OwnOriginAlways(NaiveFloor):
    """Follow-up work is due from its own creation."""

    def follow_up(self, draws: Draws, number: int, origin: float) -> Process:  # noqa: ARG002 - the mistake
        return super().follow_up(draws, number, self.now + draws.time)


class EveryDecisionIsRight(NaiveFloor):
    """No follow-up work for errors."""

    def decide(self, item: Item, agent: Agent) -> None:
        agent.error_rate = [0.0] * len(agent.error_rate)
        super().decide(item, agent)


class UnroundedDurations(NaiveFloor):
    """Durations leave the grid of times."""

    def duration(self, item: Item, agent: Agent) -> float:
        return item.draws.content * item.queue.factor / agent.speed[item.queue.number] or 2.0**-20

    def lasts(self, item: Item, agent: Agent) -> float:
        return item.left / self.pace(agent)


class OverflowAfterTheInstant(NaiveFloor):
    """An item overflows just after its time, not at it."""

    def overflows(self, item: Item) -> bool:
        return item.created + item.queue.plan.overflow < self.now


class OverflowBeforeOwnWork(NaiveFloor):
    """Overflowing items of others go before the work of the agent's own vendor."""

    def offer(self, queue: Queue, agent: Agent) -> Item | None:
        others = [line.head() for line in queue.lines if line.waiting and line is not queue.line_of(agent.vendor)]
        overflowing = [item for item in others if self.overflows(item)]
        return min(overflowing, key=Item.standing) if overflowing else super().offer(queue, agent)


class ExpiryAfterDispatch(NaiveFloor):
    """An item can still be picked up at the instant at which it expires."""

    def at(self, time: float, phase: Phase, number: int) -> Moment:
        return super().at(time, Phase.NO_PATIENCE if phase == Phase.EXPIRY else phase, number)


class EndsBeforeCompletions(NaiveFloor):
    """A shift that ends when the item is done interrupts it."""

    def at(self, time: float, phase: Phase, number: int) -> Moment:
        swapped = {Phase.COMPLETIONS: Phase.ENDS_OF_DUTY, Phase.ENDS_OF_DUTY: Phase.COMPLETIONS}
        return super().at(time, swapped.get(phase, phase), number)


class HighestNumberFirst(NaiveFloor):
    """Ties of agent choice go by the highest number."""

    def turn(self, agent: Agent) -> tuple[float, int]:
        return super().turn(agent)[0], -agent.number


class IdleSinceComingOn(NaiveFloor):
    """Idleness counts from the start of duty only."""

    def decide(self, item: Item, agent: Agent) -> None:
        since = agent.idle_since
        super().decide(item, agent)
        agent.idle_since = since


class NoLimitOfExposure(NaiveFloor):
    """Nobody is ever spared."""

    def decide(self, item: Item, agent: Agent) -> None:
        super().decide(item, agent)
        agent.exhausted.clear()


class ExposureOfDecidedWorkOnly(NaiveFloor):
    """Work that was handed back or kept does not count towards the limit."""

    def take_from(self, agent: Agent, at_end: int) -> None:
        worked = dict(agent.worked)
        super().take_from(agent, at_end)
        agent.worked = worked


class BreaksEndOnTime(NaiveFloor):
    """A break that begins late is cut short."""

    def return_after_item(self, agent: Agent) -> float:
        super().return_after_item(agent)
        return self.now


class BreaksHideTheEndOfTheShift(NaiveFloor):
    """An item for which a break waits is finished, whatever becomes of others at the end of the shift."""

    def stopped_by_end_of_shift(self, agent: Agent) -> Generator[simpy.Event, Any, bool]:
        while agent.items and agent.blocks[0].off <= self.now:
            yield agent.news
        return False


class NobodyKeepsItems(NaiveFloor):
    """What could be kept is handed back."""

    def take_from(self, agent: Agent, at_end: int) -> None:
        super().take_from(agent, HAND_BACK if at_end == KEEP else at_end)


class EverybodyFinishes(NaiveFloor):
    """The item in hand is always finished."""

    def come_on(self, agent: Agent) -> None:
        super().come_on(agent)
        agent.at_end = FINISH


class LatestSuspensionCounts(NaiveFloor):
    """A suspension replaces the one before, even if it is shorter."""

    def suspend(self, agents: Numbers, until: float) -> None:
        for agent in agents:
            self.agents[agent].barred_until = until
        super().suspend(agents, until)


class SkillsTakeEffectTomorrow(NaiveFloor):
    """Idle agents do not look up when they learn something."""

    def dispatch(self) -> None:
        if self.now == self.told_at:
            self.dispatch_due = False
        else:
            super().dispatch()

    told_at = float("nan")

    def qualify(self, agents: Numbers, profiles: Any) -> None:
        self.told_at = self.now
        super().qualify(agents, profiles)


class EachGoesOnAsIfAlone(NaiveFloor):
    """Items in hand do not slow each other."""

    where_work_overlaps = True

    def pace(self, agent: Agent) -> float:  # noqa: ARG002 - the mistake
        return 1.0


class AsSlowAsWithFullHands(NaiveFloor):
    """Items go on as slowly as if as many were in hand as may be."""

    where_work_overlaps = True

    def pace(self, agent: Agent) -> float:
        return agent.items[0].queue.plan.pace[-1]


class MostInHandFirst(NaiveFloor):
    """Those who have something in hand go first."""

    where_work_overlaps = True

    def fewest_first(self, agent: Agent) -> int:
        return -len(agent.items)


class AnyTurnWhateverIsInHand(NaiveFloor):
    """Agents take turns, however much they have in hand."""

    where_work_overlaps = True

    def fewest_first(self, agent: Agent) -> int:  # noqa: ARG002 - the mistake
        return 0


class NothingBesideWhatIsInHand(NaiveFloor):
    """Work never overlaps."""

    where_work_overlaps = True

    def goes_with_what_is_in_hand(self, item: Item, agent: Agent) -> bool:  # noqa: ARG002 - the mistake
        return not agent.items


class TakesMoreWhenABreakIsDue(NaiveFloor):
    """A break that waits does not keep the agent from taking more."""

    where_work_overlaps = True

    def dispatch(self) -> None:
        ends = [(agent, agent.blocks[0].off) for agent in self.agents if agent.on_floor and agent.items]
        for agent, _ in ends:
            agent.blocks[0].off = float("inf")
        super().dispatch()
        for agent, off in ends:
            agent.blocks[0].off = off


def floor_that_counts(counts: type[Counts]) -> type[NaiveFloor]:
    """Return a naive floor whose counts have a mistake."""
    return type(counts.__name__, (NaiveFloor,), {"counts_type": counts})


FLAWS = [*NaiveFloor.__subclasses__(), *map(floor_that_counts, Counts.__subclasses__())]
