"""What the rows of a tally stand for, and who is in each team by day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.demand.demand import Demand
from simcap.scenario.schema.queues import Sla
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Names
from simcap.workforce.team import Team


def names_of(scenario: Scenario, demand: Demand) -> Names:
    """Return the names of a scenario's queues, lines, SLAs and teams."""
    slas: dict[tuple[str, str], Sla] = {
        (name, label): sla for name, queue in scenario.queues.items() for label, sla in queue.sla.items()
    }
    return Names(
        queues=tuple(scenario.queues),
        lines=tuple(
            (queue, vendor)
            for queue, work in zip(scenario.queues, demand.work_by_queue, strict=True)
            for vendor in work.split.vendors or ("",)
        ),
        slas=tuple(slas),
        teams=tuple((name, team) for name, vendor in scenario.vendors.items() for team in vendor.teams),
        count_all=frozenset(key for key, sla in slas.items() if sla.counts == "all"),
        by_close=frozenset(key for key, sla in slas.items() if sla.by == "decided"),
    )


def headcounts(team: Team, days: int) -> tuple[NDArray[np.float64], ...]:
    """Return by day of the horizon: headcount at the end, agents in training, hires, leavers, transfers, stated agents.

    Headcount is the initial one, plus hires, less leavers, plus transfers.
    """
    members = team.members
    table = members.roster.table
    came, moved = table["came"], table["moved"]
    hires = _per_day(table["since"][(table["since"] > 0) & ~came], days)
    leavers = _per_day(table["leaves"][np.isfinite(table["leaves"]) & ~moved], days)
    transfers = _per_day(table["since"][came], days) - _per_day(table["leaves"][moved], days)
    start = np.count_nonzero((table["since"] <= 0) & ~came)
    training = np.zeros(days)
    for first, last, seats in members.trainees:
        training[max(first, 0) : max(last, 0)] += seats
    first, gone = np.minimum(np.ceil(members.stated.T), days).astype(np.int64)
    changes = [np.bincount(np.maximum(moments, 0), minlength=days + 1)[:days] for moments in (first, gone)]
    stated = np.cumsum(changes[0] - changes[1])
    return start + np.cumsum(hires - leavers + transfers), training, hires, leavers, transfers, stated.astype(float)


def _per_day(moments: NDArray[np.float64], days: int) -> NDArray[np.float64]:
    """Return how many moments, in days from `start`, fall on each day of the horizon; earlier ones on its first."""
    inside = moments[moments < days].astype(np.int64)
    return np.bincount(np.maximum(inside, 0), minlength=days).astype(np.float64)
