"""Names that are no time zones: what they may have meant, and never another country's town."""

from __future__ import annotations

import zoneinfo

import pytest

from simcap.scenario.schema.cities import ABBREVIATIONS, CITIES
from simcap.scenario.schema.zones import zone_message

HOW = (
    "write for example Europe/London: the Area/City of a large city whose clock is the same "
    "(the tz database lists them by country)"
)


@pytest.mark.parametrize("name", ["Europe/Warsaw", "Asia/Calcutta", "CET", "UTC", "EST5EDT", "Etc/GMT-8", "GMT"])
def test_what_is_a_zone_is_taken(name: str) -> None:
    assert zone_message(name) is None


@pytest.mark.parametrize(
    ("name", "zones"),
    [
        ("Europe/Krakow", "'Europe/Warsaw'"),
        ("Europe/Kraków", "'Europe/Warsaw'"),
        ("Asia/Krakow", "'Europe/Warsaw'"),
        ("Wrocław", "'Europe/Warsaw'"),
        ("Asia/Bangalore", "'Asia/Kolkata'"),
        ("Asia/Cebu_City", "'Asia/Manila'"),
        ("America/Medellin", "'America/Bogota'"),
        ("America/Cartagena", "'America/Bogota'"),
        ("Europe/Cartagena", "'Europe/Madrid'"),
        ("America/San_Jose", "'America/Costa_Rica' or 'America/Los_Angeles'"),
        ("Asia/Hyderabad", "'Asia/Kolkata' or 'Asia/Karachi'"),
        ("Europe/Bern", "'Europe/Zurich'"),
        ("London", "'Europe/London'"),
        ("Eurpoe/London", "'Europe/London'"),
        ("europe/london", "'Europe/London'"),
        ("America/New York", "'America/New_York'"),
        ("Europe/Londn", "'Europe/London'"),
        ("Asia/Manilla", "'Asia/Manila'"),
        ("Asia/Banglaore", "'Asia/Kolkata'"),
        ("America/Monterey", "'America/Monterrey'"),
        ("Asia/India", "'Asia/Kolkata'"),
        ("Philippines", "'Asia/Manila'"),
        ("PH", "'Asia/Manila'"),
        ("UK", "'Europe/London'"),
    ],
)
def test_a_city_a_country_or_a_slip_is_understood(name: str, zones: str) -> None:
    assert zone_message(name) == f"{name!r} is not an IANA time zone; did you mean {zones}?"


@pytest.mark.parametrize(
    "name", ["Europe/York", "Europe/Parma", "Europe/Bonn", "Mars", "", "a/b", "Europe/", "x" * 900]
)
def test_what_is_not_sure_gets_no_town_but_the_way_to_find_one(name: str) -> None:
    assert zone_message(name) == f"{name!r} is not an IANA time zone; {HOW}"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("PST", "PST does not say when clocks change; did you mean 'America/Los_Angeles' or 'Asia/Manila'?"),
        (
            "ist",
            "IST does not say when clocks change; did you mean 'Asia/Kolkata', 'Europe/Dublin' or 'Asia/Jerusalem'?",
        ),
        (
            "UTC+8",
            (
                "an offset does not say when clocks change; write the zone of the city, such as Asia/Manila, "
                "or Etc/GMT-8 where they never change"
            ),
        ),
        ("+05:30", "an offset does not say when clocks change; write the zone of the city, such as Asia/Manila"),
        ("USA", "the country has 29 zones, such as America/New_York; write the zone of the city"),
    ],
)
def test_abbreviations_offsets_and_large_countries(name: str, words: str) -> None:
    assert zone_message(name) == f"{name!r} is not an IANA time zone; {words}"


def test_every_zone_that_is_suggested_is_one() -> None:
    suggested = {*CITIES, *(zone for zones in ABBREVIATIONS.values() for zone in zones)}
    assert suggested <= zoneinfo.available_timezones()


@pytest.mark.slow
def test_no_city_of_the_table_is_a_zone_of_its_own_area() -> None:
    """A zone's own name wins over the table, so such an entry would never be read."""
    for zone, names in CITIES.items():
        for name in names.split(", "):
            assert f"{zone.split('/')[0]}/{name.replace(' ', '_')}" not in zoneinfo.available_timezones(), name


def test_cities_with_one_letter_wrong_never_name_another_country() -> None:
    """Each city of the table, a letter dropped: its own zone, or none, but for names that are themselves a city's."""
    known = {name for names in CITIES.values() for name in names.split(", ")}
    for zone, names in CITIES.items():
        area = zone.split("/")[0]
        for name in names.split(", "):
            short = name[:-1]
            if short in known or len(name) < 4:
                continue
            said = zone_message(f"{area}/{short}") or ""
            owners = [one for one, cities in CITIES.items() if name in cities.split(", ")]
            assert "did you mean" not in said or any(repr(owner) in said for owner in owners), said
