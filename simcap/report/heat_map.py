"""The heat map of risk: a row for each queue, a column for each week, the chance that an SLA is missed."""

from __future__ import annotations

import dataclasses

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simcap.experiment.results import Results
from simcap.report.findings import foot_line, heat_finding, queue_title
from simcap.report.panels import Panel, draw_boxes
from simcap.report.standing import Standing, chance_by
from simcap.report.style import CHANCE, INK, MARGIN, SOFT, WIDTH, Sheet, ink_on, new_sheet, shortened, text_width
from simcap.report.timeline import Timeline
from simcap.scenario.grid import Windows

Array = NDArray[np.float64]

PERIODS = ("hour", "day", "week", "month")
MOST_COLUMNS = 60
MOST_ROWS = 40
TALLEST = 0.52
"""Inches of a row at most."""
LABELS = 2.6
"""Inches for the names of queues at most."""


@dataclasses.dataclass(frozen=True)
class Band:
    """Rows of the heat map that share their windows: SLAs that are judged by no more than that period."""

    windows: Windows
    queues: list[str]
    chances: list[Array]


def heat_map(results: Results, rows: list[Standing]) -> Figure | None:
    """Draw the chance that each queue misses any of its SLAs, by week; longer SLAs by their own period below.

    Nothing where no window is judged.
    """
    settled = [row for row in rows if row.settled and row.judged]
    if not settled:
        return None
    bands = _bands(results, settled)
    shown = _riskiest(bands)
    titles = {row.queue: queue_title(results.scenario, row.queue) for row in settled}
    subtitle = f"Chance in % of missing any SLA of the queue, by {' and by '.join(band.windows.period for band in bands)}"
    if len(shown) < len(titles):
        subtitle += f"; the {len(shown)} riskiest of {len(titles)} queues"
    sheet = new_sheet(_finding(bands, titles), subtitle, foot_line(results))
    _draw_all(results, sheet, [_only(band, shown) for band in bands], titles)
    return sheet.figure


# -- what is shown ----------------------------------------------------------------------------------------------------


def _bands(results: Results, rows: list[Standing]) -> list[Band]:
    """Return the rows by period: all SLAs up to a week's by week, then those of longer periods."""
    finest = _column_period(results, rows)
    bands = []
    for period in PERIODS[PERIODS.index(finest) :]:
        mine = [row for row in rows if max(finest, row.windows.period, key=PERIODS.index) == period]
        if not mine:
            continue
        windows = results.layout.windows[period]
        queues = list(dict.fromkeys(row.queue for row in mine))
        chances = [chance_by([row for row in mine if row.queue == queue], windows) for queue in queues]
        bands.append(Band(windows, queues, chances))
    return bands


def _column_period(results: Results, rows: list[Standing]) -> str:
    """Return the period of the columns: weeks, or days or hours where all SLAs are so short and the horizon too."""
    finest = min((row.windows.period for row in rows), key=PERIODS.index)
    for period in PERIODS[PERIODS.index(finest) : PERIODS.index("week")]:
        if len(results.layout.windows[period].cells) <= 31:
            return period
    return max(finest, "week", key=PERIODS.index)


def _riskiest(bands: list[Band]) -> set[str]:
    """Return the queues to draw: all, or the riskiest if there are too many."""
    most: dict[str, float] = {}
    for band in bands:
        for queue, chances in zip(band.queues, band.chances, strict=True):
            most[queue] = max(most.get(queue, 0.0), float(np.nansum(chances)))
    room = MOST_ROWS if len(bands) == 1 else MOST_ROWS // 2
    return set(sorted(most, key=lambda queue: -most[queue])[:room])


def _only(band: Band, shown: set[str]) -> Band:
    kept = [place for place, queue in enumerate(band.queues) if queue in shown]
    return Band(band.windows, [band.queues[place] for place in kept], [band.chances[place] for place in kept])


def _finding(bands: list[Band], titles: dict[str, str]) -> str:
    rows = [(queue, chances, band.windows) for band in bands for queue, chances in zip(band.queues, band.chances, strict=True)]
    return heat_finding([(queue, titles[queue], chances, windows) for queue, chances, windows in rows])


# -- how it is drawn --------------------------------------------------------------------------------------------------


def _draw_all(results: Results, sheet: Sheet, bands: list[Band], titles: dict[str, str]) -> None:
    """Draw the bands below one another, on one time axis."""
    bands = [band for band in bands if band.queues]
    count = sum(len(band.queues) for band in bands)
    between, under = 0.62, 0.36
    free = sheet.top - 0.15 - sheet.bottom - under - between * (len(bands) - 1)
    height = min(free / count, TALLEST)
    size = max(min(10.0, height * 72 * 0.62), 5.0)
    widest = max(text_width(titles[queue], size) for band in bands for queue in band.queues)
    left = MARGIN + min(widest, LABELS) + 0.15
    top = sheet.top - 0.15
    for band in bands:
        tall = height * len(band.queues)
        axes = sheet.axes(left, top - tall, WIDTH - MARGIN - left, tall)
        panel = Panel(axes, left, top - tall, WIDTH - MARGIN - left, tall, is_lowest=True)
        _draw_band(results, panel, band, [shortened(titles[queue], LABELS, size) for queue in band.queues], size)
        top -= tall + between


def _draw_band(results: Results, panel: Panel, band: Band, names: list[str], size: float) -> None:
    axes = panel.axes
    timeline = Timeline.of(results.scenario)
    edges = timeline.edges(band.windows)
    axes.set_ylim(len(names), 0)
    axes.spines[["bottom"]].set_visible(False)
    axes.set_yticks([place + 0.5 for place in range(len(names))], names, size=size, color=INK)
    gap_x, gap_y = 0.03 / panel.width * timeline.days, 0.03 / panel.height * len(names)
    cells = [(row, column) for row in range(len(names)) for column in range(len(band.windows.cells))]
    values = np.array([band.chances[row][column] for row, column in cells])
    rows, columns = np.array(cells).T
    left, right = edges[columns] + gap_x / 2, edges[columns + 1] - gap_x / 2
    colours = ["#ffffff" if np.isnan(value) else CHANCE(value) for value in values]
    draw_boxes(axes, left, np.maximum(left, right), rows + gap_y / 2, rows + 1 - gap_y / 2, facecolors=colours)
    _write_numbers(panel, band, edges, values, colours, cells, timeline, size)
    timeline.draw(axes, panel.width, size=9)


def _write_numbers(panel: Panel, band: Band, edges: Array, values: Array, colours: list[object], cells: list[tuple[int, int]], timeline: Timeline, size: float) -> None:
    narrowest = float(np.diff(edges)[np.array(band.windows.whole)].min(initial=np.inf)) / timeline.days * panel.width - 0.07
    fitting = min(size, size * narrowest / text_width("100", size))
    if fitting < 5:
        return
    for (row, column), value, colour in zip(cells, values, colours, strict=True):
        middle = (edges[column] + edges[column + 1]) / 2
        text = "–" if np.isnan(value) else f"{100 * value:.0f}"
        ink = SOFT if np.isnan(value) or value < 0.005 else ink_on(colour)
        panel.axes.text(middle, row + 0.52, text, size=fitting, ha="center", va="center", color=ink)
