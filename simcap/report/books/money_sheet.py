"""Money in the workbook of a run: over the horizon and by month, by vendor, with bands, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from simcap.experiment.results import Results
from simcap.report.books.book import Book
from simcap.report.books.sheet import Column, Line, vendor_colour
from simcap.report.review.review import Review
from simcap.report.wording.costs import MEANT, month_names

_AMOUNTS = (
    ("used_fee", "Fee for work"), ("minimum_fee", "Topped up to the minimum"), ("price", "Price"),
    ("service_credits", "Service credits"), ("quality_credits", "Quality credits"), ("earned_back", "Earned back"),
    ("credits", "Credits"), ("net_cost", "Net cost"),
)  # fmt: skip
ALL_VENDORS = "all vendors"


def write_money(book: Book, review: Review) -> None:
    """Write what each vendor costs, and all together, over the horizon and by month, with a native chart."""
    if review.money is None:
        return
    currency = review.money.currency
    note = f"In {currency}. {MEANT} Price = fee + top-up; credits = service + quality − earned back."
    sheet = book.sheet("Money", "Money by vendor", note)
    columns = (
        Column("Vendor", width=16), Column("Month", width=24),
        *(Column(title, "money") for _, title in _AMOUNTS),
        Column("Net cost, 5th percentile", "money"), Column("Net cost, 95th percentile", "money"),
        Column("Per decision", "price"),
    )  # fmt: skip
    sheet.line("Over the horizon", bold=True, font_size=11)
    sheet.table(columns, _rows(review.results, "horizon"), frozen=2)
    sheet.line("By month", bold=True, font_size=11)
    rows = list(_rows(review.results, "month"))
    at = sheet.table(columns, rows)
    net = 2 + [name for name, _ in _AMOUNTS].index("net_cost")
    sheet.chart(
        {"type": "column", "subtype": "stacked"},
        [
            Line(sheet.name, own, 1, net, (own.start, 0), {"fill": {"color": vendor_colour(place)}, "gap": 60})
            for place, own in enumerate(_by_vendor(rows, at))
        ],
        (sheet.row, 0),
        title=f"Net cost by month, {currency}",
        along={"name": "Month"},
        up={"num_format": "#,##0", "name": f"Net cost, {currency}"},
        told="Net cost by month and vendor",
    )


def _rows(results: Results, period: str) -> Iterator[list[Any]]:
    """Yield a row for each vendor and window: means over replications, which add up as each replication does."""
    names = [""] if period == "horizon" else month_names(results)
    for (vendor,) in sorted(results.layout.subjects["money"], key=lambda subject: not subject[0]):
        of = dict(results.figures.each("money", period, (vendor,)))
        for window, name in enumerate(names):
            net, each = of["net_cost"][:, window], of["cost_per_decision"][:, window]
            amounts = [float(of[measure][:, window].mean()) for measure, _ in _AMOUNTS]
            band = map(float, np.percentile(net, [5, 95]))
            decision = float(np.nanmean(each)) if np.isfinite(each).any() else None
            yield [vendor or ALL_VENDORS, name or "whole horizon", *amounts, *band, decision]


def _by_vendor(rows: list[list[Any]], at: range) -> Iterator[range]:
    """Yield the rows of each vendor, without those of all together."""
    vendors = dict.fromkeys(row[0] for row in rows if row[0] != ALL_VENDORS)
    for vendor in vendors:
        own = [at.start + place for place, row in enumerate(rows) if row[0] == vendor]
        yield range(own[0], own[-1] + 1)
