"""Small multiples on a sheet, and the fans that they hold."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from simcap.report.charts.style import FOOT_SIZE, INK, MARGIN, RISK, RULE, SOFT, WIDTH, Sheet, shortened, text_width

Array = NDArray[np.float64]

PER_SHEET = 9
"""Most panels on a sheet that can be read."""
MOST_SHEETS = 2
"""Most sheets of one chart; what is left out is counted on them."""
UNDER = 0.32
"""Inches for the labels of the time axis."""
MARKERS = {"lowest": "v", "outside": "D"}
"""Marks of what deserves a look, by kind."""
DATES = 0.34
"""The same where each panel has labels of its own."""
BANDS = ((0, 4, 0.20), (1, 3, 0.34))
"""Low and high percentile, and opacity, of the 90% and the 50% band."""
WITHOUT_MODEL: dict[str, Any] = {"color": "#8a929b", "linewidth": 1.2, "linestyle": (0, (2, 1.4))}
"""The line of a rule without a model."""


@dataclasses.dataclass(frozen=True)
class Panel:
    """One of the small multiples: its axes and their place in inches."""

    axes: Axes
    left: float
    bottom: float
    width: float
    height: float
    is_lowest: bool
    """Whether there is no panel below, so that it carries the labels of the time axis."""


@dataclasses.dataclass(frozen=True)
class Fill:
    """How an area looks: areas differ in hatching as well as in colour."""

    colour: str
    hatch: str = ""

    @property
    def look(self) -> dict[str, Any]:
        """Return the arguments for a patch."""
        if not self.hatch:
            return {"facecolor": self.colour, "edgecolor": "none", "linewidth": 0}
        return {"facecolor": "white", "edgecolor": self.colour, "hatch": self.hatch, "linewidth": 0.6}


Kind = str | Fill
"""What a key shows a sample of: a part of a fan by name, a line by its colour, or an area."""


@dataclasses.dataclass(frozen=True)
class Margins:
    """Inches around the axes of each panel."""

    above: float
    left: float
    below: float = 0.12
    right: float = 0.25


def shape_of(count: int) -> tuple[int, int]:
    """Return (rows, columns) for a number of panels: few empty cells, each somewhat wider than high."""
    if count <= 3:
        return 1, max(count, 1)
    fewest, most = math.ceil(math.sqrt(0.8 * count)), math.ceil(math.sqrt(1.8 * count))
    columns = min(range(fewest, most + 1), key=lambda n: (-count % n, abs(n - math.sqrt(1.25 * count))))
    return math.ceil(count / columns), columns


def sheets_of(ranked: Sequence[int], most: int = PER_SHEET) -> list[list[int]]:
    """Return what each sheet shows, `most` at most, of things in the order of their weight: sheets of like size."""
    shown = list(ranked[: most * MOST_SHEETS])
    count = max(math.ceil(len(shown) / most), 1)
    size = max(math.ceil(len(shown) / count), 1)
    return [shown[begin : begin + size] for begin in range(0, max(len(shown), 1), size)]


def which_of(noun: str, sheet: int, sheets: list[list[int]], count: int, *, order: str = "") -> str:
    """Say which of many panels a sheet has: "; queues 10 to 18 of 42, the largest first, 24 not shown"."""
    if len(sheets) == 1 and len(sheets[0]) == count:
        return ""
    first = sum(map(len, sheets[:sheet])) + 1
    left = count - sum(map(len, sheets))
    hidden = f", {left} not shown" if left else ""
    told = f", {order} first" if order else ""
    return f"; {noun}s {first} to {first + len(sheets[sheet]) - 1} of {count}{told}{hidden}"


def make_panels(sheet: Sheet, count: int, shape: tuple[int, int], room: Margins) -> list[Panel]:
    """Return a number of panels, row by row, in a grid that fills the sheet."""
    rows, columns = shape
    cell_width = (WIDTH - 2 * MARGIN) / columns
    cell_height = (sheet.top - sheet.bottom - UNDER) / rows
    width, height = cell_width - room.left - room.right, cell_height - room.above - room.below
    made = []
    for number in range(count):
        row, column = divmod(number, columns)
        left = MARGIN + column * cell_width + room.left
        bottom = sheet.bottom + UNDER + (rows - 1 - row) * cell_height + room.below
        axes = sheet.axes(left, bottom, width, height)
        made.append(Panel(axes, left, bottom, width, height, number + columns >= count))
    return made


def text_size(columns: int) -> float:
    """Return the size of the text in panels of so many columns."""
    return 10.0 if columns <= 2 else 9.0 if columns <= 4 else 8.0 if columns <= 6 else 7.0


def write_head(
    sheet: Sheet,
    panel: Panel,
    names: Sequence[str],
    notes: Sequence[str],
    size: float,
    *,
    above: float,
    colour: str = INK,
) -> None:
    """Write the first name that fits above a panel's axes, followed by the first note that fits."""
    at = panel.bottom + panel.height + above
    shown = _fitting_name(names, panel.width, size)
    sheet.write(panel.left, at, shown, size=size, weight="bold", color=colour, va="bottom")
    used = text_width(shown, size, bold=True) + 0.12
    note = next((note for note in notes if text_width(note, size) <= panel.width - used), "")
    if note:
        sheet.write(panel.left + used, at, note, size=size, color=SOFT, va="bottom")


def head_fits(names: Sequence[str], note: str, room: float, size: float) -> bool:
    """Say whether a name and the note after it fit into a width in inches."""
    shown = _fitting_name(names, room, size)
    return text_width(shown, size, bold=True) + 0.12 + text_width(note, size) <= room


def _fitting_name(names: Sequence[str], room: float, size: float) -> str:
    fitting = (name for name in names if text_width(name, size, bold=True) <= room)
    return next(fitting, None) or shortened(names[0], room, size, bold=True)


def draw_names(sheet: Sheet, names: Sequence[tuple[str, str]]) -> None:
    """Write names in their colours at the right of the line below the title, as many as fit."""
    left = sheet.used + 0.3
    for name, colour in names:
        width = text_width(name, 10, bold=True)
        if left + width > WIDTH - MARGIN:
            return
        sheet.write(left, sheet.top + 0.045, name, size=10, weight="bold", color=colour, va="bottom")
        left += width + 0.25


def scale(
    panel: Panel,
    low: float,
    high: float,
    label: Callable[[float], str],
    size: float,
    *,
    foot: float,
    integer: bool = False,
    most: int = 5,
    unit: str = "",
) -> None:
    """Set the vertical axis to a range above `foot` free inches, with a few round labels, and its unit above them."""
    free = (high - low) * foot / max(panel.height - foot, 0.1)
    panel.axes.set_ylim(low - free, high)
    count = max(min(most, int(panel.height / 0.3)), 1)
    places = MaxNLocator(count, steps=[1, 2, 2.5, 5, 10], integer=integer)
    ticks = [float(tick) for tick in places.tick_values(low, high) if low - 1e-9 <= tick <= high + 1e-9]
    panel.axes.set_yticks(ticks, [label(tick) for tick in ticks], size=size)
    panel.axes.grid(axis="y", color=RULE, linewidth=0.7, zorder=0)
    if unit:
        panel.axes.annotate(
            unit, (0, 1), (-5, 5), xycoords="axes fraction", textcoords="offset points", size=size - 1, color=SOFT,
            ha="right", va="bottom", annotation_clip=False,
        )  # fmt: skip


def draw_key(
    sheet: Sheet,
    colour: str,
    replications: int,
    *,
    what: str = "",
    of: str = "replications",
    others: Sequence[tuple[Kind, str]] = (),
) -> None:
    """Explain median and bands at the foot of the sheet, from the right; `others` are (kind, text) before them."""
    fan: list[tuple[Kind, str]] = [("median", f"{what}median"), ("50", f"50% of {of}"), ("90", "90%")]
    write_key(sheet, [*others, *(fan if replications > 1 else [("median", f"{what}the replication")])], colour)


def write_key(sheet: Sheet, kinds: Sequence[tuple[Kind, str]], colour: str = INK) -> None:
    """Explain marks at the foot of the sheet, from the right."""
    at, size = WIDTH - MARGIN, FOOT_SIZE
    for kind, text in reversed(kinds):
        at -= text_width(text, size)
        sheet.write(at, 0.24, text, size=size, color=SOFT, va="bottom")
        at -= 0.36
        for artist in _swatch(kind, at, colour):
            artist.set_transform(sheet.figure.dpi_scale_trans)
            sheet.figure.add_artist(artist)
        at -= 0.2
    sheet.end_foot(at)


def key_above(sheet: Sheet, kinds: Sequence[tuple[Kind, str]]) -> Sheet:
    """Explain marks in a line above the panels, its texts cut if they are too long; return the sheet below it."""
    size, left, bottom = 9.5, MARGIN, sheet.top - 0.2
    whole = sum(text_width(text, size) + 0.6 for _, text in kinds)
    room = math.inf if whole <= WIDTH - 2 * MARGIN else (WIDTH - 2 * MARGIN) / len(kinds) - 0.6
    for kind, text in kinds:
        for artist in _swatch(kind, left, INK, bottom):
            artist.set_transform(sheet.figure.dpi_scale_trans)
            sheet.figure.add_artist(artist)
        shown = shortened(text, room, size)
        sheet.write(left + 0.36, bottom, shown, size=size, color=SOFT, va="bottom")
        left += 0.36 + text_width(shown, size) + 0.24
    return dataclasses.replace(sheet, top=bottom - 0.08)


def _swatch(kind: Kind, left: float, colour: str, bottom: float = 0.237) -> list[Artist]:
    """Return what a sample of a kind is drawn with, in inches."""
    width, height = 0.3, 0.11
    if isinstance(kind, Fill):
        return [Rectangle((left, bottom), width, height, **kind.look)]
    if kind in ("90", "50"):
        look: dict[str, Any] = {"color": colour, "linewidth": 0}
        return [Rectangle((left, bottom), width, height, alpha=band[2], **look) for band in BANDS[: 1 + (kind == "50")]]
    if kind == "partial":
        return [
            Rectangle((left, bottom), width, height, facecolor="none", edgecolor="#c4cad1", hatch="////", linewidth=0)
        ]
    lines: dict[str, dict[str, Any]] = {
        "median": {"color": colour, "linewidth": 2},
        "target": {"color": INK, "linewidth": 1.1, "linestyle": (0, (4, 2))},
        "planned": {"color": INK, "linewidth": 1.1, "linestyle": (0, (1, 1.5))},
        "rule": WITHOUT_MODEL,
    }
    middle = bottom + height / 2
    if kind in MARKERS:
        return [Line2D([left + width / 2], [middle], color=RISK, marker=MARKERS[kind], markersize=5)]
    return [Line2D([left, left + width], [middle, middle], **lines.get(kind, {"color": kind, "linewidth": 1.6}))]


# -- fans -------------------------------------------------------------------------------------------------------------


def draw_boxes(axes: Axes, left: Array, right: Array, low: Array, high: Array, **look: Any) -> None:
    """Draw rectangles as one collection."""
    corners = np.stack([np.stack([left, left, right, right], axis=1), np.stack([low, high, high, low], axis=1)], axis=2)
    axes.add_collection(PolyCollection(list(corners), **({"linewidth": 0} | look)), autolim=False)


def draw_columns(axes: Axes, left: Array, right: Array, **look: Any) -> None:
    """Draw rectangles from the bottom to the top of axes."""
    zeros = np.zeros_like(left)
    draw_boxes(axes, left, right, zeros, zeros + 1, transform=axes.get_xaxis_transform(), **look)


def draw_steps(axes: Axes, edges: Array, points: Array, colour: str, *, half: float) -> None:
    """Draw the fan of windows: bands and a median that span the whole of each window.

    `points` are percentiles by window; `half` is half of the gap between two.
    """
    exists = np.isfinite(points[2])
    left, right = (edges[:-1] + half)[exists], (edges[1:] - half)[exists]
    for low, high, opacity in BANDS:
        draw_boxes(axes, left, right, points[low][exists], points[high][exists], color=colour, alpha=opacity, zorder=2)
    axes.hlines(points[2][exists], left, right, colors=colour, linewidth=2.2, zorder=4)


def draw_ribbon(axes: Axes, at: Array, points: Array, colour: str, *, width: float = 1.8) -> None:
    """Draw a fan from point to point: bands and a median; a point without neighbours stands alone."""
    exists = np.isfinite(points[2])
    for low, high, opacity in BANDS:
        axes.fill_between(
            at, points[low], points[high], where=exists, color=colour, alpha=opacity, linewidth=0, zorder=2
        )
    axes.plot(at, points[2], color=colour, linewidth=width, zorder=4, solid_capstyle="round")
    for place in np.flatnonzero(_is_alone(exists)):
        for low, high, opacity in BANDS:
            axes.vlines(at[place], points[low][place], points[high][place], colors=colour, linewidth=6, alpha=opacity)
        axes.plot(at[place], points[2][place], "o", color=colour, markersize=4, zorder=4, clip_on=False)


def _is_alone(exists: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which points have no neighbour, so that a line would not show them."""
    padded = np.concatenate([[False], exists, [False]])
    return np.asarray(exists & ~padded[:-2] & ~padded[2:])
