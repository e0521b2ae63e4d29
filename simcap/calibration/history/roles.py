"""What the cells of a file say: texts, moments, dates, durations, numbers, flags, each by simcap's name for it."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.columns import ColumnSpec
from simcap.calibration.history.sheets import EPOCH, Note
from simcap.calibration.history.sources import FilePart
from simcap.errors import DataError
from simcap.scenario.data.instants import offsets, to_utc, wall
from simcap.tables import moments, periods, quantities
from simcap.tables.blanks import blank
from simcap.tables.layout import TableLayout
from simcap.tables.table import FileTable
from simcap.tables.words import one_of
from simcap.units import DAY

Floats = NDArray[np.float64]

TEXT, MOMENT, DATE, DURATION, NUMBER, FLAG = "text", "moment", "date", "duration", "number", "flag"
PERIOD, SHARE = "period", "share"
"""What a column of simcap holds."""
DATED = frozenset({MOMENT, DATE, PERIOD})
"""What dates are in."""
LENGTH = "length"
"""The column beside a period that says how long it lasts."""
_PER_CENT = 1.5
"""Shares of which one is larger are written in per cent."""


EARLIEST, LATEST = ((dt.date(year, 1, 1).toordinal() - EPOCH) * DAY for year in (1901, 2200))
"""Between which moments are read as such."""
_ALWAYS: Final = frozenset({"created", "start", "end", "date", "time"})
"""What has a time in every row."""
_MANY: Final = 20_000
"""Cells by which it is seen how often a column repeats itself."""
_SPACED: Final = "[^!-~]"
"""What a text has that may have blanks around or within: one of them, or a sign that is not ASCII."""
_OFFSET = re.compile(r"(?P<time>:\d\d(?:[.,]\d+)?)\s?[+-]\d\d:?\d\d$")
"""A time of day with an offset from UTC at its end."""


@dataclasses.dataclass(frozen=True)
class Piece:
    """One table of one entry: its cells by what simcap calls them, and how they are to be read."""

    table: FileTable
    part: FilePart
    layout: TableLayout
    timezone: str
    specs: Mapping[str, ColumnSpec]
    cells: pd.DataFrame
    """The columns of the file that are needed, by its own names."""
    since: dt.date
    """First day to fit on: periods that are written without their year are not before it."""

    def column(self, name: str) -> pd.Series:
        """Return the cells of a column, whatever the case and the blanks of its name."""
        return self.cells[real_name(name, self.table)].reset_index(drop=True)


def real_name(name: str, table: FileTable) -> str:
    """Return the name that a table has for a column; case and blanks do not count."""
    if name in table.names:
        return name
    folded = [one for one in table.names if " ".join(one.casefold().split()) == " ".join(name.casefold().split())]
    return folded[0] if len(folded) == 1 else name


def read_piece(
    piece: Piece, kinds: Mapping[str, str], order: str | None, group: Sequence[str], notes: list[Note]
) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Return the columns of a piece as simcap has them, and the cells that they were read from."""
    read: dict[str, object] = {}
    raw: dict[str, pd.Series] = {}
    by_kind: dict[str, Callable[[pd.Series, ColumnSpec], object]] = {
        TEXT: _text,
        NUMBER: lambda cells, spec: _number(cells, spec, piece),
        FLAG: lambda cells, spec: _flag(cells, spec),
        DURATION: lambda cells, spec: _duration(cells, spec, piece),
        SHARE: lambda cells, spec: _share(_number(cells, spec, piece)),
    }
    for role in sorted(piece.specs, key=lambda role: kinds[role] in DATED):
        spec = piece.specs[role]
        cells = _cells(piece, spec)
        raw[role] = cells
        if kinds[role] in by_kind:
            read[role] = by_kind[kinds[role]](cells, spec)
            continue
        if kinds[role] == PERIOD:
            period = _periods(piece, spec, cells, order)
            read[LENGTH] = period.length
            moment = moments.Moments(period.seconds, period.utc, period.told)
        else:
            moment = _possible(piece, role, spec, cells, kinds[role], order, notes)
        if kinds[role] == DATE:
            read[role] = _days(moment, piece.timezone) + spec.last_day
        elif moment.utc:
            read[role] = moment.seconds
        else:
            read[role] = _local(moment.seconds, piece, spec, _series(read, group, len(cells)), notes)
    table = {role: read[role] for role in (*kinds, LENGTH) if role in read}
    return pd.DataFrame(table, index=range(len(piece.cells))), raw


def _possible(
    piece: Piece, role: str, spec: ColumnSpec, cells: pd.Series, kind: str, order: str | None, notes: list[Note]
) -> moments.Moments:
    """Return the moments of a column without those that cannot be: no time where all rows need one, else blank."""
    moment = _moments(piece, spec, _dated(cells) if kind == DATE else cells, order)
    odd = impossible(moment.seconds)
    if odd.any() and role not in _ALWAYS:
        notes.append(_no_time(piece, spec, cells[odd]))
    no_time = np.inf if role in _ALWAYS else np.nan
    return dataclasses.replace(moment, seconds=np.where(odd, no_time, moment.seconds))


def _series(read: Mapping[str, object], group: Sequence[str], rows: int) -> pd.Series:
    """Return of each row the name of the series of times that it belongs to."""
    known = [pd.Series(read[name]) for name in group if name in read]
    if len(known) < 2:
        return known[0] if known else pd.Series(0, range(rows))
    texts = [one.astype("str") for one in known]
    return texts[0].str.cat(pd.concat(texts[1:], axis=1), sep="\n")


def _cells(piece: Piece, spec: ColumnSpec) -> pd.Series:
    """Return the cells of a column as they stand; of several, joined; of `is` and `at`, the moment of what is meant."""
    if spec.value is not None:
        return pd.Series(spec.value, range(len(piece.cells)), dtype="str")
    columns = [piece.column(name) for name in spec.column or ()]
    cells = columns[0]
    if len(columns) > 1:
        gone = np.logical_or.reduce([blank(one) for one in columns])
        texts = [one.map(_part_text) for one in columns]
        cells = texts[0].str.cat(pd.concat(texts[1:], axis=1), sep=" ").mask(gone, "")
    if spec.is_ is not None and spec.at is not None:
        at = piece.column(spec.at[0])
        return at.where(means(cells, spec.is_))
    return cells


def _part_text(cell: object) -> str:
    """Return a date or a time of day of a workbook as the text that goes before or after another."""
    text = str(cell)
    return text.removesuffix(" 00:00:00") if len(text) == 19 else text


def means(cells: pd.Series, words: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which cells are one of the words; case and blanks around do not count."""
    return one_of(cells, {word.strip().casefold() for word in words})


def _text(cells: pd.Series, spec: ColumnSpec) -> pd.Series:
    """Return texts without blanks around, renamed where the calibration file says so; "" where a cell is blank."""
    renamed = {word.strip().casefold(): name for word, name in spec.values.items()}
    if not renamed and _mostly_different(cells):
        return _each_text(cells)
    codes, known = pd.factorize(cells)
    words = [" ".join(_whole(word).split()) for word in known]
    words = [*(renamed.get(word.casefold(), word) for word in words), ""]
    place = np.where(blank(cells), len(words) - 1, codes)
    used = np.flatnonzero(np.bincount(place, minlength=len(words)))
    names = pd.Series([words[one] for one in used], dtype="str").astype("category")
    return names.iloc[np.searchsorted(used, place)].reset_index(drop=True)


def _mostly_different(cells: pd.Series) -> bool:
    """Return whether a column of texts has so many different ones that to number them saves nothing."""
    if not isinstance(cells.dtype, pd.StringDtype) or len(cells) < _MANY:
        return False
    return cells.iloc[:: len(cells) // _MANY].nunique() > _MANY / 2


def _each_text(cells: pd.Series) -> pd.Series:
    """Return texts without blanks around, "" where a cell is blank, of a column that has few twice."""
    spaced = cells.str.contains(_SPACED, regex=True).fillna(value=True).to_numpy(bool)
    text = cells.where(~blank(cells), "")
    if spaced.any():
        text[spaced] = text[spaced].map(lambda cell: " ".join(cell.split()))
    return text


def _whole(cell: object) -> str:
    """Return a number that a workbook or a frame has with a fraction of zero as the whole number that it is."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _number(cells: pd.Series, spec: ColumnSpec, piece: Piece) -> Floats:
    if spec.is_ is not None:
        return _flag(cells, spec)
    return quantities.read_numbers(cells, piece.layout.decimal, piece.layout.thousands)


def _flag(cells: pd.Series, spec: ColumnSpec) -> Floats:
    """Return 1 where a cell is one of the words, 0 where it is another, NaN where it is blank."""
    return np.where(blank(cells), np.nan, means(cells, spec.is_ or ("true", "yes", "1", "y")).astype(float))


def _share(numbers: Floats) -> Floats:
    """Return shares as fractions, those of a column in per cent, too."""
    known = numbers[np.isfinite(numbers)]
    return numbers / 100 if known.size and known.max() > _PER_CENT else numbers


def _duration(cells: pd.Series, spec: ColumnSpec, piece: Piece) -> Floats:
    unit = spec.unit or quantities.unit_in(spec.label)
    try:
        return quantities.read_durations(cells, unit, piece.layout.decimal)
    except ValueError as error:
        raise DataError(f"{piece.table.path}: column {spec.label!r}: {error}") from None


def _periods(piece: Piece, spec: ColumnSpec, cells: pd.Series, order: str | None) -> periods.Periods:
    with _naming(piece, spec):
        return periods.read_periods(cells, piece.since, order, piece.layout.times, spec.label)


def _moments(piece: Piece, spec: ColumnSpec, cells: pd.Series, order: str | None) -> moments.Moments:
    with _naming(piece, spec):
        return moments.read_moments(cells, order, piece.layout.times)


@contextlib.contextmanager
def _naming(piece: Piece, spec: ColumnSpec) -> Iterator[None]:
    """Name file and column in what is wrong with dates."""
    try:
        yield
    except moments.Ambiguous as error:
        raise DataError(
            f"{piece.table.path}: column {spec.label!r}: {error.cell!r} may have the day first or the month, and no "
            "other date of the file tells; write `table: {times: [day first]}` or `table: {times: [month first]}`"
        ) from None
    except ValueError as error:
        raise DataError(f"{piece.table.path}: column {spec.label!r}: {error}") from None


def _dated(cells: pd.Series) -> pd.Series:
    """Return cells of dates without the offsets that they may carry: a date is the one that is written.

    Those in UTC keep theirs, as tools write any zone's midnight in it.
    """
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        return cells if str(cells.dt.tz) == "UTC" else cells.dt.tz_localize(None)
    if not pd.api.types.is_string_dtype(cells):
        return cells
    known = cells[~blank(cells)].astype("str")
    if not len(known) or not known.map(lambda cell: _OFFSET.search(cell) is not None).all():
        return cells
    return cells.astype("str").str.replace(_OFFSET, r"\g<time>", regex=True)


def _days(moment: moments.Moments, timezone: str) -> Floats:
    """Return the ordinals of dates; of moments in UTC, those of the days that they lie on in a zone."""
    seconds = moment.seconds.copy()
    known = np.isfinite(seconds)
    if moment.utc:
        seconds[known] = wall(seconds[known], timezone)
    return np.where(known, np.floor(seconds / DAY) + EPOCH, seconds)


def impossible(seconds: Floats) -> NDArray[np.bool_]:
    """Return which moments are of years that no file is of, such as 1 or 9999: tools write such where there is none."""
    return np.isfinite(seconds) & ((seconds < EARLIEST) | (seconds >= LATEST))


def _no_time(piece: Piece, spec: ColumnSpec, cells: pd.Series) -> Note:
    what = f"{piece.table.where}: {spec.label} before 1901 or after 2199"
    return Note(what, len(cells), f"{str(cells.iloc[0])!r}; read as empty: tools write such where there is no time")


def _local(seconds: Floats, piece: Piece, spec: ColumnSpec, group: pd.Series, notes: list[Note]) -> Floats:
    """Return POSIX seconds of times of the wall clock, and note those that a change of the clocks repeats or skips.

    Times of years that no file is of stay as they are: calendars may not reach so far, and whoever asked drops them.
    """
    known = np.flatnonzero(np.isfinite(seconds) & ~impossible(seconds))
    times = seconds.copy()
    local = seconds[known]
    notes += _clock_changes(piece, spec, local)
    times[known] = to_utc(local, piece.timezone, pd.factorize(group)[0][known], repeats=True)
    return times


def _clock_changes(piece: Piece, spec: ColumnSpec, local: Floats) -> list[Note]:
    """Return how many times lie in hours that a change of the clocks repeats or skips."""
    first, second = offsets(local, piece.timezone)
    twice, never = int((first > second).sum()), int((first < second).sum())
    found, where = [], f"{piece.table.where}: {spec.label}"
    if twice:
        said = "taken as the first pass until they step back, in the order of the file"
        found.append(Note(f"{where} in an hour that a change of the clocks repeats", twice, said))
    if never:
        said = f"no such time in {piece.timezone}; read with the offset before the change. Is the zone right?"
        found.append(Note(f"{where} in an hour that a change of the clocks skips", never, said))
    return found
