"""When the items came that a report counts by period: evenly, or drawn, by the hours of a week.

Within a period of more than a day some days are busier than others; a report of weeks does not tell by how much, so a
usual spread is taken.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.period_volumes import USUAL_BUSYNESS
from simcap.calibration.history.roles import LENGTH
from simcap.scenario.data.instants import wall
from simcap.streams import Purpose, Streams
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]

REPORT: Final = "report"
"""A word in the addresses of draws."""
_SHAPE: Final = USUAL_BUSYNESS**-2
"""Shape of the gamma distribution of a day's busyness."""


@dataclasses.dataclass(frozen=True)
class OfferedItems:
    """The items of each queue, by period, and how those of a period are spread over its hours."""

    cells: dict[str, pd.DataFrame]
    """By queue, hours or shorter periods: start, length (seconds), day, weight (1 for a whole period), period (a
    number), offered (of the period)."""

    def evenly(self) -> dict[str, Array]:
        """Return creation times by queue: as many as are counted, as evenly as the hours allow."""
        return {queue: _even(cells) for queue, cells in self.cells.items()}

    def drawn(self, streams: Streams, begin: float, end: float) -> dict[str, Array]:
        """Return creation times by queue of the periods that begin in a span of POSIX seconds, drawn anew."""
        return {
            queue: _drawn(
                cells[(cells["begun"] >= begin) & (cells["begun"] < end)],
                streams.generator(Purpose.BUSYNESS, REPORT, queue),
            )
            for queue, cells in self.cells.items()
        }


def offered_by_cell(periods: pd.DataFrame, rates: dict[str, Array], timezone: str) -> OfferedItems:
    """Return items by queue from periods (queue, start, length, offered) and the rates of the 168 hours of a week."""
    return OfferedItems(
        {str(queue): _cells(rows, rates[str(queue)], timezone) for queue, rows in periods.groupby("queue")}
    )


def _cells(rows: pd.DataFrame, rates: Array, timezone: str) -> pd.DataFrame:
    rows = rows.sort_values("start")
    start, length = (rows[name].to_numpy(float) for name in ("start", LENGTH))
    pieces = np.maximum(np.ceil(length / HOUR), 1).astype(np.int64)
    period = np.repeat(np.arange(len(rows)), pieces)
    begin = start[period] + HOUR * (np.arange(period.size) - np.repeat(np.cumsum(pieces) - pieces, pieces))
    lasts = np.minimum(begin + HOUR, (start + length)[period]) - begin
    local = wall(begin, timezone)
    day = np.floor(local / DAY).astype(np.int64)
    # 1 January 1970 was a Thursday.
    weight = rates[(day + 3) % 7 * 24 + (local % DAY // HOUR).astype(np.int64)] * lasts
    whole = np.bincount(period, weight)[period]
    flat = lasts / np.bincount(period, lasts)[period]
    return pd.DataFrame(
        {
            "start": begin,
            LENGTH: lasts,
            "day": day,
            "weight": np.where(whole > 0, weight / np.where(whole > 0, whole, 1.0), flat),
            "period": period,
            "begun": start[period],
            "offered": np.round(rows["offered"].to_numpy(float))[period],
        }
    )


def _even(cells: pd.DataFrame) -> Array:
    expected = (cells["offered"] * cells["weight"]).to_numpy(float)
    reached = np.cumsum(expected)
    items = np.arange(round(float(reached[-1]))) + 0.5
    cell = np.searchsorted(reached, items)
    part = (items - (reached - expected)[cell]) / expected[cell]
    return np.asarray(cells["start"].to_numpy(float)[cell] + part * cells[LENGTH].to_numpy(float)[cell], np.float64)


def _drawn(cells: pd.DataFrame, generator: np.random.Generator) -> Array:
    alone = ~cells["period"].duplicated(keep=False).to_numpy()
    each = np.where(alone, cells["offered"].to_numpy(float), 0.0).astype(np.int64)
    for _, rows in cells[~alone].groupby("period"):
        days, number = np.unique(rows["day"].to_numpy(), return_inverse=True)
        busy = generator.gamma(_SHAPE, 1 / _SHAPE, days.size)[number] if days.size > 1 else 1.0
        weight = rows["weight"].to_numpy(float) * busy
        place = np.flatnonzero(np.isin(cells["period"].to_numpy(), rows["period"].iloc[:1]))
        each[place] = generator.multinomial(int(rows["offered"].iloc[0]), weight / weight.sum())
    start, length = (np.repeat(cells[name].to_numpy(float), each) for name in ("start", LENGTH))
    return np.sort(start + length * generator.random(start.size))
