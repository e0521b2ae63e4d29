"""What the workforce may tell the floor, and ask it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Array = NDArray[np.float64]


class FloorOrders(Protocol):
    """The floor as the workforce sees it: each call brings it up to the present first. Agents go by their numbers."""

    def hire(self, team: int, at_end: Sequence[str]) -> Numbers:
        """Announce new agents of a team, each with what happens to the item at the end of its shift; number them."""
        ...

    def post(self, agents: Numbers, on: Array, off: Array, begin: float | None = None) -> None:
        """Post one shift: blocks [agent, block] on the floor in simulated seconds; those of no length are left out.

        Where some are in training first, `begin` is when the shift begins, which is now: they are on duty.
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
        """Begin a local day of these agents: exposure counts from zero."""
        ...

    def set_speed(self, agents: Numbers, speed: Array, by_queue: Array, error_rate: Array) -> None:
        """Set speed in general, speed by queue and share of wrong decisions by queue, [agent, queue]."""
        ...

    def set_factor(self, queue: int, factor: float) -> None:
        """Set the factor on the handle time of a queue from now on."""
        ...

    def set_epoch(self, queue: int, epoch: int) -> None:
        """Let items created from now on be allocated by the split number `epoch` of their queue."""
        ...

    def backlog_hours(self, team: int) -> float:
        """Return the hours of work (items times mean handle time) that wait where the team may take them."""
        ...
