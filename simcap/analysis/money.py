"""The money of one replication: each vendor's settled contract as figures by month and over the horizon.

Amounts are whole cents, which a float holds exactly; sums are taken of the decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.ledger import NOTHING, Statement, settle
from simcap.analysis.usage import Forecast, months_of
from simcap.scenario.schema import Scenario
from simcap.tally import Tally

Array = NDArray[np.float64]

MONEY_MEASURES = (
    "price", "credits", "net_cost", "cost_per_decision", "used_fee", "minimum_fee", "service_credits",
    "quality_credits", "earned_back", "decisions",
)  # fmt: skip
MAY_BE_NEGATIVE = frozenset(("credits", "net_cost", "cost_per_decision"))
"""A month in which more is earned back than given has negative credits."""
ALL = ""
"""The vendor of rows that stand for all vendors with a price."""


def priced(scenario: Scenario) -> tuple[str, ...]:
    """Return the vendors whose contract has a price."""
    return tuple(
        name for name, vendor in scenario.vendors.items() if vendor.contract is not None and vendor.contract.price
    )


def payers(scenario: Scenario) -> tuple[str, ...]:
    """Return the vendors with a price, and `ALL` where there are any."""
    vendors = priced(scenario)
    return (*vendors, ALL) if vendors else ()


def money_figures(scenario: Scenario, tally: Tally, forecast: Forecast | None) -> dict[str, Array]:
    """Return the figures of `payers` by period: [vendor, measure, window] in the order of `MONEY_MEASURES`.

    Contracts that lock no forecast do without one.
    """
    rows: list[list[tuple[Statement, int]]] = []
    for vendor in priced(scenario):
        contract = scenario.vendors[vendor].contract
        assert contract is not None
        months = months_of(tally, vendor, contract, forecast)
        decisions = [sum(month.decisions.values()) for month in months]
        rows.append(list(zip(settle(contract, months), decisions, strict=True)))
    if not rows:
        count = len(tally.grid.windows("month").cells)
        return {"month": np.zeros((0, len(MONEY_MEASURES), count)), "horizon": np.zeros((0, len(MONEY_MEASURES), 1))}
    rows.append([_sum(month) for month in zip(*rows, strict=True)])
    by_month = np.array([[_figures(*month) for month in row] for row in rows])
    over_all = np.array([[_figures(*_sum(row))] for row in rows])
    return {"month": by_month.transpose(0, 2, 1), "horizon": over_all.transpose(0, 2, 1)}


def never_reached(scenario: Scenario, by_month: Array) -> list[str]:
    """Return a sentence for each minimum that no month of any replication reaches.

    `by_month` is [replication, vendor, measure, month].
    """
    found = []
    for place, vendor in enumerate(priced(scenario)):
        contract = scenario.vendors[vendor].contract
        fees = by_month[:, place, MONEY_MEASURES.index("minimum_fee")]
        if contract is not None and contract.minimum is not None and (fees > 0).all():
            prices = by_month[:, place, MONEY_MEASURES.index("price")]
            found.append(
                f"{vendor}: the minimum of {contract.minimum.hours_per_month:,.0f} h a month is never worked; "
                f"{fees.sum() / prices.sum():.0%} of the price is for hours that nobody works"
            )
    return found


def ledger_table(by_month: Array, vendors: Sequence[str], starts: Sequence[str]) -> pd.DataFrame:
    """Return a row for each replication, vendor (empty: all) and month: amounts in whole cents, which add up."""
    count = by_month.shape[0]
    rows = [(n, vendor, start) for n in range(count) for vendor in vendors for start in starts]
    table = pd.DataFrame(rows, columns=["replication", "vendor", "start"])
    for place, name in enumerate(MONEY_MEASURES):
        if name != "cost_per_decision":
            table[name] = by_month[:, :, place].reshape(-1)
    return table.astype({"decisions": int})


def _added(statements: Iterable[Statement]) -> Statement:
    """Return what adds up over months and vendors."""
    found = list(statements)
    given = [credit for one in found for credit in one.service_credits.values()]
    return Statement(
        sum((one.used for one in found), NOTHING),
        sum((one.topped_up for one in found), NOTHING),
        {"": sum(given, NOTHING)},
        sum((one.quality_credit for one in found), NOTHING),
        sum((one.earned_back for one in found), NOTHING),
    )


def _sum(parts: Iterable[tuple[Statement, int]]) -> tuple[Statement, int]:
    found = list(parts)
    return _added(statement for statement, _ in found), sum(decisions for _, decisions in found)


def _figures(statement: Statement, decisions: int) -> list[float]:
    service = sum(statement.service_credits.values(), NOTHING)
    each = float(statement.net_cost / decisions) if decisions else np.nan
    parts = statement.used, statement.topped_up, service, statement.quality_credit, statement.earned_back
    whole = statement.price, statement.credits, statement.net_cost
    return [*map(float, whole), each, *map(float, parts), float(decisions)]
