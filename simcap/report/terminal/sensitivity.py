"""What the terminal shows of a sensitivity analysis: the tornado, break-evens, shares of the variance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simcap.errors import ScenarioError
from simcap.planning.outcomes import AT_RISK
from simcap.planning.sensitivity import BREAK, GRID, Sensitivity
from simcap.report.terminal.console import new_console
from simcap.report.terminal.recorded import Teller
from simcap.report.wording.words import chance, interval, odds, plural, seen, sla_name

if TYPE_CHECKING:
    from rich.table import Table

KEY = ["queue", "vendor", "sla"]
LEAST = 0.001
"""Change in attainment from which a driver has a row."""
MOST_DRIVERS = 3
"""Most drivers whose effect on the chance of a miss is stated."""


def print_sensitivity(sensitivity: Sensitivity, shown: tuple[str, str, str], folder: Path) -> None:
    """Print what moves an SLA, widest swing first, how far each driver may go, and the sources of its variance."""
    console = new_console(pipe=150)
    tell_sensitivity(console, sensitivity, shown)
    console.print(f"\nResults  {folder}", soft_wrap=True)


def tell_sensitivity(console: Teller, sensitivity: Sensitivity, shown: tuple[str, str, str]) -> None:
    """Tell what moves an SLA, widest swing first, how far each driver may go, and the sources of its variance."""
    name = sla_name(*shown)
    console.print(f"{sensitivity.scenario.name}: what {name} depends on, {sensitivity.rests_on}, the same draws")
    console.print(_table(sensitivity, shown))
    console.print(
        "Low and high: the driver's own 90% range (*), else a tenth either way. Points of attainment over the "
        "horizon, with 95% intervals.",
        style="dim", soft_wrap=True,
    )  # fmt: skip
    if still := [str(name) for name in moving(swings(sensitivity, shown), still=True).index]:
        console.print(f"Less than a tenth of a point: {'; '.join(still)}", soft_wrap=True)
    for line in break_lines(sensitivity, shown):
        console.print(line, soft_wrap=True)
    for name in sensitivity.left_out:
        console.print(f"Left out: {name}, which cannot be moved in this scenario", soft_wrap=True)


def unknown_sla(asked: str, known: Iterable[str]) -> ScenarioError:
    """Return the error for an unknown SLA."""
    return ScenarioError(f"--sla: there is no {asked!r}; known here: {', '.join(known)}")


def shown_sla(sensitivity: Sensitivity, asked: str | None = None) -> tuple[str, str, str]:
    """Return the SLA asked for, or the one that drivers move most. Raises `ScenarioError` for an unknown one."""
    rows = sensitivity.tornado[sensitivity.tornado["measure"] == "attainment"]
    if asked is not None:
        known = {" / ".join(filter(None, (queue, sla, vendor))): (queue, vendor, sla)
                 for queue, vendor, sla in rows[KEY].drop_duplicates().itertuples(index=False)}  # fmt: skip
        if asked not in known:
            raise unknown_sla(asked, known)
        return known[asked]
    widest = rows.assign(size=rows["difference"].abs()).groupby(KEY, sort=False)["size"].max()
    return widest.idxmax()  # type: ignore[return-value]


def swings(sensitivity: Sensitivity, subject: tuple[str, str, str]) -> pd.DataFrame:
    """Return the tornado of an SLA's attainment as [driver], low and high side by side, widest first."""
    rows = sensitivity.tornado[sensitivity.tornado["measure"] == "attainment"]
    rows = rows[(rows[KEY] == list(subject)).all(axis=1)]
    order = rows.assign(size=rows["difference"].abs()).groupby("driver", sort=False)["size"].max()
    wide = rows.pivot(index="driver", columns="end")
    return wide.loc[order.sort_values(ascending=False, kind="stable").index]


def _table(sensitivity: Sensitivity, subject: tuple[str, str, str]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    headings = ["driver", "low", "points", "high", "points", "any miss at 50%"]
    headings += ["share of variance", "alone"] if len(sensitivity.sobol) else []
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "driver" else "right", no_wrap=True)
    breaks = sensitivity.breaks[(sensitivity.breaks[KEY] == list(subject)).all(axis=1)].set_index("driver")["value"]
    shares = _shares(sensitivity, subject)
    for name, row in moving(swings(sensitivity, subject)).iterrows():
        driver = str(name)
        cells = [driver + (" *" if row["own", "low"] else "")]
        for end in ("low", "high"):
            spread = interval(100 * row["ci_low", end], 100 * row["ci_high", end], "+.1f")
            cells += [str(row["value", end]), f"{100 * row['difference', end]:+.1f} {spread}"]
        cells.append(str(breaks.get(driver, "")))
        if shares is not None:
            known = shares.loc[driver, ["total", "first"]].to_numpy(float)
            cells += ["" if np.isnan(share) else f"{share:.0%}" for share in known]
        table.add_row(*cells)
    return table


def moving(wide: pd.DataFrame, *, still: bool = False) -> pd.DataFrame:
    """Return the drivers that move an SLA by a tenth of a point or more; or those that do not."""
    ends = [wide["difference", end].to_numpy(float) for end in ("low", "high")]
    kept: pd.DataFrame = wide[(np.abs(ends).max(axis=0) >= LEAST) != still]
    return kept


def _shares(sensitivity: Sensitivity, subject: tuple[str, str, str]) -> pd.DataFrame | None:
    if sensitivity.sobol.empty:
        return None
    rows = sensitivity.sobol[sensitivity.sobol["measure"] == "attainment"]
    return rows[(rows[KEY] == list(subject)).all(axis=1)].set_index("driver")


def break_lines(sensitivity: Sensitivity, subject: tuple[str, str, str]) -> list[str]:
    """Return how an SLA stands now, and how far drivers would have to go to change that."""
    rows = sensitivity.breaks[(sensitivity.breaks[KEY] == list(subject)).all(axis=1)]
    if rows.empty:
        return ["", f"No whole window of {sla_name(*subject)} has items, so its chance of a miss is unknown."]
    known = rows[rows["value"] != ""]
    known = known.loc[np.log(known["factor"]).abs().sort_values(kind="stable").index]
    inside, beyond = (known[known["inside"].astype(bool) == which].to_dict("records") for which in (True, False))
    lines = _alone(str(rows.iloc[0]["outlook"]), float(rows.iloc[0]["base"]), inside)
    if rows.iloc[0]["outlook"] == "at risk":
        # If the odds are even already, nothing has to move.
        lines = [*_matters(sensitivity, subject), *(lines if rows.iloc[0]["base"] != BREAK else [])]
    elif not inside and not beyond:
        lines.append(f"  nor far beyond that, at x{GRID[0]:g} to x{GRID[-1]:g}")
        lines += [f"  {_furthest(sensitivity, subject)}"] if rows.iloc[0]["outlook"] == "hopeless" else []
    lines += [f"  beyond that, {row['driver']} at {row['value']} would{_tried(row)}" for row in beyond]
    return ["", base_line(rows.iloc[0].to_dict(), subject, sensitivity.seen), *lines]


def base_line(base: Mapping[Any, Any], subject: tuple[str, str, str], replications: int) -> str:
    """Say how an SLA stands now: safe, at risk, or almost certainly missed; and whether few replications say so."""
    words = {"safe": "safe", "at risk": "at risk", "hopeless": "almost certainly missed"}[str(base["outlook"])]
    unsure = {"safe": base["base_high"] >= AT_RISK, "hopeless": base["base_low"] < BREAK}.get(base["outlook"], False)
    caveat = f", as far as {plural(replications, 'replication')} can tell" if unsure else ""
    interval = f"{chance(base['base'])} [{chance(base['base_low'])}, {chance(base['base_high'])}]"
    return (
        f"As it is, {sla_name(*subject)} is {words}{caveat}: a miss in any window {seen(base['base'], replications)} "
        f"({interval})"
    )


def _alone(outlook: str, base: float, inside: list[dict[Any, Any]]) -> list[str]:
    """Say which drivers alone bring the chance of a miss to 50% within their ranges, the nearest first."""
    verb, effect = {
        "safe": ("may go to", "before it is as likely to be missed as not"),
        "hopeless": ("would have to go to", "to bring the chance of a miss down to 50%"),
    }.get(outlook, ("may go to" if base < BREAK else "would have to go to", "for even odds of a miss"))
    lines = [f"  {row['driver']} {verb} {row['value']} {effect}{_tried(row)}" for row in inside]
    brings = {"safe": "brings it into a miss", "hopeless": "brings it back under 50%"}.get(
        outlook, "makes the odds even"
    )
    return lines or [f"No driver alone {brings} within its own range."]


def _tried(row: dict[Any, Any]) -> str:
    return f" (simulated at x{row['low']:.2f} and x{row['high']:.2f})"


def _matters(sensitivity: Sensitivity, subject: tuple[str, str, str]) -> list[str]:
    """Say which drivers move the chance of a miss most, and what it is at both of their ends."""
    rows = sensitivity.tornado[sensitivity.tornado["measure"] == "any_miss"]
    rows = rows[(rows[KEY] == list(subject)).all(axis=1)]
    size = (
        rows["difference"].abs().groupby(rows["driver"], sort=False).max().sort_values(ascending=False, kind="stable")
    )
    most = [name for name, moved in size.items() if moved > 0][:MOST_DRIVERS]
    if not most:
        return ["No driver alone changes the chance of a miss within its own range."]
    lines = []
    for name, row in rows.pivot(index="driver", columns="end").loc[most].iterrows():
        ends = [f"{odds(row['moved', end], sensitivity.seen)} at {row['value', end]}" for end in ("low", "high")]
        lines.append(f"  {name}: the chance of a miss is {' and '.join(ends)}")
    return ["What matters most:", *lines]


def _furthest(sensitivity: Sensitivity, subject: tuple[str, str, str]) -> str:
    """Say what lifts the attainment of an SLA most."""
    rows = sensitivity.tornado[sensitivity.tornado["measure"] == "attainment"]
    rows = rows[(rows[KEY] == list(subject)).all(axis=1)].sort_values("difference", ascending=False, kind="stable")
    best = rows.iloc[0]
    if not best["difference"] > 0:
        return "no driver lifts it at all within its own range"
    lifts = f"{best['driver']} at {best['value']} lifts it most"
    return f"{lifts}: from {best['base']:.1%} to {best['moved']:.1%} on time over the horizon"
