"""What contracts cost in words: by vendor over the horizon and by month."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.money import ALL
from simcap.experiment.results import Results
from simcap.report.wording.words import DASH

MEANT = (
    "Mean over replications; net cost is price less credits, with its 90% band. A partial month is prorated by days "
    "and earns no credit."
)


@dataclasses.dataclass(frozen=True)
class CostRow:
    """What a vendor, or all together, cost over the horizon or in a month; means over replications."""

    vendor: str
    """Empty for all vendors with a price."""
    month: str
    """Its name, with the days of a partial one; empty for the horizon."""
    price: float
    credits: float
    net: float
    low: float
    """Of net cost: the 5th percentile over replications."""
    high: float
    """Of net cost: the 95th percentile."""
    each: float
    """Net cost of a decision; NaN without any."""

    @property
    def cells(self) -> tuple[str, ...]:
        """Return price, credits, net cost, its 90% band, and the cost of a decision, as written."""
        each = "" if np.isnan(self.each) else f"{self.each:.3f}"
        band = f"{self.low:,.0f}{DASH}{self.high:,.0f}"
        return (*(f"{amount:,.0f}" for amount in (self.price, self.credits, self.net)), band, each)


def cost_rows(results: Results) -> list[CostRow]:
    """Return the rows of the table of costs, each vendor's months below it; a single vendor also stands for all."""
    subjects = results.layout.subjects["money"]
    rows: list[CostRow] = []
    for (vendor,) in subjects[:1] if len(subjects) == 2 else subjects:
        rows.append(_row(results, "horizon", vendor, 0, ""))
        rows += [_row(results, "month", vendor, window, name) for window, name in enumerate(month_names(results))]
    return rows


def total_cost(results: Results) -> CostRow | None:
    """Return what all vendors with a price cost over the horizon; None without one."""
    return _row(results, "horizon", ALL, 0, "") if results.layout.subjects["money"] else None


def month_names(results: Results) -> list[str]:
    """Return the months' names, with the days of partial ones."""
    return [_month(start, results) for start in results.layout.windows["month"].starts]


def _month(start: dt.datetime, results: Results) -> str:
    horizon = results.scenario.horizon
    days = calendar.monthrange(start.year, start.month)[1]
    last = min(start.date().replace(day=days), horizon.start + dt.timedelta(days=horizon.day_count - 1))
    inside = (last - start.date()).days + 1
    return f"{start:%B}" if inside == days else f"{start:%B} ({inside} of {days} days)"


def _row(results: Results, period: str, vendor: str, window: int, month: str) -> CostRow:
    def of(measure: str) -> NDArray[np.float64]:
        return results.figures.of("money", period, (vendor,), measure)[:, window]

    net, each = of("net_cost"), of("cost_per_decision")
    low, high = np.percentile(net, [5, 95])
    known = each[~np.isnan(each)]
    return CostRow(
        vendor=vendor,
        month=month,
        price=float(of("price").mean()),
        credits=float(of("credits").mean()),
        net=float(net.mean()),
        low=float(low),
        high=float(high),
        each=float(known.mean()) if known.size else float("nan"),
    )
