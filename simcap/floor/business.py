"""Clocks that run only in business hours, as tables of spans."""

from __future__ import annotations

from simcap.compiled import maximum, minimum, outlined
from simcap.floor.state import INF, NIL, Rules


@outlined
def last_begun(rules: Rules, calendar: int, moment: float) -> int:
    """Return the last span of a calendar that has begun by a moment, or its first span."""
    low, high = rules.calendars[calendar].first, rules.calendars[calendar].after
    while high - low > 1:
        middle = (low + high) // 2
        if rules.spans[middle].opens <= moment:
            low = middle
        else:
            high = middle
    return int(low)


@outlined
def open_seconds(rules: Rules, calendar: int, moment: float) -> float:
    """Return the seconds for which a calendar's clock has run by a moment."""
    span = rules.spans[last_begun(rules, calendar, moment)]
    return float(span.before + maximum(minimum(moment, span.closes) - span.opens, 0.0))


@outlined
def due_in_hours(rules: Rules, calendar: int, begin: float, within: float) -> float:
    """Return when a calendar's clock has run for `within` seconds since `begin`; infinity beyond its last span."""
    goal = open_seconds(rules, calendar, begin) + within
    place = last_begun(rules, calendar, begin)
    while place < rules.calendars[calendar].after:
        span = rules.spans[place]
        if goal <= span.before + (span.closes - span.opens):
            return float(span.opens + (goal - span.before))
        place += 1
    return INF


@outlined
def between(rules: Rules, calendar: int, begin: float, end: float) -> float:
    """Return the seconds between two times that a calendar's clock counts; all of them without a calendar."""
    if calendar == NIL:
        return end - begin
    return open_seconds(rules, calendar, end) - open_seconds(rules, calendar, begin)
