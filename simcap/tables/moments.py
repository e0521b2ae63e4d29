"""Dates and times of cells, in whatever way they are written; the order of day and month is never guessed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.tables.blanks import blank
from simcap.units import DAY

Floats = NDArray[np.float64]

DAY_FIRST, MONTH_FIRST = "day first", "month first"
WORDS: Final = (DAY_FIRST, MONTH_FIRST, "excel", "unix s", "unix ms")
"""What `times` may say in place of a format."""
_SAMPLED: Final = 2000
"""Cells by which the ways of writing are found."""
_EXCEL: Final = 25569
"""The serial number that Excel has for 1 January 1970."""
_SERIALS: Final = (20_000, 80_000)
"""Serial numbers of 1954 and 2119."""

_CLOCK = r"(?:[T ,]+(?P<h>\d{1,2}):(?P<m>\d\d)(?P<s>:\d\d)?(?P<f>[.,]\d+)?(?:\s?(?P<ap>[AaPp]\.?[Mm]\.?))?)?"
_ZONE = r"(?P<z>\s?(?:Z|[+-]\d\d:?\d\d))?"
_WEEKDAY = r"(?:(?P<wd>[A-Za-z]{2,9})[.,]?\s+)?"
_NUMERIC = re.compile(
    rf"{_WEEKDAY}(?P<a>\d{{1,2}})(?P<p>[-./])(?P<b>\d{{1,2}})(?P=p)(?P<y>\d{{4}}|\d\d){_CLOCK}{_ZONE}"
)
_YEAR_FIRST = re.compile(rf"{_WEEKDAY}\d{{4}}(?P<p>[./])\d{{1,2}}(?P=p)\d{{1,2}}{_CLOCK}{_ZONE}")
_NAMED = re.compile(
    rf"{_WEEKDAY}\d{{1,2}}(?P<p>[-/. ]+)(?P<n>[A-Za-z]{{3,9}})(?P<q>[-/., ]+)(?P<y>\d{{4}}|\d\d){_CLOCK}{_ZONE}"
)
_NAME_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<n>[A-Za-z]{{3,9}})(?P<p>[. ]+)\d{{1,2}}(?P<q>,? +)(?P<y>\d{{4}}|\d\d){_CLOCK}{_ZONE}"
)
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[T ]+\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?)?(?:\s?(?:Z|[+-]\d\d:?\d\d))?")
_WRITTEN_DAY = re.compile(r"\d{8}|\d{14}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_DATE_WITHIN: Final = r"(?:^|\P{Nd})(?P<date>[0-9]{1,2}[-./][0-9]{1,2}[-./](?:[0-9]{4}|[0-9]{2}))(?:\P{Nd}|$)"
"""A date in numbers within a text, in the syntax of RE2."""
_UTC = re.compile(r"\s?(?:UTC|GMT)$")
_UNTIL = re.compile(r"(?<=\d)\s*(?:-|–|—|to)\s*\d{1,2}:\d\d(?::\d\d)?\s*(?:[AaPp][Mm])?$")
"""The end of an interval, "08:00 - 08:30"."""


@dataclasses.dataclass(frozen=True)
class Moments:
    """Moments of a column: seconds since 1970 on the wall clock, or, where cells carry an offset (`utc`), of UTC.

    NaN where a cell is blank, infinite where it is no moment. `step` is the coarseness of their clock in seconds.
    """

    seconds: Floats
    utc: bool
    told: str


class Ambiguous(ValueError):
    """Report dates whose order of day and month cannot be told; `cell` is one of them."""

    def __init__(self, cell: str) -> None:
        self.cell = cell
        super().__init__(cell)


def orders(cells: pd.Series) -> set[str]:
    """Return which orders of day and month the dates of a column show: none of them, one, or both."""
    if not _is_text(cells):
        return set()
    pairs = _numbers_of_dates(cells)
    if not pairs:
        return set()
    shown = {DAY_FIRST} if any(first > 12 for first, _ in pairs) else set()
    return shown | ({MONTH_FIRST} if any(second > 12 for _, second in pairs) else set())


def read_moments(cells: pd.Series, order: str | None = None, formats: Sequence[str] = ()) -> Moments:
    """Return the moments of a column.

    `order` says whether the day or the month comes first where both are numbers; `formats` are strptime formats, or
    words of `WORDS`, that the owner of the file gave. Raises `Ambiguous` where the order matters and is not known.
    """
    empty = blank(cells)
    words = [one for one in formats if one in WORDS]
    order = next((one for one in words if one in (DAY_FIRST, MONTH_FIRST)), order)
    unit = next((one for one in words if one not in (DAY_FIRST, MONTH_FIRST)), None)
    if isinstance(cells.dtype, pd.DatetimeTZDtype) or pd.api.types.is_datetime64_dtype(cells):
        return _native(cells, empty=empty)
    if pd.api.types.is_numeric_dtype(cells):
        return _counted(cells.to_numpy(float, na_value=np.nan), empty, unit)
    if not _is_text(cells):
        return _objects(cells, empty, order, formats)
    patterns = [one for one in formats if one not in WORDS]
    return _texts(cells, empty, order, patterns, unit)


def _is_text(cells: pd.Series) -> bool:
    return pd.api.types.is_string_dtype(cells)


def _native(cells: pd.Series, *, empty: NDArray[np.bool_]) -> Moments:
    utc = isinstance(cells.dtype, pd.DatetimeTZDtype)
    parsed = cells.dt.tz_convert("UTC").dt.tz_localize(None) if utc else cells
    return Moments(_seconds(parsed, empty), utc, "times with a zone" if utc else "times")


def _seconds(parsed: pd.Series, empty: NDArray[np.bool_]) -> Floats:
    """Return seconds since 1970 of naive times: NaN where a cell is empty, infinite where it is no time."""
    seconds = (parsed - pd.Timestamp(0).as_unit("us")).dt.total_seconds().to_numpy(float, copy=True)
    return np.where(empty, np.nan, np.where(np.isnan(seconds), np.inf, seconds))


def _counted(numbers: Floats, empty: NDArray[np.bool_], unit: str | None) -> Moments:
    """Return numbers as moments: serial numbers of Excel, or seconds or milliseconds since 1970, by their size."""
    known = numbers[np.isfinite(numbers) & ~empty]
    middle = float(np.median(known)) if known.size else 0.0
    if unit is None:
        scales = ((_SERIALS, "excel"), ((6e8, 4.2e9), "unix s"), ((6e11, 4.2e12), "unix ms"))
        unit = next((name for (low, high), name in scales if low < middle < high), None)
    if unit is None:
        return Moments(np.where(empty, np.nan, np.inf), utc=False, told="numbers that are no times")
    if unit == "excel":
        seconds, utc = np.round((numbers - _EXCEL) * DAY, 3), False
    else:
        seconds, utc = numbers / (1000.0 if unit == "unix ms" else 1.0), True
    told = {"excel": "serial numbers of Excel", "unix s": "seconds since 1970", "unix ms": "milliseconds since 1970"}
    return Moments(np.where(empty, np.nan, np.where(np.isnan(seconds), np.inf, seconds)), utc, told[unit])


def _objects(cells: pd.Series, empty: NDArray[np.bool_], order: str | None, formats: Sequence[str]) -> Moments:
    """Return cells of a workbook, some of which may be dates, others numbers or text."""
    real = cells.map(lambda cell: isinstance(cell, dt.date)).to_numpy(bool)
    if (
        real.any()
        or cells.map(lambda cell: isinstance(cell, (int, float)) and not isinstance(cell, bool))[~empty].all()
    ):
        seconds = np.where(empty, np.nan, np.inf)
        times = pd.to_datetime(cells[real].map(_naive))
        seconds[real] = _seconds(times, np.zeros(int(real.sum()), np.bool_))
        rest = ~real & ~empty
        if rest.any():
            seconds[rest] = read_moments(_plain(cells[rest]), order, formats).seconds
        return Moments(seconds, utc=False, told="dates of Excel" if real.any() else "serial numbers of Excel")
    return (
        read_moments(cells.astype("str"), order, formats)
        if not empty.all()
        else Moments(np.where(empty, np.nan, 0.0), utc=False, told="")
    )


def _naive(cell: Any) -> dt.datetime:
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=None)
    return dt.datetime(cell.year, cell.month, cell.day)


def _plain(cells: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(cells, errors="coerce")
    return numbers.astype(float) if numbers.notna().all() else cells.astype("str")


def _texts(
    cells: pd.Series, empty: NDArray[np.bool_], order: str | None, patterns: Sequence[str], unit: str | None
) -> Moments:
    text = cells.str.strip()
    text = text.where(~empty)
    if unit is not None or (_sample_is(text, _NUMBER) and not patterns and not _sample_is(text, _WRITTEN_DAY)):
        numbers = pd.to_numeric(text.str.replace(",", "."), errors="coerce").to_numpy(float, na_value=np.nan)
        return _counted(numbers, empty, unit)
    text = text.str.replace(_UNTIL, "", regex=True) if _any(text, _UNTIL) else text
    text = text.str.replace(_UTC, "Z", regex=True) if _any(text, _UTC) else text
    text, late = _midnights(text)
    if not patterns and _sample_is(text, _ISO):
        parsed, utc = _parsed(text, "ISO8601")
        told = ["ISO times"]
        left = parsed.isna().to_numpy() & ~empty
    else:
        parsed, utc, left, told = pd.Series(pd.NaT, text.index, dtype="datetime64[us]"), False, ~empty, []
    for pattern in patterns or _patterns(text[left], order):
        if not left.any():
            break
        more, with_zone = _parsed(text[left], pattern)
        utc |= with_zone
        parsed = parsed.astype("datetime64[us]")
        parsed[left] = more.astype("datetime64[us]")
        told += [pattern] if more.notna().any() else []
        left = parsed.isna().to_numpy() & ~empty
    return Moments(_seconds(parsed, empty) + late, utc, ", ".join(told))


def _midnights(text: pd.Series) -> tuple[pd.Series, Floats | float]:
    """Return texts whose 24:00 is 00:00, and the seconds by which those are later."""
    if not _any(text, re.compile(r"(?<![:\d])24:00")):
        return text, 0.0
    late = text.str.contains(r"(?<![:\d])24:00", regex=True).fillna(value=False).to_numpy(bool)
    return text.str.replace(r"(?<![:\d])24:00", "00:00", regex=True), np.where(late, DAY, 0.0)


def _parsed(text: pd.Series, pattern: str) -> tuple[pd.Series, bool]:
    """Return naive times, in UTC where the cells have an offset, and whether they have."""
    if pattern == "ISO8601" and text.str.fullmatch(r".*[:T].*(?:Z|[+-]\d\d:?\d\d)").any():
        dated = text.str.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}").fillna(value=False)
        if not text[text.notna() & ~dated].str.fullmatch(r".*:.*(?:Z|[+-]\d\d:?\d\d)").all():
            raise ValueError("some times carry an offset from UTC and some do not; write all alike")
        if not dated[text.notna()].any():
            return pd.to_datetime(text, errors="coerce", format=pattern, utc=True).dt.tz_localize(None), True
    zoned = "%z" in pattern
    times = pd.to_datetime(text, errors="coerce", format=pattern, utc=zoned)
    return (times.dt.tz_localize(None) if zoned else times), zoned


def _sample(text: pd.Series) -> pd.Series:
    known = text.dropna()
    if len(known) <= _SAMPLED:
        return known
    return known.iloc[np.linspace(0, len(known) - 1, _SAMPLED).astype(int)]


def _sample_is(text: pd.Series, pattern: re.Pattern[str]) -> bool:
    sample = _sample(text)
    return bool(len(sample)) and float(sample.str.fullmatch(pattern).mean()) >= 0.5


def _any(text: pd.Series, pattern: re.Pattern[str]) -> bool:
    return bool(_sample(text).str.contains(pattern).any())


def _numbers_of_dates(cells: pd.Series) -> set[tuple[int, int]]:
    """Return the first two numbers of all dates of a column that are written in numbers."""
    import pyarrow as pa
    from pyarrow import compute

    text = pa.array(cells, pa.large_string(), from_pandas=True)
    dates = compute.struct_field(compute.extract_regex(text, _DATE_WITHIN).drop_null(), "date")
    pairs = (re.split(r"[-./]", date)[:2] for date in compute.unique(dates).to_pylist())
    return {(int(first), int(second)) for first, second in pairs}


def _patterns(text: pd.Series, order: str | None) -> list[str]:
    """Return the strptime formats of the ways in which a sample is written, the commonest first."""
    shapes = [shape for shape in (_pattern(cell, order) for cell in _sample(text).tolist()) if shape is not None]
    common = sorted(set(shapes), key=shapes.count, reverse=True)
    return common + [one for one in _siblings(common) if one not in common]


def _siblings(patterns: Iterable[str]) -> Iterable[str]:
    """Yield the same ways of writing with and without seconds, and without a time."""
    for pattern in patterns:
        yield pattern.replace(":%M:%S", ":%M") if "%S" in pattern else pattern.replace(":%M", ":%M:%S")
        yield re.split(r"[ T]+%[HI]", pattern)[0]


def _pattern(cell: str, order: str | None) -> str | None:
    """Return the strptime format of one cell; nothing for one that is no date."""
    if re.fullmatch(r"\d{8}", cell):
        return "%Y%m%d"
    if re.fullmatch(r"\d{14}", cell):
        return "%Y%m%d%H%M%S"
    for shape in (_NUMERIC, _YEAR_FIRST, _NAMED, _NAME_FIRST):
        match = shape.fullmatch(cell)
        if match is not None:
            return _weekday(match) + _date(shape, match, cell, order) + _clock(match, cell)
    return None


def _date(shape: re.Pattern[str], match: re.Match[str], cell: str, order: str | None) -> str:
    part = match.groupdict()
    year = "%Y" if len(part.get("y") or "2026") == 4 else "%y"
    if shape is _YEAR_FIRST:
        return f"%Y{part['p']}%m{part['p']}%d"
    if shape is _NUMERIC:
        if order is None:
            raise Ambiguous(cell)
        days, months = ("%d", "%m") if order == DAY_FIRST else ("%m", "%d")
        return f"{days}{part['p']}{months}{part['p']}{year}"
    month = "%b" if len(part["n"]) == 3 else "%B"
    if shape is _NAMED:
        return f"%d{part['p']}{month}{part['q']}{year}"
    return f"{month}{part['p']}%d{part['q']}{year}"


def _weekday(match: re.Match[str]) -> str:
    word = match.group("wd")
    if word is None:
        return ""
    return ("%a" if len(word) == 3 else "%A") + match.string[match.end("wd") : match.end("wd") + 1].strip() + " "


def _clock(match: re.Match[str], cell: str) -> str:
    part = match.groupdict()
    if part["h"] is None:
        return ""
    before = cell[: match.start("h")]
    gap = before[len(before.rstrip("T ,")) :] or " "
    hour = "%I" if part["ap"] else "%H"
    second = ":%S" if part["s"] else ""
    fraction = f"{part['f'][0]}%f" if part["f"] else ""
    half = (" %p" if cell[match.start("ap") - 1] == " " else "%p") if part["ap"] else ""
    zone = (" %z" if (part["z"] or "").startswith(" ") else "%z") if part["z"] else ""
    return f"{gap}{hour}:%M{second}{fraction}{half}{zone}"
