"""What each chart shows, in a sentence for its title."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.experiment.results import Results
from simcap.report.sentences import AT_RISK, LIKELY
from simcap.report.standing import Standing
from simcap.report.words import about, chance, in_window, listed, long_date, plural, sla_title
from simcap.scenario.grid import Windows
from simcap.scenario.schema import Scenario

Array = NDArray[np.float64]


def queue_title(scenario: Scenario, queue: str) -> str:
    """Return a queue's name for people."""
    return scenario.queues[queue].title or queue


def vendor_title(scenario: Scenario, vendor: str) -> str:
    """Return a vendor's name for people."""
    return scenario.vendors[vendor].title or vendor


def team_title(scenario: Scenario, vendor: str, team: str) -> str:
    """Return a team's name for people."""
    return scenario.vendors[vendor].teams[team].title or team


def foot_line(results: Results) -> str:
    """Return the source of a chart: scenario, horizon, replications, seed."""
    horizon = results.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    period = long_date(horizon.start, year=True)
    if last > horizon.start:
        period = f"{period} to {long_date(last, year=True)}"
    parts = [results.scenario.name, period, plural(results.replications, "replication")]
    seed = getattr(results, "seed", None)
    return " · ".join(parts if seed is None else [*parts, f"seed {seed}"])


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
        return f"{title}: {_names(judged)} safe throughout"
    whose = f"{vendor_title(scenario, worst.vendor)}’s " if worst.vendor else ""
    return f"{title}: {whose}{sla_title(worst.name)} {_extent(worst)}"


def _names(rows: list[Standing]) -> str:
    names = list(dict.fromkeys(row.name for row in rows))
    if len(names) > 3:
        return f"all {len(names)} SLAs"
    return sla_title(listed(names)) + ("s" if len(names) > 1 else "")


def _extent(row: Standing) -> str:
    """Say in how many windows an SLA is at risk, and which is the worst."""
    per = row.sla.per
    when = in_window(per, row.windows.starts[row.worst])
    odds = chance(float(row.chance[row.worst]))
    count, words = (row.likely, "likely to be missed") if row.likely else (row.at_risk, "at risk")
    if row.judged == 1 or count == 1:
        return f"{words} {when} ({odds})"
    share = f"all {count} {per}s" if count == row.judged else f"{count} of {row.judged} {per}s"
    worst = when.removeprefix("in ").removeprefix("the ").removeprefix("on ").removeprefix("at ")
    return f"{words} {'on' if per == 'day' else 'in'} {share}, worst {worst} ({odds})"


def sla_notes(row: Standing) -> list[str]:
    """Say in a few words how one SLA stands, and in fewer."""
    if not row.judged:
        return [f"no whole {row.sla.per}" if np.isfinite(row.attainment).any() else "no items"]
    if not row.at_risk:
        return ["safe"]
    return [f"at risk in {row.at_risk} of {plural(row.judged, row.sla.per)}", f"{row.at_risk} of {row.judged} at risk"]


def heat_finding(rows: list[tuple[str, str, Array, Windows]]) -> str:
    """Say how many queues are at risk, and which one most and when, of rows of (queue, title, chances, windows)."""
    queues = {queue for queue, *_ in rows}
    at_risk = {queue for queue, _, chances, _ in rows if (chances >= AT_RISK).any()}
    if not at_risk:
        return "Every SLA is safe throughout"
    _, title, chances, windows = max(rows, key=lambda row: (np.nanmax(row[2]), np.nansum(row[2])))
    window = int(np.nanargmax(chances))
    verb = "is likely to miss" if chances[window] >= LIKELY else "may miss"
    when = in_window(windows.period, windows.starts[window])
    worst = f"{title} {verb} an SLA {when} ({chance(float(chances[window]))})"
    if len(queues) == 1:
        return worst
    if at_risk == queues:
        return f"All {len(queues)} queues are at risk; {worst}"
    return f"{len(at_risk)} of {len(queues)} queues {'is' if len(at_risk) == 1 else 'are'} at risk; {worst}"


# -- stocks -----------------------------------------------------------------------------------------------------------


def backlog_finding(names: list[str], peaks: list[tuple[float, float, dt.datetime, bool]]) -> str:
    """Say where open work piles up most against what arrives.

    `peaks` gives for each queue the highest median of open items, that many days of its arrivals, when, and whether
    it is still growing at the end.
    """
    found = [place for place, (items, *_) in enumerate(peaks) if np.isfinite(items)]
    if not found:
        return "No open work"
    worst = max(found, key=lambda place: (np.nan_to_num(peaks[place][1]), peaks[place][0]))
    items, days, when, growing = peaks[worst]
    if items < 1:
        return "Nothing is left open at the end of any period"
    work = f", {_days(days)} of arrivals," if np.isfinite(days) else ""
    if growing:
        return f"Backlog of {names[worst]} keeps growing: {about(items)} open items{work} by {long_date(when)}"
    return f"Backlogs peak in {names[worst]}: {about(items)} open items{work} on {long_date(when)}"


def _days(days: float) -> str:
    return (
        f"{about(days)} days"
        if days >= 2
        else f"{about(24 * days)} h"
        if days >= 1 / 12
        else f"{about(1440 * days)} min"
    )


def headcount_finding(names: list[str], starts: list[float], ends: list[float], when: dt.date) -> str:
    """Say which team shrinks or grows most."""
    change = [end / start - 1 if start > 0 else 0.0 for start, end in zip(starts, ends, strict=True)]
    if not names:
        return "No team"
    least, most = int(np.argmin(change)), int(np.argmax(change))
    worst = least if change[least] <= -STEADY else most
    if abs(change[worst]) < STEADY:
        return f"Headcount holds within {STEADY:.0%}" + (
            f" in all {len(names)} teams" if len(names) > 1 else f" in {names[0]}"
        )
    verb = "shrinks" if change[worst] < 0 else "grows"
    of = "" if len(names) == 1 else ", the largest loss of any team" if change[worst] < 0 else ", the most of any team"
    by = f"{about(starts[worst])} to {about(ends[worst])} agents by {long_date(when)}"
    return f"{names[worst]} {verb} from {by}{of}"


STEADY = 0.05
"""A smaller change of headcount is none."""
