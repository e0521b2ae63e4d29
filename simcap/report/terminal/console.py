"""The console of all reports: plain text, as wide as the terminal, or as a page if it is a pipe."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 108
"""Columns of a report in prose, on a terminal or off it."""
PIPE = 120
"""Columns of tables off a terminal."""


def new_console(*, pipe: int = PIPE, widest: int | None = None, stderr: bool = False) -> Console:
    """Return a console that leaves marks and figures in texts alone.

    Off a terminal it has `pipe` columns, unless COLUMNS says otherwise; it never has more than `widest`.
    """
    from rich.console import Console

    made = Console(highlight=False, markup=False, emoji=False, stderr=stderr)
    if not made.is_terminal and not os.environ.get("COLUMNS", "").strip("0").isdigit():
        made.width = pipe
    if widest is not None:
        made.width = min(made.width, widest)
    return made


def say(console: Console, sentence: str, indent: int = 0, mark: str = "", *, style: str = "") -> None:
    """Print a sentence, broken between words; after a mark, further lines align with its first word."""
    import textwrap

    lead = " " * indent + mark
    for line in textwrap.wrap(
        sentence,
        min(console.width, WIDEST),
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
        break_long_words=False,
    ):
        console.print(line, soft_wrap=True, style=style)
