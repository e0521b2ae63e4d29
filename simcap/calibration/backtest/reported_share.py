"""The yardstick of a back-test by reports: the share on time that they have, in the windows that are scored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.history import History
from simcap.calibration.history.yardsticks import Backtest
from simcap.errors import DataError
from simcap.scenario.grid import Grid
from simcap.scenario.nearest import nearest

Array = NDArray[np.float64]

LONGEST: Final = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 31.0}
"""Days of the longest period of a report by which windows can be scored."""


def check_shares(history: History, backtest: Backtest) -> None:
    """Raise `DataError` unless reports have shares on time, of periods of which one begins on the first origin."""
    reports, shares = history.reports, history.shares
    assert reports is not None
    for name, what in (("sla", "a share on time, by which a replay is judged"), ("handled", "what was handled")):
        if name not in reports or reports[name].isna().all():
            raise DataError(
                f"backtest: no report says {what}; {name} is missing: name its column under `reports: columns:`, or "
                "give `items:`"
            )
    if shares.empty:
        raise DataError(
            "backtest: the reported share on time is of no queue; name the column of queues under `reports: columns: "
            "queue:`, or give each file its `queue:`"
        )
    lines = list(_unknown(sorted({str(queue) for queue in shares["queue"]}), backtest))
    if lines:
        raise DataError("\n".join(lines))
    first = backtest.first
    begins = {dt.date.fromordinal(int(day)) for day in shares.loc[shares["days"] > 1, "day"]}
    if begins and first not in begins:
        near = min(begins, key=lambda day: (abs((day - first).days), day))
        raise DataError(
            f"backtest.first: {first} is within a period of the report, whose share on time is of the whole; "
            f"write {near}, on which one begins"
        )


def _unknown(known: list[str], backtest: Backtest) -> Iterator[str]:
    """Yield the queues of SLAs that have no share on time, or whose one share two SLAs would be held against."""
    measured: dict[str, str] = {}
    for name, sla in backtest.sla.items():
        for queue in sla.queues or known:
            if queue not in known:
                yield (
                    f"backtest.sla.{name}.queues: no report has the share on time of {queue!r}, so nothing can be held "
                    f"against it; {nearest(queue, known)}, or leave it out"
                )
            elif queue in measured:
                yield (
                    f"backtest.sla.{name}: a report has one share on time of {queue!r}, which is held against "
                    f"{measured[queue]!r} already; say under `queues:` which SLA the report counts for which queue"
                )
            measured.setdefault(queue, name)


def in_cells(shares: pd.DataFrame, queues: Sequence[str], grid: Grid, begin: float) -> tuple[Array, Array]:
    """Return items on time and items handled as [queue, cell], each period in the cell in which it begins.

    `begin` is the start of the grid in POSIX seconds. Periods that reach beyond the grid are left out.
    """
    cells = len(grid.cell_day)
    met, handled = np.zeros((len(queues), cells)), np.zeros((len(queues), cells))
    for place, queue in enumerate(queues):
        mine = shares[shares["queue"] == queue]
        cell = np.searchsorted(grid.edges + begin, mine["start"].to_numpy(float), "right") - 1
        last = mine["day"].to_numpy(float) + np.maximum(mine["days"].to_numpy(float), 1.0) - 1
        inside = (cell >= 0) & (cell < cells) & (last <= grid.days[-1].toordinal())
        np.add.at(met[place], cell[inside], mine["met"].to_numpy(float)[inside])
        np.add.at(handled[place], cell[inside], mine["handled"].to_numpy(float)[inside])
    return met, handled


def finest(shares: pd.DataFrame) -> str:
    """Return the shortest windows for which all queues have a share: hour, day, week or month."""
    longest = float(shares["days"].max())
    return next((name for name, days in LONGEST.items() if longest <= days + 1e-9), "month")


def shares_before(history: History, origin: dt.date) -> pd.DataFrame:
    """Return the reported shares of periods that had ended when a day began."""
    shares = history.shares
    return shares[shares["day"] + np.maximum(shares["days"], 1.0) <= origin.toordinal()]
