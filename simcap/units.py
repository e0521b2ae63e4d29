"""Quantities as people write them ("4 h", "8%", "09:00") and the grid on which all times lie.

Internally, durations are seconds, shares are fractions of one, and every time is a multiple of `TICK`:
sums and differences of such floats are exact below 2**33 s, in any order.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

SECOND: Final = 1.0
MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 86400.0
WEEK: Final = 7 * DAY
YEAR: Final = 365.25 * DAY
MONTH: Final = YEAR / 12

TICKS_PER_SECOND: Final = 2.0**20
TICK: Final = 1.0 / TICKS_PER_SECOND

_DURATION_UNITS: Final[dict[str, float]] = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "second", "seconds"), SECOND),
    **dict.fromkeys(("min", "minute", "minutes"), MINUTE),
    **dict.fromkeys(("h", "hour", "hours"), HOUR),
    **dict.fromkeys(("d", "day", "days"), DAY),
    **dict.fromkeys(("week", "weeks"), WEEK),
    **dict.fromkeys(("month", "months"), MONTH),
    **dict.fromkeys(("year", "years"), YEAR),
}
_NUMBER = r"[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_DURATION_RE: Final = re.compile(rf"\s*({_NUMBER})\s*([A-Za-z]+)\s*")
_SHARE_RE: Final = re.compile(rf"\s*({_NUMBER})\s*%\s*")
_BARE_RE: Final = re.compile(rf"\s*({_NUMBER})\s*")
_CLOCK_RE: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?")
_HAZARD_RE: Final = re.compile(r"\s*(.+?)\s*per\s+(week|month|year|day)\s*")
_RANGE_RE: Final = re.compile(rf"\s*({_NUMBER})\s*(?:-\s*({_NUMBER})|\+)\s*([A-Za-z]+)\s*")


def to_tick(seconds: float) -> float:
    """Round a time or duration in seconds to the grid of 2**-20 s."""
    return round(seconds * TICKS_PER_SECOND) * TICK


def to_ticks(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round an array of times or durations in seconds to the grid of 2**-20 s."""
    rounded: NDArray[np.float64] = np.rint(seconds * TICKS_PER_SECOND)
    rounded *= TICK
    return rounded


def parse_duration(value: object) -> float:
    """Read "45 s", "90 min", "4 h", "2 weeks" as seconds.

    Raises `ValueError` for a number without a unit, an unknown unit or a negative duration.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError(f"{value!r} has no unit; write for example '{value:g} s' or '{value:g} h'")
    match = _DURATION_RE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is not a duration; write for example '45 s', '4 h' or '2 weeks'")
    number, unit = match.groups()
    if unit not in _DURATION_UNITS:
        raise ValueError(f"{unit!r} is not a unit of time; use ms, s, min, h, days, weeks, months or years")
    seconds = float(number.replace("_", "")) * _DURATION_UNITS[unit]
    if seconds < 0:
        raise ValueError(f"{value!r} is negative; a duration is zero or more")
    return seconds


def parse_share(value: object) -> float:
    """Read "8%" or 0.08 as a fraction between 0 and 1.

    Raises `ValueError` outside [0, 1] and for anything that is not a share.
    """
    share = parse_signed_share(value)
    if not 0 <= share <= 1:
        problem = f"{value!r} is out of bounds; a share lies between 0% and 100%"
        raise ValueError(problem if isinstance(value, str) else problem + percent_hint(share))
    return share


def parse_signed_share(value: object) -> float:
    """Read "-2%", "150%" or 0.08 as a fraction of one, of any size and sign. Raises `ValueError`."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    match = _SHARE_RE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        bare = _BARE_RE.fullmatch(value) if isinstance(value, str) else None
        hint = percent_hint(float(bare.group(1).replace("_", ""))) if bare else ""
        raise ValueError(f"{value!r} is not a share; write for example '8%' or 0.08{hint}")
    return float(match.group(1).replace("_", "")) / 100


def percent_hint(number: float) -> str:
    """Ask whether a number that is too large for a share was meant as a percentage; empty for any other."""
    return f"; did you mean {number:.6g}%?" if 1 < number <= 100 else ""


def parse_clock(value: object) -> float:
    """Read "HH:MM" as seconds after local midnight. Raises `ValueError` for anything else."""
    match = _CLOCK_RE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f'{value!r} is not a clock time; write it quoted, for example "09:00"')
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * HOUR + minutes * MINUTE + seconds


def parse_rate(value: object) -> float:
    """Read "9% per month" as a hazard per second, constant over the unit.

    A share p per unit means survival 1 - p over that unit: the hazard is -ln(1 - p) / unit.
    Raises `ValueError` unless 0% <= p < 100%.
    """
    match = _HAZARD_RE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is not an attrition rate; write for example '9% per month'")
    share = parse_share(match.group(1))
    if share >= 1:
        raise ValueError(f"{value!r}: nobody would be left; an attrition rate is below 100%")
    return float(-np.log1p(-share) / _DURATION_UNITS[match.group(2)])


def parse_tenure_range(value: str) -> tuple[float, float]:
    """Read "13-52 weeks" or "52+ weeks" as (from, to) in seconds; an open end is infinite."""
    match = _RANGE_RE.fullmatch(value)
    if match is None or match.group(3) not in _DURATION_UNITS:
        raise ValueError(f"{value!r} is not a tenure range; write for example '0-13 weeks' or '52+ weeks'")
    unit = _DURATION_UNITS[match.group(3)]
    low = float(match.group(1)) * unit
    return low, float(match.group(2)) * unit if match.group(2) else float("inf")


def format_duration(seconds: float) -> str:
    """Write seconds as a person would: "45 s", "90 min", "4 h", "2 days", "3 weeks"."""
    for unit, size in (("week", WEEK), ("day", DAY)):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''}"
    for unit, size in (("h", HOUR), ("min", MINUTE)):
        if seconds >= size and (seconds % size == 0 or seconds >= 2 * size):
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
