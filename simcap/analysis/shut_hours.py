"""When people would have to be there: the hours of a usual week in which nobody is there while late items wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.circumstances import MOST, TELLING
from simcap.analysis.closing import STEP, STEPS_A_WEEK, served_steps
from simcap.analysis.hours import readings
from simcap.analysis.lateness import Lateness
from simcap.scenario.clock import Clock
from simcap.scenario.schema.scenario import Scenario
from simcap.units import HOUR

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

HOURS_A_WEEK = 168


def hours_to_cover(scenario: Scenario, queue: str, vendor: str, within: float, late: Lateness) -> str:
    """Return the closing times that most late items run into within `within` seconds; empty if there are none.

    Closing times with the same start and end count together: "between 17:00 and 09:00"; a single one is "between
    Friday 18:00 and Monday 09:00". If most of these items come during them, only the hours in which they do: "between
    17:00 and 20:00".
    """
    shut = shut_hours(scenario, queue, vendor, late.starts[0])
    created = np.zeros(HOURS_A_WEEK)
    np.add.at(created, readings(late.starts).since % HOURS_A_WEEK, late.created)
    alike: dict[tuple[int, int], list[int]] = {}
    for begin, length in _spans(shut):
        alike.setdefault(((begin + late.starts[0].hour) % 24, length), []).append(begin)
    if not alike:
        return ""
    before = round(within / HOUR)
    waiting = {key: sum(_sum(created, begin - before, begin + key[1]) for begin in alike[key]) for key in alike}
    key = max(waiting, key=lambda one: waiting[one])
    if not waiting[key]:
        return ""
    inside = np.array([created[np.arange(begin, begin + key[1]) % HOURS_A_WEEK] for begin in alike[key]]).sum(axis=0)
    first, last = _narrowed(inside) if inside.sum() >= TELLING * waiting[key] else (0, key[1])
    ends = [late.starts[0] + dt.timedelta(hours=alike[key][0] + hour) for hour in (first, last)]
    form = "%A %H:%M" if len(alike[key]) == 1 else "%H:%M"
    return f"between {ends[0]:{form}} and {ends[1]:{form}}"


def shut_hours(scenario: Scenario, queue: str, vendor: str, first: dt.datetime) -> Mask:
    """Return for each hour of a week, from a local time on, whether no shift serves a queue or a vendor's part of it.

    By the shifts of a usual week, ignoring public holidays. Never, if a file says who works when.
    """
    served = served_steps(scenario, queue, vendor, first.date())
    if served is None:
        return np.zeros(HOURS_A_WEEK, bool)
    begin = round(Clock.of(scenario.horizon).at(first) / STEP)
    steps = (begin + np.arange(STEPS_A_WEEK)) % STEPS_A_WEEK
    return np.asarray(~served[steps].reshape(HOURS_A_WEEK, -1).any(axis=1))


def _spans(shut: Mask) -> Iterator[tuple[int, int]]:
    """Yield the start and length of each closed stretch of a cyclic week; none if it is closed throughout."""
    if shut.all():
        return
    begins = np.flatnonzero(shut & ~np.roll(shut, 1))
    for begin in begins.tolist():
        yield begin, int(np.argmin(np.roll(shut, -begin)))


def _sum(created: Array, begin: int, end: int) -> float:
    return float(created[np.arange(max(begin, end - HOURS_A_WEEK), end) % HOURS_A_WEEK].sum())


def _narrowed(created: Array) -> tuple[int, int]:
    """Return the shortest stretch of hours in which most items come."""
    sums = np.append(0.0, np.cumsum(created))
    for length in range(1, created.size):
        inside = sums[length:] - sums[:-length]
        if inside.max() >= MOST * sums[-1]:
            return int(inside.argmax()), int(inside.argmax()) + length
    return 0, created.size
