"""Many repetitions of an estimate on a made-up desk: its bias, coverage and gain over plain counting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tests.analysis.desks import LATER

Array = NDArray[np.float64]


class Interval(Protocol):
    """Estimates by window, with their intervals."""

    @property
    def low(self) -> Array: ...

    @property
    def high(self) -> Array: ...

    @property
    def effective(self) -> Array: ...


class Later(NamedTuple):
    """Intervals of `LATER` windows alone."""

    low: Array
    high: Array
    effective: Array


class Study(NamedTuple):
    """What many repetitions show, over all windows."""

    bias: float
    bias_error: float
    coverage: float
    worst: float
    """Coverage of the window that is covered least."""
    gain: float
    """Mean squared error of plain counting over that of the estimate."""
    said: float
    """Gain that the estimate itself states: effective replications over those simulated, median."""
    width: float


def study(rows: Iterable[tuple[Interval, Array, Array]], truth: Array, simulated: int) -> Study:
    """Compare repetitions (result, its estimate, plain count), each by window, with the truth."""
    found = list(rows)
    low, high, effective = (np.array([getattr(row[0], name) for row in found]) for name in ("low", "high", "effective"))
    estimate, plain = np.array([row[1] for row in found]), np.array([row[2] for row in found])
    off = estimate - truth
    covered = ((low <= truth) & (truth <= high)).mean(axis=0)
    of_repetition = np.nanmean(off, axis=1)
    gain = float(((plain - truth)[np.isfinite(off)] ** 2).mean() / np.nanmean(off**2))
    return Study(
        float(np.nanmean(off)),
        float(of_repetition.std(ddof=1) / len(found) ** 0.5),
        float(covered.mean()),
        float(covered.min()),
        gain,
        float(np.nanmedian(effective)) / simulated,
        float((high - low).mean()),
    )


def later(rows: Iterable[tuple[Interval, Array, Array]]) -> list[tuple[Interval, Array, Array]]:
    """Return repetitions without the windows before a change."""
    return [
        (Later(found.low[LATER], found.high[LATER], found.effective[LATER]), estimate[LATER], plain[LATER])
        for found, estimate, plain in rows
    ]
