"""The curve of an SLA: attainment by window with its bands, the target, and the chance of a miss of each window."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.report.pages.drawing import Drawing, cut, every, round_steps
from simcap.report.wording.sentences import AT_RISK
from simcap.report.wording.words import chance, short_window, target_share
from simcap.scenario.grid import Windows

Array = NDArray[np.float64]
Height = Callable[[float], float]
"""Where a value is, in pixels from the top."""

WIDE, NARROW = 760.0, 340.0
LEFT, STRIP, PLOT, BELOW = 46.0, 34.0, 170.0, 40.0
BADGE = 13.0
"""Pixels that the number of an event takes."""
ROOMY = 500.0
"""Narrower figures name the target by its share alone."""
SHADES = (0.0, 0.1, 0.25, 0.5, 0.75)
"""Chances from which a cell has the next darker shade."""


@dataclasses.dataclass(frozen=True)
class Fan:
    """Attainment by window: 5, 25, 50, 75 and 95% of replications, and the chance of a miss."""

    points: Array
    chance: Array
    look: str = "a"
    """Which of the colours: a, or b for the other one of two."""
    anchored: Sequence[float] = ()
    """Anchored attainment by window, NaN where there is none; empty if there is none at all."""


def attainment_figure(
    fans: Sequence[Fan], windows: Windows, target: float, label: str, width: float, marks: Sequence[float] = ()
) -> Drawing:
    """Draw the curves of one SLA, two to compare them; `marks` are places of numbered events in windows."""
    rows = len(fans)
    top = STRIP + 20 * (rows - 1)
    drawing = Drawing(width, top + PLOT + BELOW, label)
    count = len(windows.cells)
    right = 80.0 if width > ROOMY else 44.0
    room = width - LEFT - right
    step = room / count
    low = _lowest(fans, target)

    def height(share: float) -> float:
        return top + PLOT * (1 - (share - low) / (1.002 - low))

    drawing.text(LEFT, 11, "Chance of a miss, %", "small")
    for number, fan in enumerate(fans):
        _strip(drawing, fan, windows, 16 + 20 * number, step)
    for share in round_steps(100 * low, 100, 5):
        drawing.line(LEFT, height(share / 100), LEFT + room, height(share / 100), "grid")
        drawing.text(LEFT - 6, height(share / 100) + 4, f"{share:g}%", "small", "end")
    for number, fan in enumerate(fans):
        _fan(drawing, fan, step, height, (number, rows))
    drawing.line(LEFT, height(target), LEFT + room, height(target), "target")
    named = f"target {target_share(target)}" if width > ROOMY else target_share(target)
    drawing.text(LEFT + room + 5, height(target) + 4, named, "label strong")
    _events(drawing, [LEFT + step * place for place in marks], top)
    names = [short_window(windows.period, start) for start in windows.starts]
    for window in every(count, room, 6.2 * max(map(len, names)) + 6):
        drawing.text(LEFT + step * (window + 0.5), top + PLOT + 34, cut(names[window], 80, 11), "small", "middle")
    return drawing


def _lowest(fans: Sequence[Fan], target: float) -> float:
    points = np.concatenate([part for fan in fans for part in (fan.points.ravel(), np.array(fan.anchored, float))])
    lowest = min(target, float(np.nanmin(points)) if np.isfinite(points).any() else target)
    return max(math.floor((lowest - 0.01) * 20) / 20, 0.0)


def _events(drawing: Drawing, places: Sequence[float], top: float) -> None:
    """Draw a numbered line for each event; one close to that before it has its number a line lower."""
    low, before = False, -BADGE
    for number, at in enumerate(places, 1):
        low, before = at - before < BADGE and not low, at
        drawing.line(at, top, at, top + PLOT, "event")
        drawing.text(at, top + PLOT + (19 if low else 10), str(number), "badge", "middle")


def _strip(drawing: Drawing, fan: Fan, windows: Windows, top: float, step: float) -> None:
    """Draw a cell for each window: its shade and its number are the chance of a miss."""
    for window, value in enumerate(fan.chance):
        if not np.isfinite(value):
            continue
        shade = sum(value >= least for least in SHADES) - (value == 0)
        left = LEFT + step * window
        name = short_window(windows.period, windows.starts[window])
        drawing.rect(left + 1, top, step - 2, 16, f"c{shade}", f"{name}: {chance(float(value))}")
        if step >= 17:
            drawing.text(
                left + step / 2,
                top + 12,
                chance(float(value)).rstrip("%"),
                f"{'small' if step >= 24 else 'tiny'} on{shade}",
                "middle",
            )


def _fan(drawing: Drawing, fan: Fan, step: float, height: Height, place: tuple[int, int]) -> None:
    """Draw bands and median of each window, side by side where two are compared."""
    number, rows = place
    part = (step - max(0.12 * step, 1.0)) / rows
    for window in range(fan.points.shape[1]):
        points = fan.points[:, window]
        if not np.isfinite(points[2]):
            continue
        left = LEFT + step * window + max(0.06 * step, 0.5) + part * number
        risky = np.isfinite(fan.chance[window]) and fan.chance[window] >= AT_RISK
        p05, p25, p50, p75, p95 = (height(float(point)) for point in points)
        drawing.rect(left, p95, part, max(p05 - p95, 0.8), f"band90 {fan.look}")
        drawing.rect(left, p75, part, max(p25 - p75, 0.8), f"band50 {fan.look}")
        drawing.line(left, p50, left + part, p50, f"median {fan.look}")
        if fan.anchored and np.isfinite(fan.anchored[window]):
            at = height(fan.anchored[window])
            drawing.line(left, at, left + part, at, "anchored")
        if risky:
            drawing.text(left + part / 2, min(p05 + 13, STRIP + 20 * (rows - 1) + PLOT - 3), "▲", "flag", "middle")
