"""What the terminal shows of a stress test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simcap.analysis.tables import date_text
from simcap.planning.noise import ENOUGH
from simcap.planning.stress import Stress
from simcap.report.terminal.console import new_console
from simcap.report.terminal.recorded import Teller
from simcap.report.wording.words import plural, short_window, sla_name

if TYPE_CHECKING:
    from rich.table import Table

MOST_ROWS = 40
CLOSE = 0.02
"""A loss in a worst window that is known within so much can be relied on."""
HEADINGS = ("shock", "SLA", "points lost", "95% interval", "worst window", "recovered")
KEY = (
    "Points of attainment lost over the horizon; in the worst window only where that exceeds what equal runs "
    "show; days after the shock until recovery (>: not within the horizon)."
)


def hurting(stress: Stress) -> pd.DataFrame:
    """Return the rows of whole queues that stand out, a queue's worst SLA for each shock, the worst shocks first.

    Columns `size` and `order` say how much a row and its shock cost: in the worst window if that stands out.
    """
    rows = stress.table[(stress.table["vendor"] == "") & stress.table["stands_out"]]
    size = rows["lost_at_worst"].where(rows["worst_stands_out"], rows["lost"])
    rows = rows.assign(size=size.where(size >= 0, 0.0)).sort_values("size", ascending=False, kind="stable")
    rows = rows.drop_duplicates(["shock", "queue"])
    rows = rows.assign(order=rows.groupby("shock")["size"].transform("sum"))
    place = {shock.name: number for number, shock in enumerate(stress.shocks)}
    rows = rows.assign(place=rows["shock"].map(place))
    return rows.sort_values(["order", "place", "size"], ascending=[False, True, False], kind="stable")


def print_stress(stress: Stress, folder: Path) -> None:
    """Print the shocks that hurt, the worst first, single points of failure, and where the results are."""
    console = new_console()
    tell_stress(console, stress)
    console.print(f"\nResults  {folder}", soft_wrap=True)


def tell_stress(console: Teller, stress: Stress) -> None:
    """Tell which shocks hurt, the worst first, and single points of failure."""
    rows = hurting(stress)
    simulated = plural(stress.replications, "replication")
    rests_on = f"{simulated} and {stress.sketches:,} sketches" if stress.sketches else simulated
    console.print(f"{stress.scenario.name}, {rests_on}, one shock at a time")
    if len(rows):
        console.print(_table(rows.head(MOST_ROWS)))
        if len(rows) > MOST_ROWS:
            console.print(f"and {len(rows) - MOST_ROWS} more in tables/stress.csv")
        console.print(f"\n{KEY}", style="dim", soft_wrap=True)
    console.print()
    for line in (*_still(stress, rows), *_few(stress), *_known(stress.table)):
        console.print(line, soft_wrap=True)
    if stress.failures:
        console.print("\nSingle points of failure", style="bold")
        for line in stress.failures:
            console.print(f"  {line}", soft_wrap=True)
    for line in stress.left_out:
        console.print(f"Left out: {line}", soft_wrap=True)


def _table(rows: pd.DataFrame) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading in ("shock", "SLA") else "right")
    before = None
    for row in rows.to_dict("records"):
        worst = f"{points(row['lost_at_worst'])} from {_begin(row['worst'])}" if row["worst_stands_out"] else ""
        table.add_row(
            "" if row["shock"] == before else str(row["shock"]), sla_name(row["queue"], "", row["sla"]),
            points(row["lost"]), _interval(row["lost"], row["lost_low"], row["lost_high"]), worst,
            _recovered(row["recovers_days"]),
        )  # fmt: skip
        before = row["shock"]
    return table


def _still(stress: Stress, rows: pd.DataFrame) -> Iterator[str]:
    """Say in one line which shocks change nothing."""
    names = [shock.name for shock in stress.shocks if shock.name not in set(rows["shock"])]
    if names and stress.replications == 1:
        yield f"Less than half a point anywhere: {', '.join(names)}"
    elif names:
        verb = "changes" if len(names) == 1 else "change"
        yield f"{plural(len(names), 'shock')} {verb} nothing that stands out: {', '.join(names)}"


def _few(stress: Stress) -> Iterator[str]:
    """Say what few replications cannot show."""
    if stress.sketches:
        return
    if stress.replications == 1:
        yield f"A single replication cannot tell a loss from chance; use {ENOUGH} or more (--replications)"
    elif stress.replications < ENOUGH:
        yield (
            f"{stress.replications} replications are few: a worst window counts if it loses more than any two of the "
            f"base's own differ by; use {ENOUGH} or more to tell smaller losses from chance (--replications)"
        )


def _known(table: pd.DataFrame) -> Iterator[str]:
    """Say of how many losses in a worst window one may rely on the figure."""
    if table.empty:
        return
    widths = (table["lost_at_worst_high"] - table["lost_at_worst_low"]).dropna().to_numpy(float)
    if len(widths):
        close = int((widths / 2 <= CLOSE).sum())
        yield (
            f"The loss in the worst window is known within {100 * CLOSE:.0f} points (95%) in {close:,} of "
            f"{plural(len(widths), 'case')}, a case being an SLA under a shock"
        )


def _begin(start: object) -> str:
    """Return the start of a window: "9 Nov", "9 Nov 14:00"."""
    text = date_text(start)
    return short_window("hour" if "T" in text else "day", dt.datetime.fromisoformat(text))


def points(share: float) -> str:
    """Return points of attainment: "28", "2.1"."""
    return f"{100 * share:.{_digits(share)}f}"


def _digits(share: float) -> int:
    return 0 if abs(share) >= 0.095 else 1


def _interval(mean: float, low: float, high: float) -> str:
    """Return the interval of points, as precise as their mean, so that it never seems to miss it."""
    return "" if np.isnan(low) else f"[{100 * low:.{_digits(mean)}f}, {100 * high:.{_digits(mean)}f}]"


def _recovered(days: float) -> str:
    """Return when all is well again after a shock, in the table's words."""
    return recovery(days) or ("lasts" if np.isnan(days) else "at once")


def recovery(days: float) -> str:
    """Return days to recover, for a cell of a chart; nothing for a shock that lasts, or is over at once."""
    if np.isnan(days) or days == 0:
        return ""
    return ">" if np.isinf(days) else f"{days:.0f} d"
