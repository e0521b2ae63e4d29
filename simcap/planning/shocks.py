"""The shocks that a risk review asks for, each a change of the scenario, and those that a user adds."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from simcap.errors import ScenarioError
from simcap.planning.changes import Change, attrition, volume
from simcap.scenario.reading.kinds import mistaken
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.reading.origins import stamped
from simcap.scenario.reading.patches import patch_problems
from simcap.scenario.reading.source import Node, Problem, read_text, read_tree, told
from simcap.scenario.schema.arrivals import Arrivals
from simcap.scenario.schema.events import Event, Transfer
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import Vendor

MORE_VOLUME = (1.1, 1.2, 1.3)
SPIKE, SPIKE_DAYS = 3.0, 2
OUTAGES = {"48 h": 2, "5 days": 5}
LATE = dt.timedelta(weeks=3)
SICK_DAYS = 14
POLICY = 1.2
SLOW = 1.15


def usual_day(scenario: Scenario) -> dt.date:
    """Return the day on which shocks strike if none is given: a third into the horizon, at the start of a week."""
    return scenario.horizon.start + dt.timedelta(weeks=scenario.horizon.day_count // 21)


def standard_shocks(file: ScenarioFile, on: dt.date) -> list[Change]:
    """Return the shocks that make sense for a scenario; those with a date strike on a day."""
    return [
        *_volumes(file),
        *_spikes(file, on),
        *_sites(file, on),
        *_vendors(file, on),
        *_people(file, on),
        *_work(file, on),
    ]


def sites_of(scenario: Scenario) -> dict[str, list[tuple[str, str]]]:
    """Return (vendor, team) by site: the teams of a vendor in one time zone."""
    sites: dict[str, list[tuple[str, str]]] = {}
    for vendor, owner in scenario.vendors.items():
        for team, own in owner.teams.items():
            city = own.timezone.split("/")[-1].replace("_", " ")
            sites.setdefault(f"{vendor} {city}", []).append((vendor, team))
    return sites


def read_shocks(path: Path, file: ScenarioFile, called: str = "shock") -> list[Change]:
    """Return the shocks of a file: by name, what each changes in the scenario, written as in a scenario.

    Messages call one of them as told, if it is something else.

    Raises `ScenarioError` with everything that is wrong with it, each with its place in the file.
    """
    try:
        tree, problems = read_tree(read_text(path), str(path))
    except ValueError as error:
        raise ScenarioError(f"{path}: {error}") from None
    if problems or tree is None:
        raise ScenarioError(told(problems))
    if message := mistaken(tree, "shocks"):
        raise ScenarioError(f"{path}: {message.replace('shocks', f'{called}s')}")
    if not tree.value:
        raise ScenarioError(f"{path}: it changes nothing; write what a {called} changes, as in a scenario")
    patches: dict[str, Node] = {}
    for name, written in tree.children():
        patch, wrong = stamped(written)
        patches[str(name)] = patch
        problems += wrong
        if isinstance(patch.value, Mapping) and patch.value:
            problems += patch_problems(file, patch)
        else:
            message = f"changes nothing; write what a {called} changes, as in a scenario"
            problems.append(Problem(patch.key, str(name), message))
    if problems:
        raise ScenarioError(told(problems))
    return [Change(name, patch.plain()) for name, patch in patches.items()]


def own_shocks(file: ScenarioFile, shocks: Sequence[Change], used_names: Collection[str]) -> list[Change]:
    """Return a user's shocks, with the days from and to which their events strike.

    Raises `ScenarioError`, with everything that is wrong, for impossible shocks and for names already in use.
    """
    dated, problems = [], []
    for shock in shocks:
        if shock.name in used_names:
            problems.append(f"{shock.name}: a standard shock has this name; choose another")
        try:
            dated.append(_dated(shock, shock.of(file).scenario))
        except ScenarioError as error:
            problems.append(str(error))
    if problems:
        raise ScenarioError("\n".join(f"shock {line}" for problem in problems for line in problem.split("\n")))
    return dated


def _dated(shock: Change, changed: Scenario) -> Change:
    """Return a shock with its days if it consists of events alone; any other change lasts."""
    if shock.begin is not None or set(shock.patch) != {"events"} or shock.scaled:
        return shock
    spans = [_span(changed.events[name]) for name in shock.patch["events"] if name in changed.events]
    begins = [begin for begin, _ in spans if begin is not None]
    ends = [end for _, end in spans if end is not None]
    lasts = not spans or len(ends) < len(spans)
    return dataclasses.replace(shock, begin=min(begins, default=None), end=None if lasts else max(ends))


def _span(event: Event) -> tuple[dt.date | None, dt.date | None]:
    """Return the first day of an event, and the day by which it is over; none where it lasts."""
    details = getattr(event, event.kind)
    begin = getattr(details, "from_", getattr(details, "on", None))
    length = getattr(details, "for_", getattr(details, "recovers_in", None))
    if begin is None:
        return None, None
    moment = begin if isinstance(begin, dt.datetime) else dt.datetime.combine(begin, dt.time())
    if not isinstance(length, float):
        return moment.date(), None
    over = moment + dt.timedelta(seconds=length)
    return moment.date(), over.date() + dt.timedelta(days=over.time() > dt.time())


def _volumes(file: ScenarioFile) -> Iterator[Change]:
    if any(can_surge(queue.arrivals) for queue in file.scenario.queues.values()):
        for factor in MORE_VOLUME:
            yield Change(f"volume {factor - 1:+.0%}", volume(file.scenario, factor, "stress-volume"))


def _spikes(file: ScenarioFile, on: dt.date) -> Iterator[Change]:
    for queue, spec in file.scenario.queues.items():
        if can_surge(spec.arrivals):
            surge = {"queue": queue, "from": on, "for": f"{SPIKE_DAYS} days", "factor": SPIKE, "in_forecast": False}
            yield Change(
                f"{queue} x{SPIKE:g} for {SPIKE_DAYS} days",
                {"events": {"stress-spike": {"surge": surge}}},
                begin=on,
                end=on + dt.timedelta(days=SPIKE_DAYS),
            )


def can_surge(arrivals: Arrivals | None) -> bool:
    """Say whether arrivals can surge: not if a file gives exact counts or times."""
    if arrivals is None or arrivals.trace is not None:
        return False
    return arrivals.file is None or arrivals.file.as_ != "actual"


def _sites(file: ScenarioFile, on: dt.date) -> Iterator[Change]:
    for site, teams in sites_of(file.scenario).items():
        for length, days in OUTAGES.items():
            events = {
                f"stress-{team}": {"outage": {"team": team, "from": on, "for": length, "capacity": 0.0}}
                for _, team in teams
            }
            end = on + dt.timedelta(days=days)
            fatal = site if days == min(OUTAGES.values()) else ""
            yield Change(f"{site} down {length}", {"events": events}, begin=on, end=end, site=fatal)


def _vendors(file: ScenarioFile, on: dt.date) -> Iterator[Change]:
    if len(file.scenario.vendors) > 1:
        for vendor in file.scenario.vendors:
            length = f"{file.scenario.horizon.day_count + 60} days"
            outage = {"vendor": vendor, "from": on, "for": length, "capacity": 0.0}
            patch: dict[str, Any] = {"events": {"stress-gone": {"outage": outage}, **_of_nobody(file, vendor, on)}}
            if late := _graduating(file.scenario.vendors[vendor], on):
                patch["vendors"] = {vendor: {"hiring": {"classes": dict.fromkeys(late)}}}
            yield Change(f"{vendor} gone", patch, begin=on)


def _of_nobody(file: ScenarioFile, vendor: str, day: dt.date) -> dict[str, None]:
    """Return, for removal, the moves, changes and second skills of a vendor's people from a day on."""
    teams = file.scenario.vendors[vendor].teams
    moves = {
        name: event.transfer or event.headcount or event.cross_train for name, event in file.scenario.events.items()
    }
    return {
        name: None
        for name, move in moves.items()
        if move is not None
        and (move.source if isinstance(move, Transfer) else move.team) in teams
        and (move.on if isinstance(move, Transfer) else move.from_) >= day
    }


def _graduating(vendor: Vendor, day: dt.date) -> list[str]:
    """Return the classes that are still in training on a day, or come later."""
    classes = vendor.hiring.classes.items()
    return [name for name, group in classes if group.start + dt.timedelta(seconds=group.training) >= day]


def _people(file: ScenarioFile, on: dt.date) -> Iterator[Change]:
    if leaving := attrition(file, 2.0):
        yield Change("attrition doubled", scaled=leaving)
    yield from _late_class(file)
    practices = [owner.practice(team) for owner in file.scenario.vendors.values() for team in owner.teams]
    if any(practice.shrinkage is not None and max(practice.shrinkage.absence) > 0 for practice in practices):
        wave = {"from": on, "for": f"{SICK_DAYS} days", "factor": 2.0}
        yield Change(
            f"absence doubled for {SICK_DAYS} days",
            {"events": {"stress-absence": {"absence": wave}}},
            begin=on,
            end=on + dt.timedelta(days=SICK_DAYS),
        )


def _late_class(file: ScenarioFile) -> Iterator[Change]:
    """Yield the next class to start, three weeks late, or gone if it then starts beyond the horizon."""
    horizon = file.scenario.horizon
    coming = [
        (group.start, vendor, name)
        for vendor, owner in file.scenario.vendors.items()
        for name, group in owner.hiring.classes.items()
        if group.start >= horizon.start
    ]
    if coming:
        start, vendor, name = min(coming)
        inside = start + LATE < horizon.start + dt.timedelta(days=horizon.day_count)
        patch = {"start": start + LATE} if inside else None
        yield Change(f"class {name} 3 weeks late", {"vendors": {vendor: {"hiring": {"classes": {name: patch}}}}})


def _work(file: ScenarioFile, on: dt.date) -> Iterator[Change]:
    for queue in file.scenario.queues:
        policy = {"queue": queue, "from": on, "factor": POLICY, "recovers_in": "3 weeks"}
        yield Change(
            f"new policy on {queue}",
            {"events": {"stress-policy": {"policy_change": policy}}},
            begin=on,
            end=on + dt.timedelta(weeks=3),
        )
    slow = {"from": file.scenario.horizon.start, "factor": SLOW}
    yield Change(f"tool {SLOW - 1:.0%} slower", {"events": {"stress-slow": {"handle_time": slow}}})
