"""The console of all reports: plain text, as wide as the terminal, or as the page that a pipe stands for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 108
"""Columns of a report that is read as text, on a terminal and off it."""
PIPE = 120
"""Columns of tables off a terminal."""


def new_console(*, pipe: int = PIPE, widest: int | None = None, stderr: bool = False) -> Console:
    """Return a console that leaves marks and figures in the text as they are.

    Off a terminal it has `pipe` columns, unless COLUMNS says otherwise; anywhere at most `widest`.
    """
    from rich.console import Console

    made = Console(highlight=False, markup=False, emoji=False, stderr=stderr)
    if not made.is_terminal and not os.environ.get("COLUMNS", "").strip("0").isdigit():
        made.width = pipe
    if widest is not None:
        made.width = min(made.width, widest)
    return made
