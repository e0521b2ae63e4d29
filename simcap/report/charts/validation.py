"""The validation chart: what was simulated and anchored for days that the model had not seen, and what happened."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simcap.analysis.tables import date_text
from simcap.calibration.backtest.backtest import Backtested
from simcap.calibration.backtest.rivals import RULES, SHORT
from simcap.report.charts.panels import (
    MARKERS,
    WITHOUT_MODEL,
    Kind,
    Margins,
    Panel,
    draw_key,
    draw_steps,
    make_panels,
    scale,
    text_size,
    write_head,
)
from simcap.report.charts.style import ANCHORED, BLUE, INK, RISK, house_style, new_sheet, save
from simcap.report.charts.timeline import Timeline
from simcap.report.wording.words import span_of_days
from simcap.scenario.reading.disk_names import file_names

Array = NDArray[np.float64]

MOST_DAYS = 70
"""Days from which weeks are shown instead."""
MOST_SLAS = 3
POINTS = ["p05", "p25", "p50", "p75", "p95"]
GIVEN = {
    ("floor", "plan"): "given who was there, and no volumes",
    ("floor", "replay"): "given the actual items and staffing",
    ("pick_up", "replay"): "given the actual items and each day's level",
    ("floor", "forecast"): "given nothing after the origin",
    ("pick_up", "forecast"): "given nothing after the origin",
} | {(model, "scenario"): "with the people, the backlog and the fits of each origin" for model in ("floor", "pick_up")}
"""What a mode is given, by model."""


def draw_validation(result: Backtested, folder: Path) -> list[Path]:
    """Draw a chart for each queue, and one for all together, as PNG and SVG; return the paths of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    queues = [str(queue) for queue in result.windows["queue"].unique()]
    names = file_names([queue or "all queues" for queue in queues])
    paths = []
    with house_style():
        for queue in queues:
            figure = validation_chart(result, queue)
            paths += save(figure, folder, f"validation-{names[queue or 'all queues']}")
    return paths


def validation_chart(result: Backtested, queue: str) -> Figure:
    """Draw the simulated bands, the anchored and the actual attainment of one queue (empty: all together)."""
    windows = result.windows[result.windows["queue"] == queue]
    timeline, period = _timeline(windows)
    slas = list(dict.fromkeys(windows["sla"]))[:MOST_SLAS]
    sheet = new_sheet(_title(result, queue, period), _subtitle(result, timeline, period), _foot(result))
    panels = make_panels(
        sheet, len(result.modes) * len(slas), (len(result.modes), len(slas)), Margins(above=0.34, left=0.45)
    )
    size = text_size(len(slas))
    cells = [(mode, sla) for mode in result.modes for sla in slas]
    rule = _best_rule(result, queue, period)
    for panel, (mode, sla) in zip(panels, cells, strict=True):
        rows = windows[(windows["mode"] == mode) & (windows["sla"] == sla) & (windows["period"] == period)]
        note = GIVEN[result.model.name, mode]
        write_head(sheet, panel, [f"{mode.capitalize()}, {sla}", sla], [note], size, above=0.1)
        _draw(panel, rows, rule, timeline, period, size)
    others: list[tuple[Kind, str]] = [("outside", "outside 90%"), (INK, "actual"), ("rule", f"rule: {SHORT[rule]}")]
    if _is_anchored(windows):
        others.append((ANCHORED, "anchored"))
    draw_key(sheet, BLUE, 2, what="simulated ", of="what comes", others=others)
    return sheet.figure


def _draw(panel: Panel, rows: pd.DataFrame, rule: str, timeline: Timeline, period: str, size: float) -> None:
    """Draw one panel."""
    step = 7 if period == "week" else 1
    edges = np.arange(0.0, timeline.days + step, step)
    place = np.array([int(timeline.place(_local(start)) // step) for start in rows["start"]], int)
    table = np.full((7, edges.size - 1), np.nan)
    table[:, place] = rows[[*POINTS, "actual", rule]].to_numpy(float).T
    lowest = np.nanmin(table) if np.isfinite(table).any() else 0.0
    scale(panel, max(np.floor(lowest * 10) / 10, 0.0), 1.0, lambda tick: f"{100 * tick:.4g}%", size, foot=0.0)
    axes = panel.axes
    draw_steps(axes, edges, table[:5], BLUE, half=min(0.04 * step, 0.02 * timeline.days / panel.width))
    middle = (edges[:-1] + edges[1:]) / 2
    known = np.isfinite(table[5])
    axes.hlines(table[6], edges[:-1], edges[1:], zorder=3, **WITHOUT_MODEL)
    if _is_anchored(rows):
        anchored = np.full(edges.size - 1, np.nan)
        anchored[place] = rows["anchored"].to_numpy(float)
        axes.hlines(anchored, edges[:-1], edges[1:], colors=ANCHORED, linewidth=1.8, zorder=5)
    axes.plot(middle[known], table[5][known], color=INK, linewidth=1.0, alpha=0.55, zorder=5)
    outside = known & ((table[5] < table[0]) | (table[5] > table[4]))
    look: dict[str, Any] = {"markersize": 5.0 if edges.size < 40 else 3.5, "zorder": 6, "clip_on": False}
    axes.plot(middle[known & ~outside], table[5][known & ~outside], "o", color=INK, **look)
    axes.plot(middle[outside], table[5][outside], MARKERS["outside"], color=RISK, **look)
    timeline.draw(axes, panel.width, labels=panel.is_lowest, size=size, edges=edges)


def _is_anchored(rows: pd.DataFrame) -> bool:
    """Return whether any of some windows has an anchored attainment."""
    return "anchored" in rows and bool(rows["anchored"].notna().any())


def _local(start: object) -> dt.datetime:
    return dt.datetime.fromisoformat(date_text(start)).replace(tzinfo=None)


def _timeline(rows: pd.DataFrame) -> tuple[Timeline, str]:
    days = [_local(start).date() for start in rows["start"]]
    length = (max(days) - min(days)).days + 1
    period = "day" if length <= MOST_DAYS and (rows["period"] == "day").any() else "week"
    first = min(_local(start).date() for start in rows.loc[rows["period"] == period, "start"])
    return Timeline(
        first, -(-((max(days) - first).days + 1) // 7) * 7 if period == "week" else (max(days) - first).days + 1
    ), period


def _title(result: Backtested, queue: str, period: str) -> str:
    """State the result in figures: the mean over SLAs."""
    name = queue or "All queues"
    scores = result.scores[(result.scores["queue"] == queue) & (result.scores["period"] == period)]
    parts = []
    for mode in result.modes:
        rows = scores[scores["mode"] == mode]
        anchored = rows["error_anchored"].mean() if "error_anchored" in rows else float("nan")
        also = f" ({100 * anchored:.1f} anchored)" if anchored == anchored else ""
        parts.append(f"{mode} {100 * rows['error'].mean():.1f}{also}")
    rival = scores[f"error_{_best_rule(result, queue, period)}"].mean()
    return f"{name}: points by which a {period} was missed: {', '.join(parts)}, best rule {100 * rival:.1f}"


def _best_rule(result: Backtested, queue: str, period: str) -> str:
    """Return the rule without a model that missed the windows least, over all SLAs and modes."""
    rows = result.scores[(result.scores["queue"] == queue) & (result.scores["period"] == period)]
    return min(RULES, key=lambda rule: float(rows[f"error_{rule}"].mean()))


def _subtitle(result: Backtested, timeline: Timeline, period: str) -> str:
    last = timeline.first + dt.timedelta(days=timeline.days - 1)
    origins = len(result.origins)
    return (
        f"Share of items on time, by {period} of creation, {span_of_days(timeline.first, last)}; "
        f"fitted only to what was known at {'each of ' if origins > 1 else 'the '}{origins if origins > 1 else ''}"
        f"{' origins' if origins > 1 else 'origin'}{'; staffing inferred' if result.inferred else ''}"
    )


def _foot(result: Backtested) -> str:
    assert result.configuration.backtest is not None
    return f"{result.configuration.title}; {result.configuration.backtest.replications} replications"
