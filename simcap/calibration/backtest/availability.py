"""Availability: the share of time on duty that agents spend on items while items that they could take wait.

The rest is what the log does not show: writing up, a break, coaching, a walk. It is measured in each interval of each
agent, and given to a simulation as longer handle time; some days are better than others.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.allocated import Allocated
from simcap.calibration.backtest.inferred_duty import InferredDuty
from simcap.calibration.history.configuration import Configuration
from simcap.scenario.data.instants import wall
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]

ENOUGH = 60
"""Intervals needed to measure anything."""
TELLING = 1 / 3
"""Share of an interval in which items must have waited for it to count."""


@dataclasses.dataclass(frozen=True)
class Pool:
    """What was measured for a team, or for the teams on a queue."""

    mean: float
    """Share of the time on duty in which agents worked, while items waited."""
    days: float
    """Standard deviation of the logarithm of a day's working share."""
    error: float
    """Standard error of the logarithm of the mean."""


ALWAYS = Pool(1.0, 0.0, 0.0)
"""Agents whose log shows what they do: time between items is in their attendance."""


def measure(
    items: pd.DataFrame,
    work: pd.DataFrame,
    duty: InferredDuty,
    split: Allocated,
    configuration: Configuration,
    until: float,
) -> dict[str, Pool]:
    """Return the availability on each queue, from items, spells of work and duty up to a moment in POSIX seconds.

    It is measured by team, teams with few intervals together; a queue has that of the teams that work on it, weighted
    by their work. Work of unknown agents counts as done by the known ones.
    """
    unknown = _all_over_known(work)
    by_team = _by_team(items, work, duty, split, (configuration, until))
    every = pd.concat([seen for seen, _ in by_team.values()])
    if len(every) < ENOUGH:
        return {}
    shared = _pool(every, unknown)
    pools = {team: _pool(seen, unknown) if len(seen) >= ENOUGH else shared for team, (seen, _) in by_team.items()}
    by_queue = {}
    for queue in sorted(set(work["queue"].astype(str))):
        hours = {
            team: float((theirs["end"] - theirs["start"])[theirs["queue"] == queue].sum())
            for team, (_, theirs) in by_team.items()
        }
        by_queue[queue] = (
            _mixed([(pools[team], spent) for team, spent in hours.items() if spent > 0])
            if any(hours.values())
            else shared
        )
    return by_queue


def intervals_seen(
    items: pd.DataFrame,
    work: pd.DataFrame,
    duty: InferredDuty,
    split: Allocated,
    configuration: Configuration,
    until: float,
) -> pd.DataFrame:
    """Return day, hour, waiting (seconds) and the share worked in each interval of each agent in which items waited."""
    seen = pd.concat([seen for seen, _ in _by_team(items, work, duty, split, (configuration, until)).values()])
    return seen.assign(share=seen["busy"] / seen["waiting"] * _all_over_known(work))


def ratios_by_day(seen: pd.DataFrame, first: int) -> pd.Series:
    """Return how much was worked on each day from `first` on over what was usual at these hours before, by day.

    Each is drawn to 1 by the part of its variance that is noise (empirical Bayes: Efron & Morris 1975).
    """
    before = seen["day"] < first
    usual = _usual(seen[before])
    late = seen[~before & seen["hour"].isin(usual)]
    if late.empty:
        return pd.Series(dtype=float)
    between, _ = _scatter(seen[before], usual)
    days = _days(late, usual)
    own = late["hour"].map(usual) * late["day"].map(days["ratio"])
    spread = ((late["share"] - own) ** 2 * late["waiting"] ** 2).groupby(late["day"]).sum()
    noise = spread[days.index] / days["usual"] ** 2
    return 1 + (days["ratio"] - 1) * (between / (between + noise) if between > 0 else 0.0)


def _by_team(
    items: pd.DataFrame,
    work: pd.DataFrame,
    duty: InferredDuty,
    split: Allocated,
    known: tuple[Configuration, float],
) -> dict[int, tuple[pd.DataFrame, pd.DataFrame]]:
    """Return by team the intervals of its agents in which items waited long enough, and its spells of work."""
    theirs = work[work["agent"].notna()]
    found = {}
    for team in range(len(duty.skills)):
        mine = theirs[theirs["number"].isin(_people(duty, team)) & theirs["queue"].isin(duty.skills[team])]
        seen = _seen(split.waiting_for(items, duty.vendors[team]), mine, duty, team, known)
        found[team] = seen[seen["waiting"] >= TELLING * known[0].staffing.interval], mine
    return found


def _all_over_known(work: pd.DataFrame) -> float:
    """Return the ratio of all work to that of known agents."""
    return len(work) / max(int(work["agent"].notna().sum()), 1)


def _mixed(parts: list[tuple[Pool, float]]) -> Pool:
    """Return the availability of several teams, weighted by their work: a harmonic mean, as time on duty adds up."""
    total = sum(spent for _, spent in parts)
    share = np.array([spent / total for _, spent in parts])
    values = np.array([dataclasses.astuple(pool) for pool, _ in parts])
    return Pool(1 / float(share @ (1 / values[:, 0])), float(share @ values[:, 1]), float(share @ values[:, 2]))


def split(blocks: pd.DataFrame, interval: float) -> pd.DataFrame:
    """Return blocks cut at the bounds of intervals; `cell` counts the intervals since 1970."""
    first = np.floor(blocks["on"].to_numpy(float) / interval).astype(np.int64)
    last = np.ceil(blocks["off"].to_numpy(float) / interval).astype(np.int64)
    pieces = np.maximum(last - first, 1)
    rows = np.repeat(np.arange(len(blocks)), pieces)
    cell = first[rows] + np.arange(rows.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    cut = blocks.iloc[rows].reset_index(drop=True)
    cut["cell"] = cell
    cut["on"] = np.maximum(cut["on"], cell * interval)
    cut["off"] = np.minimum(cut["off"], (cell + 1) * interval)
    return cut


def _people(duty: InferredDuty, team: int) -> NDArray[np.int64]:
    return np.asarray(duty.blocks.loc[duty.blocks["team"] == team, "agent"].unique(), np.int64)


def _seen(
    items: pd.DataFrame, work: pd.DataFrame, duty: InferredDuty, team: int, known: tuple[Configuration, float]
) -> pd.DataFrame:
    """Return how long items waited, and how long the agent worked meanwhile, in each interval of each agent of a team.

    Columns: agent, cell, waiting, busy (seconds), day, hour.
    """
    configuration, until = known
    left = items["started"].fillna(np.inf).clip(upper=items["expired"].fillna(np.inf)).clip(upper=until)
    can = (items["queue"].isin(duty.skills[team]) & (items["created"] < until)).to_numpy()
    waited = _Elapsed(items["created"].to_numpy(float)[can], left.to_numpy(float)[can])
    cells = split(duty.blocks[duty.blocks["team"] == team], configuration.staffing.interval)
    cells["waiting"] = waited(cells["off"]) - waited(cells["on"])
    spells = work.rename(columns={"start": "on", "end": "off"})[["number", "on", "off"]]
    pieces = split(spells[spells["off"] > spells["on"]], configuration.staffing.interval)
    pieces["busy"] = waited(pieces["off"]) - waited(pieces["on"])
    busy = pieces.groupby(["number", "cell"])["busy"].sum()
    seen = pd.DataFrame(cells.groupby(["agent", "cell"])["waiting"].sum().reset_index())
    keys = pd.MultiIndex.from_arrays([seen["agent"], seen["cell"]])
    seen["busy"] = busy.reindex(keys).fillna(0.0).to_numpy()
    local = wall(seen["cell"].to_numpy(float) * configuration.staffing.interval, configuration.timezone)
    return seen.assign(day=np.floor(local / DAY).astype(np.int64), hour=(local % DAY // HOUR).astype(np.int64))


class _Elapsed:
    """The time until a moment in which at least one of some spans was under way, as a function of the moment."""

    def __init__(self, begin: Array, end: Array) -> None:
        order = np.argsort(begin, kind="stable")
        begin, reached = begin[order], np.maximum.accumulate(end[order])
        apart = np.append(True, begin[1:] > reached[:-1])
        self.begin = begin[apart]
        self.end = reached[np.append(np.flatnonzero(apart)[1:] - 1, begin.size - 1)] if begin.size else reached
        self.before = np.concatenate([[0.0], np.cumsum(self.end - self.begin)])

    def __call__(self, moments: pd.Series) -> Array:
        times = moments.to_numpy(float)
        place = np.searchsorted(self.begin, times, "right")
        inside = np.zeros(times.size)
        some = place > 0
        inside[some] = np.minimum(times[some], self.end[place[some] - 1]) - self.begin[place[some] - 1]
        return np.asarray(self.before[np.maximum(place - 1, 0)] + inside)


def _pool(seen: pd.DataFrame, unknown: float) -> Pool:
    """Return the availability in intervals. `unknown` is the ratio of all work to that of known agents."""
    seen = seen.assign(share=seen["busy"] / seen["waiting"] * unknown)
    between, days = _scatter(seen, _usual(seen))
    weight = days["waiting"] / days["waiting"].sum()
    error = float(np.sqrt((weight**2 * (between + days["noise"])).sum()))
    mean = float(np.average(seen["share"], weights=seen["waiting"]))
    return Pool(mean, float(np.sqrt(np.log1p(between))), error)


def _usual(seen: pd.DataFrame) -> dict[int, float]:
    """Return the share worked at each hour."""
    by_hour = {int(str(hour)): rows for hour, rows in seen.groupby("hour")}
    return {hour: float(np.average(rows["share"], weights=rows["waiting"])) for hour, rows in by_hour.items()}


def _days(seen: pd.DataFrame, usual: dict[int, float]) -> pd.DataFrame:
    """Return by day how much was worked over what is usual at its hours, `ratio`, and its variance by chance."""
    seen = seen.assign(
        usual=seen["hour"].map(usual) * seen["waiting"],
        worked=seen["share"] * seen["waiting"],
        spread=(seen["share"] - seen["hour"].map(usual)) ** 2 * seen["waiting"] ** 2,
    )
    days = seen.groupby("day")[["usual", "worked", "spread", "waiting"]].sum()
    days = days[days["usual"] > 0]
    return days.assign(ratio=days["worked"] / days["usual"], noise=days["spread"] / days["usual"] ** 2)


def _scatter(seen: pd.DataFrame, usual: dict[int, float]) -> tuple[float, pd.DataFrame]:
    """Return the variance between days beyond that of chance, and the days."""
    days = _days(seen, usual)
    weight = days["waiting"] / days["waiting"].sum()
    return max(float((weight * ((days["ratio"] - 1) ** 2 - days["noise"])).sum()), 0.0), days
