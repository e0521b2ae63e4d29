"""What a scenario leaves open, and what of it has no effect yet: a run says both."""

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
    return found


def _full_classes(hiring: Hiring) -> list[str]:
    """Return the classes, back-fill among them, of which nothing says how many graduate."""
    if hiring.graduates is not None:
        return []
    backfill = ["back-fill"] if hiring.backfill is not None and hiring.backfill.graduates is None else []
    return [name for name, plan in hiring.classes.items() if plan.graduates is None] + backfill


def without_effect(scenario: Scenario) -> list[str]:
    """Return the parts of a scenario that are understood and checked but change nothing yet."""
    found = []
    parts = sorted({part for vendor in scenario.vendors.values() for part in _money(vendor.contract)})
    if parts:
        found.append(f"contract money ({', '.join(parts)}): costs and credits are not computed yet")
    return found


def _money(contract: object) -> Iterator[str]:
    for part in ("price", "minimum", "service_credits", "quality", "forecast_lock"):
        if getattr(contract, part, None) is not None:
            yield part


def _names(teams: list[str], scenario: Scenario) -> str:
    everyone = sum(len(vendor.teams) for vendor in scenario.vendors.values())
    return "all teams" if len(teams) == everyone else ", ".join(teams)
