"""A team as files show it: how many, when they work, what they take, and on what each of these rests."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from simcap.calibration.fits.responding import SeenResponse
from simcap.scenario.schema.sites import site_in
from simcap.units import HOUR, MINUTE

GUESS: Final = "? "
"""Stands before the ground of a value that no file tells."""
ABSENCE, OFFLINE = 0.08, 0.10
"""Shares that are usual, where no file tells them."""
WEEK: Final = 7


@dataclasses.dataclass(frozen=True)
class WorkingTime:
    """A shift that a share of a team works: start in seconds after local midnight, length, breaks (after, length)."""

    start: float
    length: float
    share: float = 1.0
    breaks: tuple[tuple[float, float], ...] = ()


PLACEHOLDER: Final = WorkingTime(8 * HOUR, 9 * HOUR, 1.0, ((4 * HOUR, 60 * MINUTE),))
"""A shift where no file tells when a team works."""


@dataclasses.dataclass(frozen=True)
class DraftTeam:
    """A team of a vendor. Each `why` says on what a value rests; with a ? before it, the value is a placeholder."""

    vendor: str
    team: str
    timezone: str
    agents: int
    days: str
    times: tuple[WorkingTime, ...]
    skills: tuple[str, ...]
    why_timezone: str = ""
    why_agents: str = ""
    why_shift: str = ""
    why_skills: str = ""
    response: SeenResponse | None = None

    def coming(self) -> float:
        """Return how many agents usually come on a day on which the team works."""
        return self.agents * (days_a_week(self.days) / WEEK if "of" in self.days else 1.0) * (1 - ABSENCE)

    def hours(self) -> float:
        """Return the hours of a week on the floor of all its agents, as far as they are usually there."""
        a_day = sum(one.share * (one.length - sum(pause for _, pause in one.breaks)) for one in self.times) / HOUR
        return self.agents * days_a_week(self.days) * a_day * (1 - ABSENCE) * (1 - OFFLINE)


def zone_of(vendor: str, team: str, otherwise: str) -> tuple[str, str]:
    """Return the zone of a team and on what it rests: the city in its name or its vendor's, else a guess."""
    site = site_in(team, vendor)
    if site is None:
        return otherwise, f"{GUESS}the zone of the site: no file tells it"
    return site.zone, f"guessed: {site.city} in the name"


def days_a_week(days: str) -> float:
    """Return the working days in a week of "5 of 7" or "Mon-Fri"."""
    on, _, cycle = days.partition(" of ")
    return WEEK * float(on) / float(cycle) if cycle else 5.0


def whole_percents(parts: ArrayLike) -> list[float]:
    """Return parts as shares in whole per cents that add up to one: the largest takes what rounding leaves."""
    values = np.asarray(parts, np.float64)
    percents = np.round(100 * values / values.sum())
    percents[percents.argmax()] += 100 - percents.sum()
    return [float(share) / 100 for share in percents]
