"""What becomes of the items that wait at `start`: when each is picked up, decided or leaves, in one replication."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.floor.floor import Floor
from simcap.floor.state import DECIDED, EXPIRED, PICKED_UP
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Streams
from simcap.world.world import World

Array = NDArray[np.float64]

_LINES = 1 << 16
"""Lines of the journal to begin with."""


@dataclasses.dataclass(frozen=True)
class Fates:
    """When items are picked up first, decided, or leave undecided, in simulated seconds; infinite if they never are."""

    picked_up: Array
    decided: Array
    expired: Array

    @classmethod
    def open(cls, count: int) -> Fates:
        """Return those of items of which nothing has become yet."""
        return cls(*(np.full(count, np.inf) for _ in range(3)))


class WatchedFloor(Floor):
    """A floor that notes what becomes of some items, whatever else happens on it."""

    def watch(self, ids: NDArray[np.uint64]) -> None:
        """Watch the items of these ids from now on."""
        self._order = np.argsort(ids)
        self._sorted = ids[self._order]
        self._read = int(self.counters["journal"])
        self.fates = Fates.open(ids.size)
        self.overrun = False
        """Whether more happened between two looks than the journal holds."""

    @property
    def unfinished(self) -> bool:
        """Return whether any of the items is neither decided nor gone."""
        return not (np.isfinite(self.fates.decided) | np.isfinite(self.fates.expired)).all()

    def advance(self, until: float) -> None:
        """Process everything that happens strictly before `until`, and note what concerns the watched items."""
        super().advance(until)
        written, size = int(self.counters["journal"]), self.state.journal.size
        self.overrun |= written - self._read > size
        lines = self.state.journal[np.arange(self._read, written) % size]
        self._read = written
        if not self._sorted.size:
            return
        place = np.minimum(np.searchsorted(self._sorted, lines["id"]), self._sorted.size - 1)
        mine = self._sorted[place] == lines["id"]
        for kind, moments in (
            (PICKED_UP, self.fates.picked_up),
            (DECIDED, self.fates.decided),
            (EXPIRED, self.fates.expired),
        ):
            chosen = mine & (lines["kind"] == kind)
            np.minimum.at(moments, self._order[place[chosen]], lines["time"][chosen])


def fates(scenario: Scenario, files: DataFiles, streams: Streams) -> Fates:
    """Return what becomes of the items that wait at `start`, queue by queue, in the order of their keys.

    The replication is the one that `World.run` gives; it ends once they all are decided or gone, or where that one ends
    at the latest. Raises `DataError` for unreadable data files.
    """
    lines = _LINES
    while (found := _fates(World(scenario, files, streams, journal=lines, floor_type=WatchedFloor))) is None:
        lines *= 4
    return found


def _fates(world: World) -> Fates | None:
    """Run a world with a watched floor; nothing if its journal is too short."""
    floor = world.floor
    assert isinstance(floor, WatchedFloor)
    waiting = [number for number, queue in enumerate(world.scenario.queues.values()) if queue.backlog is not None]
    keys = [world.demand.backlog_keys(number, world.streams) for number in waiting]
    floor.watch(np.concatenate([np.zeros(0, np.uint64), *keys]))
    world.run_while(lambda: floor.unfinished and not floor.overrun)
    return None if floor.overrun else floor.fates
