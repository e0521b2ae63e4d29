"""What a base and its variants cost, by vendor: price, the credits taken off it, and what is left to pay."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from simcap.analysis.money import ALL
from simcap.analysis.service import stands_out
from simcap.experiment.comparison import Comparison
from simcap.experiment.results import Results
from simcap.report.charts.panels import draw_boxes
from simcap.report.charts.style import (
    BLUE,
    INK,
    MARGIN,
    RULE,
    SOFT,
    WIDTH,
    Sheet,
    new_sheet,
    shortened,
    text_width,
)
from simcap.report.wording.findings import foot_line, vendor_title
from simcap.report.wording.verdict import loses_service, net_costs
from simcap.report.wording.words import amount, compact, currency_of

Array = NDArray[np.float64]

MOST_BARS = 24
LABELS = 2.4
"""Most inches for names."""
FIGURES = 3.6
"""Inches for the figures after the bars."""
TALLEST = 0.5
"""Most inches for a bar's row."""


@dataclasses.dataclass(frozen=True)
class Bar:
    """What a vendor costs in one scenario over the horizon; all vendors together if it is empty."""

    vendor: str
    scenario: str
    is_base: bool
    missing: str
    """Why there are no figures, if there are none."""
    price: Array
    """By replication; empty where the vendor has no price in the scenario, or is not in it."""
    credits: Array
    net: Array


def cost_chart(comparison: Comparison) -> Figure | None:
    """Draw price, credits and net cost by vendor, base and variants below one another; nothing without prices."""
    groups = _groups(comparison)
    if not groups:
        return None
    currency = currency_of(next(run.scenario for run in comparison.results if run.layout.subjects["money"]))
    subtitle = (
        f"{currency} over the horizon: mean net cost with its 90% band, and in brackets the difference from the base"
    )
    if any(np.abs(bar.credits).sum() for bars in groups for bar in bars):
        subtitle += "; hatched: credits, which are taken off the price"
    sheet = new_sheet(_finding(comparison, currency), subtitle, foot_line(comparison.base))
    _draw(comparison, sheet, groups)
    return sheet.figure


# -- what is shown ----------------------------------------------------------------------------------------------------


def _groups(comparison: Comparison) -> list[list[Bar]]:
    """Return the bars of each vendor, all together first; if they are too many, those of the dearest vendors."""
    vendors = list(dict.fromkeys(vendor for run in comparison.results for (vendor,) in run.layout.subjects["money"]))
    if len(vendors) == 2:
        vendors.remove(ALL)  # With a single vendor the total says the same.
    groups = [[_bar(comparison, run, vendor) for run in comparison.results] for vendor in vendors]
    groups.sort(key=lambda bars: (bars[0].vendor != ALL, -max(_mean(bar.net) for bar in bars)))
    return groups[: max(MOST_BARS // len(comparison.results), 1)]


def _mean(figures: Array) -> float:
    return float(figures.mean()) if figures.size else 0.0


def _bar(comparison: Comparison, run: Results, vendor: str) -> Bar:
    values = [np.zeros(0)] * 3
    if (vendor,) in run.layout.subjects["money"]:
        measures = ("price", "credits", "net_cost")
        values = [run.figures.of("money", "horizon", (vendor,), measure)[:, 0] for measure in measures]
    missing = "no price" if vendor in (*run.scenario.vendors, ALL) else "not in it"
    return Bar(vendor, run.scenario.name, run is comparison.base, missing, *values)


def _finding(comparison: Comparison, currency: str) -> str:
    """Say what the variant that differs most does to net cost, and whether service pays for it."""
    rows = [
        row
        for run in comparison.results[1:]
        for row in net_costs(comparison, run.scenario.name).to_dict("records")
        if row["vendor"] == ALL
    ]
    if rows and all(row["higher"] == row["lower"] == 0 for row in rows):
        return "Net cost is the same before and after"
    rows = [row for row in rows if stands_out(row)]
    if not rows:
        return "No variant’s net cost can be distinguished from the base’s"
    row = max(rows, key=lambda row: abs(row["difference"]))
    verb = "rises" if row["difference"] > 0 else "falls"
    service = ", and service gets worse" if loses_service(comparison, row["scenario"]) else ""
    return f"Net cost {verb} by {amount(abs(row['difference']))} {currency} with {row['scenario']}{service}"


# -- how it is drawn --------------------------------------------------------------------------------------------------


def _draw(comparison: Comparison, sheet: Sheet, groups: list[list[Bar]]) -> None:
    """Draw the groups below one another, a line for the vendor's name above its bars."""
    lines = sum(len(bars) + 1.3 for bars in groups)
    height = min((sheet.top - sheet.bottom - 0.45) / lines, TALLEST)
    size = min(10.0, height * 72 * 0.62)
    names = [bar.scenario for bars in groups for bar in bars]
    left = MARGIN + min(max(text_width(name, size) for name in names), LABELS) + 0.15
    top = sheet.top - 0.1
    width = WIDTH - MARGIN - left - FIGURES
    axes = sheet.axes(left, top - height * lines, width, height * lines)
    axes.set_ylim(lines, 0)
    most = max(float(np.max([bar.price, bar.net], initial=0.0)) for bars in groups for bar in bars)
    axes.set_xlim(min(_least(groups), 0.0), most * 1.02 or 1.0)
    axes.spines[["bottom"]].set_visible(False)
    axes.set_yticks([])
    ticks = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(*axes.get_xlim())
    ticks = [float(tick) for tick in ticks if axes.get_xlim()[0] <= tick <= axes.get_xlim()[1]]
    axes.set_xticks(ticks, [compact(tick) for tick in ticks], size=9)
    axes.grid(axis="x", color=RULE, linewidth=0.7, zorder=0)
    line = 0.0
    for bars in groups:
        axes.annotate(
            _title(comparison, bars[0].vendor), (0, line + 0.75), (-(left - MARGIN) * 72, 0),
            xycoords=("axes fraction", "data"), textcoords="offset points", size=size + 1, weight="bold", va="center",
        )  # fmt: skip
        for place, bar in enumerate(bars):
            _draw_bar(axes, bar, bars[0], line + 1.3 + place, size, left - MARGIN)
        line += len(bars) + 1.3


def _least(groups: list[list[Bar]]) -> float:
    return float(min(np.min(bar.net, initial=0.0) for bars in groups for bar in bars))


def _title(comparison: Comparison, vendor: str) -> str:
    if vendor == ALL:
        return "All vendors"
    known = next(run for run in comparison.results if vendor in run.scenario.vendors)
    return vendor_title(known.scenario, vendor)


def _draw_bar(axes: Axes, bar: Bar, base: Bar, top: float, size: float, room: float) -> None:
    """Draw net cost, hatched credits up to the price, the 90% band of net cost, and the figures."""
    colour = SOFT if bar.is_base else BLUE
    middle = top + 0.42
    look: dict[str, Any] = {"va": "center", "size": size}
    axes.annotate(
        shortened(bar.scenario, min(room, LABELS), size), (0, middle), (-8, 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", ha="right", color=colour if not bar.is_base else INK, **look,
    )  # fmt: skip
    beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "color": INK}
    if not bar.net.size:
        axes.annotate(bar.missing, (1, middle), (10, 0), **beside, **look)
        return
    price, net = float(bar.price.mean()), float(bar.net.mean())
    low, high = np.array([top + 0.06]), np.array([top + 0.78])
    draw_boxes(axes, np.array([0.0]), np.array([net]), low, high, color=colour, alpha=0.85, zorder=2)
    draw_boxes(
        axes, np.array([min(net, price)]), np.array([max(net, price)]), low, high, facecolor="white", edgecolor=colour,
        hatch="/////", linewidth=0.8, zorder=2,
    )  # fmt: skip
    if bar.net.size > 1:
        left, right = np.percentile(bar.net, [5, 95])
        axes.hlines(middle, left, right, colors=INK, linewidth=1.6, zorder=4)
    axes.annotate(_figures(bar, base), (1, middle), (10, 0), **beside, **look)


def _figures(bar: Bar, base: Bar) -> str:
    """Return net cost, its difference from the base's, and what it is made of where there are credits."""
    price, given, net = (float(values.mean()) for values in (bar.price, bar.credits, bar.net))
    text = f"{net:,.0f}"
    if not bar.is_base and base.net.size:
        text += f" ({net - float(base.net.mean()):+,.0f})".replace("-", "−")
    if abs(given) < 0.5:
        return text
    return f"{text} = {price:,.0f} {'−' if given > 0 else '+'} {abs(given):,.0f} credits"
