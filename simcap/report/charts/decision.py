"""The decision table as a picture: options in rows, and what each loses, wins, risks, costs and takes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from simcap.experiment.comparison import Comparison
from simcap.report.charts.style import HEIGHT, INK, MARGIN, RISK, RULE, SOFT, WIDTH, Sheet, new_sheet, wrapped
from simcap.report.review.options import Option, comparison_review
from simcap.report.wording.findings import foot_line
from simcap.report.wording.words import DASH, plural

MOST_OPTIONS = 6
"""Most rows, the base among them."""
MOST_LISTED = 4
"""Most SLAs in a cell."""
GAIN = "#00664f"
LINE = 1.32
"""Height of a line of text, as a share of its size."""


@dataclasses.dataclass(frozen=True)
class DecisionCell:
    """A text with its look."""

    text: str
    colour: str = INK
    weight: str = "normal"


HEADS = ("Option", "Service lost", "Service won", "Any miss", "Net cost", "Extra cost", "Worst week", "Takes")
SHARES = (0.12, 0.15, 0.13, 0.11, 0.13, 0.11, 0.11, 0.14)
"""Shares of the width; they add up to one."""


def decision_chart(comparison: Comparison) -> Figure:
    """Draw the decision table of a comparison, the base first."""
    review = comparison_review(comparison, ())
    shown = review.options[:MOST_OPTIONS]
    left = len(review.options) - len(shown)
    more = f"; {plural(left, 'more option')} in the tables" if left else ""
    money = f"; money in {review.currency} over the horizon" if review.currency else ""
    subtitle = (
        f"Each option against the base on the same draws; in brackets 95% intervals, for net cost 90% of "
        f"replications{money}{more}"
    )
    sheet = new_sheet(_finding(review.variants), subtitle, foot_line(comparison.base))
    _draw(sheet, [_cells(option, place) for place, option in enumerate(shown)])
    return sheet.figure


def _finding(options: Sequence[Option]) -> str:
    """Say which options lose service, and which win some without a loss."""
    losing = [option.name for option in options if option.lost]
    gaining = [option.name for option in options if option.won and not option.lost]
    one = len(options) == 1
    if one:
        (option,) = options
        lost, won = (plural(len(names), "SLA") if names else "no SLA" for names in (option.lost, option.won))
        if not option.lost and not option.won:
            return f"No SLA of {option.name} differs from the base’s beyond chance"
        return f"{option.name}: {lost} certainly worse than in the base, {won} certainly better"
    return (
        f"{len(losing)} of {len(options)} options certainly lose service"
        + (f"; {gaining[0]} wins some without a loss" if len(gaining) == 1 else "")
        + (f"; {len(gaining)} win some without a loss" if len(gaining) > 1 else "")
    )


def _cells(option: Option, place: int) -> list[DecisionCell]:
    """Return the cells of a row; marks tell losses and gains without colour."""
    is_base = place == 0
    name = f"{option.name} (base)" if is_base else option.name
    return [
        DecisionCell(name, weight="bold"),
        DecisionCell(_listed(option.lost, "▼", is_base=is_base), RISK if option.lost else SOFT),
        DecisionCell(_listed(option.won, "▲", is_base=is_base), GAIN if option.won else SOFT),
        DecisionCell(option.any_miss),
        DecisionCell(option.net_cost),
        DecisionCell(option.extra or DASH),
        DecisionCell(option.worst),
        DecisionCell(option.takes, SOFT),
    ]


def _listed(names: Sequence[str], mark: str, *, is_base: bool) -> str:
    if not names:
        return DASH if is_base else "none"
    more = [f"and {len(names) - MOST_LISTED} more"] if len(names) > MOST_LISTED else []
    return "\n".join([*(f"{mark} {name}" for name in names[:MOST_LISTED]), *more])


def _draw(sheet: Sheet, rows: Sequence[Sequence[DecisionCell]]) -> None:
    """Write the table in the largest size in which it fits."""
    room = WIDTH - 2 * MARGIN
    widths = [share * room for share in SHARES]
    free = sheet.top - sheet.bottom - 0.5
    for size in (12.0, 11.0, 10.0, 9.0, 8.0, 7.0):
        texts = [[_wrapped(cell, width, size) for cell, width in zip(row, widths, strict=True)] for row in rows]
        heights = [(1 + max(text.count("\n") for text in row)) * size * LINE / 72 + 0.2 for row in texts]
        if sum(heights) <= free:
            break
    top = sheet.top - 0.08
    lefts = [MARGIN + sum(widths[:place]) for place in range(len(widths))]
    for left, head in zip(lefts, HEADS, strict=True):
        sheet.write(left, top - 0.1, head, size=size, color=SOFT, weight="bold", va="top")
    top -= 0.12 + size * LINE / 72 + 0.08
    _rule(sheet, top, INK)
    for cells, written, height in zip(rows, texts, heights, strict=True):
        if top - height < sheet.bottom:
            break
        for left, cell, text in zip(lefts, cells, written, strict=True):
            sheet.write(
                left, top - 0.1, text, size=size, color=cell.colour, weight=cell.weight, va="top", linespacing=1.2
            )
        top -= height
        _rule(sheet, top, RULE)


def _wrapped(cell: DecisionCell, width: float, size: float) -> str:
    lines = (wrapped(line, width - 0.15, size, bold=cell.weight == "bold") for line in cell.text.split("\n"))
    return "\n".join(lines)


def _rule(sheet: Sheet, height: float, colour: str) -> None:
    ends = [MARGIN / WIDTH, 1 - MARGIN / WIDTH]
    sheet.figure.add_artist(Line2D(ends, [height / HEIGHT] * 2, color=colour, linewidth=0.8))
