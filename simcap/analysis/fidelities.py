"""How many replications to sketch, and how many of them to simulate, for an answer of a given precision.

The variance of an assisted mean is s^2 ((1 - rho^2) / n + rho^2 / N); at a given cost n + c N it is least for
N / n = sqrt(rho^2 / (c (1 - rho^2))), c being the cost of a sketch in simulated replications (Peherstorfer, Willcox &
Gunzburger 2016, theorem 3.4 with two models).
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from simcap.analysis.assisted import CONFIDENCE, LEAST_RHO2, t_factor

LEAST_SIMULATED: Final = 8
"""Fewer simulated replications tell the line's own error badly."""


LEAST_LEFT: Final = 0.001
"""No more than all but this share of the variance is ever taken to be explained."""


class Allotment(NamedTuple):
    """Replications to simulate, the first of those to sketch; none is sketched where that would not pay."""

    simulated: int
    sketched: int
    half_width: float
    """What is then to be expected of the interval; more than was asked for if the bounds do not allow for it."""


def allot(
    rho2: float,
    cost: float,
    variance: float,
    half_width: float,
    most: tuple[int, int],
    confidence: float = CONFIDENCE,
) -> Allotment:
    """Return the cheapest numbers whose interval has a half-width.

    `cost` is that of a sketch as a share of a simulated replication, `variance` that of one replication's figure, and
    `most` bounds the simulated and the sketched replications. If the bound of one is reached, there are more of the
    other. Raises `ValueError` for a cost, goal or bound that is not positive, or a variance below 0.
    """
    if min(cost, half_width, *most) <= 0 or variance < 0 or rho2 > 1:
        raise ValueError(f"cost {cost}, half-width {half_width}, variance {variance}, rho^2 {rho2}, at most {most}")
    unit = half_width / float(t_factor(math.inf, confidence))
    goal = variance / unit**2
    left = max(1 - rho2, LEAST_LEFT)
    explained = 1 - left
    if not rho2 >= LEAST_RHO2 or explained <= cost * left:
        plain = _within(goal, LEAST_SIMULATED, most[0])
        return Allotment(plain, 0, half_width * math.sqrt(goal / plain))
    ratio = math.sqrt(explained / (cost * left))
    simulated = _within(goal * (left + explained / ratio), LEAST_SIMULATED, most[0])
    sketched = _within(_needed(goal, explained, left / simulated), simulated, max(simulated, most[1]))
    if sketched >= most[1]:
        simulated = _within(_needed(goal, left, explained / sketched), simulated, most[0])
        sketched = max(simulated, sketched)
    return Allotment(simulated, sketched, half_width * math.sqrt(goal * (left / simulated + explained / sketched)))


def _needed(goal: float, part: float, other: float) -> float:
    """Return how many replications of one kind are needed, where the variance is 1 / goal, of which `other` is used."""
    if goal == 0:
        return 0.0
    return part / (1 / goal - other) if other < 1 / goal else math.inf


def _within(number: float, least: int, most: int) -> int:
    return int(min(max(math.ceil(min(number, most)), least), most))
