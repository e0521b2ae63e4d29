"""The heat map of risk: a row for each queue, a column for each week, the chance that an SLA is missed."""

from __future__ import annotations

import bisect
import dataclasses

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simcap.experiment.results import Results
from simcap.report.charts.outlooks import outlooks
from simcap.report.charts.panels import Panel, draw_boxes, write_head
from simcap.report.charts.style import (
    CHANCE,
    FOOT_SIZE,
    INK,
    MARGIN,
    SOFT,
    WIDTH,
    Sheet,
    ink_on,
    new_sheet,
    shortened,
    text_width,
)
from simcap.report.charts.timeline import Timeline
from simcap.report.wording.findings import Row, few_replications, foot_line, heat_finding, queue_title
from simcap.report.wording.sla_rows import MARKS, MEANINGS, WORST_FIRST, Outlook
from simcap.report.wording.standing import Standing, chance_by
from simcap.report.wording.words import DASH, chance
from simcap.scenario.grid import Windows

Array = NDArray[np.float64]

PERIODS = ("hour", "day", "week", "month")
MOST_ROWS = 40
MOST_SHORT = 31
"""Most columns of days or hours, where all SLAs are that short."""
HEAD, UNDER = 0.34, 0.42
"""Inches above and below the rows of one period."""
TALLEST = 1.1
"""Most inches for a row."""
LABELS = 2.6
"""Most inches for the names of queues."""
SMALLEST = 5.0
"""Smaller numbers would be unreadable, and are left out."""


@dataclasses.dataclass(frozen=True)
class RowBand:
    """Rows of the heat map that share their windows: SLAs judged over that period, or over a shorter one."""

    windows: Windows
    pers: list[str]
    """Periods over which those SLAs are judged."""
    rows: list[Row]


def heat_map(results: Results, rows: list[Standing]) -> Figure | None:
    """Draw the chance that each queue misses any of its SLAs, by week; longer SLAs by their own period below.

    Nothing if no window is judged.
    """
    settled = [row for row in rows if row.settled and row.judged]
    if not settled:
        return None
    stand = outlooks(results)
    bands = _bands(results, settled, stand)
    subtitle = (
        f"Chance in % of missing any SLA of the queue, by {' and by '.join(band.windows.period for band in bands)}"
    )
    subtitle += few_replications(results.replications)
    every = {row.queue for band in bands for row in band.rows}
    shown = _riskiest(bands)
    if len(shown) < len(every):
        subtitle += f"; the {len(shown)} riskiest of {len(every)} queues"
    finding = heat_finding([row for band in bands for row in band.rows])
    sheet = new_sheet(finding, subtitle, foot_line(results))
    kept = [dataclasses.replace(band, rows=[row for row in band.rows if row.queue in shown]) for band in bands]
    _draw_all(results, sheet, [band for band in kept if band.rows])
    marks = "   ".join(
        f"{MARKS[one]} {MEANINGS[one]}" for one in WORST_FIRST if any(one == stand[queue] for queue in shown)
    )
    sheet.write(WIDTH - MARGIN, 0.24, marks, size=FOOT_SIZE, color=SOFT, ha="right", va="bottom")
    sheet.end_foot(WIDTH - MARGIN - text_width(marks, FOOT_SIZE) - 0.2)
    return sheet.figure


# -- what is shown ----------------------------------------------------------------------------------------------------


def _bands(results: Results, rows: list[Standing], stand: dict[str, Outlook]) -> list[RowBand]:
    """Return the rows by period: SLAs of up to a week by week, then those of longer periods."""
    finest = _column_period(results, rows)
    bands = []
    for period in PERIODS[PERIODS.index(finest) :]:
        standing = [row for row in rows if max(finest, row.windows.period, key=PERIODS.index) == period]
        if standing:
            windows = results.layout.windows[period]
            queues = dict.fromkeys(row.queue for row in standing)
            pers = sorted({row.windows.period for row in standing}, key=PERIODS.index)
            lines = [
                _row(results, [row for row in standing if row.queue == queue], windows, stand[queue])
                for queue in queues
            ]
            bands.append(RowBand(windows, pers, lines))
    return bands


def _column_period(results: Results, rows: list[Standing]) -> str:
    """Return the period of the columns: weeks, or the shortest SLA's days or hours where they are few."""
    finest = min((row.windows.period for row in rows), key=PERIODS.index)
    for period in PERIODS[PERIODS.index(finest) : PERIODS.index("week")]:
        if len(results.layout.windows[period].cells) <= MOST_SHORT:
            return period
    return max(finest, "week", key=PERIODS.index)


def _row(results: Results, standing: list[Standing], columns: Windows, outlook: Outlook) -> Row:
    """Return the row of one queue; of equally bad columns the worst has the worst window of its worst SLA."""
    chances = chance_by(standing, columns)
    worst = max(standing, key=lambda row: (np.nanmax(row.chance), np.nanmean(row.chance)))
    begins = [begin for begin, _ in columns.cells]
    column = bisect.bisect_right(begins, worst.windows.cells[worst.worst][0]) - 1
    if chances[column] != np.nanmax(chances):
        column = int(np.nanargmax(chances))
    queue = standing[0].queue
    loses = any(row.loses_work for row in standing)
    title = queue_title(results.scenario, queue)
    return Row(queue, title, chances, columns, column, worst.replications, loses, outlook)


def _riskiest(bands: list[RowBand]) -> set[str]:
    """Return the queues to draw: all, or the riskiest if there are too many."""
    most: dict[str, float] = {}
    for row in (row for band in bands for row in band.rows):
        most[row.queue] = max(most.get(row.queue, 0.0), float(np.nanmean(row.chances)))
    room = MOST_ROWS if len(bands) == 1 else MOST_ROWS // 2
    return set(sorted(most, key=lambda queue: -most[queue])[:room])


# -- how it is drawn --------------------------------------------------------------------------------------------------


def _draw_all(results: Results, sheet: Sheet, bands: list[RowBand]) -> None:
    """Draw the bands below one another, on one time axis."""
    rows = [row for band in bands for row in band.rows]
    head = HEAD if len(bands) > 1 else 0.1
    free = sheet.top - sheet.bottom - len(bands) * (head + UNDER)
    height = min(free / len(rows), TALLEST)
    size = max(min(10.0, height * 72 * 0.7), SMALLEST)
    left = MARGIN + min(max(text_width(_name(row), size) for row in rows), LABELS) + 0.12
    top = sheet.top
    for band in bands:
        tall = height * len(band.rows)
        bottom = top - head - tall
        axes = sheet.axes(left, bottom, WIDTH - MARGIN - left, tall)
        panel = Panel(axes, left, bottom, WIDTH - MARGIN - left, tall, is_lowest=True)
        if len(bands) > 1:
            write_head(sheet, panel, [f"SLAs per {' or '.join(band.pers)}"], [], 10, above=0.07)
        _draw_band(Timeline.of(results.scenario), panel, band, size)
        top = bottom - UNDER


def _draw_band(timeline: Timeline, panel: Panel, band: RowBand, size: float) -> None:
    """Draw the rows of one period."""
    axes = panel.axes
    edges = timeline.edges(band.windows)
    count = len(band.rows)
    axes.set_ylim(count, 0)
    axes.spines[["bottom"]].set_visible(False)
    names = [shortened(_name(row), LABELS, size) for row in band.rows]
    axes.set_yticks([place + 0.5 for place in range(count)], names, size=size, color=INK)
    half = min(0.015 * timeline.days / panel.width, 0.05 * float(np.diff(edges).min()))
    rim = min(0.015 * count / panel.height, 0.06)
    numbers = _number_size(panel, band, edges, size)
    for place, row in enumerate(band.rows):
        known = np.isfinite(row.chances)
        low = np.full(int(known.sum()), place + rim)
        left, right = edges[:-1][known] + half, edges[1:][known] - half
        draw_boxes(
            axes, left, right, low, low + 1 - 2 * rim, facecolors=[CHANCE(value) for value in row.chances[known]]
        )
        for middle, value in zip((edges[:-1] + edges[1:]) / 2 if numbers else (), row.chances, strict=False):
            _write_number(panel, middle, place + 0.51, float(value), numbers)
    timeline.draw(axes, panel.width, size=9, edges=edges)
    if band.windows.period == "month":
        axes.set_xticks((edges[:-1] + edges[1:]) / 2, _months(band, edges, panel))
        axes.tick_params(axis="x", length=0)


def _name(row: Row) -> str:
    """Return a queue's name after the mark of its outlook, whose shape tells it without colour."""
    return f"{MARKS[row.outlook]} {row.title}"


def _months(band: RowBand, edges: Array, panel: Panel) -> list[str]:
    """Return the names of months; empty where there is no room."""
    named = zip(band.windows.starts, band.windows.whole, strict=True)
    names = [f"{start:%b}{'' if whole else ' (part)'}" for start, whole in named]
    inches = np.diff(edges) / edges[-1] * panel.width
    return [name if text_width(name, 9) <= room else "" for name, room in zip(names, inches, strict=True)]


def _number_size(panel: Panel, band: RowBand, edges: Array, size: float) -> float:
    """Return the size in which numbers fit into the cells; zero if they would be unreadable."""
    whole = np.array(band.windows.whole)
    narrowest = float(np.diff(edges)[whole].min(initial=np.inf)) / edges[-1] * panel.width - 0.05
    widest = max(text_width(_number(float(value)), size) for row in band.rows for value in row.chances)
    fitting = min(size, size * narrowest / widest)
    return fitting if fitting >= SMALLEST else 0.0


def _number(value: float) -> str:
    return DASH if np.isnan(value) else chance(value).rstrip("%")


def _write_number(panel: Panel, x: float, y: float, value: float, size: float) -> None:
    ink = SOFT if np.isnan(value) or value < 0.005 else ink_on(CHANCE(value))
    panel.axes.text(x, y, _number(value), size=size, ha="center", va="center", color=ink)
