"""What rows stand for: rows of one level add up to the whole once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.levels import with_level


def table(*rows: tuple[str, ...], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split()).assign(items=np.arange(1.0, len(rows) + 1))


@pytest.mark.parametrize(
    ("columns", "rows", "levels"),
    [
        ("queue measure", [("mail", "arrived")], ["queue"]),
        ("vendor team", [("north", "day"), ("north", "late")], ["team", "team"]),
        ("vendor", [("north",), ("south",), ("",)], ["vendor", "vendor", "all"]),
        ("queue vendor sla", [("mail", "", "4 h"), ("mail", "north", "4 h"), ("", "", "")], ["queue", "vendor", "all"]),
        ("queue sla", [("mail", "4 h"), ("", "4 h")], ["queue", "all"]),
        ("vendor team", [("north", "day"), ("north", ""), ("", "")], ["team", "vendor", "all"]),
    ],
)
def test_a_row_stands_for_the_finest_thing_that_it_names(
    columns: str, rows: list[tuple[str, ...]], levels: list[str]
) -> None:
    found = with_level(table(*rows, columns=columns))
    assert found["level"].tolist() == levels
    assert list(found.columns) == [*columns.split(), "items", "level"], "behind all others"


def test_what_is_missing_names_nothing() -> None:
    rows = pd.DataFrame({"vendor": ["north", None, np.nan]})
    assert with_level(rows)["level"].tolist() == ["vendor", "all", "all"]


def test_tables_of_nothing_of_that_kind_stay() -> None:
    rows = pd.DataFrame({"confidence": [0.8]})
    assert with_level(rows) is rows
    done = with_level(table(("mail",), columns="queue"))
    assert with_level(done) is done
    assert with_level(pd.DataFrame({"queue": []}))["level"].tolist() == []
