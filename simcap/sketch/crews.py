"""What crews offer in a replication, by step, and the shifts that a backlog may change."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.sketch.steps import STEP
from simcap.units import DAY

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

PAD: Final = 2 * round(DAY / STEP)
"""QuarterHours before the first and after the last, in which shifts may begin or end."""


@dataclasses.dataclass
class PossibleOvertime:
    """A shift of one day that may be prolonged."""

    team: int
    begin: float
    """Simulated seconds."""
    end: float
    extra: float
    """Seconds."""
    week: int
    """Number of its shift and local week: they share what may be worked longer."""
    first: int
    """Its first crew; others of the same shift follow."""
    work: list[float]
    people: list[float]
    """By crew: sum of speeds, and of agents."""
    paid: float
    """Agents who are paid."""
    response: PossibleResponse | None
    """Who else may be there."""


@dataclasses.dataclass
class PossibleResponse:
    """A shift of one day to which more may come, or fewer, than otherwise."""

    team: int
    begin: float
    """Simulated seconds."""
    end: float
    first: int
    """Its first crew, in which helpers work; others of the same shift follow."""
    crews: int
    people: float
    """Who come otherwise."""
    draw: float
    """Decides about a part of a person."""
    paid: float
    """Share of the shift that is paid."""


class CrewHours:
    """Agents of one team, one shift and the same skills, by step (with room before and after the steps)."""

    def __init__(self, team: int, second: int, adds: tuple[int, ...], steps: int) -> None:
        self.team, self.second, self.adds = team, second, adds
        self.seconds, self.work, self.leaving, self.newness, self.relative, self.present, self.people = np.zeros(
            (7, steps)
        )
