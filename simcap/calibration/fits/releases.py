"""Claims that are given back undecided: how many, how long they last, and what they add to the work on a queue.

A scenario has no rule for them: its items are taken once. The share and the time are told; the time, which is agents'
time as any other, is counted into the mean handle time, so that an item costs what it cost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, of_queue
from simcap.calibration.fits.pooled_rates import pooled_rates
from simcap.calibration.history.folds import CLAIMS
from simcap.calibration.history.sheets import Note
from simcap.units import HOUR

Array = NDArray[np.float64]

SHARE: Final = "release_share"
LENGTH: Final = "release_time"
_MOST: Final = 0.95


def fit_releases(items: pd.DataFrame) -> list[Fit]:
    """Fit the share of each queue's claims that are given back, and the mean time that these take.

    Shares are pooled over queues by how alike they are; their errors count that days differ by more than chance.
    """
    if not set(CLAIMS) <= set(items) or not items["returned"].sum():
        return []
    sums = _sums(items, ["queue"])
    returned, claims = (sums[name].to_numpy(float) for name in ("returned", "claims"))
    rates, covariance = pooled_rates(returned, claims)
    shares = np.minimum(rates, _MOST)
    # From ln(share) to its logit.
    slope = 1 / (1 - shares)
    covariance = covariance * np.outer(slope, slope) * _beyond_chance(items)
    length, error = _length(items)
    size = shares.size
    joint = np.zeros((2 * size, 2 * size))
    joint[:size, :size], joint[size:, size:] = covariance, error**2
    names = [of_queue(str(queue)) for queue in sums.index]
    estimates = [
        Estimate(name, (SHARE,), share, "logit", "share") for name, share in zip(names, shares.tolist(), strict=True)
    ]
    estimates += [Estimate(name, (LENGTH,), length, "log", "s") for name in names]
    goodness = {"given back": float(returned.sum()), "hours of agents": float(items["lost"].sum()) / HOUR}
    return [Fit("releases", tuple(estimates), joint, int(claims.sum()), goodness, drawn=False, told=True)]


def with_releases(fits: Sequence[Fit | NotFitted], items: pd.DataFrame) -> list[Fit | NotFitted]:
    """Return fits whose handle times have the time of claims that were given back in their means."""
    longer = _longer(items)
    return [
        _scaled(one, longer.get(one.subject.name, 1.0)) if isinstance(one, Fit) and one.kind == "handle time" else one
        for one in fits
    ]


def at_cost(items: pd.DataFrame) -> pd.DataFrame:
    """Return items with handle times that have the time of an item's claims that were given back in them."""
    return items.assign(handle=items["handle"] + items["lost"]) if "lost" in items else items


def notes_of_releases(items: pd.DataFrame) -> Iterator[Note]:
    """Yield of each queue how many claims were given back, and what that adds to its handle times."""
    longer = _longer(items)
    if not longer:
        return
    for queue, row in _sums(items, ["queue"]).iterrows():
        if row["returned"]:
            added = longer.get(str(queue), 1.0) - 1
            said = f"{row['returned'] / row['claims']:.1%} of claims; {row['lost'] / HOUR:,.0f} h of agents went into "
            said += f"them, which the mean handle time has in it (+{added:.1%})"
            yield Note(f"claims of {queue} that were given back", int(row["returned"]), said)


def _sums(items: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return items.groupby(keys, observed=True)[list(CLAIMS)].sum()


def _longer(items: pd.DataFrame) -> dict[str, float]:
    """Return by queue the time of all claims of its items as a multiple of that of the deciding ones."""
    if not set(CLAIMS) <= set(items):
        return {}
    known = items[items["handle"] > 0]
    decided = known["handle"].groupby(known["queue"], observed=True).agg(["mean", "size"])
    lost = items["lost"].groupby(items["queue"], observed=True).sum()
    longer = 1 + lost.reindex(decided.index) / (decided["mean"] * decided["size"])
    return {str(queue): float(factor) for queue, factor in longer.items()}


def _scaled(fit: Fit, factor: float) -> Fit:
    """Return a fit of handle times with all its durations multiplied."""
    estimates = tuple(
        dataclasses.replace(one, value=one.value * factor) if one.unit == "s" else one for one in fit.estimates
    )
    return dataclasses.replace(fit, estimates=estimates)


def _beyond_chance(items: pd.DataFrame) -> float:
    """Return by how much the variance of what is given back in a day of a queue exceeds that of chance; at least 1."""
    days = _sums(items, ["queue", "day"])
    whole = days.groupby("queue", observed=True).transform("sum")
    expected = days["claims"] * whole["returned"] / whole["claims"]
    some = expected > 0
    free = max(int(some.sum()) - days.index.get_level_values("queue").nunique(), 1)
    variance = expected * (1 - whole["returned"] / whole["claims"])
    return max(float(((days["returned"] - expected) ** 2 / variance)[some].sum()) / free, 1.0)


def _length(items: pd.DataFrame) -> tuple[float, float]:
    """Return the mean seconds of a claim that was given back, and the standard error of its logarithm."""
    some = items[items["returned"] > 0]
    count = float(some["returned"].sum())
    mean = float(some["lost"].sum()) / count
    each = some["lost"] / some["returned"]
    return max(mean, 1e-9), float(each.std(ddof=0)) / max(mean, 1e-9) / count**0.5
