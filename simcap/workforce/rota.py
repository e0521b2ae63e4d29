"""Places in rotations of days off, so that on any two days about as many work.

An agent that works n of m days is off for m - n days in a row. Days off that follow one another without a gap, agent
after agent, tile the cycle: however many agents there are, the numbers off on any two days differ by one at most.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Rotation = tuple[int, int]
"""Days on, and days of the cycle."""


@functools.lru_cache(maxsize=256)
def places_of(rotations: tuple[Rotation | None, ...], held: tuple[tuple[int, ...], ...], joining: bytes) -> Places:
    """Return the places of agents that join a team's shifts, in this order; 0 in a shift without a rotation.

    `held` are the places that are taken, by shift, `joining` the numbers of the shifts as int64. An agent takes a place
    with which the shift is most even, and of those the one with which all shifts of the same rotation are.
    """
    off = [_off(taken, rotation) for taken, rotation in zip(held, rotations, strict=True)]
    found = []
    for shift in np.frombuffer(joining, np.int64).tolist():
        rotation = rotations[shift]
        if rotation is None:
            found.append(0)
            continue
        alike = [own for own, other in zip(off, rotations, strict=True) if other == rotation]
        place = _evenest(off[shift], np.sum(alike, axis=0), rotation)
        off[shift] = off[shift] + _days_off(rotation)[place]
        found.append(place)
    places = np.array(found, np.int64)
    places.flags.writeable = False
    return places


@functools.lru_cache(maxsize=64)
def _days_off(rotation: Rotation) -> Places:
    """Return [place, day of the cycle]: 1 where an agent at a place is off."""
    on, cycle = rotation
    return np.asarray(np.add.outer(np.arange(cycle), np.arange(cycle)) % cycle >= on, np.int64)


def _off(taken: tuple[int, ...], rotation: Rotation | None) -> Places:
    """Return how many of the agents at some places are off on each day of the cycle."""
    if rotation is None:
        return np.zeros(1, np.int64)
    return np.asarray(np.bincount(taken, minlength=rotation[1]) @ _days_off(rotation), np.int64)


def _evenest(own: Places, alike: Places, rotation: Rotation) -> int:
    """Return the place that leaves a shift, and then all that are alike, as even as can be."""
    options = _options(own, rotation)
    added = _days_off(rotation)[options]
    keys = [key for off in (alike, own) for key in _unevenness(off + added)]
    return int(options[np.lexsort([options, *keys])[0]])


def _unevenness(off: Places) -> tuple[Places, Places]:
    """Return by row the sum of squares, and before it the difference of most and least."""
    return np.asarray((off**2).sum(axis=1)), np.asarray(np.ptp(off, axis=1))


def _options(own: Places, rotation: Rotation) -> Places:
    """Return the places among which to choose: where days off tile the cycle, at either end of those that lack one."""
    on, cycle = rotation
    lacks = own == own.min()
    begins, ends = np.flatnonzero(lacks & ~np.roll(lacks, 1)), np.flatnonzero(lacks & ~np.roll(lacks, -1))
    if np.ptp(own) != 1 or begins.size != 1:
        return np.arange(cycle)
    return np.unique([(on - begins[0]) % cycle, (on - (ends[0] + 1 - (cycle - on))) % cycle])
