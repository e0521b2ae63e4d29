"""Who is new and who leaves: by team and week those who reach the floor, those who leave, and who is still new."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

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
from simcap.report.review.workforce import TeamReview, teams_of
from simcap.report.wording.findings import foot_line
from simcap.report.wording.words import about, compact, in_window

Array = NDArray[np.float64]

NEW_WEEKS = 8
"""Weeks for which somebody who has joined counts as new."""
SOME = 0.05
"""A smaller share of new people is not worth a picture."""
JOIN, LEAVE = Fill("#00866a"), Fill(RISK, "////")


@dataclasses.dataclass(frozen=True)
class Cohort:
    """The people of one team who come and go."""

    team: TeamReview
    new: Array
    """[week] people who joined within the last weeks, at its end: the mean, without those who have left since."""

    @property
    def share(self) -> Array:
        """Return [week] the share of new people in the headcount, at most all of it."""
        heads = self.team.headcount
        return np.minimum(np.divide(self.new, heads, out=np.zeros_like(heads), where=heads > 0), 1.0)

    @property
    def has_new(self) -> bool:
        """Say whether at some time at least one person in twenty is new."""
        return bool(self.share.max() >= SOME)


def cohort_charts(results: Results) -> Iterator[Figure]:
    """Draw who joins and who leaves each team by week, most new people first; not of those without any."""
    every = [_cohort(team) for team in teams_of(results)]
    cohorts = sorted((one for one in every if one.has_new), key=lambda one: -float(one.share.max()))
    sheets = sheets_of(range(len(cohorts)))
    for number, shown in enumerate(sheets if cohorts else []):
        which = which_of("team", number, sheets, len(cohorts), order="most new people")
        left = len(every) - len(cohorts)
        which += f"; {left} more only {'loses' if left == 1 else 'lose'} people" if left else ""
        yield _sheet(results, [cohorts[one] for one in shown], which)


def _cohort(team: TeamReview) -> Cohort:
    """Return a team's cohorts; who leaves is as likely to be new as anybody else."""
    heads, new = team.headcount, np.zeros_like(team.headcount)
    for week in range(len(new)):
        stay = 1.0
        for begin in range(week, max(week - NEW_WEEKS, -1), -1):
            new[week] += team.hires[begin] * stay
            stay *= 1 - min(team.leavers[begin] / max(heads[begin] + team.leavers[begin], 1.0), 1.0)
    return Cohort(team, new)


def _sheet(results: Results, cohorts: Sequence[Cohort], which: str) -> Figure:
    subtitle = (
        f"Agents who reach the floor and who leave each week, means over replications; the line: agents in their first "
        f"{NEW_WEEKS} weeks{which}"
    )
    sheet = new_sheet(_finding(cohorts), subtitle, foot_line(results))
    shape = shape_of(len(cohorts))
    size = text_size(shape[1])
    room = Margins(above=0.36, left=0.055 * size, below=DATES)
    for cohort, panel in zip(cohorts, make_panels(sheet, len(cohorts), shape, room), strict=True):
        most = f"up to {cohort.share.max():.0%} new"
        write_head(sheet, panel, [cohort.team.title, cohort.team.name], [most], size, above=0.09)
        _draw(Timeline.of(results.scenario), panel, cohort, size)
    kinds: list[tuple[Kind, str]] = [
        (JOIN, "reach the floor"),
        (LEAVE, "leave"),
        (INK, f"in their first {NEW_WEEKS} weeks"),
    ]
    write_key(sheet, kinds)
    return sheet.figure


def _finding(cohorts: Sequence[Cohort]) -> str:
    """Say where most people are new at once, and when."""
    first = cohorts[0]
    week = int(np.argmax(first.new))
    new, heads = (about(float(of[week])) for of in (first.new, first.team.headcount))
    when = in_window("week", first.team.windows.starts[week])
    more = ", a larger share than in any other team" if len(cohorts) > 1 else ""
    return f"{new} of the {heads} agents of {first.team.title} are new {when}{more}"


def _draw(timeline: Timeline, panel: Panel, cohort: Cohort, size: float) -> None:
    """Draw joiners upwards and leavers downwards from zero."""
    team = cohort.team
    edges = timeline.edges(team.windows)
    top = max(float(team.hires.max()), float(cohort.new.max()), 1.0)
    low = -float(team.leavers.max())
    scale(panel, 1.1 * low, 1.08 * top, lambda tick: compact(abs(tick)), size, foot=0.0, most=4, unit="agents")
    gap, zeros = 0.15 * float(np.diff(edges).min()), np.zeros_like(team.hires)
    draw_boxes(panel.axes, edges[:-1] + gap, edges[1:] - gap, zeros, team.hires, zorder=2, **JOIN.look)
    draw_boxes(panel.axes, edges[:-1] + gap, edges[1:] - gap, -team.leavers, zeros, zorder=2, **LEAVE.look)
    panel.axes.axhline(0, color=INK, linewidth=0.6, zorder=3)
    panel.axes.plot(edges[1:], cohort.new, color=INK, linewidth=1.6, marker="o", markersize=2.5, zorder=4)
    timeline.draw(panel.axes, panel.width, size=size, edges=edges)
