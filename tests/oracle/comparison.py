"""A script is played to two floors; what they show and the journals they keep are compared."""

from __future__ import annotations

import dataclasses
import itertools
import math
import pprint
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.floor.floor import Floor
from simcap.floor.plan import AgentPlan, FloorPlan, QueuePlan
from simcap.floor.routing import PRIORITY, RoutingRule
from simcap.floor.state import DECIDED, EXPIRED, HANDED_BACK, LONGEST_IDLE, PICKED_UP, WAITS

from .script import AnyFloor, Hire, Look, Order, Qualify

Record = tuple[float, int, int, int]
"""A line of the journal: time, item, agent, kind."""
KINDS = {PICKED_UP: "picked up", DECIDED: "decided", EXPIRED: "expired", HANDED_BACK: "handed back"}


@dataclasses.dataclass(frozen=True, repr=False)
class World:
    """A floor's plan, and what is ordered of it, in order of time."""

    queues: tuple[QueuePlan, ...]
    agents: tuple[AgentPlan, ...]
    script: tuple[Order, ...]
    end: float
    rule: RoutingRule = PRIORITY
    choice: int = LONGEST_IDLE
    start: float = 0.0
    edges: tuple[float, ...] = (0.0, 1e6)
    every: float = 3600.0
    """Seconds between the times at which the clocks of lines are written down."""

    def __repr__(self) -> str:
        return f"<World of {len(self.queues)} queues, {len(self.agents)} agents and {len(self.script)} orders>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))

    def told(self) -> str:
        """Return all that is in the world, to be read."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return pprint.pformat(fields, width=140, sort_dicts=False)

    def plan(self) -> FloorPlan:
        """Return a plan for one floor (a floor may change it: each gets its own)."""
        learnt = [skills for order in self.script if isinstance(order, Qualify) for skills in order.skills.values()]
        brought = [order.skills for order in self.script if isinstance(order, Hire)]
        plan = FloorPlan(
            self.queues,
            self.agents,
            np.array(self.edges),
            [cell // 2 for cell in range(len(self.edges) - 1)],
            rule=self.rule,
            choice=self.choice,
            vendors=max(1, *(len(queue.vendors) for queue in self.queues)),
            extra_skills=learnt + brought,
        )
        plan.end = self.end
        return plan


FloorType = Callable[[FloorPlan, float, int], AnyFloor]
JOURNAL_LINES = 20_000
SECONDS = 1e-6
"""By how much sums of seconds may differ: they are added up in another order."""
COUNTERS: dict[str, tuple[Any, ...]] = {
    "by_queue": (..., slice(-1)),
    "by_line": (..., slice(-1)),
    "by_sla": (..., slice(-1)),
    "late": (..., slice(-1), slice(None)),
    "late_hours": (...,),
    "by_team": (..., slice(-1)),
    "decisions": (..., slice(-1)),
    "wait_bins": (slice(None), slice(-1)),
    "turnaround_bins": (slice(None), slice(-1)),
}
"""The counters, and of each what is within the report: the last cell and the last day are all time outside it."""


def play(world: World, *floor_types: FloorType) -> Iterator[list[AnyFloor]]:
    """Play a world's script to floors; yield them before and after each order, and when all is counted."""
    floors = [floor_type(world.plan(), world.start, JOURNAL_LINES) for floor_type in floor_types]
    for floor in floors:
        write_down_every(world.every, floor, world.start)
    for order in (*world.script, Look(world.end)):
        for floor in floors:
            floor.advance(order.time)
        yield floors
        for floor in floors:
            order.give(floor)
        yield floors
    for floor in floors:
        floor.close_books()
    yield floors


def write_down_every(seconds: float, floor: AnyFloor, start: float) -> None:
    """Let the clocks of lines be written down so often, from the start of a world on."""
    floor.plan.rules.marks["begin"], floor.plan.rules.marks["every"] = start, seconds
    if isinstance(floor, Floor):
        marks = math.ceil((floor.plan.end - start) / seconds) + 2
        floor.state.put(marks=np.zeros((len(floor.plan.lines), marks, WAITS)))


def records(floor: AnyFloor) -> list[Record]:
    """Return the journal. Items that expire at one instant leave in no order, so they are put in order of id."""
    ordered: list[Record] = []
    for (_, kind), run in itertools.groupby(floor.journal().tolist(), key=lambda record: (record[0], record[3])):
        together = list(run)
        ordered += sorted(together) if kind == EXPIRED else together
    return ordered


def difference(world: World, one: FloorType, other: FloorType) -> str | None:
    """Say where the two floors first differ in a world; nothing if they agree in everything."""
    floors: list[AnyFloor] = []
    for floors in play(world, one, other):
        for what in ("now", "waiting", "on_floor"):
            a, b = (_seen(floor, what) for floor in floors)
            if a != b:
                return _first_record_that_differs(floors) or f"at {floors[1].now}, {what}: {a} and {b}"
    return _first_record_that_differs(floors) or _first_counter_that_differs(floors)


def _seen(floor: AnyFloor, what: str) -> Any:
    return floor.now if what == "now" else getattr(floor, what)().tolist()


def _first_record_that_differs(floors: Sequence[AnyFloor]) -> str | None:
    one, other = (records(floor) for floor in floors)
    for place, (a, b) in enumerate(zip([*one, None], [*other, None], strict=False)):
        if a != b:
            return f"journal, line {place}: {_told(a)} and {_told(b)}"
    return None


def _first_counter_that_differs(floors: Sequence[AnyFloor]) -> str | None:
    """Compare what is counted within the report, by cell, hour or day.

    Where two causes of a late item are equally long, it counts under either.
    """
    tied = np.maximum.reduce([floor.state.tied for floor in floors if hasattr(floor.state, "tied")])
    for name, field, a, b in _counters(floors):
        margin = tied[..., :-1, :] if (name, field) == ("late", "items") else SECONDS if a.dtype.kind == "f" else 0
        wrong = np.argwhere(~(np.abs(a - b) <= margin))
        if wrong.size:
            at = tuple(wrong[0].tolist())
            return f"{name} {field} at {at}: {a[at]} and {b[at]}"
    return None


def _counters(floors: Sequence[AnyFloor]) -> Iterator[tuple[str, str, NDArray[Any], NDArray[Any]]]:
    """Yield every counter of two floors without the time outside the report: its name, its field and its values."""
    for name, inside in COUNTERS.items():
        one, other = (getattr(floor.state, name)[inside] for floor in floors)
        for field in one.dtype.names or ("",):
            a, b = (array[field] if field else array for array in (one, other))
            yield name, field, *(array.astype(float if array.dtype.kind == "f" else np.int64) for array in (a, b))
        if name == "late":
            yield name, "items of all causes", one["items"].sum(axis=-1), other["items"].sum(axis=-1)


def _told(record: Record | None) -> str:
    if record is None:
        return "nothing more"
    time, item, agent, kind = record
    return f"at {time!r} item {item} {KINDS[kind]}" + (f" by agent {agent}" if agent >= 0 else "")
