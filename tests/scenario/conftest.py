"""A small valid scenario, and ways to change it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from simcap.errors import ScenarioError
from simcap.scenario.reading.loading import ScenarioFile, load

GONE = object()

SHIFT = {"days": "Mon-Fri", "start": "09:00", "length": "9 h"}
BASE: dict[str, Any] = {
    "name": "Small",
    "horizon": {"start": "2026-10-05", "weeks": 4, "timezone": "Europe/London"},
    "queues": {
        "listings": {
            "arrivals": {"per_week": 70_000, "profile": "marketplace"},
            "handle_time": {"lognormal": {"mean": "45 s", "cv": 0.9}},
            "sla": {"4 h": {"measure": "turnaround", "within": "4 h", "target": "95%", "per": "week"}},
            "then": {"appeals": {"share": "2%", "after": {"constant": "18 h"}}},
            "errors": {"tenured": "2%", "new": "9%", "appeal_share": "30%", "to": "appeals"},
        },
        "appeals": {"handle_time": {"constant": "8 min"}},
    },
    "routing": {"allocation": {"listings": {"north": "60%", "south": "40%"}}},
    "vendors": {
        "north": {
            "shrinkage": {"absence": "8%", "offline": "12%"},
            "attrition": {"per_year": "45%"},
            "teams": {
                "manila": {
                    "timezone": "Asia/Manila",
                    "holidays": "PH",
                    "agents": 40,
                    "skills": ["appeals", "listings"],
                    "shift": SHIFT,
                }
            },
            "hiring": {"classes": {"oct": {"start": "2026-10-12", "team": "manila", "size": 5, "training": "2 weeks"}}},
        },
        "south": {
            "teams": {"krakow": {"timezone": "Europe/Warsaw", "agents": 30, "skills": ["listings"], "shift": SHIFT}}
        },
    },
    "events": {"peak": {"surge": {"queue": "listings", "from": "2026-10-19", "for": "5 days", "factor": 1.8}}},
}


def changed(changes: Mapping[str, Any], base: Mapping[str, Any] = BASE) -> dict[str, Any]:
    """Return the scenario with values at dotted paths replaced, added, or (GONE) removed."""
    document: dict[str, Any] = copy.deepcopy(dict(base))
    for path, value in changes.items():
        *parents, last = path.split(".")
        inner = document
        for key in parents:
            inner = inner.setdefault(key, {})
        if value is GONE:
            del inner[last]
        else:
            inner[last] = value
    return document


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a file, text as it is and else as JSON (which is YAML), and returns its path."""

    def written(content: str | bytes | Mapping[str, Any], name: str = "small.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, (str, bytes)) else json.dumps(content, indent=1)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return written


@pytest.fixture
def refused(write: Callable[..., Path]) -> Callable[..., list[str]]:
    """Return a function that asserts that a changed scenario is refused with a message; returns all messages."""

    def check(changes: Mapping[str, Any], message: str) -> list[str]:
        with pytest.raises(ScenarioError, match=re.escape(message)) as caught:
            load(write(changed(changes)))
        return str(caught.value).split("\n")

    return check


@pytest.fixture
def calibrated(tmp_path: Path) -> ScenarioFile:
    (tmp_path / "parameters.yaml").write_text(
        """
title: 2026 Q3
history: {from: 2026-07-06, to: 2026-10-04}
queues:
  mail: {arrivals: {per_week: 700, growth: 1%, profile: flat}}
origins:
- {path: queues.mail.arrivals, origin: reported, files: [weekly.xlsx, teams.csv], observations: 12, note: too few weeks}
- {path: queues.mail.arrivals.growth, origin: prior}
""",
        encoding="utf-8",
    )
    (tmp_path / "small.yaml").write_text(
        """
name: small
calibration: parameters.yaml
horizon: {start: 2026-10-05, days: 2, timezone: UTC}
queues:
  mail:
    handle_time:
      constant: 1 min
vendors:
  north:
    contract: {currency: EUR, price: {per_productive_hour: 12}}
    teams:
      day: {timezone: UTC, agents: 4, skills: [mail], shift: {always: true}}
uncertain:
  queues.mail.handle_time.constant: {uniform: [50 s, 70 s]}
""",
        encoding="utf-8",
    )
    return load(tmp_path / "small.yaml")
