"""What a scenario leaves open and is taken as neutral, as a run reports it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simcap.scenario.relations import teams_of
from simcap.scenario.schema.hiring import Hiring
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import Practice, TeamSpec

_PLACES: Final = {"absence": "shrinkage.absence", "offline": "shrinkage.offline"}
"""Where a team has what is named without its group."""


def neutral(scenario: Scenario) -> list[str]:
    """Return what was taken as neutral because the scenario does not give it, and what partly has no effect.

    One sentence for each kind.
    """
    sentences = [*_practices(scenario), *_empty(scenario)]
    full = [name for vendor in scenario.vendors.values() for name in _full_classes(vendor.hiring)]
    if full:
        sentences.append(f"graduates: every trainee graduates ({', '.join(full)})")
    without_errors = [name for name, queue in scenario.queues.items() if queue.errors is None]
    if without_errors and len(without_errors) < len(scenario.queues):
        sentences.append(f"errors: no wrong decisions ({', '.join(without_errors)})")
    own = [name for name, queue in scenario.queues.items() if queue.arrivals and queue.arrivals.is_shaped_by_file]
    if own:
        sentences.append(f"profile: that of the volume file ({', '.join(own)})")
    return [*sentences, *_apart(scenario), *_unpriced(scenario), *_unraised(scenario)]


def left_open(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield what neither a vendor nor its team says of people, as a dotted path, with what is taken instead."""
    for owner, vendor in scenario.vendors.items():
        for name, team in vendor.teams.items():
            for meaning in _lacking(vendor.practice(name), team) if team.duty is None else ():
                key, _, instead = meaning.partition(": ")
                yield f"vendors.{owner}.teams.{name}.{_PLACES.get(key, key)}", instead


def _practices(scenario: Scenario) -> Iterator[str]:
    """Yield what no vendor or team says of people, and settings without effect for teams with a duty file."""
    lacking: dict[str, list[str]] = {}
    for vendor in scenario.vendors.values():
        for name, team in vendor.teams.items():
            practice = vendor.practice(name)
            for meaning in _lacking(practice, team) if team.duty is None else _vain(practice, team):
                lacking.setdefault(meaning, []).append(name)
    yield from (f"{meaning} ({_names(teams, scenario)})" for meaning, teams in lacking.items())


def _lacking(practice: Practice, team: TeamSpec) -> Iterator[str]:
    if practice.shrinkage is None:
        yield "shrinkage: no absence, no offline time"
    elif "absence" not in practice.shrinkage.model_fields_set:
        yield "absence: nobody is absent"
    elif "offline" not in practice.shrinkage.model_fields_set:
        yield "offline: no offline time"
    if practice.attrition is None:
        yield "attrition: nobody leaves"
    elif practice.attrition.weibull is not None and team.agents and team.tenure is None:
        yield "tenure: fully ramped, and leaving as in a long-established team"
    if practice.ramp is None:
        yield "ramp: full speed and accuracy from the first day"
    if practice.spread is None:
        yield "spread: all agents equally fast"


def _empty(scenario: Scenario) -> Iterator[str]:
    """Yield the teams that begin with nobody and that nobody will join."""
    events = scenario.events.values()
    joined = {group.team for vendor in scenario.vendors.values() for group in vendor.hiring.classes.values()}
    joined |= {event.headcount.team for event in events if event.headcount is not None and event.headcount.change > 0}
    joined |= {event.transfer.to for event in events if event.transfer is not None}
    teams = [name for name, (_, team) in teams_of(scenario).items() if team.agents == 0 and name not in joined]
    if teams:
        yield f"agents: nobody, from start to end ({', '.join(teams)})"


def _vain(practice: Practice, team: TeamSpec) -> Iterator[str]:
    given = {name: getattr(practice, name) for name in ("shrinkage", "attrition", "ramp")}
    unpaid = team.holidays if team.holidays is None or team.holidays.price_factor == 1 else None
    for name, value in (given | {"tenure": team.tenure, "holidays": unpaid}).items():
        if value is not None:
            yield f"{name}: no effect, as a duty file says who is there"


def _apart(scenario: Scenario) -> Iterator[str]:
    """Yield the queues whose busy days are independent, because no share is given or no other queue has the same."""
    arrivals = {name: queue.arrivals for name, queue in scenario.queues.items() if queue.arrivals is not None}
    busy = {name: one.busyness for name, one in arrivals.items() if one.busyness is not None and one.busyness.cv > 0}
    unsaid = [name for name, busyness in busy.items() if "shared" not in busyness.model_fields_set]
    if len(busy) > 1 and unsaid:
        yield f"shared busyness: none, busy days are independent ({', '.join(unsaid)})"
    factors = {factor for busyness in busy.values() for factor in busyness.shared}
    for factor in sorted(factors):
        sharing = [name for name, busyness in busy.items() if busyness.shared.get(factor, 0.0) > 0]
        if len(sharing) == 1:
            yield f"shared busyness: no other queue shares {factor} ({sharing[0]})"


def _unraised(scenario: Scenario) -> Iterator[str]:
    """Yield the surges of several queues that some do not feel, because their volumes are exact."""
    exact = [name for name, queue in scenario.queues.items() if queue.arrivals is not None and queue.arrivals.is_exact]
    for name, event in scenario.events.items():
        unmoved = [queue for queue in exact if event.surge is not None and event.surge.touches(queue)]
        if unmoved:
            yield f"{name}: no effect on exact volumes ({', '.join(unmoved)})"


def _full_classes(hiring: Hiring) -> list[str]:
    """Return the classes, including back-fill, without a given share of graduates."""
    if hiring.graduates is not None:
        return []
    backfill = ["back-fill"] if hiring.backfill is not None and hiring.backfill.graduates is None else []
    return [name for name, group in hiring.classes.items() if group.graduates is None] + backfill


def _unpriced(scenario: Scenario) -> Iterator[str]:
    """Yield what costs nothing although other things do, because no contract gives it a price."""
    contracts = {name: vendor.contract for name, vendor in scenario.vendors.items()}
    without = [name for name, contract in contracts.items() if contract is None or contract.price is None]
    if without and (len(without) < len(contracts) or any(contract is not None for contract in contracts.values())):
        yield f"price: no cost is known ({', '.join(without)})"
    for name, contract in contracts.items():
        prices = contract.price.per_item if contract is not None and contract.price is not None else None
        worked = {queue for team in scenario.vendors[name].teams.values() for queue in team.skills}
        free = [queue for queue in scenario.queues if queue in worked and prices is not None and queue not in prices]
        if free:
            yield f"price: {name}'s decisions cost nothing on {', '.join(free)}"


def _names(teams: list[str], scenario: Scenario) -> str:
    everyone = sum(len(vendor.teams) for vendor in scenario.vendors.values())
    return "all teams" if len(teams) == everyone else ", ".join(teams)
