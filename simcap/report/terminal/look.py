"""What the terminal shows of files that were looked at: what each seems to be, column by column."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from simcap.calibration.look.guess import Look
from simcap.calibration.look.looking import NAME, Looked, fitted_from
from simcap.report.terminal.console import new_console
from simcap.scenario.data.reach import reach_of

KINDS = {
    "items": "a log of items",
    "events": "a log of events of items",
    "claims": "a log of claims of items",
    "roster": "a roster",
    "attendance": "a log of attendance",
    "quality": "quality checks",
    "reports": "a report by period",
    "grid": "a grid of shifts",
    "unknown": "nothing that simcap knows",
}


def print_looks(looked: Looked, folder: Path) -> None:
    """Print the tables, the role of each column with a cell, what can be fitted, and what is left to say."""
    console = new_console()
    for look in looked.looks:
        console.print(f"{look.table.where}: {KINDS[look.kind]}, {look.rows:,} rows", style="bold", soft_wrap=True)
        console.print(f"  read as {', '.join(look.table.told)}", style="dim", soft_wrap=True)
        console.print(_columns(look))
        there, lacking = fitted_from(look)
        if there:
            console.print(f"  Can be fitted: {', '.join(there)}", soft_wrap=True)
        if lacking:
            console.print(f"  Cannot: {', '.join(lacking)}", soft_wrap=True)
        console.print()
    for line in looked.proposal.open:
        console.print(f"Left to say: {line}", soft_wrap=True)
    reach = reach_of(folder / NAME)
    outside = " --allow-outside" if any(reach.refusal(look.table.path) for look in looked.looks) else ""
    console.print(f"{folder / NAME}: correct it, then run: simcap calibrate {folder / NAME}{outside}", soft_wrap=True)


def _columns(look: Look) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2))
    used = look.used()
    for feature in look.seen:
        role = used.get(feature.name, "")
        shown = "" if role in ("agent", "also") else feature.cell
        table.add_row("", feature.name, role or "-", shown, style="" if role else "dim")
    return table
