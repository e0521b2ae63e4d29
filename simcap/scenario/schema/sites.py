"""The city that the name of a team, a vendor or a sheet tells, if it tells one unmistakably.

A wrong guess would move all shifts by hours, and nobody would see it in a table of names. So a word that is the name of
a city and something else as well (a direction, a state, a person, a word) is taken for something else.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from simcap.scenario.schema.zones import cities_by_name, codes_and_zones, plain

_SHORTEST: Final = 5
"""Fewest letters of a city's name."""
_MOST_WORDS: Final = 4
_NOT_OF_CITIES: Final = ("US/", "Canada/", "Mexico/", "Brazil/", "Chile/", "Antarctica/", "Arctic/")
"""Beginnings of zones that are named after parts of a country, or where nobody moderates."""
_NO_CITY: Final = frozenset(
    (
        # Directions and states that old zones of Australia are named after.
        *("north", "south", "west", "queensland", "tasmania", "victoria", "yancowinna"),
        # Words.
        *("center", "easter", "christmas", "midway", "resolute", "virgin", "split", "phoenix", "reunion", "samoa"),
        # Names of people and of firms.
        *("brandon", "clark", "regina", "stanley", "dawson", "johnston", "creston", "beulah", "marengo", "boise"),
        # Counties, and towns of which others are as well known.
        *("jersey", "norfolk", "chatham", "surrey", "cambridge", "kingston", "petersburg", "monticello", "richmond"),
        *("santa fe", "santa cruz", "santa ana", "st johns", "san luis", "new salem"),
    )
)
_BEFORE: Final = frozenset(("new", "san", "santa", "saint", "st", "los", "las", "el", "la", "port", "fort", "mount"))
"""Words that make another town of the one that follows: New London, Port Victoria."""


class Site(NamedTuple):
    """A city that a text names."""

    zone: str
    city: str
    """Its name, as the text has it but for accents and capitals."""


def site_in(*texts: str) -> Site | None:
    """Return the one city that texts name in full; nothing for none, for several, and for what may not be a city."""
    names = dict.fromkeys(name for text in texts for name in _names(text))
    found = [Site(zone, name.title()) for name in names for zone in _cities()[name]]
    return found[0] if len({site.zone for site in found}) == 1 else None


def _names(text: str) -> Iterator[str]:
    """Yield the longest names of cities, or of what is none, that follow one another in a text."""
    words = [word for word in re.split(r"[^a-z]+", plain(text)) if word]
    start = 0
    while start < len(words):
        size = _longest(words[start:])
        if size and not (size == 1 and start and words[start - 1] in _BEFORE):
            yield " ".join(words[start : start + size])
        start += max(size, 1)


def _longest(words: Sequence[str]) -> int:
    """Return how many words the longest name that a text begins with has."""
    sizes = range(min(_MOST_WORDS, len(words)), 0, -1)
    return next((size for size in sizes if " ".join(words[:size]) in _cities()), 0)


@functools.cache
def _cities() -> Mapping[str, list[str]]:
    """Return the zones of each city by its plain name; none of a name that is not unmistakable."""
    found: dict[str, list[str]] = {}
    for known in cities_by_name():
        for name, zones in known.items():
            mistakable = len(name) < _SHORTEST or name in _NO_CITY or _is_other_country(name, zones)
            kept = [zone for zone in zones if not mistakable and not zone.startswith(_NOT_OF_CITIES)]
            found[name] = [*found.get(name, []), *(zone for zone in kept if zone not in found.get(name, []))]
    return found


def _is_other_country(name: str, zones: Sequence[str]) -> bool:
    """Say whether a country, which keeps another clock, has the name of a city."""
    codes, by_code = codes_and_zones()
    own = by_code.get(codes.get(name, ""), [])
    return bool(own) and not set(own) & set(zones)
