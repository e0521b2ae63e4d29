"""What cannot be sketched, in words."""

from __future__ import annotations

from simcap.errors import ScenarioError
from simcap.scenario.relations import responses, teams_of
from simcap.scenario.schema.scenario import Scenario


def refusal(scenario: Scenario) -> str:
    """Return why a scenario cannot be sketched, and what to do; empty if it can.

    A sketch knows what waits for a team in all, which is not what waits in one of several queues.
    """
    for name, (vendor, team) in teams_of(scenario).items():
        queue = next(iter(responses(scenario, name)), "")
        if queue and len(team.skills) > 1:
            return (
                f"{name} responds to what waits in {queue} alone (queues.{queue}.responds), and a sketch knows only "
                f"what waits for a team in all: leave sketches out, or give vendors.{vendor}.teams.{name} a `responds` "
                "of its own, to all of its queues"
            )
    return ""


def refuse(scenario: Scenario) -> None:
    """Raise `ScenarioError` for a scenario that cannot be sketched."""
    if why := refusal(scenario):
        raise ScenarioError(f"{scenario.name} cannot be sketched: {why}")
