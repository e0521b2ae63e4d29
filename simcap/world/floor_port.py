"""The floor as the workforce sees it: each order first brings the floor up to the present."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import simpy
from numpy.typing import NDArray

from simcap.floor.floor import Floor
from simcap.floor.state import FINISH, HAND_BACK, KEEP, NIL
from simcap.units import HOUR

Numbers = NDArray[np.int64]
Array = NDArray[np.float64]

_AT_END = {"finish": FINISH, "hand_back": HAND_BACK, "keep": KEEP}


class FloorPort:
    """Passes the workforce's orders on to the floor, at the environment's present time.

    `vendors` and `skills` are by number of the team, `means` are the seconds that an agent spends
    on an item of each queue, on average; with full hands where work overlaps. `shares` has a row for each split of each
    queue, by the vendors in the floor's plan.
    """

    def __init__(
        self,
        env: simpy.Environment,
        floor: Floor,
        vendors: Sequence[int],
        skills: Sequence[tuple[int, ...]],
        means: Sequence[float],
        shares: Sequence[Sequence[Sequence[float]]],
    ) -> None:
        self.env, self.floor = env, floor
        self.vendors, self.skills, self.shares = vendors, skills, shares
        self.means = np.array(means)

    def sync(self) -> Floor:
        """Bring the floor up to the present, and return it."""
        self.floor.advance(self.env.now)
        return self.floor

    def hire(self, team: int, at_end: Sequence[str]) -> Numbers:
        """Add agents to a team, each with what happens to an item at the end of a shift; return their numbers."""
        profile = self.floor.plan.profile(self.vendors[team], self.skills[team])
        return self.floor.hire(team, profile, [_AT_END[rule] for rule in at_end])

    def post(self, agents: Numbers, on: Array, off: Array, begin: float | None = None) -> None:
        """Post one shift: blocks [agent, block] on the floor in simulated seconds; those of no length are left out.

        If some agents are in training first, `begin` is when the shift begins, from when they are on duty.
        """
        empty = on >= off
        if empty.any():
            on, off, last, blocks = _without_empty(on, off, empty)
        else:
            last, blocks = _one_shift(*on.shape)
        floor = self.sync()
        floor.post(agents, on, off, last, blocks)
        if begin is not None:
            floor.attend(agents[(on[:, 0] > begin) & (blocks > 0)])

    def post_exactly(self, agents: Numbers, on: Array, off: Array, pause: float) -> None:
        """Post single blocks; each is a shift of its own unless the agent's next begins within `pause` seconds."""
        floor = self.sync()
        for agent in np.unique(agents):
            own = agents == agent
            count = int(own.sum())
            last = np.ones((1, count), np.uint8)
            last[0, :-1] = on[own][1:] - off[own][:-1] > pause
            floor.post(np.array([agent]), on[own][None], off[own][None], last, np.array([count]))

    def release(self, agents: Numbers) -> None:
        """Hand back what these agents have kept from an earlier shift."""
        self.sync().release(agents)

    def suspend(self, agents: Numbers, until: float) -> None:
        """Take agents off the floor at once, until a simulated time in seconds."""
        self.sync().suspend(agents, until)

    def qualify(self, agents: Numbers, team: int, adds: Sequence[int]) -> None:
        """Let agents of a team take further queues, after their own."""
        profile = self.floor.plan.profile(self.vendors[team], (*self.skills[team], *adds))
        self.sync().qualify(agents, [profile] * agents.size)

    def begin_day(self, agents: Numbers) -> None:
        """Begin a local day of these agents: their exposure is reset to zero."""
        self.sync().begin_day(agents)

    def set_speed(self, agents: Numbers, speed: Array, by_queue: Array, error_rate: Array) -> None:
        """Set general speed, and speed and share of wrong decisions by queue, [agent, queue]."""
        self.sync().set_speed(agents, speed, by_queue, error_rate)

    def set_factor(self, queue: int, factor: float) -> None:
        """Set the factor on the handle time of a queue from now on."""
        self.sync().set_factor(queue, factor)

    def set_epoch(self, queue: int, epoch: int) -> None:
        """Allocate items created from now on by split number `epoch` of their queue."""
        self.sync().set_epoch(queue, epoch)

    def backlog_hours(self, team: int) -> float:
        """Return the hours of waiting work (items times mean time spent on one) that the team may take."""
        self.sync()
        return sum(self._waiting_hours(team, queue) for queue in self.skills[team])

    def line_backlog(self, team: int, queue: int) -> tuple[float, float]:
        """Return the hours of work that wait for the team in one queue, and its vendor's share of what comes now."""
        floor, vendor = self.sync(), self.vendors[team]
        known, share = floor.plan.queues[queue].vendors, 1.0
        if known:
            now = self.shares[queue][floor.rules.queues["epoch"][queue]]
            share = now[known.index(vendor)] if vendor in known else 0.0
        return self._waiting_hours(team, queue), share

    def _waiting_hours(self, team: int, queue: int) -> float:
        """Return the hours of work that wait for the team in one queue, on a floor that is up to the present."""
        line = self.floor.plan.line(queue, self.vendors[team])
        if line == NIL:
            return 0.0
        factor = self.floor.rules.queues["factor"][queue]
        return float(self.floor.waiting()[line] * self.means[queue] * factor / HOUR)


@functools.lru_cache(maxsize=256)
def _one_shift(agents: int, blocks: int) -> tuple[NDArray[np.uint8], Numbers]:
    """Return which blocks end a shift, and how many there are, for agents with one shift each."""
    last = np.zeros((agents, blocks), np.uint8)
    last[:, -1] = 1
    return last, np.full(agents, blocks)


def _without_empty(on: Array, off: Array, empty: NDArray[np.bool_]) -> tuple[Array, Array, NDArray[np.uint8], Numbers]:
    """Move the blocks with a length to the front of each row."""
    order = np.argsort(empty, axis=1, kind="stable")
    blocks = (~empty).sum(axis=1)
    last = (np.arange(on.shape[1]) == blocks[:, None] - 1).astype(np.uint8)
    return np.take_along_axis(on, order, 1), np.take_along_axis(off, order, 1), last, blocks
