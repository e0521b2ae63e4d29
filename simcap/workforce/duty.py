"""The duty of a day: each agent's blocks on the floor between breaks and offline time."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.vendors import Break
from simcap.units import MINUTE, to_ticks

Array = NDArray[np.float64]

LONGEST_OFFLINE = 30 * MINUTE
PAID_BREAK = 30 * MINUTE
"""Breaks of this length and more are not paid."""
WIDEST_STAGGER = 60 * MINUTE


@dataclasses.dataclass(frozen=True)
class DayPattern:
    """The shape of a shift: when breaks fall, how long the stretches between them are.

    Times are seconds from the start of the shift. Breaks move together by an agent's stagger, which is at most half the
    shortest stretch and half an hour to either side; offline time takes its share of each stretch.
    """

    length: float
    breaks: Sequence[Break]
    offline: float

    @property
    def stagger(self) -> float:
        """Return the width in seconds over which the team's breaks are spread."""
        if not self.breaks:
            return 0.0
        ends = [0.0, *(pause.after + pause.for_ for pause in self.breaks)]
        starts = [*(pause.after for pause in self.breaks), self.length]
        return min(WIDEST_STAGGER, *(start - end for start, end in zip(starts, ends, strict=True)))

    @property
    def pieces(self) -> list[int]:
        """Return the number of offline blocks in each stretch."""
        ends = [0.0, *(pause.after + pause.for_ for pause in self.breaks)]
        starts = [*(pause.after for pause in self.breaks), self.length]
        stretches = [start - end for start, end in zip(starts, ends, strict=True)]
        return [math.ceil(self.offline * stretch / LONGEST_OFFLINE) for stretch in stretches]

    @property
    def paid(self) -> float:
        """Return the paid seconds: the shift less breaks of 30 min and more."""
        return self.length - sum(pause.for_ for pause in self.breaks if pause.for_ >= PAID_BREAK)

    @property
    def on_floor(self) -> float:
        """Return the seconds on the floor without offline time."""
        return self.length - sum(pause.for_ for pause in self.breaks)

    def blocks(self, start: float, place: Array, draws: Array) -> tuple[Array, Array]:
        """Return begins and ends of blocks, [agent, block], in simulated seconds.

        `place` in [-0.5, 0.5) is each agent's place in the stagger, `draws` [agent, piece] are uniforms that place the
        offline blocks in their parts of the stretches.
        """
        shift = place * self.stagger
        begins, ends = [np.zeros_like(place)], []
        piece = 0
        stretch_begin = np.zeros_like(place)
        for rank, count in enumerate(self.pieces):
            last = rank == len(self.breaks)
            stretch_end = np.full_like(place, self.length) if last else self.breaks[rank].after + shift
            part = (stretch_end - stretch_begin) / max(count, 1)
            for number in range(count):
                away = self.offline * part
                gap = stretch_begin + number * part + draws[:, piece] * (part - away)
                ends.append(gap)
                begins.append(gap + away)
                piece += 1
            ends.append(stretch_end)
            if not last:
                stretch_begin = stretch_end + self.breaks[rank].for_
                begins.append(stretch_begin)
        return to_ticks(np.stack(begins, axis=1) + start), to_ticks(np.stack(ends, axis=1) + start)


def begin_later(on: Array, off: Array, by: Array) -> None:
    """Take the first `by` seconds of each agent's time off the floor, in place: blocks shrink from the front."""
    start = on[:, :1] + by[:, None]
    np.maximum(on, start, out=on)
    np.maximum(off, on, out=off)


def hours_between(begin: float, end: float, edges: Array) -> tuple[int, Array]:
    """Return the first cell and the seconds of [begin, end) in each cell from there on."""
    first = max(int(np.searchsorted(edges, begin, side="right")) - 1, 0)
    last = int(np.searchsorted(edges, end, side="left"))
    borders = np.clip(edges[first : last + 1], begin, end)
    return first, np.diff(borders)
