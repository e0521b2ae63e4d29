"""The local days of a team, numbered from the start of the horizon."""

from __future__ import annotations

import dataclasses
import datetime as dt

from simcap.scenario.clock import Clock
from simcap.units import to_tick
from simcap.workforce.roster import days_between


@dataclasses.dataclass(frozen=True)
class TeamDays:
    """The calendar of a team's zone; day 0 is the first day of the horizon."""

    clock: Clock
    first: dt.date

    def number(self, time: float) -> int:
        """Return the number of the local day at a simulated time in seconds."""
        return days_between(self.first, self.clock.day(time))

    def date(self, day: int) -> dt.date:
        """Return the date of a local day."""
        return self.first + dt.timedelta(days=day)

    def midnight(self, day: int) -> float:
        """Return the simulated time in seconds at which a local day begins."""
        return to_tick(self.clock.midnight(self.date(day)))
