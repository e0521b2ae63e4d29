"""Kernels write nowhere but into the arrays of a floor: each array has margins that must stay as they are."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from numpy.typing import NDArray

from simcap.floor.floor import Floor
from simcap.floor.memory import Memory
from simcap.floor.plan import AgentPlan, QueuePlan, SlaPlan
from simcap.floor.state import TURNAROUND
from tests.oracle.comparison import World, difference, play
from tests.oracle.naive_floor import NaiveFloor
from tests.oracle.script import Load, Look, Post, Work
from tests.oracle.worlds import worlds

MARGIN = 1 << 14
UNTOUCHED = 0xA5

Rooms = list[tuple[str, NDArray[np.uint8]]]
"""Names of arrays, and the bytes that each is in with its margins."""


@contextlib.contextmanager
def margins() -> Iterator[Rooms]:
    """Let all arrays that kernels know have a margin on either side."""
    rooms: Rooms = []
    put = Memory.put

    def put_within_margins(memory: Memory, **arrays: NDArray[Any]) -> None:
        inside = {}
        for name, array in arrays.items():
            room = np.full(array.nbytes + 2 * MARGIN, UNTOUCHED, np.uint8)
            inside[name] = room[MARGIN : room.size - MARGIN].view(array.dtype).reshape(array.shape)
            inside[name][...] = array
            rooms.append((name, room))
        put(memory, **inside)

    Memory.put = put_within_margins  # type: ignore[method-assign]
    try:
        yield rooms
    finally:
        Memory.put = put  # type: ignore[method-assign]


def overwritten(rooms: Rooms) -> list[str]:
    """Return the names of arrays whose margins are not as they were."""
    return [name for name, room in rooms if (room[:MARGIN] != UNTOUCHED).any() or (room[-MARGIN:] != UNTOUCHED).any()]


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
@given(worlds())
def test_kernels_stay_within_the_arrays(world: World) -> None:
    with margins() as rooms:
        for _ in play(world, Floor):
            pass
    assert overwritten(rooms) == []


def test_a_floor_may_be_worked_beyond_the_end_of_its_plan() -> None:
    """Clocks are written down every 7 s, on and on while somebody waits: item 3 comes 200 s after the end."""
    queue = QueuePlan(slas=(SlaPlan(60.0, TURNAROUND), SlaPlan(595.0, TURNAROUND)))
    items = Work(1, 5.0, 100.0), Work(2, 6.0, 10.0), Work(3, 680.0, 10.0)
    script = Load(0.0, items), Post(0.0, {0: ((580.0, 900.0, True),)}), Look(800.0)
    world = World((queue,), (AgentPlan(0, 0, (0,)),), script, end=480.0, edges=(0.0, 400.0), every=7.0)
    with margins() as rooms:
        assert difference(world, Floor, NaiveFloor) is None
    assert overwritten(rooms) == []
