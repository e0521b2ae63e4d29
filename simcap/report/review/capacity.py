"""The grid that vendors and finance exchange: hours by vendor, site, queue and week or month."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.measures import ratio
from simcap.analysis.risks import BUSY
from simcap.experiment.results import Results
from simcap.report.wording.standing import Standing, chance_by, standings

Array = NDArray[np.float64]
Team = tuple[str, str]

PERIODS = ("week", "month")


@dataclasses.dataclass(frozen=True)
class GridRow:
    """The hours of a vendor's teams at a site on a queue, in one week or month; means over replications."""

    vendor: str
    site: str
    queue: str
    period: str
    start: dt.datetime
    required: float
    """Hours on the floor at which the work done would keep the teams busy for 92% of the time."""
    committed: float
    """The contract's minimum hours, shared out by what is scheduled; NaN without one, and in weeks."""
    scheduled: float
    """Hours on the floor of the headcount if nobody were absent or offline."""
    delivered: float
    """Hours on the floor."""
    low: float
    """Of those, the 10th percentile over replications."""
    high: float
    """Of those, the 90th."""
    fte: float
    """Agents, weighted by their speed."""
    cost: float
    """Net cost; NaN in weeks, which no contract settles."""
    chance: float
    """Highest chance that an SLA of the queue, or of the vendor's part of it, is missed; NaN where none is judged."""

    @property
    def gap(self) -> float:
        """Return the hours that are delivered beyond those required; negative where they fall short."""
        return self.delivered - self.required


def sites_of_teams(results: Results) -> dict[Team, str]:
    """Return the site of each team: its group of that name, else the city of its time zone."""
    return {
        (owner, name): team.groups.get("site") or team.timezone.split("/")[-1].replace("_", " ")
        for owner, vendor in results.scenario.vendors.items()
        for name, team in vendor.teams.items()
    }


def capacity_grid(results: Results) -> list[GridRow]:
    """Return the grid, in the order of vendors, sites, queues, and periods.

    A team's hours are shared out over its queues as its busy hours are. Raises `KeyError` if the run has no such hours.
    """
    stands = standings(results)
    rows: list[GridRow] = []
    for (vendor, site, queue), teams in _cells(results).items():
        own = [row for row in stands if row.queue == queue and row.vendor in ("", vendor)]
        for period in PERIODS:
            rows += _rows(results, (vendor, site, queue), teams, period, own)
    return rows


def _cells(results: Results) -> dict[tuple[str, str, str], list[Team]]:
    """Return the teams of each vendor, site and queue."""
    sites = sites_of_teams(results)
    cells: dict[tuple[str, str, str], list[Team]] = {}
    for vendor, team, queue in results.layout.subjects["work"]:
        cells.setdefault((vendor, sites[vendor, team], queue), []).append((vendor, team))
    return cells


def _rows(
    results: Results, key: tuple[str, str, str], teams: list[Team], period: str, own: list[Standing]
) -> Iterator[GridRow]:
    vendor, _, queue = key
    shares = {team: _share(results, team, queue, period) for team in teams}

    def hours(measure: str) -> Array:
        return np.asarray(sum(results.figures.of("teams", period, team, measure) * shares[team] for team in teams))

    busy = np.sum([results.figures.of("work", period, (*team, queue), "busy_hours") for team in teams], axis=0)
    delivered, scheduled, fte = (hours(name) for name in ("on_floor_hours", "scheduled_hours", "effective_fte"))
    cost = _cost(results, vendor, hours("paid_hours"), period)
    committed = _committed(results, vendor, scheduled, period)
    windows = results.layout.windows[period]
    chances = chance_by(own, windows) if own else np.full(len(windows.cells), np.nan)
    low, high = np.percentile(delivered, [10, 90], axis=0)
    for window, start in enumerate(windows.starts):
        yield GridRow(
            *key,
            period,
            start,
            required=float(busy[:, window].mean()) / BUSY,
            committed=committed[window],
            scheduled=float(scheduled[:, window].mean()),
            delivered=float(delivered[:, window].mean()),
            low=float(low[window]),
            high=float(high[window]),
            fte=float(fte[:, window].mean()),
            cost=cost[window],
            chance=float(chances[window]),
        )


def _share(results: Results, team: Team, queue: str, period: str) -> Array:
    """Return [replication, window] the share of a team's busy hours that a queue takes.

    That over the horizon in windows in which the team is idle; equal parts for one that is never busy.
    """
    queues = [name for *owner, name in results.layout.subjects["work"] if tuple(owner) == team]
    shares = []
    for one in (period, "horizon"):
        busy = {name: results.figures.of("work", one, (*team, name), "busy_hours") for name in queues}
        shares.append(ratio(busy[queue], np.sum(list(busy.values()), axis=0)))
    over_horizon = np.where(np.isnan(shares[1]), 1 / len(queues), shares[1])
    return np.where(np.isnan(shares[0]), over_horizon, shares[0])


def _cost(results: Results, vendor: str, paid: Array, period: str) -> list[float]:
    """Return by window a vendor's net cost, by the share of its paid hours."""
    if period != "month" or (vendor,) not in results.layout.subjects["money"]:
        return [np.nan] * paid.shape[1]
    share = np.nan_to_num(ratio(paid, results.figures.of("vendors", period, (vendor,), "paid_hours")))
    net = results.figures.of("money", period, (vendor,), "net_cost")
    return [float(value) for value in (net * share).mean(axis=0)]


def _committed(results: Results, vendor: str, scheduled: Array, period: str) -> list[float]:
    contract = results.scenario.vendors[vendor].contract
    minimum = contract.minimum.hours_per_month if contract is not None and contract.minimum is not None else None
    whole = results.layout.windows[period].whole
    if minimum is None or period != "month":
        return [np.nan] * scheduled.shape[1]
    share = np.nan_to_num(ratio(scheduled, results.figures.of("vendors", period, (vendor,), "scheduled_hours")))
    return [float(value) for value in np.where(whole, minimum * share.mean(axis=0), np.nan)]
