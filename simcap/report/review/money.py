"""Money: what is paid over the horizon and by month, and how the net cost comes about."""

from __future__ import annotations

import dataclasses

from simcap.analysis.money import ALL
from simcap.experiment.results import Results
from simcap.report.wording.costs import CostRow, cost_rows, total_cost
from simcap.report.wording.words import currency_of

STEPS = (
    ("used_fee", 1, "Fee for work"),
    ("minimum_fee", 1, "Topped up to the minimum"),
    ("service_credits", -1, "Service credits"),
    ("quality_credits", -1, "Quality credits"),
    ("earned_back", 1, "Earned back"),
)
"""What net cost is made of: the measure, its sign, its name."""


@dataclasses.dataclass(frozen=True)
class Step:
    """One part of net cost over the horizon, the mean over replications: credits are negative."""

    name: str
    amount: float
    low: float
    """The 5th percentile over replications."""
    high: float
    """The 95th percentile."""


@dataclasses.dataclass(frozen=True)
class Money:
    """What the contracts cost."""

    currency: str
    total: CostRow
    rows: tuple[CostRow, ...]
    """By vendor over the horizon, each with its months below it."""
    steps: tuple[Step, ...]
    """From the fee for work to net cost, without parts that are always zero."""


def money_of(results: Results) -> Money | None:
    """Return what the contracts cost; None if none has a price."""
    total = total_cost(results)
    if total is None:
        return None
    return Money(currency_of(results.scenario), total, tuple(cost_rows(results)), tuple(steps_of(results, ALL)))


def steps_of(results: Results, vendor: str) -> list[Step]:
    """Return the parts of a vendor's net cost over the horizon that are ever other than zero."""
    table = results.tables["vendors"]
    rows = table[(table["vendor"] == vendor) & (table["period"] == "horizon")]
    by_measure = {str(row["measure"]): row for row in rows.to_dict("records")}
    return [
        Step(name, sign * float(row["mean"]), *sorted((sign * float(row["p05"]), sign * float(row["p95"]))))
        for measure, sign, name in STEPS
        for row in [by_measure[measure]]
        if row["mean"] or row["p95"]
    ]
