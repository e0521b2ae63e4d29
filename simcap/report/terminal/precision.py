"""What the terminal and pages say of figures that sketches have made more precise."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from simcap.analysis.figures import Layout
from simcap.analysis.money import ALL
from simcap.analysis.precision import of_judged_windows
from simcap.report.wording.words import in_window, interval, plural, sla_name

SKETCHED = "With sketches, 90% intervals"
"""The heading of what they say."""
SKETCHED_KEY = (
    "More precise than what is counted in the replications alone, as in the table above; bands and risks are counted."
)


def precision_lines(table: pd.DataFrame, layout: Layout) -> list[str]:
    """Return a line for each whole queue's SLA: attainment over the horizon, what it rests on, the likeliest miss."""
    whole = of_judged_windows(table[table["vendor"] == ""], layout)
    rows = whole[(whole["measure"] == "attainment") & (whole["period"] == "horizon") & whole["estimate"].notna()]
    chances = whole[(whole["measure"] == "miss_probability") & whole["high"].notna()]
    return [
        _line({str(key): value for key, value in row.items()})
        + _likeliest(chances[(chances["queue"] == row["queue"]) & (chances["sla"] == row["sla"])])
        for row in rows.to_dict("records")
    ]


def _likeliest(chances: pd.DataFrame) -> str:
    """Say in which window a miss is likeliest, and how likely, or what no window's chance exceeds.

    A chance that too few sketches come near is not told, only what they rule out.
    """
    if chances.empty:
        return ""
    period = str(chances["period"].iloc[0])
    told = chances[chances["estimate"] > 0]
    if told.empty:
        bound = _percent(chances["high"].max())
        return f"; a miss: at most {bound}%" if period == "horizon" else f"; a miss: at most {bound}% in any {period}"
    row = told.iloc[int(told["estimate"].argmax())]
    low, high = (_percent(row[end]) for end in ("low", "high"))
    when = in_window(period, dt.datetime.fromisoformat(str(row["start"])))
    likeliest = "" if period == "horizon" else f" is likeliest {when}"
    return f"; a miss{likeliest}: {_percent(row['estimate'])}% [{low}, {high}]"


def _percent(chance: float) -> str:
    percent = 100 * chance
    return f"{percent:.0f}" if percent >= 10 else f"{percent:.1f}" if percent >= 1 else f"{percent:.1g}"


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
