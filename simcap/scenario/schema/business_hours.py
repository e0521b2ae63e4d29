"""SLA clocks that run in business hours only."""

from __future__ import annotations

import functools
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from simcap.scenario.schema.calendars import Holidays
from simcap.scenario.schema.quantities import Model, TimeZone
from simcap.scenario.schema.vendors import parse_days
from simcap.units import DAY, parse_clock

_SPAN = re.compile(r"\s*(?P<days>[A-Za-z][A-Za-z ,-]*?)\s+(?P<begin>\d{1,2}:\d{2})\s*[-–]\s*(?P<end>\d{1,2}:\d{2})\s*")
_EXAMPLE = "write for example Mon-Fri 09:00-18:00, or a list such as [Mon-Fri 09:00-18:00, Sat 10:00-14:00]"


@functools.lru_cache(maxsize=256)
def parse_span(text: str) -> tuple[frozenset[int], float, float]:
    """Read "Mon-Fri 09:00-18:00" as weekdays and seconds after midnight; a span that ends earlier ends the next day.

    Raises `ValueError` for anything else.
    """
    match = _SPAN.fullmatch(" ".join(text.split()))
    if match is None:
        raise ValueError(f"{text!r} is not a span of business hours; {_EXAMPLE}")
    days = _weekdays(text, match["days"])
    begin, end = (_seconds(text, match[part]) for part in ("begin", "end"))
    if begin == end:
        raise ValueError(f"{text!r} has no length; {_EXAMPLE}")
    return days, begin, end if end > begin else end + DAY


def _weekdays(text: str, days: str) -> frozenset[int]:
    try:
        parsed = parse_days(days)
    except ValueError:
        parsed = (0, 0)
    if isinstance(parsed, tuple):
        raise ValueError(f"{text!r}: {days!r} are not days of the week; {_EXAMPLE}")
    return parsed


def _seconds(text: str, clock: str) -> float:
    try:
        return parse_clock(f"{clock:0>5}")
    except ValueError:
        raise ValueError(f"{text!r}: {clock!r} is not a time of day from 00:00 to 24:00; {_EXAMPLE}") from None


def _spans(value: object) -> object:
    spans = list(value) if isinstance(value, list | tuple) else [value]
    if not spans:
        raise ValueError(f"is empty; {_EXAMPLE}")
    for span in spans:
        if not isinstance(span, str):
            what = "an empty entry" if span is None else repr(span)
            raise ValueError(f"{what} is not a span of business hours; {_EXAMPLE}")
        parse_span(span)
    return tuple(spans)


class BusinessHours(Model):
    """A clock that runs in these hours only: due times, order by due date and turnaround are counted on it."""

    hours: Annotated[
        tuple[str, ...],
        BeforeValidator(_spans),
        Field(min_length=1),
        WithJsonSchema(
            {
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
                "examples": ["Mon-Fri 09:00-18:00"],
            }
        ),
    ]
    """When it runs: "Mon-Fri 09:00-18:00", or a list of such spans."""
    timezone: TimeZone | None = None
    """IANA time zone of these hours; the horizon's if left out."""
    holidays: Holidays | None = None
    """Public holidays on which it stops: a code or a calendar; a holiday and its substitute both count."""
    from_: Literal["own", "origin"] = Field(default="own", alias="from")
    """own: from the item's creation; origin: from the creation of the first item of its chain."""
