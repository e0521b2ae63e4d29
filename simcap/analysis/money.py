"""The money of one replication: each vendor's settled contract as figures, by month and over the horizon.

Amounts are whole cents, which a float holds exactly; sums are computed in decimals.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.ledger import NOTHING, Statement, settle
from simcap.analysis.measures import Measured
from simcap.analysis.usage import Forecast, months_of
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Tally

Array = NDArray[np.float64]

MONEY_MEASURES = (
    "price", "credits", "net_cost", "cost_per_decision", "used_fee", "minimum_fee", "service_credits",
    "quality_credits", "earned_back", "decisions",
)  # fmt: skip
MAY_BE_NEGATIVE = frozenset(("credits", "net_cost", "cost_per_decision"))
"""A month in which more is earned back than credited has negative credits."""
ALL = ""
"""The vendor of rows that stand for all vendors with a price."""


def priced(scenario: Scenario) -> tuple[str, ...]:
    """Return the vendors whose contract has a price."""
    return tuple(
        name for name, vendor in scenario.vendors.items() if vendor.contract is not None and vendor.contract.price
    )


def payers(scenario: Scenario) -> tuple[str, ...]:
    """Return the vendors with a price, and `ALL` if there are any."""
    vendors = priced(scenario)
    return (*vendors, ALL) if vendors else ()


def money_figures(scenario: Scenario, tally: Tally, forecast: Forecast | None) -> dict[str, Measured]:
    """Return the figures of `payers` by period and measure: [vendor, window].

    Only contracts that lock a forecast need one.
    """
    rows: list[list[tuple[Statement, int]]] = []
    for vendor in priced(scenario):
        contract = scenario.vendors[vendor].contract
        assert contract is not None
        months = months_of(tally, vendor, contract, forecast)
        decisions = [sum(month.decisions.values()) for month in months]
        rows.append(list(zip(settle(contract, months), decisions, strict=True)))
    if rows:
        rows.append([_sum(month) for month in zip(*rows, strict=True)])
    count = len(tally.grid.windows("month").cells)
    by_month = [[_figures(*month) for month in row] for row in rows]
    over_all = [[_figures(*_sum(row))] for row in rows]
    return {"month": _measured(by_month, count), "horizon": _measured(over_all, 1)}


def _measured(rows: list[list[dict[str, float]]], windows: int) -> Measured:
    """Return the figures of vendors and windows by measure."""
    return {
        name: np.array([[cell[name] for cell in row] for row in rows]).reshape(len(rows), windows)
        for name in MONEY_MEASURES
    }


def _total(statements: Iterable[Statement]) -> Statement:
    """Return the total of statements over months or vendors."""
    added = list(statements)
    given = [credit for statement in added for credit in statement.service_credits.values()]
    return Statement(
        sum((statement.used for statement in added), NOTHING),
        sum((statement.topped_up for statement in added), NOTHING),
        {"": sum(given, NOTHING)},
        sum((statement.quality_credit for statement in added), NOTHING),
        sum((statement.earned_back for statement in added), NOTHING),
    )


def _sum(parts: Iterable[tuple[Statement, int]]) -> tuple[Statement, int]:
    pairs = list(parts)
    return _total(statement for statement, _ in pairs), sum(decisions for _, decisions in pairs)


def _figures(statement: Statement, decisions: int) -> dict[str, float]:
    return {
        "price": float(statement.price),
        "credits": float(statement.credits),
        "net_cost": float(statement.net_cost),
        "cost_per_decision": float(statement.net_cost / decisions) if decisions else np.nan,
        "used_fee": float(statement.used),
        "minimum_fee": float(statement.topped_up),
        "service_credits": float(sum(statement.service_credits.values(), NOTHING)),
        "quality_credits": float(statement.quality_credit),
        "earned_back": float(statement.earned_back),
        "decisions": float(decisions),
    }
