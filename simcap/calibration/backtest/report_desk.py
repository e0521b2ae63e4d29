"""A desk as reports show it, without any item log: items by counts, agents by positions, yardstick by share on time.

A replay is given the items that were offered in each period, evenly within it, and as many agents as there were
positions. What reports do not say of single items is left open: who took them, how long each waited.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.allocated import DESK, POOLED
from simcap.calibration.backtest.availability import Pool
from simcap.calibration.backtest.desk import Learned, midnight
from simcap.calibration.backtest.inferred_duty import InferredDuty
from simcap.calibration.fits.fit import Fit, NotFitted, sound
from simcap.calibration.fits.report_handling import fit_reported_handling
from simcap.calibration.fits.report_waiting import fit_reported_patience
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import NO_ITEMS, History
from simcap.calibration.history.reports import people, whole_of
from simcap.calibration.history.roles import LENGTH
from simcap.errors import DataError
from simcap.scenario.data.instants import wall
from simcap.units import DAY, HOUR, YEAR

Array = NDArray[np.float64]

NEEDED: Final = ("offered", "handled", "aht", "positions", "sla")
"""Columns of reports by the hour or finer without which no desk can be replayed."""
_NEVER: Final = 100 * YEAR
ENOUGH: Final = 100
"""Intervals of full queues by which it is measured how much of their time agents work."""
FULL: Final = 2.0
"""Items that wait for each agent, on all queues together, from which on nobody is idle for want of work."""


def with_items(configuration: Configuration, history: History) -> History:
    """Return a history of reports with the items that they count, on time or not: so many of a day's as they say.

    An item on time is completed at once, another one long after; that is all that is known of it. Raises `DataError`
    if the reports lack what a replay needs.
    """
    reports = _fine(history)
    parts = []
    for queue, rows in reports[reports["queue"] != ""].groupby("queue"):
        shares = _on_time(rows)
        counted = whole_of(rows, "offered") if rows["offered"].notna().any() else rows.iloc[:0]
        if shares.empty or counted.empty:
            continue
        created = _evenly(*(counted[name].to_numpy(float) for name in ("start", LENGTH, "offered")))
        local = wall(created, configuration.timezone)
        day = np.floor(local / DAY).astype(np.int64) + dt.date(1970, 1, 1).toordinal()
        met = _spread(day, shares)
        ended = np.where(np.isnan(met), np.nan, created + np.where(met == 1, 0.0, _NEVER))
        hour = (day - 1) % 7 * 24 + (local % DAY // HOUR).astype(np.int64)
        parts.append(
            pd.DataFrame(
                {"queue": str(queue), "created": created, "started": ended, "completed": ended, "day": day}
                | {"hour": hour, "expired": np.nan, "handle": np.nan, "coarse": 0.0, "agent": ""}
            )
        )
    if not parts:
        raise DataError(f"backtest: no queue of the reports has all of {', '.join(NEEDED)} by the hour or finer")
    items = pd.concat(parts, ignore_index=True).sort_values("created", kind="stable")
    items = items.astype({"queue": "category", "agent": "category"})[list(NO_ITEMS)]
    return dataclasses.replace(history, items=items.reset_index(drop=True))


def learn_reported(configuration: Configuration, history: History, origin: dt.date) -> Learned:
    """Fit a desk to what reports said at midnight of `origin`; the agents of a replay are those of the days after it.

    Raises `DataError` if that is too little, with what is needed.
    """
    assert configuration.backtest is not None
    begin = midnight(configuration, origin)
    reports = _fine(history)
    before = reports[reports["start"] + reports[LENGTH] <= begin]
    queues = sorted({str(queue) for queue in history.items["queue"].unique()})
    found = sound([*fit_reported_handling(before, history.first), *fit_reported_patience(before)])
    lacking = [one for one in found if isinstance(one, NotFitted)]
    fits = [one for one in found if isinstance(one, Fit) and one.subject.name in queues]
    known = {one.subject.name for one in fits if one.kind == "handle time"}
    if set(queues) - known:
        lines = [f"before {origin}: {one.what}: {one.why}" for one in lacking]
        raise DataError("\n".join(lines or [f"before {origin}: no handle time of {min(set(queues) - known)}"]))
    pool = _availability(before, queues)
    past = history.items[history.items["created"] < begin].copy()
    past.loc[_open_at(past, before), ["started", "completed"]] = np.nan
    duty = _positions(reports, _by_wait(before, queues) if configuration.staffing.rule == "priority" else queues)
    if duty.blocks.empty or float(duty.blocks["off"].max()) < begin + (configuration.backtest.days - 1) * DAY:
        raise DataError("backtest: reports of positions end before the days to replay")
    return Learned(
        origin,
        begin,
        past,
        duty,
        tuple(_in_full(fit, pool) for fit in fits),
        (),
        dict.fromkeys(queues, 0.0),
        dict.fromkeys(queues, pool),
        POOLED,
    )


def left_by_reports(history: History, queue: str, begin: float, end: float) -> float:
    """Return how many items of a queue left undecided in a span of POSIX seconds; NaN if no report says it."""
    rows = _fine(history)
    rows = rows[(rows["queue"] == queue) & (rows["start"] >= begin) & (rows["start"] < end)]
    if "abandoned" not in rows or rows["abandoned"].isna().all():
        return float("nan")
    return float(whole_of(rows, "abandoned")["abandoned"].sum())


def backlog_by_reports(history: History, queue: str, moments: Array) -> Array:
    """Return the items of a queue that were open at the end of the last period before each moment; NaN if unknown."""
    rows = _fine(history)
    rows = rows[rows["queue"] == queue]
    if "backlog" not in rows or rows["backlog"].isna().all():
        return np.full(moments.size, np.nan)
    known = whole_of(rows, "backlog").sort_values("start")
    place = np.searchsorted((known["start"] + known[LENGTH]).to_numpy(float), moments, "right") - 1
    return np.where(place >= 0, known["backlog"].to_numpy(float)[np.maximum(place, 0)], np.nan)


def _fine(history: History) -> pd.DataFrame:
    """Return the reports by the hour or finer. Raises `DataError` if they lack what is needed."""
    reports = history.reports
    fine = reports[reports[LENGTH] <= HOUR] if reports is not None else None
    lacking = [name for name in NEEDED if fine is None or name not in fine or fine[name].isna().all()]
    if fine is None or lacking:
        raise DataError(
            f"backtest: without an item log, reports by the hour or finer must have {', '.join(NEEDED)}; "
            f"{', '.join(lacking)} is missing. Name the columns under `reports: columns:`, or give `items:`"
        )
    return fine


def _evenly(start: Array, length: Array, count: Array) -> Array:
    """Return the times of as many items as each period counts, evenly within it, in order."""
    whole = np.round(count).astype(np.int64)
    row = np.repeat(np.arange(whole.size), whole)
    place = np.arange(row.size) - np.repeat(np.cumsum(whole) - whole, whole)
    return np.sort(start[row] + length[row] * (place + 0.5) / whole[row])


def _on_time(rows: pd.DataFrame) -> pd.Series:
    """Return a queue's share on time of each day, weighted by the handled."""
    known = rows[rows["sla"].notna() & (rows["handled"] > 0)]
    sums = known.assign(met=known["sla"] * known["handled"]).groupby("day")[["met", "handled"]].sum()
    return sums["met"] / sums["handled"]


def _spread(day: NDArray[np.int64], shares: pd.Series) -> Array:
    """Return 1 for items on time and 0 for others, so many of each day as its share says; NaN where none is known."""
    share = shares.reindex(day).to_numpy(float)
    place = pd.Series(day).groupby(day).cumcount().to_numpy(float)
    # The largest part of a day's items that is on time, evenly over the day.
    met = np.floor((place + 1) * np.nan_to_num(share) + 0.5) - np.floor(place * np.nan_to_num(share) + 0.5)
    return np.where(np.isnan(share), np.nan, met)


def _open_at(past: pd.DataFrame, before: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which items wait still: the latest, as many as the last report of a queue's backlog says."""
    open_ = np.zeros(len(past), bool)
    if "backlog" not in before:
        return open_
    for queue, rows in before[before["backlog"].notna()].groupby("queue"):
        mine = np.flatnonzero((past["queue"] == queue).to_numpy())
        count = int(rows.sort_values("start")["backlog"].iloc[-1])
        open_[mine[len(mine) - min(count, len(mine)) :]] = True
    return open_


def _positions(reports: pd.DataFrame, queues: list[str]) -> InferredDuty:
    """Return duty of as many agents as positions: whole ones for whole intervals, the rest for a part of one.

    Each team takes the queues that it handles; agents of no named team take all.
    """
    there = people(reports, "positions")
    there = there[there["positions"] > 0]
    handled = reports[(reports["handled"] > 0) & reports["queue"].isin(queues)]
    skills, parts = [], []
    for number, (team, rows) in enumerate(there.groupby("team")):
        own = set(handled.loc[handled["team"] == team, "queue"]) if team else set(queues)
        skills.append(tuple(queue for queue in queues if queue in own) or tuple(queues))
        parts.append(_blocks(rows.sort_values("start")).assign(team=number))
    blocks = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"agent": [], "team": [], "on": []})
    return InferredDuty(blocks, tuple(skills), (DESK,) * len(skills))


def _by_wait(before: pd.DataFrame, queues: list[str]) -> list[str]:
    """Return queues by their mean wait, the shortest first; those that report none last."""
    if "wait" not in before:
        return queues
    known = before[before["wait"].notna() & (before["handled"] > 0)]
    sums = known.assign(waited=known["wait"] * known["handled"]).groupby("queue")[["waited", "handled"]].sum()
    mean = (sums["waited"] / sums["handled"]).to_dict()
    return sorted(queues, key=lambda queue: (mean.get(queue, np.inf), queue))


def _blocks(rows: pd.DataFrame) -> pd.DataFrame:
    start, length, count = (rows[name].to_numpy(float) for name in ("start", LENGTH, "positions"))
    most = int(np.ceil(count.max()))
    part = np.clip(count[:, None] - np.arange(most), 0.0, 1.0)
    interval, agent = np.nonzero(part > 0)
    on = start[interval]
    blocks = pd.DataFrame({"agent": agent, "on": on, "off": on + length[interval] * part[interval, agent]})
    blocks = blocks.sort_values(["agent", "on"], kind="stable")
    fresh = (blocks["agent"].diff() != 0) | (blocks["on"] > blocks["off"].shift())
    return blocks.groupby(fresh.cumsum()).agg(agent=("agent", "first"), on=("on", "first"), off=("off", "last"))


def _availability(before: pd.DataFrame, queues: list[str]) -> Pool:
    """Return which share of their time agents work while enough items wait for all of them."""
    keys = ["start", LENGTH, "day"]
    mine = before[before["queue"].isin(queues)]
    spent = mine.assign(spent=mine["handled"] * mine["aht"].fillna(0.0), count=mine["handled"])
    full = spent.groupby(keys)[["spent", "count"]].sum()
    full["there"] = people(before, "positions").groupby(keys)["positions"].sum()
    if "backlog" not in mine:
        return Pool(1.0, 0.0, 0.0)
    full["waiting"] = mine.groupby(keys)["backlog"].sum()
    full = full.reset_index()
    full = full[(full["waiting"] >= FULL * full["there"]) & (full["there"] > 0)]
    if len(full) < ENOUGH:
        return Pool(1.0, 0.0, 0.0)
    days = full.assign(paid=full["there"] * full[LENGTH]).groupby("day")[["spent", "paid"]].sum()
    mean = float(days["spent"].sum() / days["paid"].sum())
    off = days["spent"] - mean * days["paid"]
    error = float(np.sqrt((off**2).sum()) / days["spent"].sum())
    return Pool(min(mean, 1.0), 0.0, error)


def _in_full(fit: Fit, pool: Pool) -> Fit:
    """Return handle times with the time between items; other fits as they are."""
    if fit.kind != "handle time":
        return fit
    level = np.array([one.unit == "s" for one in fit.estimates])
    estimates = tuple(
        dataclasses.replace(one, value=one.value / pool.mean) if one.unit == "s" else one for one in fit.estimates
    )
    return dataclasses.replace(
        fit, estimates=estimates, covariance=fit.covariance + pool.error**2 * np.outer(level, level)
    )
