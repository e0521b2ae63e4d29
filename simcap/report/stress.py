"""What the terminal shows of a stress test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from simcap.planning.stress import Stress
from simcap.report.words import plural

SHOWN = 0.005
"""Loss from which a shock has a row on the terminal."""
KEY = (
    "Points of attainment lost in the worst window of the queue's SLA / days after the shock until it has recovered "
    "(none: at once or lasting; >: not within the horizon)."
)


def by_queue(found: Stress) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the worst loss, and the days to recover of that SLA, as [shock, queue] of whole queues."""
    whole = found.table[found.table["vendor"] == ""]
    worst = whole.sort_values("lost_at_worst", ascending=False, kind="stable").drop_duplicates(["shock", "queue"])
    names = [shock.name for shock in found.shocks]
    queues = [queue for queue in found.scenario.queues if queue in set(whole["queue"])]
    lost = worst.pivot(index="shock", columns="queue", values="lost_at_worst").reindex(names)[queues]
    days = worst.pivot(index="shock", columns="queue", values="recovers_days").reindex(names)[queues]
    return lost, days


def print_stress(found: Stress, folder: Path) -> None:
    """Print the shocks that hurt, the worst first, single points of failure, and where the results are."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, emoji=False)
    lost, days = by_queue(found)
    if not console.is_terminal:
        console.width = 40 + 12 * len(lost.columns)
    order = lost.sum(axis=1).sort_values(ascending=False, kind="stable").index
    hurting = [name for name in order if (lost.loc[name] >= SHOWN).any()]
    console.print(f"{found.scenario.name}, {plural(found.replications, 'replication')}, one shock at a time")
    table = Table(box=None, pad_edge=False)
    table.add_column("shock")
    for queue in lost.columns:
        table.add_column(queue, justify="right")
    for name in hurting:
        table.add_row(name, *(cell(lost.loc[name, queue], days.loc[name, queue]) for queue in lost.columns))
    console.print(table)
    harmless = [name for name in lost.index if name not in hurting]
    if harmless:
        console.print(f"\nLess than half a point anywhere: {', '.join(harmless)}", soft_wrap=True)
    console.print(f"\n{KEY}", style="dim", soft_wrap=True)
    if found.failures:
        console.print("\nSingle points of failure", style="bold")
        for line in found.failures:
            console.print(f"  {line}", soft_wrap=True)
    for line in found.left_out:
        console.print(f"Left out: {line}", soft_wrap=True)
    console.print(f"\nResults  {folder}", soft_wrap=True)


def cell(lost: float, days: float) -> str:
    """Return points lost and days to recover; nothing for less than half a point."""
    if np.isnan(lost) or lost < SHOWN:
        return ""
    points = f"{100 * lost:.0f}" if lost >= 0.095 else f"{100 * lost:.1f}"
    return points + (f" / {_days(days)}" if _days(days) else "")


def _days(days: float) -> str:
    """Return days to recover; nothing for a shock that lasts, or is over at once."""
    if np.isnan(days) or days == 0:
        return ""
    return ">" if np.isinf(days) else f"{days:.0f} d"
