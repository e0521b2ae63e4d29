"""Public holidays by country, from the `holidays` library: the days themselves, and their substitutes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, Literal

from simcap.scenario.nearest import nearest
from simcap.scenario.schema.calendars import HolidayCalendar, TeamHolidays
from simcap.scenario.schema.country_codes import is_code, meant, subdivisions

_NEAR: Final = 8
"""Most days between a holiday and its substitute."""
_MOSTLY: Final = {"GB": "GB-ENG", "UK": "GB-ENG"}
"""By a country, the part whose holidays are taken for its own: what all its parts share lacks days of nearly everybody.

Great Britain's bank holidays are those of England and Wales, as at gov.uk/bank-holidays; Scotland and Northern Ireland
have codes of their own."""
SHOWN: Final = 6
"""Most holidays that a message lists."""


@dataclasses.dataclass(frozen=True)
class PublicHolidays:
    """The public holidays of a country in a year, those that others replace left out."""

    names: Mapping[dt.date, tuple[str, ...]]
    """By day, substitutes among them."""
    replaced: Mapping[dt.date, dt.date]
    """By substitute, the day that it stands for, which counts too."""


@functools.lru_cache(maxsize=256)
def holidays_of(country: str, year: int) -> PublicHolidays:
    """Return the public holidays of a country ("PH") or subdivision ("DE-BY") in a year."""
    days, plain = (_named(country, year, observed=observed) for observed in (True, False))
    replaced = _replaced(days, plain, _weekend(country))
    names = {day: title for day, title in days.items() if day.year == year}
    return PublicHolidays(names, {day: origin for day, origin in replaced.items() if day.year == year})


def is_holiday(calendar: HolidayCalendar | str | None, day: dt.date) -> bool:
    """Return whether a day is a public holiday of a calendar, or country, or the substitute of one."""
    if isinstance(calendar, str):
        calendar = HolidayCalendar(country=calendar)
    return calendar is not None and day in _counted(calendar, "both", frozenset(), day.year)


def is_beside(calendar: HolidayCalendar | str | None, day: dt.date) -> Literal["before", "after"] | None:
    """Return on which side of a public holiday a day is that is none itself: before, if between two; else nothing."""
    if is_holiday(calendar, day):
        return None
    if is_holiday(calendar, day + dt.timedelta(days=1)):
        return "before"
    return "after" if is_holiday(calendar, day - dt.timedelta(days=1)) else None


def is_off(calendar: TeamHolidays | None, weekdays: frozenset[int], day: dt.date) -> bool:
    """Return whether a shift that works on some weekdays (Monday = 0) has a day off for a public holiday."""
    return calendar is not None and day in _counted(calendar, calendar.observed, weekdays, day.year)


@functools.lru_cache(maxsize=1024)
def _counted(calendar: HolidayCalendar, observed: str, weekdays: frozenset[int], year: int) -> frozenset[dt.date]:
    """Return the days of a year that count by a calendar, to a shift that works on some weekdays."""
    days = set[dt.date]()
    if calendar.country is not None:
        known = holidays_of(calendar.country, year)
        days = {day for day in known.names if day not in known.replaced}
        for day, origin in known.replaced.items():
            if observed in ("substitute", "both") or (observed == "auto" and origin.weekday() not in weekdays):
                days.add(day)
        if observed == "substitute":
            days -= {origin for near in (year - 1, year, year + 1) for origin in _origins(calendar.country, near)}
        days -= _excepted(calendar, calendar.country, known)
    return frozenset(days | {day for day in calendar.add if day.year == year})


def _origins(country: str, year: int) -> Collection[dt.date]:
    return holidays_of(country, year).replaced.values()


def _excepted(calendar: HolidayCalendar, country: str, known: PublicHolidays) -> set[dt.date]:
    """Return the days that a calendar leaves out, by date or name; a name means the substitute, too."""
    dates = {one for one in calendar.except_ if isinstance(one, dt.date)}
    asked = {one.casefold() for one in calendar.except_ if isinstance(one, str)}
    if not asked:
        return dates
    for day in known.names:
        origin = known.replaced.get(day, day)  # It may be in another year.
        names = *known.names[day], *holidays_of(country, origin.year).names[origin]
        if asked & {name.casefold() for name in names}:
            dates.add(day)
    return dates


# -- from the library ---------------------------------------------------------------------------------------------


def _calendar(country: str, years: Collection[int], **how: Any) -> Any:
    import holidays

    code, _, part = _MOSTLY.get(country, country).partition("-")
    return holidays.country_holidays(code, subdiv=part or None, years=years, **how)


def _named(country: str, year: int, *, observed: bool) -> dict[dt.date, tuple[str, ...]]:
    """Return the names of the holidays of a year and its neighbours, in the country's language and in English."""
    years = (year - 1, year, year + 1)
    known = _calendar(country, ())
    languages = dict.fromkeys([known.default_language, *({"en_US", "en_GB"} & set(known.supported_languages))])
    by_day: dict[dt.date, tuple[str, ...]] = {}
    for language in languages:
        for day, names in _calendar(country, years, observed=observed, language=language).items():
            by_day[day] = tuple(dict.fromkeys([*by_day.get(day, ()), *names.split("; ")]))
    return by_day


def _weekend(country: str) -> frozenset[int]:
    return frozenset(_calendar(country, ()).weekend)


def _replaced(
    days: Mapping[dt.date, tuple[str, ...]], plain: Mapping[dt.date, tuple[str, ...]], weekend: frozenset[int]
) -> dict[dt.date, dt.date]:
    """Return the substitutes among holidays, each with the day that it stands for and that stays a holiday.

    A moved holiday leaves a working day behind, so it has no substitute. A substitute has the name of its day in its
    own name, or else stands for the nearest holiday on a weekend.
    """
    origins: dict[dt.date, dt.date] = {}
    moved = [(day, names) for day, names in plain.items() if day not in days]
    for day in sorted(set(days) - set(plain)):
        if any(_bears(days[day], names) and abs((day - other).days) <= 2 * _NEAR for other, names in moved):
            continue
        near = [other for other in plain if other in days and abs((day - other).days) <= _NEAR]
        free = [other for other in near if other not in origins.values()]
        named = [other for other in free if _bears(days[day], plain[other])]
        others = named or [other for other in free if other.weekday() in weekend]
        if others:
            origins[day] = min(others, key=lambda other: (abs((day - other).days), other))
    return origins


def _bears(names: Collection[str], others: Collection[str]) -> bool:
    return any(other in name for name in names for other in others)


# -- what is wrong with a calendar --------------------------------------------------------------------------------


def calendar_messages(path: str, calendar: HolidayCalendar, years: Collection[int]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a calendar at a path of a scenario that covers some years: (path, message)."""
    if calendar.country is None:
        return
    message = holiday_message(calendar.country)
    if message is not None:
        yield (path if calendar.model_fields_set == {"country"} else f"{path}.country"), message
        return
    for index, one in enumerate(calendar.except_):
        message = _not_a_holiday(calendar.country, one, years)
        if message is not None:
            yield f"{path}.except.{index}", message


def _not_a_holiday(country: str, one: dt.date | str, years: Collection[int]) -> str | None:
    """Return what is wrong with a holiday that is to count as any other day."""
    covered = years if isinstance(one, str) else {one.year}
    known = {day: names for year in sorted(covered) for day, names in holidays_of(country, year).names.items()}
    if isinstance(one, dt.date):
        if one in known:
            return None
        near = sorted(sorted(known, key=lambda day: abs((day - one).days))[:SHOWN])
        return f"{one} is not a public holiday of {country}; near it are {', '.join(map(str, near))}"
    every = list(dict.fromkeys(name for names in known.values() for name in names))
    if one.casefold() in {name.casefold() for name in every}:
        return None
    return (
        f"{one!r} is not a public holiday of {country} in {', '.join(map(str, sorted(years)))}; {nearest(one, every)}"
    )


def holiday_message(code: str) -> str | None:
    """Return what is wrong with a country's code; nothing if its holidays are known."""
    country, _, part = code.partition("-")
    parts = subdivisions(country) if is_code(code) else None
    if parts is None:
        return f"{code!r} is not a country whose holidays are known; {meant(code)}"
    if part and part not in parts:
        return f"{country} has no subdivision {part!r}; known here: {', '.join(parts[:12]) or 'none'}"
    return None
