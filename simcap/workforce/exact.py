"""Exact duty: agents are there when a file says, and at no other time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.clock import Clock
from simcap.scenario.data.files import DutyBlocks
from simcap.streams import Keys, Purpose, name_key
from simcap.units import DAY, to_ticks
from simcap.workforce.duty import PAID_BREAK

Array = NDArray[np.float64]


class ExactDuty:
    """The blocks of a duty file, by agent and time, in simulated seconds.

    `pause` is the longest gap in seconds that is a break.
    """

    def __init__(self, duty: DutyBlocks, team: str, clock: Clock, pause: float) -> None:
        self.agents: Keys = np.array([name_key(Purpose.AGENT, team, agent) for agent in duty.agent], np.uint64)
        self.agent = duty.index
        self.on, self.off = to_ticks(duty.on - clock.origin), to_ticks(duty.off - clock.origin)
        gap = np.append(np.where(np.diff(self.agent) == 0, self.on[1:] - self.off[:-1], np.inf), np.inf)
        self.paid_until = self.off + np.where((gap <= pause) & (gap < PAID_BREAK), gap, 0.0)
        """Ends of blocks, including the break that follows if it is paid."""

    def gap_note(self, begin: float, end: float, clock: Clock) -> str | None:
        """Return what is missing in the file for a run that reports until `end`, in words; None if nothing is."""
        if not self.on.size:
            return "has no blocks: nobody of it is ever there"
        first, last = float(self.on.min()), float(self.off.max())
        if first >= begin + DAY:
            return f"begins on {clock.day(first)}: nobody of it works before, from {clock.day(begin)} on"
        if last <= end:
            until = clock.day(last - 1)
            return f"ends on {until}: nobody of it works after, not even on what is left when the horizon ends"
        return None
