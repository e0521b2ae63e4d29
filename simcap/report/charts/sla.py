"""SLA attainment of one queue over time, its fan, its target, and the windows that are likely to be missed."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simcap.experiment.results import Results
from simcap.report.charts.attainment_panel import PanelSubject, draw_attainment
from simcap.report.charts.panels import (
    Margins,
    Panel,
    draw_boxes,
    draw_columns,
    draw_key,
    draw_ribbon,
    draw_steps,
    make_panels,
    shape_of,
    text_size,
    write_head,
)
from simcap.report.charts.style import ANCHORED, BLUE, CHANCE, RISK, ink_on, new_sheet, text_width
from simcap.report.wording.anchored import anchored_windows, is_anchored
from simcap.report.wording.findings import few_replications, foot_line, sla_finding, sla_notes, vendor_title
from simcap.report.wording.sentences import AT_RISK
from simcap.report.wording.standing import Standing, chance_by, fan
from simcap.report.wording.words import chance, sla_terms
from simcap.scenario.grid import Windows

Array = NDArray[np.float64]

MOST_WINDOWS = 120
"""A finer curve would be unreadable; a coarser period is shown instead."""
MOST_STEPS = 40
"""With more windows, the fan runs from middle to middle."""
MOST_ROWS = 24
STRIP = 0.2
"""Height of the strip of probabilities in inches."""
SMALLEST = 5.0
"""Smaller numbers cannot be read, and are left out."""


@dataclasses.dataclass(frozen=True)
class Curve:
    """What one panel shows."""

    row: Standing
    windows: Windows
    points: Array
    """[percentile, window]."""
    lowest: Array
    """[window] of the replications."""
    chance: Array
    anchored: Array
    """[window], NaN where it is not anchored."""


def sla_chart(results: Results, rows: list[Standing]) -> Figure:
    """Draw the SLAs of one queue, `rows`."""
    shown = rows[:MOST_ROWS]
    curves = [_curve(results, row) for row in shown]
    sheet = new_sheet(sla_finding(results.scenario, rows), _subtitle(results, curves), foot_line(results))
    shape = _shape(shown)
    size = text_size(shape[1])
    room = Margins(above=STRIP + 0.42, left=0.45, right=0.62 if shape[1] <= 3 else 0.45)
    limits = {
        name: _limits([curve for curve in curves if curve.row.name == name]) for name in {c.row.name for c in curves}
    }
    for curve, panel in zip(curves, make_panels(sheet, len(curves), shape, room), strict=True):
        names, notes = _names(results, curve.row, alone=len(curves) == 1)
        write_head(sheet, panel, names, notes, size, above=STRIP + 0.13)
        _draw(results, panel, curve, limits[curve.row.name], size)
    partial = any(not all(curve.windows.whole) for curve in curves)
    others = [("target", "target")] if not partial else [("partial", "partly in the horizon"), ("target", "target")]
    if any(_hidden(curve).any() for curve in curves):
        others.append(("lowest", "lowest replication"))
    if any(np.isfinite(curve.anchored).any() for curve in curves):
        others.append((ANCHORED, "anchored"))
    what = "simulated " if is_anchored(results) else ""
    draw_key(sheet, BLUE, results.replications, what=what, others=others)
    return sheet.figure


# -- what is shown ----------------------------------------------------------------------------------------------------


def _curve(results: Results, row: Standing) -> Curve:
    """Return an SLA's curve in its own period, or in a coarser one if that has too many windows."""
    windows = row.windows
    coarser = [period for period in ("day", "week", "month") if period in results.layout.windows]
    while len(windows.cells) > MOST_WINDOWS and windows.period != coarser[-1]:
        after = coarser.index(windows.period) + 1 if windows.period in coarser else 0
        windows = results.layout.windows[coarser[after]]
    subject = (row.queue, row.vendor, row.name)
    attained = results.figures.of("sla", windows.period, subject, "attainment")
    exists = np.isfinite(attained).any(axis=0)
    lowest = np.where(exists, np.nanmin(np.where(exists, attained, 0.0), axis=0), np.nan)
    known = anchored_windows(results, row.queue, row.name, windows.period) if not row.vendor else {}
    anchored = np.array([known.get(label, np.nan) for label in windows.labels])
    return Curve(row, windows, fan(attained), lowest, chance_by([row], windows), anchored)


def _shape(rows: list[Standing]) -> tuple[int, int]:
    """Return a grid with a row for each SLA if that fits, else any."""
    names = list(dict.fromkeys(row.name for row in rows))
    each = [sum(row.name == name for row in rows) for name in names]
    if len(names) > 1 and len(set(each)) == 1 and 1 < each[0] <= 4:
        return len(names), each[0]
    return shape_of(len(rows))


def _subtitle(results: Results, curves: list[Curve]) -> str:
    """Say what is drawn."""
    first = curves[0]
    periods = list(dict.fromkeys(curve.windows.period for curve in curves))
    what = "Share of items on time" if len(curves) > 1 else f"Share of items {_measure(first.row)}"
    drawn = f"{what}, by {' and '.join(periods)} of creation"
    of = f" of any {first.row.sla.per}" if first.windows is not first.row.windows else ""
    if results.replications == 1:
        return f"{drawn}, in a single replication; above it, what{of} misses its target"
    return f"{drawn}; above it, the chance of a miss{of} in %{few_replications(results.replications)}"


def _measure(row: Standing) -> str:
    verb = "picked up" if row.sla.measure == "wait" else "decided"
    within = sla_terms(row.name, row.sla, brief=True).split("within ")[-1].rsplit(", per", 1)[0]
    return f"{verb} within {within}"


def _names(results: Results, row: Standing, *, alone: bool) -> tuple[list[str], list[str]]:
    """Return titles of a panel and notes to follow one, both longest first."""
    terms, brief = (sla_terms(row.name, row.sla, brief=brief) for brief in (False, True))
    briefest = brief.removesuffix(f", per {row.sla.per}")
    shorter = [*dict.fromkeys([terms, brief, briefest, briefest.removeprefix(f"{row.name}: ")]), row.name]
    if alone or (row.settled and not row.vendor):
        return shorter, sla_notes(row)
    if not row.vendor:
        return ["All vendors"], shorter
    return [vendor_title(results.scenario, row.vendor), row.vendor], sla_notes(row)


def _limits(curves: list[Curve]) -> tuple[float, float]:
    """Return the range of the percent axis that panels share: no lower than what is needed."""
    lowest = min([curve.row.sla.target for curve in curves] + [_least(curve) for curve in curves])
    bottom = max(float(np.floor((lowest - 0.01) * 20)) / 20, 0.0)
    return bottom, 1.0


def _least(curve: Curve) -> float:
    drawn = np.concatenate([curve.points.ravel(), curve.lowest[_hidden(curve)], curve.anchored])
    return float(np.nanmin(drawn)) if np.isfinite(drawn).any() else 1.0


def _hidden(curve: Curve) -> NDArray[np.bool_]:
    """Return the windows that are missed by replications below the band only, so that the band does not show it."""
    target = curve.row.sla.target
    return np.asarray((curve.chance > 0) & (curve.points[0] >= target) & (curve.lowest < target))


# -- how it is drawn --------------------------------------------------------------------------------------------------


def _draw(results: Results, panel: Panel, curve: Curve, limits: tuple[float, float], size: float) -> None:
    """Draw one panel."""

    def fan_and_strip(edges: Array) -> None:
        if len(curve.windows.cells) <= MOST_STEPS:
            draw_steps(panel.axes, edges, curve.points, BLUE, half=_half_gap(panel, curve, edges))
        else:
            draw_ribbon(panel.axes, (edges[:-1] + edges[1:]) / 2, curve.points, BLUE, width=1.6)
        panel.axes.hlines(curve.anchored, edges[:-1], edges[1:], colors=ANCHORED, linewidth=1.8, zorder=5)
        _draw_lowest(panel, curve, edges)
        _draw_strip(panel, curve, edges, size - 1)

    row = curve.row
    subject = PanelSubject(results.scenario, row.queue, row.vendor, row.sla.target, curve.windows)
    low, high = limits
    draw_attainment(panel, subject, (low, high + 0.015 * (high - low)), size, fan_and_strip)


def _half_gap(panel: Panel, curve: Curve, edges: Array) -> float:
    """Return half of the gap between two windows, in days."""
    if len(curve.windows.cells) > MOST_STEPS:
        return 0.0
    return float(min(0.02 * edges[-1] / panel.width, 0.04 * np.diff(edges).min()))


def _draw_lowest(panel: Panel, curve: Curve, edges: Array) -> None:
    """Draw the lowest replication where the band stops above the target, yet the target is missed."""
    hidden = _hidden(curve)
    middle = ((edges[:-1] + edges[1:]) / 2)[hidden]
    panel.axes.vlines(middle, curve.lowest[hidden], curve.points[0][hidden], colors=BLUE, linewidth=1.2, zorder=3)
    panel.axes.plot(middle, curve.lowest[hidden], "v", color=RISK, markersize=5, zorder=6, clip_on=False)


def _draw_strip(panel: Panel, curve: Curve, edges: Array, size: float) -> None:
    """Draw a cell for each window above the axes: the chance of a miss as a colour, and as a number if it fits."""
    axes = panel.axes
    half = _half_gap(panel, curve, edges)
    left, right = edges[:-1] + half, edges[1:] - half
    risky = curve.chance >= AT_RISK
    draw_columns(axes, left[risky], right[risky], color=RISK, alpha=0.07, zorder=0)
    known = np.flatnonzero(np.isfinite(curve.chance))
    if not known.size:
        return
    low, high = 1 + 0.06 / panel.height, 1 + (0.06 + STRIP) / panel.height
    colours = [CHANCE(value) for value in curve.chance[known]]
    rise = np.zeros(known.size)
    above: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False}
    draw_boxes(axes, left[known], right[known], rise + low, rise + high, facecolors=colours, **above)
    texts = [chance(float(value)).rstrip("%") for value in curve.chance[known]]
    room = float((right - left)[known].min()) / edges[-1] * panel.width - 0.02
    fitting = min(size, size * room / max(text_width(text, size) for text in texts))
    for place, colour, text in zip(known if fitting >= SMALLEST else (), colours, texts, strict=False):
        at = (edges[place] + edges[place + 1]) / 2, (low + high) / 2 - 0.01 / panel.height
        axes.text(*at, text, size=fitting, ha="center", va="center", color=ink_on(colour), **above)
