"""Print the figures that docs/validation.md tells besides the scores.

    python -m tests.real.figures

What each part of the bank's replay is worth, with that part alone taken out; how the loan desk takes its items.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest import desk, desk_files
from simcap.calibration.backtest.availability import ALWAYS
from simcap.calibration.backtest.order import YOUNG, ranks, taken_ahead
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history
from simcap.units import DAY, HOUR
from tests.real import review, volumes
from tests.real.test_backtests import SHIPPED, run, score

REPLICATIONS = 40


def bank() -> pd.DataFrame:
    """Return the attainment of all queues in the bank's replay and how much an hour is missed by, by part taken out."""
    document, measure = desk_files._document, desk.measure

    def finishing(*given: Any) -> dict[str, Any]:
        found = document(*given)
        for team in found["vendors"]["desk"]["teams"].values():
            team["at_end"] = "finish"
        return found

    def always(*given: Any) -> dict[str, Any]:
        return dict.fromkeys(measure(*given), ALWAYS)

    parts: dict[str, tuple[Any, str, Callable[..., Any]]] = {
        "nothing": (desk, "measure", measure),
        "items kept at the end of a block": (desk_files, "_document", finishing),
        "availability": (desk, "measure", always),
    }
    rows = {}
    for name, (module, function, instead) in parts.items():
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(module, function, instead):
            found = score(run("bank-1999", Path(folder), REPLICATIONS, ("replay",)), "replay", "", "20 s", "hour")
        rows[name] = found[["actual", "predicted", "error"]]
    return pd.DataFrame(rows).T.rename_axis("taken out")


def loan_desk() -> pd.DataFrame:
    """Return by queue: pick-ups with a choice that took the oldest and the youngest item, and what order alone costs.

    `order_1h` and `order_24h`: by how much the shares picked up in time are off if each pick-up of the test weeks
    happens when it did, but takes one of the youngest quarter with the share of the weeks before, else the oldest.
    """
    plan = read_configuration(SHIPPED / "loan-desk-2012.yaml")
    items = read_history(plan, SHIPPED).items
    assert plan.backtest is not None
    origin = desk.midnight(plan, plan.backtest.first)
    ahead = taken_ahead(desk.known_at(items, origin))
    rows = {}
    for queue, all_ in items.groupby("queue", observed=True):
        picked = all_[all_["started"].notna()].sort_values("started")
        created, started = picked["created"].to_numpy(float), picked["started"].to_numpy(float)
        before = started < origin
        rank = ranks(created[before], started[before])
        redone = _taken(created, started, ahead[str(queue)])
        tested = {name: moments >= origin for name, moments in (("true", created), ("redone", redone))}
        off = {
            f"order_{hours}h": ((started - redone)[tested["redone"]] <= hours * HOUR).mean()
            - ((started - created)[tested["true"]] <= hours * HOUR).mean()
            for hours in (1, 24)
        }
        rows[str(queue)] = {"oldest": (rank == 0).mean(), "youngest": (rank == 1).mean(), **off}
    return pd.DataFrame(rows).T


def handle_times() -> pd.Series:
    """Return the mean minutes of validating by month of creation, items of more than two hours counted as two."""
    plan = read_configuration(SHIPPED / "loan-desk-2012.yaml")
    items = read_history(plan, SHIPPED).items
    mine = items[items["queue"] == "validating"]
    month = pd.to_datetime(mine["created"], unit="s").dt.strftime("%Y-%m")
    return mine["handle"].clip(upper=2 * HOUR).groupby(month).mean() / 60


def backlogs() -> list[int]:
    """Return how many validations were open at the end of each of the six test weeks."""
    plan = read_configuration(SHIPPED / "loan-desk-2012.yaml")
    items = read_history(plan, SHIPPED).items
    mine = items[items["queue"] == "validating"]
    assert plan.backtest is not None
    ends = desk.midnight(plan, plan.backtest.first) + 7 * DAY * np.arange(7)
    gone = mine["started"].fillna(np.inf)
    return [int(((mine["created"] < end) & (gone >= end)).sum()) for end in ends]


def _taken(created: NDArray[np.float64], started: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return when what each pick-up takes was created, if a share takes a young item and the others the oldest."""
    generator = np.random.default_rng(1)
    coming, waiting = sorted(created.tolist()), []
    taken, place = [], 0
    for moment in started.tolist():
        while place < len(coming) and coming[place] <= moment:
            waiting.append(coming[place])
            place += 1
        young = generator.random() < share
        first = int(np.ceil(YOUNG * (len(waiting) - 1)))
        taken.append(waiting.pop(int(generator.integers(first, len(waiting))) if young else 0))
    return np.array(taken)


def volumes_of_2003() -> pd.Series:
    """Return how the days of September and October 2003 were predicted, the one holiday with calls left out."""
    with tempfile.TemporaryDirectory() as folder:
        table = volumes.days(Path(folder), REPLICATIONS).drop(index=dt.date(2003, 10, 13))
    inside = (table["came"] >= table["p05"]) & (table["came"] <= table["p95"])
    missed = {name: ((table[name] - table["came"]).abs() / table["came"]).mean() for name in ("mean", "same_weekday")}
    return pd.Series({"days": len(table), "in 90%": inside.mean()} | missed)


def review_queue() -> pd.Series:
    """Return what keeps the review queue small, in the half year before its first origin."""
    log = review.items()
    created, started = (
        np.sort(pd.to_datetime(log[name], utc=True).dt.as_unit("s").astype("int64")) for name in ("created", "started")
    )
    first, last = (int(pd.Timestamp(day, tz="UTC").timestamp()) for day in ("2022-03-07", "2022-10-03"))
    hours = np.arange(first, last, int(HOUR))
    worked = np.diff(np.searchsorted(started, np.append(hours, last))) > 0
    left = np.searchsorted(created, hours + int(HOUR), "right") - np.searchsorted(started, hours + int(HOUR), "right")
    edges = np.arange(first, last + 1, int(DAY))
    came, done = (np.diff(np.searchsorted(moments, edges)) for moments in (created, started))
    open_ = np.searchsorted(created, edges) - np.searchsorted(started, edges)
    weekday = np.arange(done.size) % 7
    scatter = (done - pd.Series(done).groupby(weekday).transform("mean")).std()
    weeks = [counts[: counts.size // 7 * 7].reshape(-1, 7).sum(axis=1) for counts in (came, done)]
    return pd.Series(
        {
            "hours of work that leave nothing": float((left[worked] <= 0).mean()),
            "correlation of weeks": float(np.corrcoef(*weeks)[0, 1]),
            "scatter of a day's work": float(scatter),
            "that makes in four weeks": float(scatter * 28**0.5),
            "scatter of the backlog": float(open_.std()),
        }
    )


def review_ahead() -> pd.DataFrame:
    """Return how far the review queue's weekly share is missed by weeks ahead: by forecast, smoothing, as last week.

    The weight of simple exponential smoothing is the one that missed the weeks before the first origin least.
    """
    with tempfile.TemporaryDirectory() as folder:
        windows = run("review-queue", Path(folder), REPLICATIONS, ("forecast",)).windows
    days = (pd.to_datetime(windows["start"]) - pd.to_datetime(windows["origin"])).dt.days
    missed = (windows["mean"] - windows["actual"]).abs() * windows["items"]
    forecast = missed.groupby(days // 7 + 1).sum() / windows["items"].groupby(days // 7 + 1).sum()
    log = review.items()
    created, started = (pd.to_datetime(log[name], utc=True) for name in ("created", "started"))
    week = (created - pd.Timestamp("2022-03-07", tz="UTC")).dt.days // 7
    weeks = (started - created <= pd.Timedelta("72h")).groupby(week).agg(["mean", "size"]).loc[0:144]
    share, items = weeks["mean"].to_numpy(float), weeks["size"].to_numpy(float)

    def off(weight: float, ahead: int, first: int, last: int) -> float:
        level = pd.Series(share).ewm(alpha=weight, adjust=False).mean().to_numpy()
        gap = np.abs(level[first - ahead : last - ahead] - share[first:last])
        return float(np.average(gap, weights=items[first:last]))

    rows = {}
    for ahead in (1, 4):
        weight = min(np.arange(0.05, 1.0, 0.05).tolist(), key=lambda weight: off(weight, ahead, 6, 30))
        smoothed, last = (off(one, ahead, 30, share.size) for one in (weight, 1.0))
        rows[ahead] = {"forecast": forecast[ahead], "smoothed": smoothed, "last week": last}
    return pd.DataFrame(rows).T.rename_axis("weeks ahead")


if __name__ == "__main__":
    for found in (
        bank(),
        loan_desk(),
        handle_times(),
        backlogs(),
        review_queue(),
        review_ahead(),
        volumes_of_2003(),
    ):
        print(found if isinstance(found, list) else found.round(3).to_string(), end="\n\n")  # noqa: T201 - a command
