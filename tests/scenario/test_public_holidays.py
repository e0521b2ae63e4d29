"""Codes of countries: all that the library has, and no others."""

from __future__ import annotations

import holidays
import pytest

from simcap.scenario.public_holidays import holiday_message


def test_every_country_and_subdivision_of_the_library_is_known() -> None:
    countries = {code: parts for code, parts in holidays.list_supported_countries().items() if len(code) == 2}
    codes = [*countries, *(f"{code}-{part}" for code, parts in countries.items() for part in parts if part.isalnum())]
    # What is written here are capitals and digits; a few subdivisions of the library are names.
    written = [code for code in codes if code == code.upper() and code.isascii()]
    assert len(written) > 500
    assert [code for code in written if holiday_message(code) is not None] == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("XX", "'XX' is not a country whose holidays are known; write a code such as PH, or DE-BY"),
        ("", "'' is not a country"),
        ("de", "'de' is not a country"),
        ("DE-", "'DE-' is not a country"),
        ("DE-ZZ", "DE has no subdivision 'ZZ'; known here: "),
        ("PH-00", "PH has no subdivision '00'; known here: none"),
    ],
)
def test_what_is_not_known_is_told(code: str, said: str) -> None:
    assert (holiday_message(code) or "").startswith(said)
