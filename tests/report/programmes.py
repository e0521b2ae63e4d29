"""Made-up runs that documents of every kind are made of: with a price, with hostile names, with several skills."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from simcap.experiment.results import Results
from tests.report.made import BASE, changed, made

HOSTILE = (
    "=1+1", "+A1", "@SUM(A1)", "-2", "<script>alert(1)</script>", "{=1}", "[]:*?/\\", "'quoted'", "審査 & 'q'", "قائمة",
    "x" * 200,
)  # fmt: skip
"""Names that a spreadsheet or a presentation might take for more than a name."""


def programme() -> dict[str, Any]:
    """Return a programme of two vendors with a price, one of them with two queues and a minimum."""
    document = changed()
    document["queues"]["appeals"]["sla"]["72 h"]["per"] = "week"
    north, south = (document["vendors"][name] for name in ("north", "south"))
    north["contract"] = {"currency": "USD", "price": {"per_productive_hour": 14.2}, "notice": "60 days"}
    south["contract"] = {**north["contract"], "minimum": {"hours_per_month": 4000}}
    north["teams"]["manila"]["skills"] = ["listings", "appeals", "quality"]
    south["teams"]["krakow"]["groups"] = {"site": "Kraków II", "language": "PL"}
    return document


def results_of(document: dict[str, Any]) -> Results:
    """Return a run that misses an SLA in the sixth week in 15 of 20 replications."""
    attainment = np.full((20, 13), 0.97)
    attainment[:15, 5] = 0.90
    return made(document, attainment=attainment)


def named(name: str) -> dict[str, Any]:
    """Return the programme with one name in place of those of a queue, its title, a vendor, a team and the run."""
    document = programme() | {"name": name, "description": name, "events": {}}
    document["queues"] = {name: {**copy.deepcopy(BASE["queues"]["listings"]), "title": name}}
    document["routing"] = {}
    north = copy.deepcopy(programme()["vendors"]["north"])
    document["vendors"] = {name: {**north, "title": name}}
    document["vendors"][name]["teams"] = {name: {**north["teams"]["manila"], "skills": [name]}}
    document["vendors"][name]["hiring"]["classes"]["oct"]["team"] = name
    return document
