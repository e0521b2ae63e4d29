"""Quantities as people write them, and the grid of times."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcap import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("45 s", 45.0),
        ("90min", 5400.0),
        (" 1.5 h ", 5400.0),
        ("2 weeks", 1209600.0),
        ("1 day", 86400.0),
        ("250 ms", 0.25),
        ("1_000 s", 1000.0),
        ("1e-05 s", 1e-5),
        ("1 year", 365.25 * 86400),
        ("12 months", 365.25 * 86400),
        ("0 h", 0.0),
    ],
)
def test_duration(text: str, seconds: float) -> None:
    assert units.parse_duration(text) == pytest.approx(seconds, rel=1e-15)


@pytest.mark.parametrize(("value", "share"), [("8%", 0.08), (0.08, 0.08), (1, 1.0), ("0 %", 0.0), ("12.5%", 0.125)])
def test_share(value: object, share: float) -> None:
    assert units.parse_share(value) == share


@pytest.mark.parametrize(("value", "share"), [("-2%", -0.02), ("150%", 1.5), (-3, -3.0)])
def test_signed_share(value: object, share: float) -> None:
    assert units.parse_signed_share(value) == share


@pytest.mark.parametrize(("text", "seconds"), [("00:00", 0), ("09:30", 34200), ("23:59:59", 86399), ("24:00", 86400)])
def test_clock(text: str, seconds: float) -> None:
    assert units.parse_clock(text) == seconds


def test_rate_keeps_its_share_over_its_unit() -> None:
    hazard = units.parse_rate("9% per month")
    assert np.exp(-hazard * units.MONTH) == pytest.approx(0.91)
    assert units.parse_rate("0% per year") == 0


@pytest.mark.parametrize(
    ("text", "weeks"), [("0-13 weeks", (0, 13)), ("52+ weeks", (52, np.inf)), ("1.5 - 2weeks", (1.5, 2))]
)
def test_tenure_range(text: str, weeks: tuple[float, float]) -> None:
    assert units.parse_tenure_range(text) == (weeks[0] * units.WEEK, weeks[1] * units.WEEK)


@pytest.mark.parametrize(
    ("parse", "value", "message"),
    [
        (units.parse_duration, 45, "45 has no unit; write for example '45 s' or '45 h'"),
        (units.parse_duration, "45", "'45' is not a duration; write for example '45 s'"),
        (units.parse_duration, True, "True is not a duration"),
        (units.parse_duration, None, "None is not a duration"),
        (units.parse_duration, "4 hrs", "'hrs' is not a unit of time; use ms, s, min, h, days"),
        (units.parse_duration, "-4 h", "'-4 h' is negative; a duration is zero or more"),
        (units.parse_share, "104%", "a share lies between 0% and 100%"),
        (units.parse_share, 8, "8 is out of bounds; a share lies between 0% and 100%; did you mean 8%?"),
        (units.parse_share, float("nan"), "a share lies between 0% and 100%"),
        (units.parse_share, "8", "'8' is not a share; write for example '8%' or 0.08; did you mean 8%?"),
        (units.parse_share, 1.5, "1.5 is out of bounds; a share lies between 0% and 100%; did you mean 1.5%?"),
        (units.parse_share, 101, "101 is out of bounds; a share lies between 0% and 100%"),
        (units.parse_share, "0.9 of it", "'0.9 of it' is not a share; write for example '8%' or 0.08"),
        (units.parse_rate, "9 per month", "'9' is not a share; write for example '8%' or 0.08; did you mean 9%?"),
        (units.parse_share, True, "True is not a share"),
        (units.parse_clock, "9:30", "'9:30' is not a clock time; write it quoted, for example \"09:00\""),
        (units.parse_clock, "25:00", "is not a clock time"),
        (units.parse_clock, 570, "570 is not a clock time"),
        (units.parse_rate, "9%", "'9%' is not an attrition rate; write for example '9% per month'"),
        (units.parse_rate, "100% per month", "nobody would be left"),
        (units.parse_rate, "-1% per month", "a share lies between 0% and 100%"),
        (units.parse_tenure_range, "13 weeks", "'13 weeks' is not a tenure range; write for example"),
        (units.parse_tenure_range, "0-13 moons", "is not a tenure range"),
    ],
)
def test_refused(parse: Callable[[object], object], value: object, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse(value)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (45.0, "45 s"),
        (5400.0, "90 min"),
        (14400.0, "4 h"),
        (3600.0, "1 h"),
        (172800.0, "2 days"),
        (604800.0, "1 week"),
        (0.0, "0 s"),
        (9000.0, "2.5 h"),
    ],
)
def test_format_duration(seconds: float, text: str) -> None:
    assert units.format_duration(seconds) == text


@given(st.floats(-(2.0**31), 2.0**31), st.floats(-(2.0**31), 2.0**31))
def test_ticks_are_exact_in_any_order(first: float, second: float) -> None:
    a, b = units.to_tick(first), units.to_tick(second)
    assert abs(a - first) <= units.TICK / 2
    assert units.to_tick(a) == a
    assert (a + b) - b == a
    assert units.to_ticks(np.array([first, second])).tolist() == [a, b]
