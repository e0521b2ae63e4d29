"""The hours that teams can give, and those that queues ask for, week by week: no items, no queues, a fluid estimate.

The workforce runs as it would in a replication, before a floor that only adds up the duty it is posted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import simpy
from numpy.typing import NDArray

from simcap.demand.demand import Demand
from simcap.scenario.grid import Grid
from simcap.scenario.relations import late_starts
from simcap.scenario.schema import Scenario
from simcap.streams import Streams
from simcap.units import DAY, HOUR
from simcap.workforce.duty import add_hours
from simcap.workforce.happenings import begin_events, factor_steps
from simcap.workforce.hiring import HiringDesk
from simcap.workforce.setting import Setting
from simcap.workforce.team import Team

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Capacity:
    """Hours by week of the horizon."""

    load: Array
    """[queue, week] hours of work at full proficiency, follow-up work included."""
    supply: Array
    """[team, week] hours on the floor, weighted by speed."""
    productive: Array
    """[team, month] hours on the floor, as contracts count them."""
    notes: tuple[str, ...]
    """What the workforce moved or assumed, in words."""


class DutyCounter:
    """A floor without items: it adds up the duty of each team by day, weighted by speed."""

    def __init__(self, edges: Sequence[float], teams: int) -> None:
        self.edges = edges
        self.seconds = np.zeros((teams, len(edges)))
        self.unweighted = np.zeros((teams, len(edges)))
        self.team = np.zeros(0, np.int64)
        self.speed = np.zeros(0)

    def hire(self, team: int, at_end: Sequence[str]) -> Numbers:
        """Announce new agents of a team; number them."""
        first = self.team.size
        self.team = np.append(self.team, np.full(len(at_end), team))
        self.speed = np.append(self.speed, np.ones(len(at_end)))
        return np.arange(first, self.team.size)

    def post(self, agents: Numbers, on: Array, off: Array) -> None:
        """Count one shift."""
        lengths = np.maximum(off - on, 0).sum(axis=1)
        begin, end = float(on.min()), float(off.max())
        if end > begin:
            team = self.team[agents[0]]
            add_hours(self.seconds[team], self.edges, begin, end, float(lengths @ self.speed[agents]) / (end - begin))
            add_hours(self.unweighted[team], self.edges, begin, end, float(lengths.sum()) / (end - begin))

    def post_exactly(self, agents: Numbers, on: Array, off: Array, pause: float) -> None:  # noqa: ARG002
        """Count single blocks."""
        for agent, begin, end in zip(agents, on, off, strict=True):
            self.post(np.array([agent]), np.array([[begin]]), np.array([[end]]))

    def set_speed(self, agents: Numbers, speed: Array, by_queue: Array, error_rate: Array) -> None:  # noqa: ARG002
        """Note the speed of agents."""
        self.speed[agents] = speed

    def backlog_hours(self, team: int) -> float:  # noqa: ARG002
        """Return that nothing waits: no overtime is counted."""
        return 0.0

    def release(self, agents: Numbers) -> None:
        """Do nothing: there are no items."""

    def suspend(self, agents: Numbers, until: float) -> None:
        """Do nothing: outages are left out of the estimate."""

    def qualify(self, agents: Numbers, team: int, adds: Sequence[int]) -> None:
        """Do nothing: second skills are left out of the estimate."""

    def begin_day(self, agents: Numbers) -> None:
        """Do nothing: exposure is left out of the estimate."""

    def set_factor(self, queue: int, factor: float) -> None:
        """Do nothing: the load knows the factors."""

    def set_epoch(self, queue: int, epoch: int) -> None:
        """Do nothing: the load is not split by vendor."""


def estimate(scenario: Scenario, folder: Path, streams: Streams) -> Capacity:
    """Return load and supply by week. Raises `DataError` for data files that cannot be read."""
    demand = Demand(scenario, folder)
    grid = Grid(scenario.horizon, hourly=False)
    days = len(grid.days)
    starts = np.arange(0, days, 7)
    duty, notes = _duty(scenario, folder, streams, demand, grid)
    supply = np.add.reduceat(duty.seconds[:, :days], starts, axis=1) / HOUR
    months = [begin for begin, _ in grid.windows("month").cells]
    productive = np.add.reduceat(duty.unweighted[:, :days], months, axis=1) / HOUR
    load = np.add.reduceat(_load(scenario, demand, days), starts, axis=1) / HOUR
    return Capacity(load, supply, productive, (*notes, *late_starts(scenario)))


def _duty(
    scenario: Scenario, folder: Path, streams: Streams, demand: Demand, grid: Grid
) -> tuple[DutyCounter, list[str]]:
    """Return the hours on the floor by team and day, without a floor, and the workforce's notes."""
    env = simpy.Environment(demand.day(-round(scenario.horizon.warm_up / DAY)).start)
    pairs = [(vendor, team) for vendor, plan in scenario.vendors.items() for team in plan.teams]
    counter = DutyCounter(grid.edges.tolist(), len(pairs))
    setting = Setting(env, scenario, folder, streams, counter, demand.clock, grid.edges)
    teams = {
        team: Team(setting, number, scenario.vendors[vendor], vendor, team)
        for number, (vendor, team) in enumerate(pairs)
    }
    for team in teams.values():
        team.open()
    for name, vendor in scenario.vendors.items():
        HiringDesk(setting, name, vendor).begin({t.name: t for t in teams.values() if t.vendor_name == name})
    begin_events(setting, teams)
    env.run(grid.end)
    return counter, setting.notes


def _load(scenario: Scenario, demand: Demand, days: int) -> Array:
    """Return [queue, day] seconds of work: expected items, those that follow them, times mean content and factor."""
    _, items = demand.expected_items(days)
    noons = [demand.day(day).start + DAY / 2 for day in range(days)]
    for queue, (name, work) in enumerate(zip(scenario.queues, demand.works, strict=True)):
        steps = factor_steps(scenario, demand.clock, name)
        place = np.searchsorted([begin for begin, _ in steps], noons, side="right") - 1
        items[queue] *= work.content.mean * np.array([factor for _, factor in steps])[place]
    return items
