"""Places in rotations of days off, so that about the same number of agents work on any two days.

An agent who works n of m days is off for m - n days in a row. Days off that follow one another without a gap, agent
after agent, tile the cycle: however many agents there are, the numbers off on any two days differ by at most one.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Rotation = tuple[int, int]
"""Days on, and days in the cycle."""


@functools.lru_cache(maxsize=256)
def places_of(rotations: tuple[Rotation | None, ...], taken: tuple[tuple[int, ...], ...], joining: bytes) -> Places:
    """Return the places of agents who join a team's shifts, in this order; 0 in a shift without a rotation.

    `taken` are the places that are taken, by shift, `joining` the numbers of the shifts as int64. An agent takes a
    place that makes the shift most even, and among these the one that makes all shifts of the same rotation most even.
    """
    off = [_off(places, rotation) for places, rotation in zip(taken, rotations, strict=True)]
    chosen = []
    for shift in np.frombuffer(joining, np.int64).tolist():
        rotation = rotations[shift]
        if rotation is None:
            chosen.append(0)
            continue
        alike = [own for own, other in zip(off, rotations, strict=True) if other == rotation]
        place = _evenest(off[shift], np.sum(alike, axis=0), rotation)
        off[shift] = off[shift] + _days_off(rotation)[place]
        chosen.append(place)
    places = np.array(chosen, np.int64)
    places.flags.writeable = False
    return places


@functools.lru_cache(maxsize=64)
def _days_off(rotation: Rotation) -> Places:
    """Return [place, day of the cycle]: 1 where an agent at a place is off."""
    on, cycle = rotation
    return np.asarray(np.add.outer(np.arange(cycle), np.arange(cycle)) % cycle >= on, np.int64)


def _off(taken: tuple[int, ...], rotation: Rotation | None) -> Places:
    """Return how many of the agents at these places are off on each day of the cycle."""
    if rotation is None:
        return np.zeros(1, np.int64)
    return np.asarray(np.bincount(taken, minlength=rotation[1]) @ _days_off(rotation), np.int64)


def _evenest(own: Places, alike: Places, rotation: Rotation) -> int:
    """Return the place that leaves a shift, and then all shifts of its rotation, as even as possible."""
    options = _options(own, rotation)
    added = _days_off(rotation)[options]
    keys = [key for off in (alike, own) for key in _unevenness(off + added)]
    return int(options[np.lexsort([options, *keys])[0]])


def _unevenness(off: Places) -> tuple[Places, Places]:
    """Return the sum of squares, and the difference between most and fewest off, by row."""
    return np.asarray((off**2).sum(axis=1)), np.asarray(np.ptp(off, axis=1))


def _options(own: Places, rotation: Rotation) -> Places:
    """Return the candidate places: where days off tile the cycle, those at either end of the gap."""
    on, cycle = rotation
    lacks = own == own.min()
    begins, ends = np.flatnonzero(lacks & ~np.roll(lacks, 1)), np.flatnonzero(lacks & ~np.roll(lacks, -1))
    if np.ptp(own) != 1 or begins.size != 1:
        return np.arange(cycle)
    return np.unique([(on - begins[0]) % cycle, (on - (ends[0] + 1 - (cycle - on))) % cycle])
