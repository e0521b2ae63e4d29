"""What a log leaves open at its end: with that, and as old as it is then, a scenario that follows begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.dead_items import Rule
from simcap.calibration.fits.fit import Estimate, Fit, Key, of_queue
from simcap.calibration.fits.unanswered import waiting_at

Array = NDArray[np.float64]

LISTED: Final = 500
"""Items whose ages are written one by one; of more, quantiles are."""
_PARTS: Final = 500
_ENDS: Final = ["started", "completed", "expired"]


def as_of(items: pd.DataFrame, moment: float) -> pd.DataFrame:
    """Return items created before a moment, without what happened to them after it."""
    past = items[items["created"] < moment].copy()
    for name in _ENDS:
        past[name] = past[name].where(past[name] < moment)
    return past


def fit_backlogs(items: pd.DataFrame, moment: float, rule: Rule) -> Iterator[Fit]:
    """Yield for each queue what waits at a moment, in POSIX seconds; nothing of a log that leaves nothing open.

    Such a log may have been written of decided items alone.
    """
    known = as_of(items, moment)
    ends = known[_ENDS].notna().any(axis=1)
    if ends.all():
        return
    waiting = waiting_at(known, moment, rule)
    told = known.assign(ended=ends).groupby(known["queue"].astype(str))["ended"].any()
    for queue in told.index[told]:
        ages = moment - waiting.loc[waiting["queue"].astype(str) == queue, "created"].to_numpy(float)
        written = written_backlog(ages)
        subject = of_queue(str(queue))
        count = Estimate(subject, ("backlog", "items"), len(ages), "plain")
        fixed: dict[Key, Any] = {("backlog", key): value for key, value in written.items() if key != "items"}
        goodness = {"age of the oldest, h": float(ages.max(initial=0.0)) / 3600}
        seen = int((known["queue"].astype(str) == queue).sum())
        yield Fit("backlog", (count,), np.zeros((1, 1)), seen, goodness, fixed=fixed, drawn=False)


def written_backlog(ages: Array) -> dict[str, Any]:
    """Return items with these ages in seconds as a scenario has them: their ages, or of many their quantiles."""
    known = np.sort(np.asarray(ages, np.float64))
    if not known.size:
        return {"items": 0, "oldest": "0 s"}
    if known.size <= LISTED:
        return {"items": int(known.size), "ages": [f"{age:.0f} s" for age in known[::-1]]}
    shares = np.arange(_PARTS + 1) / _PARTS
    points = np.quantile(known, shares)
    return {
        "items": int(known.size),
        "ages": {f"{100 * share:g}%": f"{age:.0f} s" for share, age in zip(shares.tolist(), points, strict=True)},
    }
