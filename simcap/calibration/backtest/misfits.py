"""Whether a scenario is of the programme that logs are of: the same queues, vendors and teams, under the same names."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.history.yardsticks import Backtest
from simcap.scenario.nearest import nearest
from simcap.scenario.schema.scenario import Scenario


def misfits(scenario: Scenario, configuration: Configuration, history: History) -> Iterator[str]:
    """Yield in what a scenario is not of the programme that the logs are of."""
    if scenario.horizon.timezone != configuration.timezone:
        yield (
            f"horizon.timezone: {scenario.horizon.timezone}, but the days of the calibration are those of "
            f"{configuration.timezone}; use one zone in both"
        )
    logged = sorted({str(queue) for queue in history.items["queue"].unique()})
    rename = "rename it there, or in the calibration under items.queues"
    for queue in scenario.queues:
        if queue not in logged:
            yield f"queues.{queue}: the log has no queue {queue!r}; {nearest(queue, logged)}; {rename}"
    for queue in logged:
        if queue not in scenario.queues:
            yield f"queues: lacks {queue!r}, a queue of the log; {nearest(queue, scenario.queues)}; {rename}"
    if history.roster is not None:
        yield from _other_teams(scenario, configuration, history.roster)
    if scenario.routing.rule == "earliest_due":
        yield from _other_slas(scenario, configuration)


def _other_teams(scenario: Scenario, configuration: Configuration, roster: pd.DataFrame) -> Iterator[str]:
    """Yield the teams of which roster and scenario have different ideas, in the days that are predicted."""
    same = "if they are one, write its name in the scenario under backtest.names of the calibration"
    first, last = backtest_of(configuration).first.toordinal(), configuration.to.toordinal()
    there = roster[(roster["hired"] <= last) & ~(roster["left"] <= first)]
    listed = {(str(vendor), team_in(scenario, str(vendor), str(team))) for vendor, team in _pairs(there)}
    known = {(vendor, team) for vendor, one in scenario.vendors.items() for team in one.teams}
    for vendor, team in sorted(listed - known):
        if vendor not in scenario.vendors:
            near = nearest(vendor, scenario.vendors)
            yield f"vendors: lacks {vendor!r}, a vendor of the roster; {near}; {same}"
        else:
            near = nearest(team, scenario.vendors[vendor].teams)
            yield f"vendors.{vendor}.teams: lacks {team!r}, a team of the roster; {near}; {same}"
    for vendor, team in sorted(known - listed):
        one = scenario.vendors[vendor]
        if one.teams[team].duty is None and one.teams[team].agents != 0:
            names = sorted(name for owner, name in listed if owner == vendor)
            yield (
                f"vendors.{vendor}.teams.{team}: the roster has nobody of it; {nearest(team, names)}; {same}; or give "
                "it `agents: 0` if it is yet to be hired"
            )


def _pairs(roster: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(roster["vendor"].astype(str), roster["team"].astype(str), strict=True))


def team_in(scenario: Scenario, vendor: str, team: str) -> str:
    """Return the team of the scenario for one of the roster: where that names none, a vendor's only one."""
    teams = list(scenario.vendors[vendor].teams) if vendor in scenario.vendors else []
    return teams[0] if not team and len(teams) == 1 else team


def _other_slas(scenario: Scenario, configuration: Configuration) -> Iterator[str]:
    """Yield the back-test's SLAs that would change who is served first."""
    for name, sla in backtest_of(configuration).sla.items():
        for queue, spec in scenario.queues.items():
            own = [(one.measure, one.within, one.hours) for one in spec.sla.values()]
            if queue in (sla.queues or scenario.queues) and (sla.measure, sla.within, sla.hours) not in own:
                yield (
                    f"routing.rule: earliest_due, and {queue} has no SLA like `backtest.sla.{name}` of the "
                    "calibration: to measure by it would change the order of work; let both have the same SLAs"
                )


def backtest_of(configuration: Configuration) -> Backtest:
    """Return what a back-test predicts, of a configuration that has one."""
    assert configuration.backtest is not None
    return configuration.backtest
