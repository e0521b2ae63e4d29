"""What became of every item of a run, put together again from the journal and from what was handed to the floor.

Nothing here is taken from the floor's counters: the laws compare the two.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from simcap.arrivals import SPLIT_BITS
from simcap.demand.demand import Demand
from simcap.floor.state import DECIDED, EXPIRED, HANDED_BACK, PICKED_UP
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Tally
from tests.helpers import NOWHERE, Array, Watched


@dataclasses.dataclass
class Item:
    """One item: what it is, and what happened to it."""

    id: int
    queue: int
    created: float
    origin: float
    expires: float
    place: int
    """Of its vendor among those of its queue."""
    backlog: bool = False
    spells: list[tuple[float, float, int]] = dataclasses.field(default_factory=list)
    """Begin, end and agent of each time in a hand; the last one may be open (infinite)."""
    decided: float = math.inf
    expired: float = math.inf
    replaced: float = math.inf

    @property
    def left(self) -> float:
        """Return when it was decided, expired or replaced."""
        return min(self.decided, self.expired, self.replaced)

    @property
    def picked_up(self) -> float:
        """Return its first pick-up."""
        return self.spells[0][0] if self.spells else math.inf


class Ledger:
    """All items of a run that were created before its end. Errors of all agents must be alike."""

    def __init__(self, plan: Scenario, tally: Tally, floor: Watched) -> None:
        self.plan, self.tally, self.floor = plan, tally, floor
        self.queues = list(plan.queues.values())
        demand = Demand(plan, NOWHERE)
        self.epochs = [[begin for begin, _ in demand.epochs[name]] or [-math.inf] for name in plan.queues]
        self.items: dict[int, Item] = {}
        self._rows: dict[int, tuple[np.void, np.ndarray]] = {}
        self.end = floor.now
        for arrivals, later in zip(floor.items, floor.later, strict=True):
            for row in arrivals[arrivals["time"] <= self.end]:
                self._enter(row, later, float(row["time"]), float(row["time"]))
        for queue, rows, later in floor.backlogs:
            for item in rows:
                age = float(item["time"])
                self._enter(item, later, -age, -age, backlog=True)
            assert all(row["queue"] == queue for row in rows)
        self._replay()

    def _enter(self, row: np.void, later: np.ndarray, created: float, origin: float, *, backlog: bool = False) -> None:
        queue = int(row["queue"])
        moment = 0.0 if backlog else created
        epoch = sum(begin <= moment for begin in self.epochs[queue][1:]) if not backlog else 0
        place = int(row["split"]) >> (SPLIT_BITS * epoch) & ((1 << SPLIT_BITS) - 1)
        item = Item(int(row["id"]), queue, created, origin, created + float(row["patience"]), place, backlog)
        assert item.id not in self.items
        self.items[item.id] = item
        self._rows[item.id] = row, later

    def _replay(self) -> None:
        backlogged = {queue for queue, *_ in self.floor.backlogs}
        replaced = not backlogged
        for line in self.tally.journal:
            time, kind, agent = float(line["time"]), int(line["kind"]), int(line["agent"])
            if time >= 0 and not replaced:
                self._replace(backlogged)
                replaced = True
            item = self.items[int(line["id"])]
            if kind == PICKED_UP:
                item.spells.append((time, math.inf, agent))
            elif kind == EXPIRED:
                item.expired = time
            else:
                begin, end, holder = item.spells[-1]
                assert (end, holder) == (math.inf, agent), "an item is finished by who holds it"
                item.spells[-1] = begin, time, agent
                if kind == DECIDED:
                    item.decided = time
                    self._follow(item)
                else:
                    assert kind == HANDED_BACK
        if not replaced:
            self._replace(backlogged)

    def _replace(self, queues: set[int]) -> None:
        for item in self.items.values():
            in_hand = item.spells and item.spells[-1][1] == math.inf
            if item.queue in queues and not item.backlog and item.created < 0 and item.left == math.inf and not in_hand:
                item.replaced = 0.0

    def _follow(self, parent: Item) -> None:
        row, later = self._rows[parent.id]
        errors = self.queues[parent.queue].errors
        wrong = errors is not None and float(row["error_draw"]) < errors.tenured
        for child in later[row["child"] : row["child"] + row["children"]]:
            created = parent.decided + float(child["time"])
            if (wrong or not child["if_wrong"]) and created <= self.end:
                self._enter(child, later, created, parent.origin)

    # -- counts -------------------------------------------------------------------------------------------------------

    @property
    def all(self) -> list[Item]:
        """Return the items."""
        return list(self.items.values())

    def cell(self, time: float) -> int:
        """Return the cell of the grid in which a time falls; the last one is all time outside the horizon."""
        edges = self.tally.grid.edges
        inside = edges[0] <= time < edges[-1]
        return int(np.searchsorted(edges, time, side="right")) - 1 if inside else edges.size - 1

    def cohort(self, item: Item) -> int:
        """Return the cell to which an item's waits and turnarounds belong."""
        return self.tally.grid.edges.size - 1 if item.backlog else self.cell(item.created)

    def zeros(self) -> Array:
        """Return a count by queue and cell."""
        return np.zeros((len(self.queues), self.tally.grid.edges.size))
