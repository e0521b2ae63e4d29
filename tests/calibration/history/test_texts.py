"""Texts of a column that repeats itself are numbered, those of one that does not are not: both say the same."""

import pandas as pd

from simcap.calibration.history.columns import called
from simcap.calibration.history.roles import _MANY, _text

ODD = ["  a  b ", "n/a", "", "Zoë\u00a0 X", "-", "c\td"]
SAID = ["a b", "", "", "Zoë X", "", "c d"]


def test_ids_are_read_like_names() -> None:
    ids = [f"T-{number}" for number in range(_MANY)]
    many = _text(pd.Series([*ODD, *ids], dtype="str"), called("item"))
    few = _text(pd.Series([*ODD, *ids[:5]], dtype="str"), called("item"))
    assert isinstance(many.dtype, pd.StringDtype)
    assert isinstance(few.dtype, pd.CategoricalDtype)
    assert many.tolist()[: len(ODD)] == few.tolist()[: len(ODD)] == SAID
    assert many.tolist()[len(ODD) :] == ids
    assert few.cat.categories.tolist() == sorted({*SAID, *ids[:5]})
