"""The completions to come: a 4-ary heap of integers.

An integer holds the time in ticks and, in its lowest bits, the agent, so that one comparison orders two completions:
earliest first, ties by agent. Beyond the end of the heap all entries are `NEVER`, so that no code has to check for it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.compiled import inlined, minimum, outlined
from simcap.floor.bits import lower_of, paired, upper_of
from simcap.floor.state import INF, State
from simcap.units import TICK, TICKS_PER_SECOND

NEVER: Final = 2**63 - 1
_TIME_BITS: Final = 62


def agent_bits(people: int) -> int:
    """Return the bits that the number of an agent takes."""
    return max((people - 1).bit_length(), 1)


def max_agents(seconds: float) -> int:
    """Return how many agents can be numbered where times reach this far to either side of 0."""
    return 1 << max(_TIME_BITS - math.ceil(seconds * TICKS_PER_SECOND).bit_length(), 0)


def no_ends(people: int) -> NDArray[np.int64]:
    """Return an empty heap for a number of agents."""
    return np.full(4 * people + 5, NEVER, np.int64)


def resized(ends: NDArray[np.int64], count: int, old_bits: int, people: int) -> NDArray[np.int64]:
    """Return a heap of `count` completions, with `old_bits` for the agent, resized for more agents."""
    wider, bits = no_ends(people), agent_bits(people)
    ticks = np.minimum(ends[:count] >> old_bits, 1 << (_TIME_BITS - bits))
    wider[:count] = ticks << bits | ends[:count] & ((1 << old_bits) - 1)
    return wider


@inlined
def end_of(floor: State, moment: float, agent: int) -> int:
    """Return the integer of a completion; a time too far off to be held becomes the last one that can."""
    bits = floor.clock[0].agent_bits
    ticks = int(minimum(moment * TICKS_PER_SECOND, np.float64(np.int64(1) << (_TIME_BITS - bits))))
    return paired(ticks, agent, bits)


@inlined
def next_end(floor: State) -> float:
    """Return the time of the next completion."""
    clock = floor.clock[0]
    return np.float64(upper_of(floor.ends[0], clock.agent_bits)) * TICK if clock.ends > 0 else INF


@inlined
def next_to_end(floor: State) -> int:
    """Return the agent of the next completion."""
    return lower_of(floor.ends[0], floor.clock[0].agent_bits)


@inlined
def ends_alone(floor: State) -> bool:
    """Return whether no other completion is at the same time as the next one."""
    bits = floor.clock[0].agent_bits
    second = minimum(minimum(floor.ends[1], floor.ends[2]), minimum(floor.ends[3], floor.ends[4]))
    return bool(upper_of(second, bits) > upper_of(floor.ends[0], bits))


@inlined
def sink(ends: NDArray[np.int64], place: int, end: int) -> None:
    """Put a completion into the hole at `place`, below which the heap is in order."""
    while True:
        child = 4 * place + 1
        one, two, three, four = ends[child], ends[child + 1], ends[child + 2], ends[child + 3]
        low, high = minimum(one, two), minimum(three, four)
        below = minimum(low, high)
        if end <= below:
            break
        ends[place] = below
        child += int(two < one) + int(high < low) * (2 + int(four < three) - int(two < one))
        place = child
    ends[place] = end


@inlined
def add_end(floor: State, moment: float, agent: int) -> None:
    """Add a completion."""
    end = end_of(floor, moment, agent)
    ends, clock = floor.ends, floor.clock[0]
    place = clock.ends
    while place > 0:
        parent = (place - 1) >> 2
        if ends[parent] < end:
            break
        ends[place] = ends[parent]
        place = parent
    ends[place] = end
    clock.ends += 1


@inlined
def replace_end(floor: State, moment: float, agent: int) -> None:
    """Replace the next completion."""
    sink(floor.ends, 0, end_of(floor, moment, agent))


@inlined
def drop_end(floor: State) -> None:
    """Remove the next completion."""
    clock = floor.clock[0]
    clock.ends -= 1
    end = floor.ends[clock.ends]
    floor.ends[clock.ends] = NEVER
    if clock.ends > 0:
        sink(floor.ends, 0, end)


@outlined
def remove_end(floor: State, agent: int) -> None:
    """Remove an agent's completion, if there is one."""
    ends, clock = floor.ends, floor.clock[0]
    for place in range(clock.ends):
        if lower_of(ends[place], clock.agent_bits) == agent:
            clock.ends -= 1
            ends[place] = ends[clock.ends]
            ends[clock.ends] = NEVER
            for parent in range(clock.ends >> 2, -1, -1):
                sink(ends, parent, ends[parent])
            break
