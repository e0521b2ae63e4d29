"""What contracts cost, on the terminal: by vendor over the horizon, then by month."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from simcap.analysis.money import ALL
from simcap.experiment.results import Results
from simcap.report.wording.words import currency_of

if TYPE_CHECKING:
    from rich.console import RenderableType

MEASURES = ("price", "credits", "net_cost", "cost_per_decision")
MEANT = (
    "Mean over replications; net cost is price less credits, with its 90% band. A partial month is prorated by days "
    "and earns no credit."
)


def cost_lines(results: Results) -> RenderableType | None:
    """Return the table of costs; nothing if no contract has a price."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    subjects = results.layout.subjects["money"]
    if not subjects:
        return None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(f"Cost, {currency_of(results.scenario)}")
    for heading in ("Price", "Credits", "Net cost", "90% band", "Per decision"):
        table.add_column(heading, justify="right")
    # With a single vendor the total says the same.
    for (vendor,) in subjects[:1] if len(subjects) == 2 else subjects:
        table.add_row(vendor if vendor != ALL else "all", *_cells(results, "horizon", vendor, 0), style="bold")
        for window, name in enumerate(_months(results)):
            table.add_row(f"  {name}", *_cells(results, "month", vendor, window))
    return Group(table, Text(""), Text(MEANT, style="dim"))


def _months(results: Results) -> list[str]:
    """Return the months' names, with the days of partial ones."""
    windows = results.layout.windows["month"]
    return [_month(start, results) for start in windows.starts]


def _month(start: dt.datetime, results: Results) -> str:
    horizon = results.scenario.horizon
    days = calendar.monthrange(start.year, start.month)[1]
    last = min(start.date().replace(day=days), horizon.start + dt.timedelta(days=horizon.day_count - 1))
    inside = (last - start.date()).days + 1
    return f"{start:%B}" if inside == days else f"{start:%B} ({inside} of {days} days)"


def _cells(results: Results, period: str, vendor: str, window: int) -> tuple[str, ...]:
    price, credits_, net, each = (
        results.figures.of("money", period, (vendor,), measure)[:, window] for measure in MEASURES
    )
    low, high = np.percentile(net, [5, 95])
    known = each[~np.isnan(each)]
    per_decision = f"{known.mean():.3f}" if known.size else ""
    return (*(f"{amounts.mean():,.0f}" for amounts in (price, credits_, net)), f"{low:,.0f}–{high:,.0f}", per_decision)
