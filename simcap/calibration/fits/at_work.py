"""Handle times that are told by pick-up and decision only: what of that time the agent was not at work is taken out.

Where attendance says when agents were on the floor, whole absences from it within an item are no handle time; an item
that is finished after the end of a shift is work to its end. Without attendance, work that lasts too long and passes
hours in which its agent is never seen was left open overnight. How long it took is not known, but items are met by the
end of a shift in proportion to their length: it is drawn so from the queue's other items.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.history import History
from simcap.calibration.history.off_duty import time_off
from simcap.calibration.history.sheets import Note
from simcap.scenario.data.instants import wall
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]

CERTAIN = 12 * HOUR
"""Work on one item that lasts longer is not done in one go, whenever its agent is seen."""
DARK = 0.05
"""An hour of the day is one in which an agent is never seen if it has this part of the events of a usual hour."""
ENOUGH = 20


def at_work(items: pd.DataFrame, history: History, seed: int = 1) -> tuple[pd.DataFrame, list[Note]]:
    """Return items whose handle times are time at work, and what was changed; as they are if a column tells them."""
    if history.tells_handle_times or items.empty:
        return items, []
    if history.attendance is not None:
        return _attended(items, history.attendance)
    return _inferred(items, history, np.random.default_rng([seed, 0]))


def _attended(items: pd.DataFrame, attendance: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    done, handle = (items[name].to_numpy(float) for name in ("completed", "handle"))
    off = time_off(
        items["agent"].astype("str").fillna(""), done - handle, done, attendance[attendance["activity"] == "floor"]
    )
    some = off > 0
    if not some.any():
        return items, []
    said = f"{off.sum() / HOUR:,.0f} h off the floor, by the attendance, are not counted as handle time"
    note = Note("items in hand while their agent was off the floor", int(some.sum()), said)
    return items.assign(handle=np.where(some, handle - off, handle)), [note]


def _inferred(items: pd.DataFrame, history: History, generator: np.random.Generator) -> tuple[pd.DataFrame, list[Note]]:
    handle = items["handle"].to_numpy(float)
    long = handle > history.configuration.staffing.longest
    left = np.flatnonzero(long)
    left = left[(handle[left] > CERTAIN) | _passes_dark(items, handle, left, long, history.configuration.timezone)]
    if not left.size:
        return items, []
    found = handle.copy()
    found[left] = np.nan
    for _, rows in items.iloc[left].groupby(items["queue"].astype("str").to_numpy()[left]):
        places = items.index.get_indexer(rows.index)
        mine = (items["queue"] == rows["queue"].iloc[0]).to_numpy() & ~long & (handle > 0)
        if mine.sum() >= ENOUGH:
            found[places] = _by_length(np.sort(handle[mine]), places.size, generator)
    said = f"{handle[left].sum() / HOUR:,.0f} h; drawn instead from the queue's other items, by their length"
    return items.assign(handle=found), [Note("items that were left open overnight", left.size, said)]


def _passes_dark(
    items: pd.DataFrame, handle: Array, left: NDArray[np.int64], long: NDArray[np.bool_], timezone: str
) -> NDArray[np.bool_]:
    """Return which items pass an hour of the day in which their agent is never seen."""
    known = np.isfinite(handle) & ~long
    codes, names = pd.factorize(items["agent"].astype("str").fillna(""))
    done = items["completed"].to_numpy(float)
    seen = np.zeros((len(names), 24))
    for moments in (done - handle, done):
        hour = (wall(moments[known], timezone) % DAY // HOUR).astype(np.int64)
        np.add.at(seen, (codes[known], hour), 1.0)
    dark = seen < DARK * seen.sum(axis=1, keepdims=True) / np.maximum((seen > 0).sum(axis=1, keepdims=True), 1)
    passes = np.zeros(left.size, bool)
    begun = wall(done[left] - handle[left], timezone)
    for step in range(1, int(CERTAIN // HOUR)):
        inside = step * HOUR < handle[left]
        hour = ((begun + step * HOUR) % DAY // HOUR).astype(np.int64)
        passes |= inside & dark[codes[left], hour]
    return passes


def _by_length(durations: Array, count: int, generator: np.random.Generator) -> Array:
    """Return evenly spaced quantiles of sorted durations, each counted by its length, in random order."""
    reached = np.cumsum(durations) / durations.sum()
    places = np.searchsorted(reached, (np.arange(count) + 0.5) / count)
    return generator.permutation(durations[np.minimum(places, durations.size - 1)])
