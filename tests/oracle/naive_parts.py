"""What a naive floor is made of: the phases of an instant, items and their lines, agents and their duty."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any, Final

import simpy
from numpy.typing import NDArray

from simcap.floor.plan import QueuePlan, SlaPlan
from simcap.floor.state import INF, NIL, WAITS
from simcap.scenario.open_times import OpenTimes


class Phase(enum.IntEnum):
    """What happens at one instant, in this order."""

    CHANGES = 1
    EDGES = 2
    COMPLETIONS = 3
    ENDS_OF_DUTY = 4
    BEGINS_OF_DUTY = 5
    OVERFLOW = 6
    EXPIRY = 7
    ARRIVALS = 8
    FOLLOW_UPS = 9
    DISPATCH = 10
    NO_PATIENCE = 11
    LAST_DISPATCH = 12


PLACES: Final = 2**40
"""Places within a phase: the priority of an event is its phase times this, plus the number of the agent or item."""


MOST_IN_HAND: Final = 64
"""Agents' places among completions are so far apart: those of one agent go in the order in which items were taken."""


class Moment(simpy.Event):
    """An event on the calendar at a known time, in a known place among the others of that instant."""

    def __init__(self, env: simpy.Environment, time: float, phase: Phase, number: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, phase * PLACES + number, time - env.now)  # type: ignore[arg-type]


# -- business hours -----------------------------------------------------------------------------------------------


def open_seconds(hours: OpenTimes, begin: float, end: float) -> float:
    """Return for how many of the seconds from one time to another a clock of business hours runs."""
    spans = zip(hours.opens.tolist(), hours.closes.tolist(), strict=True)
    return float(sum(max(min(end, closes) - max(begin, opens), 0.0) for opens, closes in spans))


def due_in_hours(hours: OpenTimes, begin: float, within: float) -> float:
    """Return when a clock of business hours has run for `within` seconds since a time."""
    rest = within
    for opens, closes in zip(hours.opens.tolist(), hours.closes.tolist(), strict=True):
        since = max(opens, begin)
        if since < closes and rest <= closes - since:
            return float(since + rest)
        rest -= max(closes - since, 0.0)
    return INF


# -- items --------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Draws:
    """What was drawn for an item: a row of the arrivals or of the follow-up work, with the rows that follow it."""

    time: float
    content: float
    patience: float
    error_draw: float
    id: int
    queue: int
    split: int
    if_wrong: bool
    goes_ahead: bool
    follow_ups: tuple[Draws, ...]

    @classmethod
    def read(cls, row: Any, table: NDArray[Any]) -> Draws:
        """Read a row; `table` holds the follow-up work."""
        children = range(int(row["child"]), int(row["child"]) + int(row["children"]))
        return cls(
            time=float(row["time"]),
            content=float(row["content"]),
            patience=float(row["patience"]),
            error_draw=float(row["error_draw"]),
            id=int(row["id"]),
            queue=int(row["queue"]),
            split=int(row["split"]),
            if_wrong=bool(row["if_wrong"]),
            goes_ahead=bool(row["goes_ahead"]),
            follow_ups=tuple(cls.read(table[child], table) for child in children),
        )


@dataclasses.dataclass(eq=False)
class Line:
    """A waiting line: the queue it belongs to and the items in it, in any order."""

    queue: Queue
    vendor: int
    waiting: list[Item] = dataclasses.field(default_factory=list)

    def head(self) -> Item:
        """Return the item that stands first."""
        return min(self.waiting, key=Item.standing)


@dataclasses.dataclass(eq=False)
class Queue:
    """A queue: its plan, its lines (a shared one, or one a vendor), the handle-time factor and split now in force."""

    number: int
    plan: QueuePlan
    lines: list[Line] = dataclasses.field(default_factory=list)
    factor: float = 1.0
    epoch: int = 0

    def line_of(self, vendor: int) -> Line | None:
        """Return the line from which a vendor's agents take first, if they have one."""
        own = (line for line in self.lines if line.vendor in (vendor, NIL))
        return next(own, None)

    def due(self, created: float, origin: float) -> float:
        """Return when the first SLA of an item is due."""
        return min((self.due_by(sla, created, origin) for sla in self.plan.slas), default=INF)

    def due_by(self, sla: SlaPlan, created: float, origin: float) -> float:
        """Return when an item is due by an SLA."""
        begin = origin if sla.from_origin else created
        return begin + sla.within if sla.hours is None else due_in_hours(sla.hours, begin, sla.within)


@dataclasses.dataclass(eq=False)
class Item:
    """An item that exists."""

    draws: Draws
    number: int
    line: Line
    created: float
    origin: float
    key: float
    taken: simpy.Event
    """Happens when the item leaves its line for the agent that is its value."""
    resumed: simpy.Event
    """Happens when the agent that has kept the item goes on with it."""
    process: simpy.Process | None = None
    arrived: bool = True
    """Created in the phase of arrivals, when the phase of expiry is over; otherwise it is of the backlog."""
    left: float = 0.0
    """Seconds of work that are left, of work on it alone, when the agent's pace last changed."""
    ends: float = INF
    """When it will be done at the present pace."""
    was_picked_up: bool = False
    in_line: bool = False
    since: float = 0.0
    """Start of the present spell, in line or in hand."""
    parts: list[float] = dataclasses.field(default_factory=lambda: [0.0] * WAITS)
    """Seconds waited, by cause."""
    course: list[tuple[float, tuple[float, ...]]] = dataclasses.field(default_factory=list)
    """The parts as they were at the end of each stretch of time; within it they grow evenly."""
    waited_before: float = 0.0
    """Seconds waited in all spells before the present one."""
    settled: set[int] = dataclasses.field(default_factory=set)
    """Numbers of the SLAs for which it counts as late."""

    @property
    def queue(self) -> Queue:
        """Return the queue of the item."""
        return self.line.queue

    def standing(self) -> tuple[bool, float, int]:
        """Return what gives the item its place in the line: the smallest stands first."""
        return not self.draws.goes_ahead, self.key, self.number

    def wait_on(self, seconds: float, weights: list[float], now: float) -> None:
        """Wait for some seconds until now, of each cause so much."""
        self.parts = [part + seconds * weight for part, weight in zip(self.parts, weights, strict=True)]
        self.course.append((now, tuple(self.parts)))

    def parts_at(self, moment: float) -> list[float]:
        """Return how long the item had waited at a moment of the present wait, by cause."""
        place = max(place for place, (time, _) in enumerate(self.course) if time <= moment)
        since, before = self.course[place]
        if since == moment:
            return list(before)
        until, after = self.course[place + 1]
        share = (moment - since) / (until - since)
        return [a + (b - a) * share for a, b in zip(before, after, strict=True)]

    def interrupt(self, cause: int) -> None:
        """Wake the process of the item out of turn."""
        assert self.process is not None
        self.process.interrupt(cause)


# -- agents -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Block:
    """Time on the floor; after it the shift ends, or there is a break."""

    on: float
    off: float
    last: bool


@dataclasses.dataclass(eq=False)
class Agent:
    """An agent: skills and speed, duty, and what is in hand."""

    number: int
    team: int
    vendor: int
    skills: tuple[int, ...]
    at_end: int
    speed: list[float]
    error_rate: list[float]
    news: simpy.Event
    """Happens whenever something changes that the agent's duty depends on."""
    general_speed: float = 1.0

    blocks: list[Block] = dataclasses.field(default_factory=list)
    """Duty that is not over: the block that the agent is in, or the next one, comes first."""
    on_floor: bool = False
    sent_away: bool = False
    barred_until: float = -INF
    idle_since: float = -INF

    items: list[Item] = dataclasses.field(default_factory=list)
    """What is in hand, in the order in which it was taken: all of one queue."""
    kept: list[Item] = dataclasses.field(default_factory=list)
    pace_since: float = -INF
    """Up to when the work done on what is in hand has been reckoned."""
    pace_changes: simpy.Event | None = None
    """Happens when the number in hand, and with it the pace, is about to change."""
    worked: dict[int, float] = dataclasses.field(default_factory=dict)
    """Seconds worked on each queue since the start of the local day."""
    working_since: float = -INF
    exhausted: set[int] = dataclasses.field(default_factory=set)
    """Queues from which the agent takes nothing more that day."""
    passed: set[int] = dataclasses.field(default_factory=set)
    """Queues in whose line somebody waited when the agent took the item in hand."""
    roster: list[Block] = dataclasses.field(default_factory=list)
    """Blocks of shifts that are not over, those too that the agent misses because of a suspension."""
    on_duty: bool = False
    """Begun with a shift and not gone home: on the floor, on a break, or stopped."""

    def available(self) -> list[int]:
        """Return the queues that the agent takes from now, the first first."""
        return [skill for skill in self.skills if skill not in self.exhausted]

    def is_free(self, now: float) -> bool:
        """Return whether the agent could take an item, or one more."""
        if not self.on_floor or not self.items:
            return self.on_floor
        return len(self.items) < len(self.items[0].queue.plan.pace) and not self.is_overdue(now)

    def is_overdue(self, now: float) -> bool:
        """Return whether the agent's block is over and it is for the agent to leave."""
        return self.blocks[0].off <= now and not self.sent_away

    def end_of_shift(self) -> float:
        """Return when the shift is over that the agent is in."""
        return next(block.off for block in self.blocks if block.last)

    def extend(self, block: Block) -> None:
        """Add a block of duty; one that begins where the last shift ends prolongs that shift."""
        for blocks in (self.blocks, self.roster):
            if blocks and blocks[-1].last and blocks[-1].off >= block.on:
                blocks[-1].off = block.off
                blocks[-1].last = block.last
            else:
                blocks.append(dataclasses.replace(block))

    def attend(self, now: float) -> None:
        """Find out at the end of an instant whether the agent is on duty."""
        if not self.on_floor:
            self.go_home_if_over(now)
        if not self.on_duty:
            self.roster = [block for block in self.roster if block.off > now]
            self.on_duty = bool(self.roster) and self.roster[0].on <= now

    def go_home_if_over(self, now: float) -> None:
        """End the duty of an agent off the floor whose shift is over."""
        if self.on_duty and next(block.off for block in self.roster if block.last) <= now:
            self.go_home()

    def go_home(self) -> None:
        """End the duty of the shift that the agent is in."""
        self.on_duty = False
        while not self.roster.pop(0).last:
            pass

    def count_work(self, now: float) -> None:
        """Count the time spent on what is in hand: at the limit of exposure its queue is closed to the agent."""
        queue = self.items[0].queue.number
        self.worked[queue] = self.worked.get(queue, 0.0) + (now - self.working_since)
        if self.worked[queue] >= self.items[0].queue.plan.exposure:
            self.exhausted.add(queue)
        self.working_since = now
