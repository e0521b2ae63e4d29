"""What the terminal shows of the items that are open at `start`: how many are likely to be late, and which next."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from simcap.experiment.open_items import LIKELY, by_time_left
from simcap.report.terminal.console import new_console
from simcap.report.wording.words import plural
from simcap.units import format_duration

SHOWN: Final = 10
"""Items that are listed: those that are the first to be late, of all that are more likely late than not."""


def print_open_items(table: pd.DataFrame) -> None:
    """Print open items by queue and the time that is left, and the next ones that will be late."""
    from rich.table import Table

    console = new_console()
    shown = Table(box=None, title="\nOpen items by the time left until they are due", title_justify="left")
    for heading in ("queue / SLA", "left", "items", "expected late", "likely late"):
        shown.add_column(heading, justify="left" if heading in ("queue / SLA", "left") else "right")
    bands = by_time_left(table)
    for row in bands.to_dict("records"):
        name = f"{row['queue']} / {row['sla']}"
        shown.add_row(name, _left(row["left_from"], row["left_to"]), f"{row['items']:,}", f"{row['late']:,.1f}",
                      f"{row['likely']:,}")  # fmt: skip
    console.print(shown if len(bands) else "\nOpen items: no queue that has any has an SLA.")
    coming = table[(table["late_probability"] >= LIKELY) & (table["left_s"] > 0)]
    if len(coming):
        console.print(_next(coming))
    console.print(
        "Expected late: the sum of the chances; likely late: a chance of 50% or more. "
        f"{plural(len(table), 'row')} in tables/open_items.csv, each with its chance and times.",
        soft_wrap=True,
    )


def _next(coming: pd.DataFrame) -> object:
    from rich.table import Table

    more = f" (the first {SHOWN} of {len(coming):,})" if len(coming) > SHOWN else ""
    shown = Table(box=None, title=f"\nWill be late, unless they are taken first{more}", title_justify="left")
    for heading in ("item", "queue / SLA", "due", "chance", "decided, median"):
        shown.add_column(heading, justify="right" if heading == "chance" else "left")
    for row in coming.head(SHOWN).to_dict("records"):
        cells = str(row["item"]), f"{row['queue']} / {row['sla']}", _moment(row["due"])
        shown.add_row(
            *cells, f"{row['late_probability']:.0%}", _moment(row["decided_p50"]) or "not in the time simulated"
        )
    return shown


def _moment(label: str) -> str:
    return label.replace("T", " ")


def _left(begin: float, end: float) -> str:
    """Return the time left in words: "past due", "1 h to 4 h", "more than 3 days"."""
    if math.isnan(begin):
        return "past due"
    if math.isnan(end):
        return f"more than {format_duration(begin)}"
    return f"{format_duration(begin)} to {format_duration(end)}" if begin else f"up to {format_duration(end)}"
