"""Every value that a scenario rests on, on the terminal: by origin, and by what it was taken from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from simcap.report.terminal.console import WIDEST, new_console
from simcap.report.wording.provenance import rests_on
from simcap.scenario.reading.provenance import ORDER, Assumption, counted

_INDENT = "  "


def print_assumptions(rows: list[Assumption]) -> None:
    """Print the values under a line for each origin and source, with their 90% intervals."""
    console = new_console(pipe=WIDEST, widest=WIDEST)
    console.print(rests_on(counted(rows)))
    for line in _lines(rows):
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    console.print()


def _lines(rows: Iterable[Assumption]) -> Iterator[str]:
    ordered = sorted(rows, key=lambda row: ORDER.index(row.origin))
    for (origin, source, date, note), group in groupby(ordered, key=_whence):
        when = f"as of {date}" if date and date not in source else ""
        about = "; ".join(text for text in (source, when, note) if text)
        yield f"\n{origin}{': ' if about else ''}{about}"
        for row in group:
            yield f"{_INDENT}{row.path}: {row.value}{f' ({row.interval})' if row.interval else ''}"


def _whence(row: Assumption) -> tuple[str, str, str, str]:
    """Return where a value comes from, without the line of its file."""
    file, colon, line = row.source.rpartition(":")
    return row.origin, file if colon and line.isdigit() else row.source, row.date, row.note
