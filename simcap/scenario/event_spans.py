"""When a dated event begins and ends for a queue or the teams that it affects, each by its own clock."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from simcap.scenario.clock import Clock
from simcap.scenario.relations import teams_of
from simcap.scenario.schema.events import AbsenceWave, Event, Outage, Surge, WorkEvent
from simcap.scenario.schema.scenario import Scenario
from simcap.units import DAY

Span = tuple[float, float]
"""Start and end in simulated seconds."""


def first_day(event: Event) -> dt.date | None:
    """Return the first day of a dated event, as it is written; None for one that may come at any time."""
    what = getattr(event, event.kind)
    begin = getattr(what, "from_", None) or getattr(what, "on", None)
    return begin.date() if isinstance(begin, dt.datetime) else begin


def own_clock(scenario: Scenario, event: WorkEvent, queue: str) -> Clock:
    """Return the clock by which an event is dated for a queue that it affects."""
    return Clock.of(scenario.horizon).of_queue(scenario, event.dated_by(queue))


def surge_span(scenario: Scenario, event: Surge, queue: str) -> Span:
    """Return when a surge applies to a queue that it affects."""
    clock = own_clock(scenario, event, queue)
    return clock.at(event.from_), clock.after(event.from_, event.for_)


def outage_span(scenario: Scenario, event: Outage) -> Span:
    """Return when an outage applies: by the clock of the team that it names, else by the horizon's."""
    clock = Clock.of(scenario.horizon)
    if event.team is not None:
        clock = clock.elsewhere(teams_of(scenario)[event.team][1].timezone)
    begin = clock.at(event.from_)
    return begin, begin + event.for_


def wave_span(scenario: Scenario, event: AbsenceWave, teams: Sequence[str]) -> Span:
    """Return when a wave of absence applies to the teams that it affects, from the first of them to the last."""
    clock = Clock.of(scenario.horizon)
    places = [clock.elsewhere(teams_of(scenario)[name][1].timezone) for name in teams]
    after = event.from_ + dt.timedelta(days=math.ceil(event.for_ / DAY))
    return min(place.midnight(event.from_) for place in places), max(place.midnight(after) for place in places)


def touched(scenario: Scenario, event: Outage | AbsenceWave, teams: Sequence[str]) -> list[str]:
    """Return which of the teams an outage or a wave of absence affects."""
    owners = teams_of(scenario)
    return [name for name in teams if event.team in (None, name) and event.vendor in (None, owners[name][0])]
