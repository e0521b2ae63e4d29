"""Pictures of a calibration: what was seen, and the fit drawn over it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simcap.calibration.calibrate import Calibration
from simcap.calibration.fit import Fit
from simcap.calibration.handling import shape_of as handle_times_of
from simcap.calibration.leaving import still_there, survival
from simcap.calibration.volumes import expected_by_day
from simcap.report.panels import Panel, Room, make_panels, scale, shape_of, text_size, write_head
from simcap.report.style import BLUE, FAINT, INK, RISK, SOFT, house_style, new_sheet, save
from simcap.report.timeline import Timeline
from simcap.units import DAY, HOUR, MINUTE, WEEK

Array = NDArray[np.float64]

MOST_PANELS = 12
BINS = 40


def draw_fits(found: Calibration, folder: Path) -> list[Path]:
    """Draw volumes, handle times and attrition with their fits into a folder, as PNG and SVG; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    with house_style():
        return [path for name, figure in _figures(found) for path in save(figure, folder, name)]


def _figures(found: Calibration) -> Iterator[tuple[str, Figure]]:
    drawers: tuple[tuple[str, str, str, Callable[[Calibration, Fit, Panel, float], str]], ...] = (
        ("volumes", "volume", "Items by day (dots) and their fit with its 90% band", _draw_volume),
        (
            "handle-times",
            "handle time",
            "Handle times (bars) and the fitted family; the share of items by length",
            _draw_handle,
        ),
        (
            "attrition",
            "attrition",
            "Share of agents still there by tenure: Kaplan-Meier with its 95% interval (steps), and the fitted curve",
            _draw_attrition,
        ),
    )
    for name, group, subtitle, draw in drawers:
        fits = [fit for fit in found.fits if fit.group == group and not fit.estimates[0].path.endswith("spread")]
        if fits:
            yield name, _sheet(found, fits[:MOST_PANELS], name, subtitle, draw)


def _sheet(
    found: Calibration,
    fits: Sequence[Fit],
    name: str,
    subtitle: str,
    draw: Callable[[Calibration, Fit, Panel, float], str],
) -> Figure:
    title = f"{name.replace('-', ' ').capitalize()} of {found.plan.title}"
    history = f"{found.plan.from_:%-d %b %Y} to {found.plan.to:%-d %b %Y}"
    sheet = new_sheet(title, subtitle, f"{found.plan.title}, {history}; {len(found.history.items):,} items")
    shape = shape_of(len(fits))
    size = text_size(shape[1])
    panels = make_panels(sheet, len(fits), shape, Room(above=0.42, left=0.55, below=0.3))
    for fit, panel in zip(fits, panels, strict=True):
        note = draw(found, fit, panel, size)
        subject = fit.estimates[0].path.split(".")[1]
        write_head(sheet, panel, [subject], [note], size, above=0.12)
    return sheet.figure


def _draw_volume(found: Calibration, fit: Fit, panel: Panel, size: float) -> str:
    queue = fit.estimates[0].path.split(".")[1]
    history = found.history
    counts = history.counts()[queue].sum(axis=1)
    expected = expected_by_day(fit, history.first, history.days)
    cv = fit.estimates[2].value
    half = 1.645 * np.sqrt(expected + (cv * expected) ** 2)
    axes, day = panel.axes, np.arange(history.days) + 0.5
    outside = np.abs(counts - expected) > half
    scale(panel, 0.0, 1.05 * max(counts.max(), (expected + half).max()), lambda tick: f"{tick:,.0f}", size, foot=0.0)
    axes.fill_between(
        day, np.maximum(expected - half, 0), expected + half, color=BLUE, alpha=0.2, linewidth=0, step="mid"
    )
    axes.step(day, expected, color=BLUE, linewidth=1.4, where="mid")
    axes.plot(day[~outside], counts[~outside], "o", color=INK, markersize=2.6)
    axes.plot(day[outside], counts[outside], "o", color=RISK, markersize=2.6)
    timeline = Timeline(found.plan.from_, history.days)
    timeline.draw(axes, panel.width, size=size)
    growth = fit.estimates[1].value
    return f"{growth:+.1%} a week, busyness {cv:.0%}, {1 - outside.mean():.0%} within the band"


def _draw_handle(found: Calibration, fit: Fit, panel: Panel, size: float) -> str:
    queue, family = fit.estimates[0].path.split(".")[1:4:2]
    rows = found.history.items
    seen = rows.loc[(rows["queue"] == queue) & (rows["handle"] > 0), "handle"].to_numpy(float)
    low, high = np.quantile(seen, [0.001, 0.999])
    edges = np.geomspace(max(low, 0.5), max(high, 2 * low), BINS + 1)
    shares = np.histogram(seen, edges)[0] / seen.size
    axes = panel.axes
    top = shares.max()
    shape = handle_times_of(fit)
    if shape is not None:
        middle = np.sqrt(edges[:-1] * edges[1:])
        fitted = np.exp(shape.log_density(middle)) * np.diff(edges)
        axes.plot(middle, fitted, color=BLUE, linewidth=2.0, zorder=4)
        top = max(top, fitted.max())
    axes.bar(edges[:-1], shares, width=np.diff(edges), align="edge", color=FAINT, linewidth=0, zorder=2)
    axes.set_xscale("log")
    scale(panel, 0.0, 1.05 * top, lambda tick: f"{tick:.0%}" if top > 0.05 else f"{tick:.1%}", size, foot=0.0)
    ticks = [tick for tick in (1, 5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY) if low <= tick <= high]
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xticks(ticks, [_length(tick) for tick in ticks], size=size)
    axes.minorticks_off()
    apart = fit.goodness.get("Kolmogorov distance", math.nan)
    return f"{family}; largest distance of the distributions {apart:.3f}" if math.isfinite(apart) else family


def _length(seconds: float) -> str:
    for size, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= size:
            return f"{seconds / size:g} {name}"
    return f"{seconds:g} s"


def _draw_attrition(found: Calibration, fit: Fit, panel: Panel, size: float) -> str:
    vendor = fit.estimates[0].path.split(".")[1]
    history = found.history
    assert history.roster is not None
    rows: pd.DataFrame = history.roster[history.roster["vendor"] == vendor]
    tenure, alive, low, high = survival(rows, history.first, history.days)
    axes, days = panel.axes, np.linspace(0, max(tenure.max(), 30.0), 200)
    begin = float(tenure[0]) if tenure.size else 0.0
    axes.fill_between(tenure, low, high, step="post", color=SOFT, alpha=0.15, linewidth=0)
    axes.step(tenure, alive, where="post", color=INK, linewidth=1.3)
    curve = still_there(fit, days) / still_there(fit, np.array([begin]))
    axes.plot(days[days >= begin], np.minimum(curve, 1)[days >= begin], color=BLUE, linewidth=2.0)
    scale(panel, 0.0, 1.0, lambda tick: f"{tick:.0%}", size, foot=0.0)
    step = next(step for step in (4, 13, 26, 52, 104, 208, 520) if days[-1] / 7 / step <= 8)
    weeks = np.arange(0, days[-1] / 7, step)
    axes.set_xlim(0, days[-1])
    axes.set_xticks(weeks * WEEK / DAY, [f"{week:.0f} wk" for week in weeks], size=size)
    weibull = "weibull" in fit.estimates[0].path
    return f"{fit.seen} leavers, {f'Weibull shape {fit.estimates[0].value:.2f}' if weibull else 'a table of hazards'}"
