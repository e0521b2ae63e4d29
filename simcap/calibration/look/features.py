"""What the cells of a column hold: moments, days, clock times, numbers, words, codes."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.look import vocabulary
from simcap.tables import moments, quantities
from simcap.tables.blanks import blank

Content = Literal["empty", "moment", "day", "clock", "interval", "number", "flag", "words", "codes"]

FEW: Final = 60
"""Different values of a column of words at most, where its rows are many."""
_MOSTLY: Final = 0.9
_INTERVAL: Final = re.compile(r"\d{1,2}:\d\d\s*(?:-|–|to)\s*\d{1,2}:\d\d")
_FLAGS: Final = frozenset({"true", "false", "yes", "no", "y", "n", "pass", "fail", "correct", "incorrect", "0", "1"})


@dataclasses.dataclass(frozen=True)
class Feature:
    """One column: its name, what it holds, and what is seen in it.

    `seconds` are the moments where it holds some (see `moments.read_moments`); `words` its commonest values.
    """

    name: str
    content: Content
    filled: float
    different: int
    cell: str
    words: tuple[str, ...] = ()
    seconds: NDArray[np.float64] | None = None
    utc: bool = False

    @property
    def is_time(self) -> bool:
        """Return whether it says when something was, to the minute at least."""
        return self.content == "moment"

    def repeats(self, rows: int) -> float:
        """Return how many rows have each of its values, on average."""
        return rows * self.filled / max(self.different, 1)


def features(cells: pd.DataFrame, order: str | None) -> list[Feature]:
    """Return what each column of a table holds; `order` says whether the day or the month comes first, if known."""
    return [_feature(str(name), cells[name], order) for name in cells]


def _feature(name: str, cells: pd.Series, order: str | None) -> Feature:
    gone = blank(cells)
    known = cells[~gone]
    if known.empty:
        return Feature(name, "empty", 0.0, 0, "")
    filled = len(known) / len(cells)
    cell = _shown(known.iloc[0])
    texts = known.astype("str").str.strip()
    counts = texts.value_counts()
    words = tuple(counts.index[:FEW].astype(str))

    def made(content: Content, **rest: Any) -> Feature:
        return Feature(name, content, filled, len(counts), cell, words, **rest)

    if pd.api.types.is_bool_dtype(known.dtype) or (set(counts.index.str.casefold()) <= _FLAGS and len(counts) == 2):
        return made("flag")
    if _mostly(texts, _INTERVAL):
        return made("interval")
    if quantities.is_clock(known):
        return made("clock")
    moment = _moments(cells, order)
    if moment is not None and not _is_count(known, name):
        seconds = moment.seconds[np.isfinite(moment.seconds)]
        dated = bool((seconds % 86400 == 0).all())
        return made("day" if dated else "moment", seconds=moment.seconds, utc=moment.utc)
    if _numeric(known):
        return made("codes" if _is_code(texts, name) else "number")
    return made("words" if len(counts) <= max(FEW, len(known) // 50) else "codes")


def _shown(cell: object) -> str:
    text = " ".join(str(cell).split()).removesuffix(" 00:00:00")
    return text if len(text) <= 40 else f"{text[:37]}..."


def _mostly(texts: pd.Series, pattern: re.Pattern[str]) -> bool:
    return float(texts.head(500).str.fullmatch(pattern).mean()) > _MOSTLY


def _moments(cells: pd.Series, order: str | None) -> moments.Moments | None:
    """Return the moments of a column that holds some; in an order that cannot be told, with the day first."""
    try:
        found = moments.read_moments(cells, order or moments.DAY_FIRST)
    except ValueError:
        return None
    good, bad = np.isfinite(found.seconds).sum(), np.isinf(found.seconds).sum()
    return found if good > 0 and good > _MOSTLY * (good + bad) else None


def _numeric(known: pd.Series) -> bool:
    numbers = quantities.read_numbers(known.head(2000))
    return bool(np.isfinite(numbers).mean() > _MOSTLY)


def _is_count(known: pd.Series, name: str) -> bool:
    """Return whether plain numbers are no dates: their name says so, or they are not those of some years."""
    return _numeric(known) and vocabulary.DATED.search(name.casefold()) is None


def _is_code(texts: pd.Series, name: str) -> bool:
    """Return whether plain numbers name something: their column is called so, or nearly all differ; none is a part."""
    if quantities.unit_in(name) is not None or float(texts.str.fullmatch(r"[\d,. ]*\d").mean()) < _MOSTLY:
        return False
    numbers = quantities.read_numbers(texts)
    whole = float((numbers == np.floor(numbers)).mean()) > _MOSTLY
    named = re.search(vocabulary.ITEMS["item"], name.casefold()) is not None
    return whole and len(texts) > FEW and texts.nunique() > (0.1 if named else 0.8) * len(texts)
