"""Dates and times as people and tools write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simcap.tables.moments import DAY_FIRST, MONTH_FIRST, Ambiguous, orders, read_moments

EIGHT_JULY = pd.Timestamp("2026-07-08 13:05:00").timestamp()


@pytest.mark.parametrize(
    ("cell", "order"),
    [
        ("2026-07-08 13:05", None),
        ("2026-07-08T13:05:00", None),
        ("2026/07/08 13:05", None),
        ("08/07/2026 13:05", DAY_FIRST),
        ("7/8/2026 1:05 PM", MONTH_FIRST),
        ("8.7.2026 13:05:00", DAY_FIRST),
        ("08-07-26 13:05", DAY_FIRST),
        ("08/Jul/26 1:05 PM", None),
        ("08 Jul 2026 13:05:00", None),
        ("8 July 2026 13:05", None),
        ("Jul 8, 2026 13:05", None),
        ("Wed 08/07/2026 13:05", DAY_FIRST),
        ("20260708130500", None),
        ("08/07/2026 13:05 - 13:35", DAY_FIRST),
    ],
)
def test_a_moment_is_read_as_what_it_is(cell: str, order: str | None) -> None:
    found = read_moments(pd.Series([cell, "", "n/a", "tomorrow"]), order)
    assert found.seconds[0] == EIGHT_JULY
    assert not found.utc
    assert np.isnan(found.seconds[1:3]).all()
    assert np.isinf(found.seconds[3])


@pytest.mark.parametrize("cell", ["2026-07-08T13:05:00Z", "2026-07-08 15:05:00+02:00", "2026-07-08 13:05:00 UTC"])
def test_a_moment_with_its_offset_is_one_of_utc(cell: str) -> None:
    found = read_moments(pd.Series([cell]))
    assert found.utc
    assert found.seconds[0] == EIGHT_JULY


@pytest.mark.parametrize(
    ("numbers", "utc"),
    [(np.array([46211 + 785 / 1440]), False), (np.array([EIGHT_JULY]), True), (np.array([EIGHT_JULY * 1000]), True)],
    ids=["serial", "seconds", "milliseconds"],
)
def test_numbers_are_moments_by_their_size(numbers: np.ndarray, utc: bool) -> None:
    for cells in (pd.Series(numbers), pd.Series([f"{number:.6f}" for number in numbers])):
        found = read_moments(cells)
        assert found.seconds[0] == pytest.approx(EIGHT_JULY, abs=0.1)
        assert found.utc == utc


def test_midnight_at_the_end_of_a_day_is_the_next_day() -> None:
    found = read_moments(pd.Series(["2026-07-08 24:00:00", "2026-07-08 17:24:00", "2026-07-08 23:59:59"])).seconds
    assert found.tolist() == [
        pd.Timestamp(text).timestamp() for text in ("2026-07-09", "2026-07-08 17:24", "2026-07-08 23:59:59")
    ]


def test_the_order_of_day_and_month_is_never_guessed() -> None:
    cells = pd.Series(["07/08/2026 10:00", "08/07/2026 10:00"])
    assert orders(cells) == set()
    with pytest.raises(Ambiguous, match="07/08/2026 10:00"):
        read_moments(cells)
    assert orders(pd.Series(["13/08/2026", "01/02/2026"])) == {DAY_FIRST}
    assert orders(pd.Series(["08/13/2026", "01/02/2026"])) == {MONTH_FIRST}
    assert orders(pd.Series(["08/13/2026", "13/08/2026"])) == {DAY_FIRST, MONTH_FIRST}
    assert orders(pd.Series(["2026-07-13", "2026-13-07"])) == set()


def test_seconds_may_be_missing_in_some_cells() -> None:
    found = read_moments(pd.Series(["13/08/2026 10:00:30", "13/08/2026 10:00", "13/08/2026"]), DAY_FIRST)
    midnight = pd.Timestamp("2026-08-13").timestamp()
    assert (found.seconds - midnight).tolist() == [36030.0, 36000.0, 0.0]


def test_formats_that_are_given_are_used() -> None:
    found = read_moments(pd.Series(["08072026 1305"]), None, ["%d%m%Y %H%M"])
    assert found.seconds[0] == EIGHT_JULY
    assert read_moments(pd.Series(["07/08/2026 13:05"]), None, ["month first"]).seconds[0] == EIGHT_JULY


def test_excel_cells_may_be_dates_and_text() -> None:
    cells = pd.Series([pd.Timestamp("2026-07-08 13:05").to_pydatetime(), None, "soon"], dtype=object)
    found = read_moments(cells).seconds
    assert found[0] == EIGHT_JULY
    assert np.isnan(found[1])
    assert np.isinf(found[2])


def test_the_year_at_the_end_of_a_day_is_no_offset() -> None:
    cells = pd.Series([*(f"2026-03-{day:02}" for day in range(10, 30)), "31-03-2026"], dtype="str")
    moments = read_moments(cells, DAY_FIRST)
    assert not moments.utc
    assert np.diff(moments.seconds).tolist() == [86400.0] * 19 + [2 * 86400.0]
