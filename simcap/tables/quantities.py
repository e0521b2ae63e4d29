"""Numbers, shares and durations of cells, in whatever way they are written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.tables.blanks import blank
from simcap.units import DAY, HOUR, MINUTE

Floats = NDArray[np.float64]

UNITS: Final[Mapping[str, float]] = {"ms": 0.001, "s": 1.0, "min": MINUTE, "h": HOUR, "d": DAY}
"""Seconds of a unit of durations."""
_GROUPED = re.compile(r"[-+]?\d{1,3}(?P<g>[.,' \u00a0\u202f])\d{3}(?:(?P=g)\d{3})*(?P<rest>[.,]\d+)?")
_DECIMAL = re.compile(r"[-+]?\d*(?P<d>[.,])\d+")
_CLOCK = re.compile(r"-?\d+:\d\d(?::\d\d)?(?:[.,]\d+)?")
_HEADED: Final = (
    (r"\bms\b|_ms$|millis|msec", "ms"),
    (r"h:mm|hh:mm:ss", "h"),
    (r"mm:ss|m:ss|\bmins?\b|_mins?$|minut", "min"),
    (r"\bsecs?\b|_secs?$|_s$|\bs\b|second|sekund|segund", "s"),
    (r"\bhours?\b|\bhrs?\b|_h$|\bh\b|stunden|heures", "h"),
)


def unit_in(header: str) -> str | None:
    """Return the unit that the name of a column tells, such as "AHT (min)", "aht_sec", "handle_ms"."""
    name = header.casefold()
    return next((unit for pattern, unit in _HEADED if re.search(pattern, name)), None)


def decimal_of(cells: pd.Series) -> str:
    """Return the decimal mark of a column of texts: what stands in numbers where no grouping explains it."""
    words = pd.unique(cells.dropna().astype(str).str.strip().str.rstrip("%").str.strip())[:5000]
    commas = points = grouped = 0
    for word in words:
        if (match := _GROUPED.fullmatch(word)) is not None:
            mark = (match["rest"] or " ")[0]
            commas += mark == ","
            points += mark == "." or (mark == " " and match["g"] == ",")
            grouped += mark == " " and match["g"] == "."
        elif (match := _DECIMAL.fullmatch(word)) is not None:
            commas += match["d"] == ","
            points += match["d"] == "."
    return "," if commas > points or (grouped and commas == points == 0 and grouped == len(words)) else "."


def read_numbers(cells: pd.Series, decimal: str | None = None, thousands: str | None = None) -> Floats:
    """Return numbers: NaN where a cell is blank, infinite where it is none. 85.7% is 0.857."""
    empty = blank(cells)
    if pd.api.types.is_numeric_dtype(cells):
        return np.asarray(cells.to_numpy(float, na_value=np.nan))
    text = cells.astype("str").str.strip()
    mark = decimal or decimal_of(text.where(~empty))
    groups = thousands if thousands is not None else {",": r".'\u00a0\u202f ", ".": r",'\u00a0\u202f "}[mark]
    share = text.str.endswith("%").to_numpy(bool)
    plain = text.str.rstrip("%").str.replace(f"[{re.escape(groups) if thousands else groups}](?=\\d)", "", regex=True)
    numbers = pd.to_numeric(plain.str.replace(mark, ".").str.strip(), errors="coerce").to_numpy(float, na_value=np.nan)
    numbers = np.where(share, numbers / 100, numbers)
    return np.where(empty, np.nan, np.where(np.isnan(numbers), np.inf, numbers))


def is_clock(cells: pd.Series) -> bool:
    """Return whether most of a column is written with colons: h:mm:ss, mm:ss."""
    text = cells[~blank(cells)].astype("str").str.strip()
    return bool(len(text)) and float(text.head(500).str.fullmatch(_CLOCK).mean()) > 0.5


def read_durations(cells: pd.Series, unit: str | None, decimal: str | None = None) -> Floats:
    """Return seconds: NaN where a cell is blank, infinite where it is no duration.

    `unit` is that of plain numbers, and of what stands first in "12:30": min for mm:ss, h for h:mm. h:mm:ss needs
    none. Raises `ValueError` for cells such as "12:30" without it.
    """
    empty = blank(cells)
    if pd.api.types.is_timedelta64_dtype(cells):
        return np.asarray(cells.dt.total_seconds().to_numpy(float))
    if pd.api.types.is_numeric_dtype(cells):
        return read_numbers(cells) * UNITS[unit or "s"]
    if pd.api.types.is_object_dtype(cells):
        cells = cells.map(_written)
    text = cells.astype("str").str.strip()
    colons = text.str.contains(":").to_numpy(bool) & ~empty
    seconds = np.full(len(cells), np.nan)
    if (~colons & ~empty).any():
        seconds[~colons] = read_numbers(text[~colons], decimal) * UNITS[unit or "s"]
    if colons.any():
        seconds[colons] = _clocks(text[colons], unit)
    return np.where(empty, np.nan, np.where(np.isnan(seconds), np.inf, seconds))


def _written(cell: Any) -> Any:
    """Return a duration that a workbook has as a time of day, or as a span, in text."""
    if isinstance(cell, dt.timedelta):
        return f"0:00:{cell.total_seconds():.3f}"
    return cell.isoformat() if isinstance(cell, dt.time) else cell


def _clocks(text: pd.Series, unit: str | None) -> Floats:
    parts = text.str.replace(",", ".").str.split(":", expand=True).reindex(columns=range(3))
    numbers = parts.apply(pd.to_numeric, errors="coerce").to_numpy(float)
    three = parts[2].notna().to_numpy(bool)
    if not three.all() and unit not in ("min", "h"):
        raise ValueError(
            f"{text[~three].iloc[0]!r} may be minutes and seconds or hours and minutes; write `unit: min` or `unit: h`"
        )
    first = np.where(three, HOUR, HOUR if unit == "h" and not three.all() else MINUTE)
    rest = np.where(three, numbers[:, 1] * MINUTE + numbers[:, 2], numbers[:, 1] * first / 60)
    return np.asarray(numbers[:, 0] * first + rest)


STEPS: Final = (3600.0, 1800.0, 900.0, 600.0, 300.0, 60.0)
"""Coarse steps of clocks in seconds, the coarsest first."""
_ALMOST_ALL, _ENOUGH, _SEVERAL = 0.99, 30, 3


def coarseness(seconds: NDArray[np.float64]) -> float:
    """Return the step of the clock by which times or durations in seconds were told; 0 for a fine one.

    Values that are all alike, or few, tell nothing.
    """
    if seconds.size < _ENOUGH:
        return 0.0
    for step in STEPS:
        whole = seconds % step == 0
        if whole.mean() >= _ALMOST_ALL and np.unique(seconds[whole][:100_000]).size >= _SEVERAL:
            return step
    return 0.0
