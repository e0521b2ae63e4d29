"""What the terminal shows after a run."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcap.experiment.results import Results
from simcap.experiment.summary import sla_overview
from simcap.report.sentences import AT_RISK, LIKELY, Told, tell_risks
from simcap.report.words import DASH, attained, chance, plural, short_window, sla_terms, span_of_days
from simcap.scenario.assumptions import neutral, without_effect

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

Row = dict[str, Any]

MOST_RISKS = 5
MOST_NOTES = 8
WIDEST = 108
"""Columns of a pipe, and the most that are used of a terminal."""
MOST_NAME = 24
"""Columns that names take at most before they fold."""
STYLES = {"likely": "red", "at risk": "yellow", "safe": "green", "unknown": "dim"}
MARKS = {"likely": "●", "at risk": "◐", "safe": "○", "unknown": " "}
COLUMNS = ("Queue", "SLA", "Expected", "90% band", "At risk", "Any miss")
KEY = (
    "● likely to be missed  ◐ at risk  ○ safe. At risk: weeks (days, months: as the SLA is measured) with a chance of "
    f"a miss of {AT_RISK:.0%} or more. Any miss: the chance that at least one of them is missed."
)
_PLAIN = str.maketrans({"●": "#", "◐": "+", "○": ".", "–": "-", "─": "-", "→": ">"})


def print_results(results: Results, folder: Path) -> None:
    """Print the table of SLAs, the worst risks in words, notes, and where the results are."""
    console = _console()
    with console.capture() as captured:
        for block in (
            _heading(results),
            _slas(results, console),
            _risks(results),
            _said("Notes", results.notes),
            _said("Taken as neutral", neutral(results.scenario)),
            _said("Without effect", without_effect(results.scenario)),
            _places(folder),
        ):
            if block is not None:
                console.print(block)
                console.print()
    lines = captured.get().rstrip().split("\n")
    _write("\n".join(line.rstrip() for line in lines) + "\n")


def outlook(row: Row) -> str:
    """Return how an SLA stands: likely (to be missed at least once), at risk, safe, or unknown."""
    if row["miss_any"] is None or row["attainment"] is None:
        return "unknown"
    if row["miss_any"] >= LIKELY:
        return "likely"
    return "at risk" if row["windows_at_risk"] or row["miss_any"] >= AT_RISK else "safe"


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDEST
    console.width = min(console.width, WIDEST)
    return console


def _write(text: str) -> None:
    """Write to standard output, in plain characters where its encoding has no others."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    sys.stdout.write(text)


# -- heading, notes, places -------------------------------------------------------------------------------------------


def _heading(results: Results) -> RenderableType:
    from rich.text import Text

    scenario = results.scenario
    horizon = scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    length = plural(horizon.weeks, "week") if horizon.weeks else plural(horizon.day_count, "day")
    heading = Text(scenario.name, style="bold")
    days = span_of_days(horizon.start, last)
    heading.append(
        f"\n{plural(results.replications, 'replication')} of {length}, {days} ({horizon.timezone})",
        style="not bold dim",
    )
    return heading


def _said(title: str, sentences: Sequence[str]) -> RenderableType | None:
    """Return a list of what a run has to say; nothing if it has nothing."""
    if not sentences:
        return None
    shown = [(DASH, _text(sentence)) for sentence in sentences[:MOST_NOTES]]
    left = len(sentences) - len(shown)
    return _list(title, shown, f"and {left} more in summary.json" if left else "")


def _places(folder: Path) -> RenderableType:
    from rich.table import Table

    places = Table.grid(padding=(0, 2))
    places.add_column(style="dim", no_wrap=True)
    places.add_column(overflow="fold")
    places.add_row("Results", _text(str(folder)))
    if (folder / "charts").is_dir():
        places.add_row("Charts", _text(str(folder / "charts")))
    return places


# -- SLAs -------------------------------------------------------------------------------------------------------------


def _slas(results: Results, console: Console) -> RenderableType:
    from rich.console import Group

    rows = sla_overview(results)
    if not rows:
        return _text("No queue has an SLA.")
    cells = [_cells(results, row) for row in rows]
    for broken in (False, True):
        shown = [_broken(row) if broken else row for row in cells]
        if _has_room(shown, console.width):
            return Group(_table(rows, shown), _text(""), _text(KEY, "dim"))
    return Group(_stacked(rows, cells), _text(""), _text(KEY, "dim"))


def _broken(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells of a row with a new line behind each comma."""
    return cells[0], *(cell.replace(", ", ",\n") for cell in cells[1:])


def _has_room(cells: list[tuple[str, ...]], width: int) -> bool:
    """Return whether figures leave enough columns for names and terms."""
    widths = [[max(map(len, text.split("\n"))) for text in column] for column in zip(COLUMNS, *cells, strict=True)]
    name, terms, *figures = (max(column) + 2 for column in widths)
    return width - sum(figures) >= min(name + 2, MOST_NAME) + terms - 2


def _cells(results: Results, row: Row) -> tuple[str, ...]:
    """Return what is said of an SLA, in the order of `COLUMNS`."""
    terms = sla_terms(row["sla"], results.scenario.queues[row["queue"]].sla[row["sla"]])
    return row["vendor"] or row["queue"], terms, *_figures(row)


def _figures(row: Row) -> tuple[str, ...]:
    low, high = attained(row["p05"], row["target"]), attained(row["p95"], row["target"])
    band = high if low == high else f"{low.rstrip('%')}{DASH}{high}"
    judged = row["miss_any"] is not None and row["attainment"] is not None
    any_miss = chance(row["miss_any"]) if judged else DASH
    return attained(row["attainment"], row["target"]), band, _at_risk(row), any_miss


def _at_risk(row: Row) -> str:
    if row["attainment"] is None:
        return "no items"
    if not row["windows"]:
        return f"no whole {row['per']}"
    share = f"{row['windows_at_risk']} of {row['windows']}"
    if row["first_at_risk"] is None:
        return share
    first = "first " if row["windows_at_risk"] > 1 else ""
    return f"{share}, {first}{short_window(row['per'], dt.datetime.fromisoformat(row['first_at_risk']))}"


def _table(rows: list[Row], cells: list[tuple[str, ...]]) -> RenderableType:
    from rich import box
    from rich.table import Table

    look: dict[str, Any] = {"header_style": "bold", "border_style": "dim", "show_edge": False, "pad_edge": False}
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), **look)
    for name in COLUMNS[:2]:
        table.add_column(name, overflow="fold")
    for name in COLUMNS[2:]:
        table.add_column(name, justify="left" if name == "At risk" else "right", no_wrap=True)
    for row, (name, terms, expected, band, at_risk, any_miss) in zip(rows, cells, strict=True):
        style = STYLES[outlook(row)]
        marked = _text("  " if row["vendor"] else "")
        marked.append(MARKS[outlook(row)], style=style).append(f" {name}")
        said = _text("" if row["vendor"] else terms)
        table.add_row(marked, said, _text(expected), _text(band), _text(at_risk, style), _text(any_miss, style))
    return table


def _stacked(rows: list[Row], cells: list[tuple[str, ...]]) -> Text:
    """Return the SLAs one below the other, for narrow terminals."""
    text = _text("")
    for row, (_, terms, expected, band, at_risk, any_miss) in zip(rows, cells, strict=True):
        name = row["queue"] + (f" ({row['vendor']})" if row["vendor"] else "")
        text.append(f"{MARKS[outlook(row)]} {name}\n", style=f"{STYLES[outlook(row)]} bold")
        text.append(f"  {terms}\n  expected {expected}, 90% band {band}\n")
        text.append(f"  at risk {at_risk}; any miss {any_miss}\n", style=STYLES[outlook(row)])
    text.rstrip()
    return text


# -- risks ------------------------------------------------------------------------------------------------------------


def _risks(results: Results) -> RenderableType:
    told = tell_risks(results)
    if not told:
        return _text("No SLA, headcount or occupancy risk was found.")
    shown = [(f"{number}.", _told(risk)) for number, risk in enumerate(told[:MOST_RISKS], 1)]
    left = len(told) - len(shown)
    return _list("Risks", shown, f"and {left} more in tables/risks.csv" if left else "")


def _told(risk: Told) -> Text:
    text = _text(risk.sentence)
    text.append(f"\n→ {risk.remedy}", style="dim")
    return text


def _list(title: str, entries: list[tuple[str, Text]], rest: str) -> RenderableType:
    from rich.console import Group
    from rich.table import Table

    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for mark, text in entries:
        grid.add_row(mark, text)
    if rest:
        grid.add_row("", _text(rest, "dim"))
    return Group(_text(title, "bold"), grid)


def _text(words: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(words, style=style)
