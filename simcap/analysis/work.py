"""Who works on what: decisions and hours of each team by queue."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.measures import Measured, ratio, sums
from simcap.scenario.families import family
from simcap.scenario.grid import Windows
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Tally
from simcap.units import HOUR

Array = NDArray[np.float64]

WORK_MEASURES: Final = ("completed", "busy_hours")
WORK_PERIODS: Final = ("horizon", "month", "week")
"""Periods by which work is kept: each pair of a team and a queue is a row."""


def workers(scenario: Scenario) -> tuple[tuple[str, str, str], ...]:
    """Return (vendor, team, queue) for each skill of each team, cross-training included, in the scenario's order."""
    added: dict[str, list[str]] = {}
    for event in scenario.events.values():
        if event.cross_train is not None:
            added.setdefault(event.cross_train.team, []).extend(event.cross_train.adds)
    return tuple(
        (owner, name, queue)
        for owner, vendor in scenario.vendors.items()
        for name, team in vendor.teams.items()
        for queue in scenario.queues
        if queue in team.skills or queue in added.get(name, ())
    )


def work_figures(scenario: Scenario, tally: Tally, windows: Windows) -> Measured:
    """Return the figures of `workers` by measure: [team and queue, window].

    A team's busy hours are shared out over its queues by decisions times mean handle time, as only the sum is counted;
    by decisions alone if the handle times of one of its queues are in a data file.
    """
    pairs = workers(scenario)
    teams = np.array([tally.names.teams.index((vendor, team)) for vendor, team, _ in pairs], int)
    queues = np.array([tally.names.queues.index(queue) for _, _, queue in pairs], int)
    decisions = sums(tally.decisions, windows)[teams, queues]
    weights = decisions * _seconds(scenario, pairs)[:, None]
    whole = np.zeros((len(tally.names.teams), len(windows.cells)))
    np.add.at(whole, teams, weights)
    busy = sums(tally.by_team["busy"], windows)[teams] / HOUR
    return {"completed": decisions, "busy_hours": np.nan_to_num(ratio(weights, whole[teams])) * busy}


def _seconds(scenario: Scenario, pairs: tuple[tuple[str, str, str], ...]) -> Array:
    """Return the mean handle time of each pair's queue; 1 where those of the team's queues are not all known."""
    means = {
        name: family(queue.handle_time).mean
        for name, queue in scenario.queues.items()
        if queue.handle_time is not None and queue.handle_time.empirical is None
    }
    vague = {team for _, team, queue in pairs if queue not in means}
    return np.array([1.0 if team in vague else means[queue] for _, team, queue in pairs])
