"""Charts of a calibration: the data, and the fit drawn over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from simcap.calibration.calibrate import Calibration
from simcap.calibration.fits.fit import Fit, Kind
from simcap.calibration.fits.handling import family_of
from simcap.calibration.fits.handling import shape_of as handle_times_of
from simcap.calibration.fits.period_volumes import PERIODS, by_week
from simcap.calibration.fits.volumes import expected_by_day
from simcap.report.charts.foresight import SUBTITLE, draw_foresight, foresight_finding
from simcap.report.charts.panels import (
    MARKERS,
    Margins,
    Panel,
    make_panels,
    scale,
    shape_of,
    sheets_of,
    text_size,
    which_of,
    write_head,
)
from simcap.report.charts.style import BLUE, FAINT, INK, RISK, SOFT, house_style, new_sheet, save
from simcap.report.charts.timeline import Timeline
from simcap.report.terminal.calibration import figure
from simcap.units import DAY, HOUR, MINUTE

Array = NDArray[np.float64]
Draw = Callable[[Calibration, Fit, Panel, float], str]
"""Draws one fit in a panel, and returns the note above it."""

TOLD = 3
"""Most estimates written above a panel."""
BINS = 40
_UNITS = ((HOUR, "h"), (MINUTE, "min"), (1.0, "s"))
PICTURES: dict[Kind, str] = {
    "ramp": "Speed by tenure (dots, 95%), net of agent and week effects, and the fitted ramp",
    "spread": "Share of agents whose handle time deviates from the mean by less (steps), and the fitted spread",
    "attrition": (
        "Share of agents still there by tenure: Kaplan-Meier with its 95% interval (steps), and the fitted curve"
    ),
    "training": "Share of trainees who graduated, by the week in which their class began (dots, 95%)",
    "shrinkage": "Share of agents' shifts lost and of time on the floor spent offline, by week (dots, 95%)",
    "accuracy": "Share of checked decisions that were wrong, by how new the agent was (dots, 95%)",
    "patience": "Share of items still waiting: Kaplan-Meier with its 95% interval (steps), and the fitted curve",
    "follow-up": "Share of decisions that were followed by other work, by week (dots, 95%)",
}
"""By kind of fit, which names the chart: what it shows."""
FOUND = {
    "volumes": ("Volumes change by {} a week", 0),
    "handle-times": ("Handle times are {} on average", 0),
    "ramp": ("New agents begin at {} of full speed", 0),
    "spread": ("Agents’ handle times differ from their mean by {}", 0),
    "attrition": ("Attrition: {key} {}", -1),
    "shrinkage": ("Shrinkage is {}", 0),
    "follow-up": ("Other work follows {} of decisions", 0),
}
"""By chart: the title around the values, and which estimate of each fit it tells; another names its first."""


def draw_fits(calibration: Calibration, folder: Path) -> list[Path]:
    """Draw every kind of fit over the data into a folder, as PNG and SVG; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    with house_style():
        return [path for name, figure in _figures(calibration) for path in save(figure, folder, name)]


def _figures(calibration: Calibration) -> Iterator[tuple[str, Figure]]:
    for name, subtitle, fits, draw in _kinds(calibration):
        sheets = sheets_of(range(len(fits)))
        for number, shown in enumerate(sheets):
            which = which_of("panel", number, sheets, len(fits))
            figure = _sheet(calibration, [fits[one] for one in shown], name, subtitle + which, draw)
            yield name if not number else f"{name}-{number + 1}", figure


def _kinds(calibration: Calibration) -> Iterator[tuple[str, str, list[Fit], Draw]]:
    """Yield the name, what is shown, and the fits of each kind, with the function that draws one of them."""
    volumes = [fit for fit in calibration.fits if fit.kind == "volume"]
    handling = [fit for fit in calibration.fits if fit.kind == "handle time" and fit.seen]
    if volumes:
        yield "volumes", f"{_of_volumes(volumes)}, the fit with its 90% band", volumes, _draw_volume
    foreseen = [fit for fit in volumes if fit.subject.name in calibration.foreseen]
    if foreseen:
        yield "foresight", SUBTITLE, foreseen, draw_foresight
    if handling:
        yield "handle-times", _of_handling(handling), handling, _draw_handle
    for kind, subtitle in PICTURES.items():
        fits = [fit for fit in calibration.fits if fit.kind == kind and fit.picture is not None]
        if fits:
            yield kind, subtitle, fits, _draw_picture


def _of_volumes(fits: Sequence[Fit]) -> str:
    """Return what the dots of volumes are: days, or the longer periods of reports."""
    longer = [PERIODS in fit.goodness for fit in fits]
    if all(longer):
        return "Items a day in each period reported (dots)"
    return "Items by day (dots), or a day in each week reported" if any(longer) else "Items by day (dots)"


def _of_handling(fits: Sequence[Fit]) -> str:
    """Return what is seen of handle times: items, or the means of reports."""
    bars = "Handle times (bars) and the fitted family; the share of items by length"
    means = "AHT by week (dots, 95% by the spread of items), and the mean of all weeks"
    by_report = [fit.picture is not None for fit in fits]
    if all(by_report):
        return means
    return f"{bars}. Of reports: {means}" if any(by_report) else bars


def _sheet(
    calibration: Calibration,
    fits: Sequence[Fit],
    name: str,
    subtitle: str,
    draw: Draw,
) -> Figure:
    history = f"{calibration.configuration.from_:%-d %b %Y} to {calibration.configuration.to:%-d %b %Y}"
    sheet = new_sheet(
        fits_finding(calibration, name, fits),
        subtitle,
        f"{calibration.configuration.title}, {history}; {_rows(calibration)}",
    )
    shape = shape_of(len(fits))
    size = text_size(shape[1])
    panels = make_panels(sheet, len(fits), shape, Margins(above=0.42, left=0.55, below=0.3))
    for fit, panel in zip(fits, panels, strict=True):
        note = draw(calibration, fit, panel, size)
        write_head(sheet, panel, [_subject(fit)], [note], size, above=0.12)
    return sheet.figure


def fits_finding(calibration: Calibration, name: str, fits: Sequence[Fit]) -> str:
    """Say what was found: the lowest and the highest value of the fits, and whose they are."""
    if name == "foresight":
        return foresight_finding(calibration, fits)
    told, place = FOUND.get(name, (f"{name.capitalize()}: {{key}} {{}}", 0))
    told = told.replace("{key}", fits[0].estimates[place].key[-1])
    if name == "volumes":
        rates = [(fit.value("arrivals", "growth"), fit) for fit in fits]
        return _between(told, [(f"{rate:+.1%}".replace("-", "−"), _subject(fit)) for rate, fit in _ends(rates)])
    values = [(fit.estimates[place].value, fit) for fit in fits]
    return _between(told, [(figure(value, fit.estimates[place].unit), _subject(fit)) for value, fit in _ends(values)])


def _ends(values: Sequence[tuple[float, Fit]]) -> list[tuple[float, Fit]]:
    """Return the lowest and the highest; one if there is no other."""
    ordered = sorted(values, key=lambda one: one[0])
    return ordered[:1] if len(ordered) == 1 else [ordered[0], ordered[-1]]


def _between(text: str, ends: Sequence[tuple[str, str]]) -> str:
    return text.format(" to ".join(f"{value} ({subject})" for value, subject in ends))


def _rows(calibration: Calibration) -> str:
    history = calibration.history
    if len(history.items) or not history.offered:
        return f"{len(history.items):,} items"
    return f"{sum(one.items.sum() for one in history.offered.values()):,.0f} items reported"


def _draw_volume(calibration: Calibration, fit: Fit, panel: Panel, size: float) -> str:
    history = calibration.history
    day, lasts, counts = _counts_seen(calibration, fit)
    whole = np.isfinite(counts)
    by_day = expected_by_day(fit, history.first, history.days)
    expected = np.array([by_day[int(at) : int(at + days)].mean() for at, days in zip(day, lasts, strict=True)])
    cv = fit.value("arrivals", "busyness", "cv")
    half = 1.645 * np.sqrt((expected + (cv * expected) ** 2) / lasts)
    axes, day = panel.axes, day + lasts / 2
    outside = np.abs(counts - expected) > half
    scale(
        panel,
        0.0,
        1.05 * max(counts[whole].max(), (expected + half).max()),
        lambda tick: f"{tick:,.0f}",
        size,
        foot=0.0,
    )
    axes.fill_between(
        day, np.maximum(expected - half, 0), expected + half, color=BLUE, alpha=0.2, linewidth=0, step="mid"
    )
    axes.step(day, expected, color=BLUE, linewidth=1.4, where="mid")
    axes.plot(day[~outside], counts[~outside], "o", color=INK, markersize=2.6)
    axes.plot(day[outside], counts[outside], MARKERS["outside"], color=RISK, markersize=2.4)
    timeline = Timeline(calibration.configuration.from_, history.days)
    timeline.draw(axes, panel.width, size=size)
    growth = fit.value("arrivals", "growth")
    return f"{growth:+.1%} a week, busyness {cv:.0%}, {1 - outside[whole].mean():.0%} within the band"


def _counts_seen(calibration: Calibration, fit: Fit) -> tuple[Array, Array, Array]:
    """Return the days on which the counts of a queue begin, how many each covers, and the items a day."""
    history, queue = calibration.history, fit.subject.name
    if PERIODS not in fit.goodness:
        counts = history.counts[queue].sum(axis=1)
        return np.arange(history.days, dtype=float), np.ones(history.days), counts
    reported = history.offered[queue]
    if reported.finest != "longer":
        reported = by_week(reported, history.days)
    return reported.begins.astype(float), reported.days.astype(float), reported.items / reported.days


def _draw_mean(fit: Fit, panel: Panel, size: float) -> str:
    """Draw the AHT of each week of a report, and the mean of all."""
    picture, axes = fit.picture, panel.axes
    assert picture is not None
    mean, cv = fit.estimates
    unit, name = next(((one, name) for one, name in _UNITS if mean.value >= 2 * one), _UNITS[-1])
    axes.vlines(picture.x, picture.low / unit, picture.high / unit, color=SOFT, linewidth=1.2)
    axes.plot(picture.x, picture.seen / unit, "o", color=INK, markersize=3.6)
    axes.plot(picture.at, picture.curve / unit, color=BLUE, linewidth=2.0)
    scale(panel, 0.0, 1.05 * float(picture.high.max()) / unit, lambda tick: f"{tick:g} {name}", size, foot=0.0)
    left, right = picture.at[[0, -1]].tolist()
    axes.set_xlim(left, right)
    places = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(left, right)
    ticks = [tick for tick in places if left <= tick <= right]
    axes.set_xticks(ticks, [_tick(tick, picture.unit) for tick in ticks], size=size)
    return f"mean {figure(mean.value, 's')}, cv {cv.value:.2f}{' (a prior)' if cv.origin == 'prior' else ' at most'}"


def _draw_handle(calibration: Calibration, fit: Fit, panel: Panel, size: float) -> str:
    if fit.picture is not None:
        return _draw_mean(fit, panel, size)
    family, rows = family_of(fit), calibration.history.items
    seen = rows.loc[(rows["queue"] == fit.subject.name) & (rows["handle"] > 0), "handle"].to_numpy(float)
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


def _subject(fit: Fit) -> str:
    """Return what a panel is about: a queue or vendor and, if it has several fits of a kind, which one."""
    name, key = fit.subject.name, fit.estimates[0].key
    if fit.kind == "follow-up":
        return f"{name} to {key[1]}"
    return f"{name}, {key[1]}" if fit.kind == "shrinkage" else name


def _draw_picture(_: Calibration, fit: Fit, panel: Panel, size: float) -> str:
    """Draw the data, with 95% intervals, and the fitted curve over them."""
    picture, axes = fit.picture, panel.axes
    assert picture is not None
    if picture.steps:
        axes.fill_between(picture.x, picture.low, picture.high, step="post", color=SOFT, alpha=0.15, linewidth=0)
        axes.step(picture.x, picture.seen, where="post", color=INK, linewidth=1.3)
    else:
        axes.vlines(picture.x, picture.low, picture.high, color=SOFT, linewidth=1.2)
        axes.plot(picture.x, picture.seen, "o", color=INK, markersize=3.6)
    axes.plot(picture.at, picture.curve, color=BLUE, linewidth=2.0)
    top = 1.0 if picture.steps else 1.05 * float(max(picture.high.max(), picture.curve.max()))
    scale(panel, 0.0, top, lambda tick: f"{tick:.0%}" if top > 0.05 else f"{tick:.1%}", size, foot=0.0)
    left, right = float(min(picture.at[0], picture.x.min())), float(max(picture.at[-1], picture.x.max()))
    axes.set_xlim(left, right)
    if picture.unit == "newness":
        axes.set_xticks([0, 1], ["tenured", "new"], size=size)
    else:
        long = picture.unit == "seconds"
        size_of = next((size for size in (DAY, HOUR, MINUTE) if right >= 2 * size), 1.0) if long else 1.0
        places = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(left / size_of, right / size_of)
        ticks = [place * size_of for place in places if left <= place * size_of <= right]
        axes.set_xticks(ticks, [_tick(tick, picture.unit) for tick in ticks], size=size)
    return ", ".join(f"{one.key[-1]} {figure(one.value, one.unit)}" for one in fit.estimates[:TOLD])


def _tick(place: float, unit: str) -> str:
    if unit == "seconds":
        return _length(place)
    return f"{place:+.0%}" if unit == "deviation" else f"{place:g} {'d' if unit == 'days' else 'wk'}"
