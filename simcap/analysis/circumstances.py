"""What was special about the time when items came: public holidays, outages, surges, the hours of the week."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from simcap.analysis.hours import Starts, days_elsewhere, readings
from simcap.analysis.lateness import Lateness
from simcap.scenario.clock import Clock
from simcap.scenario.event_spans import Span, outage_span, own_clock, surge_span, touched, wave_span
from simcap.scenario.relations import teams_of, teams_serving
from simcap.scenario.schema.events import Event
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import WEEKDAYS
from simcap.workforce.calendar import days_off

TELLING = 0.5
"""Share of the late items from which a circumstance is named ..."""
LIFT = 1.5
"""... if it is at least this many times its share of the time."""
BRINGS = {"outage": "stopped", "holiday": "nobody"}
"""Causes of waiting by the kind of circumstance that brings them."""
MOST = 0.8
LONGEST_SPAN = 14
"""Hours of the day: a longer span is not informative."""


@dataclasses.dataclass(frozen=True)
class Circumstance:
    """Something that was in force in some hours of a window."""

    kind: str
    """holiday, outage, surge, absence or policy."""
    words: str
    """When and what, to follow "were created"."""
    inside: NDArray[np.bool_]
    """[hour] whether it was in force."""


def main_circumstance(
    scenario: Scenario, queue: str, vendor: str, late: Lateness, cause: str = ""
) -> tuple[Circumstance | None, float]:
    """Return the circumstance in which most late items came, and their share; None if it is not informative.

    A circumstance of the kind that brings the main `cause` of their waits is informative however long it lasts.
    """
    total = late.created.sum()
    main: Circumstance | None = None
    main_share = 0.0
    for circumstance in circumstances(scenario, queue, vendor, late.starts):
        share = float(late.created[circumstance.inside].sum() / total) if total else 0.0
        lift = 1.0 if cause and BRINGS.get(circumstance.kind) == cause else LIFT
        if share >= max(TELLING, lift * float(circumstance.inside.mean()), main_share):
            main, main_share = circumstance, share
    return main, main_share


def circumstances(scenario: Scenario, queue: str, vendor: str, starts: Sequence[dt.datetime]) -> Iterator[Circumstance]:
    """Yield what was in force in some of these hours and affects the waits of a queue or a vendor's part of it.

    What was in force in all of them is left out, unless it stops people or keeps them away.
    """
    serving = teams_serving(scenario, queue, vendor)
    starts = tuple(starts)
    yield from _holidays(scenario, serving, starts)
    moment = readings(starts).moment
    for name, event in scenario.events.items():
        span = _span(scenario, event, queue, serving)
        if span is not None:
            kind, begin, end = span
            inside = (np.datetime64(begin - dt.timedelta(hours=1)) < moment) & (moment < np.datetime64(end))
            if inside.any() and (kind in BRINGS or not inside.all()):
                yield Circumstance(kind, f"while {name} lasts ({_dates(begin, end)})", inside)


def _holidays(scenario: Scenario, serving: Sequence[str], starts: Starts) -> Iterator[Circumstance]:
    """Yield public holidays by the days of the teams' own zones, together for all teams that have the same ones."""
    teams = teams_of(scenario)
    off: dict[tuple[str, float, tuple[dt.date, ...]], list[str]] = {}
    for name in serving:
        team = teams[name][1]
        if team.holidays is None:
            continue
        theirs = days_off(team, sorted(set(days_elsewhere(scenario.horizon, team.timezone, starts))))
        if theirs:
            off.setdefault((team.timezone, team.holidays.staffed, theirs), []).append(name)
    for (timezone, staffed, theirs), names in off.items():
        who = " and ".join(names) + (" has" if len(names) == 1 else " have")
        what = f"a skeleton crew of {staffed:.0%}" if staffed else "the day off"
        inside = np.array([day in theirs for day in days_elsewhere(scenario.horizon, timezone, starts)])
        yield Circumstance("holiday", f"on {_days(theirs)}, when {who} {what}", inside)


def _span(
    scenario: Scenario, event: Event, queue: str, serving: Sequence[str]
) -> tuple[str, dt.datetime, dt.datetime] | None:
    """Return the kind of an event that lasts for a while and touches a queue, with its start and end.

    Both are local times of the horizon's zone.
    """
    kind_and_span = _kind_and_span(scenario, event, queue, serving)
    if kind_and_span is None:
        return None
    clock = Clock.of(scenario.horizon)
    kind, (begin, end) = kind_and_span
    return kind, clock.local(begin), clock.local(end)


def _kind_and_span(scenario: Scenario, event: Event, queue: str, serving: Sequence[str]) -> tuple[str, Span] | None:
    """Return the kind of such an event, and its span in simulated seconds."""
    surge, outage, wave, policy = event.surge, event.outage, event.absence, event.policy_change
    if surge is not None and surge.touches(queue) and surge.factor > 1:
        return "surge", surge_span(scenario, surge, queue)
    if outage is not None and touched(scenario, outage, serving):
        return "outage", outage_span(scenario, outage)
    if wave is not None and (teams := touched(scenario, wave, serving)):
        return "absence", wave_span(scenario, wave, teams)
    if policy is not None and policy.touches(queue) and policy.factor > 1:
        own = own_clock(scenario, policy, queue)
        return "policy", (own.at(policy.from_), own.after(policy.from_, policy.recovers_in))
    return None


def _days(days: Sequence[dt.date]) -> str:
    """Return "25 and 26 December", "26 December and 1 January"."""
    parts: list[str] = []
    for month, theirs in itertools.groupby(days, key=lambda day: f"{day:%B}"):
        numbers = [str(day.day) for day in theirs]
        parts.append(f"{', '.join(numbers[:-1])}{' and ' if len(numbers) > 1 else ''}{numbers[-1]} {month}")
    return " and ".join(parts)


def _dates(begin: dt.datetime, end: dt.datetime) -> str:
    """Return "14 October", "14 October, 18:00 to 24:00", "14 October to 2 November"."""
    first, last = begin.date(), (end - dt.timedelta(minutes=1)).date()
    if first != last:
        return f"{_days([first])} to {_days([last])}"
    hours = f"{begin:%H:%M} to {'24:00' if end.date() > last else f'{end:%H:%M}'}"
    return _days([first]) if hours == "00:00 to 24:00" else f"{_days([first])}, {hours}"


# -- hours of the week ----------------------------------------------------------------------------------------------


def usual_hours(late: Lateness) -> str:
    """Return when most late items are created, "on Sunday between 18:00 and 06:00"; empty if they come at all hours."""
    hour = np.zeros(24)
    weekday = np.zeros(7)
    shown = readings(late.starts)
    np.add.at(hour, shown.hour, late.created)
    np.add.at(weekday, shown.weekday, late.created)
    words = [part for part in (_weekdays(weekday), _span_of_day(hour)) if part]
    return " ".join(words)


def _weekdays(late: NDArray[np.float64]) -> str:
    """Return the one or two days on which most late items come; empty if there are more."""
    order = np.argsort(-late, kind="stable")
    for count in (1, 2):
        if late[order[:count]].sum() >= MOST * late.sum():
            return "on " + " and ".join(_FULL[day] for day in sorted(order[:count].tolist()))
    return ""


def _span_of_day(late: NDArray[np.float64]) -> str:
    """Return the shortest span of the day in which most late items come; empty if it is too long."""
    around = np.concatenate([late, late])
    for length in range(1, LONGEST_SPAN + 1):
        sums = np.ascontiguousarray(sliding_window_view(around, length)[:24]).sum(axis=1)
        first = int(np.argmax(sums))
        if sums[first] >= MOST * late.sum():
            return f"between {first:02d}:00 and {(first + length) % 24:02d}:00"
    return ""


_FULL = dict(
    enumerate(
        day + {"Tue": "sday", "Wed": "nesday", "Thu": "rsday", "Sat": "urday"}.get(day, "day") for day in WEEKDAYS
    )
)
