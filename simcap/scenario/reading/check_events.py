"""Cross-checks of events: what they name, when they happen, whether they can do anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from simcap.scenario.relations import Found, agents, check_split, exact, horizon_end, teams_of, unknown
from simcap.scenario.schema.events import AbsenceWave, CrossTraining, Headcount, Reallocation, Transfer, WorkEvent
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import TeamSpec


def check_events(scenario: Scenario, sizes: Mapping[str, int]) -> Found:
    """Yield what is wrong with events; `sizes` are the agents of teams that a file describes."""
    for name, event in scenario.events.items():
        kind = event.kind
        path, what = f"events.{name}.{kind}", getattr(event, kind)
        problems = list(_check_names(path, what, scenario))
        yield from problems
        yield from _check_dates(path, what, scenario)
        if not problems:
            yield from _check_effect(path, kind, what, scenario, sizes)


def _check_names(path: str, what: Any, scenario: Scenario) -> Found:
    if isinstance(what, Transfer):
        yield from _check_transfer_teams(path, what, scenario)
        return
    vendor, team = (getattr(what, key, None) for key in ("vendor", "team"))
    teams = teams_of(scenario)
    named = list(_named(path, what))
    for place, (where, queue) in enumerate(named):
        if queue not in scenario.queues:
            yield where, unknown("queue", queue, scenario.queues)
        elif queue in [other for _, other in named[:place]]:
            yield where, f"{queue!r} is named twice; keep one"
    if vendor is not None and vendor not in scenario.vendors:
        yield f"{path}.vendor", unknown("vendor", vendor, scenario.vendors)
    if team is not None and team not in teams:
        yield f"{path}.team", unknown("team", team, teams)
    elif team is not None and vendor in scenario.vendors and team not in scenario.vendors[vendor].teams:
        yield f"{path}.team", f"{team} is a team of {teams[team][0]}, not of {vendor}; name its own vendor or none"


def _named(path: str, what: Any) -> Found:
    """Yield where an event names a queue, and which; nothing where it means all or none."""
    if isinstance(what, WorkEvent):
        several = ((f"{path}.queues.{index}", queue) for index, queue in enumerate(what.queues or ()))
        yield from several if what.queue is None else [(f"{path}.queue", what.queue)]


def _check_dates(path: str, what: Any, scenario: Scenario) -> Found:
    key = "on" if isinstance(what, Transfer) else "from"
    begin = what.on if isinstance(what, Transfer) else getattr(what, "from_", None)
    if begin is None:
        return
    day = begin.date() if isinstance(begin, dt.datetime) else begin
    start, end = scenario.horizon.start, horizon_end(scenario)
    if day >= end:
        yield (
            f"{path}.{key}",
            f"{day} is after the horizon, which ends on {end - dt.timedelta(days=1)}; move it, or lengthen the horizon",
        )
    if day < start:
        yield f"{path}.{key}", f"{day} is before horizon.start, {start}; the warm-up runs without events"
    if isinstance(what, Headcount) and what.ordered is not None and what.ordered > day:
        yield f"{path}.ordered", f"{what.ordered} is after `from`, {day}; a change is ordered before it takes effect"


def _check_effect(path: str, kind: str, what: Any, scenario: Scenario, sizes: Mapping[str, int]) -> Found:
    if kind in ("surge", "automation"):
        yield from _check_arrivals(path, kind, what, scenario)
    elif kind in ("outage", "random_outages"):
        if what.capacity == 1:
            yield f"{path}.capacity", "at 100% nobody stops working; lower it, or remove the event"
        if kind == "random_outages" and what.per_year == 0:
            yield f"{path}.per_year", "at 0 a year nothing happens; raise it, or remove the event"
    elif kind == "allocation":
        yield from _check_splits(path, what, scenario)
    elif kind == "absence":
        yield from _check_absence(path, what, scenario)
    elif kind == "training":
        if what.agents == 0:
            yield f"{path}.agents", "at 0% nobody is trained; raise it, or remove the event"
        yield from _check_shifts(path, what.team, scenario)
    elif kind in ("cross_train", "headcount"):
        team = teams_of(scenario)[what.team][1]
        check = _check_cross_training if kind == "cross_train" else _check_headcount
        yield from check(path, what, team, scenario, _size(what.team, team, sizes))
    elif kind == "transfer":
        size = _size(what.source, teams_of(scenario)[what.source][1], sizes)
        yield from _check_transfer(path, what, scenario, size)


def _check_splits(path: str, what: Reallocation, scenario: Scenario) -> Found:
    for where, queue in _named(path, what):
        if queue not in scenario.routing.allocation:
            yield where, f"{queue} is not split at the start; give routing.allocation.{queue}"
        yield from check_split(f"{path}.shares", queue, what.shares, scenario)


def _size(name: str, team: TeamSpec, sizes: Mapping[str, int]) -> int | None:
    return team.agents if team.agents is not None else sizes.get(name)


def _check_arrivals(path: str, kind: str, what: WorkEvent, scenario: Scenario) -> Found:
    for where, queue in _named(path, what):
        if scenario.queues[queue].arrivals is None:
            yield where, f"{queue} has no arrivals of its own; name the queue that feeds it"
    if kind != "surge":
        return
    chosen = [queue.arrivals for name, queue in scenario.queues.items() if what.touches(name)]
    arrivals = [source for source in chosen if source is not None]
    if arrivals and all(source.is_exact for source in arrivals):
        where = f"{path}.queue" if what.queue is not None else path
        yield where, "its arrivals are exact counts or times, which a surge cannot raise; use a forecast or a rate"
    if what.named is None and not arrivals:
        yield path, "no queue has arrivals; give one arrivals, or remove the event"


def _check_shifts(path: str, team: str, scenario: Scenario) -> Found:
    if teams_of(scenario)[team][1].duty is not None:
        yield f"{path}.team", f"{exact(team)}; name a team with shifts"


def _check_absence(path: str, what: AbsenceWave, scenario: Scenario) -> Found:
    if what.factor == 1:
        yield f"{path}.factor", "at 1 nothing changes; raise it, or remove the event"
    if what.team is not None:
        yield from _check_shifts(path, what.team, scenario)
    practices = [
        scenario.vendors[vendor].practice(name)
        for name, (vendor, team) in teams_of(scenario).items()
        if what.vendor in (None, vendor) and what.team in (None, name) and team.duty is None
    ]
    if not any(practice.shrinkage is not None and max(practice.shrinkage.absence) > 0 for practice in practices):
        yield path, "multiplies the usual absence, but there is none; give shrinkage.absence"


def _check_cross_training(
    path: str, what: CrossTraining, team: TeamSpec, scenario: Scenario, size: int | None
) -> Found:
    for index, queue in enumerate(what.adds):
        where = f"{path}.adds.{index}"
        if queue not in scenario.queues:
            yield where, unknown("queue", queue, scenario.queues)
        elif queue in team.skills:
            yield where, f"{what.team} has the skill {queue!r} already; name one that it lacks"
        elif queue in what.adds[:index]:
            yield where, f"{queue!r} is named twice; keep one"
    yield from _check_shifts(path, what.team, scenario)
    size = None if size is None else size + _joiners(what.team, what.from_, scenario)
    if size is not None and what.agents > size:
        yield f"{path}.agents", f"{agents(what.agents)}, but {what.team} has {size} at most by then; train fewer"


def _check_headcount(path: str, what: Headcount, team: TeamSpec, scenario: Scenario, size: int | None) -> Found:
    if what.change == 0:
        yield f"{path}.change", "a change of 0 does nothing; give a number, or remove the event"
    yield from _check_shifts(path, what.team, scenario)
    if team.duty is None and size is not None:
        size += _joiners(what.team, what.from_, scenario) - _gone_before(what, what.team, what.from_, scenario)
        if -what.change > size:
            yield (
                f"{path}.change",
                f"cuts {agents(-what.change)}, but {what.team} has {max(size, 0)} at most by then; cut fewer",
            )


def _joiners(team: str, day: dt.date, scenario: Scenario) -> int:
    """Return how many agents may have joined a team before a day by classes, changes of headcount and transfers."""
    classes = [group for vendor in scenario.vendors.values() for group in vendor.hiring.classes.values()]
    seats = sum(group.size for group in classes if group.team == team and group.start < day)
    changes = [event.headcount for event in scenario.events.values() if event.headcount is not None]
    moves = [event.transfer for event in scenario.events.values() if event.transfer is not None]
    seats += sum(max(c.change, 0) for c in changes if c.team == team and c.from_ < day)
    return seats + sum(move.agents for move in moves if move.to == team and move.on < day)


def _gone_before(what: Headcount | Transfer, team: str, day: dt.date, scenario: Scenario) -> int:
    """Return how many agents other changes and transfers take out of a team up to a day."""
    changes = [event.headcount for event in scenario.events.values() if event.headcount is not None]
    moves = [event.transfer for event in scenario.events.values() if event.transfer is not None]
    cut = sum(max(-c.change, 0) for c in changes if c is not what and c.team == team and c.from_ <= day)
    return cut + sum(move.agents for move in moves if move is not what and move.source == team and move.on <= day)


def _check_transfer_teams(path: str, what: Transfer, scenario: Scenario) -> Found:
    teams = teams_of(scenario)
    unknown_ends = [(key, name) for key, name in (("from", what.source), ("to", what.to)) if name not in teams]
    for key, name in unknown_ends:
        yield f"{path}.{key}", unknown("team", name, teams)
    if unknown_ends:
        return
    here, there = teams[what.source][0], teams[what.to][0]
    if what.source == what.to:
        yield f"{path}.to", f"{what.to} is the team that they leave; name the one that they join"
    elif here != there:
        message = f"{what.to} is a team of {there}, {what.source} of {here}: people of one vendor cannot be moved to "
        message += f"another; write a cut (headcount) in {what.source}, and a class of {there} for {what.to}"
        yield f"{path}.to", message


def _check_transfer(path: str, what: Transfer, scenario: Scenario, size: int | None) -> Found:
    for key, name in (("from", what.source), ("to", what.to)):
        if teams_of(scenario)[name][1].duty is not None:
            yield f"{path}.{key}", f"{exact(name)}; name a team with shifts"
            size = None
    if size is not None:
        # A class may be late: a run then moves those who are there, and says so.
        size += _joiners(what.source, horizon_end(scenario), scenario)
        gone = _gone_before(what, what.source, what.on, scenario)
        if what.agents > max(size - gone, 0):
            left = f", {gone} of whom other events take by then" if gone else ""
            yield (
                f"{path}.agents",
                f"{agents(what.agents)}, but {what.source} never has more than {size}{left}; move fewer",
            )
