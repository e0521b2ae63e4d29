"""The heat map of a stress test: shocks by queue, what they cost and how long."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simcap.planning.stress import Stress
from simcap.report.charts.panels import draw_boxes, sheets_of, which_of
from simcap.report.charts.style import (
    CHANCE,
    HEIGHT,
    INK,
    MARGIN,
    WIDTH,
    emptied,
    house_style,
    ink_on,
    new_sheet,
    save,
    shortened,
    text_width,
    wrapped,
)
from simcap.report.terminal.stress import hurting, points, recovery
from simcap.report.wording.findings import queue_title
from simcap.report.wording.words import DASH, FOOT_DOT, plural

LABELS = 3.2
"""Most inches for the names of shocks."""
MOST_LINES = 3
"""Most lines for the name of a queue."""
NAMES, HEAD = 1.5, 0.45
"""Most inches for the names of queues: if upright, and if side by side."""
LARGEST, SMALLEST = 10.5, 6.0
"""Size of a text, in points."""
TALLEST = 0.62
"""Most inches for a row."""
HEADS = 2.3
"""Inches for title, names of queues and foot line, roughly."""
PER_SHEET = 14
"""Most shocks on a sheet that can be read."""
OUT, EMPTY = "exceeds what equal runs show", "empty: nothing stands out"
BOTH = f"Points of attainment lost over the horizon / in the worst window, where that {OUT}"
SUBTITLES = (
    f"{BOTH} / days after the shock to recover; {EMPTY}",
    f"{BOTH}; {EMPTY}",
    f"Points of attainment lost in the worst window, where that {OUT}, else over the horizon; {EMPTY}",
)


@dataclasses.dataclass(frozen=True)
class _Look:
    """The size of cells, and how much is written in them."""

    shocks: list[str]
    queues: list[str]
    titles: list[str]
    size: float
    left: float
    wide: float
    """Inches of a column."""
    brief: int
    """Which of the subtitles applies: the first says most."""

    @functools.cached_property
    def heads(self) -> list[str]:
        """Return the names of queues in lines that fit side by side; in one line if a word is too long for that."""
        lines = [wrapped(title, self.wide - 0.1, self.size) for title in self.titles]
        words = {word for title in self.titles for word in title.split()}
        whole = all(set(line.split()) <= words for line in lines)
        return lines if whole and max(line.count("\n") for line in lines) < MOST_LINES else self.titles

    @property
    def is_upright(self) -> bool:
        """Say whether the names of queues do not fit side by side."""
        return any(text_width(line, self.size) > self.wide - 0.08 for head in self.heads for line in head.split("\n"))

    @property
    def head(self) -> float:
        """Return the inches above the rows."""
        if self.is_upright:
            return min(max(text_width(name, self.size) for name in self.titles), NAMES) + 0.25
        return HEAD + max(head.count("\n") for head in self.heads) * self.size * 1.3 / 72


def draw_stress(stress: Stress, folder: Path) -> list[Path]:
    """Draw the heat map of shock by queue as PNG and SVG, a sheet for the worst shocks and one for those that follow.

    Return the paths; nothing if no shock stands out.
    """
    emptied(folder)
    rows = hurting(stress)
    if rows.empty:
        return []
    with house_style():
        return [path for name, figure in stress_charts(stress, rows) for path in save(figure, folder, name)]


def stress_charts(stress: Stress, rows: pd.DataFrame) -> Iterator[tuple[str, Figure]]:
    """Yield the sheets with their names: the shocks of `rows`, the worst first."""
    every = list(dict.fromkeys(rows["shock"]))
    queues = [queue for queue in stress.scenario.queues if queue in set(rows["queue"])]
    sheets = sheets_of(range(len(every)), PER_SHEET)
    for number, shown in enumerate(sheets):
        shocks = [every[one] for one in shown]
        which = which_of("shock", number, sheets, len(every), order="worst")
        name = "stress" if not number else f"stress-{number + 1}"
        yield name, _heat_map(stress, rows[rows["shock"].isin(shocks)], shocks, queues, which)


def _heat_map(stress: Stress, rows: pd.DataFrame, shocks: list[str], queues: list[str], which: str) -> Figure:
    look = _look(stress, rows, shocks, queues)
    foot = f"{stress.scenario.name}{FOOT_DOT}{plural(stress.replications, 'replication')}"
    sheet = new_sheet(_title(stress, rows), f"{SUBTITLES[look.brief]}{which}", foot)
    tall = min((sheet.top - sheet.bottom - look.head) / len(shocks), TALLEST) * len(shocks)
    axes = sheet.axes(look.left, sheet.top - look.head - tall, WIDTH - MARGIN - look.left, tall)
    _frame(axes, look)
    _cells(axes, rows, look)
    return sheet.figure


def _title(stress: Stress, rows: pd.DataFrame) -> str:
    """Say which shock costs most, and where; or that there are only gains."""
    worst = rows.sort_values("size", ascending=False, kind="stable").iloc[0]
    shock, queue = str(worst["shock"]), queue_title(stress.scenario, str(worst["queue"]))
    if worst["size"] <= 0:
        return f"{shock[0].upper()}{shock[1:]} moves {queue} most, and not for the worse"
    lost = f"{shock} costs {queue} {points(float(worst['size']))} points of attainment"
    return f"{lost[0].upper()}{lost[1:]} {'in its worst window' if worst['worst_stands_out'] else 'over the horizon'}"


def _look(stress: Stress, rows: pd.DataFrame, shocks: list[str], queues: list[str]) -> _Look:
    size = max(min(LARGEST, (HEIGHT - HEADS) / len(shocks) * 72 * 0.65), SMALLEST)
    left = MARGIN + min(max(text_width(name, size) for name in shocks), LABELS) + 0.12
    wide = (WIDTH - MARGIN - left) / len(queues)
    records = rows.to_dict("records")
    widest = [max(text_width(_text(row, brief), size) for row in records) for brief in range(len(SUBTITLES))]
    fitting = [brief for brief, width in enumerate(widest) if width <= wide - 0.1]
    titles = [queue_title(stress.scenario, queue) for queue in queues]
    return _Look(shocks, queues, titles, size, left, wide, min(fitting, default=len(SUBTITLES) - 1))


def _text(row: dict[Any, Any], brief: int) -> str:
    """Return what a cell says: "2.1 / 28 / 3 d", "2.1 / 28", "28"."""
    lost, worst = points(row["lost"]), points(row["lost_at_worst"]) if row["worst_stands_out"] else DASH
    if brief == 2:
        return lost if worst == DASH else worst
    days = recovery(row["recovers_days"]) if brief == 0 else ""
    return " / ".join(filter(None, (lost, worst, days)))


def _frame(axes: Axes, look: _Look) -> None:
    """Name the rows and columns."""
    axes.set_xlim(0, len(look.queues))
    axes.set_ylim(len(look.shocks), 0)
    axes.spines[["bottom"]].set_visible(False)
    shocks = [shortened(name, LABELS, look.size) for name in look.shocks]
    axes.set_yticks(np.arange(len(shocks)) + 0.5, shocks, size=look.size, color=INK)
    queues = [shortened(name, NAMES, look.size) for name in look.titles] if look.is_upright else look.heads
    axes.xaxis.tick_top()
    turned = 90 if look.is_upright else 0
    axes.set_xticks(np.arange(len(queues)) + 0.5, queues, size=look.size, color=INK, rotation=turned)
    axes.tick_params(axis="x", length=0)


def _cells(axes: Axes, rows: pd.DataFrame, look: _Look) -> None:
    """Draw what stands out; the other cells stay empty."""
    down = np.array([look.shocks.index(name) for name in rows["shock"]], np.float64)
    along = np.array([look.queues.index(name) for name in rows["queue"]], np.float64)
    # Colours follow the square root: most losses are small, and a point or two already matters.
    colours = [CHANCE(float(np.sqrt(min(value, 1.0)))) for value in rows["size"]]
    rim = 0.03 / look.wide
    draw_boxes(axes, along + rim, along + 1 - rim, down + 0.06, down + 0.94, facecolors=colours)
    for x, y, row, colour in zip(along, down, rows.to_dict("records"), colours, strict=True):
        text = _text(row, look.brief)
        axes.text(x + 0.5, y + 0.52, text, size=look.size, ha="center", va="center", color=ink_on(colour))
