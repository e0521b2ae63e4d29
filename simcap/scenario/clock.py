"""Local time and simulated time: the one place that knows about time zones.

Simulated time is seconds of UTC from local midnight of `horizon.start`; the warm-up is negative.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import zoneinfo

from simcap.scenario.schema.scenario import Horizon, Scenario
from simcap.units import DAY, to_tick

UTC = dt.UTC


@functools.lru_cache(maxsize=256)
def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return the time zone of an IANA name."""
    return zoneinfo.ZoneInfo(name)


@functools.lru_cache(maxsize=1 << 15)
def _stamp(place: zoneinfo.ZoneInfo, day: dt.date, seconds: float) -> float:
    """Return seconds of UTC since 1970 of a wall-clock reading; every replication asks for the same ones."""
    return posix(dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds), place)


def posix(local: dt.datetime, place: zoneinfo.ZoneInfo) -> float:
    """Return seconds of UTC since 1970 of a naive local date and time; later readings never come before earlier ones.

    A reading that a change of the clocks skips counts as the moment of the change; one that occurs twice as the first.
    """
    first, second = (local.replace(tzinfo=place, fold=fold).timestamp() for fold in (0, 1))
    return first if second >= first else _change(math.floor(second), math.ceil(first), place)


def _change(before: int, after: int, place: zoneinfo.ZoneInfo) -> float:
    """Return the moment between two at which the clocks of a zone change."""
    old = dt.datetime.fromtimestamp(before, place).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if dt.datetime.fromtimestamp(middle, place).utcoffset() == old:
            before = middle
        else:
            after = middle
    return float(after)


def reading(time: float, place: zoneinfo.ZoneInfo) -> str:
    """Write seconds of UTC since 1970 as local date and time to the minute, with the offset if it occurs twice."""
    local = dt.datetime.fromtimestamp(time, place)
    offsets = {local.replace(fold=fold).utcoffset() for fold in (0, 1)}
    return (local if len(offsets) > 1 else local.replace(tzinfo=None)).isoformat(timespec="minutes")


class Clock:
    """Translate between the local time of one zone and simulated seconds."""

    def __init__(self, origin: float, timezone: str) -> None:
        self.origin = origin
        self.zone = zone(timezone)

    @classmethod
    def of(cls, horizon: Horizon) -> Clock:
        """Return the clock of a horizon: its zone, zero at local midnight of its start."""
        midnight = dt.datetime.combine(horizon.start, dt.time(), zone(horizon.timezone))
        return cls(midnight.timestamp(), horizon.timezone)

    @classmethod
    def start_of(cls, horizon: Horizon) -> float:
        """Return the simulated time in seconds at which a horizon starts: 0, unless that is within its first day."""
        return to_tick(cls.of(horizon).at(horizon.begins)) if horizon.starts_within_day else 0.0

    def elsewhere(self, timezone: str) -> Clock:
        """Return the clock of another zone with the same zero."""
        return Clock(self.origin, timezone)

    def of_queue(self, scenario: Scenario, queue: str | None) -> Clock:
        """Return the clock by which what names a queue is dated: that of the queue's zone; this one for all queues."""
        return self if queue is None else self.elsewhere(scenario.zone_of(queue))

    def at(self, local: dt.datetime) -> float:
        """Return the simulated time in seconds of a naive local date and time.

        A local time that a change of the clocks skips counts as the moment of the change; one that occurs twice as
        the first.
        """
        return posix(local, self.zone) - self.origin

    def after(self, local: dt.datetime, seconds: float) -> float:
        """Return the simulated time a duration after a naive local date and time.

        Whole days end at the same reading of the clock, even if the clocks change in between; all else is elapsed time.
        """
        if seconds % DAY == 0:
            return self.at(local + dt.timedelta(seconds=seconds))
        return self.at(local) + seconds

    def midnight(self, day: dt.date) -> float:
        """Return the simulated time in seconds at which a local day begins."""
        return _stamp(self.zone, day, 0.0) - self.origin

    def moment(self, day: dt.date, seconds: float) -> float:
        """Return the simulated time of a wall-clock reading on a local day, in seconds after midnight."""
        return _stamp(self.zone, day, seconds) - self.origin

    def local(self, time: float) -> dt.datetime:
        """Return the naive local date and time at a simulated time in seconds."""
        return dt.datetime.fromtimestamp(self.origin + time, self.zone).replace(tzinfo=None)

    def label(self, time: float) -> str:
        """Write a simulated time as local date and time to the minute, with the offset if that reading occurs twice."""
        return reading(self.origin + time, self.zone)

    def day(self, time: float) -> dt.date:
        """Return the local day at a simulated time in seconds."""
        return self.local(time).date()
