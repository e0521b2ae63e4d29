"""What the terminal says of figures that sketches have made more precise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simcap.report.wording.words import sla_name


def precision_lines(table: pd.DataFrame) -> list[str]:
    """Return a line for each whole queue's SLA: attainment over the horizon, its interval, and what it rests on."""
    rows = table[(table["measure"] == "attainment") & (table["period"] == "horizon") & (table["vendor"] == "")]
    return [
        _line({str(key): value for key, value in row.items()})
        for row in rows[rows["estimate"].notna()].to_dict("records")
    ]


def _line(row: dict[str, object]) -> str:
    name = sla_name(str(row["queue"]), "", str(row["sla"]))
    estimate, low, high = (100 * float(str(row[column])) for column in ("estimate", "low", "high"))
    figures = f"{name}: {estimate:.1f}% [{low:.1f}, {high:.1f}]"
    if row["why_counted"]:
        return f"{figures}, from {row['replications']} replications alone: {row['why_counted']}"
    worth = float(str(row["effective"]))
    as_good = f", as good as {worth:.0f} replications" if np.isfinite(worth) else ""
    return f"{figures}, from {row['replications']} replications and {row['sketches']} sketches{as_good}"
