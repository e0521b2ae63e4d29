"""Staffing as a history shows it: who is on duty when, and which queues they take.

With attendance this is known. Without it, it is inferred from who is working: agents who wait for work are invisible.
The time between items that the log does not show is measured separately, by `availability`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.allocated import DESK
from simcap.calibration.history.configuration import InferredStaffing
from simcap.errors import DataError

Array = NDArray[np.float64]

SEEN_ON = 0.25
"""An agent takes a queue if its share of the agent's work is at least this part of its share of all work."""
FEW_ITEMS = 20
"""Agents with fewer items than this take all they did, however rare."""
NOBODY = "nobody is seen at work: a back-test needs to know who took items, and when"


@dataclasses.dataclass(frozen=True)
class InferredDuty:
    """Time on the floor: `blocks` with agent (a number), team (a number), on, off (POSIX seconds)."""

    blocks: pd.DataFrame
    skills: tuple[tuple[str, ...], ...]
    """Queues that each team takes."""
    vendors: tuple[str, ...]
    """The vendor of each team."""

    def of(self, queues: Sequence[str]) -> InferredDuty:
        """Return the duty of the teams that take any of these queues, for these queues only."""
        skills = [tuple(queue for queue in team if queue in queues) for team in self.skills]
        kept = [team for team, left in enumerate(skills) if left]
        place = {team: number for number, team in enumerate(kept)}
        blocks = self.blocks[self.blocks["team"].isin(kept)]
        return InferredDuty(
            blocks.assign(team=blocks["team"].map(place)),
            tuple(skills[team] for team in kept),
            tuple(self.vendors[team] for team in kept),
        )

    def within(self, begin: float, end: float) -> InferredDuty:
        """Return the duty of a span, blocks cut at its bounds."""
        inside = self.blocks[(self.blocks["off"] > begin) & (self.blocks["on"] < end)]
        cut = inside.assign(on=inside["on"].clip(lower=begin), off=inside["off"].clip(upper=end))
        return InferredDuty(cut, self.skills, self.vendors)


def spells_of_work(
    items: pd.DataFrame, longest: float, until: float = np.inf, vendors: pd.Series | str = DESK
) -> pd.DataFrame:
    """Return agent, vendor, number, queue, start, end of the work that the items show before a moment.

    Work left open ends after `longest`. Agents are numbered as in the whole history, whatever part of it `items` are;
    unknown ones have no name. `vendors` are those of the items' agents.
    """
    begun = items[items["started"].notna()]
    end = begun["completed"].fillna(np.inf).clip(upper=begun["started"] + longest).clip(upper=until)
    agent = begun["agent"].astype(str).str.strip()
    known = begun["agent"].notna() & (agent != "") & (agent != "nan")
    named = agent.where(known)
    return pd.DataFrame(
        {
            "agent": named,
            "vendor": vendors if isinstance(vendors, str) else vendors.loc[begun.index],
            "number": begun["agent"].cat.codes,
            "queue": begun["queue"],
            "start": begun["started"],
            "end": end,
        }
    )


def seen_at_work(work: pd.DataFrame, staffing: InferredStaffing) -> InferredDuty:
    """Infer duty from spells of work: every interval with work in it, and single ones in between."""
    known = work[work["agent"].notna()]
    if known.empty:
        raise DataError(NOBODY)
    skills, vendors, team = _teams(known)
    rows = pd.DataFrame({"agent": known["number"].to_numpy(), "team": team})
    rows["first"] = np.floor(known["start"].to_numpy() / staffing.interval)
    rows["last"] = np.floor(np.maximum(known["end"].to_numpy() - 1e-6, known["start"].to_numpy()) / staffing.interval)
    rows = rows.sort_values(["agent", "team", "first"], kind="stable")
    person = rows.groupby(["agent", "team"])
    reached = person["last"].cummax().groupby([rows["agent"], rows["team"]]).shift()
    block = (reached.isna() | (rows["first"] > reached + 2)).cumsum()
    blocks = rows.groupby(block).agg(
        agent=("agent", "first"), team=("team", "first"), on=("first", "min"), off=("last", "max")
    )
    blocks["on"] *= staffing.interval
    blocks["off"] = (blocks["off"] + 1) * staffing.interval
    return InferredDuty(blocks.sort_values("on", kind="stable").reset_index(drop=True), skills, vendors)


def attended(attendance: pd.DataFrame, work: pd.DataFrame) -> InferredDuty:
    """Return duty from attendance: the spells on the floor. What agents take is still seen from their work."""
    if not work["agent"].notna().any():
        raise DataError(NOBODY)
    floor = attendance[attendance["activity"] == "floor"].sort_values("start", kind="stable")
    if not floor["agent"].astype(str).isin(work["agent"]).any():
        raise DataError(
            "attendance: none of its agents is in the item log, which shows who takes what; make sure that both name "
            "agents alike"
        )
    skills, vendors, team = _teams(work[work["agent"].notna()])
    teams = dict(zip(work.loc[work["agent"].notna(), "agent"], team.tolist(), strict=True))
    usual = int(np.bincount(team).argmax())
    agent = floor["agent"].astype(str)
    numbers = work.dropna(subset="agent").drop_duplicates("agent").set_index("agent")["number"].to_dict()
    idle = sorted(set(agent) - set(numbers))
    numbers |= {name: max(numbers.values(), default=-1) + 1 + place for place, name in enumerate(idle)}
    blocks = pd.DataFrame(
        {
            "agent": agent.map(numbers).to_numpy(),
            "team": agent.map(teams).fillna(usual).astype(int),
            "on": floor["start"],
            "off": floor["end"],
        }
    )
    return InferredDuty(apart(blocks).reset_index(drop=True), skills, vendors)


def apart(blocks: pd.DataFrame) -> pd.DataFrame:
    """Return blocks without overlaps: an agent's later block begins where the earlier one ends, or is dropped."""
    ordered = blocks.sort_values(["team", "agent", "on"], kind="stable")
    before = ordered.groupby(["team", "agent"])["off"].cummax().groupby([ordered["team"], ordered["agent"]]).shift()
    ordered["on"] = np.maximum(ordered["on"], before.fillna(-np.inf))
    return ordered[ordered["off"] > ordered["on"]].sort_values("on", kind="stable")


def _teams(known: pd.DataFrame) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...], NDArray[np.int64]]:
    """Return skills and vendor of each team, one for each set of queues that its agents take, and its members."""
    table = pd.crosstab(known["agent"], known["queue"].astype(str))
    usual = table.sum() / table.to_numpy().sum()
    takes = table.div(table.sum(axis=1), axis=0) >= SEEN_ON * usual
    few = table.sum(axis=1) < FEW_ITEMS
    takes[few] = table[few] > 0
    vendor = known.drop_duplicates("agent").set_index("agent")["vendor"]
    sets = takes.apply(lambda row: tuple(str(queue) for queue in takes.columns[row.to_numpy()]), axis=1)
    both = pd.Series(list(zip(sets, vendor.reindex(sets.index), strict=True)), index=sets.index)
    codes, names = pd.factorize(both)
    skills, vendors = zip(*names, strict=True)
    return skills, vendors, pd.Series(codes, index=table.index)[known["agent"]].to_numpy(np.int64)
