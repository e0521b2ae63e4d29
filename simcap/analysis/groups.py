"""Figures by group: of all queues and teams to which a scenario gives the same word under the same key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.figures import Figures, Subject, targets_of
from simcap.analysis.measures import ratio
from simcap.analysis.ratios import ratio_spread
from simcap.analysis.summary import Spread, misses, spread
from simcap.analysis.tables import spread_columns
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]

OF_QUEUES: Final = ("arrived", "completed", "expired", "open_at_end")
OF_TEAMS: Final = (
    "headcount", "in_training", "on_floor_hours", "paid_hours", "busy_hours", "hires", "leavers", "effective_fte",
)  # fmt: skip
"""Measures that are added up over a group's queues and teams."""
KEYS: Final = ("group", "value", "sla", "measure", "period", "start")


class GroupMembers(NamedTuple):
    """The queues and teams of one group."""

    group: str
    """The key: language."""
    value: str
    """The word under it: ES."""
    queues: tuple[str, ...]
    teams: tuple[tuple[str, str], ...]
    """(vendor, team)."""


def groups_of(scenario: Scenario) -> list[GroupMembers]:
    """Return the groups of a scenario, in the order in which it first names them."""
    queues: dict[tuple[str, str], list[str]] = {}
    teams: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name, queue in scenario.queues.items():
        for pair in queue.groups.items():
            queues.setdefault(pair, []).append(name)
    for owner, vendor in scenario.vendors.items():
        for name, team in vendor.teams.items():
            for pair in team.groups.items():
                teams.setdefault(pair, []).append((owner, name))
    keys = dict.fromkeys(group for group, _ in (*queues, *teams))
    pairs = sorted(dict.fromkeys((*queues, *teams)), key=lambda pair: list(keys).index(pair[0]))
    return [GroupMembers(*pair, tuple(queues.get(pair, ())), tuple(teams.get(pair, ()))) for pair in pairs]


def group_table(scenario: Scenario, figures: Figures) -> pd.DataFrame:
    """Return the figures of each group and window: work and people added up, attainment as a ratio of sums, cost.

    Columns: group, value, sla, measure, period, start, mean with its interval and percentiles, target and the chance of
    a miss. `attainment` has a row for each SLA of the group's queues, and one for all of them together (empty `sla`, no
    target); a target only where all queues have the same. A vendor's `net_cost` is shared out by its teams' paid hours.
    """
    rows = [
        pd.concat([_labels(figures, members, sla, measure, period), pd.DataFrame(values)], axis=1)
        for members in groups_of(scenario)
        for period in figures.layout.windows
        for sla, measure, values in _measured(scenario, figures, members, period)
    ]
    return pd.concat(rows, ignore_index=True)


def _labels(figures: Figures, members: GroupMembers, sla: str, measure: str, period: str) -> pd.DataFrame:
    starts = figures.layout.windows[period].labels
    key = (members.group, members.value, sla, measure, period)
    return pd.DataFrame([(*key, start) for start in starts], columns=list(KEYS))


def _measured(
    scenario: Scenario, figures: Figures, members: GroupMembers, period: str
) -> Iterator[tuple[str, str, dict[str, Array]]]:
    """Yield an SLA (or nothing), a measure, and its columns by window."""
    queues, teams = [(queue,) for queue in members.queues], list(members.teams)
    if queues:
        yield from _attainments(scenario, figures, members, period)
        yield from (("", name, _added(figures, "queues", queues, name, period)) for name in OF_QUEUES)
    if teams:
        yield from (("", name, _added(figures, "teams", teams, name, period)) for name in OF_TEAMS)
        floor, busy = (_sum(figures, "teams", teams, name, period) for name in ("on_floor_hours", "busy_hours"))
        yield "", "occupancy", _columns(ratio_spread(busy, floor))
        if figures.has("money", period) and figures.layout.subjects["money"]:
            yield "", "net_cost", _columns(spread(_cost(figures, members, period)))


def _attainments(
    scenario: Scenario, figures: Figures, members: GroupMembers, period: str
) -> Iterator[tuple[str, str, dict[str, Array]]]:
    rows = [row for row in figures.layout.subjects["sla"] if row[0] in members.queues and not row[1]]
    targets = targets_of(scenario, figures.layout)
    for name in dict.fromkeys(row[2] for row in rows):
        own = [row for row in rows if row[2] == name]
        on_time, counted = (_sum(figures, "sla", own, measure, period) for measure in ("on_time", "counted"))
        columns = _columns(ratio_spread(on_time, counted))
        judged = {(targets[row], scenario.queues[row[0]].sla[name].per) for row in own}
        if len(judged) == 1:
            target, per = judged.pop()
            columns |= _risk(figures, ratio(on_time, counted), target, per == period, period)
        yield name, "attainment", columns
    if rows:
        on_time, counted = (_sum(figures, "sla", rows, measure, period) for measure in ("on_time", "counted"))
        yield "", "attainment", _columns(ratio_spread(on_time, counted))


def _risk(figures: Figures, attainment: Array, target: float, is_own: bool, period: str) -> dict[str, Array]:
    """Return the target and, in whole windows of the SLA's own period, the chance that the group misses it."""
    whole = np.array(figures.layout.windows[period].whole) & is_own
    risk = misses(attainment, np.full(attainment.shape[1], target))
    chances = {"miss_probability": risk.probability, "miss_low": risk.low, "miss_high": risk.high}
    return {"target": np.full(whole.size, target)} | {
        name: np.where(whole, values, np.nan) for name, values in chances.items()
    }


def _cost(figures: Figures, members: GroupMembers, period: str) -> Array:
    """Return [replication, window] what a group's teams cost: of each vendor's net cost, their share of paid hours."""
    total = np.zeros(figures.of("money", period, None, "net_cost")[:, 0].shape)
    for (vendor,) in figures.layout.subjects["money"]:
        own = [team for team in members.teams if team[0] == vendor]
        if own:
            hours = figures.of("vendors", period, (vendor,), "paid_hours")
            share = np.nan_to_num(ratio(_sum(figures, "teams", own, "paid_hours", period), hours))
            total = total + figures.of("money", period, (vendor,), "net_cost") * share
    return total


def _added(figures: Figures, table: str, subjects: Sequence[Subject], measure: str, period: str) -> dict[str, Array]:
    return _columns(spread(_sum(figures, table, subjects, measure, period), least=0.0))


def _sum(figures: Figures, table: str, subjects: Sequence[Subject], measure: str, period: str) -> Array:
    """Return [replication, window] the sum of a measure over subjects."""
    return np.asarray(np.sum([figures.of(table, period, subject, measure) for subject in subjects], axis=0))


def _columns(summary: Spread) -> dict[str, Array]:
    empty = np.full(summary.mean.shape, np.nan)
    return spread_columns(summary) | dict.fromkeys(("target", "miss_probability", "miss_low", "miss_high"), empty)
