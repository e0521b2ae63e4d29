"""What the terminal shows of a comparison: what differs, what that does to each SLA, a statement of figures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from simcap.analysis.money import ALL
from simcap.experiment.compare import Comparison, widest
from simcap.experiment.explain import TOGETHER
from simcap.report.costs import currency_of
from simcap.report.words import amount, chance, interval, known, plural, sla_name

if TYPE_CHECKING:
    from rich.table import Table

Row = dict[Any, Any]

KEY = (
    "Points: the mean difference of attainment over the horizon, replication by replication, with its 95% interval. "
    "Worse in: the share of replications. Any miss: the chance that at least one window of the SLA is missed."
)
SURE = 0.5
"""Points by which attainment must move to be told in the statement."""
MOST_TOLD = 3


def print_comparison(found: Comparison, folder: Path) -> None:
    """Print for each variant what differs, its SLAs beside those of the base, and the statement."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 120
    base = found.base
    console.print(f"Base: {base.scenario.name}, {plural(base.replications, 'replication')}, the same draws for all")
    for other, words in zip(found.results[1:], found.words, strict=True):
        name = other.scenario.name
        console.print(f"\n{name}", style="bold")
        for line in words or ("nothing differs",):
            console.print(f"  {line}", soft_wrap=True)
        console.print(_slas(found, name))
        if (costs := _costs(found, name)) is not None:
            console.print(costs)
        if "explained" in found.tables:
            console.print(_explained(found, name))
        console.print(statement(found, name), soft_wrap=True)
    console.print(KEY, style="dim", soft_wrap=True)
    for line in _precision(found):
        console.print(line, soft_wrap=True)
    console.print(f"\nResults  {folder}", soft_wrap=True)


def statement(found: Comparison, name: str) -> str:
    """Return what a variant does, in one paragraph of figures: costs, risks, attainment; the largest changes first."""
    risks = _of_variant(found, "misses", name).copy()
    risks["size"] = risks["difference"].abs()
    told = [
        _risk(row)
        for row in risks.sort_values("size", ascending=False, kind="stable").to_dict("records")
        if row["ci_low"] > 0 or row["ci_high"] < 0
    ]
    moved = [
        _move(row)
        for row in _horizon(found, name).sort_values("size", ascending=False, kind="stable").to_dict("records")
        if 100 * row["size"] >= SURE and (row["ci_low"] > 0 or row["ci_high"] < 0)
    ]
    cost = _saved(found, name)
    parts = [part for part in (cost, "; ".join(told[:MOST_TOLD]), "; ".join(moved[:MOST_TOLD])) if part]
    if not told and not moved:
        parts.append("no SLA's risk can be told from the base's, and no attainment moves by half a point")
    text = ". ".join(part[0].upper() + part[1:] for part in parts)
    left = max(len(told) - MOST_TOLD, 0) + max(len(moved) - MOST_TOLD, 0)
    return f"{text}." + (f" {left} more in tables/misses.csv and tables/slas.csv." if left else "")


def _saved(found: Comparison, name: str) -> str:
    """Say what a variant costs or saves over the horizon; nothing where no contract has a price."""
    rows = _net_costs(found, name)
    if rows.empty:
        priced = [result.layout.subjects["money"] for result in found.results if result.scenario.name == name]
        if any(priced) or found.base.layout.subjects["money"]:
            return "its net cost cannot be held against the base's, as only one of them has a price"
        return ""
    free = rows[rows["difference"].isna()]["vendor"].tolist()
    if free:
        return f"its net cost cannot be held against the base's, as only one of them has a price for {', '.join(free)}"
    row = rows[rows["vendor"] == ALL].iloc[0]
    if row["ci_low"] <= 0 <= row["ci_high"]:
        return "its net cost cannot be told from the base's" if row["difference"] else "it costs the same"
    verb, sign = ("saves", -1) if row["difference"] < 0 else ("costs", 1)
    low, high = sorted(sign * row[end] for end in ("ci_low", "ci_high"))
    much = f"{amount(sign * row['difference'])} {currency_of(found.base)}{' more' if sign > 0 else ''}"
    return f"it {verb} {much} over the horizon [{amount(low)}, {amount(high)}]"


def _net_costs(found: Comparison, name: str) -> pd.DataFrame:
    rows = _of_variant(found, "vendors", name)
    return rows[(rows["period"] == "horizon") & (rows["measure"] == "net_cost")]


def _precision(found: Comparison) -> list[str]:
    """Say how well differences are known, and whether that is what was asked for."""
    if math.isinf(found.width):
        return ["One replication: nothing is known of how far off the differences are."]
    points, costs = (100 * half for half in widest(found.tables))
    known = [] if math.isnan(points) else [f"±{points:.2g} points"]
    known += [] if math.isnan(costs) else [f"±{costs:.2g}% of net cost"]
    if not known:
        return ["No SLA and no price is common to them, so there is nothing to hold against each other."]
    lines = [f"Every difference over the horizon is known to {' and '.join(known)}, or better."]
    if found.precision is not None and found.width > found.precision:
        count = plural(found.base.replications, "replication")
        lines.append(f"±{100 * found.precision:.2g} was asked for and is not reached with {count}, the most there are.")
    return lines


def _explained(found: Comparison, name: str) -> Table:
    """Return what each difference does alone to net cost and to the SLAs that move most."""
    from rich.table import Table

    rows = _of_variant(found, "explained", name)
    together = rows[rows["difference"] == TOGETHER].assign(size=lambda one: one["effect"].abs())
    slas = together[together["measure"] == "attainment"].sort_values("size", ascending=False, kind="stable")
    table = Table(box=None, pad_edge=False)
    table.add_column("what does it")
    keys = [(row["queue"], row["vendor"], row["sla"]) for row in slas.head(MOST_TOLD).to_dict("records")]
    costs = rows[rows["measure"] == "net_cost"].set_index("difference")
    if len(costs):
        table.add_column(f"net cost, {currency_of(found.base)}", justify="right")
    for queue, vendor, sla in keys:
        table.add_column(sla_name(queue, vendor, sla), justify="right")
    for difference in rows["difference"].unique():
        mine = rows[rows["difference"] == difference].set_index(["queue", "vendor", "sla"])
        cells = [f"{100 * mine.loc[key, 'effect']:+.1f} {_points(mine.loc[key])}" for key in keys]
        if len(costs):
            cells.insert(0, f"{costs.loc[difference, 'effect']:+,.0f}")
        table.add_row(difference, *cells)
    return table


def _points(row: Row | pd.Series) -> str:
    return interval(100 * row["ci_low"], 100 * row["ci_high"], "+.1f")


def _costs(found: Comparison, name: str) -> Table | None:
    from rich.table import Table

    rows = _net_costs(found, name)
    if rows.empty:
        return None
    table = Table(box=None, pad_edge=False)
    for heading in (f"net cost, {currency_of(found.base)}", "base", "then", "difference", "95% interval", "dearer in"):
        table.add_column(heading, justify="left" if heading.startswith("net") else "right")
    for row in rows.to_dict("records"):
        table.add_row(
            row["vendor"] or "all", known(row["base"], ",.0f"), known(row["variant"], ",.0f"),
            known(row["difference"], "+,.0f"), interval(row["ci_low"], row["ci_high"], "+,.0f"), chance(row["higher"]),
        )  # fmt: skip
    return table


def _risk(row: Row) -> str:
    verb = "rises" if row["difference"] > 0 else "falls"
    change = f"from {chance(row['base'])} to {chance(row['variant'])} [{row['ci_low']:+.0%}, {row['ci_high']:+.0%}]"
    when = f"; worst {row['per']}: {pd.Timestamp(row['worst']):%-d %B} ({chance(row['worst_miss'])})"
    subject = sla_name(row["queue"], row["vendor"], row["sla"])
    return f"the risk of missing {subject} in any {row['per']} {verb} {change}{when if row['worst'] else ''}"


def _move(row: Row) -> str:
    subject = sla_name(row["queue"], row["vendor"], row["sla"])
    verb = "rises" if row["difference"] > 0 else "falls"
    return f"attainment of {subject} {verb} by {100 * abs(row['difference']):.1f} points {_points(row)}"


def _of_variant(found: Comparison, table: str, name: str) -> pd.DataFrame:
    rows = found.tables[table]
    return rows[rows["scenario"] == name]


def _horizon(found: Comparison, name: str) -> pd.DataFrame:
    rows = _of_variant(found, "slas", name)
    rows = rows[rows["period"] == "horizon"]
    return rows.assign(size=rows["difference"].abs())


def _slas(found: Comparison, name: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("queue / SLA", "attained", "then", "points", "95% interval", "worse in", "any miss", "then"):
        table.add_column(heading, justify="left" if heading == "queue / SLA" else "right")
    risks = {
        (row["queue"], row["vendor"], row["sla"]): row for row in _of_variant(found, "misses", name).to_dict("records")
    }
    for row in _horizon(found, name).to_dict("records"):
        risk = risks[row["queue"], row["vendor"], row["sla"]]
        table.add_row(
            sla_name(row["queue"], row["vendor"], row["sla"]),
            known(row["base"], ".1%"), known(row["variant"], ".1%"), known(100 * row["difference"], "+.1f"),
            interval(100 * row["ci_low"], 100 * row["ci_high"], "+.1f"), chance(row["lower"]),
            chance(risk["base"]), chance(risk["variant"]),
        )  # fmt: skip
    return table
