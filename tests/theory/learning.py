"""Learning curves: how the time for a unit falls with the units done."""

from __future__ import annotations

import math

from tests.theory import _checks


def wright(unit: float, progress: float) -> float:
    """Return the time for the n-th unit as a fraction of the time for the first.

    `progress` is what remains of it each time the number of units doubles: 0.85 on an "85% curve".
    Raises `ValueError` for a unit below 1 and a progress that is not above 0 and at most 1.
    Source: Wright (1936).
    """
    _checks.positive(unit, "unit")
    if unit < 1:
        raise ValueError(f"unit is {unit:g}; the first unit is 1")
    if not 0 < progress <= 1:
        raise ValueError(f"progress is {progress:g}; an 85% curve is 0.85")
    return math.exp(math.log2(progress) * math.log(unit))
