"""What the terminal and pages say of figures that sketches have made more precise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simcap.analysis.money import ALL
from simcap.report.wording.words import interval, plural, sla_name

SKETCHED = "With sketches, 90% intervals"
"""The heading of what they say."""


def precision_lines(table: pd.DataFrame) -> list[str]:
    """Return a line for each whole queue's SLA: attainment over the horizon, its interval, and what it rests on."""
    rows = table[(table["measure"] == "attainment") & (table["period"] == "horizon") & (table["vendor"] == "")]
    return [
        _line({str(key): value for key, value in row.items()})
        for row in rows[rows["estimate"].notna()].to_dict("records")
    ]


def difference_lines(table: pd.DataFrame, currency: str) -> list[str]:
    """Return a line for each whole queue's SLA that differs over the horizon from the base's, and for all net cost."""
    rows = table[(table["period"] == "horizon") & (table["vendor"] == ALL) & table["difference"].notna()]
    moved = rows[(rows["low"] != 0) | (rows["high"] != 0)]
    return [_difference({str(key): value for key, value in row.items()}, currency) for row in moved.to_dict("records")]


def _difference(row: dict[str, object], currency: str) -> str:
    figures = (float(str(row[column])) for column in ("difference", "low", "high"))
    if row["measure"] == "net_cost":
        estimate, low, high = figures
        return f"net cost: {estimate:+,.0f} {currency} {interval(low, high, '+,.0f')}{_rests_on(row)}"
    estimate, low, high = (100 * figure for figure in figures)
    name = sla_name(str(row["queue"]), "", str(row["sla"]))
    return f"{name}: {estimate:+.1f} points {interval(low, high, '+.1f')}{_rests_on(row)}"


def _line(row: dict[str, object]) -> str:
    name = sla_name(str(row["queue"]), "", str(row["sla"]))
    estimate, low, high = (100 * float(str(row[column])) for column in ("estimate", "low", "high"))
    return f"{name}: {estimate:.1f}% [{low:.1f}, {high:.1f}]{_rests_on(row)}"


def _rests_on(row: dict[str, object]) -> str:
    replications = plural(int(str(row["replications"])), "replication")
    if row["why_counted"]:
        return f", from {replications} alone: {row['why_counted']}"
    worth = float(str(row["effective"]))
    as_good = f", as good as {worth:.0f} replications" if np.isfinite(worth) else ""
    return f", from {replications} and {int(str(row['sketches'])):,} sketches{as_good}"
