"""Agents of every team over time: on the floor and in training."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simcap.analysis.measures import ratio
from simcap.analysis.risks import HEADCOUNT_MARGIN, planned_headcount
from simcap.experiment.results import Results
from simcap.report.charts.marks import draw_flags, flags_height, flags_of, team_marks
from simcap.report.charts.panels import (
    DATES,
    Kind,
    Margins,
    Panel,
    draw_key,
    draw_names,
    draw_ribbon,
    head_fits,
    make_panels,
    scale,
    shape_of,
    sheets_of,
    text_size,
    which_of,
    write_head,
)
from simcap.report.charts.stocks import Stock, finest, last_day, stock
from simcap.report.charts.style import INK, SOFT, TRAINING, VENDORS, new_sheet
from simcap.report.charts.timeline import Timeline
from simcap.report.wording.findings import foot_line, headcount_finding, team_title, vendor_title
from simcap.report.wording.words import about, compact

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Roll:
    """The agents of one team over time."""

    vendor: str
    team: str
    title: str
    floor: Stock
    training: Stock
    planned: Array
    """[week] stated agents, planned graduates, changes and transfers, at its end."""
    gap: float
    """Largest share of the planned agents that the median lacks at the end of a week."""


def headcount_charts(results: Results) -> Iterator[Figure]:
    """Draw each team as a small multiple, on one sheet or, those furthest below their plan first, on a few."""
    rolls = sorted((_roll(results, *team) for team in results.layout.subjects["teams"]), key=lambda roll: -roll.gap)
    sheets = sheets_of(range(len(rolls)))
    for number, shown in enumerate(sheets):
        which = which_of("team", number, sheets, len(rolls), order="furthest below plan")
        yield _sheet(results, [rolls[one] for one in shown], which)


def _sheet(results: Results, rolls: list[Roll], which: str) -> Figure:
    """Draw one sheet."""
    scenario = results.scenario
    colours = {vendor: VENDORS[number % len(VENDORS)] for number, vendor in enumerate(scenario.vendors)}
    subtitle = f"Agents at the end of each {finest(results, hours=False)}; each team has its own scale{which}"
    sheet = new_sheet(_finding(results, rolls), subtitle, foot_line(results))
    shape = shape_of(len(rolls))
    size = text_size(shape[1])
    room = Margins(above=0.36, left=0.05 * size, right=0.042 * size, below=DATES)
    made = make_panels(sheet, len(rolls), shape, room)
    vendors = {vendor: vendor_title(scenario, vendor) for vendor in scenario.vendors}
    heads = [([roll.title, roll.team], vendors[roll.vendor]) for roll in rolls]
    named = len(vendors) > 1 and all(head_fits(*head, made[0].width, size) for head in heads)
    if len(vendors) > 1 and not named:
        draw_names(sheet, [(name, colours[vendor]) for vendor, name in vendors.items()])
    for roll, panel, (names, vendor) in zip(rolls, made, heads, strict=True):
        write_head(sheet, panel, names, [vendor] if named else [], size, above=0.09, colour=colours[roll.vendor])
        _draw(results, panel, roll, colours[roll.vendor], size)
    others: list[tuple[Kind, str]] = [("planned", "planned")]
    if any(roll.training.highest for roll in rolls):
        others.append((TRAINING, "in training"))
    draw_key(sheet, SOFT, results.replications, what="on the floor: ", others=others)
    return sheet.figure


def _roll(results: Results, vendor: str, team: str) -> Roll:
    planned = planned_headcount(results.scenario, vendor, team, results.layout)
    median = np.median(results.figures.of("teams", "week", (vendor, team), "headcount"), axis=0)
    gap = ratio(planned - median, planned)
    return Roll(
        vendor,
        team,
        team_title(results.scenario, vendor, team),
        _floor(results, vendor, team),
        stock(results, "teams", (vendor, team), "in_training"),
        planned,
        float(np.nanmax(gap)) if np.isfinite(gap).any() else 0.0,
    )


def _finding(results: Results, rolls: list[Roll]) -> str:
    """Say which team falls furthest below its plan, and how many do; if none does, how headcount changes."""
    below = [roll for roll in rolls if roll.gap >= HEADCOUNT_MARGIN]
    if len(below) == 1:
        return f"{below[0].title} falls {below[0].gap:.0%} below its planned agents"
    if below:
        share = f"{len(below)} of {len(rolls)} teams fall {HEADCOUNT_MARGIN:.0%} or more below their planned agents"
        return f"{share}; {below[0].title} most, by {below[0].gap:.0%}"
    starts, ends = ([float(roll.floor.median[place]) for roll in rolls] for place in (0, -1))
    on = last_day(results, float(results.scenario.horizon.day_count))
    return headcount_finding([roll.title for roll in rolls], starts, ends, on)


def _floor(results: Results, vendor: str, team: str) -> Stock:
    """Return agents on the floor; at the start the scenario states them."""
    agents = results.scenario.vendors[vendor].teams[team].agents
    return stock(results, "teams", (vendor, team), "headcount", start=None if agents is None else float(agents))


def _draw(results: Results, panel: Panel, roll: Roll, colour: str, size: float) -> None:
    axes, floor, training = panel.axes, roll.floor, roll.training
    timeline = Timeline.of(results.scenario)
    flags = flags_of(
        team_marks(results.scenario, roll.vendor, roll.team, timeline), timeline, panel.width, size - 1, panel.height
    )
    highest = max(floor.highest, training.highest, float(roll.planned.max()), 1.0)
    foot = flags_height(flags, size - 1)
    scale(panel, 0.0, 1.06 * highest, compact, size, foot=foot, integer=True, most=4, unit="agents")
    draw_ribbon(axes, floor.at, floor.points, colour)
    edges = timeline.edges(results.layout.windows["week"])
    axes.step(edges[1:], roll.planned, color=INK, linewidth=1.1, linestyle=(0, (1, 1.5)), where="pre", zorder=5)
    if training.highest > 0:
        draw_ribbon(axes, training.at, training.points, TRAINING, width=1.4)
    end = floor.median[-1]
    if np.isfinite(end):
        axes.annotate(
            about(end), (1, end), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            size=size, weight="bold", color=colour, va="center", annotation_clip=False,
        )  # fmt: skip
    draw_flags(panel, flags, size - 1)
    timeline.draw(axes, panel.width, size=size)
