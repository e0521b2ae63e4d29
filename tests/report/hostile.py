"""Names that would do something, or break something, if they were taken for more than names."""

from __future__ import annotations

import copy
from typing import Any

from tests.report.made import BASE, changed

NAMES = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=1+1", "[red]bold[/red]", "$\\frac{1}{2}$", "قائمة",
    "{{ 7 * 7 }}", "審査 & 'q'", "x" * 200,
)  # fmt: skip
CONTRACT = {"currency": "USD", "price": {"per_productive_hour": 14.2}, "notice": "60 days"}


def hostile() -> dict[str, Any]:
    """Return a programme in which everything that has a name has one of these."""
    queue, team = BASE["queues"]["listings"], copy.deepcopy(BASE["vendors"]["north"]["teams"]["manila"])
    document = changed(routing={}, events={}) | {
        "name": NAMES[0], "description": NAMES[1],
        "queues": {name: {**queue, "title": name, "sla": {name: queue["sla"]["4 h"]}} for name in NAMES},
    }  # fmt: skip
    document["events"][NAMES[0]] = {"surge": {"queue": NAMES[0], "from": "2026-11-09", "for": "5 days", "factor": 2}}
    document["vendors"] = {
        name: {**BASE["vendors"]["north"], "title": name, "contract": CONTRACT, "hiring": {},
               "teams": {f"{name} team": {**team, "title": name, "skills": list(NAMES)}}}
        for name in NAMES
    }  # fmt: skip
    return document
