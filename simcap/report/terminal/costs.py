"""What contracts cost, on the terminal: by vendor over the horizon, then by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcap.experiment.results import Results
from simcap.report.wording.costs import MEANT, cost_rows
from simcap.report.wording.words import currency_of

if TYPE_CHECKING:
    from rich.console import RenderableType


def cost_lines(results: Results) -> RenderableType | None:
    """Return the table of costs; nothing if no contract has a price."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    rows = cost_rows(results)
    if not rows:
        return None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(f"Cost, {currency_of(results.scenario)}")
    for heading in ("Price", "Credits", "Net cost", "90% band", "Per decision"):
        table.add_column(heading, justify="right")
    for row in rows:
        if row.month:
            table.add_row(f"  {row.month}", *row.cells)
        else:
            table.add_row(row.vendor or "all", *row.cells, style="bold")
    return Group(table, Text(""), Text(MEANT, style="dim"))
