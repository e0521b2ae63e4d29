"""The SLAs on the terminal: a table, or lines of their own if it is narrow."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from simcap.experiment.results import Results
from simcap.experiment.summary import sla_overview
from simcap.report.wording.sentences import AT_RISK, LIKELY
from simcap.report.wording.words import DASH, attained, odds, short_window, sla_terms, target_share

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

Row = dict[str, Any]

MOST_NAME = 26
"""Most columns of names before they fold."""
MOST_TERMS = 16
"""Least columns of terms before an SLA gets lines of its own."""
STYLES = {"likely": "red", "at risk": "yellow", "safe": "green", "unknown": "dim"}
MARKS = {"likely": "●", "at risk": "◐", "safe": "○", "unknown": " "}
COLUMNS = ("Queue", "SLA", "Expected", "90% band", "At risk", "Any miss", "Undecided")
KEY = (
    "● likely to be missed  ◐ at risk  ○ no risk seen. At risk: weeks (days, months: as the SLA is measured) with a "
    f"chance of a miss of {AT_RISK:.0%} or more. Any miss: the chance that at least one of them is missed, and its 95% "
    "interval."
)
LOST = (
    " Undecided: the share that left undecided (in a call centre: abandonment), which does not count unless the "
    "SLA counts all; also ◐ if that is more than usual."
)


def outlook(row: Row) -> str:
    """Return an SLA's outlook: likely (to be missed at least once), at risk (or its work), safe, or unknown."""
    if row["miss_any"] is None or row["attainment"] is None:
        return "at risk" if row["loses_work"] else "unknown"
    if row["miss_any"] >= LIKELY:
        return "likely"
    return "at risk" if row["windows_at_risk"] or row["miss_any"] >= AT_RISK or row["loses_work"] else "safe"


def sla_lines(results: Results, width: int) -> RenderableType:
    """Return the SLAs for a terminal of a given width in columns."""
    from rich.console import Group
    from rich.text import Text

    rows = sla_overview(results)
    if not rows:
        return Text("No queue has an SLA.")
    cells = [_cells(results, row) for row in rows]
    expires = any(row["expired_share"] for row in rows)
    if not expires:
        cells = [row[:-1] for row in cells]
    broken = [_broken(row) for row in cells]
    body: RenderableType
    if width >= _room(cells):
        body = _table(results, rows, cells)
    elif width >= _room(broken, most_terms=MOST_TERMS):
        body = _table(results, rows, broken)
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


def _cells(results: Results, row: Row) -> tuple[str, ...]:
    """Return the cells of an SLA, in the order of `COLUMNS`."""
    terms = sla_terms(row["sla"], results.scenario.queues[row["queue"]].sla[row["sla"]].of(row["vendor"]))
    name = f"{MARKS[outlook(row)]} {row['vendor'] or row['queue']}"
    return f"  {name}" if row["vendor"] else name, terms, *_figures(row, results.replications)


def _figures(row: Row, replications: int) -> tuple[str, ...]:
    low, high = attained(row["p05"], row["target"]), attained(row["p95"], row["target"])
    band = high if low == high else f"{low.rstrip('%')}{DASH}{high}"
    judged = row["miss_any"] is not None and row["attainment"] is not None
    any_miss = odds(row["miss_any"], replications) if judged else DASH
    lost = DASH if row["expired_share"] is None else f"{row['expired_share']:.1%}"
    return attained(row["attainment"], row["target"]), band, _at_risk(row), any_miss, lost


def _at_risk(row: Row) -> str:
    if row["attainment"] is None:
        return "nothing decided" if row["expired_share"] else "no items"
    if not row["windows"]:
        return f"no whole {row['per']}"
    share = f"{row['windows_at_risk']} of {row['windows']}"
    if row["first_at_risk"] is None:
        return share
    first = "first " if row["windows_at_risk"] > 1 else ""
    return f"{share}, {first}{short_window(row['per'], dt.datetime.fromisoformat(row['first_at_risk']))}"


def _table(results: Results, rows: list[Row], cells: list[tuple[str, ...]]) -> RenderableType:
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
        style = STYLES[outlook(row)]
        marked = Text(name)
        marked.stylize(style, 2 * bool(row["vendor"]), 2 * bool(row["vendor"]) + 1)
        terms_cell = Text(terms if not row["vendor"] else _own_target(results, row))
        styled = [Text(text, style=style) for text in (at_risk, *others)]
        table.add_row(marked, terms_cell, Text(expected), Text(band), *styled)
    return table


def _own_target(results: Results, row: Row) -> str:
    """Return the target of a vendor that has promised another than the queue's; else nothing."""
    known = results.scenario.queues[row["queue"]].sla[row["sla"]].vendors
    return target_share(known[row["vendor"]]) if row["vendor"] in known else ""


def _stacked(rows: list[Row], cells: list[tuple[str, ...]]) -> Text:
    """Return the SLAs one below the other, for narrow terminals."""
    from rich.text import Text

    text = Text()
    for row, (_, terms, expected, band, at_risk, any_miss, *lost) in zip(rows, cells, strict=True):
        name = row["queue"] + (f" ({row['vendor']})" if row["vendor"] else "")
        text.append(f"{MARKS[outlook(row)]} {name}\n", style=f"{STYLES[outlook(row)]} bold")
        text.append(f"  {terms}\n  expected {expected}, 90% band {band}\n")
        left = "".join(f"; undecided {share}" for share in lost)
        text.append(f"  at risk {at_risk}; any miss {any_miss}{left}\n", style=STYLES[outlook(row)])
    text.rstrip()
    return text
