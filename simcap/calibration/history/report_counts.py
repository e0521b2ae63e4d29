"""What reports say of the items that came: by hour, by day, or by longer periods, as fine as each queue has it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.reports import spans, whole_of
from simcap.calibration.history.roles import LENGTH
from simcap.calibration.history.sources import ReportFiles
from simcap.scenario.schema.profiles import HOURS, PROFILES
from simcap.units import HOUR

Array = NDArray[np.float64]

FLAT: Final = "flat"


@dataclasses.dataclass(frozen=True)
class Reported:
    """Items of a queue that a report counts, in periods of one kind.

    `begins` are days from the first of the history, `days` how many each period lasts. `by_hour` is [day, hour] where
    periods are of an hour or less, not a number on days that the report does not reach.
    """

    queue: str
    begins: NDArray[np.int64]
    days: NDArray[np.int64]
    items: Array
    profile: Array
    """168 relative rates from Monday on: those that the calibration file gives, else flat."""
    given: bool
    """Whether it gives them."""
    by_hour: Array | None = None

    @property
    def finest(self) -> str:
        """Return the kind of period: hour, day or longer."""
        if self.by_hour is not None:
            return "hour"
        return "day" if self.days.max() == 1 else "longer"

    def by_day(self, days: int) -> Array:
        """Return the items of each day; not a number on days that no period of a day or less covers."""
        if self.by_hour is not None:
            return np.asarray(self.by_hour.sum(axis=1))
        found = np.full(days, np.nan)
        if self.finest == "day":
            # A day within the report that it has no row of had no items.
            found[self.begins.min() : self.begins.max() + 1] = 0.0
            np.add.at(found, self.begins, self.items)
        return found

    def spread(self, first: int, days: int) -> Array:
        """Return the items as [day, hour]; those of a day as its hours have them by the profile."""
        if self.by_hour is not None:
            return self.by_hour
        shape = self.profile.reshape(7, 24)[(first - 1 + np.arange(days)) % 7]
        total = shape.sum(axis=1, keepdims=True)
        return np.asarray(self.by_day(days)[:, None] * np.where(total > 0, shape / np.maximum(total, 1e-12), 1 / 24))


def reported(
    reports: pd.DataFrame | None, sources: Sequence[ReportFiles], first: int, days: int
) -> dict[str, Reported]:
    """Return the items of each queue that reports count, days from the ordinal `first`."""
    if reports is None or "offered" not in reports:
        return {}
    named = reports[(reports["queue"] != "") & reports["offered"].notna()]
    return {
        str(queue): _of_queue(str(queue), whole_of(rows, "offered"), sources, first, days)
        for queue, rows in named.groupby("queue")
    }


def _of_queue(queue: str, rows: pd.DataFrame, sources: Sequence[ReportFiles], first: int, days: int) -> Reported:
    source = sources[int(rows["source"].iloc[0])]
    begins, lasts = spans(rows, first)
    items = rows["offered"].to_numpy(float)
    periods = pd.DataFrame({"begins": begins, "days": lasts, "items": items}).groupby(["begins", "days"])["items"].sum()
    found = Reported(
        queue,
        periods.index.get_level_values("begins").to_numpy(np.int64),
        periods.index.get_level_values("days").to_numpy(np.int64),
        periods.to_numpy(float),
        _week(source.profile),
        source.profile is not None,
    )
    if rows[LENGTH].max() > HOUR:
        return found
    hours = np.zeros((days, 24))
    np.add.at(hours, (begins, rows["hour"].to_numpy(np.int64)), items)
    hours[: begins.min()] = hours[begins.max() + 1 :] = np.nan
    return dataclasses.replace(found, by_hour=hours)


def _week(profile: str | tuple[float, ...] | None) -> Array:
    rates = np.asarray(PROFILES[profile or FLAT] if profile is None or isinstance(profile, str) else profile, float)
    week = np.tile(rates, HOURS // rates.size)
    return np.asarray(week / week.mean())
