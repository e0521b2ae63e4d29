"""Which items a day brings, a part of the day at a time: a dense day never takes the memory of all its items.

All are drawn at once, as draws are addressed by day, but only as a time and a key; rows are made part by part.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.demand.days import Day
from simcap.streams import Keys
from simcap.units import TICK, TICKS_PER_SECOND

Array = NDArray[np.float64]

MOST: Final = 1 << 16
"""Items of a day that are made at once; of a day with more, about so many."""


@dataclasses.dataclass(frozen=True)
class Created:
    """Items of one queue that a day brings."""

    times: Array
    """Seconds from the start of the day."""
    keys: Keys
    contents: Array | None
    """Seconds of work where they are known, NaN where not; None where none is."""

    def at(self, rows: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Created:
        """Return some of the items."""
        contents = None if self.contents is None else self.contents[rows]
        return Created(self.times[rows], self.keys[rows], contents)


@dataclasses.dataclass(frozen=True)
class DayPart:
    """A part of a day."""

    begin: float
    """Simulated seconds."""
    created: Sequence[Created]
    """By queue."""


def parts_of(day: Day, created: Sequence[Created]) -> list[DayPart]:
    """Return a day's items in parts of the same length, each item in its part at the precision of simulated time."""
    count = max(math.ceil(sum(one.times.size for one in created) / MOST), 1)
    if count == 1:
        return [DayPart(day.start, created)]
    ticks = math.ceil(day.length * TICKS_PER_SECOND / count)
    by_queue = [_split(one, ticks, count) for one in created]
    return [DayPart(day.start + number * ticks * TICK, own) for number, own in enumerate(zip(*by_queue, strict=True))]


def _split(created: Created, ticks: int, count: int) -> list[Created]:
    """Return the items in parts of so many ticks; those of a part stay in their order."""
    part = np.floor(created.times * TICKS_PER_SECOND).astype(np.int64) // ticks
    ordered = created.at(np.argsort(part, kind="stable"))
    ends = np.cumsum(np.bincount(part, minlength=count)).tolist()
    return [ordered.at(slice(begin, end)) for begin, end in zip([0, *ends], ends, strict=False)]
