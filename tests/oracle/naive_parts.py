"""What a naive floor is made of: the phases of an instant, items and their lines, agents and their duty."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any, Final

import simpy
from numpy.typing import NDArray

from simcap.floor.plan import QueuePlan
from simcap.floor.state import INF, NIL


class Phase(enum.IntEnum):
    """What happens at one instant, in this order."""

    CHANGES = 1
    COMPLETIONS = 2
    ENDS_OF_DUTY = 3
    BEGINS_OF_DUTY = 4
    OVERFLOW = 5
    EXPIRY = 6
    ARRIVALS = 7
    FOLLOW_UPS = 8
    DISPATCH = 9
    NO_PATIENCE = 10


PLACES: Final = 2**40
"""Places within a phase: the priority of an event is its phase times this, plus the number of the agent or item."""


class Moment(simpy.Event):
    """An event on the calendar at a known time, in a known place among the others of that instant."""

    def __init__(self, env: simpy.Environment, time: float, phase: Phase, number: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, phase * PLACES + number, time - env.now)  # type: ignore[arg-type]


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
        """Return when the tightest SLA of an item is due."""
        own = min((sla.within for sla in self.plan.slas if not sla.from_origin), default=INF)
        from_origin = min((sla.within for sla in self.plan.slas if sla.from_origin), default=INF)
        return min(created + own, origin + from_origin)


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
    """Created in the phase of arrivals, when the phase of expiry is over."""

    @property
    def queue(self) -> Queue:
        """Return the queue of the item."""
        return self.line.queue

    def standing(self) -> tuple[float, int]:
        """Return what gives the item its place in the line: the smallest stands first."""
        return self.key, self.number

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

    item: Item | None = None
    kept: Item | None = None
    worked: dict[int, float] = dataclasses.field(default_factory=dict)
    """Seconds worked on each queue since the begin of the local day."""
    working_since: float = -INF
    exhausted: set[int] = dataclasses.field(default_factory=set)
    """Queues from which the agent takes nothing more that day."""

    def is_free(self) -> bool:
        """Return whether the agent could take an item."""
        return self.on_floor and self.item is None

    def is_overdue(self, now: float) -> bool:
        """Return whether the agent's block is over and it is for the agent to leave."""
        return self.blocks[0].off <= now and not self.sent_away

    def end_of_shift(self) -> float:
        """Return when the shift is over that the agent is in."""
        return next(block.off for block in self.blocks if block.last)

    def extend(self, block: Block) -> None:
        """Add a block of duty; one that begins where the last shift ends prolongs that shift."""
        if self.blocks and self.blocks[-1].last and self.blocks[-1].off >= block.on:
            self.blocks[-1].off = block.off
            self.blocks[-1].last = block.last
        else:
            self.blocks.append(block)

    def count_work(self, now: float) -> None:
        """Count the time spent on the item in hand: at the limit of exposure its queue is closed to the agent."""
        assert self.item is not None
        queue = self.item.queue.number
        self.worked[queue] = self.worked.get(queue, 0.0) + (now - self.working_since)
        if self.worked[queue] >= self.item.queue.plan.exposure:
            self.exhausted.add(queue)
        self.working_since = now
