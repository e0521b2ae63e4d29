"""What the terminal shows of what predictions lack."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import numpy as np
import pandas as pd

from simcap.calibration.backtest.missing import ALL_PARTS, NO_PART
from simcap.report.terminal.recorded import Teller

WORDS: Final = {
    NO_PART: "nothing",
    "volumes": "volumes\nof days",
    "items": "items",
    "staffing": "staffing",
    "handle_times": "handle\ntimes",
    "availability": "avail-\nability",
    "order": "order",
    ALL_PARTS: "every-\nthing",
}
"""The parts that are told, as headings."""
PACE: Final = "pace of\ndays"
"""Staffing on a pick-up desk."""
_SURE: Final = 2.0
"""Standard errors from which on a difference is marked."""


def tell_missing(console: Teller, missing: pd.DataFrame, model: str) -> None:
    """Tell by how much predictions miss that are told one part of the predicted days, and what most is lacking."""
    for mode, rows in missing.groupby("mode", sort=False):
        words = WORDS | ({"staffing": PACE} if model == "pick_up" and mode != "scenario" else {})
        console.print(_table(rows, f"{str(mode).capitalize()}: missed by, if it had been told ...", words))
        console.print(told_of(rows, words), soft_wrap=True)
    console.print(
        "Each part is told alone; * marks what takes at least two standard errors off. Volumes are how many items "
        "came on each day, items also when; what is left with everything is the model's. missing.csv has the errors.",
        soft_wrap=True,
    )


def told_of(rows: pd.DataFrame, words: dict[str, str]) -> str:
    """Return in words what part of its error a prediction owes to what, over the shortest windows of single queues."""
    single = rows[rows["queue"] != ""]
    shortest = single[single["period"] == single["period"].iloc[-1]]
    errors = {
        str(part): 100 * float(np.average(mine["error"], weights=mine["items"]))
        for part, mine in shortest.groupby("part", sort=False)
    }
    plain, parts = errors.pop(NO_PART), {part: error for part, error in errors.items() if part != ALL_PARTS}
    best = min(parts, key=lambda part: parts[part])
    left = errors.get(ALL_PARTS, parts[best])
    period = shortest["period"].iloc[0]
    if parts[best] >= plain:
        return f"A {period} of a queue is missed by {plain:.1f} points; no part alone would make that less."
    return (
        f"A {period} of a queue is missed by {plain:.1f} points, by {parts[best]:.1f} if the {_plain(words[best])} "
        f"had been known, and by {left:.1f} with everything."
    )


def _plain(heading: str) -> str:
    return heading.replace("-\n", "").replace("\n", " ")


def _table(rows: pd.DataFrame, title: str, words: dict[str, str]) -> object:
    from rich.table import Table

    parts = list(rows["part"].unique())
    table = Table(box=None, title=f"\n{title}", title_justify="left")
    for place, heading in enumerate(("", "SLA", "per", *(words[part] for part in parts))):
        table.add_column(heading, justify="left" if place < 3 else "right", no_wrap=place < 3)
    for (queue, sla, period), mine in rows.groupby(["queue", "sla", "period"], sort=False):
        by_part = mine.set_index("part").loc[parts]
        table.add_row(str(queue) or "all queues", str(sla), str(period), *map(_cell, by_part.to_dict("records")))
    return table


def _cell(row: dict[Hashable, Any]) -> str:
    sure = row["taken_off"] > 0 and row["taken_off"] >= _SURE * row["taken_off_se"]
    return f"{100 * row['error']:.1f}{'*' if sure else ' '}"
