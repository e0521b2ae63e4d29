"""What the terminal shows about the sources of uncertainty."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simcap.report.terminal.console import new_console


def print_variance(path: Path) -> None:
    """Print the sources of each SLA's uncertainty: the share of the variance, with its 90% interval."""
    from rich.table import Table

    console = new_console()
    rows = pd.read_csv(path, dtype={"vendor": str}).assign(vendor=lambda table: table["vendor"].fillna(""))
    if rows.empty:
        console.print("Uncertainty: nothing here is fitted or `uncertain`; all of it is chance.")
        return
    table = Table(box=None, title="\nSources of the uncertainty of attainment", title_justify="left")
    sources = list(dict.fromkeys(rows["source"]))
    for heading in ("queue / SLA", "sd, points", *sources):
        table.add_column(heading, justify="left" if heading == "queue / SLA" else "right")
    for (queue, vendor, sla), group in rows.groupby(["queue", "vendor", "sla"], sort=False):
        shares = group.set_index("source")
        name = f"{queue} / {sla}" + (f" ({vendor})" if str(vendor) else "")
        cells = [_cell(shares.loc[source]) for source in sources]
        table.add_row(name, f"{100 * float(group['sd'].iloc[0]):.2f}", *cells)
    console.print(table)
    console.print(
        "Chance: what would remain if all parameters were known. Each group: what would vanish if it were known. "
        "In brackets, 90% intervals; groups interact, so a row need not sum to 100%."
        f"{_rests(int(rows['sketches'].max()))}",
        soft_wrap=True,
    )


def _rests(sketches: int) -> str:
    return f" Shares are those of {sketches:,} sketches, sd that of the simulation." if sketches else ""


def _cell(row: pd.Series) -> str:
    if pd.isna(row["share"]):
        return ""
    share, low, high = (min(max(row[name], 0.0), 1.0) for name in ("share", "p05", "p95"))
    return f"{share:.0%} [{low:.0%}, {high:.0%}]"
