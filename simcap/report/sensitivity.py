"""What the terminal shows of a sensitivity analysis: the tornado, break-evens, shares of the variance."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simcap.errors import ScenarioError
from simcap.planning.sensitivity import Sensitivity
from simcap.report.words import chance, plural, sla_name

if TYPE_CHECKING:
    from rich.table import Table

KEY = ["queue", "vendor", "sla"]
LEAST = 0.001
"""Change of attainment from which a driver has a row."""


def print_sensitivity(found: Sensitivity, shown: tuple[str, str, str], folder: Path) -> None:
    """Print what moves an SLA, widest swing first, how far each driver may go, and what its variance is made of."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 150
    name = sla_name(*shown)
    console.print(
        f"{found.scenario.name}: what {name} hangs on, {plural(found.replications, 'replication')}, the same draws"
    )
    console.print(_table(found, shown))
    console.print(
        "Low and high: 90% of what is known of the driver (*), else a tenth either way. Points of attainment over the "
        "horizon, with 95% intervals.",
        style="dim", soft_wrap=True,
    )  # fmt: skip
    if still := [str(name) for name in moving(swings(found, shown), still=True).index]:
        console.print(f"Less than a tenth of a point: {'; '.join(still)}", soft_wrap=True)
    for line in break_lines(found, shown):
        console.print(line, soft_wrap=True)
    for name in found.left_out:
        console.print(f"Left out: {name} cannot be moved in this scenario", soft_wrap=True)
    console.print(f"\nResults  {folder}", soft_wrap=True)


def unknown_sla(asked: str, known: Iterable[str]) -> ScenarioError:
    """Return the error for an SLA that is not there."""
    return ScenarioError(f"--sla: there is no {asked!r}; known here: {', '.join(known)}")


def shown_sla(found: Sensitivity, asked: str | None = None) -> tuple[str, str, str]:
    """Return the SLA asked for, or the one that drivers move most. Raises `ScenarioError` for one that is not there."""
    rows = found.tornado[found.tornado["measure"] == "attainment"]
    if asked is not None:
        known = {" / ".join(filter(None, (queue, sla, vendor))): (queue, vendor, sla)
                 for queue, vendor, sla in rows[KEY].drop_duplicates().itertuples(index=False)}  # fmt: skip
        if asked not in known:
            raise unknown_sla(asked, known)
        return known[asked]
    widest = rows.assign(size=rows["difference"].abs()).groupby(KEY, sort=False)["size"].max()
    return widest.idxmax()  # type: ignore[return-value]


def swings(found: Sensitivity, subject: tuple[str, str, str]) -> pd.DataFrame:
    """Return the tornado of an SLA's attainment as [driver], low and high beside each other, widest first."""
    rows = found.tornado[found.tornado["measure"] == "attainment"]
    rows = rows[(rows[KEY] == list(subject)).all(axis=1)]
    order = rows.assign(size=rows["difference"].abs()).groupby("driver", sort=False)["size"].max()
    wide = rows.pivot(index="driver", columns="end")
    return wide.loc[order.sort_values(ascending=False, kind="stable").index]


def _table(found: Sensitivity, subject: tuple[str, str, str]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    headings = ["driver", "low", "points", "high", "points", "any miss at 50%"]
    headings += ["share of variance", "alone"] if len(found.sobol) else []
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "driver" else "right", no_wrap=True)
    breaks = found.breaks[(found.breaks[KEY] == list(subject)).all(axis=1)].set_index("driver")["value"]
    shares = _shares(found, subject)
    for name, row in moving(swings(found, subject)).iterrows():
        driver = str(name)
        cells = [driver + (" *" if row["own", "low"] else "")]
        for end in ("low", "high"):
            interval = f"[{100 * row['ci_low', end]:+.1f}, {100 * row['ci_high', end]:+.1f}]"
            cells += [str(row["value", end]), f"{100 * row['difference', end]:+.1f} {interval}"]
        cells.append(str(breaks.get(driver, "")))
        if shares is not None:
            cells += [f"{share:.0%}" for share in shares.loc[driver, ["total", "first"]].to_numpy(float)]
        table.add_row(*cells)
    return table


def moving(wide: pd.DataFrame, *, still: bool = False) -> pd.DataFrame:
    """Return the drivers that move an SLA by a tenth of a point or more; or those that do not."""
    ends = [wide["difference", end].to_numpy(float) for end in ("low", "high")]
    kept: pd.DataFrame = wide[(np.abs(ends).max(axis=0) >= LEAST) != still]
    return kept


def _shares(found: Sensitivity, subject: tuple[str, str, str]) -> pd.DataFrame | None:
    if found.sobol.empty:
        return None
    rows = found.sobol[found.sobol["measure"] == "attainment"]
    return rows[(rows[KEY] == list(subject)).all(axis=1)].set_index("driver")


def break_lines(found: Sensitivity, subject: tuple[str, str, str]) -> list[str]:
    """Return how far each driver may go before the SLA is as likely missed as not."""
    rows = found.breaks[(found.breaks[KEY] == list(subject)).all(axis=1)]
    if rows.empty:
        return ["", f"No whole window of {sla_name(*subject)} has items, so no chance to miss it is known."]
    lines = []
    for row in rows[rows["value"] != ""].to_dict("records"):
        verb = "may go to" if row["base"] < 0.5 else "would have to go to"
        until = "before" if row["base"] < 0.5 else "until"
        lines.append(
            f"{row['driver']} {verb} {row['value']} {until} {sla_name(*subject)} is missed in any window with 50% "
            f"(now {chance(row['base'])}; simulated at x{row['low']:.2f} and x{row['high']:.2f})"
        )
    return ["", *lines] if lines else ["", f"No driver alone brings the chance of missing {sla_name(*subject)} to 50%."]
