"""Numbers, shares and durations as people and tools write them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from simcap.tables.quantities import read_durations, read_numbers, unit_in


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,234.5", "7", "1,000"], [1234.5, 7.0, 1000.0]),
        (["1.234,5", "7", "0,75"], [1234.5, 7.0, 0.75]),
        (["10,78", "37,58"], [10.78, 37.58]),
        (["85.7%", "100%"], [0.857, 1.0]),
        (["85,7 %", "3,0 %"], [0.857, 0.03]),
        (["1 234", "12"], [1234.0, 12.0]),
        (["-3", "+4.5"], [-3.0, 4.5]),
    ],
)
def test_numbers_are_read_in_either_style(cells: list[str], numbers: list[float]) -> None:
    assert read_numbers(pd.Series(cells)).tolist() == pytest.approx(numbers)


def test_what_is_no_number_is_told_from_what_is_blank() -> None:
    found = read_numbers(pd.Series(["1", "", "#DIV/0!", "-", "many"]))
    assert np.isnan(found[1:4]).all()
    assert np.isinf(found[4])


@pytest.mark.parametrize(
    ("cells", "unit", "seconds"),
    [
        (["0:12:31", "26:10:03"], None, [751.0, 94203.0]),
        (["31:05", "61:20"], "min", [1865.0, 3680.0]),
        (["1:30", "0:05"], "h", [5400.0, 300.0]),
        (["12,5"], "min", [750.0]),
        (["778000"], "ms", [778.0]),
        (["90"], None, [90.0]),
        (["1:02:03", "02:03"], "min", [3723.0, 123.0]),
    ],
)
def test_durations_are_read_as_what_they_are(cells: list[str], unit: str | None, seconds: list[float]) -> None:
    assert read_durations(pd.Series(cells), unit).tolist() == pytest.approx(seconds)


def test_two_parts_need_a_unit() -> None:
    with pytest.raises(ValueError, match=r"'31:05' may be minutes and seconds .*`unit: min`"):
        read_durations(pd.Series(["31:05"]), None)


def test_durations_of_a_workbook_are_times_of_day_or_spans() -> None:
    cells = pd.Series([dt.time(0, 12, 31), dt.timedelta(hours=26), None], dtype=object)
    assert read_durations(cells, None)[:2].tolist() == [751.0, 93600.0]


@pytest.mark.parametrize(
    ("header", "unit"),
    [("AHT mm:ss", "min"), ("Durée (min)", "min"), ("aht_sec", "s"), ("handle_ms", "ms"), ("Handle (h:mm:ss)", "h"),
     ("Minutes", "min"), ("Handle time", None), ("handle_s", "s"), ("hours", "h")],
)  # fmt: skip
def test_a_header_may_tell_the_unit(header: str, unit: str | None) -> None:
    assert unit_in(header) == unit
