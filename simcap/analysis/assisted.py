"""Means from few simulated replications and many sketches of the same draws.

The sketch is a control variate with an estimated coefficient (Lavenberg & Welch 1981; Nelson 1990) whose own mean is
not known, but told by more sketches than there are simulations (multi-fidelity Monte Carlo: Peherstorfer, Willcox &
Gunzburger 2016). Replications 0..N-1 are sketched, 0..n-1 of them simulated as well:

    estimate = y_n - b (x_n - x_N),    variance = residual / n + b^2 var(x) / N + var(b) (x_n - x_N)^2

The first n sketches are part of both means of x, which is why both parts of the variance are not those of two
independent samples: what the line leaves is averaged over n, what it explains over N. Intervals are those of plain runs
(`share_interval`, `difference_interval`, Student's t) with this error, and degrees of freedom after Welch (1947) and
Satterthwaite (1946).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.figures import Figures, Subject
from simcap.analysis.pairs import difference_interval
from simcap.analysis.ratios import linear
from simcap.analysis.regression import Regression, regress
from simcap.analysis.summary import share_interval

Array = NDArray[np.float64]
Counts = tuple[Array, Array]
"""Items on time, and items counted: [replication, window] each."""
Pair = tuple[Counts, Counts]
"""Of N sketches, and of the first n of the same replications as simulated."""
Interval = Callable[[Array, Array, Array], tuple[Array, Array]]
"""From an estimate, its error, and the factor on it."""

CONFIDENCE: Final = 0.90
LEAST_RHO2: Final = 0.3
"""A sketch that explains less of what varies is not used."""
ROUNDING: Final = 1e-12
NOISE_ITEMS: Final = 2.0
"""Items by which a share of 0% or 100% may yet be wrong: they keep its variance from being zero."""


@dataclasses.dataclass(frozen=True)
class Assisted:
    """Means by window; NaN where nothing was counted."""

    estimate: Array
    low: Array
    high: Array
    effective: Array
    """Simulated replications that would tell as much without sketches; NaN where nothing varies."""
    gap: Array
    """Sketch minus simulation, in the replications that have both."""
    gap_error: Array
    slope: float
    rho2: float
    """Share of the variance that the sketch explains, over all windows; NaN if it was not tried."""
    note: str
    """Why sketches were not used; empty if they were."""


@dataclasses.dataclass(frozen=True)
class _Material:
    """Figures whose means over replications are what is asked for, and what their residual variance goes by."""

    every: Array
    """[N, window] sketches."""
    sketched: Array
    """[n, window] sketches of the simulated replications."""
    simulated: Array
    """[n, window]."""
    unit: Array
    """[N, window]."""
    known: NDArray[np.int64]
    """[window] replications that have a figure."""


def counts_of(figures: Figures, subject: Subject, period: str) -> Counts:
    """Return the items of an SLA row that were on time, and those counted, by replication and window."""
    on_time, counted = (figures.of("sla", period, subject, measure) for measure in ("on_time", "counted"))
    return on_time, counted


def assisted_shares(sketch: Counts, simulated: Counts, confidence: float = CONFIDENCE) -> Assisted:
    """Return shares as contracts count them, ratios of sums, by window: items on time of items counted.

    Residual variance goes by x (1 - x) + 2 / items. Intervals stay within 0 and 1.
    """
    items = simulated[1].sum(axis=0)

    def interval(share: Array, error: Array, quantile: Array) -> tuple[Array, Array]:
        return share_interval(share, error, quantile, items=items, borrowed=True)

    return _assisted(_shares(sketch, simulated), interval, (0.0, 1.0), confidence)


def assisted_share_differences(base: Pair, variant: Pair, confidence: float = CONFIDENCE) -> Assisted:
    """Return how much higher shares are in a variant on the same draws, by window.

    Residual variance goes by |d| (1 - |d|) + 2 / items, d being the sketches' difference: only items that one run has
    on time and the other has not make a difference vary. A window in which no replication differs differs by 0.
    """
    one, other = (_shares(*pair) for pair in (base, variant))
    gap = np.abs(_own(variant[0]) - _own(base[0]))
    spread = gap * (1 - gap) + NOISE_ITEMS / np.maximum(_mean_count(base[1]), 1.0)
    moves = differs(base, variant)
    every, sketched, simulated = (
        np.where(moves | np.isnan(values), values, 0.0)
        for values in (other.every - one.every, other.sketched - one.sketched, other.simulated - one.simulated)
    )
    material = _Material(every, sketched, simulated, spread * moves, np.minimum(one.known, other.known))
    return _assisted(material, difference_interval, (-1.0, 1.0), confidence)


def differs(base: Pair, variant: Pair) -> NDArray[np.bool_]:
    """Return whether any sketch or simulation of a window differs between two runs, by more than rounding."""
    gaps = [np.abs(_own(other) - _own(one)) for one, other in zip(base, variant, strict=True)]
    return np.asarray(np.any([(np.nan_to_num(gap) > ROUNDING).any(axis=0) for gap in gaps], axis=0))


def assisted_values(sketch: Array, simulated: Array, confidence: float = CONFIDENCE) -> Assisted:
    """Return means of any measure, such as money, by window: [N, window] sketches, [n, window] simulated.

    Residual variance goes by the variance of the sketches. For differences between two runs on the same draws, pass the
    differences. Raises `ValueError` if a figure is missing (NaN) or infinite: its mean would stand for other draws.
    """
    if not (np.isfinite(sketch).all() and np.isfinite(simulated).all()):
        raise ValueError("means of a measure that some replications do not have cannot be told from sketches")
    unit = np.broadcast_to(sketch.var(axis=0), sketch.shape)
    count = len(simulated)
    material = _Material(sketch, sketch[:count], simulated, unit, np.full(simulated.shape[1], count))
    return _assisted(material, _plain_interval, (-np.inf, np.inf), confidence)


def why_counted(rho2: float, replications: int) -> str:
    """Return why sketches are not to be used, in words; empty if they are."""
    if replications < 2:
        return "one replication cannot show how far a sketch is off"
    if np.isnan(rho2):
        return "the sketch is the same in every replication"
    if rho2 < LEAST_RHO2:
        return f"the sketch explains {rho2:.0%} of what varies, less than {LEAST_RHO2:.0%}"
    return ""


def varies(sketch: Array) -> bool:
    """Return whether sketches of any window differ by more than rounding."""
    return bool((np.nan_to_num(np.ptp(sketch, axis=0)) > ROUNDING).any())


def combined_freedom(*parts: tuple[Array, Array | float]) -> Array:
    """Return the degrees of freedom of a sum of variances, each with its own (Satterthwaite 1946)."""
    total = np.sum([part for part, _ in parts], axis=0)
    noise = np.sum([part**2 / np.maximum(freedom, 1.0) for part, freedom in parts], axis=0)
    return np.asarray(np.where(noise > 0, total**2 / np.where(noise > 0, noise, 1.0), np.inf))


def t_factor(freedom: Array | float, confidence: float) -> Array:
    """Return the factor on an error for a two-sided interval of Student's t."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.clip(freedom, 1.0, 1e6), 0.5 + confidence / 2))


def _assisted(material: _Material, interval: Interval, bounds: tuple[float, float], confidence: float) -> Assisted:
    every, sketched, simulated = material.every, material.sketched, material.simulated
    count = len(simulated)
    if len(sketched) != count:
        raise ValueError(f"{count} replications are simulated, and only {len(sketched)} of them sketched")
    gaps = sketched - simulated
    exists = np.isfinite(every.mean(axis=0) + gaps.mean(axis=0))
    unit = np.where(exists, material.unit, 0.0)
    line = regress(_deviations(every), _deviations(simulated), unit) if count > 1 else None
    rho2 = line.rho2 if line is not None and varies(every) else float("nan")
    note = why_counted(rho2, count)
    plain = simulated.mean(axis=0)
    if line is None or note:
        one, error2 = _variance(simulated), _variance(simulated) / count
        estimate, quantile = plain, t_factor(np.asarray(material.known - 1.0), confidence)
    else:
        off = sketched.mean(axis=0) - every.mean(axis=0)
        one = line.explained + line.residual
        error2, freedom = _error(line, off, count, len(every))
        estimate = np.clip(plain - line.slope * off, *bounds)
        quantile = t_factor(freedom, confidence)
    ends = interval(estimate, np.sqrt(np.where(material.known > 1, error2, np.nan)), quantile)
    low, high = (np.clip(end, *bounds) for end in ends)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = one / error2
    slope = line.slope if line is not None else 1.0
    gap_error = np.sqrt(_variance(gaps) / count)
    return Assisted(estimate, low, high, effective, gaps.mean(axis=0), gap_error, slope, rho2, note)


def _error(line: Regression, off: Array, simulated: int, sketched: int) -> tuple[Array, Array]:
    """Return the squared error of an estimate and its degrees of freedom."""
    left, explained = line.residual / simulated, line.explained / sketched
    doubt = line.slope_variance * off**2
    freedom = combined_freedom((left, line.freedom), (explained, sketched - 1.0), (doubt, line.common_freedom))
    return left + explained + doubt, freedom


def _shares(sketch: Counts, simulated: Counts) -> _Material:
    count = len(simulated[0])
    found, every = linear(*simulated), linear(*sketch)
    part = linear(sketch[0][:count], sketch[1][:count])
    own = _own(sketch)
    unit = own * (1 - own) + NOISE_ITEMS / np.maximum(_mean_count(simulated), 1.0)
    return _Material(every.values, part.values, found.values, unit, found.known)


def _own(counts: Counts) -> Array:
    """Return each replication's own share; that of all where it has no items."""
    part, whole = counts
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(whole > 0, part / whole, part.sum(axis=0) / whole.sum(axis=0)))


def _mean_count(counts: Counts) -> Array:
    return np.asarray(counts[1].mean(axis=0))


def _deviations(values: Array) -> Array:
    return np.asarray(np.nan_to_num(values - values.mean(axis=0)))


def _variance(values: Array) -> Array:
    count = len(values)
    return np.asarray(values.var(axis=0, ddof=1)) if count > 1 else np.full(values.shape[1], np.nan)


def _plain_interval(mean: Array, error: Array, quantile: Array) -> tuple[Array, Array]:
    return mean - quantile * error, mean + quantile * error
