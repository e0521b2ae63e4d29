"""Attainment as simulated and as anchored, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simcap.experiment.comparison import Comparison
from simcap.experiment.results import Results
from simcap.report.wording.anchored import (
    CHANGE_HEADINGS,
    CHANGE_KEY,
    FUTURE_TITLE,
    HEADINGS,
    IN_FUTURE_HEADINGS,
    IN_FUTURE_KEY,
    KEY,
    TITLE,
    anchored_rows,
    change_rows,
    future_rows,
    too_far,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST = 24
"""Most weeks that are shown."""


def anchored_lines(results: Results) -> RenderableType | None:
    """Return the weeks that are anchored; nothing if none is."""
    return _lines(TITLE, HEADINGS, anchored_rows(results), KEY)


def change_lines(comparison: Comparison, name: str) -> RenderableType | None:
    """Return the anchored weeks of a variant; nothing if the base is not anchored."""
    return _lines(TITLE, CHANGE_HEADINGS, change_rows(comparison, name), CHANGE_KEY)


def future_lines(comparison: Comparison) -> RenderableType | None:
    """Return the anchored weeks of all scenarios in all futures; nothing if the base is not anchored."""
    key = " ".join(filter(None, (too_far(comparison), IN_FUTURE_KEY)))
    return _lines(FUTURE_TITLE, IN_FUTURE_HEADINGS, future_rows(comparison), key, "future_anchored")


def _lines(
    title: str, headings: Sequence[str], rows: list[tuple[str, ...]], key: str, name: str = "anchored"
) -> RenderableType | None:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    words = headings.index("From") + 1
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place < words else "right")
    before: tuple[str, ...] = ()
    for row in rows[:MOST]:
        subject = row[: words - 1]
        table.add_row(*(row if subject != before else (*("" for _ in subject), *row[words - 1 :])))
        before = subject
    left = len(rows) - MOST
    more = [Text(f"and {left} more in tables/{name}.csv")] if left > 0 else []
    return Group(Text(title, style="bold"), table, *more, Text(""), Text(key, style="dim"))
