"""Print how far from what was tested a simulated change may be added to an anchored base.

    python -m tests.real.anchored_futures

The world is a desk whose items take a few percent longer than its model says. The anchor knows the desk as it stands
perfectly; in each future the model says by how much attainment changes, and the world what then happens.
"""

from __future__ import annotations

from typing import NamedTuple

import click
import numpy as np

from simcap.analysis.anchoring import moved_in_odds
from simcap.analysis.measures import sla_figures
from simcap.world.world import simulate
from tests.helpers import NOWHERE, Array, scenario

AGENTS = (48, 52, 57)
"""At 48 the desk is full, at 57 hardly anything is late."""
SLOWER = (1.03, 1.06, 1.10)
VOLUMES = (0.95, 1.01, 1.02, 1.05, 1.1, 1.15, 1.2, 1.4)
REPLICATIONS = 8
PER_DAY = 2400
MINUTES = 5.0


class Case(NamedTuple):
    """One future of one desk; shares of items that were on time."""

    is_near: bool
    anchored: float
    """Error of the anchored base plus the simulated change."""
    simulated: float
    """Error of what is simulated."""
    is_inside: bool
    """Whether the truth is in the band of the base, moved by the change."""


class Weeks(NamedTuple):
    """Attainment over all weeks, and the 90% band of single ones."""

    mean: float
    low: float
    high: float


def weeks(agents: int, volume: float, minutes: float) -> Weeks:
    """Return the attainment of a desk."""
    shifts = {
        start: {"days": "5 of 7", "start": start, "length": "8 h", "share": share}
        for start, share in (("06:00", 0.35), ("12:00", 0.4), ("20:00", 0.25))
    }
    plan = scenario(
        {
            "horizon.days": 28,
            "queues.mail": {
                "arrivals": {"per_day": PER_DAY * volume, "busyness": {"cv": 0.15}},
                "handle_time": {"lognormal": {"mean": f"{minutes} min", "cv": 0.9}},
                "sla": {"4 h": {"measure": "turnaround", "within": "4 h", "target": 0.9, "per": "week"}},
            },
            "vendors.north.shrinkage": {"absence": 0.08},
            "vendors.north.teams.day.agents": agents,
            "vendors.north.teams.day.shift": None,
            "vendors.north.teams.day.shifts": shifts,
        }
    )
    tallies = [simulate(plan, NOWHERE, 7, number) for number in range(REPLICATIONS)]
    figures = [sla_figures(tally, tally.grid.windows("week")) for tally in tallies]
    on_time, counted = (sum(float(one[name].sum()) for one in figures) for name in ("on_time", "counted"))
    low, high = np.percentile(np.concatenate([one["attainment"].ravel() for one in figures]), [5, 95])
    return Weeks(on_time / counted, float(low), float(high))


def case(model: tuple[Weeks, Weeks], world: tuple[Weeks, Weeks]) -> Case:
    """Return what becomes of a future, of which the model and the world have (as it stands, then)."""
    now, (before, after) = world[0], (one.mean for one in model)
    moved = now.mean + after - before
    in_odds = float(moved_in_odds(*(_one(share) for share in (now.mean, before, after)), _one(7.0 * PER_DAY))[0])
    return Case(
        now.low <= min(moved, in_odds) and max(moved, in_odds) <= now.high,
        abs(moved - world[1].mean),
        abs(after - world[1].mean),
        now.low + after - before <= world[1].mean <= now.high + after - before,
    )


def _one(value: float) -> Array:
    return np.array([value])


def main() -> None:
    """Print errors in points of futures that are near what was tested, and of those that are far from it."""
    cases: list[Case] = []
    for agents in AGENTS:
        model = {volume: weeks(agents, volume, MINUTES) for volume in (1.0, *VOLUMES)}
        for slower in SLOWER:
            world = {volume: weeks(agents, volume, slower * MINUTES) for volume in (1.0, *VOLUMES)}
            cases += [case((model[1.0], model[one]), (world[1.0], world[one])) for one in VOLUMES]
    for name, near in (("near", True), ("far", False)):
        some = [one for one in cases if one.is_near is near]
        errors = [[100 * getattr(one, kind) for one in some] for kind in ("anchored", "simulated")]
        said = ", ".join(
            f"{kind} off by {np.mean(error):.1f} points, {max(error):.1f} at most"
            for kind, error in zip(("anchored", "simulated"), errors, strict=True)
        )
        click.echo(f"{name}: {len(some)} futures; {said}; {np.mean([one.is_inside for one in some]):.0%} in the band")


if __name__ == "__main__":
    main()
