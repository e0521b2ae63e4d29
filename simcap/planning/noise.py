"""What chance alone does to the difference between two runs: whether a loss exceeds what equal runs show.

Two runs on the same draws differ by what was changed, and by noise: one item that overtakes another shifts all later
ones. So the worst of many windows is always worse, even if nothing was changed. It is compared with the same maximum
of equal runs: if both runs were equal, each replication's differences might as well have the other sign
(Fisher 1935; the maximum over windows: Westfall & Young 1993).
"""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.comparison import Run
from simcap.analysis.figures import Subject
from simcap.analysis.ratios import linear
from simcap.analysis.summary import spread

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

ENOUGH = 5
"""Replications from which signs can be exchanged: with fewer there are too few ways."""
RARE = 0.01
"""Share of equal runs that may show as much; with few replications, the smallest share that they can resolve."""
FLIPS = 4096
"""Most ways to exchange signs that are tried; all, if there are fewer."""
ROUNDING = 1e-12


@dataclasses.dataclass(frozen=True)
class Worst:
    """The window that loses most."""

    window: int
    loss: float
    """NaN where no window can be compared."""
    low: float
    high: float
    """The 95% interval of the loss in this window, chosen or not; NaN for a single replication."""
    chance: float
    """Share of equal runs whose worst window loses as much; NaN for a single replication."""
    stands_out: bool


def shares(run: Run, subject: Subject, period: str) -> Array:
    """Return [replication, window] of an SLA's attainment such that means are ratios of sums.

    NaN where nothing counts.
    """
    counted, on_time = (run.figures.of("sla", period, subject, name) for name in ("counted", "on_time"))
    return linear(on_time, counted).values


def worst_window(base: Array, run: Array, judged: Flags) -> Worst:
    """Return the judged window that loses most from one run to another, both [replication, window]."""
    gaps = base - run
    mean = np.where(judged & ~np.isnan(gaps[0]), gaps.mean(axis=0), -np.inf)
    window = int(mean.argmax())
    loss = float(mean[window])
    if not np.isfinite(loss):
        return Worst(window, np.nan, np.nan, np.nan, np.nan, stands_out=False)
    known, told = np.isfinite(mean), spread(gaps[:, [window]])
    low, high = (float(np.clip(end[0], -1.0, 1.0)) for end in (told.ci_low, told.ci_high))
    if len(gaps) >= ENOUGH:
        chance = float((_flipped(gaps[:, known]) >= loss - ROUNDING).mean())
        return Worst(window, loss, low, high, chance, stands_out=loss > 0 and chance <= max(RARE, 2.0 ** -len(gaps)))
    if len(gaps) == 1:
        return Worst(window, loss, low, high, np.nan, stands_out=loss > 0)
    equal = _between_repeats(base[:, known])
    agree = bool((gaps[:, window] > 0).all())
    chance = float((equal >= loss).mean())
    return Worst(window, loss, low, high, chance, stands_out=agree and bool((equal < loss).all()))


def _flipped(gaps: Array) -> Array:
    """Return the largest mean of any window for ways to exchange the signs of replications."""
    count = len(gaps)
    if 2**count <= FLIPS:
        signs = np.array(list(itertools.product((1.0, -1.0), repeat=count)))
    else:
        signs = np.random.default_rng(count).choice((1.0, -1.0), (FLIPS, count))
        signs[0] = 1.0
    largest: Array = (signs @ gaps / count).max(axis=1)
    return largest


def _between_repeats(base: Array) -> Array:
    """Return the largest difference of any window between two of the base's own replications, scaled to means.

    These share no draws, so they differ more than equal runs on the same draws do.
    """
    pairs = itertools.permutations(range(len(base)), 2)
    largest = np.array([(base[one] - base[other]).max() for one, other in pairs], np.float64)
    return largest / float(np.sqrt(len(base)))
