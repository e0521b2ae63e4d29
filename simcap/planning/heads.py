"""The planned size of a team, to which a staffing search scales its steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from simcap.scenario.effective import cut_day
from simcap.scenario.schema.scenario import Scenario

UNKNOWN = 20
"""Size of a team for which the scenario gives none."""


def heads(scenario: Scenario, vendor: str, team: str) -> int:
    """Return a team's agents at the start; for one that begins with nobody, its largest planned size.

    If nobody is planned either, the size of the largest team that shares a skill with it, else `UNKNOWN`.
    """
    agents = scenario.vendors[vendor].teams[team].agents
    if agents:
        return agents
    largest = present = 0
    for _, change in sorted(_steps(scenario, vendor, team)):
        present += change
        largest = max(largest, present)
    return largest or max(_alike(scenario, vendor, team), default=0) or UNKNOWN


def _steps(scenario: Scenario, vendor: str, team: str) -> Iterator[tuple[dt.date, int]]:
    """Yield the planned changes of a team, with their days."""
    hiring = scenario.vendors[vendor].hiring
    for group in hiring.classes.values():
        if group.team == team:
            reaches = group.start + dt.timedelta(seconds=group.training)
            yield reaches, round(group.size * hiring.share_of(group))
    for event in scenario.events.values():
        if event.headcount is not None and event.headcount.team == team:
            yield cut_day(scenario, event.headcount, vendor), event.headcount.change
        elif event.transfer is not None and team in (event.transfer.source, event.transfer.to):
            yield event.transfer.on, event.transfer.agents * (1 if team == event.transfer.to else -1)


def _alike(scenario: Scenario, vendor: str, team: str) -> Iterator[int]:
    skills = set(scenario.vendors[vendor].teams[team].skills)
    for owner in scenario.vendors.values():
        yield from (own.agents or 0 for own in owner.teams.values() if skills & set(own.skills))
