"""Time zones by name, and what an invalid name may have meant: by country, city or misspelling.

A wrong suggestion would silently move shifts by hours. So only sure ones are made: for a known city, a country, or a
spelling too close to be any other town's.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import unicodedata
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Final

from simcap.scenario.schema.cities import ABBREVIATIONS, CITIES

_OFFSET: Final = re.compile(r"(?:utc|gmt|z)? ?([+-]) ?(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_COUNTRIES: Final = {
    "uk": "GB", "united kingdom": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "usa": "US", "america": "US", "korea": "KR", "south korea": "KR", "czechia": "CZ",
    "turkiye": "TR", "holland": "NL", "uae": "AE", "ivory coast": "CI",
}  # fmt: skip
_SHORTEST_ZONE, _SHORTEST_CITY, _LONG = 5, 7, 10
"""Fewest letters in which one slip is accepted: in the name of a zone, in that of another city; and two slips."""
_FEW: Final = 3
_HOW: Final = (
    "write for example Europe/London: the Area/City of a large city whose clock is the same "
    "(the tz database lists them by country)"
)


@functools.lru_cache(maxsize=1024)
def is_time_zone(name: str) -> bool:
    """Say whether `name` is an IANA time zone, such as Europe/London."""
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def zone_message(name: str) -> str | None:
    """Return what is wrong with the name of a time zone, and what would be right; nothing for one that is known."""
    return None if is_time_zone(name) else f"{name!r} is not an IANA time zone; {_meant(name[:100])}"


def _meant(name: str) -> str:
    bare = plain(name)
    if whole := _zones_by_name().get(bare):
        return _ask([whole])
    if offset := _OFFSET.fullmatch(name.strip()):
        return _instead_of(offset)
    if zones := ABBREVIATIONS.get(name.strip().upper()):
        return f"{name.strip().upper()} does not say when clocks change; {_ask(zones)}"
    area, _, city = bare.rpartition("/")
    if zones_there := _by_city(area, city):
        return _ask(zones_there)
    if country := _by_country(city):
        return country
    return _ask([near]) if (near := _by_letters(area, city)) else _HOW


def _ask(zones: Iterable[str]) -> str:
    *most, last = map(repr, zones)
    return f"did you mean {' or '.join([', '.join(most), last] if most else [last])}?"


def _instead_of(offset: re.Match[str]) -> str:
    """Return what to write instead of an offset from UTC; of whole hours there are zones, with the sign reversed."""
    sign, hours, minutes = offset.groups()
    fixed = f"Etc/GMT{'-' if sign == '+' else '+'}{int(hours)}"
    never = f", or {fixed} where they never change" if not int(minutes or 0) and is_time_zone(fixed) else ""
    return f"an offset does not say when clocks change; write the zone of the city, such as Asia/Manila{never}"


def _by_city(area: str, city: str) -> list[str]:
    """Return the zones of the cities of a name: in the area that is given, else those that have the name themselves."""
    named, kept = cities_by_name()[0].get(city, []), cities_by_name()[1].get(city, [])
    inside = [zone for zone in (*named, *kept) if _area(zone) == area.split("/")[0]]
    return inside or named or kept


def _by_country(name: str) -> str | None:
    """Return what to write instead of the name or code of a country."""
    codes, zones = codes_and_zones()
    code = _COUNTRIES.get(name) or codes.get(name)
    own = zones.get(code or "", [])
    if not own:
        return None
    if len(own) <= _FEW:
        return _ask(own)
    return f"the country has {len(own)} zones, such as {own[0]}; write the zone of the city"


def _by_letters(area: str, city: str) -> str | None:
    """Return the one zone whose name, or whose city's, is so close that it must be a slip."""
    area = area.split("/")[0]
    matches: set[str] = set()
    for shortest, names in zip((_SHORTEST_ZONE, _SHORTEST_CITY), cities_by_name(), strict=True):
        for known, zones in names.items():
            if min(len(known), len(city)) >= shortest and known[0] == city[0] and _is_slip(known, city):
                matches |= {zone for zone in zones if area in (_area(zone), "")}
    return next(iter(matches)) if len(matches) == 1 else None


def _is_slip(known: str, given: str) -> bool:
    return _edits(known, given) <= (2 if len(known) >= _LONG else 1)


def _edits(one: str, other: str) -> int:
    """Return the least number of letters to add, drop, replace or swap with the next one."""
    rows = [list(range(len(other) + 1))]
    for row, letter in enumerate(one, 1):
        rows.append([row])
        for column, against in enumerate(other, 1):
            best = min(rows[row - 1][column] + 1, rows[row][column - 1] + 1)
            best = min(best, rows[row - 1][column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                best = min(best, rows[row - 2][column - 2] + 1)
            rows[row].append(best)
    return rows[-1][-1]


def plain(name: str) -> str:
    """Return a name without accents, in small letters, with single spaces between words."""
    letters = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\s_-]+", " ", bare.replace("\\", "/")).strip()


def _area(zone: str) -> str:
    return plain(zone.split("/")[0])


@functools.cache
def _zones_by_name() -> Mapping[str, str]:
    return {plain(zone): zone for zone in sorted(zoneinfo.available_timezones())}


@functools.cache
def cities_by_name() -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    """Return by plain name the zones of that name, and those whose clock a city of another name keeps."""
    of_countries = {zone for zones in codes_and_zones()[1].values() for zone in zones}
    named: dict[str, list[str]] = {}
    for zone in sorted(zoneinfo.available_timezones(), key=lambda zone: (zone not in of_countries, zone)):
        if "/" in zone and not zone.startswith(("Etc/", "SystemV/")):
            zones = named.setdefault(plain(zone.split("/")[-1]), [])
            if zone in of_countries or not zones:
                zones.append(zone)
    kept: dict[str, list[str]] = {}
    for zone, names in CITIES.items():
        for name in names.split(", "):
            kept.setdefault(plain(name), []).append(zone)
    return named, kept


@functools.cache
def codes_and_zones() -> tuple[Mapping[str, str], Mapping[str, list[str]]]:
    """Return the code of each country by its plain name and by its code, and the zones of each code."""
    codes: dict[str, str] = {}
    zones: dict[str, list[str]] = {}
    for code, name in _rows("iso3166.tab"):
        codes |= {plain(code): code, plain(name): code}
    for code, _, zone, *_ in _rows("zone.tab"):
        zones.setdefault(code, []).append(zone)
    return codes, zones


def _rows(name: str) -> list[list[str]]:
    """Return the rows of a table that comes with the time zones."""
    text = importlib.resources.files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
