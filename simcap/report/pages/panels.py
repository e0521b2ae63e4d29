"""Small panels of teams by week, and the steps from the fee to net cost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simcap.report.pages.drawing import Drawing, every, round_steps
from simcap.report.review.money import Money
from simcap.report.review.workforce import TeamReview
from simcap.report.wording.words import about, amount, compact, short_date

Array = NDArray[np.float64]
Height = Callable[[float], float]
"""Where a value is, in pixels from the top."""

WIDTH, PLOT, LEFT, RIGHT, TOP, BELOW = 340.0, 96.0, 42.0, 20.0, 8.0, 22.0
LETTER = 7.0
"""Width of a letter of a label, on the wide side."""


def hours_panel(team: TeamReview) -> Drawing:
    """Draw the hours that a team's work requires as bars, and those that it has as a line, by week."""
    drawing, step, height = _axes(
        team, f"{team.title}: {team.finding}.", max(team.required.max(), team.available.max())
    )
    for week, hours in enumerate(team.required):
        left, top = LEFT + step * week, height(float(hours))
        drawing.rect(left + 0.12 * step, top, 0.76 * step, TOP + PLOT - top, "short" if team.short[week] else "work")
        if team.short[week]:
            drawing.text(left + step / 2, TOP + PLOT - 3, "▲", "onwork", "middle")
    _steps(drawing, team.available, step, height, "line ink")
    return drawing


def heads_panel(team: TeamReview) -> Drawing:
    """Draw a team's agents as an area, its trainees on top, and the line of agents weighted by their speed."""
    first, last = (about(float(team.headcount[place])) for place in (0, -1))
    label = f"{team.title}: {first} agents after the first week, {last} after the last."
    together = team.headcount + team.in_training
    drawing, step, height = _axes(team, label, float(together.max()))
    for week in range(len(together)):
        left, width = LEFT + step * week + 0.06 * step, 0.88 * step
        heads, all_ = height(float(team.headcount[week])), height(float(together[week]))
        drawing.rect(left, heads, width, TOP + PLOT - heads, "work")
        drawing.rect(left, all_, width, heads - all_, "training")
    _steps(drawing, team.effective, step, height, "line ink")
    return drawing


def waterfall(money: Money, width: float) -> Drawing:
    """Draw net cost as a staircase of fees and credits, from top to bottom."""
    steps = [*((step.name, step.amount) for step in money.steps), ("Net cost", money.total.net)]
    drawing = Drawing(width, 34.0 * len(steps) + 6, _staircase(money))
    left = max(0.2 * width, LETTER * max(len(name) for name, _ in steps) + 8)
    room = width - left - 0.18 * width
    most = max(float(np.cumsum([part for _, part in steps[:-1]]).max(initial=1.0)), money.total.net)
    at = 0.0
    for number, (name, part) in enumerate(steps):
        begin, end = (0.0, part) if number == len(steps) - 1 else (at, at + part)
        at = end
        top = 34.0 * number + 4
        low, high = sorted((begin, end))
        look = "net" if number == len(steps) - 1 else "work" if part >= 0 else "credit"
        drawing.text(left - 8, top + 17, name, "label", "end")
        drawing.rect(left + room * low / most, top, max(room * (high - low) / most, 1.5), 24, look)
        sign = "" if part >= 0 else "−"
        drawing.text(left + room * high / most + 6, top + 17, f"{sign}{amount(abs(part))}", "label")
        if number < len(steps) - 1:
            drawing.line(left + room * at / most, top + 24, left + room * at / most, top + 34, "grid")
    return drawing


def _staircase(money: Money) -> str:
    parts = [f"{step.name} {amount(step.amount)}" for step in money.steps]
    return f"{', '.join(parts)}: net cost {amount(money.total.net)} {money.currency}."


def _axes(team: TeamReview, label: str, most: float) -> tuple[Drawing, float, Height]:
    """Return an empty panel, the width of a week, and where a value is."""
    drawing = Drawing(WIDTH, TOP + PLOT + BELOW, label)
    starts = team.windows.starts
    room = WIDTH - LEFT - RIGHT
    top = max(most * 1.06, 1.0)

    def height(value: float) -> float:
        return TOP + PLOT * (1 - value / top)

    for tick in round_steps(0.0, top, 3):
        drawing.line(LEFT, height(tick), WIDTH - RIGHT, height(tick), "grid")
        drawing.text(LEFT - 6, height(tick) + 4, compact(tick), "small", "end")
    step = room / len(starts)
    for week in every(len(starts), room, 58):
        drawing.text(LEFT + step * (week + 0.5), TOP + PLOT + 16, short_date(starts[week]), "small", "middle")
    return drawing, step, height


def _steps(drawing: Drawing, values: Array, step: float, height: Height, look: str) -> None:
    """Draw a line that is level within each week."""
    points = [
        (LEFT + step * (week + side), height(float(value))) for week, value in enumerate(values) for side in (0, 1)
    ]
    drawing.path(points, look)
