"""All teams of a scenario, and everything that happens to them."""

from __future__ import annotations

from collections.abc import Sequence

from simcap.workforce.context import ReplicationContext
from simcap.workforce.events import begin_events, begin_splits
from simcap.workforce.hiring import HiringDesk
from simcap.workforce.team import Team


class Workforce:
    """The teams of a scenario by name, in the order of the scenario and of their numbers on the floor.

    `team_type` makes each team: a type without shifts leaves who is there to whoever asks.
    """

    def __init__(self, context: ReplicationContext, team_type: type[Team] = Team) -> None:
        self.context = context
        pairs = [(name, team) for name, vendor in context.scenario.vendors.items() for team in vendor.teams]
        self.teams = {
            team: team_type(context, number, context.scenario.vendors[vendor], vendor, team)
            for number, (vendor, team) in enumerate(pairs)
        }

    def begin(self, splits: Sequence[Sequence[float]] = ()) -> None:
        """Start events, teams and hiring; `splits` are the starts of the allocations of each queue."""
        begin_events(self.context, self.teams)
        begin_splits(self.context, splits)
        for team in self.teams.values():
            team.open()
        for name, vendor in self.context.scenario.vendors.items():
            own_teams = {team.name: team for team in self.teams.values() if team.vendor_name == name}
            HiringDesk(self.context, name, vendor).begin(own_teams)
