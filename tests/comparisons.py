"""A small programme of two vendors, and comparisons of it with what a test changes."""

from __future__ import annotations

from pathlib import Path

from simcap.experiment.compare import compare
from simcap.experiment.comparison import Comparison
from simcap.scenario.reading.loading import load

HORIZON = "start: 2026-10-05, weeks: 4"
PROGRAMME = """
name: base
horizon: {start: 2026-10-05, weeks: 4, timezone: UTC, warm_up: 1 week}
simulation: {replications: 4, seed: 3}
queues:
  mail:
    arrivals: {per_week: 5000, busyness: {cv: 10%}}
    handle_time: {lognormal: {mean: 5 min, cv: 0.9}}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 95%, per: week}}
  rare:
    arrivals: {per_week: 20}
    handle_time: {constant: 1 min}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 95%, per: week}}
routing: {allocation: {mail: {north: 60%, south: 40%}}}
vendors:
  north:
    contract: {currency: USD, price: {per_productive_hour: 20}, minimum: {hours_per_month: 1900}, notice: 30 days}
    teams:
      day: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}
      few: {timezone: UTC, agents: 2, skills: [rare], shift: {always: true}}
  south:
    contract: {currency: USD, price: {per_item: {mail: [{at: 0.5}]}}}
    teams:
      far: {timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}
"""


def write_programme(folder: Path) -> Path:
    """Write the programme as base.yaml."""
    path = folder / "base.yaml"
    path.write_text(PROGRAMME)
    return path


def write_variant(folder: Path, name: str, *changes: str) -> Path:
    """Write a variant of the programme under its name."""
    path = folder / f"{name}.yaml"
    path.write_text("\n".join([f"name: {name}", "extends: base.yaml", *changes]))
    return path


def held(folder: Path, *changes: str, replications: int | None = None, horizon: str = HORIZON) -> Comparison:
    """Return the comparison of the programme, over a horizon, with one variant, called `other`."""
    base = write_programme(folder)
    base.write_text(PROGRAMME.replace(HORIZON, horizon))
    files = [load(base), load(write_variant(folder, "other", *changes))]
    return compare(files, folder / "out", replications=replications, jobs=1, force=True)
