"""Figures, dates and windows in words, the same on the terminal and on charts."""

from __future__ import annotations

import datetime as dt
import math
import re

from simcap.analysis.summary import chance_interval
from simcap.scenario.schema.business_hours import BusinessHours
from simcap.scenario.schema.queues import Sla
from simcap.scenario.schema.scenario import Scenario
from simcap.units import HOUR, format_duration, parse_duration

DASH = "–"
FOOT_DOT = " · "
"""Between the parts of a chart's foot; the first is the scenario's name."""
_ISO_DATE = re.compile(r"(?<![\w/.-])\d{4}-\d{2}-\d{2}(?![\w/-]|\.\w)")


def plural(count: int, noun: str) -> str:
    """Return "1 week", "13 weeks"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(parts: list[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def about(number: float) -> str:
    """Return a number to three significant digits: "14", "1,240", "28,600"."""
    if number and abs(number) >= 1000:
        number = round(number, 2 - math.floor(math.log10(abs(number))))
    return f"{number:,.0f}"


def compact(number: float) -> str:
    """Return a number for an axis: "0", "2,500", "40k", "1.5M"."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(number) >= 10 * size or (size == 1e6 and abs(number) >= size):
            return f"{number / size:g}{letter}"
    return f"{number:,g}"


def amount(money: float) -> str:
    """Return money to about three digits: "940", "21.7k", "212k", "1.43M"."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(money) >= 0.9995 * size:
            return f"{money / size:.3g}{letter}" if abs(money) < 999.5 * size else f"{money / size:,.0f}{letter}"
    return f"{money:,.0f}"


def chance(probability: float) -> str:
    """Return a probability in per cent, a dash if it is unknown.

    What is neither impossible nor certain never reads 0% or 100%.
    """
    if probability != probability:
        return DASH
    if 0 < probability < 0.005:
        return "<1%"
    if 0.995 < probability < 1:
        return ">99%"
    return f"{probability:.0%}"


def odds(share: float, replications: int) -> str:
    """Return a chance that was seen as a share of replications, with its 95% interval: "0% [0%, 49%]".

    With a few replications "0%" or "100%" alone would read as certain. A dash if nothing is known.
    """
    if share != share or not replications:
        return DASH
    low, high = chance_interval(share, replications)
    return f"{chance(share)} [{chance(low)}, {chance(high)}]"


def seen(share: float, replications: int) -> str:
    """Say in how many replications something was seen: "not seen in 4 replications", "seen in 3 of 4 replications"."""
    count = round(share * replications)
    if not count:
        return f"not seen in {plural(replications, 'replication')}"
    if replications == 1:
        return "seen in the only replication"
    return f"seen in {'all' if count == replications else f'{count} of'} {replications:,} replications"


def is_ruled_out(share: float, replications: int, threshold: float) -> bool:
    """Say whether replications show that a chance is below `least`: its 95% interval ends before it."""
    return share == share and chance_interval(share, replications)[1] < threshold


def known(value: float, form: str) -> str:
    """Return a number in a format; a dash if there is none."""
    return DASH if value != value else f"{value:{form}}"


def interval(low: float, high: float, form: str) -> str:
    """Return an interval in a format; a dash if there is none."""
    return DASH if low != low else f"[{low:{form}}, {high:{form}}]"


def target_share(target: float) -> str:
    """Return a target in per cent with the digits that it has: "95%", "99.5%"."""
    return f"{100 * target:.6g}%"


def attained(share: float | None, target: float) -> str:
    """Return an attainment in per cent to one decimal; one below target never reads as the target."""
    if share is None or math.isnan(share):
        return DASH
    shown = round(100 * share, 1)
    if share < target and shown >= 100 * target:
        shown = math.floor(1000 * share) / 10
    return f"{shown:.1f}%"


# -- dates ----------------------------------------------------------------------------------------------------------


def sla_name(queue: str, vendor: str, sla: str) -> str:
    """Return an SLA as a person would say it: "listings / 4 h (kestrel)"."""
    return f"{queue} / {sla}" + (f" ({vendor})" if vendor else "")


def long_date(day: dt.date, *, year: bool = False) -> str:
    """Return "9 November", or "9 November 2026"."""
    return f"{day.day} {day:%B %Y}" if year else f"{day.day} {day:%B}"


def span_of_days(first: dt.date, last: dt.date) -> str:
    """Return "5 to 11 October 2026", "5 October to 3 November 2026", "5 October 2026 to 3 January 2027"."""
    if first == last:
        return long_date(first, year=True)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {long_date(last, year=True)}"
    return f"{long_date(first, year=first.year != last.year)} to {long_date(last, year=True)}"


def short_date(day: dt.date) -> str:
    """Return "9 Nov"."""
    return f"{day.day} {day:%b}"


def spoken_dates(text: str, *, year: bool = False) -> str:
    """Return a text with its ISO dates written as "9 November"."""
    return _ISO_DATE.sub(lambda match: long_date(dt.date.fromisoformat(match[0]), year=year), text)


def in_window(period: str, start: dt.datetime, *, year: bool = False) -> str:
    """Say when: "in the week of 9 November", "on 9 November", "at 14:00 on 9 November", "in November"."""
    date = long_date(start, year=year)
    return {
        "hour": f"at {clock_time(start)} on {date}",
        "day": f"on {date}",
        "week": f"in the week of {date}",
        "month": f"in {start:%B %Y}" if year else f"in {start:%B}",
    }.get(period, "over the horizon")


def short_window(period: str, start: dt.datetime) -> str:
    """Name a window in a table: "9 Nov", "9 Nov 14:00", "Nov"."""
    if period == "hour":
        return f"{short_date(start)} {clock_time(start)}"
    return f"{start:%b}" if period == "month" else short_date(start)


def clock_time(moment: dt.datetime) -> str:
    """Write "14:00", and "01:00 (UTC+01:00)" for a moment with its offset, one of two at which clocks show that."""
    return f"{moment:%H:%M}" + (f" (UTC{moment.isoformat()[-6:]})" if moment.tzinfo else "")


# -- SLAs -----------------------------------------------------------------------------------------------------------


def sla_terms(name: str, sla: Sla, *, brief: bool = False) -> str:
    """Say what an SLA asks for: "95% within 4 h, per week"; its name only if it says more than the time.

    With business hours "95% within 8 business hours (Mon-Fri 09:00-17:00), per week"; not which ones if `brief`.
    """
    plain = is_duration(name, sla.within)
    allowed = name if plain else format_duration(sla.within)
    within = f"within {allowed if sla.hours is None else _in_business(sla.within)}"
    measured = f"picked up {within}" if sla.measure == "wait" else within
    of_what = " of all" if sla.counts == "all" else ""
    origin = " of origin" if sla.from_origin else ""
    which = f" ({_open_hours(sla.hours)})" if sla.hours is not None and not brief else ""
    terms = f"{target_share(sla.target)}{of_what} {measured}{origin}{which}, per {sla.per}"
    return terms if plain else f"{name}: {terms}"


def _in_business(seconds: float) -> str:
    """Return "8 business hours", "30 min of business hours"; a day of them is not a calendar day."""
    hours = seconds / HOUR
    return plural(int(hours), "business hour") if hours % 1 == 0 else f"{format_duration(seconds)} of business hours"


def _open_hours(hours: BusinessHours) -> str:
    """Return "Mon-Fri 09:00-17:00", "Mon-Fri 09:00-17:00 and Sat 10:00-14:00 Europe/London", "... and 3 more"."""
    more = len(hours.hours) - 2
    spans = listed([*hours.hours] if more <= 0 else [hours.hours[0], f"{more + 1} more"])
    return f"{spans} {hours.timezone}" if hours.timezone is not None else spans


def is_duration(name: str, seconds: float) -> bool:
    """Say whether an SLA's name is no more than the time that it allows."""
    try:
        return parse_duration(name) == seconds
    except ValueError:
        return False


def sla_title(name: str) -> str:
    """Return "4 h SLA"."""
    return name if name.lower().endswith("sla") else f"{name} SLA"


def currency_of(scenario: Scenario) -> str:
    """Return the currency of the contracts."""
    contracts = [vendor.contract for vendor in scenario.vendors.values() if vendor.contract is not None]
    return contracts[0].currency
