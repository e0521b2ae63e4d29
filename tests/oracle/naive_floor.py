"""The floor once more, as one would write it to be read: pure SimPy, one process an item and one an agent.

It takes the same orders as `simcap.floor.floor.Floor` and must keep the same journal, bit for bit, and the same counts
(`naive_counts`). It shares with the compiled floor only the formats of what goes in and comes out.

What happens at one instant is put in order by SimPy itself: every event on the calendar has a `Phase` and, within it,
a number (of the agent or the item) as its priority. What follows from an event at once (a process that wakes, an
interrupt) has SimPy's own priorities, which go before all phases: it is over before the next event of the instant.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from simcap.arrivals import SPLIT_BITS
from simcap.floor.plan import FloorPlan
from simcap.floor.routing import EARLIEST_DUE, PRIORITY, RoutingRule
from simcap.floor.state import (
    DECIDED,
    EXPIRED,
    FINISH,
    HAND_BACK,
    HANDED_BACK,
    INF,
    JOURNAL,
    KEEP,
    LONGEST_IDLE,
    NIL,
    NO_EXPIRY,
    PICKED_UP,
)

from .naive_counts import Calendar, Counts
from .naive_parts import MOST_IN_HAND, Agent, Block, Draws, Item, Line, Moment, Phase, Queue

Process = Generator[simpy.Event, Any, None]
Numbers = Sequence[int] | NDArray[np.int64]


class NaiveFloor:
    """Where items meet people, one SimPy process for each of them."""

    counts_type = Counts

    def __init__(self, plan: FloorPlan, start: float, journal: int = 0) -> None:  # noqa: ARG002 - it always keeps one
        self.plan = plan
        self.env = Calendar(start)
        modes = plan.rules.modes[0]
        self.rule = RoutingRule(bool(modes["queues_by_rank"]), bool(modes["key_is_due"]))
        self.choice = int(modes["choice"])
        self.queues = [Queue(number, queue) for number, queue in enumerate(plan.queues)]
        for queue in self.queues:
            queue.lines = [Line(queue, vendor) for vendor in queue.plan.vendors or (NIL,)]
        self.lines = [line for queue in self.queues for line in queue.lines]
        self.profiles = list(plan._profiles)
        self.agents: list[Agent] = []
        self.numbers = 0
        self.dispatch_due = False
        self.records: list[tuple[float, int, int, int]] = []
        self.state = self.counts_type(plan, self.rule, self.queues, self.agents)
        self.env.goes_on = self.state.goes_on
        for edge in self.state.edges[1:]:
            if edge > start:
                Moment(self.env, edge, Phase.EDGES, 0).callbacks.append(lambda _: self.state.note_edge(self.now))
        for team, profile, at_end in zip(plan.teams, plan.profiles, plan.at_end, strict=True):
            self._add_agent(int(team), profile, at_end)
        self._carry_out()

    def _add_agent(self, team: int, profile: int, at_end: int) -> int:
        vendor, skills = self.profiles[profile]
        agent = Agent(
            number=len(self.agents),
            team=team,
            vendor=vendor,
            skills=skills,
            at_end=int(at_end),
            speed=[1.0] * len(self.queues),
            error_rate=[0.0] * len(self.queues),
            news=self.env.event(),
        )
        self.agents.append(agent)
        self.env.process(self.duty(agent))
        return agent.number

    # -- what can be asked --------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Return the time up to which (exclusively) the floor is worked."""
        return float(self.env.now)

    def waiting(self) -> NDArray[np.int64]:
        """Return the number of items that wait in each line."""
        return np.array([len(line.waiting) for line in self.lines], np.int64)

    def on_floor(self) -> NDArray[np.int64]:
        """Return the agents that are on the floor."""
        return np.array([agent.number for agent in self.agents if agent.on_floor], np.int64)

    def journal(self) -> NDArray[Any]:
        """Return the journal, in the order of events."""
        return np.array(self.records, JOURNAL)

    # -- what can be ordered ------------------------------------------------------------------------------------

    def advance(self, until: float) -> None:
        """Work all that happens strictly before `until`."""
        if until > self.now:
            self.env.run(until=until)

    def close_books(self) -> None:
        """Count what is still open as late."""
        self.state.close(self.plan.end)

    def load(self, arrivals: NDArray[Any], follow_ups: NDArray[Any]) -> None:
        """Announce the items that are created next, and their follow-up work."""
        for place, row in enumerate(arrivals):
            self.env.process(self.first_order(Draws.read(row, follow_ups), place))
        self._carry_out()

    def put_backlog(self, queue: int, arrivals: NDArray[Any], follow_ups: NDArray[Any]) -> None:
        """Replace what waits in a queue: rows sorted oldest first, their `time` the age in seconds."""
        for line in self.queues[queue].lines:
            for item in line.waiting:
                self.state.is_replaced(item)
                item.taken.succeed(None)
            line.waiting.clear()
        for row in arrivals:
            draws = Draws.read(row, follow_ups)
            created = self.now - draws.time
            line = self.queues[draws.queue].lines[draws.split % 2**SPLIT_BITS]
            item = self.create(draws, self.new_number(), line, created, origin=created)
            item.arrived = False
            self.env.process(self.life(item))
        self._carry_out()

    def post(
        self,
        agents: Numbers,
        on: NDArray[np.float64],
        off: NDArray[np.float64],
        last: NDArray[np.uint8],
        blocks: NDArray[np.int64],
    ) -> None:
        """Post the duty of a day: for each agent a row of blocks, `blocks` of them valid."""
        for row, agent in enumerate(self._named(agents)):
            for place in range(blocks[row]):
                agent.extend(Block(float(on[row, place]), float(off[row, place]), bool(last[row, place])))
            self.tell(agent)
            self._have_instants(agent)
        self._carry_out()

    def release(self, agents: Numbers) -> None:
        """Hand back what these agents have kept from an earlier shift."""
        for agent in self._named(agents):
            for item in agent.kept:
                item.interrupt(HAND_BACK)
            agent.kept = []
        self._carry_out()

    def suspend(self, agents: Numbers, until: float) -> None:
        """Take agents off the floor at once, until a given time; their items are handed back."""
        for agent in self._named(agents):
            agent.barred_until = max(agent.barred_until, until)
            if agent.on_floor:
                agent.sent_away = True
                self.take_from(agent, HAND_BACK)
            self.tell(agent)
        self._carry_out()

    def qualify(self, agents: Numbers, profiles: Sequence[int]) -> None:
        """Give agents new skills: the number of a profile of the plan for each."""
        for agent, profile in zip(self._named(agents), profiles, strict=True):
            agent.vendor, agent.skills = self.profiles[profile]
            agent.exhausted.clear()
            self.state.look_past(agent)
        self._carry_out()

    def begin_day(self, agents: Numbers) -> None:
        """Begin a local day of these agents: their exposure counts from zero."""
        for agent in self._named(agents):
            agent.worked.clear()
            spared = agent.exhausted.intersection(agent.skills)
            agent.exhausted.clear()
            if spared:
                self.state.look_past(agent)
            agent.working_since = self.now
        self._carry_out()

    def set_speed(
        self, agents: Numbers, base: NDArray[np.float64], speed: NDArray[np.float64], error_rate: NDArray[np.float64]
    ) -> None:
        """Set the agents' speed in general, their speed by queue and their share of wrong decisions by queue."""
        for row, agent in enumerate(self._named(agents)):
            agent.general_speed = float(base[row])
            agent.speed = [float(value) for value in speed[row]]
            agent.error_rate = [float(value) for value in error_rate[row]]

    def set_factor(self, queue: int, factor: float) -> None:
        """Set the factor on the handle time of items of a queue that are picked up from now on."""
        self.queues[queue].factor = factor

    def set_epoch(self, queue: int, epoch: int) -> None:
        """Let items of a queue that are created from now on be allocated by another split of it."""
        self.queues[queue].epoch = epoch

    def hire(self, team: int, profile: int, at_end: Sequence[int]) -> NDArray[np.int64]:
        """Announce further agents of a team; return their numbers."""
        hired = [self._add_agent(team, profile, end) for end in at_end]
        self._carry_out()
        return np.array(hired, np.int64)

    def _have_instants(self, agent: Agent) -> None:
        """See to it that there is an instant whenever an agent begins or ends a shift, even one who is stopped."""
        for moment in (moment for block in agent.roster for moment in (block.on, block.off) if moment > self.now):
            Moment(self.env, moment, Phase.EDGES, agent.number)

    def _named(self, agents: Numbers) -> list[Agent]:
        return [self.agents[number] for number in agents]

    def _carry_out(self) -> None:
        """Let a change from outside take effect at once; who can work now is found out later in the instant."""
        self.dispatch_soon()
        self.env.run(until=Moment(self.env, self.now, Phase.CHANGES, 0))

    # -- the calendar -------------------------------------------------------------------------------------------

    def at(self, time: float, phase: Phase, number: int) -> Moment:
        """Return an event of the calendar; whatever happens, a dispatch ends the instant."""
        moment = Moment(self.env, time, phase, number)
        last = Phase.LAST_DISPATCH if phase == Phase.NO_PATIENCE else Phase.DISPATCH
        moment.callbacks.append(lambda _: self.dispatch_soon(last))
        return moment

    def dispatch_soon(self, phase: Phase = Phase.DISPATCH) -> None:
        """See to it that this instant ends with a dispatch, after all items that leave without any patience."""
        if not self.dispatch_due:
            self.dispatch_due = True
            Moment(self.env, self.now, phase, 0).callbacks.append(lambda _: self.dispatch())

    def tell(self, agent: Agent) -> None:
        """Wake the process of an agent's duty: something has changed."""
        agent.news.succeed()
        agent.news = self.env.event()

    def note(self, item: Item, agent: Agent | None, kind: int) -> None:
        """Write one line of the journal."""
        self.records.append((self.now, item.draws.id, NIL if agent is None else agent.number, kind))

    # -- the life of an item ------------------------------------------------------------------------------------

    def first_order(self, draws: Draws, place: int) -> Process:
        """Process: an item that comes from outside."""
        yield self.at(draws.time, Phase.ARRIVALS, place)
        yield from self.life(self.create(draws, self.new_number(), self.allocate(draws), self.now, origin=self.now))

    def follow_up(self, draws: Draws, number: int, origin: float) -> Process:
        """Process: an item that follows from the decision of another, made now."""
        yield self.at(self.now + draws.time, Phase.FOLLOW_UPS, number)
        yield from self.life(self.create(draws, number, self.allocate(draws), self.now, origin))

    def new_number(self) -> int:
        """Return the next item number."""
        self.numbers += 1
        return self.numbers

    def allocate(self, draws: Draws) -> Line:
        """Return the line of an item that is created now: by the split now in force."""
        queue = self.queues[draws.queue]
        return queue.lines[(draws.split >> (SPLIT_BITS * queue.epoch)) % 2**SPLIT_BITS]

    def create(self, draws: Draws, number: int, line: Line, created: float, origin: float) -> Item:
        """Create an item and find its place among others: by due time or by age."""
        key = line.queue.due(created, origin) if self.rule == EARLIEST_DUE else created
        return Item(draws, number, line, created, origin, key, taken=self.env.event(), resumed=self.env.event())

    def life(self, item: Item) -> Process:
        """Process: an item waits, is worked (more than once if it is handed back) and is decided, or leaves."""
        item.process = self.env.active_process
        self.state.enters(item, self.now)
        decided = False
        while not decided:
            agent = yield from self.wait(item)
            if agent is None:
                return
            decided = yield from self.be_worked(item, agent)

    def wait(self, item: Item) -> Generator[simpy.Event, Any, Agent | None]:
        """Wait in line; return the agent who takes the item, or None if it leaves without one."""
        item.line.waiting.append(item)
        self.state.joins(item, self.now)
        item.taken = self.env.event()
        if item.queue.plan.overflow < INF:
            self.at(max(item.created + item.queue.plan.overflow, self.now), Phase.OVERFLOW, item.number)
        if item.queue.plan.expiry == NO_EXPIRY or item.draws.patience == INF:
            taker: Agent | None = yield item.taken
            return taker
        yield item.taken | self.end_of_patience(item)
        if item.taken.triggered:
            return item.taken.value
        item.line.waiting.remove(item)
        self.state.expires(item, self.now)
        self.note(item, None, EXPIRED)
        return None

    def end_of_patience(self, item: Item) -> Moment:
        """Return when a waiting item expires. One without any patience still sees the dispatch of its own instant."""
        too_late = item.arrived and item.created == self.now and item.draws.patience == 0
        phase = Phase.NO_PATIENCE if too_late else Phase.EXPIRY
        return self.at(max(item.created + item.draws.patience, self.now), phase, item.number)

    def be_worked(self, item: Item, agent: Agent) -> Generator[simpy.Event, Any, bool]:
        """Be worked by an agent; return whether the item was decided. Otherwise it was handed back."""
        item.left = self.duration(item, agent)
        while True:
            try:
                yield from self.go_on_with(item, agent)
            except simpy.Interrupt as stop:
                if stop.cause == HAND_BACK:
                    self.state.count_passed(item, self.now)
                    self.note(item, agent, HANDED_BACK)
                    return False
            else:
                self.decide(item, agent)
                return True
            try:
                yield item.resumed
            except simpy.Interrupt:
                self.state.count_passed(item, self.now)
                self.note(item, agent, HANDED_BACK)
                return False

    def go_on_with(self, item: Item, agent: Agent) -> Process:
        """Work on an item until it is done; what else is in hand, and so the pace, may change meanwhile."""
        while True:
            item.ends = self.now + self.lasts(item, agent)
            place = agent.number * MOST_IN_HAND + agent.items.index(item)
            done = self.at(item.ends, Phase.COMPLETIONS, place)
            assert agent.pace_changes is not None
            yield done | agent.pace_changes
            if item.ends <= self.now:
                if not done.processed:
                    yield done
                return

    def lasts(self, item: Item, agent: Agent) -> float:
        """Return the seconds until an item in hand is done at the present pace, on the grid of times; never none."""
        return max(round(item.left / self.pace(agent) * 2.0**20) / 2.0**20, 2.0**-20)

    def pace(self, agent: Agent) -> float:
        """Return the speed at which each of the items in hand is worked, against one alone."""
        return agent.items[0].queue.plan.pace[len(agent.items) - 1]

    def change_pace(self, agent: Agent) -> None:
        """Reckon the work done on what is in hand: the number of items is about to change."""
        if agent.items:
            worked = round((self.now - agent.pace_since) * self.pace(agent) * 2.0**20) / 2.0**20
            for item in agent.items:
                item.left -= worked
        agent.pace_since = self.now
        changes, agent.pace_changes = agent.pace_changes, self.env.event()
        if changes is not None:
            changes.succeed()

    def duration(self, item: Item, agent: Agent) -> float:
        """Return the seconds of work, on the grid of times; never nothing."""
        seconds = item.draws.content * item.queue.factor / agent.speed[item.queue.number]
        return max(round(seconds * 2.0**20) / 2.0**20, 2.0**-20)

    def decide(self, item: Item, agent: Agent) -> None:
        """Decide an item: its agent is free, its follow-up work begins."""
        queue = item.queue.number
        self.note(item, agent, DECIDED)
        agent.count_work(self.now)
        self.change_pace(agent)
        agent.items.remove(item)
        agent.idle_since = self.now
        if agent.items and queue in agent.exhausted:
            self.state.look_past(agent)
        self.tell(agent)
        wrong = item.draws.error_draw < agent.error_rate[queue]
        self.state.is_decided(item, agent, wrong, self.now)
        for draws in item.draws.follow_ups:
            if wrong or not draws.if_wrong:
                self.env.process(self.follow_up(draws, self.new_number(), item.origin))

    # -- who takes what -----------------------------------------------------------------------------------------

    def dispatch(self) -> None:
        """Let each free agent, in the order of agent choice, take its best item, until nobody can take anything."""
        self.dispatch_due = False
        while self.one_takes():
            pass

    def one_takes(self) -> bool:
        """Let the first free agent who can take an item take the best one; return whether there was one."""
        free = [agent for agent in self.agents if agent.is_free(self.now)]
        for agent in sorted(free, key=lambda agent: (self.fewest_first(agent), *self.turn(agent))):
            item = self.best_item(agent)
            if item is not None and self.goes_with_what_is_in_hand(item, agent):
                item.line.waiting.remove(item)
                self.change_pace(agent)
                if not agent.items:
                    agent.working_since = self.now
                agent.items.append(item)
                self.state.is_picked_up(item, self.now)
                self.state.look_past(agent)
                self.note(item, agent, PICKED_UP)
                item.taken.succeed(agent)
                return True
        return False

    def fewest_first(self, agent: Agent) -> int:
        """Return what decides before the turn of agents does: how many items are in hand."""
        return len(agent.items)

    def goes_with_what_is_in_hand(self, item: Item, agent: Agent) -> bool:
        """Return whether an agent may take an item beside those in hand."""
        return not agent.items or agent.items[0].queue is item.queue

    def turn(self, agent: Agent) -> tuple[float, int]:
        """Return what gives an agent its turn among those with as many items in hand: the smallest goes first."""
        return agent.idle_since if self.choice == LONGEST_IDLE else -agent.general_speed, agent.number

    def best_item(self, agent: Agent) -> Item | None:
        """Return the item that an agent would take now: of the first skill that yields one, or the first over all."""
        skills = [self.queues[skill] for skill in agent.skills if skill not in agent.exhausted]
        offers = [item for queue in skills if (item := self.offer(queue, agent)) is not None]
        if self.rule == PRIORITY:
            return offers[0] if offers else None
        return min(offers, key=Item.standing, default=None)

    def offer(self, queue: Queue, agent: Agent) -> Item | None:
        """Return what a queue has for an agent: the head of its own line, else a head that overflows elsewhere."""
        own = queue.line_of(agent.vendor)
        if own is not None and own.waiting:
            return own.head()
        others = [line.head() for line in queue.lines if line.waiting]
        return min((item for item in others if self.overflows(item)), key=Item.standing, default=None)

    def overflows(self, item: Item) -> bool:
        """Return whether an item is old enough for the agents of other vendors."""
        return item.created + item.queue.plan.overflow <= self.now

    # -- the duty of an agent -----------------------------------------------------------------------------------

    def duty(self, agent: Agent) -> Process:
        """Process: an agent comes onto the floor and leaves it, over and over."""
        earliest = self.now
        while True:
            yield from self.stay_away(agent, earliest)
            self.come_on(agent)
            earliest = yield from self.stay_on(agent)
            agent.on_floor = agent.sent_away = False
            agent.go_home_if_over(self.now)

    def stay_away(self, agent: Agent, earliest: float) -> Process:
        """Wait for the first block that is not over when the agent may come, at the earliest at a given time."""
        while True:
            since = max(earliest, agent.barred_until, self.now)
            while agent.blocks and agent.blocks[0].off <= since:
                agent.blocks.pop(0)
            news = agent.news
            if not agent.blocks:
                yield news
                continue
            begins = self.at(max(agent.blocks[0].on, since), Phase.BEGINS_OF_DUTY, agent.number)
            yield begins | news
            if begins.processed:
                return

    def come_on(self, agent: Agent) -> None:
        """Come onto the floor, and go on with what was kept."""
        agent.on_floor = True
        agent.idle_since = self.now
        if agent.kept:
            agent.items, agent.kept = agent.kept, []
            agent.working_since = agent.pace_since = self.now
            self.state.look_past(agent)
            for item in agent.items:
                item.resumed.succeed()
                item.resumed = self.env.event()

    def stay_on(self, agent: Agent) -> Generator[simpy.Event, Any, float]:
        """Stay on the floor to the end of the block, or of the item in hand; return the earliest time of return."""
        while not agent.sent_away:
            block = agent.blocks[0]
            ends = self.at(block.off, Phase.ENDS_OF_DUTY, agent.number)
            yield ends | agent.news
            if not ends.processed:
                continue
            if not agent.items or (block.last and agent.at_end != FINISH):
                self.take_from(agent, agent.at_end)
                agent.blocks.pop(0)
                return self.now
            if (yield from self.stopped_by_end_of_shift(agent)):
                self.take_from(agent, agent.at_end)
                while not agent.blocks.pop(0).last:
                    pass
                return self.now
            if agent.is_overdue(self.now):
                return self.return_after_item(agent)
        return self.now

    def stopped_by_end_of_shift(self, agent: Agent) -> Generator[simpy.Event, Any, bool]:
        """Go on after the end of the block until the item is done, unless the shift is prolonged meanwhile.

        Return whether the shift ends before, of an agent who does not finish what is in hand then.
        """
        while agent.items and agent.blocks[0].off <= self.now:
            if agent.at_end == FINISH:
                yield agent.news
                continue
            ends = self.at(agent.end_of_shift(), Phase.ENDS_OF_DUTY, agent.number)
            yield ends | agent.news
            if ends.processed and agent.items and agent.end_of_shift() <= self.now:
                return True
        return False

    def take_from(self, agent: Agent, at_end: int) -> None:
        """Take what is in hand from an agent who leaves: it is handed back or kept."""
        if not agent.items:
            return
        agent.count_work(self.now)
        self.change_pace(agent)
        items, agent.items = agent.items, []
        if at_end == KEEP:
            agent.kept = items
        for item in items:
            item.interrupt(at_end)

    def return_after_item(self, agent: Agent) -> float:
        """Return when an agent comes back whose block ended before the item: a break keeps its length.

        A block that is over before the break is, is skipped and its own break taken at once; with the last block of the
        shift, the shift is over now.
        """
        back = self.now
        while not agent.blocks[0].last:
            over = agent.blocks.pop(0)
            back += agent.blocks[0].on - over.off
            if agent.blocks[0].off > back:
                return back
        agent.blocks.pop(0)
        agent.go_home()
        return self.now
