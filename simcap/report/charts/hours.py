"""Hours that each team's work requires against those that it has, by week."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from simcap.analysis.risks import BUSY
from simcap.experiment.results import Results
from simcap.report.charts.panels import (
    DATES,
    Fill,
    Kind,
    Margins,
    Panel,
    draw_boxes,
    make_panels,
    scale,
    shape_of,
    sheets_of,
    text_size,
    which_of,
    write_head,
    write_key,
)
from simcap.report.charts.style import INK, RISK, new_sheet
from simcap.report.charts.timeline import Timeline
from simcap.report.review.workforce import TeamReview, hours_finding, teams_of
from simcap.report.wording.findings import foot_line
from simcap.report.wording.words import compact

REQUIRED, SHORT = Fill("#9dc0de"), Fill(RISK, "////")


def hours_charts(results: Results) -> Iterator[Figure]:
    """Draw required against available hours of each team, shortest first; not of those with enough."""
    every = teams_of(results)
    teams = sorted((team for team in every if team.short.any()), key=_badness)
    sheets = sheets_of(range(len(teams)))
    for number, shown in enumerate(sheets if teams else []):
        which = which_of("team", number, sheets, len(teams), order="shortest of hours")
        enough = len(every) - len(teams)
        which += f"; {enough} more {'has' if enough == 1 else 'have'} enough" if enough else ""
        yield _sheet(results, tuple(every), [teams[one] for one in shown], which)


def _badness(team: TeamReview) -> tuple[int, float]:
    return -int(team.short.sum()), -float((team.required - team.available).max())


def _sheet(results: Results, every: tuple[TeamReview, ...], teams: list[TeamReview], which: str) -> Figure:
    subtitle = (
        f"Hours a week on the floor: bars are what the work done requires at {BUSY:.0%} occupancy, the line what "
        f"there is; means over replications{which}"
    )
    sheet = new_sheet(hours_finding(every), subtitle, foot_line(results))
    shape = shape_of(len(teams))
    size = text_size(shape[1])
    room = Margins(above=0.36, left=0.055 * size, below=DATES)
    for team, panel in zip(teams, make_panels(sheet, len(teams), shape, room), strict=True):
        note = f"short in {int(team.short.sum())} of {len(team.short)} weeks"
        write_head(sheet, panel, [team.title, team.name], [note], size, above=0.09)
        _draw(Timeline.of(results.scenario), panel, team, size)
    kinds: list[tuple[Kind, str]] = [
        (REQUIRED, "required"),
        (SHORT, "required, more than available"),
        (INK, "available"),
    ]
    write_key(sheet, kinds)
    return sheet.figure


def _draw(timeline: Timeline, panel: Panel, team: TeamReview, size: float) -> None:
    edges = timeline.edges(team.windows)
    top = max(float(team.required.max()), float(team.available.max()), 1.0)
    scale(panel, 0.0, 1.06 * top, compact, size, foot=0.0, most=4, unit="hours")
    gap = 0.12 * float(np.diff(edges).min())
    for fill, chosen in ((REQUIRED, ~team.short), (SHORT, team.short)):
        heights = team.required[chosen]
        draw_boxes(
            panel.axes, edges[:-1][chosen] + gap, edges[1:][chosen] - gap, np.zeros_like(heights), heights,
            zorder=2, **fill.look,
        )  # fmt: skip
    panel.axes.stairs(team.available, edges, color=INK, linewidth=1.6, baseline=None, zorder=4)
    timeline.draw(panel.axes, panel.width, size=size, edges=edges)
