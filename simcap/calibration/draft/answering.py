"""What waited as the shifts of a team began, and whether more people came for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.responding import WEEK, SeenResponse, fit_response
from simcap.calibration.fits.unanswered import waiting_at
from simcap.calibration.history.history import History
from simcap.calibration.history.sheets import EPOCH
from simcap.scenario.data.instants import to_utc
from simcap.units import DAY

Array = NDArray[np.float64]


def response_of(
    history: History, shifts: pd.DataFrame, start: float, zone: str, skills: Sequence[str]
) -> SeenResponse | None:
    """Return how the agents (agent, day) of shifts that start at a local time answer to what waits for them.

    The first week is left out: what waited before it is not in the log. None where handle times are unknown.
    """
    items = history.items[history.items["queue"].astype("str").isin(skills)]
    handle = items["queue"].astype("str").map(items.groupby(items["queue"].astype("str"))["handle"].mean())
    if items.empty or handle.isna().any():
        return None
    by_day = shifts[shifts["day"] >= history.first + WEEK].groupby("day")["agent"].nunique()
    day = by_day.index.to_numpy(np.int64)
    begun = _at(day, start, zone)
    created = items["created"].to_numpy(float)
    gone = items[["started", "completed", "expired"]].min(axis=1).to_numpy(float)
    end = float(_at(np.array([history.first + history.days]), 0.0, history.configuration.timezone)[0])
    lives = np.isfinite(gone) | items.index.isin(waiting_at(items, end).index)
    seconds = np.where(lives, handle, 0.0).astype(np.float64)
    left = np.where(np.isnan(gone), np.inf, gone)
    waiting = _sum_until(begun, created, seconds) - _sum_until(np.nextafter(begun, 0.0), left, seconds)
    one = np.ones(created.size)
    came = _sum_until(begun, created, one) - _sum_until(begun - DAY, created, one)
    return fit_response(day, np.asarray(by_day, np.float64), waiting, came)


def _at(day: NDArray[np.int64], time: float, zone: str) -> Array:
    """Return the POSIX seconds of a local time on some days."""
    local = np.asarray((day - EPOCH) * DAY + time, np.float64)
    return to_utc(local, zone, np.arange(day.size), repeats=False)


def _sum_until(moments: Array, times: Array, amounts: Array) -> Array:
    """Return the sum of the amounts up to some moments."""
    order = np.argsort(times, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(amounts[order])])
    return np.asarray(sums[np.searchsorted(times[order], moments, side="right")])
