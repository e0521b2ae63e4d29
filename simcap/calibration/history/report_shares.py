"""What reports say of service: which share of the items that were decided in a period was on time.

A report has one such share for a queue. It is of the handled, by the time of the decision, as telephone systems and
partners' scorecards count it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from simcap.calibration.history.reports import whole_of
from simcap.calibration.history.roles import LENGTH
from simcap.units import DAY, HOUR

COLUMNS: Final = ("queue", "start", "day", "days", "hour", "met", "handled")
_SPELL: Final = ["start", LENGTH, "day", "hour"]


def reported_shares(reports: pd.DataFrame | None) -> pd.DataFrame:
    """Return the reported shares on time: a row a queue and period, as fine as each queue has it; none without any.

    Columns: queue, start (POSIX seconds), day (ordinal), days (length; 1/24 for an hour or less), hour (of the week),
    met (items on time) and handled.
    """
    parts = []
    if reports is not None and {"sla", "handled"} <= set(reports):
        known = reports[reports["queue"] != ""]
        parts = [_of_queue(str(queue), rows) for queue, rows in known.groupby("queue")]
    empty = pd.DataFrame({name: np.zeros(0) for name in COLUMNS}).astype({"queue": "str"})
    return pd.concat(parts, ignore_index=True) if parts else empty


def _of_queue(queue: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the shares of a queue, weighted by what was handled: as the same rows say it, else those of the period."""
    shares = whole_of(rows, "sla")
    own = shares[shares["handled"] > 0]
    if own.empty and len(shares):
        counted = whole_of(rows, "handled").groupby(["start", LENGTH])["handled"].sum()
        own = shares.drop(columns="handled").merge(counted.reset_index(), on=["start", LENGTH])
        own = own[own["handled"] > 0]
    sums = own.assign(met=own["sla"] * own["handled"]).groupby(_SPELL)[["met", "handled"]].sum().reset_index()
    days = np.where(sums[LENGTH] <= HOUR, 1 / 24, np.maximum(np.round(sums[LENGTH] / DAY), 1.0))
    hour = (sums["day"].to_numpy(np.int64) - 1) % 7 * 24 + sums["hour"].to_numpy(np.int64)
    return sums.assign(queue=queue, days=days, hour=hour)[list(COLUMNS)]
