"""Cross-checks of a scenario whose parts are each valid: whether they fit together."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np

from simcap import units
from simcap.scenario.data.public_holidays import calendar_messages
from simcap.scenario.reading.check_events import check_events
from simcap.scenario.reading.check_people import check_people
from simcap.scenario.relations import (
    Found,
    check_split,
    exact,
    follow_ups,
    longest_wait,
    receiving,
    skilled,
    teams_of,
    teams_serving,
    unknown,
    years_of,
)
from simcap.scenario.schema.arrivals import Arrivals
from simcap.scenario.schema.queues import Queue
from simcap.scenario.schema.scenario import Scenario

MOST_FOUND: Final = 300
MAX_DAYS: Final = 3660
MAX_QUEUES: Final = 500
MAX_WARM_UP: Final = 366 * units.DAY
_YEARS: Final = (1971, 2190)


def check(scenario: Scenario, sizes: Mapping[str, int] | None = None) -> list[tuple[str, str]]:
    """Return what is wrong with a scenario as (dotted path, message).

    `sizes` are the agents, those to come included, of teams that a file describes, by team. An impossible
    horizon is reported alone. Beyond `MOST_FOUND` problems, no more are looked for.
    """
    problems = list(check_frame(scenario))
    if problems:
        return problems
    found = itertools.chain(check_work(scenario), check_people(scenario), check_events(scenario, sizes or {}))
    return list(itertools.islice(found, MOST_FOUND))


def check_frame(scenario: Scenario) -> Found:
    """Yield what is wrong with the name and the horizon."""
    name = scenario.name
    if name.strip(". ") == "" or any(letter in '/\\:*?"<>|' or not letter.isprintable() for letter in name):
        yield "name", f"{name!r} cannot name a folder of results; use letters, digits, spaces, - and _"
    start = scenario.horizon.start
    if not _YEARS[0] <= start.year <= _YEARS[1]:
        yield "horizon.start", f"{start} is out of range; the years {_YEARS[0]} to {_YEARS[1]} can be simulated"
    if scenario.horizon.day_count > MAX_DAYS:
        path = "horizon.days" if scenario.horizon.days is not None else "horizon.weeks"
        yield path, f"the horizon has {scenario.horizon.day_count:,} days; at most {MAX_DAYS} can be simulated"
    if scenario.horizon.warm_up > MAX_WARM_UP:
        yield "horizon.warm_up", "the warm-up is longer than a year; a few weeks are enough"
    if len(scenario.queues) > MAX_QUEUES:
        yield "queues", f"there are {len(scenario.queues):,} queues; at most {MAX_QUEUES} can be simulated"
    for path in _blank_names(scenario):
        yield path, "the name is blank; give one"


def _blank_names(scenario: Scenario) -> Iterator[str]:
    """Yield the path of everything in the scenario whose name is blank."""
    groups: dict[str, Iterable[str]] = {
        "queues": scenario.queues,
        "vendors": scenario.vendors,
        "events": scenario.events,
    }
    groups |= {f"queues.{name}.sla": queue.sla for name, queue in scenario.queues.items()}
    for name, vendor in scenario.vendors.items():
        groups |= {f"vendors.{name}.teams": vendor.teams, f"vendors.{name}.hiring.classes": vendor.hiring.classes}
    yield from (f"{path}.{name}" for path, names in groups.items() for name in names if not name.strip())


def check_work(scenario: Scenario) -> Found:
    """Yield what is wrong with queues, what feeds and serves them, and how they are split."""
    able, fed = skilled(scenario), receiving(scenario)
    for name, queue in scenario.queues.items():
        path = f"queues.{name}"
        if queue.arrivals is not None:
            yield from _check_arrivals(f"{path}.arrivals", queue.arrivals, scenario)
        yield from _check_targets(path, queue, scenario)
        yield from _check_ages(path, queue)
        if name not in fed:
            yield path, f"{name} can never receive an item; give it arrivals or a backlog, or feed it by `then`"
            continue
        if name not in able:
            yield path, f"{name} has work, but no team has the skill {name!r}; add it to the skills of a team"
        if queue.responds is not None:
            yield from _check_response(f"{path}.responds", name, scenario)
        replayed = queue.arrivals is not None and queue.arrivals.trace is not None
        if queue.handle_time is None and not replayed:
            yield path, f"{name} has work, but no handle_time; give it, or name a calibration that does"
    yield from _check_circles(scenario)
    for name, shares in scenario.routing.allocation.items():
        path = f"routing.allocation.{name}"
        if name not in scenario.queues:
            yield path, unknown("queue", name, scenario.queues)
        else:
            yield from check_split(path, name, shares, scenario)


def _check_arrivals(path: str, arrivals: Arrivals, scenario: Scenario) -> Found:
    days = scenario.horizon.day_count
    limits = {"per_week": -(-days // 7), "per_day": days, "per_hour": 24 * days + 1}
    for key, limit in limits.items():
        rates = getattr(arrivals, key)
        if rates is not None and len(rates) > limit:
            unit = key.removeprefix("per_")
            yield f"{path}.{key}", f"{len(rates)} numbers, but the horizon has {limit} {unit}s; remove the rest"
    if arrivals.holidays is not None:
        yield from calendar_messages(f"{path}.holidays", arrivals.holidays, years_of(scenario))


def _check_targets(path: str, queue: Queue, scenario: Scenario) -> Found:
    label = path.removeprefix("queues.")
    for name, sla in queue.sla.items():
        if sla.hours is not None and sla.hours.holidays is not None:
            yield from calendar_messages(f"{path}.sla.{name}.clock.holidays", sla.hours.holidays, years_of(scenario))
        for vendor in sla.vendors:
            if vendor not in scenario.vendors:
                yield f"{path}.sla.{name}.vendors.{vendor}", unknown("vendor", vendor, scenario.vendors)
            elif vendor not in scenario.routing.allocation.get(label, {}):
                message = f"no work of {label} is allocated to {vendor}; add it to routing.allocation, or remove this"
                yield f"{path}.sla.{name}.vendors.{vendor}", message
    for target in queue.then:
        if target not in scenario.queues:
            yield f"{path}.then.{target}", unknown("queue", target, scenario.queues)
    errors = queue.errors
    if errors is not None and errors.to is not None and errors.to not in scenario.queues:
        yield f"{path}.errors.to", unknown("queue", errors.to, scenario.queues)


def _check_response(path: str, queue: str, scenario: Scenario) -> Found:
    """Yield that nobody can respond to a queue: its teams have duty files, or learn it later."""
    serving = teams_serving(scenario, queue)
    if not serving:
        message = f"no team has the skill {queue!r} from the beginning; add it to the skills of one, or remove this"
        yield path, f"nobody can respond: {message}"
    elif all(teams_of(scenario)[name][1].duty is not None for name in serving):
        message = f"{exact(serving[0])}; remove this, or give a team with the skill {queue!r} shifts"
        yield path, f"nobody can respond: {message}"


def _check_ages(path: str, queue: Queue) -> Found:
    if queue.max_per_day is not None and queue.max_per_day > units.DAY:
        yield f"{path}.max_per_day", "is longer than a day; write for example 4 h"
    if queue.backlog is None or queue.expires is None:
        return
    limit = longest_wait(queue)
    if (queue.backlog.longest or 0.0) > limit:
        oldest, longest = units.format_duration(queue.backlog.longest or 0.0), units.format_duration(limit)
        message = f"the oldest item is {oldest} old, but expires.after lets none wait longer than {longest}; lower it"
        yield f"{path}.backlog.{'oldest' if queue.backlog.ages is None else 'ages'}", message


def _check_circles(scenario: Scenario) -> Found:
    """Yield a cycle of follow-up work in which each item creates one or more."""
    edges = {pair: share for pair, share in follow_ups(scenario).items() if share > 0}
    while True:
        begins, ends = {begin for begin, _ in edges}, {end for _, end in edges}
        rest = {(begin, end): share for (begin, end), share in edges.items() if begin in ends and end in begins}
        if len(rest) == len(edges):
            break
        edges = rest
    if not edges:
        return
    names = sorted({begin for begin, _ in edges})
    number = {name: index for index, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    for (begin, end), share in edges.items():
        matrix[number[begin], number[end]] = share
    radius = float(np.abs(np.linalg.eigvals(matrix)).max())
    if radius < 1 - 1e-12:
        return
    following = _largest(edges)
    circle = max((_circle(name, following) for name in names), key=lambda names: _gain(names, edges))
    message = (
        f"the cycle {' -> '.join(circle)} never ends: each item creates {radius:.3g} more, errors at their worst; "
        "lower the shares of `then` or errors.appeal_share"
    )
    yield f"queues.{circle[0]}.then", message


def _largest(edges: Mapping[tuple[str, str], float]) -> dict[str, str]:
    """Return where the largest share of each queue's items goes."""
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for (begin, end), share in edges.items():
        shares[begin][end] = share
    return {begin: max(ends, key=lambda end: ends[end]) for begin, ends in shares.items()}


def _circle(name: str, following: Mapping[str, str]) -> tuple[str, ...]:
    """Follow the largest shares from a queue until a queue recurs; return the cycle, closed."""
    walked = [name]
    while (then := following[walked[-1]]) not in walked:
        walked.append(then)
    return (*walked[walked.index(then) :], then)


def _gain(circle: tuple[str, ...], edges: Mapping[tuple[str, str], float]) -> float:
    """Return the mean factor of one step around a cycle."""
    shares = [edges[circle[step], circle[step + 1]] for step in range(len(circle) - 1)]
    return float(np.prod(shares) ** (1 / len(shares)))
