"""The call centre of a bank in 1999: from its published log and volumes to the inputs of scenarios/bank-1999.yaml.

    python -m tests.real.bank

writes scenarios/data/bank-1999-volumes.csv, which stays out of the project, and prints what January's log says of
handle times and patience. The data are Mandelbaum's (Technion), free to use with acknowledgement.

January is for fitting. Of February, volumes are used, and by `duty` who was seen at work; never waits.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from .published import PUBLISHED, ROOT

DATA = PUBLISHED / "anonbank"
SHIPPED = ROOT / "scenarios" / "bank-1999.yaml"
SHIPPED_VOLUMES = ROOT / "scenarios" / "data" / "bank-1999-volumes.csv"

QUEUES = {"PS": "regular", "PE": "regular", "TT": "regular", "NE": "stocks", "NW": "prospects", "IN": "internet"}
NAMES = tuple(dict.fromkeys(QUEUES.values()))
FITTED = ("1999-01-01", "1999-02-01")
COMPARED = ("1999-02-01", "1999-03-01")
GIVEN = ("1999-01-25", "1999-03-08")
"""Volumes are written from the warm-up to a week after the horizon."""
SEED = 1999
QUARTER = pd.Timedelta("15min")


@dataclass(frozen=True)
class Fit:
    """What a queue's calls of January are like, in seconds."""

    calls: int
    mean: float
    cv: float
    patience: float
    short: float
    """Share of services of 10 s or less."""


def read_log(*months: str) -> pd.DataFrame:
    """Return the calls that were offered to an agent, with their queue, wait and talk time in seconds."""
    times = ["entered_queue", "answered", "ended", "gave_up"]
    parts = [pd.read_csv(DATA / f"calls_1999_{month}.csv.gz", parse_dates=times) for month in months]
    log = pd.concat(parts, ignore_index=True)
    log["queue"] = log["type"].map(QUEUES)
    log["wait"] = (log["answered"].fillna(log["gave_up"]) - log["entered_queue"]).dt.total_seconds()
    log["talk"] = (log["ended"] - log["answered"]).dt.total_seconds()
    return log


def read_volumes() -> pd.DataFrame:
    """Return all calls of 1999 by interval of 6 minutes: start, calls."""
    volumes = pd.read_csv(DATA / "volumes_6min_1999.csv.gz", parse_dates=["date"])
    start = volumes["date"] + pd.to_timedelta(volumes["minute_of_day"], unit="min")
    return pd.DataFrame({"start": start, "calls": volumes["calls"]})


def between(rows: pd.DataFrame, column: str, span: tuple[str, str]) -> pd.DataFrame:
    """Return the rows whose time is within a span, its end left out."""
    return rows[(rows[column] >= span[0]) & (rows[column] < span[1])]


# -- fitting: January only --------------------------------------------------------------------------------------------


def fit(log: pd.DataFrame) -> dict[str, Fit]:
    """Return handle times and patience by queue.

    Patience is taken as exponential: all time in the queue, by those who were answered too, over the number who gave
    up, which is its maximum likelihood from waits that an answer cuts off.
    """
    fits = {}
    for queue, calls in log.groupby("queue"):
        talk = calls["talk"].dropna()
        patience = calls["wait"].sum() / calls["gave_up"].count()
        fits[str(queue)] = Fit(len(calls), talk.mean(), talk.std() / talk.mean(), patience, (talk <= 10).mean())
    return fits


def shares(log: pd.DataFrame, volumes: pd.DataFrame) -> pd.DataFrame:
    """Return the share of all calls that ask for an agent: a column a queue, a row for each kind of day and hour.

    Only days that the log covers count; where fewer calls came than the log has, the shares sum to 1.
    """
    volumes = volumes[volumes["start"].dt.normalize().isin(log["entered_queue"].dt.normalize())]
    asked = log.groupby([*_hours(log["entered_queue"]), "queue"]).size().unstack("queue", fill_value=0)
    came = volumes.groupby(_hours(volumes["start"]))["calls"].sum()
    came = came.reindex(came.index.union(asked.index), fill_value=0)
    asked = asked.reindex(came.index, fill_value=0)
    return asked.div(np.maximum(np.maximum(came, asked.sum(axis=1)), 1), axis=0)


def _hours(times: pd.Series) -> list[pd.Series]:
    """Return the kind of day (Sunday to Thursday, Friday, Saturday) and the hour of each time."""
    day = times.dt.day_name()
    return [
        day.where(day.isin(["Friday", "Saturday"]), "Sunday to Thursday").rename("day"),
        times.dt.hour.rename("hour"),
    ]


# -- inputs of the scenario -------------------------------------------------------------------------------------------


def thinned(volumes: pd.DataFrame, by_hour: pd.DataFrame) -> pd.DataFrame:
    """Return the calls that ask for an agent by interval and queue: each call does, by the shares of its hour.

    One multinomial draw an interval, from a fixed seed.
    """
    kept = by_hour.reindex(pd.MultiIndex.from_arrays(_hours(volumes["start"])), fill_value=0.0).to_numpy()
    rest = np.clip(1 - kept.sum(axis=1, keepdims=True), 0, 1)
    drawn = np.random.default_rng(SEED).multinomial(volumes["calls"].to_numpy(), np.hstack([kept, rest]))[:, :-1]
    wide = pd.DataFrame(drawn, columns=by_hour.columns).assign(
        start=volumes["start"].dt.strftime("%Y-%m-%d %H:%M").array
    )
    return wide.melt(id_vars="start", var_name="queue", value_name="items")


def scenario_volumes() -> pd.DataFrame:
    """Return the rows of the scenario's volume file: start, queue, items."""
    january = between(read_log("january"), "entered_queue", FITTED)
    volumes = read_volumes()
    by_hour = shares(january, between(volumes, "start", FITTED))
    return thinned(between(volumes, "start", GIVEN), by_hour)


def duty(log: pd.DataFrame) -> pd.DataFrame:
    """Return who seems to be on duty when: agent, on, off.

    An agent is taken to be there in every quarter of an hour in which a call of theirs is in progress, and in a single
    quarter between two such. Whoever was free for longer cannot be seen.
    """
    served = log.dropna(subset=["answered", "server"]).sort_values(["server", "answered"])
    on = served["answered"].dt.floor(QUARTER)
    off = (served["ended"].dt.floor(QUARTER) + QUARTER).groupby(served["server"]).cummax()
    before = off.groupby(served["server"]).shift()
    block = (before.isna() | (on - before > QUARTER)).cumsum()
    blocks = pd.DataFrame({"agent": served["server"], "on": on, "off": off}).groupby(block)
    return blocks.agg({"agent": "first", "on": "first", "off": "max"})


def write_scenario(folder: Path, *, seen: bool = False) -> Path:
    """Write a scenario that extends the shipped one by its volumes, and return its path.

    With `seen`, the agents seen in the log are on duty instead of the shipped positions; each takes every call.
    """
    scenario_volumes().to_csv(folder / "volumes.csv", index=False)
    lines = ["name: bank 1999 in a test", f"extends: {os.path.relpath(SHIPPED, folder)}", "queues:"]
    lines += [f"  {queue}: {{arrivals: {{file: {{path: volumes.csv}}}}}}" for queue in NAMES]
    if seen:
        duty(between(read_log("january", "february"), "entered_queue", GIVEN)).to_csv(folder / "duty.csv", index=False)
        shipped = YAML(typ="safe", pure=True).load(SHIPPED)["vendors"]["bank"]["teams"]
        lines += ["vendors:", "  bank:", "    teams:", *(f"      {team}: null" for team in shipped)]
        lines += [f"      seen: {{timezone: Asia/Jerusalem, skills: [{', '.join(NAMES)}], duty: duty.csv}}"]
    path = folder / "bank.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Write the scenario's volumes and print the fit."""
    volumes = scenario_volumes()
    volumes.to_csv(SHIPPED_VOLUMES, index=False)
    print(f"{len(volumes):,} rows in {SHIPPED_VOLUMES}")  # noqa: T201 - a script
    print(pd.DataFrame({queue: vars(found) for queue, found in fit(read_log("january")).items()}).T.round(3))  # noqa: T201


if __name__ == "__main__":
    main()
