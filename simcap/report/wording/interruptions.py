"""What takes the people of a queue away, in words for a time axis: public holidays, outages, waves of absence."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import math
from collections.abc import Iterator, Sequence

from simcap.report.wording.words import target_share
from simcap.scenario.clock import Clock
from simcap.scenario.event_spans import outage_span, touched, wave_span
from simcap.scenario.relations import teams_of
from simcap.scenario.schema.scenario import Scenario
from simcap.workforce.calendar import days_off

NEAR = 3
"""Most days between two holidays that are shown together."""
MOST_TEAMS = 2
"""Most teams that are named; the others are counted."""


@dataclasses.dataclass(frozen=True)
class Interruption:
    """Something that takes people away from a local time in the horizon."""

    begin: dt.datetime
    text: str
    short: str
    """The same if there is little room."""
    weight: float = math.inf
    """Team-days that it takes, if known."""


def outages(scenario: Scenario, teams: Sequence[str]) -> Iterator[Interruption]:
    """Yield the dated outages and the waves of absence that affect some of these teams."""
    clock = Clock.of(scenario.horizon)
    for name, event in scenario.events.items():
        outage, wave = event.outage, event.absence
        if outage is not None and touched(scenario, outage, teams):
            left = f", {target_share(outage.capacity)} left" if outage.capacity else ""
            yield Interruption(clock.local(outage_span(scenario, outage)[0]), f"{name} (outage{left})", name)
        elif wave is not None and (away := touched(scenario, wave, teams)):
            begin = clock.local(wave_span(scenario, wave, away)[0])
            yield Interruption(begin, f"{name} (absence ×{wave.factor:g})", name)


def holidays(scenario: Scenario, teams: Sequence[str], days: Sequence[dt.date]) -> Iterator[Interruption]:
    """Yield the public holidays that some of these teams have off, those close to one another together."""
    off = _off(scenario, teams, days)
    for run in _runs(sorted(off)):
        away = [name for name in teams if any(name in off[day] for day in run)]
        specs = [teams_of(scenario)[name][1] for name in away]
        calendars = [team.holidays for team in specs]
        crews = {calendar.staffed for calendar in calendars if calendar is not None}
        what = "off" if all(off[day] == away for day in run) else "holidays"
        if len(crews) == 1 and max(crews) > 0:
            what = f"{target_share(max(crews))} on"
        titles = [team.title or name for name, team in zip(away, specs, strict=True)]
        text = f"{_dates(run)} {what}: {_who(titles, len(teams))}"
        short = f"{_dates(run)} {what.replace('holidays', 'off')}"
        begin = dt.datetime.combine(run[0], dt.time())
        yield Interruption(begin, text, short, sum(len(off[day]) for day in run))


def _off(scenario: Scenario, teams: Sequence[str], days: Sequence[dt.date]) -> dict[dt.date, list[str]]:
    """Return by day the teams that have it off, in their order."""
    off: dict[dt.date, list[str]] = {}
    for name in teams:
        for day in days_off(teams_of(scenario)[name][1], days):
            off.setdefault(day, []).append(name)
    return off


def _runs(days: Sequence[dt.date], apart: int = NEAR) -> list[list[dt.date]]:
    """Return days in groups with at most `apart` days between neighbours."""
    runs: list[list[dt.date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days <= apart:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _who(away: list[str], count: int) -> str:
    if len(away) == count > 1:
        return "all teams"
    more = len(away) - MOST_TEAMS
    return ", ".join(away) if more <= 0 else f"{', '.join(away[:MOST_TEAMS])} and {more} more"


def _dates(days: list[dt.date]) -> str:
    """Return "25, 26 Dec", "31 Dec, 1 Jan", "1–7 Oct"."""
    months = itertools.groupby(days, key=lambda day: f"{day:%b}")
    return ", ".join(f"{', '.join(map(_span, _runs(list(theirs), 1)))} {month}" for month, theirs in months)


def _span(days: list[dt.date]) -> str:
    if len(days) > 2:
        return f"{days[0].day}–{days[-1].day}"
    return ", ".join(str(day.day) for day in days)
