"""SLAs in the workbook of a run: over the horizon with the curve that matters most, and window by window."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from simcap.report.books.book import Book
from simcap.report.books.sheet import Field, Line
from simcap.report.review.queues import CurveReview, QueueReview
from simcap.report.review.review import Review
from simcap.report.wording.anchored import KEY as ANCHORED_KEY
from simcap.report.wording.anchored import TITLE
from simcap.report.wording.sla_rows import KEY, SlaRow

_COLUMNS = (
    Field("Outlook", width=21), Field("Queue"), Field("Vendor"), Field("SLA", width=30),
    Field("Target", "percent"),
    Field("Expected", "percent"), Field("5th percentile", "percent"), Field("95th percentile", "percent"),
    Field("Windows at risk", "count"), Field("Windows", "count"), Field("First at risk", "date"),
    Field("Chance of any miss", "chance"), Field("from", "chance"), Field("to", "chance"),
    Field("Left undecided", "percent"),
)  # fmt: skip
_CURVE = (
    ("Median", {"color": "#0b62a8", "width": 2.5}), ("5th percentile", {"color": "#8fb8dc", "width": 1.25}),
    ("95th percentile", {"color": "#8fb8dc", "width": 1.25}),
    ("Target", {"color": "#1c2733", "width": 1.25, "dash_type": "dash"}),
)  # fmt: skip
"""Lines of the chart of an SLA: the column of its figures, and its look."""


def write_slas(book: Book, review: Review) -> None:
    """Write the table of SLAs into the summary, and below it the curve of the queue that matters most."""
    summary = book.sheets[0]
    rows = summary.table(_COLUMNS, [list(_sla(row)) for row in review.slas], frozen=0)
    summary.colour_chances(rows, 11)
    summary.line(f"{KEY} From, to: that interval.", italic=True)
    summary.row += 1
    if review.main_queue is not None:
        _curve(book, review.main_queue)


def _sla(row: SlaRow) -> Iterator[Any]:
    figures = row.figures
    first = figures["first_at_risk"]
    yield from (f"{row.mark} {row.meaning}", row.queue, row.vendor, row.terms)
    yield from (figures[name] for name in ("target", "attainment", "p05", "p95", "windows_at_risk", "windows"))
    yield None if first is None else dt.datetime.fromisoformat(first)
    yield from (figures[name] for name in ("miss_any", "miss_any_low", "miss_any_high", "expired_share"))


def _curve(book: Book, main: QueueReview) -> None:
    """Draw a curve into the summary, natively, from figures on a sheet of their own."""
    curve = max(main.curves, key=lambda one: float(np.nansum(one.chance)))
    period = curve.windows.period
    columns = [
        Field(f"{period.capitalize()} of", "date", 14), *(Field(name, "percent", 16) for name, _ in _CURVE),
        Field("Chance of a miss", "chance", 16),
    ]  # fmt: skip
    sheet = book.sheet("Curve", main.finding, f"{main.title}, {curve.title}: {curve.terms}.")
    rows = sheet.table(columns, list(_points(curve)))
    sheet.colour_chances(rows, 5)
    known = curve.points[:, np.isfinite(curve.points).all(axis=0)]
    lowest = min(float(known.min()), curve.row.sla.target) if known.size else 0.0
    head = rows.start - 1
    summary = book.sheets[0]
    summary.line(main.finding, bold=True, font_size=11)
    summary.chart(
        {"type": "line"},
        [Line(sheet.name, rows, 0, place, (head, place), {"line": line}) for place, (_, line) in enumerate(_CURVE, 1)],
        (summary.row, 0),
        title=f"Share on time, {main.title}: {curve.terms}",
        along={"num_format": "d mmm", "name": f"{period.capitalize()} in which items were created"},
        up={"num_format": "0%", "max": 1, "min": max(math.floor(20 * lowest - 0.5) / 20, 0), "name": "On time"},
        told=main.finding,
    )


def _points(curve: CurveReview) -> Iterator[list[Any]]:
    low, _, median, _, high = curve.points
    for window, start in enumerate(curve.windows.starts):
        shares = map(float, (median[window], low[window], high[window]))
        yield [start, *shares, curve.row.sla.target, float(curve.chance[window])]


def write_windows(book: Book, review: Review) -> None:
    """Write every SLA by week and month, and by its own windows."""
    note = (
        "Each SLA by its own period, by week and by month. Windows that the horizon cuts have no chance of a miss. An "
        "empty vendor stands for the whole queue."
    )
    sheet = book.sheet("SLA by window", "SLAs window by window", note)
    columns = [
        Field("Queue"), Field("Vendor"), Field("SLA"), Field("Period"), Field("Start", "date"),
        Field("Target", "percent"), Field("Expected", "percent"), Field("5th percentile", "percent"),
        Field("95th percentile", "percent"), Field("Decided", "count"), Field("Chance of a miss", "chance"),
        Field("Left undecided", "percent"),
    ]  # fmt: skip
    table = review.results.tables["sla"]
    shown = table[table["period"].isin(("day", "week", "month"))]
    names = ["queue", "vendor", "sla", "period", "start", "target", "attainment", "p05", "p95", "decided",
             "miss_probability", "expired_share"]  # fmt: skip
    ordered = sorted(shown.to_dict("records"), key=lambda row: [str(row[name]) for name in ("queue", "vendor", "sla")])
    rows = sheet.table(columns, [[_dated(name, row[name]) for name in names] for row in ordered], frozen=3)
    sheet.colour_chances(rows, 10)


def write_anchored(book: Book, review: Review) -> None:
    """Write attainment as simulated and as anchored, window by window; nothing where none is anchored."""
    table = review.results.tables.get("anchored")
    if table is None:
        return
    sheet = book.sheet("Anchored", TITLE, ANCHORED_KEY)
    names = ("queue", "sla", "period", "start", "target", "simulated", "simulated_p05", "simulated_p95", "ruled",
             "weight", "anchored", "anchored_p05", "anchored_p95", "weeks_ahead")  # fmt: skip
    columns = [
        Field("Queue"), Field("SLA"), Field("Period"), Field("Start", "date"), Field("Target", "percent"),
        Field("Simulated", "percent"), Field("5th percentile", "percent"), Field("95th percentile", "percent"),
        Field("Rule", "percent"), Field("Weight of the simulation", "percent"), Field("Anchored", "percent"),
        Field("5%, anchored", "percent"), Field("95%, anchored", "percent"), Field("Weeks ahead", "count"),
    ]  # fmt: skip
    sheet.table(columns, [[_dated(name, row[name]) for name in names] for row in table.to_dict("records")], frozen=2)


def _dated(name: str, value: Any) -> Any:
    return dt.datetime.fromisoformat(str(value)) if name == "start" else value
