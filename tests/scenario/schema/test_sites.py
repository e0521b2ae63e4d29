"""Cities in the names of teams, vendors and sheets; and what only looks like one."""

from __future__ import annotations

import zoneinfo

import pytest

from simcap.scenario.schema.cities import CITIES
from simcap.scenario.schema.sites import Site, site_in
from simcap.scenario.schema.zones import cities_by_name


@pytest.mark.parametrize(
    ("text", "zone", "city"),
    [
        ("manila-night", "Asia/Manila", "Manila"),
        ("Site Warszawa (PL)", "Europe/Warsaw", "Warszawa"),
        ("acme_los_angeles", "America/Los_Angeles", "Los Angeles"),
        ("São Paulo 2", "America/Sao_Paulo", "Sao Paulo"),
        ("Porto Alegre", "America/Sao_Paulo", "Porto Alegre"),
        ("Mexico City", "America/Mexico_City", "Mexico City"),
        ("calcutta", "Asia/Calcutta", "Calcutta"),
        ("sydney north", "Australia/Sydney", "Sydney"),
        ("Bangalore and Hyderabad", None, ""),
        ("Krakow, Warsaw", "Europe/Warsaw", "Krakow"),
        ("singapore", "Asia/Singapore", "Singapore"),
    ],
)
def test_a_city_is_found_in_full_and_with_the_longest_name(text: str, zone: str | None, city: str) -> None:
    assert site_in(text) == (Site(zone, city) if zone else None)


PARTS_OF_COUNTRIES = """
north south west east central eastern western northern southern pacific mountain atlantic general continental queensland
tasmania victoria nsw act acre yukon alaska hawaii arizona michigan samoa newfoundland saskatchewan bajanorte
easterisland
"""
COUNTRIES = "gb eire cuba egypt iran japan poland portugal turkey navajo zulu universal prc roc rok uct armenia"
WORDS = "center easter christmas midway split phoenix virgin reunion resolute"
NAMES = "brandon clark regina stanley dawson casey davis palmer troll vostok macquarie mawson"
SEVERAL = "jersey surrey norfolk london santa_fe new_jersey new_london port_victoria"


@pytest.mark.parametrize("text", " ".join((PARTS_OF_COUNTRIES, COUNTRIES, WORDS, NAMES, SEVERAL)).split())
def test_what_may_be_something_else_is_no_city(text: str) -> None:
    """A vendor called North was once given the clock of Darwin."""
    for name in (text, f"{text}-team", f"the {text.upper()} vendor"):
        assert site_in(name.replace("_", " ")) is None, name


def test_names_of_a_team_and_of_its_vendor_are_not_read_as_one() -> None:
    assert site_in("new york") == Site("America/New_York", "New York")
    assert site_in("team new", "york") is None
    assert site_in("manila", "north") == Site("Asia/Manila", "Manila")
    assert site_in("manila", "warsaw") is None


def test_every_city_of_the_table_is_its_own_or_nobodys() -> None:
    for zone, names in CITIES.items():
        for name in names.split(", "):
            found = site_in(name)
            assert found is None or found.zone == zone, name


def test_zones_of_parts_of_countries_name_no_city() -> None:
    named = {zone for zones in cities_by_name()[0].values() for zone in zones}
    parts = {
        zone for zone in named if zone.split("/")[0] in ("US", "Canada", "Brazil", "Chile", "Mexico", "Antarctica")
    }
    assert parts <= zoneinfo.available_timezones()
    assert len(parts) > 30
    for zone in parts:
        found = site_in(zone.split("/")[-1].replace("_", " "))
        assert found is None or found.zone not in parts, zone
