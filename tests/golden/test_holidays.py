"""The public holidays that shipped scenarios hang on: an older list of them gives other figures on other days."""

from __future__ import annotations

import datetime as dt

import pytest

from simcap.scenario.data.public_holidays import holidays_of


@pytest.mark.parametrize(
    ("country", "days"),
    [
        ("PH", "11-01 11-02 11-30 12-08 12-24 12-25 12-30 12-31"),
        ("CO", "10-12 11-02 11-16 12-08 12-25"),
        ("PL", "11-01 11-11 12-24 12-25 12-26"),
        ("IE", "10-26 12-25 12-26"),
    ],
)
def test_the_last_quarter_has_these_public_holidays(country: str, days: str) -> None:
    found = [day for day in holidays_of(country, 2026).names if day >= dt.date(2026, 10, 1)]
    assert " ".join(f"{day:%m-%d}" for day in sorted(found)) == days
