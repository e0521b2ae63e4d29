"""How many agents the late work would keep busy, and in which team: the advice where everybody is busy."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.figures import Figures, Layout, Subject
from simcap.analysis.measures import ratio
from simcap.scenario.clock import Clock
from simcap.scenario.effective import factor_steps
from simcap.scenario.families import family
from simcap.scenario.schema.scenario import Scenario
from simcap.units import HOUR

WINDOWS_A_WEEK = {"hour": 168.0, "day": 7.0, "week": 1.0, "month": 7 / 30.4375}
SLACK = 0.70
"""Below this occupancy, late items are a matter of when people work, not of how many do."""


@dataclasses.dataclass(frozen=True)
class Miss:
    """A window of an SLA that is missed in some replications."""

    subject: Subject
    """Queue, vendor and name of the SLA."""
    window: int
    missed: NDArray[np.bool_]
    """[replication]."""
    items: float
    """By how many items, on average over these replications."""


def heads_needed(scenario: Scenario, figures: Figures, miss: Miss, when: str = "") -> str:
    """Say which team is behind the misses of an SLA in a window, and how many agents would do the late items.

    `when` names the hours in which they come, if these are known.
    """
    queue, vendor, name = miss.subject
    per = scenario.queues[queue].sla[name].per
    start = figures.layout.windows[per].starts[miss.window]
    week = _week_of(figures.layout, start)
    behind = _team_behind(scenario, figures, queue, vendor, week, miss.missed)
    if behind is None:
        return "a team with this skill"
    _, team = behind
    means = {name: rows[:, week].mean() for name, rows in figures.each("teams", "week", behind)}
    hours_per_fte = ratio(np.array([means["on_floor_hours"]]), np.array([means["headcount"]]))[0]
    occupancy = means["occupancy"]
    if not np.isfinite(hours_per_fte) or hours_per_fte <= 0:
        return f"{team}: nobody is on the floor in the week of {_date(figures.layout, week)}"
    if occupancy < SLACK:
        idle = f"{team} is busy {occupancy:.0%} of its time in the week of {_date(figures.layout, week)}"
        return f"{idle}: hours {when or 'at the times when items wait'}, rather than more agents"
    each = _seconds_an_item(scenario, queue, start)
    if each == 0:
        decided = max(means["completed"], 1.0)
        each = means["busy_hours"] * HOUR / decided
    agents = max(int(np.ceil(miss.items * each / HOUR / (hours_per_fte / WINDOWS_A_WEEK[per]))), 1)
    what = f"the late work comes to the hours of about {agents} tenured agent{'s' if agents != 1 else ''}"
    time = f"in the {per} of {start.isoformat(sep=' ', timespec='minutes')[: 16 if per == 'hour' else 10]}"
    time += f", on shift {when or 'while it waits'}"
    return f"{team}: {what} {time}{_next_class(scenario, team, start)}"


def _team_behind(
    scenario: Scenario,
    figures: Figures,
    queue: str,
    vendor: str,
    week: int,
    missed: NDArray[np.bool_],
) -> Subject | None:
    """Return the team serving the queue whose strength best separates missed replications from the others.

    If all replications miss or none does, return the largest team serving it.
    """
    serving = [
        (owner, team)
        for owner, team in figures.layout.subjects["teams"]
        if vendor in ("", owner) and queue in scenario.vendors[owner].teams[team].skills
    ]
    if not serving:
        return None
    columns = [figures.of("teams", "week", team, "effective_fte")[:, week] for team in serving]
    strength = np.stack(columns, axis=1)
    if 2 <= missed.sum() <= missed.size - 2:
        gap = strength[~missed].mean(axis=0) - strength[missed].mean(axis=0)
        noise = strength.std(axis=0)
        score = np.where(noise > 0, gap / np.where(noise > 0, noise, 1.0), 0.0)
        if score.max() > 0.5:
            return serving[int(np.argmax(score))]
    return serving[int(np.argmax(strength.mean(axis=0)))]


def _next_class(scenario: Scenario, team: str, start: dt.datetime) -> str:
    """Name the class that reaches a team's floor next after `start`."""
    coming = []
    for vendor in scenario.vendors.values():
        for name, hiring in vendor.hiring.classes.items():
            reaches = dt.datetime.combine(hiring.start, dt.time()) + dt.timedelta(seconds=hiring.training)
            if hiring.team == team and reaches > start:
                coming.append((reaches, name))
    if not coming:
        return ""
    reaches, name = min(coming)
    return f"; class {name} reaches the floor only on {reaches.date().isoformat()}"


def _seconds_an_item(scenario: Scenario, queue: str, start: dt.datetime) -> float:
    """Return the mean time that a tenured agent spends on an item at a local time; 0 if it is in a data file."""
    handle_time = scenario.queues[queue].handle_time
    if handle_time is None or handle_time.empirical is not None:
        return 0.0
    clock = Clock.of(scenario.horizon)
    factors = [factor for begin, factor in factor_steps(scenario, clock, queue) if begin <= clock.at(start)]
    return family(handle_time).mean * factors[-1] / scenario.queues[queue].throughput


def _week_of(layout: Layout, start: dt.datetime) -> int:
    starts = layout.windows["week"].starts
    return max(n for n, begin in enumerate(starts) if begin <= start)


def _date(layout: Layout, week: int) -> str:
    return layout.windows["week"].starts[week].date().isoformat()
