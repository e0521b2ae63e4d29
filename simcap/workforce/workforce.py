"""All teams of a scenario, and everything that happens to them."""

from __future__ import annotations

from collections.abc import Sequence

from simcap.workforce.context import ReplicationContext
from simcap.workforce.events import begin_events, begin_splits
from simcap.workforce.hiring import HiringDesk
from simcap.workforce.team import Team


class Workforce:
    """The teams of a scenario by name, in its order, which is that of their numbers on the floor."""

    def __init__(self, setting: ReplicationContext) -> None:
        self.setting = setting
        pairs = [(vendor, team) for vendor, plan in setting.scenario.vendors.items() for team in plan.teams]
        self.teams = {
            team: Team(setting, number, setting.scenario.vendors[vendor], vendor, team)
            for number, (vendor, team) in enumerate(pairs)
        }

    def begin(self, splits: Sequence[Sequence[float]] = ()) -> None:
        """Start events, teams and hiring; `splits` are the starts of the allocations of each queue."""
        begin_events(self.setting, self.teams)
        begin_splits(self.setting, splits)
        for team in self.teams.values():
            team.open()
        for name, vendor in self.setting.scenario.vendors.items():
            mine = {team.name: team for team in self.teams.values() if team.vendor_name == name}
            HiringDesk(self.setting, name, vendor).begin(mine)
