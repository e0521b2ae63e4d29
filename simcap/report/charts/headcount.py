"""Agents of every team over time: on the floor and in training."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from simcap.experiment.results import Results
from simcap.report.charts.marks import draw_flags, flags_height, flags_of, team_marks
from simcap.report.charts.panels import (
    MOST_PANELS,
    Margins,
    Panel,
    draw_key,
    draw_names,
    draw_ribbon,
    head_fits,
    make_panels,
    scale,
    shape_of,
    text_size,
    write_head,
)
from simcap.report.charts.stocks import Stock, finest, last_day, stock
from simcap.report.charts.style import SOFT, TRAINING, VENDORS, new_sheet
from simcap.report.charts.timeline import Timeline
from simcap.report.wording.findings import foot_line, headcount_finding, team_title, vendor_title
from simcap.report.wording.words import about, compact


def headcount_chart(results: Results) -> Figure:
    """Draw each team as a small multiple in the colour of its vendor."""
    scenario = results.scenario
    teams = results.layout.subjects["teams"]
    floors = [_floor(results, vendor, team) for vendor, team in teams]
    training = [stock(results, "teams", team, "in_training") for team in teams]
    titles = [team_title(scenario, vendor, team) for vendor, team in teams]
    colours = {vendor: VENDORS[number % len(VENDORS)] for number, vendor in enumerate(scenario.vendors)}
    shown = _largest(floors)
    subtitle = f"Agents at the end of each {finest(results, hours=False)}; each team has its own scale"
    if len(shown) < len(teams):
        subtitle += f"; the {len(shown)} largest of {len(teams)} teams"
    finding = headcount_finding(
        titles, [float(floor.median[0]) for floor in floors], [float(floor.median[-1]) for floor in floors],
        last_day(results, float(scenario.horizon.day_count)),
    )  # fmt: skip
    sheet = new_sheet(finding, subtitle, foot_line(results))
    shape = shape_of(len(shown))
    size = text_size(shape[1])
    room = Margins(above=0.34, left=0.042 * size, right=0.042 * size)
    made = make_panels(sheet, len(shown), shape, room)
    vendors = {vendor: vendor_title(scenario, vendor) for vendor in scenario.vendors}
    heads = [([titles[number], teams[number][1]], vendors[teams[number][0]]) for number in shown]
    named = len(vendors) > 1 and all(head_fits(*head, made[0].width, size) for head in heads)
    if len(vendors) > 1 and not named:
        draw_names(sheet, [(name, colours[vendor]) for vendor, name in vendors.items()])
    for number, panel, (names, vendor) in zip(shown, made, heads, strict=True):
        colour = colours[teams[number][0]]
        write_head(sheet, panel, names, [vendor] if named else [], size, above=0.07, colour=colour)
        _draw(results, panel, teams[number], floors[number], training[number], colour, size)
    others = [(TRAINING, "in training")] if any(one.highest for one in training) else []
    draw_key(sheet, SOFT, results.replications, what="on the floor: ", others=others)
    return sheet.figure


def _floor(results: Results, vendor: str, team: str) -> Stock:
    """Return agents on the floor; at the start the scenario states them."""
    agents = results.scenario.vendors[vendor].teams[team].agents
    return stock(results, "teams", (vendor, team), "headcount", start=None if agents is None else float(agents))


def _largest(floors: list[Stock]) -> list[int]:
    """Return the teams to draw, in their order: the largest if there are too many."""
    ranked = sorted(range(len(floors)), key=lambda number: -floors[number].highest)
    return sorted(ranked[:MOST_PANELS])


def _draw(
    results: Results, panel: Panel, team: tuple[str, ...], floor: Stock, training: Stock, colour: str, size: float
) -> None:
    axes = panel.axes
    timeline = Timeline.of(results.scenario)
    flags = flags_of(team_marks(results.scenario, team[0], team[1], timeline), timeline, panel.width, size - 1)
    highest = max(floor.highest, training.highest, 1.0)
    foot = flags_height(flags, size - 1)
    scale(panel, 0.0, 1.06 * highest, compact, size, foot=foot, integer=True, most=4)
    draw_ribbon(axes, floor.at, floor.points, colour)
    if training.highest > 0:
        draw_ribbon(axes, training.at, training.points, TRAINING, width=1.4)
    end = floor.median[-1]
    if np.isfinite(end):
        axes.annotate(
            about(end), (1, end), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            size=size, weight="bold", color=colour, va="center", annotation_clip=False,
        )  # fmt: skip
    draw_flags(panel, flags, size - 1)
    timeline.draw(axes, panel.width, labels=panel.is_lowest, size=size)
