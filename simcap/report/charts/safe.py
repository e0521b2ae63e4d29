"""SLAs of the queues that have no chart of their own: a line each, how far the weakest window is from the target."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from simcap.experiment.results import Results
from simcap.report.charts.panels import draw_boxes, write_key
from simcap.report.charts.style import (
    BLUE,
    INK,
    MARGIN,
    RISK,
    RULE,
    SOFT,
    WIDTH,
    Sheet,
    new_sheet,
    shortened,
    text_width,
)
from simcap.report.wording.findings import foot_line, queue_title, sla_notes, vendor_title
from simcap.report.wording.sentences import AT_RISK
from simcap.report.wording.standing import Standing, fan
from simcap.report.wording.words import attained, plural, short_window, sla_terms
from simcap.scenario.schema.scenario import Scenario

MOST_LINES = 20
"""Most lines on the sheet."""
NAMES, NOTES = 4.2, 4.0
"""Most inches for names, and inches for the figures after the marks."""
TALLEST = 0.5
"""Most inches for a line."""


@dataclasses.dataclass(frozen=True)
class SafeLine:
    """The weakest window of an SLA: the one whose band reaches furthest down."""

    row: Standing
    name: str
    low: float
    """The 5th percentile of its attainment."""
    median: float
    high: float
    window: str
    """The window, in words."""

    @property
    def spare(self) -> float:
        """Return by how much the lower end of the band exceeds the target."""
        return self.low - self.row.sla.target


def safe_chart(results: Results, rows: Sequence[Standing]) -> Figure | None:
    """Draw SLAs in a line each, the closest to its target first; nothing if none of them can be judged."""
    lines = sorted((_line(results.scenario, row) for row in rows if row.judged), key=lambda line: line.spare)
    if not lines:
        return None
    shown = lines[:MOST_LINES]
    more = (
        f"; {len(lines) - len(shown)} more, further from their target, are not shown" if len(lines) > len(shown) else ""
    )
    subtitle = f"Share of items on time in the weakest window of each SLA: median and 90% of replications{more}"
    sheet = new_sheet(_finding(results.replications, lines), subtitle, foot_line(results))
    _draw(sheet, shown)
    write_key(sheet, [("target", "target"), ("median", "median"), ("90", "90% of replications")], BLUE)
    return sheet.figure


def _line(scenario: Scenario, row: Standing) -> SafeLine:
    points = fan(row.attainment)
    judged = np.flatnonzero(np.isfinite(row.chance))
    weakest = int(judged[np.argmin(points[0][judged])])
    whose = f", {vendor_title(scenario, row.vendor)}" if row.vendor else ""
    name = f"{queue_title(scenario, row.queue)}{whose}: {sla_terms(row.name, row.sla, brief=True)}"
    low, median, high = (float(points[place][weakest]) for place in (0, 2, 4))
    return SafeLine(row, name, low, median, high, short_window(row.windows.period, row.windows.starts[weakest]))


def _finding(replications: int, lines: Sequence[SafeLine]) -> str:
    """Say how many queues there are without a risk, and which SLA is closest to its target.

    Of queues that are at risk, yet less so than those with a chart of their own, which is weakest.
    """
    queues = len({line.row.queue for line in lines})
    closest = lines[0]
    share = attained(closest.low if replications > 1 else closest.median, closest.row.sla.target)
    low = "or more in 95% of replications" if replications > 1 else "in the one replication"
    if any(line.row.any_miss >= AT_RISK for line in lines):
        return f"{plural(queues, 'more queue')}, at risk less than others; weakest: {closest.name} ({share} {low})"
    verb = "has" if queues == 1 else "have"
    return f"{plural(queues, 'queue')} {verb} no SLA at risk; closest to its target: {closest.name} ({share} {low})"


def _draw(sheet: Sheet, lines: Sequence[SafeLine]) -> None:
    height = min((sheet.top - sheet.bottom - 0.6) / len(lines), TALLEST)
    size = min(10.0, height * 72 * 0.6)
    left = MARGIN + min(max(text_width(line.name, size) for line in lines), NAMES) + 0.2
    tall = height * len(lines)
    axes = sheet.axes(left, sheet.top - 0.15 - tall, WIDTH - MARGIN - left - NOTES, tall)
    lowest = min(min(line.low, line.row.sla.target) for line in lines)
    bottom = max(np.floor((lowest - 0.01) * 20) / 20, 0.0)
    axes.set_xlim(bottom, 1.0 + 0.01 * (1 - bottom))
    axes.set_ylim(len(lines), 0)
    axes.spines[["bottom"]].set_visible(False)
    names = [shortened(line.name, NAMES, size) for line in lines]
    axes.set_yticks(np.arange(len(lines)) + 0.5, names, size=size, color=INK)
    places = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(bottom, 1.0)
    ticks = [float(tick) for tick in places if bottom <= tick <= 1.0]
    axes.set_xticks(ticks, [f"{100 * tick:.4g}%" for tick in ticks], size=9)
    axes.grid(axis="x", color=RULE, linewidth=0.7)
    for place, line in enumerate(lines):
        _draw_line(axes, line, place, size)


def _draw_line(axes: Axes, line: SafeLine, place: int, size: float) -> None:
    middle = place + 0.5
    box = (np.array([value]) for value in (line.low, line.high, middle - 0.18, middle + 0.18))
    draw_boxes(axes, *box, color=BLUE, alpha=0.25, zorder=2)
    axes.vlines(line.median, middle - 0.28, middle + 0.28, colors=BLUE, linewidth=2.2, zorder=4, clip_on=False)
    target = line.row.sla.target
    axes.vlines(target, place + 0.05, place + 0.95, colors=INK, linewidth=1.1, linestyles=(0, (4, 2)), zorder=3)
    period = line.row.windows.period
    where = f"in every {period}" if line.low == 1 else f"in its weakest {period}, {line.window}"
    note = f"{attained(line.median, target)} {where}; {sla_notes(line.row)[-1]}"
    axes.annotate(
        shortened(note, NOTES - 0.2, size), (1, middle), (10, 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", size=size, color=RISK if line.spare < 0 else SOFT, va="center",
    )  # fmt: skip
