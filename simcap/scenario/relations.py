"""What belongs to what in a scenario: teams and vendors, skills and queues, work and the work that follows it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping

from simcap.scenario.nearest import nearest
from simcap.scenario.schema.hiring import BacklogResponse
from simcap.scenario.schema.queues import Queue
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import TeamSpec
from simcap.units import DAY, HOUR, MINUTE, format_duration

Found = Iterator[tuple[str, str]]


def unknown(kind: str, name: str, known: Mapping[str, object]) -> str:
    """Return the message for a name that refers to nothing."""
    return f"there is no {kind} {name!r}; {nearest(name, known)}"


def agents(count: int) -> str:
    """Return "1 agent", "12 agents"."""
    return f"{count} agent{'' if count == 1 else 's'}"


def counted(items: int) -> str:
    """Return "1 item", "1,225 items"."""
    return f"{items:,} item{'' if items == 1 else 's'}"


def aged(seconds: float) -> str:
    """Return an age in whole days, hours or minutes: "66 days", "30 h"."""
    unit = next((unit for unit in (DAY, HOUR) if seconds >= 3 * unit), MINUTE)
    return format_duration(unit * round(seconds / unit))


def exact(team: str) -> str:
    """Return why a setting cannot apply to a team with a duty file."""
    return f"{team} has a duty file, which says exactly who is there"


def teams_of(scenario: Scenario) -> dict[str, tuple[str, TeamSpec]]:
    """Return the vendor and the team by the name of the team, over all vendors."""
    return {name: (owner, team) for owner, vendor in scenario.vendors.items() for name, team in vendor.teams.items()}


def responses(scenario: Scenario, team: str) -> dict[str, BacklogResponse]:
    """Return what a team responds to, by queue: its own `responds`, to all that waits for it, is that of no queue ("").

    Without one it is that of each queue of its skills that has one, if work of the queue ever comes to its vendor.
    A team with a duty file responds to nothing.
    """
    vendor, spec = teams_of(scenario)[team]
    if spec.duty is not None:
        return {}
    if spec.responds is not None:
        return {"": spec.responds}
    asking = {queue: scenario.queues[queue].responds for queue in spec.skills}
    return {queue: terms for queue, terms in asking.items() if terms is not None and _comes_to(scenario, queue, vendor)}


def _comes_to(scenario: Scenario, queue: str, vendor: str) -> bool:
    steps = split_steps(scenario, queue)
    return not steps or any(shares.get(vendor) for _, shares in steps)


def answering(scenario: Scenario) -> list[str]:
    """Return the teams that respond to a backlog."""
    return [name for name in teams_of(scenario) if responses(scenario, name)]


def as_planned(scenario: Scenario) -> Scenario:
    """Return a scenario in which nobody responds to a backlog: as many come as at the normal one."""
    if not answering(scenario):
        return scenario
    queues = {name: queue.model_copy(update={"responds": None}) for name, queue in scenario.queues.items()}
    vendors = {
        name: vendor.model_copy(
            update={"teams": {one: team.model_copy(update={"responds": None}) for one, team in vendor.teams.items()}}
        )
        for name, vendor in scenario.vendors.items()
    }
    return scenario.model_copy(update={"queues": queues, "vendors": vendors})


def teams_serving(scenario: Scenario, queue: str, vendor: str = "") -> list[str]:
    """Return the teams that have the skill for a queue from the beginning: of one vendor, or of all without a name."""
    return [
        name for name, (owner, team) in teams_of(scenario).items() if vendor in ("", owner) and queue in team.skills
    ]


def skilled(scenario: Scenario) -> dict[str, set[str]]:
    """Return by queue the vendors that can work it, cross-training included."""
    able: dict[str, set[str]] = {}
    teams = teams_of(scenario)
    for vendor, team in teams.values():
        for queue in team.skills:
            able.setdefault(queue, set()).add(vendor)
    for event in scenario.events.values():
        if event.cross_train is not None and event.cross_train.team in teams:
            for queue in event.cross_train.adds:
                able.setdefault(queue, set()).add(teams[event.cross_train.team][0])
    return able


def follow_ups(scenario: Scenario) -> dict[tuple[str, str], float]:
    """Return the mean number of items in the second queue that follow a decision in the first, at the worst errors."""
    shares: dict[tuple[str, str], float] = {}
    for name, queue in scenario.queues.items():
        for target, line in queue.then.items():
            shares[name, target] = shares.get((name, target), 0.0) + line.share
        errors = queue.errors
        if errors is not None and errors.to is not None:
            worst = max(errors.tenured, errors.at_start) * errors.appeal_share
            shares[name, errors.to] = shares.get((name, errors.to), 0.0) + worst
    return shares


def longest_wait(queue: Queue) -> float:
    """Return the age in seconds at which the last item of a queue leaves undecided; infinity if there is none."""
    if queue.expires is None:
        return math.inf
    after = queue.expires.after
    limit = after.constant if after.uniform is None else after.uniform[1]
    return math.inf if limit is None else limit


def receiving(scenario: Scenario) -> set[str]:
    """Return the queues in which items can ever be: by arrivals, backlog, or as follow-up work of such a queue."""
    reached = {
        name
        for name, queue in scenario.queues.items()
        if queue.arrivals is not None or (queue.backlog is not None and queue.backlog.count != 0)
    }
    edges = follow_ups(scenario)
    waiting = list(reached)
    while waiting:
        source = waiting.pop()
        for begin, end in edges:
            if begin == source and end not in reached:
                reached.add(end)
                waiting.append(end)
    return reached


def split_steps(scenario: Scenario, queue: str) -> list[tuple[dt.datetime | None, dict[str, float]]]:
    """Return a queue's allocation as (start by the queue's clock, shares), the first without a start; none for a pool.

    A vendor that is not live yet has no share; if no vendor of a split is live, it applies as written.
    """
    if queue not in scenario.routing.allocation:
        return []
    first = scenario.routing.allocation[queue]
    changes = [event.allocation for event in scenario.events.values() if event.allocation is not None]
    changes = sorted((one for one in changes if one.touches(queue)), key=lambda one: one.from_)
    written = [(dt.datetime.min, first), *((one.from_, one.shares) for one in changes)]
    live = {vendor: _live_from(scenario, vendor) for _, shares in written for vendor in shares}
    later = sorted({moment for moment in live.values() if moment > dt.datetime.min} - {one.from_ for one in changes})
    steps: list[tuple[dt.datetime | None, dict[str, float]]] = []
    for begin in sorted([*(begin for begin, _ in written), *later]):
        shares = next(shares for known, shares in reversed(written) if known <= begin)
        there = {vendor: share if live[vendor] <= begin else 0.0 for vendor, share in shares.items()}
        steps.append((begin if steps else None, there if any(there.values()) else shares))
    return steps


def late_starts(scenario: Scenario) -> Iterator[str]:
    """Yield, in words, what happens to a vendor's shares before it goes live."""
    for name, vendor in scenario.vendors.items():
        if _live_from(scenario, name) == dt.datetime.min:
            continue
        splits = {queue: scenario.routing.allocation[queue] for queue in scenario.routing.allocation}
        queues = [queue for queue, shares in splits.items() if shares.get(name)]
        for queue in queues:
            first = split_steps(scenario, queue)[0][1]
            others = [other for other, share in first.items() if share > 0 and other != name]
            goes = (
                f"goes to {' and '.join(others)}"
                if not first.get(name)
                else "waits for it, as there is no other vendor"
            )
            yield f"{name} goes live on {vendor.go_live}: until then its share of {queue} {goes}"
        if not queues:
            yield f"{name} goes live on {vendor.go_live}, but no split names it at the start: the date has no effect"


def _live_from(scenario: Scenario, vendor: str) -> dt.datetime:
    owner = scenario.vendors.get(vendor)
    if owner is None or owner.go_live is None or owner.go_live <= scenario.horizon.start:
        return dt.datetime.min
    return dt.datetime.combine(owner.go_live, dt.time())


def horizon_end(scenario: Scenario) -> dt.date:
    """Return the first day after the horizon."""
    return scenario.horizon.start + dt.timedelta(days=scenario.horizon.day_count)


def years_of(scenario: Scenario) -> range:
    """Return the calendar years that the horizon touches."""
    return range(scenario.horizon.start.year, (horizon_end(scenario) - dt.timedelta(days=1)).year + 1)


def check_split(path: str, queue: str, shares: Mapping[str, float], scenario: Scenario) -> Found:
    """Yield what is wrong with a split of a queue between vendors: the names, the sum, shares that nobody can work."""
    able = skilled(scenario).get(queue, set())
    for vendor, share in shares.items():
        if vendor not in scenario.vendors:
            yield f"{path}.{vendor}", unknown("vendor", vendor, scenario.vendors)
        elif share > 0 and vendor not in able and scenario.routing.overflow is None:
            message = f"{vendor} gets {share * 100:.6g}% of {queue}, but none of its teams has the skill {queue!r}"
            yield f"{path}.{vendor}", message + "; add the skill, set the share to 0%, or give routing.overflow"
    total = sum(shares.values())
    if abs(total - 1) > 1e-6:
        yield path, f"the shares of {queue} sum to {total * 100:.6g}%; they must sum to 100%"
