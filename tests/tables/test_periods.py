"""Periods: each way of writing one has its start and its length, and none is guessed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.tables.moments import Ambiguous
from simcap.tables.periods import read_periods, usual_length
from simcap.units import DAY, HOUR

FROM = dt.date(2026, 7, 6)
WEEK = 7 * DAY


def one(word: object, **more: Any) -> tuple[str, float]:
    """Return the start of a period, as a text, and its length in seconds."""
    found = read_periods(pd.Series([word, word]), FROM, **more)
    assert found.seconds[0] == found.seconds[1]
    return f"{pd.Timestamp(found.seconds[0], unit='s'):%Y-%m-%d %H:%M}", float(found.length[0])


@pytest.mark.parametrize(
    ("word", "start", "length"),
    [
        ("2026-W32", "2026-08-03 00:00", WEEK),
        ("2026W32", "2026-08-03 00:00", WEEK),
        ("W32 2026", "2026-08-03 00:00", WEEK),
        ("KW 32/2026", "2026-08-03 00:00", WEEK),
        ("Week 32", "2026-08-03 00:00", WEEK),
        ("2020-W53", "2020-12-28 00:00", WEEK),
        ("2021-W01", "2021-01-04 00:00", WEEK),
        ("2025-W01", "2024-12-30 00:00", WEEK),
        ("W02", "2027-01-11 00:00", WEEK),
        ("W/C 03-Aug", "2026-08-03 00:00", WEEK),
        ("w/c 3 August", "2026-08-03 00:00", WEEK),
        ("Week commencing 03-Aug-26", "2026-08-03 00:00", WEEK),
        ("W/C 04-Jan", "2027-01-04 00:00", WEEK),
        ("W/C 30-Jun", "2026-06-30 00:00", WEEK),
        ("W/E 09-Aug", "2026-08-03 00:00", WEEK),
        ("week ending 9 Aug 2026", "2026-08-03 00:00", WEEK),
        ("Apr-26", "2026-04-01 00:00", 30 * DAY),
        ("February 2028", "2028-02-01 00:00", 29 * DAY),
        ("2026-07", "2026-07-01 00:00", 31 * DAY),
        ("09/2026", "2026-09-01 00:00", 30 * DAY),
        ("Jan", "2027-01-01 00:00", 31 * DAY),
        ("2026-07-06 08:00 - 08:30", "2026-07-06 08:00", HOUR / 2),
        ("2026-07-06 23:30 - 00:00", "2026-07-06 23:30", HOUR / 2),
        ("06-Jul-26 08:00 to 08:15", "2026-07-06 08:00", HOUR / 4),
    ],
)
def test_every_way_of_writing_a_period_has_its_start_and_length(word: str, start: str, length: float) -> None:
    assert one(word) == (start, length)


@pytest.mark.parametrize("word", ["06-Jul-26", "2026-07-06", dt.datetime(2026, 7, 6)])
def test_a_day_does_not_tell_how_long_its_period_is(word: object) -> None:
    start, length = one(word)
    assert start == "2026-07-06 00:00"
    assert np.isnan(length)
    assert one(word, header="Week ending") == ("2026-06-30 00:00", WEEK)
    assert one(word, header="Week commencing") == ("2026-07-06 00:00", WEEK)


@pytest.mark.parametrize(
    ("word", "header", "start"),
    [
        (32, "Week", "2026-08-03 00:00"),
        ("32", "ISO week", "2026-08-03 00:00"),
        ("2026 32", "Year + Week", "2026-08-03 00:00"),
        ("202632", "Calendar week", "2026-08-03 00:00"),
        (2.0, "Wk", "2027-01-11 00:00"),
        ("2026 8", "Year + Month", "2026-08-01 00:00"),
        (9, "Month", "2026-09-01 00:00"),
    ],
)
def test_bare_numbers_are_what_their_header_says(word: object, header: str, start: str) -> None:
    found = one(word, header=header)
    assert found == (start, WEEK if "onth" not in header else (31 if "08-01" in start else 30) * DAY)


def test_a_serial_number_of_excel_under_week_is_its_day() -> None:
    start, length = one(46209, header="Week")
    assert start == "2026-07-06 00:00"
    assert np.isnan(length)


def test_day_and_month_in_numbers_need_their_order() -> None:
    assert one("W/C 03/08", order="day first") == ("2026-08-03 00:00", WEEK)
    assert one("W/C 08/03/2026", order="month first") == ("2026-08-03 00:00", WEEK)
    assert one("W/C 31/08") == ("2026-08-31 00:00", WEEK)
    for word in ("W/C 03/08", "W/C 03/08/2026"):
        with pytest.raises(Ambiguous, match="03/08"):
            one(word)


def test_what_is_no_period_is_told_from_what_is_blank() -> None:
    found = read_periods(pd.Series(["2026-W28", "2026-W54", "see note", "n/a", "2026-W29"]), FROM)
    assert np.isnan(found.seconds[3])
    assert np.isinf(found.seconds[[1, 2]]).all()
    assert np.isfinite(found.seconds[[0, 4]]).all()


def test_the_usual_step_is_the_length_of_periods_that_have_none() -> None:
    days = np.array([0.0, 1, 2, 5, 6, 7, 1]) * DAY
    assert usual_length(days).tolist() == [DAY] * 7
    months = np.array([0.0, 31, 59]) * DAY
    assert (usual_length(months) / DAY).tolist() == [31, 28, 31]
    assert np.isnan(usual_length(np.zeros(3))).all()
