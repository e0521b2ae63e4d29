"""Closing times that are part of every wait of some length: nights that an SLA allows for are no cause of a miss."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.lateness import Lateness
from simcap.scenario.clock import Clock
from simcap.scenario.relations import teams_of
from simcap.scenario.schema.queues import Sla
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import Shift, TeamSpec
from simcap.units import HOUR, WEEK
from simcap.workforce.calendar import weekdays_of

STEP = 300.0
"""Seconds in each of the steps into which a week is divided."""
STEPS_A_WEEK = int(WEEK / STEP)


def open_part(scenario: Scenario, queue: str, vendor: str, sla: Sla, late: Lateness) -> Lateness:
    """Return late items without the closing times that are part of any wait until due, even of one that is on time.

    A day team of ample size meets 24 h despite its nights; its items are late because of what happens by day.
    """
    usual = _usual_hours(scenario, queue, vendor, sla, late)
    shut = late.hours["nobody"] + late.hours["elsewhere"]
    kept = 1 - min(usual * late.total / shut, 1.0) if shut else 1.0
    hours = {cause: part * (kept if cause in ("nobody", "elsewhere") else 1.0) for cause, part in late.hours.items()}
    return late.with_hours(hours) if sum(hours.values()) > 0 else late


def _usual_hours(scenario: Scenario, queue: str, vendor: str, sla: Sla, late: Lateness) -> float:
    """Return the hours of any wait until due in which nobody is there, by the week's shifts or the SLA's own hours."""
    span = (sum(late.hours.values()) - late.hours["earlier"]) / late.total
    if sla.hours is None:
        return shortest_closing(scenario, queue, vendor, span * HOUR) / HOUR
    return 0.0 if sla.from_origin else max(span - sla.within / HOUR, 0.0)


def shortest_closing(scenario: Scenario, queue: str, vendor: str, span: float) -> float:
    """Return the shortest time (s), in any `span` (s) of a usual week, when no shift serves a queue or vendor's part.

    Zero if a file says who works when.
    """
    there = served_steps(scenario, queue, vendor, scenario.horizon.start)
    if there is None:
        return 0.0
    weeks, rest = divmod(round(span / STEP), STEPS_A_WEEK)
    sums = np.concatenate([[0], np.cumsum(np.tile(~there, 2))])
    shortest = int((sums[rest : rest + STEPS_A_WEEK] - sums[:STEPS_A_WEEK]).min())
    return STEP * (shortest + weeks * int((~there).sum()))


def served_steps(scenario: Scenario, queue: str, vendor: str, first: dt.date) -> NDArray[np.bool_] | None:
    """Return in which steps of the week from a day on some shift serves a queue or a vendor's part of it.

    The first step begins with the horizon. None if no team serves it, or a file says who works when.
    """
    serving = [team for owner, team in teams_of(scenario).values() if vendor in ("", owner) and queue in team.skills]
    if not serving or any(team.duty is not None for team in serving):
        return None
    there = np.zeros(STEPS_A_WEEK, bool)
    for team in serving:
        for shift in _shifts(team):
            there[_steps(scenario, team, shift, first)] = True
    return there


def _shifts(team: TeamSpec) -> list[Shift]:
    return [team.shift] if team.shift is not None else list((team.shifts or {}).values())


def _steps(scenario: Scenario, team: TeamSpec, shift: Shift, first: dt.date) -> NDArray[np.int64]:
    """Return the steps of a week, from the start of the horizon, in which some agents of a shift are on duty."""
    if shift.always:
        return np.arange(STEPS_A_WEEK)
    assert shift.start is not None
    assert shift.length is not None
    clock = Clock.of(scenario.horizon).elsewhere(team.timezone)
    days = [first + dt.timedelta(days=day) for day in range(7)]
    begins = [clock.moment(day, shift.start) for day in days if day.weekday() in weekdays_of(shift)]
    steps = [np.arange(round(begin / STEP), round((begin + shift.length) / STEP)) for begin in begins]
    return np.concatenate([np.zeros(0, np.int64), *steps]) % STEPS_A_WEEK
