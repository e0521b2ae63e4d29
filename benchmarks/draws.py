"""Random numbers for the bare loop, in blocks, about three times as fast as a NumPy Generator inside numba.

A Generator is called through a function pointer, a draw at a time, and carries its state from draw to draw. SplitMix64
is a counter put through a mixer: the draws of a block do not wait for each other, and each queue has a stream of its
own by starting from its own counter. Normals and exponentials are ziggurats of 256 layers (Marsaglia and Tsang, 2000);
the second branch of a layer, taken once in a hundred, draws from a second counter.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numba import int64, njit, uint64
from numpy.typing import NDArray

from benchmarks.work import Floats, Ints

Counters: TypeAlias = NDArray[np.uint64]
"""[2]: of all first draws, and of those that a draw has to be decided by."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
UNIT = 2.0**-53
NORMAL_EDGE, NORMAL_AREA = 3.6541528853610088, 0.00492867323399
EXPONENTIAL_EDGE, EXPONENTIAL_AREA = 7.69711747013104972, 0.0039496598225815571993
ROUNDING = 1.5 * 2.0**52
"""Added to a float, it leaves the nearest whole number in the lowest bits."""
TAYLOR = tuple(math.log(2) ** n / math.factorial(n) for n in range(9))


def _layers(
    edge: float, area: float, density: Callable[[float], float], inverse: Callable[[float], float]
) -> tuple[Floats, Ints, Floats]:
    """Return each layer's width per unit of the mantissa, the mantissas that need no second look, and the density."""
    x = [area / density(edge), edge]
    while len(x) < 256:
        x.append(inverse(area / x[-1] + density(x[-1])))
    widths = np.array([*x, 0.0])
    sure = np.append(widths[1:] / widths[:-1] / UNIT, 0.0)
    return widths * UNIT, sure.astype(np.int64), np.array([density(value) for value in widths])


NORMAL = _layers(
    NORMAL_EDGE, NORMAL_AREA, lambda x: math.exp(-x * x / 2), lambda y: math.sqrt(-2 * math.log(min(y, 1.0)))
)
EXPONENTIAL = _layers(EXPONENTIAL_EDGE, EXPONENTIAL_AREA, lambda x: math.exp(-x), lambda y: -math.log(min(y, 1.0)))
NORMAL_WIDTH, NORMAL_SURE, NORMAL_DENSITY = NORMAL
EXPONENTIAL_WIDTH, EXPONENTIAL_SURE, EXPONENTIAL_DENSITY = EXPONENTIAL


@njit(forceinline=True)
def _mix(counter: int) -> int:
    z = (counter ^ (counter >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
    return z ^ (z >> uint64(31))


@njit
def _uniform(counters: Counters) -> float:
    """Return a uniform on (0, 1] from the second counter."""
    counters[1] += GOLDEN
    return (1 + (_mix(counters[1]) >> uint64(11))) * UNIT


@njit
def _normal_again(counters: Counters, layer: int, x: float) -> float:
    """Decide on a point outside the sure part of its layer; if it falls, draw until one stands."""
    while True:
        if layer == 0:
            while True:
                beyond, height = -math.log(_uniform(counters)) / NORMAL_EDGE, -math.log(_uniform(counters))
                if 2 * height > beyond * beyond:
                    return math.copysign(NORMAL_EDGE + beyond, x)
        low, high = NORMAL_DENSITY[layer], NORMAL_DENSITY[layer + 1]
        if low + _uniform(counters) * (high - low) < math.exp(-x * x / 2):
            return x
        counters[1] += GOLDEN
        bits = _mix(counters[1])
        layer, mantissa = bits & uint64(255), int64(bits) >> 10
        x = mantissa * NORMAL_WIDTH[layer]
        if abs(mantissa) < NORMAL_SURE[layer]:
            return x


@njit
def _exponential_again(counters: Counters, layer: int, x: float) -> float:
    """Decide on a point outside the sure part of its layer; the tail is the whole over again, further out."""
    before = 0.0
    while True:
        low, high = EXPONENTIAL_DENSITY[layer], EXPONENTIAL_DENSITY[layer + 1]
        if layer == 0:
            before += EXPONENTIAL_EDGE
        elif low + _uniform(counters) * (high - low) < math.exp(-x):
            return before + x
        counters[1] += GOLDEN
        bits = _mix(counters[1])
        layer, mantissa = bits & uint64(255), int64(bits >> uint64(11))
        x = mantissa * EXPONENTIAL_WIDTH[layer]
        if mantissa < EXPONENTIAL_SURE[layer]:
            return before + x


@njit
def fill_normal(out: Floats, counters: Counters) -> None:
    """Fill with standard normals."""
    counter = counters[0]
    for i in range(len(out)):
        counter += GOLDEN
        bits = _mix(counter)
        layer, mantissa = bits & uint64(255), int64(bits) >> 10
        x = mantissa * NORMAL_WIDTH[layer]
        if abs(mantissa) >= NORMAL_SURE[layer]:
            x = _normal_again(counters, layer, x)
        out[i] = x
    counters[0] = counter


@njit
def fill_exponential(out: Floats, counters: Counters) -> None:
    """Fill with exponentials of mean 1."""
    counter = counters[0]
    for i in range(len(out)):
        counter += GOLDEN
        bits = _mix(counter)
        layer, mantissa = bits & uint64(255), int64(bits >> uint64(11))
        x = mantissa * EXPONENTIAL_WIDTH[layer]
        if mantissa >= EXPONENTIAL_SURE[layer]:
            x = _exponential_again(counters, layer, x)
        out[i] = x
    counters[0] = counter


@njit(fastmath={"contract"})
def power_of_two(values: Floats, bits: Ints, shift: float, scale: float, out: Floats) -> None:
    """Write 2 ** (shift + scale * values), to 3 parts in 10**10; `bits` is a view of `values`, which is used up.

    In three passes that the compiler turns into vector instructions: a scalar exp takes as long as both ziggurats.
    """
    c0, c1, c2, c3, c4, c5, c6, c7, c8 = TAYLOR
    for i in range(len(out)):
        x = shift + scale * values[i]
        whole = (x + ROUNDING) - ROUNDING
        r = x - whole
        out[i] = ((((((((c8 * r + c7) * r + c6) * r + c5) * r + c4) * r + c3) * r + c2) * r) + c1) * r + c0
        values[i] = whole + (ROUNDING + 1023.0)
    for i in range(len(out)):
        bits[i] <<= 52
    for i in range(len(out)):
        out[i] *= values[i]
