"""Codes of countries: all that the library has, and no others."""

from __future__ import annotations

import datetime as dt
from typing import Any

import holidays
import pytest
from pydantic import ValidationError

from simcap.scenario.data.public_holidays import calendar_messages, holiday_message, holidays_of, is_holiday, is_off
from simcap.scenario.schema.calendars import HolidayCalendar, TeamHolidays


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
        ("", "'' is not a country whose holidays are known; write a code such as PH, or DE-BY"),
        ("Poland", "'Poland' is not a country whose holidays are known; did you mean PL?"),
        ("Polnd", "'Polnd' is not a country whose holidays are known; did you mean PL?"),
        ("GBR", "'GBR' is not a country whose holidays are known; did you mean GB?"),
        ("United Kingdom", "'United Kingdom' is not a country whose holidays are known; did you mean GB?"),
        ("Bayern", "'Bayern' is not a country whose holidays are known; did you mean DE-BY?"),
        ("DE-Bayern", "'DE-Bayern' is not a country whose holidays are known; did you mean DE-BY?"),
        ("gb-eng", "'gb-eng' is not a country whose holidays are known; did you mean GB-ENG?"),
        ("Atlantis", "'Atlantis' is not a country whose holidays are known; write a code such as PH, or DE-BY"),
        ("de", "'de' is not a country"),
        ("DE-", "'DE-' is not a country"),
        ("DE-ZZ", "DE has no subdivision 'ZZ'; known here: "),
        ("PH-00", "PH has no subdivision '00'; known here: none"),
    ],
)
def test_what_is_not_known_is_told(code: str, said: str) -> None:
    assert (holiday_message(code) or "").startswith(said)


# -- substitutes --------------------------------------------------------------------------------------------------

ALL_WEEK, OFFICE = frozenset(range(7)), frozenset(range(5))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("country", "year", "pairs"),
    [
        ("GB", 2026, {"2026-12-28": "2026-12-26"}),
        ("GB", 2027, {"2027-12-27": "2027-12-25", "2027-12-28": "2027-12-26"}),
        ("GB", 2022, {"2022-01-03": "2022-01-01", "2022-12-27": "2022-12-25"}),
        ("US", 2021, {"2021-06-18": "2021-06-19", "2021-07-05": "2021-07-04", "2021-12-24": "2021-12-25",
                      "2021-12-31": "2022-01-01"}),
        ("ZA", 2026, {"2026-08-10": "2026-08-09"}),
        ("JP", 2027, {"2027-03-22": "2027-03-21"}),
        ("PL", 2026, {}),
        ("CO", 2026, {}),
        ("AR", 2026, {}),
    ],
)  # fmt: skip
def test_substitutes_stand_for_their_day_and_moved_holidays_do_not(
    country: str, year: int, pairs: dict[str, str]
) -> None:
    found = holidays_of(country, year).replaced
    assert {str(substitute): str(origin) for substitute, origin in found.items()} == pairs


@pytest.mark.parametrize("country", ["GB-ENG", "US", "JP", "ZA", "AU-NSW", "HK", "CO", "AR", "PL", "DE-BY", "PH"])
def test_both_is_what_the_library_has(country: str) -> None:
    code, _, part = country.partition("-")
    for year in range(2021, 2031):
        known = set(holidays.country_holidays(code, subdiv=part or None, years=year))
        assert set(holidays_of(country, year).names) == known
        for weekdays in (ALL_WEEK, OFFICE):
            both = TeamHolidays(country=country, observed="both")
            assert {one for one in known if is_off(both, weekdays, one)} == known


@pytest.mark.parametrize(
    ("observed", "weekdays", "off"),
    [
        ("auto", ALL_WEEK, ["2026-12-25", "2026-12-26"]),
        ("auto", OFFICE, ["2026-12-25", "2026-12-26", "2026-12-28"]),
        ("auto", frozenset(range(6)), ["2026-12-25", "2026-12-26"]),
        ("actual", OFFICE, ["2026-12-25", "2026-12-26"]),
        ("substitute", ALL_WEEK, ["2026-12-25", "2026-12-28"]),
        ("both", ALL_WEEK, ["2026-12-25", "2026-12-26", "2026-12-28"]),
    ],
)
def test_the_day_or_its_substitute(observed: Any, weekdays: frozenset[int], off: list[str]) -> None:
    calendar = TeamHolidays(country="GB", observed=observed)
    days = [dt.date(2026, 12, 20) + dt.timedelta(days=n) for n in range(12)]
    assert [str(one) for one in days if is_off(calendar, weekdays, one)] == off


def test_substitutes_over_the_turn_of_the_year() -> None:
    new_year, eve = day("2022-01-01"), day("2021-12-31")
    for observed, off in (("actual", [new_year]), ("substitute", [eve]), ("both", [eve, new_year])):
        calendar = TeamHolidays.model_validate({"country": "US", "observed": observed})
        assert [one for one in (eve, new_year) if is_off(calendar, ALL_WEEK, one)] == off


@pytest.mark.parametrize(
    ("given", "off"),
    [
        ({"except": "2026-12-25"}, ["2026-12-26", "2026-12-28"]),
        ({"except": ["Boxing Day"]}, ["2026-12-25"]),
        ({"except": ["boxing day", "2026-12-25"], "add": "2026-12-24"}, ["2026-12-24"]),
        ({"add": ["2026-12-24", "2026-12-31"]}, ["2026-12-24", "2026-12-25", "2026-12-26", "2026-12-28", "2026-12-31"]),
    ],
)
def test_days_left_out_and_days_of_ones_own(given: dict[str, Any], off: list[str]) -> None:
    calendar = HolidayCalendar.model_validate({"country": "GB", **given})
    days = [dt.date(2026, 12, 20) + dt.timedelta(days=n) for n in range(12)]
    assert [str(one) for one in days if is_holiday(calendar, one)] == off


def test_names_are_known_in_the_language_of_the_country_and_in_english() -> None:
    for name in ("National Independence Day", "Narodowe Święto Niepodległości"):
        calendar = HolidayCalendar.model_validate({"country": "PL", "except": name})
        assert list(calendar_messages("holidays", calendar, [2026])) == []
        assert not is_holiday(calendar, day("2026-11-11"))
        assert is_holiday(calendar, day("2026-12-25"))


@pytest.mark.parametrize(
    ("given", "path", "said"),
    [
        ({"country": "Poland"}, "holidays", "did you mean PL?"),
        ({"country": "Poland", "add": "2026-12-24"}, "holidays.country", "did you mean PL?"),
        ({"country": "PL", "except": ["2026-11-11", "2026-11-12"]}, "holidays.except.1",
         "2026-11-12 is not a public holiday of PL; near it are 2026-08-15, 2026-11-01, 2026-11-11, 2026-12-24"),
        ({"country": "GB", "except": "Boxing Dy"}, "holidays.except.0",
         "'Boxing Dy' is not a public holiday of GB in 2026; did you mean 'Boxing Day'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_calendar_is_told_at_its_place(given: dict[str, Any], path: str, said: str) -> None:
    calendar = HolidayCalendar.model_validate(given)
    ((found, message),) = calendar_messages("holidays", calendar, [2026])
    assert found == path
    assert said in message


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "needs `country`, `add` or both"),
        ({"except": "2026-12-25", "add": "2026-12-24"}, "give `country` too"),
        ({"country": "GB", "except": [7]}, "7 is neither a date nor the name of a holiday"),
    ],
)
def test_a_calendar_needs_days(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        HolidayCalendar.model_validate(given)


# -- a country whose parts differ ---------------------------------------------------------------------------------


@pytest.mark.parametrize("one", ["2026-04-06", "2026-08-31", "2027-03-29", "2027-08-30"])
def test_great_britain_has_the_bank_holidays_of_most_of_it(one: str) -> None:
    assert is_holiday("GB", day(one))
    assert is_holiday("GB-ENG", day(one))
    assert not is_holiday("GB-SCT", day(one))


def test_what_a_part_alone_has_is_its_own() -> None:
    assert [is_holiday(code, day("2026-03-17")) for code in ("GB", "GB-NIR")] == [False, True]
