"""What each chart shows, in a sentence for its title."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.experiment.results import Results
from simcap.report.sentences import AT_RISK, LIKELY
from simcap.report.standing import Standing
from simcap.report.words import about, chance, in_window, listed, plural, sla_title, span_of_days
from simcap.scenario.grid import Windows
from simcap.scenario.schema import Scenario

Array = NDArray[np.float64]


A_YEAR = dt.timedelta(days=350)
"""Dates of a longer horizon need their year."""
MOST_LETTERS = 48
"""Letters of a name at most."""
STEADY = 0.05
"""A smaller change of headcount is none."""


def queue_title(scenario: Scenario, queue: str) -> str:
    """Return a queue's name for people."""
    return _short(scenario.queues[queue].title or queue)


def vendor_title(scenario: Scenario, vendor: str) -> str:
    """Return a vendor's name for people."""
    return _short(scenario.vendors[vendor].title or vendor)


def team_title(scenario: Scenario, vendor: str, team: str) -> str:
    """Return a team's name for people."""
    return _short(scenario.vendors[vendor].teams[team].title or team)


def _short(name: str) -> str:
    """Return a name that leaves room for a finding in a title."""
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1].rstrip()}…"


def foot_line(results: Results) -> str:
    """Return the source of a chart: scenario, horizon, replications, seed."""
    horizon = results.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    parts = [results.scenario.name, span_of_days(horizon.start, last), plural(results.replications, "replication")]
    return " · ".join([*parts, f"seed {results.seed}"])


# -- SLAs -------------------------------------------------------------------------------------------------------------


def sla_finding(scenario: Scenario, rows: list[Standing]) -> str:
    """Say how the SLAs of one queue stand: the worst of them, or that all are safe."""
    title = queue_title(scenario, rows[0].queue)
    settled = [row for row in rows if row.settled]
    judged = [row for row in settled if row.judged]
    if all(np.isnan(row.attainment).all() for row in settled):
        return f"{title}: no items, so no SLA to judge"
    if not judged:
        return f"{title}: no whole {settled[0].sla.per} in which the {sla_title(settled[0].name)} could be judged"
    worst = max(judged, key=lambda row: (np.nanmax(row.chance), np.nanmean(row.chance)))
    if not worst.at_risk:
        return f"{title}: {_names(judged)} {'met' if worst.is_single else 'safe'} throughout"
    whose = f"{vendor_title(scenario, worst.vendor)}’s " if worst.vendor else ""
    return f"{title}: {whose}{sla_title(worst.name)} {_extent(worst)}"


def _names(rows: list[Standing]) -> str:
    names = list(dict.fromkeys(row.name for row in rows))
    if len(names) > 3:
        return f"all {len(names)} SLAs"
    return sla_title(listed(names)) + ("s" if len(names) > 1 else "")


def _extent(row: Standing) -> str:
    """Say in how many windows an SLA is at risk, and which is the worst."""
    count, words = (row.likely, "likely to be missed") if row.likely else (row.at_risk, "at risk")
    if row.is_single:
        words = "missed"
    return f"{words} {_when(row.chance, row.windows, count, row.worst, odds=not row.is_single)}"


def _when(chances: Array, windows: Windows, count: int, worst: int, *, odds: bool) -> str:
    """Say "in 3 of 13 weeks, worst week of 9 November (78%)"."""
    period = windows.period
    year = windows.starts[-1] - windows.starts[0] > A_YEAR
    when = in_window(period, windows.starts[worst], year=year)
    if odds:
        when += f" ({chance(float(chances[worst]))})"
    if count == 1:
        return when
    judged = int(np.isfinite(chances).sum())
    share = f"all {count} {period}s" if count == judged else f"{count} of {judged} {period}s"
    for word in ("in ", "the ", "on ", "at "):
        when = when.removeprefix(word)
    return f"{'on' if period == 'day' else 'in'} {share}, worst {when}"


def sla_notes(row: Standing) -> list[str]:
    """Say in a few words how one SLA stands, and in fewer."""
    if not row.judged:
        return [f"no whole {row.sla.per}" if np.isfinite(row.attainment).any() else "no items"]
    if not row.at_risk:
        return ["met" if row.is_single else "safe"]
    if row.is_single:
        return [f"missed in {row.at_risk} of {plural(row.judged, row.sla.per)}"]
    return [f"at risk in {row.at_risk} of {plural(row.judged, row.sla.per)}", f"{row.at_risk} of {row.judged} at risk"]


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of the heat map: a queue, its probabilities by window, and the worst window."""

    queue: str
    title: str
    chances: Array
    windows: Windows
    worst: int
    is_single: bool
    """Whether they come from a single replication, and are no probabilities."""


def heat_finding(rows: list[Row]) -> str:
    """Say how many queues are at risk, and which one most and when."""
    queues = {row.queue for row in rows}
    at_risk = {row.queue for row in rows if (row.chances >= AT_RISK).any()}
    if not at_risk:
        return f"Every SLA is {'met' if rows[0].is_single else 'safe'} throughout"
    row = max(rows, key=lambda row: (np.nanmax(row.chances), np.nansum(row.chances)))
    likely, possible = int((row.chances >= LIKELY).sum()), int((row.chances >= AT_RISK).sum())
    verb = "misses" if row.is_single else "is likely to miss" if likely else "may miss"
    when = _when(row.chances, row.windows, likely or possible, row.worst, odds=not row.is_single)
    worst = f"{row.title} {verb} an SLA {when}"
    if len(queues) == 1:
        return worst
    share = f"{len(at_risk)} of {len(queues)}"
    if at_risk == queues:
        share = "Both" if len(queues) == 2 else f"All {len(queues)}"
    verb = "is" if len(at_risk) == 1 else "are"
    return f"{share} queues {'miss an SLA' if row.is_single else f'{verb} at risk'}; {worst}"


# -- stocks -----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Peak:
    """The highest median of a queue's open items."""

    title: str
    has_sla: bool
    items: float
    days: float
    """That many days of its arrivals; NaN without any."""
    on: str
    growing: bool
    """Whether it still grows at the end."""


def backlog_finding(peaks: list[Peak]) -> str:
    """Say where open work piles up most against what arrives, among queues with an SLA if there are any."""
    counted = [peak for peak in peaks if peak.has_sla] or peaks
    worst = max(counted, key=lambda peak: (np.nan_to_num(peak.days), np.nan_to_num(peak.items)))
    if not worst.items >= 1:
        return "Hardly anything is left open at the end of any period"
    arrivals = f", {_days(worst.days)} of arrivals" if np.isfinite(worst.days) else ""
    verb = "keeps growing to" if worst.growing else "peaks at"
    return f"Backlog of {worst.title} {verb} {about(worst.items)} items on {worst.on}{arrivals}"


def _days(days: float) -> str:
    if days >= 2:
        return f"{about(days)} days"
    return f"{about(24 * days)} h" if days >= 2 / 24 else f"{about(max(1440 * days, 1))} min"


def headcount_finding(titles: list[str], starts: list[float], ends: list[float], on: str) -> str:
    """Say which team shrinks most, or where none does, which one begins with nobody, or grows most."""
    change = [end / start - 1 if start > 0 else 0.0 for start, end in zip(starts, ends, strict=True)]
    least, most = int(np.argmin(change)), int(np.argmax(change))
    founded = [number for number, start in enumerate(starts) if start == 0 and ends[number] > 0]
    if change[least] > -STEADY and founded:
        first = max(founded, key=lambda number: ends[number])
        return f"{titles[first]} begins with nobody and has {plural(round(ends[first]), 'agent')} by {on}"
    worst = least if change[least] <= -STEADY else most
    if abs(change[worst]) < STEADY:
        return f"Headcount holds within {STEADY:.0%} of its start" + (" in every team" if len(titles) > 1 else "")
    verb = "shrinks" if change[worst] < 0 else "grows"
    others = ", more than any other team" if len(titles) > 1 else ""
    return (
        f"{titles[worst]} {verb} by {abs(change[worst]):.0%}{others}: "
        f"from {about(starts[worst])} to {about(ends[worst])} agents by {on}"
    )
