"""The items of a desk as reports count them: when they came, how long they take, which are open at an origin.

Of single items a report says nothing; those that are made of its counts stand for nothing but their number and time.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.desk import first_day, midnight
from simcap.calibration.backtest.offered_times import OfferedItems, offered_by_cell
from simcap.calibration.fits.fit import Fit, NotFitted, sound
from simcap.calibration.fits.report_handling import fit_reported_handling
from simcap.calibration.fits.report_waiting import fit_reported_patience
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import NO_ITEMS, History
from simcap.calibration.history.reports import whole_of
from simcap.calibration.history.roles import LENGTH
from simcap.errors import DataError
from simcap.scenario.data.instants import wall
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]


def offered_items(configuration: Configuration, history: History, rates: dict[str, Array]) -> OfferedItems:
    """Return the items of each queue that reports count, and how many were handled how fast.

    `rates` are the hours of the week of queues that reports do not say them of. Raises `DataError` if there are none.
    """
    reports = _of_queues(history)
    lacking = [name for name in ("offered", "handled", "aht") if name not in reports or reports[name].isna().all()]
    if lacking:
        raise DataError(
            f"backtest: without an item log, a report must have offered, handled and aht; {', '.join(lacking)} is "
            "missing. Name the columns under `reports: columns:`, or give `items:`"
        )
    parts = []
    for queue, rows in reports.groupby("queue"):
        counted = whole_of(rows, "offered")
        if len(counted) and (rows["handled"] * rows["aht"]).sum() > 0:
            sums = counted.groupby(["start", LENGTH])["offered"].sum().reset_index()
            parts.append(sums.assign(queue=str(queue)))
    if not parts:
        raise DataError("backtest: no queue of the reports has all of offered, handled and aht")
    periods = pd.concat(parts, ignore_index=True)
    queues = sorted(periods["queue"].unique())
    known = {queue: rates[queue] if queue in rates else history.offered[queue].profile for queue in queues}
    return offered_by_cell(periods, known, configuration.timezone)


def with_items(configuration: Configuration, history: History, offered: OfferedItems) -> History:
    """Return a history of reports with as many items as they count, each decided at once."""
    parts = []
    for queue, created in offered.evenly().items():
        local = wall(created, configuration.timezone)
        day = np.floor(local / DAY).astype(np.int64) + dt.date(1970, 1, 1).toordinal()
        hour = (day - 1) % 7 * 24 + (local % DAY // HOUR).astype(np.int64)
        known = {"queue": queue, "created": created, "started": created, "completed": created, "day": day, "hour": hour}
        parts.append(pd.DataFrame(known | {"expired": np.nan, "handle": np.nan, "coarse": 0.0, "agent": ""}))
    items = pd.concat(parts, ignore_index=True).sort_values("created", kind="stable")
    items = items.astype({"queue": "category", "agent": "category"})[list(NO_ITEMS)]
    return dataclasses.replace(history, items=items.reset_index(drop=True))


def before_origin(configuration: Configuration, history: History, origin: dt.date) -> pd.DataFrame:
    """Return the reports of periods that had ended when a day began, as far back as the calibration file fits."""
    reports = history.reports
    assert reports is not None
    known = reports["start"] + reports[LENGTH] <= midnight(configuration, origin) + 1
    return reports[known & (reports["day"] >= first_day(configuration, origin).toordinal())]


def reported_fits(history: History, before: pd.DataFrame, origin: dt.date) -> tuple[Fit, ...]:
    """Return handle times and patience as reports before an origin tell them.

    Raises `DataError` for a queue whose handle time they do not tell.
    """
    queues = {str(queue) for queue in history.items["queue"].unique()}
    found = sound([*fit_reported_handling(before, history.first), *fit_reported_patience(before)])
    fits = tuple(one for one in found if isinstance(one, Fit) and one.subject.name in queues)
    unknown = queues - {one.subject.name for one in fits if one.kind == "handle time"}
    if unknown:
        lines = [f"before {origin}: {one.what}: {one.why}" for one in found if isinstance(one, NotFitted)]
        raise DataError("\n".join(lines or [f"before {origin}: no handle time of {', '.join(sorted(unknown))}"]))
    return fits


def known_items(history: History, before: pd.DataFrame, begin: float) -> pd.DataFrame:
    """Return the items that came before a moment: the latest are open, as many as the last backlog of a queue says."""
    past = history.items[history.items["created"] < begin].copy()
    open_ = np.zeros(len(past), bool)
    if "backlog" in before:
        for queue, rows in before[before["backlog"].notna()].groupby("queue"):
            mine = np.flatnonzero((past["queue"] == queue).to_numpy())
            count = int(whole_of(rows, "backlog").sort_values("start").groupby("start")["backlog"].sum().iloc[-1])
            open_[mine[len(mine) - min(count, len(mine)) :]] = True
    past.loc[open_, ["started", "completed"]] = np.nan
    return past


def left_by_reports(history: History, queue: str, begin: float, end: float) -> float:
    """Return how many items of a queue left undecided in a span of POSIX seconds; NaN if no report says it."""
    rows = _of_queues(history)
    rows = rows[(rows["queue"] == queue) & (rows["start"] >= begin) & (rows["start"] < end)]
    if "abandoned" not in rows or rows["abandoned"].isna().all():
        return float("nan")
    return float(whole_of(rows, "abandoned")["abandoned"].sum())


def backlog_by_reports(history: History, queue: str, moments: Array) -> Array:
    """Return the items of a queue that were open at the end of the period that ends at each moment; NaN if unknown."""
    rows = _of_queues(history)
    rows = rows[rows["queue"] == queue]
    if "backlog" not in rows or rows["backlog"].isna().all():
        return np.full(moments.size, np.nan)
    known = whole_of(rows, "backlog")
    ends = (known["start"] + known[LENGTH]).to_numpy(float)
    held = pd.Series(known["backlog"].to_numpy(float)).groupby(ends).sum()
    place = np.searchsorted(held.index.to_numpy(float), moments + 1, "right") - 1
    fresh = moments - held.index.to_numpy(float)[np.maximum(place, 0)] <= HOUR
    return np.where((place >= 0) & fresh, held.to_numpy(float)[np.maximum(place, 0)], np.nan)


def in_full(fit: Fit, share: float, error: float = 0.0) -> Fit:
    """Return handle times as they use capacity, of which agents spend this share on items; other fits as they are.

    `error` is the standard error of the share's logarithm.
    """
    if fit.kind != "handle time":
        return fit
    level = np.array([one.unit == "s" for one in fit.estimates])
    estimates = tuple(
        dataclasses.replace(one, value=one.value / share) if one.unit == "s" else one for one in fit.estimates
    )
    return dataclasses.replace(fit, estimates=estimates, covariance=fit.covariance + error**2 * np.outer(level, level))


def _of_queues(history: History) -> pd.DataFrame:
    assert history.reports is not None
    return history.reports[history.reports["queue"] != ""]
