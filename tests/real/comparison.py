"""What a run says and what the bank's log says, in the same figures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

WITHIN = 20.0


def logged(log: pd.DataFrame, period: str) -> pd.DataFrame:
    """Return what the log says by the start of the period in which calls came: offered, on_time, gave_up, waited."""
    answered = log["answered"].notna()
    rows = pd.DataFrame(
        {
            "start": log["entered_queue"].dt.floor(period),
            "offered": 1,
            "on_time": answered & (log["wait"] <= WITHIN),
            "gave_up": ~answered,
            "waited": log["wait"].where(answered, 0.0),
        }
    )
    return rows.groupby("start").sum()


def simulated(folder: Path, period: str) -> pd.DataFrame:
    """Return the same by replication and start from the results of a run, all queues together."""
    rows = pd.read_parquet(folder / "replications.parquet")
    rows = rows[(rows["period"] == period) & rows["table"].isin(["queues", "sla"])]
    keys = ["replication", "start", "queue"]
    wide = rows.pivot_table(index=keys, columns="measure", values="value", observed=True).fillna({"wait_mean_s": 0.0})
    counts = pd.DataFrame(
        {
            "offered": wide["arrived"],
            "on_time": wide["on_time"],
            "gave_up": wide["expired"],
            "waited": wide["wait_mean_s"] * (wide["arrived"] - wide["expired"]),
        }
    )
    counts = counts.groupby(["replication", "start"]).sum().reset_index()
    return counts.assign(start=pd.to_datetime(counts["start"].astype(str))).set_index(["replication", "start"])


def figures(counts: pd.DataFrame) -> pd.Series:
    """Return the figures of any number of periods together.

    Share answered within 20 s of all calls offered, mean wait of the answered, share that gave up.
    """
    total = counts[["offered", "on_time", "gave_up", "waited"]].sum()
    return pd.Series(
        {
            "calls": total["offered"],
            "within 20 s": total["on_time"] / total["offered"],
            "mean wait, s": total["waited"] / (total["offered"] - total["gave_up"]),
            "gave up": total["gave_up"] / total["offered"],
        }
    )


def compared(by_day: pd.DataFrame, by_day_logged: pd.DataFrame, spans: Mapping[str, pd.DatetimeIndex]) -> pd.DataFrame:
    """Return a row for each span of days and figure: simulated (mean over replications), logged, difference."""
    rows = []
    for name, days in spans.items():
        inside = by_day[by_day.index.get_level_values("start").isin(days)]
        ours = pd.DataFrame([figures(part) for _, part in inside.groupby("replication")]).mean()
        theirs = figures(by_day_logged.reindex(days).dropna())
        rows += [(name, figure, ours[figure], theirs[figure], ours[figure] - theirs[figure]) for figure in ours.index]
    return pd.DataFrame(rows, columns=["days", "figure", "simulated", "logged", "difference"])


def service_level_miss(ours: pd.DataFrame, theirs: pd.DataFrame) -> float:
    """Return how far the simulated share within 20 s is from the logged one: the mean over periods, by their calls."""
    total = ours.groupby("start").sum()
    apart = (total["on_time"] / total["offered"] - theirs["on_time"] / theirs["offered"]).abs().dropna()
    return float(np.average(apart, weights=theirs["offered"].reindex(apart.index)))


def away_while_callers_waited(log: pd.DataFrame, duty: pd.DataFrame) -> float:
    """Return the share of the agents seen on duty who were not on a call, over the time in which callers waited."""
    answered = log.dropna(subset=["answered"])
    ends = log["answered"].fillna(log["gave_up"])
    moments = pd.Series(pd.date_range(log["entered_queue"].min(), ends.max(), freq="5s"))
    waiting = moments[_inside(log["entered_queue"], ends, moments) > 0]
    there = _inside(duty["on"], duty["off"], waiting)
    talking = _inside(answered["answered"], answered["ended"], waiting)
    return float(1 - talking.sum() / there.sum())


def _inside(begin: pd.Series, end: pd.Series, moments: pd.Series) -> NDArray[np.int64]:
    """Return how many spans each moment falls into."""
    begun, ended = (np.searchsorted(np.sort(times.to_numpy()), moments.to_numpy(), "right") for times in (begin, end))
    return np.asarray(begun - ended, np.int64)
