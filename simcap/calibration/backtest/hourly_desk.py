"""A desk as reports by the hour show it, without any item log: items by counts, agents by the positions staffed.

A replay is given the items that were offered in each period, and as many agents as there were positions or, where that
is all there is, FTE at work. What reports do not say is left open: who took an item, how long each waited.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.allocated import DESK, Allocated
from simcap.calibration.backtest.availability import ALWAYS, Pool
from simcap.calibration.backtest.by_schedule import shared_out
from simcap.calibration.backtest.desk import DeskReports, Learned, midnight
from simcap.calibration.backtest.hypothesis import Hypothesis, Rule, splits
from simcap.calibration.backtest.inferred_duty import InferredDuty
from simcap.calibration.backtest.offered_times import OfferedItems
from simcap.calibration.backtest.reported_items import before_origin, in_full, known_items, reported_fits
from simcap.calibration.backtest.reported_share import shares_before
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.history.reports import people, whole_of
from simcap.calibration.history.roles import LENGTH
from simcap.errors import DataError
from simcap.scenario.schema.scenario import Scenario
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]

STAFFED: Final = ("positions", "fte_actual")
"""Columns that say by the hour how many agents are there, the better one first."""
ENOUGH: Final = 100
"""Intervals of full queues by which it is measured how much of their time agents work."""
_FAINT: Final = 0.01
"""Positions below which nobody is there."""
FULL: Final = 2.0
"""Items that wait for each agent, on all queues together, from which on nobody is idle for want of work."""


def staffed_by(history: History) -> str:
    """Return the column that says by the hour who is there; "" if none does."""
    fine = _fine(history.reports)
    return next((name for name in STAFFED if name in fine and fine[name].notna().any()), "")


@dataclasses.dataclass(frozen=True)
class HourlyDesk:
    """A desk whose reports say by the hour who is there, under any hypothesis."""

    configuration: Configuration
    history: History
    offered: OfferedItems
    scenario: Scenario | None = None
    """If one is named: its routing and teams, which would else have to be found out."""

    def hypotheses(self, origin: dt.date) -> list[Hypothesis]:
        """Return what may be assumed of it before an origin."""
        if self.scenario is not None:
            return [Hypothesis(self.scenario.routing.rule, frozenset(self.scenario.routing.allocation))]
        return hypotheses(self.configuration, self.history, origin)

    def rests(self) -> Iterator[str]:
        """Yield what a replay of it rests on, in words."""
        yield (
            f"Who is there: {staffed_by(self.history)} by the hour, of vendors and teams where the report has them; "
            "who takes what: what each team has handled."
        )

    def learn(self, configuration: Configuration, origin: dt.date, hypothesis: Hypothesis) -> Learned:
        """Return the desk at an origin."""
        return learn_reported(configuration, self.history, self.offered, origin, hypothesis, self.scenario)


def hypotheses(configuration: Configuration, history: History, origin: dt.date) -> list[Hypothesis]:
    """Return what may be assumed of a desk: each order of work, and which of the queues of several vendors are split.

    An order that the calibration file states, and queues whose allocation a report counts, are as they say.
    """
    # On one queue both orders are the same.
    stated = configuration.staffing.states_order or history.items["queue"].nunique() == 1
    rules: tuple[Rule, ...] = (configuration.staffing.order,) if stated else ("longest_wait", "priority")
    told, open_ = _several_vendors(before_origin(configuration, history, origin))
    return [Hypothesis(rule, told | split) for rule in rules for split in splits(open_)]


def learn_reported(
    configuration: Configuration,
    history: History,
    offered: OfferedItems,
    origin: dt.date,
    hypothesis: Hypothesis | None = None,
    scenario: Scenario | None = None,
) -> Learned:
    """Fit a desk to what reports said at midnight of `origin`; the agents of a replay are those of the days after it.

    Positions that are of no team are shared out among those of a scenario, if there is one. Without a hypothesis the
    order is that of the calibration file, and queues are split as reports count it. Raises `DataError` if reports say
    too little, with what is needed.
    """
    assert configuration.backtest is not None
    begin = midnight(configuration, origin)
    before = before_origin(configuration, history, origin)
    assumed = hypothesis or Hypothesis(configuration.staffing.order, _several_vendors(before)[0])
    fits = reported_fits(history, before, origin)
    queues = sorted({fit.subject.name for fit in fits if fit.kind == "handle time"})
    staffed = staffed_by(history)
    pool = _availability(_fine(before), queues, staffed)
    there = people(_fine(history.reports), staffed)
    planned = scenario is not None and not (there["vendor"] != "").any() and not (there["team"] != "").any()
    if scenario is not None and planned:
        there = shared_out(there, staffed, scenario)
    ordered = _in_order(before, queues, assumed)
    duty = _on_duty(there, staffed, ordered, before if scenario is None or not planned else scenario)
    if duty.blocks.empty or float(duty.blocks["off"].max()) < begin + (configuration.backtest.days - 1) * DAY:
        raise DataError(f"backtest: reports of {staffed} end before the days to replay")
    return Learned(
        origin,
        begin,
        known_items(history, before, begin),
        duty,
        tuple(in_full(fit, pool.mean / assumed.load, pool.error) for fit in fits),
        (),
        dict.fromkeys(queues, 0.0),
        dict.fromkeys(queues, pool),
        Allocated(_allocation(before, assumed.split, scenario), math.inf, pd.Series([], dtype=object), None),
        assumed.rule,
        reported=DeskReports(shares_before(history, origin), offered, {}),
    )


def _fine(reports: pd.DataFrame | None) -> pd.DataFrame:
    """Return the reports by the hour or finer."""
    assert reports is not None
    return reports[reports[LENGTH] <= HOUR]


def _several_vendors(before: pd.DataFrame) -> tuple[frozenset[str], list[str]]:
    """Return the queues whose allocation to vendors is counted, and others that several vendors handle."""
    by_vendor = before[(before["queue"] != "") & (before["vendor"] != "")]

    def shared(name: str) -> set[str]:
        if name not in by_vendor:
            return set()
        known = by_vendor[by_vendor[name] > 0].groupby("queue")["vendor"].nunique()
        return {str(queue) for queue, count in known.items() if count > 1}

    told = shared("offered")
    return frozenset(told), sorted(shared("handled") - told)


def _allocation(before: pd.DataFrame, split: frozenset[str], scenario: Scenario | None) -> dict[str, dict[str, float]]:
    """Return each vendor's share of some queues: of the offered where they are counted by vendor, else the handled.

    Where no report has vendors it is as a scenario plans it.
    """
    found = {}
    for queue in sorted(split):
        rows = before[(before["queue"] == queue) & (before["vendor"] != "")]
        if rows.empty and scenario is not None:
            found[queue] = dict(scenario.routing.allocation[queue])
            continue
        name = "offered" if "offered" in rows and (rows["offered"] > 0).any() else "handled"
        sums = whole_of(rows, name).groupby("vendor")[name].sum()
        found[queue] = {str(vendor): float(share) for vendor, share in (sums / sums.sum()).items() if share > 0}
    return found


def _on_duty(there: pd.DataFrame, staffed: str, queues: list[str], known: pd.DataFrame | Scenario) -> InferredDuty:
    """Return duty of as many agents as are staffed: whole ones for whole intervals, the rest for a part of one.

    Each team takes the queues that are `known`: those that reports before say it handled, or that a scenario says;
    agents of no named team, and new teams, take all.
    """
    there = there[there[staffed] > _FAINT]
    skills, vendors, parts = [], [], []
    for number, ((vendor, team), rows) in enumerate(there.groupby(["vendor", "team"])):
        own = _taken_by(str(vendor), str(team), known)
        skills.append(tuple(queue for queue in queues if queue in own) or tuple(queues))
        vendors.append(str(vendor) or DESK)
        parts.append(_blocks(rows.sort_values("start"), staffed).assign(team=number))
    blocks = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"agent": [], "team": [], "off": []})
    return InferredDuty(blocks, tuple(skills), tuple(vendors))


def _taken_by(vendor: str, team: str, known: pd.DataFrame | Scenario) -> set[str]:
    if isinstance(known, Scenario):
        return set(known.vendors[vendor].teams[team].skills)
    handled = known[(known["handled"] > 0) & (known["vendor"] == vendor)]
    return {str(queue) for queue in handled.loc[(handled["team"] == team) | (team == ""), "queue"]}


def _in_order(before: pd.DataFrame, queues: list[str], assumed: Hypothesis) -> list[str]:
    """Return queues in the order of priority: by their mean wait, the shortest first, else by their handle time."""
    if assumed.rule != "priority":
        return queues
    known = before[(before["handled"] > 0) & before["queue"].isin(queues)]
    for name in ("wait", "aht"):
        if name in known and set(known.loc[known[name].notna(), "queue"]) == set(queues):
            told = known[known[name].notna()]
            sums = told.assign(spent=told[name] * told["handled"]).groupby("queue")[["spent", "handled"]].sum()
            mean = (sums["spent"] / sums["handled"]).to_dict()
            return sorted(queues, key=lambda queue: (mean[queue], queue))
    return queues


def _blocks(rows: pd.DataFrame, staffed: str) -> pd.DataFrame:
    start, length, count = (rows[name].to_numpy(float) for name in ("start", LENGTH, staffed))
    most = int(np.ceil(count.max()))
    part = np.clip(count[:, None] - np.arange(most), 0.0, 1.0)
    interval, agent = np.nonzero(part > 0)
    on = start[interval]
    blocks = pd.DataFrame({"agent": agent, "on": on, "off": on + length[interval] * part[interval, agent]})
    blocks = blocks.sort_values(["agent", "on"], kind="stable")
    fresh = (blocks["agent"].diff() != 0) | (blocks["on"] > blocks["off"].shift())
    return blocks.groupby(fresh.cumsum()).agg(agent=("agent", "first"), on=("on", "first"), off=("off", "last"))


def _availability(before: pd.DataFrame, queues: list[str], staffed: str) -> Pool:
    """Return which share of their time agents work while enough items wait for all of them."""
    keys = ["start", LENGTH, "day"]
    mine = before[before["queue"].isin(queues)]
    if "backlog" not in mine:
        return ALWAYS
    spent = mine.assign(spent=mine["handled"] * mine["aht"].fillna(0.0))
    full = spent.groupby(keys)[["spent"]].sum()
    full["there"] = people(before, staffed).groupby(keys)[staffed].sum()
    held = mine[mine["backlog"].notna()]
    full["waiting"] = held.groupby(keys)["backlog"].sum()
    full = full.reset_index()
    full = full[(full["waiting"] >= FULL * full["there"]) & (full["there"] > 0)]
    if len(full) < ENOUGH:
        return ALWAYS
    days = full.assign(paid=full["there"] * full[LENGTH]).groupby("day")[["spent", "paid"]].sum()
    mean = float(days["spent"].sum() / days["paid"].sum())
    off = days["spent"] - mean * days["paid"]
    error = float(np.sqrt((off**2).sum()) / days["spent"].sum())
    return Pool(min(mean, 1.0), 0.0, error)
