"""Periods of reports: when each begins and how long it lasts, in whatever way that is written.

A time, an interval ("08:00 - 08:30"), a day, an ISO week ("2026-W32"), the first or the last day of a week ("W/C
03-Aug", "W/E 09-Aug"), a month ("Apr-26"). What has no year lies in the one that follows a given day.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.tables.blanks import blank
from simcap.tables.moments import DAY_FIRST, Ambiguous, read_moments
from simcap.units import DAY, HOUR, MINUTE

Floats = NDArray[np.float64]

_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_DAYS_OF_WEEK: Final = 7
_MONTHS: Final = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}
_SHORTEST_MONTH: Final = 28
_MONTH: Final = r"(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"

_WEEK_NUMBER = re.compile(
    r"(?:(?P<y>\d{4})\s?[-/ ]?\s?)?(?:w|wk|cw|kw|week)[ -]?(?P<w>\d{1,2})(?:\s?[-/, ]\s?(?P<z>\d{4}))?", re.IGNORECASE
)
_NAMED_MONTH = re.compile(rf"{_MONTH}(?:[-/ ,']+(?P<y>\d{{4}}|\d\d))?", re.IGNORECASE)
_MONTH_NUMBER = re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})|(?P<n>\d{1,2})[-/](?P<z>\d{4})")
_NUMBERS = re.compile(r"(?:(?P<y>(?:19|20)\d\d)(?:\s?[-/ ]\s?)?)?(?P<n>\d{1,2})")
_OF_NUMBERS: Final = (
    (re.compile(r"\b(?:calendar\s|iso\s?)?(?:week|wk|kw|cw)\b", re.IGNORECASE), "{}W{}"),
    (re.compile(r"\bmonth\b", re.IGNORECASE), "{}-{}"),
)
"""Headers of bare numbers, 28 or 2026 28, and how these are written in full."""
_DAY_AND_MONTH = re.compile(rf"(?P<d>\d{{1,2}})[-/ .]*{_MONTH}", re.IGNORECASE)
_MONTH_AND_DAY = re.compile(rf"{_MONTH}[-/ ]*(?P<d>\d{{1,2}})", re.IGNORECASE)
_TWO_NUMBERS = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})\.?")
_COMMENCING = re.compile(
    r"\s*(?:w/?c|wk?\.?\s?com\w*|week (?:commencing|beginning|starting|of|from))\b\s*:?", re.IGNORECASE
)
_ENDING = re.compile(r"\s*(?:w/e|wk?\.?\s?end\w*|week (?:ending|to))\b\s*:?", re.IGNORECASE)
_CLOCK: Final = r"(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp][Mm])?"
_INTERVAL = re.compile(rf"{_CLOCK}\s*(?:-|–|—|to)\s*{_CLOCK}$")


@dataclasses.dataclass(frozen=True)
class Periods:
    """Periods of a column: the `seconds` since 1970 at which each begins, on the wall clock, and its length in seconds.

    A start is NaN where a cell is blank and infinite where it is no period; where cells carry an offset (`utc`) it is
    one of UTC. A length is NaN where a cell does not tell it, as that of a time or a day does not.
    """

    seconds: Floats
    length: Floats
    utc: bool
    told: str


def read_periods(
    cells: pd.Series, first: dt.date, order: str | None = None, formats: Sequence[str] = (), header: str = ""
) -> Periods:
    """Return the periods of a column.

    What has no year begins in the year from a week before `first` on. `order` and `formats` are those of
    `moments.read_moments`; a `header` such as "Week ending" says what its dates are, "Week" or "Year + Month" what
    bare numbers are. Raises `Ambiguous` where the
    order of day and month matters and is not known.
    """
    empty = blank(cells)
    start, length = np.where(empty, np.nan, np.inf), np.full(len(cells), np.nan)
    codes, words = pd.factorize(cells)
    written = [_in_full(word, header) for word in words]
    known = [_period(word, first, order) if word is not None else None for word in written]
    whole = np.array([one is not None for one in known], bool)
    told = np.append(whole, [False])[codes] & ~empty
    start[told] = np.array([one[0] if one else np.nan for one in known])[codes[told]]
    length[told] = np.array([one[1] if one else np.nan for one in known])[codes[told]]
    rest = ~told & ~empty
    if not rest.any():
        return Periods(start, length, utc=False, told="weeks or months")
    texts, shift = _stripped(cells[rest])
    moments = read_moments(texts, order, formats)
    if shift == 0.0 and (_ENDING.match(header) or _COMMENCING.match(header)):
        shift = (_DAYS_OF_WEEK - 1) * DAY if _ENDING.match(header) else None
    if shift != 0.0:
        start[rest], length[rest] = moments.seconds - (shift or 0.0), _DAYS_OF_WEEK * DAY
    else:
        start[rest], length[rest] = moments.seconds, _intervals(texts)
    return Periods(start, length, moments.utc, moments.told)


def usual_length(start: Floats) -> Floats:
    """Return the length of periods that begin one after another, by the commonest step from one to the next.

    Months where all begin on the first of one; not a number where there is but one period.
    """
    begins = np.unique(start)
    steps = np.diff(begins)
    if not steps.size:
        return np.full(start.size, np.nan)
    days = [dt.date.fromordinal(_EPOCH + int(one // DAY)) for one in begins.tolist()]
    if steps.min() >= _SHORTEST_MONTH * DAY and all(day.day == 1 for day in days):
        lengths = np.array([calendar.monthrange(day.year, day.month)[1] * DAY for day in days])
        return np.asarray(lengths[np.searchsorted(begins, start)])
    sizes, counts = np.unique(steps, return_counts=True)
    return np.full(start.size, float(sizes[counts.argmax()]))


def _in_full(word: object, header: str) -> str | None:
    """Return the text of a cell, a bare number of a week or a month in full by what its header says."""
    if isinstance(word, int | float | np.integer | np.floating) and float(word).is_integer():
        word = str(int(word))
    if not isinstance(word, str):
        return None
    word = word.strip()
    match = _NUMBERS.fullmatch(word)
    form = next((form for pattern, form in _OF_NUMBERS if pattern.search(header)), None)
    if match is None or form is None:
        return word
    if form == "{}-{}" and match["y"] is None:
        return calendar.month_name[int(match["n"])] if 1 <= int(match["n"]) <= 12 else word
    return form.format(match["y"] or "", match["n"])


def _period(word: str, first: dt.date, order: str | None) -> tuple[float, float] | None:
    """Return start and length of a week or a month; nothing for a cell that is neither, or has a date in full."""
    try:
        if match := _WEEK_NUMBER.fullmatch(word):
            return _week(match, first)
        if match := _NAMED_MONTH.fullmatch(word) or _MONTH_NUMBER.fullmatch(word):
            return _month(match, first)
        for pattern, days in ((_COMMENCING, 0), (_ENDING, _DAYS_OF_WEEK - 1)):
            if (prefix := pattern.match(word)) and (day := _without_year(word[prefix.end() :].strip(), first, order)):
                return _seconds(day - dt.timedelta(days=days)), _DAYS_OF_WEEK * DAY
    except ValueError as error:
        if isinstance(error, Ambiguous):
            raise
    return None


def _seconds(day: dt.date) -> float:
    return (day.toordinal() - _EPOCH) * DAY


def _week(match: re.Match[str], first: dt.date) -> tuple[float, float]:
    year, week = match["y"] or match["z"], int(match["w"])
    if year:
        return _seconds(dt.date.fromisocalendar(int(year), week, 1)), _DAYS_OF_WEEK * DAY
    base = first.isocalendar().year
    days = [_iso_or_none(base + more, week) for more in (-1, 0, 1)]
    return _seconds(_soonest([day for day in days if day], first)), _DAYS_OF_WEEK * DAY


def _iso_or_none(year: int, week: int) -> dt.date | None:
    try:
        return dt.date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def _month(match: re.Match[str], first: dt.date) -> tuple[float, float]:
    part = match.groupdict()
    written = part["m"] or part.get("n") or ""
    month = int(written) if written.isdigit() else _MONTHS[written.casefold()]
    year = part["y"] or part.get("z")
    if year is None:
        since = first.replace(day=1)
        number = first.year + (dt.date(first.year, month, 1) < since)
    else:
        number = int(year) + 2000 * (len(year) == 2)
    return _seconds(dt.date(number, month, 1)), calendar.monthrange(number, month)[1] * DAY


def _without_year(text: str, first: dt.date, order: str | None) -> dt.date | None:
    """Return the day that "03-Aug", "Aug 3" or "03/08" means; nothing for another text."""
    if match := _DAY_AND_MONTH.fullmatch(text) or _MONTH_AND_DAY.fullmatch(text):
        day, month = int(match["d"]), _MONTHS[match["m"].casefold()]
    elif match := _TWO_NUMBERS.fullmatch(text):
        day, month = _in_order(int(match["a"]), int(match["b"]), order, text)
    else:
        return None
    days = (_date_or_none(first.year + more, month, day) for more in (-1, 0, 1))
    return _soonest([one for one in days if one], first)


def _in_order(one: int, other: int, order: str | None, text: str) -> tuple[int, int]:
    """Return day and month of two numbers. Raises `Ambiguous` where their order cannot be told."""
    if order is None and max(one, other) <= 12 and one != other:
        raise Ambiguous(text)
    return (one, other) if order == DAY_FIRST or one > 12 else (other, one)


def _date_or_none(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _soonest(days: Sequence[dt.date], first: dt.date) -> dt.date:
    """Return the first of several days that is not more than a week before another. Raises `ValueError` for none."""
    since = first - dt.timedelta(days=_DAYS_OF_WEEK - 1)
    return min(day for day in days if day >= since)


def _stripped(cells: pd.Series) -> tuple[pd.Series, float | None]:
    """Return dates without "W/C" and "W/E", and what to take off for the first day of the week; None for nothing."""
    if not (pd.api.types.is_string_dtype(cells) and not pd.api.types.is_numeric_dtype(cells)):
        return cells, 0.0
    text = cells.astype("str")
    for pattern, shift in ((_COMMENCING, None), (_ENDING, (_DAYS_OF_WEEK - 1) * DAY)):
        if text.str.match(pattern).mean() > 0.5:
            return text.str.replace(pattern, "", regex=True).str.strip(), shift
    return cells, 0.0


def _intervals(cells: pd.Series) -> Floats:
    """Return the lengths of intervals that are written with their ends; NaN where they are not."""
    codes, words = pd.factorize(cells)
    matches = [_INTERVAL.search(word.strip()) if isinstance(word, str) else None for word in words]
    lengths = [(_clock(match, 5) - _clock(match, 1)) % DAY or DAY if match else np.nan for match in matches]
    return np.append(np.array(lengths, float), [np.nan])[codes]


def _clock(match: re.Match[str], place: int) -> float:
    """Return the seconds of a day that a clock reads; `place` is that of its hour among the groups."""
    hour, minute, second, half = (match[place + part] for part in range(4))
    hours = int(hour) % 12 + 12 * (half.casefold() == "pm") if half else int(hour)
    return hours * HOUR + int(minute) * MINUTE + float(second or 0)
