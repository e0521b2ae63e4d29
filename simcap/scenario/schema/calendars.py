"""Public holidays in a scenario: whose they are, which of them count, what happens on them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from simcap.scenario.schema.quantities import Date, Factor, Model, Share


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _day_or_name(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str) and value.strip():
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value.strip()
    raise ValueError(f"{value!r} is neither a date nor the name of a holiday; write 2026-11-11 or 'Boxing Day'")


_ONE = {"type": "string", "examples": ["2026-11-11", "Boxing Day"]}
DayOrName = Annotated[dt.date | str, BeforeValidator(_day_or_name)]
_Listed = BeforeValidator(_listed)


class HolidayCalendar(Model):
    """Public holidays of a country, with exceptions and additions."""

    country: str | None = None
    """Country code (or country-subdivision, such as DE-BY) whose public holidays these are; GB means those of England
    and Wales."""
    except_: Annotated[
        tuple[DayOrName, ...], _Listed, WithJsonSchema({"anyOf": [_ONE, {"type": "array", "items": _ONE}]})
    ] = Field(default=(), alias="except")
    """Public holidays that count as any other day, by date or by name (then in every year, with their substitutes)."""
    add: Annotated[
        tuple[Date, ...],
        _Listed,
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
    ] = ()
    """Further days that count as public holidays, by date."""

    @model_validator(mode="after")
    def _some_days(self) -> Self:
        if self.country is None and not self.add:
            raise ValueError("needs `country`, `add` or both: without them there are no holidays")
        if self.country is None and self.except_:
            raise ValueError("except: leaves out holidays of a country; give `country` too")
        return self


class TeamHolidays(HolidayCalendar):
    """Public holidays of a team: days that are not worked, or by a skeleton crew."""

    observed: Literal["auto", "actual", "substitute", "both"] = "auto"
    """Which day is off when a holiday on a weekend has a substitute. actual: the day itself; substitute: that one;
    both: both; auto: the day itself for a shift that works on its weekday, the substitute for any other."""
    staffed: Share = 0.0
    """Share of the agents rostered on a holiday who work it all the same; drawn anew for each holiday."""
    price_factor: Factor = 1.0
    """Factor on the price of hours on the floor on these days, if the contract has a price per productive hour."""


def _by_code(value: object) -> object:
    if isinstance(value, str):
        return {"country": value}
    if isinstance(value, dict | HolidayCalendar):
        return value
    raise ValueError(
        f"{value!r} is not a calendar; write a country's code such as PL, or a mapping: country, except, add"
    )


Holidays = Annotated[HolidayCalendar, BeforeValidator(_by_code, json_schema_input_type=str | HolidayCalendar)]
HolidaysOfTeam = Annotated[TeamHolidays, BeforeValidator(_by_code, json_schema_input_type=str | TeamHolidays)]
