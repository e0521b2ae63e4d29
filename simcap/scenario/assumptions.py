"""What a scenario leaves open and is taken as neutral: a run says it."""

from __future__ import annotations

from collections.abc import Iterator

from simcap.scenario.hiring import Hiring
from simcap.scenario.schema import Scenario
from simcap.scenario.vendors import Practice


def neutral(scenario: Scenario) -> list[str]:
    """Return what was taken as neutral because the scenario does not give it, a sentence for each kind."""
    lacking: dict[str, list[str]] = {}
    for vendor in scenario.vendors.values():
        for name, team in vendor.teams.items():
            for field in Practice.model_fields if team.duty is None else ():
                if getattr(vendor.practice(name), field) is None:
                    lacking.setdefault(field, []).append(name)
    meaning = {
        "shrinkage": "no absence, no offline time",
        "attrition": "nobody leaves",
        "ramp": "full speed from the first day",
        "spread": "all agents equally fast",
    }
    found = [f"{field}: {meaning[field]} ({_names(teams, scenario)})" for field, teams in lacking.items()]
    full = [name for vendor in scenario.vendors.values() for name in _full_classes(vendor.hiring)]
    if full:
        found.append(f"graduates: every trainee graduates ({', '.join(full)})")
    without_errors = [name for name, queue in scenario.queues.items() if queue.errors is None]
    if without_errors and len(without_errors) < len(scenario.queues):
        found.append(f"errors: no wrong decisions ({', '.join(without_errors)})")
    return [*found, *_unpriced(scenario)]


def _full_classes(hiring: Hiring) -> list[str]:
    """Return the classes, back-fill among them, of which nothing says how many graduate."""
    if hiring.graduates is not None:
        return []
    backfill = ["back-fill"] if hiring.backfill is not None and hiring.backfill.graduates is None else []
    return [name for name, plan in hiring.classes.items() if plan.graduates is None] + backfill


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
