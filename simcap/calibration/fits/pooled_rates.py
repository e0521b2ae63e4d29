"""Rates of rare events in several groups: each group's own count, pulled towards the rate of all by how alike they are.

Gamma-Poisson: groups differ by as much as their counts differ beyond chance, by moments (Böhning 2000). With one group,
or groups that do not differ, all have the rate of all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_HALF = 0.5
"""Events that are added to none at all: that nobody left does not prove that nobody will."""


def pooled_rates(events: Array, exposure: Array) -> tuple[Array, Array]:
    """Return the rate of each group and the covariance of their logarithms."""
    total = max(float(events.sum()), _HALF)
    common = total / float(exposure.sum())
    expected = common * exposure
    apart = float(((events - expected) ** 2 / expected).sum()) - (events.size - 1)
    spread = max(apart, 0.0) / max(float(expected.sum() - (expected**2).sum() / expected.sum()), 1e-12)
    if events.size < 2 or spread <= 0:
        return np.full(events.size, common), np.full((events.size, events.size), 1 / total)
    shape = 1 / spread
    weight = expected / (expected + shape)
    rates = (events + shape) / (exposure + shape / common)
    own = np.diag(1 / (events + shape))
    return rates, own + np.outer(1 - weight, 1 - weight) * (1 / total + spread / events.size)
