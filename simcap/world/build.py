"""Builds the plan of a scenario's floor."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
from numpy.typing import NDArray

from simcap.arrivals import SPLIT_BITS
from simcap.demand.demand import Demand
from simcap.distributions import Constant
from simcap.errors import ScenarioError
from simcap.floor.plan import FloorPlan, QueuePlan, SlaPlan
from simcap.floor.routing import RULES
from simcap.floor.state import (
    ANY_EXPIRES,
    HEAD_EXPIRES,
    INF,
    LONGEST_IDLE,
    MOST_PROFICIENT,
    NO_EXPIRY,
    TURNAROUND,
    WAIT,
)
from simcap.scenario.clock import Clock
from simcap.scenario.grid import Grid
from simcap.scenario.open_times import OpenTimes, open_times
from simcap.scenario.schema.business_hours import BusinessHours
from simcap.scenario.schema.queues import Sla
from simcap.scenario.schema.scenario import Scenario
from simcap.units import WEEK

Array = NDArray[np.float64]

_CHOICES = {"longest_idle": LONGEST_IDLE, "most_proficient": MOST_PROFICIENT}
_MEASURES = {"turnaround": TURNAROUND, "wait": WAIT}
_EPOCHS = 63 // SPLIT_BITS


def floor_plan(scenario: Scenario, demand: Demand, grid: Grid, run_out: float = 0.0) -> FloorPlan:
    """Return the plan of a scenario's floor: queues, profiles of all teams, the report's grid; run-out in seconds."""
    profiles = []
    for number, (name, vendor) in enumerate(scenario.vendors.items()):
        for team in vendor.teams:
            own = team_skills(scenario, name, team)
            profiles.append((number, own))
            profiles.extend((number, (*own, *adds)) for adds in _second_skills(scenario, team))
    return FloorPlan(
        [_queue_plan(scenario, demand, grid, name) for name in scenario.queues],
        [],
        grid.edges,
        grid.cell_span,  # the floor counts times by what it calls days
        rule=RULES[scenario.routing.rule],
        choice=_CHOICES[scenario.routing.agent_choice],
        vendors=len(scenario.vendors),
        teams=sum(len(vendor.teams) for vendor in scenario.vendors.values()),
        extra_skills=profiles,
        run_out=run_out,
        seats=sum(team.agents or 0 for vendor in scenario.vendors.values() for team in vendor.teams.values()),
    )


def team_skills(scenario: Scenario, vendor: str, team: str) -> tuple[int, ...]:
    """Return the numbers of the queues that a team can take, the most urgent first."""
    queues = list(scenario.queues)
    return tuple(queues.index(queue) for queue in scenario.vendors[vendor].teams[team].skills)


def _second_skills(scenario: Scenario, team: str) -> list[tuple[int, ...]]:
    queues = list(scenario.queues)
    return [
        tuple(queues.index(queue) for queue in event.cross_train.adds)
        for event in scenario.events.values()
        if event.cross_train is not None and event.cross_train.team == team
    ]


def _queue_plan(scenario: Scenario, demand: Demand, grid: Grid, name: str) -> QueuePlan:
    queue = scenario.queues[name]
    number = list(scenario.queues).index(name)
    work = demand.work_by_queue[number]
    vendors = list(scenario.vendors)
    overflow = scenario.routing.overflow
    if len(work.split.shares) > _EPOCHS or len(work.split.vendors) >= 1 << SPLIT_BITS:
        raise ScenarioError(f"queues.{name}: more than {_EPOCHS - 1} changes of one queue's allocation; use fewer")
    expiry = NO_EXPIRY
    if work.patience is not None:
        by_age = not RULES[scenario.routing.rule].key_is_due and work.ahead == 0
        in_order = by_age and isinstance(work.patience, Constant)
        expiry = HEAD_EXPIRES if in_order else ANY_EXPIRES
    return QueuePlan(
        vendors=[vendors.index(vendor) for vendor in work.split.vendors],
        slas=[
            SlaPlan(
                sla.within,
                _MEASURES[sla.measure],
                sla.from_origin,
                clock_of(scenario, demand, grid, sla),
                by_close=sla.by == "decided",
            )
            for sla in queue.sla.values()
        ],
        expiry=expiry,
        exposure=queue.max_per_day if queue.max_per_day is not None else INF,
        overflow=overflow.after if overflow is not None and work.split.vendors else INF,
        some_go_ahead=work.ahead > 0,
        pace=(1.0,) if queue.at_once is None else queue.at_once.pace,
    )


def due_times(scenario: Scenario, demand: Demand, sla: Sla, created: Array) -> Array:
    """Return until when items created at simulated times are due by an SLA, as the floor reckons it."""
    hours = clock_of(scenario, demand, Grid(scenario.horizon, hourly=False), sla)
    return created + sla.within if hours is None else hours.due(created, sla.within)


def clock_of(scenario: Scenario, demand: Demand, grid: Grid, sla: Sla) -> OpenTimes | None:
    """Return when the clock of an SLA runs, from before the oldest item was created; equal SLAs share it."""
    if sla.hours is None:
        return None
    oldest = max(demand.oldest_of(number) for number in range(len(demand.queues)))
    before = scenario.horizon.warm_up + oldest + WEEK
    longest = max(other.within for queue in scenario.queues.values() for other in queue.sla.values())
    first = scenario.horizon.start - dt.timedelta(seconds=before)
    return _open_times(sla.hours, demand.clock.origin, scenario.horizon.timezone, first, grid.end, 2 * longest + WEEK)


@functools.lru_cache(maxsize=64)
def _open_times(
    hours: BusinessHours, origin: float, timezone: str, first: dt.date, until: float, more: float
) -> OpenTimes:
    return open_times(hours, Clock(origin, timezone), first, until, more)
