"""Codes of countries and of their parts, and which one a mistaken entry may mean."""

from __future__ import annotations

import difflib
import functools
import re
from typing import Final

_CODE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]+)?")
_ALIKE: Final = 0.85
"""How close a name must be to a country's to be taken for it."""


def is_code(text: str) -> bool:
    """Say whether a text has the form of a code: PH, or DE-BY."""
    return _CODE.fullmatch(text) is not None


@functools.lru_cache(maxsize=256)
def subdivisions(country: str) -> tuple[str, ...] | None:
    """Return the codes and names of a country's parts; None if its holidays are not known."""
    import holidays

    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:  # The library raises this for a country that it does not have.
        return None
    aliases = (alias for names in known.get_subdivision_aliases().values() for alias in names)
    return (*known.subdivisions, *aliases)


def meant(text: str) -> str:
    """Return the code meant by the name of a country or of a part of one, or by another code."""
    codes = _countries()
    asked, _, part = text.partition("-")
    country = codes.get(_plain(asked))
    if country is None and len(asked) > 3 and not part:
        country = next((codes[name] for name in difflib.get_close_matches(_plain(asked), codes, 1, _ALIKE)), None)
    code = country if country is None or not part else f"{country}-{part.upper()}"
    named = _parts().get(_plain(part or asked))
    if named is not None and (country is None or named.startswith(f"{country}-")):
        code = named
    return f"did you mean {code}?" if code is not None and _is_known(code) else "write a code such as PH, or DE-BY"


def _is_known(code: str) -> bool:
    country, _, part = code.partition("-")
    return is_code(code) and (not part or part in (subdivisions(country) or ()))


@functools.lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return the codes of countries by their names and by their other codes."""
    from holidays.registry import COUNTRIES

    by_name = {_plain(name): codes[1] for name, codes in COUNTRIES.items()}
    return by_name | {
        _plain(other): codes[1] for codes in COUNTRIES.values() for other in codes[1:4] if len(other) <= 3
    }


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


@functools.lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    """Return the codes of parts of countries by their names."""
    import holidays

    by_name: dict[str, str] = {}
    for code in dict.fromkeys(_countries().values()):
        if code in holidays.list_supported_countries():
            for part, names in holidays.country_holidays(code).get_subdivision_aliases().items():
                by_name |= {_plain(name): f"{code}-{part}" for name in names if is_code(f"{code}-{part}")}
    by_name.pop("", None)
    return by_name
