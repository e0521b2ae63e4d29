"""A panel of attainment over time: its axes, marks and target, with any curves in between."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simcap.report.charts.marks import draw_flags, flags_height, flags_of, queue_marks
from simcap.report.charts.panels import Panel, draw_columns, scale
from simcap.report.charts.style import INK
from simcap.report.charts.timeline import Timeline
from simcap.report.wording.words import target_share
from simcap.scenario.grid import Windows
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class PanelSubject:
    """Whose attainment is drawn, and over which windows."""

    scenario: Scenario
    queue: str
    vendor: str
    """Empty for all."""
    target: float
    windows: Windows


def draw_attainment(
    panel: Panel, subject: PanelSubject, limits: tuple[float, float], size: float, curves: Callable[[Array], None]
) -> None:
    """Draw a panel; `curves` gets the edges of the windows and draws between background and foreground."""
    timeline = Timeline.of(subject.scenario)
    edges = timeline.edges(subject.windows)
    marks = queue_marks(subject.scenario, subject.queue, timeline, subject.vendor)
    flags = flags_of(marks, timeline, panel.width, size - 1, panel.height)
    low, high = limits
    scale(panel, low, high, lambda tick: f"{100 * tick:.4g}%", size, foot=flags_height(flags, size - 1))
    part = ~np.array(subject.windows.whole)
    hatched = {"facecolor": "none", "edgecolor": "#e1e5e9", "hatch": "////", "zorder": 0}
    draw_columns(panel.axes, edges[:-1][part], edges[1:][part], **hatched)
    curves(edges)
    _draw_target(panel, subject.target, size)
    draw_flags(panel, flags, size - 1)
    timeline.draw(panel.axes, panel.width, labels=panel.is_lowest, size=size, edges=edges)


def _draw_target(panel: Panel, target: float, size: float) -> None:
    """Draw the line of a target, with its share at the right."""
    panel.axes.axhline(target, color=INK, linewidth=1.1, linestyle=(0, (4, 2)), zorder=5)
    panel.axes.annotate(
        target_share(target), (1, target), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
        size=size, weight="bold", color=INK, va="center", annotation_clip=False,
    )  # fmt: skip
