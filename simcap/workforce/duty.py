"""The duty of a day: each agent's blocks on the floor, between breaks and offline time."""

from __future__ import annotations

import bisect
import dataclasses
import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.schema.vendors import Break
from simcap.units import MINUTE, to_ticks

Array = NDArray[np.float64]

LONGEST_OFFLINE = 30 * MINUTE
PAID_BREAK = 30 * MINUTE
"""Breaks of this length or more are not paid."""
WIDEST_STAGGER = 60 * MINUTE


class DayPattern:
    """The shape of a shift: when breaks fall, and how long the stretches between them are.

    Times are seconds from the start of the shift. An agent's breaks are all moved by the same stagger, at most half the
    shortest stretch and half an hour to either side; offline time takes its share of each stretch, in blocks of at most
    half an hour.
    """

    def __init__(self, length: float, breaks: Sequence[Break], offline: float) -> None:
        self.length, self.breaks, self.offline = length, breaks, offline
        ends = [0.0, *(pause.after + pause.for_ for pause in breaks)]
        starts = [*(pause.after for pause in breaks), length]
        stretches = [start - end for start, end in zip(starts, ends, strict=True)]
        self.stagger = min(WIDEST_STAGGER, *stretches) if breaks else 0.0
        """Width in seconds over which the team's breaks are spread."""
        self.paid = length - sum(pause.for_ for pause in breaks if pause.for_ >= PAID_BREAK)
        """Paid seconds: the shift less breaks of 30 min or more."""
        self.on_floor = sum(stretches)
        """Seconds on the floor, before offline time is taken off."""
        longest = stretches.copy()
        longest[0] += self.stagger / 2
        longest[-1] += self.stagger / 2
        self.pieces = [math.ceil(offline * stretch / LONGEST_OFFLINE) for stretch in longest]
        """Number of offline blocks in each stretch: enough for its greatest length within the stagger."""

    @classmethod
    @functools.lru_cache(maxsize=256)
    def of(cls, length: float, breaks: tuple[Break, ...], offline: float) -> DayPattern:
        """Return the pattern of a shift; equal shifts share it."""
        return cls(length, breaks, offline)

    def outline(self, place: Array) -> Outline:
        """Return what is the same every day in the duty of agents at places in [-0.5, 0.5) of the stagger.

        Teams with equal patterns share it; it must not be written to.
        """
        return _outline(self, place.tobytes())

    def computed_outline(self, place: Array) -> Outline:
        """Compute the outline of agents at places in [-0.5, 0.5) of the stagger."""
        shift = place * self.stagger
        zero = np.zeros_like(place)
        edges: list[tuple[Array, Array, int]] = []
        begin, piece = zero, 0
        for rank, count in enumerate(self.pieces):
            last = rank == len(self.breaks)
            end = np.full_like(place, self.length) if last else self.breaks[rank].after + shift
            part = (end - begin) / max(count, 1)
            away = self.offline * part
            for number in range(count):
                edges.append((begin + number * part, part - away, piece))
                edges.append((begin + number * part + away, part - away, piece))
                piece += 1
            edges.append((end, zero, 0))
            if not last:
                begin = end + self.breaks[rank].for_
                edges.append((begin, zero, 0))
        edges.insert(0, (zero, zero, 0))
        fixed, slope, draw = zip(*edges, strict=True)
        return Outline(np.stack(fixed, axis=1), np.stack(slope, axis=1), np.array(draw))


@dataclasses.dataclass(frozen=True)
class Outline:
    """Edges of agents' blocks, [agent, edge], on and off in turn: fixed + slope * the day's uniform for a piece."""

    fixed: Array
    slope: Array
    draw: NDArray[np.int64]

    def blocks(self, rows: NDArray[np.int64], start: float, draws: Array | None) -> tuple[Array, Array]:
        """Return the starts and ends of some agents' blocks, [agent, block], in simulated seconds.

        `draws` [agent, piece] place the offline blocks within their parts of the stretches; None without offline time.
        """
        edges = self.fixed[rows]
        if draws is not None:
            edges += self.slope[rows] * draws[:, self.draw]
        edges = to_ticks(edges + start)
        return edges[:, ::2].copy(), edges[:, 1::2].copy()


@functools.lru_cache(maxsize=64)
def _outline(pattern: DayPattern, places: bytes) -> Outline:
    return pattern.computed_outline(np.frombuffer(places))


def start_later(on: Array, off: Array, by: Array) -> None:
    """Cut the first `by` seconds off each agent's time on the floor, in place: blocks shrink from the front."""
    start = on[:, :1] + by[:, None]
    np.maximum(on, start, out=on)
    np.maximum(off, on, out=off)


def add_hours(count: Array, edges: Sequence[float], begin: float, end: float, per_second: float) -> None:
    """Add `per_second` for each second of [begin, end) to the cells of a grid with these edges, in place."""
    cell = max(bisect.bisect_right(edges, begin) - 1, 0)
    while cell < len(edges) - 1 and edges[cell] < end:
        count[cell] += (min(end, edges[cell + 1]) - max(begin, edges[cell])) * per_second
        cell += 1
