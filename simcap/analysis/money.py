"""The money of one replication: each vendor's settled contract as figures by month and over the horizon.

Amounts are whole cents, which a float holds exactly; sums are taken of the decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

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
    rows: list[list[tuple[Decimal, ...]]] = []
    for vendor in priced(scenario):
        contract = scenario.vendors[vendor].contract
        assert contract is not None
        months = months_of(tally, vendor, contract, forecast)
        decisions = [sum(month.decisions.values()) for month in months]
        rows.append([_amounts(*pair) for pair in zip(settle(contract, months), decisions, strict=True)])
    if not rows:
        count = len(tally.grid.windows("month").cells)
        return {"month": np.zeros((0, len(MONEY_MEASURES), count)), "horizon": np.zeros((0, len(MONEY_MEASURES), 1))}
    rows.append([_added(month) for month in zip(*rows, strict=True)])
    by_month = np.array([[_figures(month) for month in row] for row in rows])
    over_all = np.array([[_figures(_added(row))] for row in rows])
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


def _amounts(statement: Statement, decisions: int) -> tuple[Decimal, ...]:
    """Return what adds up over months and vendors."""
    given = sum(statement.service_credits.values(), NOTHING)
    parts = statement.used, statement.topped_up, given, statement.quality_credit, statement.earned_back
    return (*parts, Decimal(decisions))


def _added(rows: tuple[tuple[Decimal, ...], ...] | list[tuple[Decimal, ...]]) -> tuple[Decimal, ...]:
    return tuple(sum(column, NOTHING) for column in zip(*rows, strict=True))


def _figures(amounts: tuple[Decimal, ...]) -> list[float]:
    used, topped_up, service, quality, back, decisions = amounts
    price, given = used + topped_up, service + quality - back
    net = price - given
    each = float(net / decisions) if decisions else np.nan
    parts = (float(part) for part in (used, topped_up, service, quality, back, decisions))
    return [float(price), float(given), float(net), each, *parts]
