"""The orders and questions that the workforce has for the floor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Array = NDArray[np.float64]


class FloorOrders(Protocol):
    """The floor as the workforce sees it: each call first brings it up to the present. Agents are given by number."""

    def hire(self, team: int, at_end: Sequence[str]) -> Numbers:
        """Add agents to a team, each with what happens to an item at the end of a shift; return their numbers."""
        ...

    def post(self, agents: Numbers, on: Array, off: Array, begin: float | None = None) -> None:
        """Post one shift: blocks [agent, block] on the floor in simulated seconds; those of no length are left out.

        If some agents are in training first, `begin` is when the shift begins (now), from when they are on duty.
        """
        ...

    def post_exactly(self, agents: Numbers, on: Array, off: Array, pause: float) -> None:
        """Post single blocks, each a shift of its own."""
        ...

    def release(self, agents: Numbers) -> None:
        """Hand back what these agents have kept from an earlier shift."""
        ...

    def suspend(self, agents: Numbers, until: float) -> None:
        """Take agents off the floor at once, until a simulated time in seconds."""
        ...

    def qualify(self, agents: Numbers, team: int, adds: Sequence[int]) -> None:
        """Let agents of a team take further queues, after their own."""
        ...

    def begin_day(self, agents: Numbers) -> None:
        """Begin a local day of these agents: their exposure is reset to zero."""
        ...

    def set_speed(self, agents: Numbers, speed: Array, by_queue: Array, error_rate: Array) -> None:
        """Set general speed, and speed and share of wrong decisions by queue, [agent, queue]."""
        ...

    def set_factor(self, queue: int, factor: float) -> None:
        """Set the factor on the handle time of a queue from now on."""
        ...

    def set_epoch(self, queue: int, epoch: int) -> None:
        """Allocate items created from now on by split number `epoch` of their queue."""
        ...

    def backlog_hours(self, team: int) -> float:
        """Return the hours of waiting work (items times mean handle time) that the team may take."""
        ...

    def line_backlog(self, team: int, queue: int) -> tuple[float, float]:
        """Return the hours of work that wait for the team in one queue, and its vendor's share of what comes now.

        The share is 1 of a queue that is not split, and 0 where no work of a split comes to the vendor.
        """
        ...
