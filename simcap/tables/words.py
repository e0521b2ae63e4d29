"""Cells that are one of a few words, in columns of any length."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def one_of(cells: pd.Series, words: Collection[str]) -> Flags:
    """Return which cells are one of some words in small letters; case and blanks around do not count."""
    return by_word(cells, lambda word: str(word).strip().casefold() in words, words)


def by_word(cells: pd.Series, holds: Callable[[Any], bool], words: Collection[str]) -> Flags:
    """Return which cells hold; of texts, `words` have all the ASCII ones that do, without blanks and in small letters.

    A missing cell does not hold. Columns of texts are gone through by columns, as millions of different ones would
    take minutes one by one.
    """
    if not isinstance(cells.dtype, pd.StringDtype):
        return _each(cells, holds)
    import pyarrow as pa
    from pyarrow import compute

    text = compute.utf8_trim_whitespace(pa.array(cells, pa.large_string(), from_pandas=True))
    found = compute.is_in(compute.ascii_lower(text), value_set=pa.array(sorted(words), pa.large_string()))
    held = np.asarray(compute.fill_null(found, fill_value=False).to_numpy(zero_copy_only=False), bool)
    beyond = np.flatnonzero(~compute.string_is_ascii(text.fill_null("")).to_numpy(zero_copy_only=False))
    if beyond.size:
        held = held.copy()
        held[beyond] = _each(cells.iloc[beyond], holds)
    return held


def _each(cells: pd.Series, holds: Callable[[Any], bool]) -> Flags:
    codes, words = pd.factorize(cells)
    return np.append(np.array([holds(word) for word in words], bool), [False])[codes]
