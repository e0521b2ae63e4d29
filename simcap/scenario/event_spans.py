"""When a dated event begins and ends for a queue or for the teams that it touches, each by its own clock."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from simcap.scenario.clock import Clock
from simcap.scenario.relations import teams_of
from simcap.scenario.schema.events import AbsenceWave, Outage, Surge, WorkEvent
from simcap.scenario.schema.scenario import Scenario
from simcap.units import DAY

Span = tuple[float, float]
"""Start and end in simulated seconds."""


def own_clock(scenario: Scenario, plan: WorkEvent, queue: str) -> Clock:
    """Return the clock by which an event is dated for a queue that it touches."""
    return Clock.of(scenario.horizon).of_queue(scenario, plan.dated_by(queue))


def surge_span(scenario: Scenario, plan: Surge, queue: str) -> Span:
    """Return when a surge holds for a queue that it touches."""
    clock = own_clock(scenario, plan, queue)
    return clock.at(plan.from_), clock.after(plan.from_, plan.for_)


def outage_span(scenario: Scenario, plan: Outage) -> Span:
    """Return when an outage holds: by the clock of the team that it names, else by the horizon's."""
    clock = Clock.of(scenario.horizon)
    if plan.team is not None:
        clock = clock.elsewhere(teams_of(scenario)[plan.team][1].timezone)
    begin = clock.at(plan.from_)
    return begin, begin + plan.for_


def wave_span(scenario: Scenario, plan: AbsenceWave, teams: Sequence[str]) -> Span:
    """Return when a wave of absence holds for teams that it touches, from the first of them on to the last."""
    clock = Clock.of(scenario.horizon)
    places = [clock.elsewhere(teams_of(scenario)[name][1].timezone) for name in teams]
    after = plan.from_ + dt.timedelta(days=math.ceil(plan.for_ / DAY))
    return min(place.midnight(plan.from_) for place in places), max(place.midnight(after) for place in places)


def touched(scenario: Scenario, plan: Outage | AbsenceWave, teams: Sequence[str]) -> list[str]:
    """Return those of some teams that an outage or a wave of absence touches."""
    owners = teams_of(scenario)
    return [name for name in teams if plan.team in (None, name) and plan.vendor in (None, owners[name][0])]
