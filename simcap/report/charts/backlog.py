"""Open work of every queue over time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from simcap.experiment.results import Results
from simcap.report.charts.marks import draw_flags, flags_height, flags_of, queue_marks
from simcap.report.charts.panels import (
    DATES,
    Margins,
    Panel,
    draw_key,
    draw_ribbon,
    make_panels,
    scale,
    shape_of,
    sheets_of,
    text_size,
    which_of,
    write_head,
)
from simcap.report.charts.stocks import Stock, finest, last_day, stock
from simcap.report.charts.style import BLUE, new_sheet
from simcap.report.charts.timeline import Timeline
from simcap.report.wording.findings import Peak, backlog_finding, foot_line, queue_title
from simcap.report.wording.words import about, compact

GROWING = 0.9
"""A backlog that ends above this share of its peak, and at twice its start or more, keeps growing."""


def backlog_charts(results: Results) -> Iterator[Figure]:
    """Draw the open items of each queue as a small multiple, on one sheet or, the largest first, on a few."""
    queues = list(results.scenario.queues)
    stocks = [_stock(results, queue) for queue in queues]
    peaks = [_peak(results, queue, stock) for queue, stock in zip(queues, stocks, strict=True)]
    sheets = sheets_of(sorted(range(len(queues)), key=lambda number: _weight(peaks[number])))
    for number, shown in enumerate(sheets):
        which = which_of("queue", number, sheets, len(queues), order="largest in days of arrivals")
        yield _sheet(results, stocks, peaks, shown, (backlog_finding([peaks[one] for one in shown]), which))


def _sheet(
    results: Results, stocks: list[Stock], peaks: list[Peak], shown: list[int], words: tuple[str, str]
) -> Figure:
    """Draw one sheet; `words` are its title and which of the queues it shows."""
    queues = list(results.scenario.queues)
    title, which = words
    subtitle = f"Open items at the end of each {finest(results, hours=True)}; each queue has its own scale{which}"
    sheet = new_sheet(title, subtitle, foot_line(results))
    shape = shape_of(len(shown))
    size = text_size(shape[1])
    room = Margins(above=0.36, left=0.055 * size, right=0.02 * size, below=DATES)
    for number, panel in zip(shown, make_panels(sheet, len(shown), shape, room), strict=True):
        items = peaks[number].items
        notes = [f"peak {about(items)}"] if np.isfinite(items) else []
        write_head(sheet, panel, [peaks[number].title, queues[number]], notes, size, above=0.07)
        _draw(results, panel, queues[number], stocks[number], size)
    draw_key(sheet, BLUE, results.replications)
    return sheet.figure


def _stock(results: Results, queue: str) -> Stock:
    backlog = results.scenario.queues[queue].backlog
    start = float(backlog.count) if backlog is not None and backlog.count is not None else None
    return stock(results, "queues", (queue,), "open_at_end", start=start)


def _peak(results: Results, queue: str, stock: Stock) -> Peak:
    """Return the highest median of a queue's open items."""
    queue_spec = results.scenario.queues[queue]
    median = np.nan_to_num(stock.median)
    top = int(np.argmax(median))
    arrived = results.figures.of("queues", "horizon", (queue,), "arrived").mean()
    daily = arrived / results.scenario.horizon.day_count
    return Peak(
        title=queue_title(results.scenario, queue),
        has_sla=bool(queue_spec.sla),
        items=float(median[top]),
        days=float(median[top] / daily) if daily > 0 else np.nan,
        on=last_day(results, stock.at[top]),
        growing=bool(median.size > 2 and median[-1] >= GROWING * median[top] and median[-1] >= 2 * max(median[0], 1.0)),
    )


def _weight(peak: Peak) -> tuple[bool, float, float]:
    """Return a key that sorts backlogs as the title does: with an SLA first, then in days of arrivals."""
    return not peak.has_sla, -float(np.nan_to_num(peak.days)), -peak.items


def _draw(results: Results, panel: Panel, queue: str, stock: Stock, size: float) -> None:
    timeline = Timeline.of(results.scenario)
    flags = flags_of(queue_marks(results.scenario, queue, timeline), timeline, panel.width, size - 1, panel.height)
    foot = flags_height(flags, size - 1)
    scale(panel, 0.0, max(stock.highest * 1.05, 1.0), compact, size, foot=foot, integer=True, most=4, unit="items")
    draw_ribbon(panel.axes, stock.at, stock.points, BLUE)
    draw_flags(panel, flags, size - 1)
    timeline.draw(panel.axes, panel.width, size=size)
