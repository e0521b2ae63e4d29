"""What vendors bill over all replications: the ledger by month, and minimums that are never reached."""

from __future__ import annotations

import pandas as pd

from simcap.analysis.figures import Figures
from simcap.analysis.money import priced
from simcap.scenario.schema.scenario import Scenario


def never_reached(scenario: Scenario, figures: Figures) -> list[str]:
    """Return a sentence for each minimum that no month of any replication reaches."""
    sentences = []
    for vendor in priced(scenario):
        contract = scenario.vendors[vendor].contract
        fees = figures.of("money", "month", (vendor,), "minimum_fee")
        if contract is not None and contract.minimum is not None and (fees > 0).all():
            prices = figures.of("money", "month", (vendor,), "price")
            sentences.append(
                f"{vendor}: the minimum of {contract.minimum.hours_per_month:,.0f} h a month is never reached; "
                f"{fees.sum() / prices.sum():.0%} of the price is for hours that nobody works"
            )
    return sentences


def ledger_table(figures: Figures) -> pd.DataFrame:
    """Return a row for each replication, vendor (empty: all) and month: amounts in whole cents, which add up."""
    layout = figures.layout
    rows = [
        (n, vendor, start)
        for n in range(figures.replications)
        for (vendor,) in layout.subjects["money"]
        for start in layout.windows["month"].labels
    ]
    table = pd.DataFrame(rows, columns=["replication", "vendor", "start"])
    for name, values in figures.each("money", "month", None):
        if name != "cost_per_decision":
            table[name] = values.reshape(-1)
    return table.astype({"decisions": int})
