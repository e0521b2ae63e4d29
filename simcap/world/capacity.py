"""The hours that teams offer, and those that queues need: a fluid estimate, without items or waiting.

The workforce runs as it would in a replication, but on a floor that only adds up the posted duty.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
import simpy
from numpy.typing import NDArray

from simcap.demand.demand import Demand
from simcap.distributions import Distribution
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.families import family
from simcap.scenario.grid import Grid
from simcap.scenario.relations import as_planned, late_starts
from simcap.scenario.schema.events import RandomOutages
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Streams
from simcap.tally import Capacity, Crew
from simcap.units import DAY, HOUR, YEAR
from simcap.workforce.context import ReplicationContext
from simcap.workforce.workforce import Workforce
from simcap.world.posted import Ledger, Posted
from simcap.world.workload import lines_of, workload

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

_LONGEST_TAIL = 7 * DAY
"""The longest time after the horizon that is estimated, for items that are created at its end."""
_LONGEST_CLOSING = 3 * DAY
"""Time after that, so that a night or a weekend that begins then also ends."""
_POINTS = 100
"""Number of quantiles that represent the lengths of random outages."""
_PARTS = 21
"""Parts of a queue's items that leave at different times; an odd number, so that one is in the middle."""


class DutyCounter:
    """A floor without items: it records the duty of each agent, with the speed and the skills of the day."""

    def __init__(self, env: simpy.Environment, teams: int, queues: int) -> None:
        self.env = env
        self.crews: list[tuple[int, tuple[int, ...]]] = [(team, ()) for team in range(teams)]
        self.stops: list[tuple[Numbers, float, float]] = []
        self.wrong = np.zeros((teams, queues))
        self.worked = np.zeros(teams)
        self._queues = queues
        self._rows: list[Posted] = []
        self.team = np.zeros(0, np.int64)
        self.crew = np.zeros(0, np.int64)
        self.speed = np.zeros(0)
        self.relative = np.zeros(0)
        self.error_rate = np.zeros((0, queues))

    def hire(self, team: int, at_end: Sequence[str]) -> Numbers:
        """Add agents to a team; return their numbers."""
        first, count = self.team.size, len(at_end)
        self.team = np.append(self.team, np.full(count, team))
        self.crew = np.append(self.crew, np.full(count, team))
        self.speed = np.append(self.speed, np.ones(count))
        self.relative = np.append(self.relative, np.ones(count))
        self.error_rate = np.concatenate([self.error_rate, np.zeros((count, self._queues))])
        return np.arange(first, self.team.size)

    def post(self, agents: Numbers, on: Array, off: Array, begin: float | None = None) -> None:  # noqa: ARG002
        """Record one shift."""
        seconds = np.maximum(off - on, 0).sum(axis=1)
        here = seconds > 0
        agents, seconds, speed = agents[here], seconds[here], self.speed[agents[here]]
        if agents.size:
            first, last = on[here].min(axis=1), off[here].max(axis=1)
            self._rows.append(Posted(agents, self.crew[agents], first, last, seconds, speed, self.relative[agents]))
            team = self.team[agents[0]]
            self.worked[team] += seconds @ speed
            self.wrong[team] += (seconds * speed) @ self.error_rate[agents]

    def post_exactly(self, agents: Numbers, on: Array, off: Array, pause: float) -> None:  # noqa: ARG002
        """Record single blocks."""
        self.post(agents, on[:, None], off[:, None])

    def set_speed(self, agents: Numbers, speed: Array, by_queue: Array, error_rate: Array) -> None:
        """Note agents' speed, their relative speed on second skills, and their error rates."""
        self.speed[agents] = speed
        self.relative[agents] = by_queue.min(axis=1) / speed
        self.error_rate[agents] = error_rate

    def backlog_hours(self, team: int) -> float:  # noqa: ARG002
        """Return 0, as nothing waits: there is no overtime."""
        return 0.0

    def line_backlog(self, team: int, queue: int) -> tuple[float, float]:  # noqa: ARG002
        """Return that nothing waits, which nobody asks: people are as planned."""
        return 0.0, 1.0

    def release(self, agents: Numbers) -> None:
        """Do nothing: there are no items."""

    def suspend(self, agents: Numbers, until: float) -> None:
        """Record which agents are stopped, from when to when."""
        self.stops.append((agents.copy(), self.env.now, until))

    def qualify(self, agents: Numbers, team: int, adds: Sequence[int]) -> None:
        """Make agents a crew of their own from now on."""
        key = (team, tuple(adds))
        if key not in self.crews:
            self.crews.append(key)
        self.crew[agents] = self.crews.index(key)

    def begin_day(self, agents: Numbers) -> None:
        """Do nothing: exposure is computed from the duty of a day."""

    def set_factor(self, queue: int, factor: float) -> None:
        """Do nothing: the load includes the factors."""

    def set_epoch(self, queue: int, epoch: int) -> None:
        """Do nothing: the load includes the splits."""

    def posted(self) -> Posted:
        """Return all duty, one row for each agent and shift."""
        whole, real = np.zeros(0, np.int64), np.zeros(0)
        return Posted.concatenated([Posted(whole, whole, real, real, real, real, real), *self._rows])

    def skill(self, skills: Sequence[Sequence[int]]) -> Array:
        """Return [crew, queue] speed on a queue relative to general speed, given the skills of each team."""
        skill = np.zeros((len(self.crews), self._queues))
        rows = self.posted() if len(self.crews) > len(skills) else None
        for crew, (team, adds) in enumerate(self.crews):
            skill[crew, list(skills[team])] = 1.0
            if rows is not None and adds and (crew_rows := rows.crew == crew).any():
                skill[crew, list(adds)] = np.average(
                    rows.relative[crew_rows], weights=(rows.seconds * rows.speed)[crew_rows]
                )
        return skill

    def wrong_share(self, skills: Sequence[Sequence[int]]) -> Array:
        """Return the share of wrong decisions by queue: that of the teams with the skill, weighted by their hours."""
        able = np.zeros((len(skills), self._queues))
        for team, queues in enumerate(skills):
            able[team, list(queues)] = 1.0
        return np.asarray((able * self.wrong).sum(axis=0) / np.maximum(self.worked @ able, 1e-9))


def estimate(scenario: Scenario, files: DataFiles, streams: Streams) -> Capacity:
    """Return load and capacity by hour. Raises `DataError` for unreadable data files."""
    demand = Demand(scenario, files)
    edges = _edges(scenario, demand)
    pairs = [(name, team) for name, vendor in scenario.vendors.items() for team in vendor.teams]
    queues = list(scenario.queues)
    skills = [[queues.index(queue) for queue in scenario.vendors[vendor].teams[team].skills] for vendor, team in pairs]
    duty, notes = _duty(scenario, files, streams, demand, float(edges[-1]))
    crews = tuple(Crew(*pairs[team], tuple(queues[queue] for queue in adds)) for team, adds in duty.crews)
    skill = duty.skill(skills)
    ledger = _ledger(scenario, files, demand, crews, skill, edges)
    rows = duty.posted()
    there = rows.without(duty.stops)
    planned = ledger.staffed(rows)
    staffed = ledger.staffed(there) if duty.stops else planned
    deciding = (skill > 0).T.astype(np.float64) @ staffed.seconds > 0
    load = workload(scenario, demand, edges, deciding, duty.wrong_share(skills))
    by_team = np.zeros((len(pairs), edges.size - 1))
    np.add.at(by_team, [team for team, _ in duty.crews], ledger.on_floor(there))
    return Capacity(
        edges=edges,
        lines=lines_of(demand),
        load=load,
        crews=crews,
        skill=skill,
        staffed=staffed,
        planned=planned,
        patience=np.stack([_leaving(work.patience) for work in demand.work_by_queue]),
        productive=_by_month(by_team, edges, scenario),
        notes=(*notes, *late_starts(scenario), *demand.skipped_intervals()),
    )


def _leaving(patience: Distribution | None) -> Array:
    """Return when each of equal parts of the items leaves; the middle part leaves at the median."""
    parts = (np.arange(_PARTS) + 0.5) / _PARTS
    return np.full(_PARTS, np.inf) if patience is None else patience.ppf(parts)


def _edges(scenario: Scenario, demand: Demand) -> Array:
    """Return hourly cells from the start of the warm-up to well after the items of the horizon are due."""
    begin = demand.day(-round(scenario.horizon.warm_up / DAY)).start
    tightest = [min(sla.within for sla in queue.sla.values()) for queue in scenario.queues.values() if queue.sla]
    end = Grid(scenario.horizon, hourly=False).end + min(max(tightest, default=0.0), _LONGEST_TAIL)
    return np.arange(HOUR * math.floor(begin / HOUR), end + _LONGEST_CLOSING + HOUR, HOUR)


def _duty(
    scenario: Scenario, files: DataFiles, streams: Streams, demand: Demand, end: float
) -> tuple[DutyCounter, list[str]]:
    """Return the duty of all agents and the workforce's notes; random outages and responses are left out."""
    known = {name: event for name, event in scenario.events.items() if event.random_outages is None}
    scenario = as_planned(scenario).model_copy(update={"events": known})
    env = simpy.Environment(demand.day(-round(scenario.horizon.warm_up / DAY)).start)
    teams = sum(len(vendor.teams) for vendor in scenario.vendors.values())
    counter = DutyCounter(env, teams, len(scenario.queues))
    edges = Grid(scenario.horizon, hourly=False).edges
    context = ReplicationContext(env, scenario, files, streams, counter, demand.clock, edges)
    Workforce(context).begin()
    env.run(end)
    return counter, context.notes


def _ledger(
    scenario: Scenario, files: DataFiles, demand: Demand, crews: Sequence[Crew], skill: Array, edges: Array
) -> Ledger:
    """Return the ledger of duty, with exposure limits, local midnights and the share that random outages leave."""
    limits = {number: queue.max_per_day for number, queue in enumerate(scenario.queues.values()) if queue.max_per_day}
    left = np.ones((len(crews), edges.size - 1))
    for event in scenario.events.values():
        if (outages := event.random_outages) is not None:
            stopped = _stopped_at_random(outages, files, edges)
            for row, crew in zip(left, crews, strict=True):
                if outages.vendor in (None, crew.vendor) and outages.team in (None, crew.team):
                    row *= 1 - stopped
    midnights = [_midnights(scenario, demand, crew, edges) for crew in crews] if limits else []
    return Ledger(edges, left, skill > 0, midnights, limits)


def _stopped_at_random(outages: RandomOutages, files: DataFiles, edges: Array) -> Array:
    """Return the probability, by cell, that an outage has stopped an agent.

    The number under way at a time t after `start` is Poisson with mean rate * E[min(length, t)]; each stops its share.
    """
    lengths = family(outages.for_, files).ppf((np.arange(_POINTS) + 0.5) / _POINTS)
    since = np.maximum((edges[:-1] + edges[1:]) / 2, 0.0)
    under_way = outages.per_year / YEAR * np.minimum(lengths, since[:, None]).mean(axis=1)
    return np.asarray(1 - np.exp(-under_way * (1 - outages.capacity)))


def _midnights(scenario: Scenario, demand: Demand, crew: Crew, edges: Array) -> Array:
    """Return the midnights of a crew's zone, from before the first cell to well after the last."""
    clock = demand.clock.elsewhere(scenario.vendors[crew.vendor].teams[crew.team].timezone)
    first, last = clock.day(float(edges[0])), clock.day(float(edges[-1]))
    dates = [first + dt.timedelta(days=day) for day in range(-1, (last - first).days + 4)]
    return np.array([clock.midnight(date) for date in dates])


def _by_month(seconds: Array, edges: Array, scenario: Scenario) -> Array:
    """Return [team, month] hours."""
    grid = Grid(scenario.horizon, hourly=False)
    borders = [int(np.searchsorted(edges, grid.edges[cell])) for cells in grid.windows("month").cells for cell in cells]
    spans = zip(borders[::2], borders[1::2], strict=True)
    return np.stack([seconds[:, begin:end].sum(axis=1) for begin, end in spans], axis=1) / HOUR
