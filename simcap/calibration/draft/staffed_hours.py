"""Teams from reports of who was there: hours by hour make up shifts, FTE and headcounts say how many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from simcap.calibration.draft.crew import (
    ABSENCE,
    GUESS,
    PLACEHOLDER,
    WEEK,
    DraftTeam,
    WorkingTime,
    whole_percents,
    zone_of,
)
from simcap.calibration.history.history import History
from simcap.calibration.history.people import VENDOR
from simcap.calibration.history.reports import people
from simcap.calibration.history.roles import LENGTH
from simcap.scenario.data.instants import wall
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]

BY_HOUR: Final = ("fte_planned", "positions", "fte_actual")
"""Figures of who was there, by periods shorter than a day; planned ones first, as they count the absent."""
BY_PERIOD: Final = ("headcount", "fte_planned", "fte_actual", "positions")
"""The same by days and longer periods."""
PRESENT: Final = frozenset({"positions", "fte_actual"})
"""Figures that lack the absent."""
LONGEST, USUAL = 11, 8
"""Hours that one shift may last, and that shifts have where a team is there for longer."""
STAFFED, LEAST, WEEKEND = 0.25, 0.05, 0.05
"""Parts: of the most agents, from which an hour counts as staffed; of a team, for a shift; of a week at its end."""
RECENT: Final = 28


def crews_reported(history: History) -> list[DraftTeam]:
    """Return the teams, or vendors, of which reports say how many were there; none without such a report."""
    reports = history.reports
    if reports is None:
        return []
    short = reports[reports[LENGTH] < DAY]
    for rows, names, make in ((short, BY_HOUR, _by_hour), (reports, BY_PERIOD, _by_period)):
        name = next((one for one in names if one in rows and rows[one].notna().any()), None)
        if name is not None:
            there = people(rows, name)
            named = there[(there["vendor"] != "") | (there["team"] != "")]
            groups = (named if len(named) else there).groupby(["vendor", "team"])
            crews = [make(history, name, str(vendor), str(team), mine) for (vendor, team), mine in groups]
            return [crew for crew in crews if crew.agents > 0]
    return []


def _by_hour(history: History, name: str, vendor: str, team: str, rows: pd.DataFrame) -> DraftTeam:
    zone, why_zone = zone_of(vendor, team, history.configuration.timezone)
    days, agents, times = shifts_of(_week(rows, name, zone))
    agents /= 1 - ABSENCE * (name in PRESENT)
    more = f"; {ABSENCE:.0%} more, who are absent" if name in PRESENT else ""
    ground = f"those that cover the hours of {name}"
    return DraftTeam(
        vendor or VENDOR, team or f"{vendor or VENDOR}-team", zone, round(agents), days, times,
        _skills(history, vendor, team), why_zone, f"as many as make up its hours{more}", ground, "what they handled",
    )  # fmt: skip


def _by_period(history: History, name: str, vendor: str, team: str, rows: pd.DataFrame) -> DraftTeam:
    zone, why_zone = zone_of(vendor, team, history.configuration.timezone)
    late = rows[rows["day"] + rows[LENGTH] / DAY > history.first + history.days - RECENT]
    mean = float((late if len(late) else rows)[name].mean())
    mean *= WEEK / 5 if name == "positions" else 1.0
    agents = mean / (1 - ABSENCE * (name in PRESENT))
    return DraftTeam(
        vendor or VENDOR, team or f"{vendor or VENDOR}-team", zone, round(agents), "5 of 7", (PLACEHOLDER,),
        _skills(history, vendor, team), why_zone, f"mean {name} of the last four weeks",
        f"{GUESS}no file tells when they work", "what they handled",
    )  # fmt: skip


def _week(rows: pd.DataFrame, name: str, zone: str) -> Array:
    """Return the agents who are there on average as [weekday, hour] of the team's clock; nobody where no row is."""
    local = wall((rows["start"] + rows[LENGTH] / 2).to_numpy(float), zone)
    hour = np.floor(local / HOUR).astype(np.int64)
    # The first of January 1970 was a Thursday.
    cell = ((hour // 24 + 3) % WEEK) * 24 + hour % 24
    hours = np.bincount(cell, (rows[name] * rows[LENGTH] / HOUR).to_numpy(float), minlength=WEEK * 24)
    weeks = (local.max() - local.min() + HOUR) / (WEEK * DAY)
    return np.asarray(hours.reshape(WEEK, 24) / max(weeks, 1.0))


def shifts_of(week: Array) -> tuple[str, float, tuple[WorkingTime, ...]]:
    """Return days, agents and shifts that make up who is there, as [weekday, hour].

    One shift where a team is there for some hours of the day; else the shifts of eight hours whose sum comes nearest.
    """
    at_end = week[5:].sum() < WEEKEND * week.sum()
    daily = week[:5].mean(axis=0) if at_end else week.mean(axis=0)
    days, of_each = ("Mon-Fri", 1.0) if at_end else (f"5 of {WEEK}", WEEK / 5)
    there = daily > STAFFED * daily.max()
    starts = np.flatnonzero(there & ~np.roll(there, 1))
    if starts.size == 1 and there.sum() <= LONGEST:
        length = int(there.sum())
        return days, float(daily.sum()) / length * of_each, (WorkingTime(float(starts[0]) * HOUR, length * HOUR),)
    cover = np.array([[(hour - start) % 24 < USUAL for start in range(24)] for hour in range(24)], float)
    agents = optimize.nnls(cover, daily)[0]
    kept = np.flatnonzero(agents >= LEAST * agents.sum())
    agents = optimize.nnls(cover[:, kept], daily)[0]
    shares = whole_percents(agents)
    times = tuple(
        WorkingTime(float(start) * HOUR, USUAL * HOUR, share)
        for start, share in zip(kept.tolist(), shares, strict=True)
        if share > 0
    )
    return days, float(daily.sum()) / USUAL * of_each, times


def _skills(history: History, vendor: str, team: str) -> tuple[str, ...]:
    """Return the queues that a team, or its vendor, handled."""
    return tuple(sorted(set(_handled(history, vendor, team)))) if history.reports is not None else ()


def _handled(history: History, vendor: str, team: str) -> Iterator[str]:
    reports = history.reports
    if reports is None or "handled" not in reports or not (vendor or team):
        return
    mine = reports[(reports["vendor"] == vendor) & (reports["team"] == team) & (reports["handled"] > 0)]
    yield from (str(queue) for queue in mine["queue"].unique() if queue)
