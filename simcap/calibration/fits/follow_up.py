"""Follow-up work: how many decisions of a queue are followed by work on another, and how much later."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.summary import wilson
from simcap.calibration.fits.families import choose
from simcap.calibration.fits.fit import Estimate, Fit, Key, NotFitted, Picture, Subject, of_queue, share_of

Array = NDArray[np.float64]

ENOUGH_FOLLOWED = 30
ENOUGH_DAYS = 7
AT_ONCE = 60.0
"""Delays with a median below this many seconds count as none."""
LONGEST = 0.99
"""Quantile of the delay: decisions closer than that to the end may still be followed, and are left out."""
_CONSTANT = 0.01
"""Coefficient of variation below which all delays are the same."""


def fit_follow_ups(items: pd.DataFrame) -> list[Fit | NotFitted]:
    """Fit shares and delays of the work that follows decisions. `items` has item and parent (NA: none)."""
    if "parent" not in items:
        return [
            NotFitted("follow-up", "the item log has no columns `item` and `parent`: so what follows what is unknown")
        ]
    decided = items.loc[items["completed"].notna() & items["item"].notna(), ["item", "queue", "completed"]]
    decided = decided.drop_duplicates("item").set_index("item")
    kids = items.loc[items["parent"].isin(decided.index), ["parent", "queue", "created"]]
    parents = decided.loc[kids["parent"]]
    table = pd.DataFrame(
        {
            "from": parents["queue"].astype(str).to_numpy(),
            "to": kids["queue"].astype(str).to_numpy(),
            "parent": kids["parent"].to_numpy(),
            "delay": np.maximum(kids["created"].to_numpy(float) - parents["completed"].to_numpy(float), 0.0),
        }
    )
    end = float(items["created"].max())
    return [
        _fit(str(origin), str(to), rows, decided[decided["queue"] == origin]["completed"], end)
        for (origin, to), rows in table.groupby(["from", "to"], sort=True)
    ]


def _fit(origin: str, to: str, rows: pd.DataFrame, decided: pd.Series, end: float) -> Fit | NotFitted:
    subject, own = of_queue(origin), ("then", to)
    kept = decided[decided <= end - rows["delay"].quantile(LONGEST)]
    followed = kept.index.isin(rows["parent"])
    day = np.floor(kept.to_numpy(float) / 86400).astype(np.int64)
    by_day = np.bincount(day - day.min()).astype(float) if day.size else np.zeros(0)
    if followed.sum() < ENOUGH_FOLLOWED or (by_day > 0).sum() < ENOUGH_DAYS:
        return NotFitted(
            subject.path(*own),
            f"{followed.sum()} decisions were followed; {ENOUGH_FOLLOWED} are needed, on a week's days",
        )
    open_days = by_day > 0
    part = np.bincount(day - day.min(), followed.astype(float))
    share, variance = share_of(part[open_days].astype(float), by_day[open_days])
    estimates, covariance = [Estimate(subject, (*own, "share"), share, "logit", "share")], np.array([[variance]])
    delay = np.maximum(rows["delay"].to_numpy(float), 0.5)
    goodness = {"followed": float(followed.sum())}
    if np.median(delay) >= AT_ONCE:
        more, errors = _delay(subject, (*own, "after"), delay)
        estimates += more
        covariance = np.diag([variance, *errors])
    picture = _picture(share, (day - day.min()) // 7, followed)
    return Fit("follow-up", tuple(estimates), covariance, len(kept), goodness, picture=picture)


def _picture(share: float, week: NDArray[np.int64], followed: NDArray[np.bool_]) -> Picture:
    """Return the share of decisions that are followed, by week."""
    part, whole = (np.bincount(week, weights).astype(np.float64) for weights in (followed, np.ones(week.size)))
    x = np.flatnonzero(whole).astype(np.float64)
    part, whole = part[whole > 0], whole[whole > 0]
    low, high = wilson(part, whole)
    return Picture(x + 0.5, part / whole, low, high, np.array([0.0, x.max() + 1.0]), np.full(2, share), "weeks")


def _delay(subject: Subject, own: Key, delay: Array) -> tuple[list[Estimate], list[float]]:
    """Return the delay's family, by held-out likelihood, and the variances of its logarithms."""
    spread = float(delay.std() / delay.mean())
    if spread < _CONSTANT:
        return [Estimate(subject, (*own, "constant"), float(delay.mean()), "log", "s")], [spread**2 / delay.size]
    _, shape = choose(delay, np.random.default_rng(1), ("lognormal", "gamma", "weibull"))
    ((_, mean, cv),) = map(dataclasses.astuple, shape.parts)
    estimates = [
        Estimate(subject, (*own, shape.family, "mean"), mean, "log", "s"),
        Estimate(subject, (*own, shape.family, "cv"), cv, "log"),
    ]
    # Of the logarithms of a mean and of a standard deviation, as of a lognormal sample: to first order in 1 / n.
    return estimates, [cv**2 / delay.size, (1 + cv**2) / (2 * delay.size)]
