"""Two small desks to be staffed: one around the clock, one that grows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simcap.scenario.reading.loading import ScenarioFile, load

ALWAYS = """
name: always on
horizon: {start: 2026-10-05, weeks: 2, timezone: UTC, warm_up: 1 day}
simulation: {replications: 8, seed: 5}
queues:
  calls:
    arrivals: {per_hour: 240}
    handle_time: {exponential: 3 min}
    sla: {20 s: {measure: wait, within: 20 s, target: 80%, per: week}}
vendors:
  v: {teams: {t: {timezone: UTC, agents: AGENTS, skills: [calls], shift: {always: true}}}}
"""
GROWING = """
name: growing
horizon: {start: 2026-10-05, weeks: 8, timezone: UTC, warm_up: 1 day}
simulation: {replications: 6, seed: 5}
queues:
  mail:
    arrivals: {per_week: 8000, growth: 6%}
    handle_time: {exponential: 3 min}
    sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}
vendors:
  north:
    contract: {currency: USD, price: {per_productive_hour: 15}, ramp_limit: {hires_per_month: LIMIT}}
    teams: {t: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}}
    hiring: {backfill: {review: 1 week, class_size: 9, lead_time: LEAD weeks, training: 1 week, graduates: 100%}}
"""


def file(folder: Path, text: str, **values: Any) -> ScenarioFile:
    """Return a desk with values in the place of words, from a file `plan.yaml` in a folder."""
    for name, value in values.items():
        text = text.replace(name, str(value))
    path = folder / "plan.yaml"
    path.write_text(text)
    return load(path)
