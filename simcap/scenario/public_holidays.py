"""Public holidays by country, from the `holidays` library."""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import Final

_CODE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]+)?")


@functools.lru_cache(maxsize=256)
def holidays_of(country: str, year: int) -> frozenset[dt.date]:
    """Return the public holidays of a country ("PH") or subdivision ("DE-BY") in a year."""
    import holidays

    code, _, part = country.partition("-")
    return frozenset(holidays.country_holidays(code, subdiv=part or None, years=year))


def is_holiday(country: str | None, day: dt.date) -> bool:
    """Return whether a day is a public holiday; never without a country."""
    return country is not None and day in holidays_of(country, day.year)


def holiday_message(code: str) -> str | None:
    """Return what is wrong with a country's code; nothing if its holidays are known."""
    import holidays

    country, _, part = code.partition("-")
    unknown = f"{code!r} is not a country whose holidays are known; write a code such as PH, or DE-BY"
    if not _CODE.fullmatch(code):
        return unknown
    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:  # What the library raises for a country that it does not have.
        return unknown
    parts = [*known.subdivisions, *(alias for names in known.get_subdivision_aliases().values() for alias in names)]
    if part and part not in parts:
        return f"{country} has no subdivision {part!r}; known here: {', '.join(parts[:12]) or 'none'}"
    return None
