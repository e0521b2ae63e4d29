"""What can be ordered of a floor, as data."""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simcap.arrivals import ARRIVAL, SPLIT_BITS
from simcap.floor.plan import FloorPlan
from simcap.floor.state import INF, MOST_PROFICIENT


class AnyFloor(Protocol):
    """What the compiled floor and the naive one have in common."""

    plan: FloorPlan
    state: Any
    """What is counted, by name."""

    @property
    def now(self) -> float: ...
    def advance(self, until: float) -> None: ...
    def load(self, arrivals: NDArray[Any], follow_ups: NDArray[Any]) -> None: ...
    def post(
        self,
        agents: NDArray[np.int64],
        on: NDArray[np.float64],
        off: NDArray[np.float64],
        last: NDArray[np.uint8],
        blocks: NDArray[np.int64],
    ) -> None: ...
    def release(self, agents: NDArray[np.int64]) -> None: ...
    def suspend(self, agents: NDArray[np.int64], until: float) -> None: ...
    def qualify(self, agents: NDArray[np.int64], profiles: Sequence[int]) -> None: ...
    def begin_day(self, agents: NDArray[np.int64]) -> None: ...
    def set_speed(
        self,
        agents: NDArray[np.int64],
        base: NDArray[np.float64],
        speed: NDArray[np.float64],
        error_rate: NDArray[np.float64],
    ) -> None: ...
    def set_factor(self, queue: int, factor: float) -> None: ...
    def set_epoch(self, queue: int, epoch: int) -> None: ...
    def hire(self, team: int, profile: int, at_end: Sequence[int]) -> NDArray[np.int64]: ...
    def put_backlog(self, queue: int, arrivals: NDArray[Any], follow_ups: NDArray[Any]) -> None: ...
    def waiting(self) -> NDArray[np.int64]: ...
    def on_floor(self) -> NDArray[np.int64]: ...
    def journal(self) -> NDArray[Any]: ...
    def close_books(self) -> None: ...


# -- items --------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Work:
    """An item, and the follow-up work (`then`) that its decision causes.

    `time` is when a first-order item is created; of follow-up work, the delay after the decision; of the backlog, the
    age.
    """

    id: int
    time: float
    content: float
    queue: int = 0
    patience: float = INF
    error_draw: float = 1.0
    if_wrong: bool = False
    then: tuple[Work, ...] = ()
    split: tuple[int, ...] = ()
    """Place among its queue's lines in each epoch of the queue's split; the first one where it is empty."""
    goes_ahead: bool = False
    """Of a queue whose plan says that some do."""

    def family(self) -> Iterator[Work]:
        """Yield the item and all that may follow."""
        yield self
        for work in self.then:
            yield from work.family()


def tables(items: Sequence[Work]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the rows of items and the table of their follow-up work: of each parent in one piece."""
    follow_ups: list[dict[str, float]] = []

    def row(work: Work) -> dict[str, float]:
        first = len(follow_ups)
        follow_ups.extend({} for _ in work.then)
        for place, child in enumerate(work.then, first):
            follow_ups[place] = row(child)
        draws = {name: getattr(work, name) for name in ("time", "content", "patience", "error_draw", "id", "queue")}
        split = sum(line << (SPLIT_BITS * epoch) for epoch, line in enumerate(work.split))
        flags = {"if_wrong": work.if_wrong, "goes_ahead": work.goes_ahead}
        return draws | flags | {"child": first, "children": len(work.then), "split": split}

    return _table([row(work) for work in items]), _table(follow_ups)


def _table(rows: Sequence[Mapping[str, float]]) -> NDArray[Any]:
    table = np.zeros(len(rows), ARRIVAL)
    for place, row in enumerate(rows):
        for name, value in row.items():
            table[name][place] = value
    return table


# -- orders -------------------------------------------------------------------------------------------------------

Block = tuple[float, float, bool]
"""On, off, and whether the shift ends with it."""


def numbers(values: Iterable[int]) -> NDArray[np.int64]:
    """Return an array of agent numbers."""
    return np.array(list(values), np.int64)


@dataclasses.dataclass(frozen=True)
class Order(abc.ABC):
    """Something that is ordered of a floor at a time."""

    time: float

    @abc.abstractmethod
    def give(self, floor: AnyFloor) -> None:
        """Give the order to a floor that has been worked up to its time."""


@dataclasses.dataclass(frozen=True)
class Look(Order):
    """Nothing is ordered: the floor is worked up to this time."""

    def give(self, floor: AnyFloor) -> None:
        pass


@dataclasses.dataclass(frozen=True)
class Load(Order):
    """The items that come until the next such order."""

    items: tuple[Work, ...]

    def give(self, floor: AnyFloor) -> None:
        floor.load(*tables(self.items))


@dataclasses.dataclass(frozen=True)
class PutBacklog(Order):
    """A backlog, oldest first, takes the place of what waits in a queue."""

    queue: int
    items: tuple[Work, ...]

    def give(self, floor: AnyFloor) -> None:
        floor.put_backlog(self.queue, *tables(self.items))


@dataclasses.dataclass(frozen=True)
class Post(Order):
    """Blocks of duty by agent."""

    duty: Mapping[int, tuple[Block, ...]]

    def give(self, floor: AnyFloor) -> None:
        width = max((len(blocks) for blocks in self.duty.values()), default=0)
        on, off = np.zeros((len(self.duty), width)), np.zeros((len(self.duty), width))
        last = np.zeros((len(self.duty), width), np.uint8)
        for row, blocks in enumerate(self.duty.values()):
            for place, block in enumerate(blocks):
                on[row, place], off[row, place], last[row, place] = block
        floor.post(numbers(self.duty), on, off, last, numbers(len(blocks) for blocks in self.duty.values()))


@dataclasses.dataclass(frozen=True)
class Release(Order):
    """Agents hand back what they have kept."""

    agents: tuple[int, ...]

    def give(self, floor: AnyFloor) -> None:
        floor.release(numbers(self.agents))


@dataclasses.dataclass(frozen=True)
class Suspend(Order):
    """Agents leave the floor until a given time."""

    agents: tuple[int, ...]
    until: float

    def give(self, floor: AnyFloor) -> None:
        floor.suspend(numbers(self.agents), self.until)


@dataclasses.dataclass(frozen=True)
class Qualify(Order):
    """Skills by agent: vendor and queues."""

    skills: Mapping[int, tuple[int, tuple[int, ...]]]

    def give(self, floor: AnyFloor) -> None:
        floor.qualify(numbers(self.skills), [floor.plan.profile(*skills) for skills in self.skills.values()])


@dataclasses.dataclass(frozen=True)
class BeginDay(Order):
    """A local day of these agents begins."""

    agents: tuple[int, ...]

    def give(self, floor: AnyFloor) -> None:
        floor.begin_day(numbers(self.agents))


@dataclasses.dataclass(frozen=True)
class Pace:
    """How an agent works: speed in general and by queue, share of wrong decisions by queue."""

    general: float
    speed: tuple[float, ...]
    error_rate: tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class SetSpeed(Order):
    """Pace by agent. Where turns go by speed, it only changes between an agent's shifts: others keep theirs."""

    pace: Mapping[int, Pace]

    def give(self, floor: AnyFloor) -> None:
        pace = dict(self.pace)
        if floor.plan.rules.modes[0]["choice"] == MOST_PROFICIENT:
            for agent in pace.keys() & set(floor.on_floor().tolist()):
                del pace[agent]
        if pace:
            floor.set_speed(
                numbers(pace),
                np.array([values.general for values in pace.values()]),
                np.array([values.speed for values in pace.values()]),
                np.array([values.error_rate for values in pace.values()]),
            )


@dataclasses.dataclass(frozen=True)
class SetFactor(Order):
    """The factor on the handle time of a queue."""

    queue: int
    factor: float

    def give(self, floor: AnyFloor) -> None:
        floor.set_factor(self.queue, self.factor)


@dataclasses.dataclass(frozen=True)
class SetEpoch(Order):
    """The split of a queue that is in force."""

    queue: int
    epoch: int

    def give(self, floor: AnyFloor) -> None:
        floor.set_epoch(self.queue, self.epoch)


@dataclasses.dataclass(frozen=True)
class Hire(Order):
    """Agents with the same skills join; by agent, what happens to the item in hand at the end of a shift."""

    skills: tuple[int, tuple[int, ...]]
    at_end: tuple[int, ...]

    def give(self, floor: AnyFloor) -> None:
        floor.hire(0, floor.plan.profile(*self.skills), self.at_end)
