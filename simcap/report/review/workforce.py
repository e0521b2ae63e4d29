"""Teams week by week: headcount by stage, and the hours that their work requires against those they have."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.risks import BUSY
from simcap.experiment.results import Results
from simcap.report.wording.findings import team_title, vendor_title
from simcap.report.wording.words import about, listed, plural, short_date
from simcap.scenario.grid import Windows
from simcap.scenario.schema.vendors import Ramp
from simcap.units import WEEK

Array = NDArray[np.float64]

NOTABLE = 0.05
"""Share of agents who are new, or who leave in one week, from which it is told."""
MEASURES = (
    "headcount", "in_training", "effective_fte", "on_floor_hours", "busy_hours", "hires", "leavers", "transfers",
    "scheduled_hours",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class TeamReview:
    """A team, means over replications by week of the horizon."""

    vendor: str
    vendor_title: str
    name: str
    title: str
    windows: Windows
    headcount: Array
    """[week] agents at its end, without trainees."""
    in_training: Array
    """[week] trainees at its end."""
    effective: Array
    """[week] agents weighted by their speed: a new one counts less."""
    scheduled: Array
    """[week] hours on the floor if nobody were absent or offline."""
    available: Array
    """[week] hours on the floor."""
    required: Array
    """[week] hours on the floor at which the work that it did would keep it busy for 92% of the time, and no more.

    What waits is not in it: see `waiting`.
    """
    hires: Array
    leavers: Array
    transfers: Array
    ramp_weeks: int
    """How long a newcomer ramps; 0 without a ramp."""

    @property
    def new(self) -> Array:
        """Return [week] the share of agents who joined within the ramp; leavers among them still count.

        Those who were new when the horizon began are not known.
        """
        recent = np.convolve(self.hires, np.ones(self.ramp_weeks))[: len(self.hires)] if self.ramp_weeks else 0.0
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(self.headcount > 0, recent / self.headcount, 0.0)
        return np.minimum(share, 1.0)

    @property
    def cohorts(self) -> str:
        """Say when most are new, and in which week most leave together; empty if nobody joins or leaves."""
        parts = []
        if self.new.max() >= NOTABLE:
            week = int(self.new.argmax())
            parts.append(f"up to {self.new[week]:.0%} are new, in the week of {short_date(self.windows.starts[week])}")
        if self.leavers.max() >= max(1.0, NOTABLE * self.headcount.mean()):
            week = int(self.leavers.argmax())
            parts.append(f"{about(self.leavers[week])} leave in the week of {short_date(self.windows.starts[week])}")
        return "; ".join(parts)

    @property
    def short(self) -> NDArray[np.bool_]:
        """Return in which weeks more hours are required than available."""
        return np.asarray(self.required > self.available)

    @property
    def finding(self) -> str:
        """Say in how many weeks the team has too few hours, and in which the gap is widest."""
        count = int(self.short.sum())
        if not self.available.any():
            return "nobody is on the floor"
        if not count:
            return "hours suffice in every week"
        gap = self.required - self.available
        worst = int(np.argmax(gap))
        of = "every week" if count == len(gap) else f"{count} of {plural(len(gap), 'week')}"
        return f"short of hours in {of}, most from {short_date(self.windows.starts[worst])} ({about(gap[worst])} h)"


def teams_of(results: Results) -> list[TeamReview]:
    """Return the teams, in the order of the scenario."""
    return [_team(results, vendor, team) for vendor, team in results.layout.subjects["teams"]]


def _team(results: Results, vendor: str, team: str) -> TeamReview:
    means = {name: results.figures.of("teams", "week", (vendor, team), name).mean(axis=0) for name in MEASURES}
    return TeamReview(
        vendor=vendor,
        vendor_title=vendor_title(results.scenario, vendor),
        name=team,
        title=team_title(results.scenario, vendor, team),
        windows=results.layout.windows["week"],
        headcount=means["headcount"],
        in_training=means["in_training"],
        effective=means["effective_fte"],
        scheduled=means["scheduled_hours"],
        available=means["on_floor_hours"],
        required=means["busy_hours"] / BUSY,
        hires=means["hires"],
        leavers=means["leavers"],
        transfers=means["transfers"],
        ramp_weeks=_ramp_weeks(results.scenario.vendors[vendor].practice(team).ramp),
    )


def _ramp_weeks(ramp: Ramp | None) -> int:
    """Return in how many weeks a newcomer ramps: until the speed of the last step, or the one that is given."""
    if ramp is None:
        return 0
    return len(ramp.steps) - 1 if ramp.steps is not None else math.ceil((ramp.after or 0.0) / WEEK)


def hours_finding(teams: tuple[TeamReview, ...]) -> str:
    """Say which teams have too few hours, and in how many weeks."""
    short = sorted((team for team in teams if team.short.any()), key=lambda team: -int(team.short.sum()))
    if not short:
        return f"Every team has the hours that its work requires at {BUSY:.0%} occupancy"
    named = listed([f"{team.title} ({plural(int(team.short.sum()), 'week')})" for team in short[:3]])
    return f"{len(short)} of {plural(len(teams), 'team')} {'is' if len(short) == 1 else 'are'} short of hours: {named}"
