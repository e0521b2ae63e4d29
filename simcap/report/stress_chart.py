"""The heat map of a stress test: shocks by queue, what they cost and how long."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from simcap.planning.stress import Stress
from simcap.report.panels import draw_boxes
from simcap.report.stress import by_queue, cell
from simcap.report.style import (
    CHANCE,
    INK,
    MARGIN,
    SOFT,
    WIDTH,
    house_style,
    ink_on,
    new_sheet,
    save,
    shortened,
    text_width,
)
from simcap.report.words import plural

LABELS = 3.2
"""Inches for the names of shocks at most."""


def draw_stress(found: Stress, folder: Path) -> list[Path]:
    """Draw the heat map of shock by queue as PNG and SVG into a folder; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    with house_style():
        return save(_heat_map(found), folder, "stress")


def _heat_map(found: Stress) -> Figure:
    lost, days = by_queue(found)
    shocks, queues = list(lost.index), list(lost.columns)
    shock, queue = np.unravel_index(int(np.nan_to_num(lost.to_numpy(float)).argmax()), lost.shape)
    most = np.nan_to_num(lost.to_numpy(float)).max(initial=0.0)
    title = f"{shocks[shock]} costs {queues[queue]} {100 * most:.0f} points of attainment in its worst window"
    subtitle = "Points of attainment lost in the worst window of each queue's SLA, and days after the shock to recover"
    sheet = new_sheet(
        title[0].upper() + title[1:], subtitle, f"{found.scenario.name} · {plural(found.replications, 'replication')}"
    )
    height = (sheet.top - sheet.bottom - 0.35) / len(shocks)
    size = min(9.5, height * 72 * 0.72)
    left = MARGIN + min(max(text_width(name, size) for name in shocks), LABELS) + 0.12
    axes = sheet.axes(left, sheet.bottom, WIDTH - MARGIN - left, height * len(shocks))
    axes.set_xlim(0, len(queues))
    axes.set_ylim(len(shocks), 0)
    axes.spines[["bottom"]].set_visible(False)
    axes.set_yticks(
        np.arange(len(shocks)) + 0.5, [shortened(name, LABELS, size) for name in shocks], size=size, color=INK
    )
    axes.xaxis.tick_top()
    axes.set_xticks(np.arange(len(queues)) + 0.5, queues, size=size, color=INK)
    axes.tick_params(axis="x", length=0)
    rows, columns = np.indices(lost.shape).reshape(2, -1).astype(np.float64)
    share = np.nan_to_num(lost.to_numpy(float).ravel())
    # Colours rise with the root: most losses are small, and a point or two already matters.
    colours = [CHANCE(float(np.sqrt(min(value, 1.0)))) for value in share]
    draw_boxes(axes, columns + 0.03, columns + 0.97, rows + 0.06, rows + 0.94, facecolors=colours)
    for row, column, value, wait, colour in zip(
        rows, columns, share, days.to_numpy(float).ravel(), colours, strict=True
    ):
        text = cell(value, wait)
        axes.text(
            column + 0.5, row + 0.52, text, size=size, ha="center", va="center", color=ink_on(colour) if text else SOFT
        )
    return sheet.figure
