"""The steps of time in which pick-ups are counted, and the bands of age that items are in."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.pickup.kernel import expose
from simcap.scenario.clock import Clock
from simcap.scenario.data.instants import wall
from simcap.units import DAY, HOUR, MINUTE

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

HOURS: Final = 24
WORKING_DAY, SATURDAY, SUNDAY = range(3)
KINDS: Final = 3
"""Kinds of day; public holidays count as Sundays."""
_AGES: Final = (
    30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, 1.5 * DAY, 2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY,
    7 * DAY, 14 * DAY, 28 * DAY,
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Steps:
    """Successive steps of equal length, from local midnight to local midnight."""

    begin: float
    """POSIX seconds."""
    length: float
    """Seconds of a step."""
    day: Whole
    """[step] local day, from 0."""
    slot: Whole
    """[step] kind of day and hour: kind * 24 + hour."""

    @property
    def days(self) -> int:
        """Return the number of days."""
        return int(self.day[-1]) + 1

    @property
    def end(self) -> float:
        """Return the end of the last step in POSIX seconds."""
        return self.begin + self.length * self.day.size


@dataclasses.dataclass(frozen=True)
class Waited:
    """What waited and what was picked up in each step, by age at its beginning; items that come in it are of age 0."""

    steps: Steps
    ages: Array
    """[band] lower edges in seconds."""
    waiting: Array
    """[step, band] items times the share of the step for which they waited."""
    picked: Array
    """[step, band] items."""
    left: Array
    """[step, band] items that left without being picked up."""
    open: Array
    """[step] items that waited at any time in it."""


def steps_between(first: dt.date, last: dt.date, timezone: str, length: float, holidays: frozenset[dt.date]) -> Steps:
    """Return the steps of the local days from `first` to the one before `last`."""
    clock = Clock(0.0, timezone)
    begin, end = clock.midnight(first), clock.midnight(last)
    starts = np.arange(begin, end, length)
    local = wall(starts, timezone)
    day = np.floor(local / DAY).astype(np.int64) + dt.date(1970, 1, 1).toordinal() - first.toordinal()
    kind = np.array([_kind(first + dt.timedelta(days=number), holidays) for number in range(int(day[-1]) + 1)])
    return Steps(begin, length, day, kind[day] * HOURS + np.floor(local % DAY / HOUR).astype(np.int64))


def ages_for(length: float) -> Array:
    """Return the lower edges of the bands of age, in seconds, none of them but the first below a step's length."""
    return np.array([0.0, length, *(age for age in _AGES if age > length)])


def exposure(created: Array, gone: Array, picked: NDArray[np.bool_], steps: Steps) -> Waited:
    """Count what waited and what was picked up in each step.

    Times are POSIX seconds; what is still there is gone at infinity. What is gone and not `picked` left.
    """
    ages = ages_for(steps.length)
    waiting, taken, left = (np.zeros((steps.day.size, ages.size)) for _ in range(3))
    open_ = np.zeros(steps.day.size)
    expose(created, gone, picked, steps.begin, steps.length, ages, waiting, taken, left, open_)
    return Waited(steps, ages, waiting, taken, left, open_)


def without_days(counted: Waited, lost: NDArray[np.bool_]) -> Waited:
    """Return what waited with nothing known of the lost days."""
    kept = ~lost[counted.steps.day]
    names = ("waiting", "picked", "left", "open")
    seen = {name: getattr(counted, name) for name in names}
    return dataclasses.replace(
        counted, **{name: one * (kept if one.ndim == 1 else kept[:, None]) for name, one in seen.items()}
    )


def _kind(day: dt.date, holidays: frozenset[dt.date]) -> int:
    if day in holidays or day.weekday() == 6:
        return SUNDAY
    return SATURDAY if day.weekday() == 5 else WORKING_DAY
