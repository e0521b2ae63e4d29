"""Local times of files as POSIX seconds, many at once."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap import units
from simcap.scenario.clock import posix, zone

_STEP: Final = 900.0
_EPOCH: Final = dt.datetime(1970, 1, 1)

Floats = NDArray[np.float64]


def offsets(local: Floats, timezone: str) -> tuple[Floats, Floats]:
    """Return the seconds by which local times are ahead of UTC, at their first and at their second reading.

    `local` are seconds since 1970 on the wall clock. The two readings differ only around a change of the clocks.
    """
    place = zone(timezone)
    quarters, index = np.unique(np.floor_divide(local, _STEP), return_inverse=True)
    readings = np.empty((2, len(quarters)))
    for position, quarter in enumerate(quarters.tolist()):
        naive = _EPOCH + dt.timedelta(seconds=quarter * _STEP)
        for fold in (0, 1):
            ahead = naive.replace(tzinfo=place, fold=fold).utcoffset()
            readings[fold, position] = ahead.total_seconds() if ahead else 0.0
    return readings[0][index], readings[1][index]


def to_utc(
    local: Floats,
    timezone: str,
    group: NDArray[np.int64],
    *,
    repeats: bool | NDArray[np.bool_],
    at_change: bool = False,
) -> Floats:
    """Return the POSIX seconds of local times that stand in the order of a file.

    In the hour that a change of the clocks repeats, the times of one group are a first pass until one lies before
    its predecessor (where it `repeats`: or equals it); from there on they are the second. Times that a change skips are
    read with the offset before it, or (`at_change`) as the moment of the change.
    """
    first, second = offsets(local, timezone)
    times: Floats = local - first
    if at_change:
        for row in np.flatnonzero(first < second).tolist():
            times[row] = posix(_EPOCH + dt.timedelta(seconds=local[row]), zone(timezone))
    repeats = np.broadcast_to(repeats, local.shape)
    reached: dict[tuple[int, int], tuple[float, bool]] = {}
    for row in np.flatnonzero(first > second).tolist():
        key = (int(group[row]), int((local[row] - units.DAY / 2) // units.DAY))
        before, again = reached.get(key, (-np.inf, False))
        again = again or local[row] < before or (repeats[row] and local[row] == before)
        reached[key] = (float(local[row]), again)
        if again:
            times[row] = local[row] - second[row]
    return times


def wall(times: Floats, timezone: str) -> Floats:
    """Return the local wall-clock seconds since 1970 of POSIX seconds."""
    place = zone(timezone)
    quarters, index = np.unique(np.floor_divide(times, _STEP), return_inverse=True)
    ahead = [dt.datetime.fromtimestamp(quarter * _STEP, place).utcoffset() for quarter in quarters.tolist()]
    seconds = np.array([offset.total_seconds() if offset else 0.0 for offset in ahead])
    return np.asarray(times + seconds[index], dtype=np.float64)


def label(time: float, timezone: str) -> str:
    """Write POSIX seconds as a local date and time."""
    return f"{dt.datetime.fromtimestamp(time, zone(timezone)):%Y-%m-%d %H:%M:%S}".removesuffix(":00")
