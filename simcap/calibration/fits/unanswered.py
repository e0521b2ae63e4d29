"""Items that a log leaves without an end: open still, or gone at a time that nobody wrote down.

One that is older than any wait that is plausible, and that many later ones of its queue have overtaken, has left: some
time before the agent who took the first of these was free to.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.dead_items import Rule, given_up
from simcap.calibration.history.sheets import Note
from simcap.scenario.relations import aged

Array = NDArray[np.float64]

OVERTAKEN = 10
"""Later items that must have been taken meanwhile."""
PLAUSIBLE = 2.0
"""An item may wait this many times as long as all but one in a thousand that were taken or left."""
AT_ONCE = 1.0
"""Seconds that an item waits at most that is taken at once."""
_USUAL = 0.999


def left_within(items: pd.DataFrame, until: float) -> Array:
    """Return, for items that left at an unknown time, the seconds from creation within which; NaN for all others."""
    found = np.full(len(items), np.nan)
    created = items["created"].to_numpy(float)
    taken = items["started"].fillna(items["completed"]).to_numpy(float)
    ended = items["started"].fillna(items["completed"]).fillna(items["expired"]).to_numpy(float)
    if not np.isnan(ended).any():
        return found
    free = _free_since(items, taken)
    queues = pd.factorize(items["queue"].astype("str"))[0]
    for queue in np.unique(queues[np.isnan(ended)]).tolist():
        mine = queues == queue
        done, open_ = np.flatnonzero(mine & np.isfinite(taken)), np.flatnonzero(mine & np.isnan(ended))
        if done.size < OVERTAKEN:
            continue
        waits = (ended - created)[mine & np.isfinite(ended)]
        old = open_[until - created[open_] > PLAUSIBLE * float(np.quantile(waits, _USUAL))]
        done = done[np.argsort(created[done], kind="stable")]
        next_ = np.searchsorted(created[done], created[old], "right")
        overtaken = next_ + OVERTAKEN <= done.size
        old, first = old[overtaken], done[_earliest(taken[done])[next_[overtaken]]]
        # Had it still been there, it would have been taken as soon as that agent was free.
        since = np.where(free[first] > created[old], free[first], taken[first])
        found[old] = since - created[old]
    return np.asarray(np.maximum(found, 1.0), np.float64)


def _earliest(times: Array) -> NDArray[np.int64]:
    """Return the place of the earliest of the times from each place on."""
    back = times[::-1]
    reached = np.where(back == np.minimum.accumulate(back), np.arange(back.size), 0)
    return np.asarray(back.size - 1 - np.maximum.accumulate(reached)[::-1], np.int64)


def _free_since(items: pd.DataFrame, taken: Array) -> Array:
    """Return since when the agent of each item was free as it was taken: then, for those that had waited for one."""
    created, done = (items[name].to_numpy(float) for name in ("created", "completed"))
    agent = pd.factorize(items["agent"].astype("str").fillna(""))[0]
    order = np.lexsort((taken, agent))
    before = pd.Series(done[order]).groupby(agent[order]).shift().to_numpy(float)
    free = np.full(taken.size, np.nan)
    free[order] = before
    named = (items["agent"].astype("str").fillna("") != "").to_numpy()
    idle = named & (taken - created <= AT_ONCE) & (free < taken)
    return np.where(idle, free, taken)


def waiting_at(items: pd.DataFrame, moment: float, rule: Rule = "leave_out") -> pd.DataFrame:
    """Return the items that wait at a moment, as far as they are known then, less those that are dead by a rule."""
    open_ = items[["started", "completed", "expired"]].isna().all(axis=1).to_numpy()
    if rule == "keep":
        return items[open_]
    within = left_within(items, moment) if rule == "leave_out" else np.full(len(items), np.nan)
    return items[open_ & np.isnan(within) & ~given_up(items, within, moment, rule)]


def without_end(items: pd.DataFrame, until: float) -> Iterator[Note]:
    """Yield how many items have neither been taken nor left, and what they are taken for."""
    gone = np.isfinite(left_within(items, until))
    open_ = items[["started", "completed", "expired"]].isna().all(axis=1).to_numpy() & ~gone
    for queue, rows in items.assign(gone=gone, open=open_).groupby("queue", observed=True):
        left, waiting = int(rows["gone"].sum()), int(rows["open"].sum())
        if left:
            oldest = aged(until - float(rows.loc[rows["gone"], "created"].min()))
            said = (
                f"up to {oldest} old, taken as left at an unknown time, as later ones were taken; "
                f"{waiting:,} more are open at the end"
            )
            yield Note(f"items of {queue} that were neither taken nor left", left, said)
