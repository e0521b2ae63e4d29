"""The hours of a window as clocks show them: read once for all missed windows, queues and teams that ask for them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.clock import Clock
from simcap.scenario.schema.scenario import Horizon

Starts = tuple[dt.datetime, ...]
"""Local starts of hours by the clock of the horizon."""

_KEPT = 2048
"""Windows whose hours are kept: some 20 MB if they are weeks."""


@dataclasses.dataclass(frozen=True)
class Readings:
    """What the clock of the horizon shows at the starts of hours."""

    moment: NDArray[np.datetime64]
    hour: NDArray[np.int64]
    """Of the day."""
    weekday: NDArray[np.int64]
    """Monday = 0."""
    since: NDArray[np.int64]
    """Hours of the clock since the first."""


@functools.lru_cache(maxsize=_KEPT)
def readings(starts: Starts) -> Readings:
    """Return what the clock shows at the starts of hours."""
    moment = np.array(starts, "datetime64[us]")
    day, hour = moment.astype("datetime64[D]"), moment.astype("datetime64[h]")
    return Readings(
        moment,
        (hour - day.astype("datetime64[h]")).astype(np.int64),
        (day.astype(np.int64) + 3) % 7,  # 1 January 1970 was a Thursday
        ((moment - moment[:1]) // np.timedelta64(1, "h")).astype(np.int64),
    )


@functools.lru_cache(maxsize=_KEPT)
def days_elsewhere(horizon: Horizon, timezone: str, starts: Starts) -> tuple[dt.date, ...]:
    """Return the day of each hour in another zone."""
    place = Clock.of(horizon).elsewhere(timezone)
    return tuple(place.day(moment) for moment in _moments(horizon, starts))


@functools.lru_cache(maxsize=_KEPT)
def _moments(horizon: Horizon, starts: Starts) -> tuple[float, ...]:
    """Return the simulated times of the starts."""
    clock = Clock.of(horizon)
    return tuple(clock.at(start) for start in starts)
