"""Attainment that is anchored: simulation and a rule without a model, weighed on the scale of log odds.

    logit p = w logit(simulated) + (1 - w) logit(rule)

The band has the half-widths of the simulation's on that scale, times a factor.
"""

from __future__ import annotations

import dataclasses
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TINY = 1e-9
LOW = 0.05
"""Of what comes, below a 90% band."""
NORMAL = 1.6449
"""Half the width of a 90% band, in standard errors."""


@dataclasses.dataclass(frozen=True)
class TwoForecasts:
    """What was simulated of some windows, and what a rule says of them: an element for each."""

    simulated: Array
    """Expected share on time."""
    low: Array
    """5th percentile over replications."""
    high: Array
    """95th percentile."""
    ruled: Array
    """What the rule says; NaN where it knows nothing."""
    items: Array
    """Items that count."""


def anchored(both: TwoForecasts, weight: Array | float, factor: Array | float) -> tuple[Array, Array, Array]:
    """Return the anchored share of windows with the ends of its 90% band; NaN where the rule knows nothing.

    `weight` is that of the simulation, `factor` that of the half-widths. An end that is as close to none or all as half
    an item is 0 or 1.
    """
    middle = stacked(both, weight)
    below, above = half_widths(both)
    low, high = expit(middle - factor * below), expit(middle + factor * above)
    edge = _edge(both.items)
    low, high = np.where(low <= edge + TINY, 0.0, low), np.where(high >= 1 - edge - TINY, 1.0, high)
    return expit(middle), low, high


def stacked(both: TwoForecasts, weight: Array | float) -> Array:
    """Return the anchored log odds of windows."""
    simulated, ruled = logit(both.simulated, both.items), logit(both.ruled, both.items)
    return np.asarray(weight * simulated + (1 - weight) * ruled)


def half_widths(both: TwoForecasts) -> tuple[Array, Array]:
    """Return how far the simulation's band reaches below and above in log odds: no less than chance alone."""
    low, middle, high = (logit(shares, both.items) for shares in (both.low, both.simulated, both.high))
    share = expit(middle)
    chance = NORMAL / np.sqrt(both.items * share * (1 - share))
    return np.maximum(middle - low, chance), np.maximum(high - middle, chance)


def moved_in_odds(share: Array, before: Array, after: Array, items: Array) -> Array:
    """Return anchored shares moved by a simulated change in log odds: from a share `before` it to the one `after`."""
    return expit(logit(share, items) + logit(after, items) - logit(before, items))


def logit(shares: Array, items: Array) -> Array:
    """Return log odds of shares, kept half an item away from none and all."""
    edge = _edge(items)
    inside = np.clip(shares, edge, 1 - edge)
    return np.asarray(np.log(inside / (1 - inside)))


def of_few(replications: int) -> float:
    """Return the factor on half-widths that makes percentiles of some replications a band of 90% of what comes.

    Linear between order statistics, the 5th percentile of n is where one more draw lies below with the chance
    (1 + 0.05 (n - 1)) / (n + 1), which is 7% of 40. Log odds are taken as normal. One replication has no width.
    """
    if replications < 2:
        return 1.0
    below = (1 + LOW * (replications - 1)) / (replications + 1)
    return NormalDist().inv_cdf(LOW) / NormalDist().inv_cdf(below)


def expit(values: Array) -> Array:
    """Return the shares of log odds."""
    return np.asarray(1 / (1 + np.exp(-values)))


def _edge(items: Array) -> Array:
    """Return the share that stands for none of some items."""
    return np.asarray(0.5 / (items + 1))
