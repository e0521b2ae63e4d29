"""The SLAs on the terminal: a table, or lines of their own if it is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcap.experiment.results import Results
from simcap.report.wording.sla_rows import KEY, LOST, Outlook, SlaRow, any_left, sla_rows

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

MOST_NAME = 26
"""Most columns of names before they fold."""
MOST_TERMS = 16
"""Least columns of terms before an SLA gets lines of its own."""
STYLES: dict[Outlook, str] = {"likely": "red", "at risk": "yellow", "safe": "green", "unknown": "dim"}
COLUMNS = ("Queue", "SLA", "Expected", "90% band", "At risk", "Any miss", "Undecided")


def sla_lines(results: Results, width: int) -> RenderableType:
    """Return the SLAs for a terminal of a given width in columns."""
    from rich.console import Group
    from rich.text import Text

    rows = sla_rows(results)
    if not rows:
        return Text("No queue has an SLA.")
    cells = [_cells(row) for row in rows]
    expires = any_left(rows)
    if not expires:
        cells = [row[:-1] for row in cells]
    broken = [_broken(row) for row in cells]
    body: RenderableType
    if width >= _room(cells):
        body = _table(rows, cells)
    elif width >= _room(broken, most_terms=MOST_TERMS):
        body = _table(rows, broken)
    else:
        body = _stacked(rows, cells)
    return Group(body, Text(""), Text(KEY + LOST if expires else KEY, style="dim"))


def _broken(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells of a row with a line break after each comma."""
    return cells[0], *(cell.replace(", ", ",\n") for cell in cells[1:])


def _room(cells: list[tuple[str, ...]], most_terms: int = 1000) -> int:
    """Return the columns that a table needs; long names may fold, and terms too if allowed."""
    columns = zip(COLUMNS[: len(cells[0])], *cells, strict=True)
    widths = [[max(map(len, text.split("\n"))) for text in column] for column in columns]
    name, terms, *figures = map(max, widths)
    return min(name, MOST_NAME) + min(terms, most_terms) + sum(figures) + 2 * (len(figures) + 1)


def _cells(row: SlaRow) -> tuple[str, ...]:
    """Return the cells of an SLA, in the order of `COLUMNS`."""
    name = f"{row.mark} {row.vendor or row.queue}"
    figures = (row.expected, row.band, row.at_risk, row.any_miss, row.undecided)
    return f"  {name}" if row.vendor else name, row.terms, *figures


def _table(rows: list[SlaRow], cells: list[tuple[str, ...]]) -> RenderableType:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    look: dict[str, Any] = {"header_style": "bold", "border_style": "dim", "show_edge": False, "pad_edge": False}
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), **look)
    for name in COLUMNS[:2]:
        table.add_column(name, overflow="fold")
    for name in COLUMNS[2 : len(cells[0])]:
        table.add_column(name, justify="left" if name == "At risk" else "right", no_wrap=True)
    for row, (name, terms, expected, band, at_risk, *others) in zip(rows, cells, strict=True):
        style = STYLES[row.outlook]
        marked = Text(name)
        marked.stylize(style, 2 * bool(row.vendor), 2 * bool(row.vendor) + 1)
        terms_cell = Text(row.own_target if row.vendor else terms)
        styled = [Text(text, style=style) for text in (at_risk, *others)]
        table.add_row(marked, terms_cell, Text(expected), Text(band), *styled)
    return table


def _stacked(rows: list[SlaRow], cells: list[tuple[str, ...]]) -> Text:
    """Return the SLAs one below the other, for narrow terminals."""
    from rich.text import Text

    text = Text()
    for row, (_, terms, expected, band, at_risk, any_miss, *lost) in zip(rows, cells, strict=True):
        style = STYLES[row.outlook]
        name = row.queue + (f" ({row.vendor})" if row.vendor else "")
        text.append(f"{row.mark} {name}\n", style=f"{style} bold")
        text.append(f"  {terms}\n  expected {expected}, 90% band {band}\n")
        left = "".join(f"; undecided {share}" for share in lost)
        text.append(f"  at risk {at_risk}; any miss {any_miss}{left}\n", style=style)
    text.rstrip()
    return text
