import pandas as pd
import pytest

from simcap.tables.blanks import BLANK, blank, is_blank
from simcap.tables.words import one_of

CELLS = [
    *BLANK,
    *(f" \u00a0{word.upper()}\t" for word in BLANK),
    "x",
    "nan 1",
    "n/a/",
    "–x",
    "ſum",
    "ÉTÉ",
    "a" * 40,
    None,
]


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_a_blank_is_found_in_columns_as_in_cells(dtype: str) -> None:
    assert blank(pd.Series(CELLS, dtype=dtype)).tolist() == [is_blank(cell) for cell in CELLS]


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_words_are_found_whatever_their_case_and_the_blanks_around(dtype: str) -> None:
    cells = pd.Series([" TOTAL", "total", "totals", None, "ſum", "Été\u2003", "ete", "x"], dtype=dtype)
    found = one_of(cells, {"total", "sum", "été"})
    assert found.tolist() == [True, True, False, False, True, True, False, False]
