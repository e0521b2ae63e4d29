"""Chances of missing a target from few simulated replications and many sketches of the same draws.

The mean over all sketches of the chance given each is precise, and wrong as far as the line and the normal tail are
(`smoothing`). Simulated replications correct it by the mean of what they show minus what it says (generalised
regression estimator: Sarndal, Swensson & Wretman 1992). That is unbiased but noisy, so a chance is corrected only as
far as the corrections of all windows are larger than noise (Morris 1983); the interval is that of this chance.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.assisted import CONFIDENCE, Counts, Pair, combined_freedom, differs, t_factor
from simcap.analysis.pairs import difference_interval, paired_chances
from simcap.analysis.regression import kurtosis, moderated
from simcap.analysis.smoothing import Smoothed, mean_of_known, smoothed_misses
from simcap.analysis.summary import share_interval

Array = NDArray[np.float64]

RARE: Final = 0.01
"""Chances below it are told by sketches alone: few replications cannot correct them."""
LEAST_NEAR: Final = 5.0
"""Fewer sketches near the target do not tell a rare chance."""
TOO_RARE: Final = "too rare to tell: fewer than five sketches come near the target"
"""Why a chance is NaN although items were counted."""


FAR: Final = 1e6
"""Standard deviations beyond which nothing changes any more."""


@dataclasses.dataclass(frozen=True)
class AssistedChances:
    """Chances by window, or differences of chances; NaN where nothing was counted."""

    chance: Array
    """NaN also where it is `untold`; its interval is then from 0 to what so many sketches rule out."""
    low: Array
    high: Array
    unbiased: Array
    """Corrected in full by the simulated replications; may lie outside what is possible."""
    unbiased_error: Array
    smoothed: Array
    """Not corrected at all."""
    effective: Array
    """Simulated replications that would tell as much by counting; NaN where nothing varies."""
    untold: NDArray[np.bool_]
    """[window] whether it is `TOO_RARE`."""
    rho2: float
    """Share of the variance of attainment that the sketch explains; NaN if it was not tried."""
    note: str
    """Why misses were counted; empty if sketches were used."""


def assisted_misses(
    sketch: Counts, simulated: Counts, target: float, confidence: float = CONFIDENCE
) -> AssistedChances:
    """Return the chance by window that the share of items on time is below a target.

    Chances below 1% of which no simulated replication has seen a case are those of sketches alone. They are not told if
    fewer than five sketches (by Kish's effective number) make up the chance; only what so many sketches rule out is.
    """
    found = smoothed_misses(sketch, simulated, target)
    if found.note:
        return _counted(found, confidence)
    scatter = found.chance * (1 - found.chance)
    corrected = _corrected(found.chance, found.missed, scatter, found.doubt, least_factor=1.0)
    chance = np.clip(corrected.chance, 0.0, 1.0)
    items = np.full(chance.shape, float(len(found.missed)))
    quantile = t_factor(corrected.freedom, confidence)
    low, high = share_interval(chance, corrected.error, quantile, items=items, borrowed=True)
    sketches = np.isfinite(found.chance).sum(axis=0).astype(float)
    rare = (chance < RARE) & (np.nansum(found.missed, axis=0) == 0)
    untold = rare & (_near(found.chance) < LEAST_NEAR)
    alone = np.where(untold, np.nan, corrected.smoothed)
    error = np.where(rare, np.sqrt(corrected.between + found.doubt), corrected.error)
    rare_low, rare_high = _by_odds(alone, error, confidence)
    beyond = share_interval(np.zeros_like(error), error, t_factor(np.inf, confidence), items=sketches)[1]
    rare_low, rare_high = np.where(untold, 0.0, rare_low), np.where(untold, corrected.smoothed + beyond, rare_high)
    told = np.where(rare, alone, chance)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = np.where((told > 0) & (told < 1), told * (1 - told) / error**2, np.nan)
    return AssistedChances(
        told, np.where(rare, rare_low, low), np.where(rare, rare_high, high), corrected.unbiased,
        corrected.unbiased_error, corrected.smoothed, effective, untold, found.rho2, "",
    )  # fmt: skip


def assisted_miss_differences(
    base: Pair, variant: Pair, targets: tuple[float, float], confidence: float = CONFIDENCE
) -> AssistedChances:
    """Return how much likelier a miss is in a variant on the same draws, by window; targets of base and variant.

    In a window in which no replication differs the difference is 0.
    """
    one, other = (smoothed_misses(*pair, target) for pair, target in zip((base, variant), targets, strict=True))
    missed = other.missed - one.missed
    if one.note or other.note:
        return _counted_differences(one, other, confidence)
    gap, doubt = other.chance - one.chance, one.doubt + other.doubt
    scatter = one.chance * (1 - one.chance) + other.chance * (1 - other.chance)
    # One line for each run, of all its windows: chances would differ although nothing does.
    moves = differs(base, variant) | np.isnan(doubt) | (targets[0] != targets[1])
    corrected = _corrected(gap[:, moves], missed[:, moves], scatter[:, moves], doubt[moves], least_factor=0.0)
    chance = np.clip(corrected.chance, -1.0, 1.0)
    ends = difference_interval(chance, corrected.error, t_factor(corrected.freedom, confidence))
    low, high = (np.clip(end, -1.0, 1.0) for end in ends)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = corrected.single / corrected.error**2

    def told(values: Array, still: float = 0.0) -> Array:
        return _spread_out(values, moves, still)

    return AssistedChances(
        told(chance), told(low), told(high), told(corrected.unbiased), told(corrected.unbiased_error),
        told(corrected.smoothed), told(effective, np.nan), np.zeros(moves.shape, bool), min(one.rho2, other.rho2), "",
    )  # fmt: skip


def _spread_out(values: Array, moves: NDArray[np.bool_], still: float) -> Array:
    """Return the values of windows that move among all of them."""
    every = np.full(moves.shape, still)
    every[moves] = values
    return every


# -- correcting -----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class _Corrected:
    """Chances of windows with their errors."""

    smoothed: Array
    between: Array
    """Variance of `smoothed` from the number of sketches."""
    unbiased: Array
    unbiased_error: Array
    chance: Array
    error: Array
    freedom: Array
    single: Array
    """Variance of one replication's figure."""


def _corrected(chance: Array, missed: Array, scatter: Array, doubt: Array, least_factor: float) -> _Corrected:
    """Correct smoothed chances [N, window] by what happened [n, window].

    `scatter` is the variance of what happens given each sketch; it is scaled to what is seen over all windows, with one
    case of the expected size added, but by no less than `least_factor`; below 1, two runs share it, and with it the
    errors of their lines. The variance of what smoothing leaves out is
    the mean of its posterior, a normal one cut at 0: with few windows it may be large although none is seen.
    """
    from scipy.special import log_ndtr

    off = missed - chance[: len(missed)]
    known, sketches = np.isfinite(off).sum(axis=0), np.isfinite(chance).sum(axis=0)
    windows = max(int((known > 1).sum()), 1)
    expected = np.where(np.isfinite(off), scatter[: len(missed)], 0.0).sum()
    factor = max((np.nansum(off**2) + 1) / (expected + 1), least_factor)
    doubt = doubt * min(factor, 1.0)
    smoothed, correction = mean_of_known(chance), mean_of_known(off)
    single = factor * mean_of_known(scatter)
    with np.errstate(invalid="ignore", divide="ignore"):
        noise = np.where(known > 1, single / known, np.nan)
        between = _spread_of(chance - smoothed) / (sketches - 1)
        seen = mean_of_known((correction**2 - noise)[:, None])[0]
        spread = np.sqrt(2 / windows * mean_of_known((noise**2)[:, None])[0]) + np.finfo(float).tiny
        place = np.clip(seen / spread, -FAR, FAR)
        left = seen + spread * np.exp(-(place**2) / 2 - log_ndtr(place)) / np.sqrt(2 * np.pi)
        kept = np.where(noise > 0, np.maximum(left, 0.0) / (np.maximum(left, 0.0) + noise), 1.0)
    full = noise + between
    variance = np.minimum(between + doubt + kept * noise, np.maximum(full, between + doubt))
    freedom = combined_freedom((np.nan_to_num(noise), (known - 1.0) * windows), (between, sketches - 1.0))
    return _Corrected(
        smoothed, between, smoothed + correction, np.sqrt(full), smoothed + kept * correction, np.sqrt(variance),
        freedom, single + between * sketches,
    )  # fmt: skip


def _spread_of(deviations: Array) -> Array:
    """Return the variance of sketches by window, drawn together as far as chance explains the differences.

    Rare outages strike some windows of a sample and not others, although each was as likely to be struck.
    """
    variance = mean_of_known(deviations**2)
    exists = np.isfinite(variance)
    if exists.any():
        chance = (kurtosis(np.nan_to_num(deviations[:, exists])) - 1) / len(deviations)
        variance[exists] = moderated(variance[exists], chance)[0]
    return variance


def _near(chance: Array) -> Array:
    """Return how many sketches make up a mean chance (Kish 1965)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nan_to_num(np.nansum(chance, axis=0) ** 2 / np.nansum(chance**2, axis=0)))


def _by_odds(chance: Array, error: Array, confidence: float) -> tuple[Array, Array]:
    """Return the interval of a rare chance from its error, symmetric in the logarithm of its odds.

    Its upper end is at most twice as far as on the scale of chances: with an error that is a multiple of the chance,
    odds would rule nothing out.
    """
    from scipy.special import expit, logit

    factor = t_factor(np.inf, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = factor * error / (chance * (1 - chance))
        low, high = expit(logit(chance) - half), expit(logit(chance) + half)
        return low, np.minimum(high, chance + 2 * factor * error)


def _counted(found: Smoothed, confidence: float) -> AssistedChances:
    """Return chances as counted, with Wilson's interval."""
    known = np.isfinite(found.missed).sum(axis=0).astype(float)
    chance = mean_of_known(found.missed)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(chance * (1 - chance) / known)
    low, high = share_interval(chance, error, t_factor(np.inf, confidence), items=known)
    return _without_sketches(chance, low, high, error, known, found)


def _counted_differences(base: Smoothed, variant: Smoothed, confidence: float) -> AssistedChances:
    """Return differences of chances as counted in pairs."""
    gap = variant.missed - base.missed
    known = np.isfinite(gap).sum(axis=0).astype(float)
    factor = float(t_factor(np.inf, confidence))
    rows = [paired_chances(*pair, factor) for pair in zip(base.missed.T, variant.missed.T, strict=True)]
    chance, low, high = np.array(rows).reshape(-1, 3).T
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(mean_of_known((gap - chance) ** 2) / (known - 1))
    return _without_sketches(chance, low, high, error, known, base if base.note else variant)


def _without_sketches(
    chance: Array, low: Array, high: Array, error: Array, known: Array, found: Smoothed
) -> AssistedChances:
    smoothed, told = np.full(chance.shape, np.nan), np.zeros(chance.shape, bool)
    return AssistedChances(chance, low, high, chance, error, smoothed, known, told, found.rho2, found.note)
