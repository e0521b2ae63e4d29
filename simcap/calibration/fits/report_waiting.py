"""Patience from reports: one item leaves for so much time that items wait. And what is open at the end.

Time waited is the backlog over time where it is reported by the hour, else the mean wait of the handled, which those
who left in the same period are taken to have waited, too. The shape is not to be seen: an exponential is taken.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, of_queue
from simcap.calibration.history.report_counts import Reported
from simcap.calibration.history.reports import whole_of
from simcap.calibration.history.roles import LENGTH
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]

ENOUGH_GONE: Final = 30
_AFTER: Final = ("expires", "after", "exponential")
_PERIOD: Final = ["start", LENGTH, "day"]


def fit_reported_patience(reports: pd.DataFrame) -> list[Fit | NotFitted]:
    """Fit the mean patience of each queue from which reports say that items left."""
    if "abandoned" not in reports:
        return []
    known = reports[(reports["queue"] != "") & (reports["abandoned"] > 0)]
    queues = [str(queue) for queue in known["queue"].unique()]
    return [_fit(queue, reports[reports["queue"] == queue]) for queue in sorted(queues)]


def _fit(queue: str, rows: pd.DataFrame) -> Fit | NotFitted:
    subject = of_queue(queue)
    periods, how = _waited(rows)
    if periods is None:
        return NotFitted(subject.path(*_AFTER[:2]), "neither a backlog by the hour nor the mean wait of the handled")
    gone, waited = periods["abandoned"].to_numpy(float), periods["waited"].to_numpy(float)
    if gone.sum() < ENOUGH_GONE or waited.sum() <= 0:
        return NotFitted(subject.path(*_AFTER[:2]), f"{gone.sum():,.0f} items left undecided; {ENOUGH_GONE} are needed")
    week = ((periods["day"] - periods["day"].min()) // 7).to_numpy(np.int64)
    by_week, long = np.bincount(week, gone), np.bincount(week, waited)
    hazard = gone.sum() / waited.sum()
    # Weeks differ by more than the chance of single items.
    scatter = float(((by_week - hazard * long) ** 2).sum()) / gone.sum() ** 2
    variance = max(scatter, 1 / gone.sum())
    estimate = Estimate(subject, _AFTER, 1 / hazard, "log", "s", "reported")
    return Fit(
        "patience", (estimate,), np.array([[variance]]), int(gone.sum()), {"left undecided": gone.sum(), how: 1.0}
    )


def _waited(rows: pd.DataFrame) -> tuple[pd.DataFrame | None, str]:
    """Return of each period how many left and how long all items together waited; and by what that is known."""
    left = _sums(rows, "abandoned")
    if "backlog" in rows:
        held = _sums(rows, "backlog").sort_values("start")
        if len(held) and held[LENGTH].max() <= HOUR:
            middle = (held["backlog"].shift().fillna(held["backlog"]) + held["backlog"]) / 2
            both = left.merge(held.assign(waited=middle * held[LENGTH]), on=_PERIOD)
            return both, "time waited by the backlog"
    if {"wait", "handled"} <= set(rows):
        known = whole_of(rows[rows["handled"].notna()], "wait")
        spent = known.assign(spent=known["wait"] * known["handled"]).groupby(_PERIOD)[["spent", "handled"]].sum()
        both = left.merge(spent.reset_index(), on=_PERIOD, how="inner")
        mean = both["spent"] / both["handled"].where(both["handled"] > 0)
        return both.assign(waited=both["spent"] + both["abandoned"] * mean.fillna(0.0)), "time waited by the mean wait"
    return None, ""


def _sums(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return whole_of(rows, name).groupby(_PERIOD)[name].sum().reset_index()


def opening_backlogs(
    reports: pd.DataFrame, offered: dict[str, Reported], first: int, days: int
) -> list[Fit | NotFitted]:
    """Return what each queue has open after the last day, by the reports that reach it, and how old the oldest is."""
    if "backlog" not in reports:
        return []
    found: list[Fit | NotFitted] = []
    for queue, rows in reports[reports["queue"] != ""].groupby("queue"):
        held = _sums(rows, "backlog").sort_values("start")
        if held.empty:
            continue
        last = held.iloc[-1]
        subject = of_queue(str(queue))
        ends = int(last["day"]) + max(round(last[LENGTH] / DAY), 1)
        by_hour = last[LENGTH] <= HOUR
        if not _closed(held, range(ends, first + days)) or str(queue) not in offered:
            found.append(NotFitted(subject.path("backlog"), "no report says what is open after the last day"))
            continue
        items = float(last["backlog"])
        oldest = _oldest(items, offered[str(queue)], first, days)
        estimates = (
            Estimate(subject, ("backlog", "items"), round(items), "plain", origin="reported"),
            Estimate(subject, ("backlog", "oldest"), oldest, "plain", "s", "reported"),
        )
        goodness = {"reported by the hour": float(by_hour)}
        found.append(Fit("backlog", estimates, np.zeros((2, 2)), len(held), goodness, drawn=False))
    return found


def _closed(held: pd.DataFrame, days: range) -> bool:
    """Return whether no report is missing of days: each is of a weekday of which there is none."""
    if held[LENGTH].max() > DAY:
        return not days
    return {day % 7 for day in days}.isdisjoint((held["day"] % 7).astype(int))


def _oldest(items: float, offered: Reported, first: int, days: int) -> float:
    """Return the age of the oldest open item if the oldest are taken first: that of the last so many that came."""
    if items == 0:
        return 0.0
    if offered.finest == "longer":
        rate = float(offered.items[-1]) / (float(offered.days[-1]) * DAY)
        return items / rate if rate > 0 else DAY
    latest = np.nan_to_num(offered.spread(first, days)).ravel()[::-1].cumsum()
    before = int(np.searchsorted(latest, items))
    if before >= latest.size:
        return latest.size * HOUR
    came = latest[before] - (latest[before - 1] if before else 0.0)
    missing = items - (latest[before - 1] if before else 0.0)
    return (before + (missing / came if came > 0 else 0.0)) * HOUR
