"""Team sizes: the smallest with which all requirements are met, by bisection on the same draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from simcap.planning.levers import Lever
from simcap.planning.trials import Trials

Meets = Callable[[dict[Lever, int]], bool]


def smallest(trials: Trials, levers: Sequence[Lever], confidence: float) -> dict[Lever, int]:
    """Return changes of team sizes that meet everything, none of which could be smaller on its own.

    All teams first grow or shrink together, by shares of their bounds, then each alone, the largest first. More agents
    on the same draws do harm only by chance, so each step is a bisection. If even the bounds are not enough, they are
    returned.
    """

    def meets(amounts: dict[Lever, int]) -> bool:
        return trials.meets(trials.of(amounts)[0], confidence)

    amounts = {lever: lever.high for lever in levers}
    if not meets(amounts):
        return amounts
    amounts = _together(levers, meets)
    sizes = {lever: trials.file.scenario.vendors[lever.vendor].teams[lever.team].agents or 0 for lever in levers}
    for lever in sorted(levers, key=lambda one: -sizes[one] - amounts[one]):
        amounts[lever] = _least(amounts, lever, meets)
    return amounts


def _together(levers: Sequence[Lever], meets: Meets) -> dict[Lever, int]:
    """Return changes of all teams by one share of the way from their lowest to their highest."""
    low, high = 0.0, 1.0
    best = {lever: lever.high for lever in levers}
    step = 1 / max(lever.high - lever.low for lever in levers)
    while high - low > step:
        middle = (low + high) / 2
        amounts = {lever: lever.low + math.ceil(middle * (lever.high - lever.low)) for lever in levers}
        if meets(amounts):
            best, high = amounts, middle
        else:
            low = middle
    return best


def _least(amounts: dict[Lever, int], lever: Lever, meets: Meets) -> int:
    """Return the least change of one team that meets everything, with the others as they are."""
    low, high = lever.low - 1, amounts[lever]
    step = 1
    # Few agents can be spared in the end, so the search widens from there before it halves.
    while high - step > low and meets({**amounts, lever: high - step}):
        high -= step
        step *= 2
    low = max(low, high - step)
    while high - low > 1:
        middle = (low + high) // 2
        if meets({**amounts, lever: middle}):
            high = middle
        else:
            low = middle
    return high
