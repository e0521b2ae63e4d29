"""The quarter hours of a sketch, from the start of the warm-up until the last item is due."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.units import MINUTE

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

STEP: Final = 15 * MINUTE


@dataclasses.dataclass(frozen=True)
class QuarterHours:
    """A grid of steps of `STEP` seconds. `begin` is a simulated time in seconds, a multiple of `STEP`."""

    begin: float
    count: int

    @classmethod
    def between(cls, begin: float, end: float) -> QuarterHours:
        """Return the steps that cover a span of simulated seconds."""
        first = STEP * math.floor(begin / STEP)
        return cls(first, math.ceil((end - first) / STEP))

    @property
    def end(self) -> float:
        """Return when the last step ends."""
        return self.begin + STEP * self.count

    @functools.cached_property
    def edges(self) -> Array:
        """Return the borders of the steps in simulated seconds."""
        return np.asarray(self.begin + STEP * np.arange(self.count + 1), np.float64)

    @functools.cached_property
    def middles(self) -> Array:
        """Return the middle of each step in simulated seconds."""
        return self.edges[:-1] + STEP / 2

    def cells(self, borders: Array) -> Numbers:
        """Return for each step the cell between some borders; their number, less one, for time outside of them."""
        place = np.searchsorted(borders, self.middles, side="right") - 1
        return np.where((place < 0) | (place >= borders.size - 1), borders.size - 1, place)

    def in_force(self, steps: Sequence[tuple[float, float]]) -> Array:
        """Return the value of changes (from simulated seconds on, value) in the middle of each step."""
        place = np.searchsorted([begin for begin, _ in steps], self.middles, side="right") - 1
        return np.array([value for _, value in steps])[place]

    def spread(self, begin: Array, end: Array, per_second: Array | float) -> Array:
        """Return by step what spans of simulated seconds add up to, each with an amount per second."""
        total, rise = np.zeros((2, self.count + 2))
        for moment, sign in ((begin, 1.0), (end, -1.0)):
            place = np.clip((moment - self.begin) / STEP, 0.0, self.count)
            step = place.astype(np.int64)
            amount = np.broadcast_to(sign * np.asarray(per_second), place.shape)
            np.add.at(total, step, amount * (step + 1 - place) * STEP)
            np.add.at(rise, step + 1, amount * STEP)
        return np.asarray((total + np.cumsum(rise))[: self.count])
