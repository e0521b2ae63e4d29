"""What each chart shows, in a sentence for its title."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.summary import chance_interval
from simcap.experiment.results import Results
from simcap.report.wording.sentences import AT_RISK, LIKELY
from simcap.report.wording.sla_rows import Outlook
from simcap.report.wording.standing import Standing
from simcap.report.wording.words import (
    FOOT_DOT,
    about,
    chance,
    in_window,
    is_ruled_out,
    listed,
    odds,
    plural,
    sla_title,
    span_of_days,
)
from simcap.scenario.grid import Windows
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]


A_YEAR = dt.timedelta(days=350)
"""Dates of a longer horizon need their year."""
MOST_LETTERS = 48
"""Most characters of a name."""
MOST_NAMED = 3
"""Most SLAs that a title names."""
RISKY: tuple[Outlook, ...] = ("likely", "at risk")
"""Outlooks of what a reader must know of."""
STEADY = 0.05
"""A smaller change of headcount does not count."""


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
    """Return a name short enough to leave room for a finding in a title."""
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1].rstrip()}…"


def foot_line(results: Results) -> str:
    """Return the source of a chart: scenario, horizon, replications, seed."""
    horizon = results.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    parts = [results.scenario.name, span_of_days(horizon.start, last), plural(results.replications, "replication")]
    return FOOT_DOT.join([*parts, f"seed {results.seed}"])


def few_replications(count: int) -> str:
    """Say after a subtitle what 0 and 100 mean if replications are too few to rule a risk out."""
    if count == 1 or is_ruled_out(0.0, count, AT_RISK):
        return ""
    low, high = chance_interval(1.0, count)[0], chance_interval(0.0, count)[1]
    return f" (with {count} replications 0 may be up to {100 * high:.0f}, 100 as low as {100 * low:.0f})"


# -- SLAs -------------------------------------------------------------------------------------------------------------


def sla_finding(scenario: Scenario, rows: list[Standing]) -> str:
    """Say how the SLAs of one queue stand: the worst of them, or that all are safe."""
    title = queue_title(scenario, rows[0].queue)
    settled = [row for row in rows if row.settled]
    judged = [row for row in settled if row.judged]
    left = _left(settled)
    if all(np.isnan(row.attainment).all() for row in settled):
        return f"{title}: {left or 'no items'}, so no SLA to judge"
    if not judged:
        none = f"no whole {settled[0].sla.per} in which the {sla_title(settled[0].name)} could be judged"
        return f"{title}: {f'{left}; {none}' if left else none}"
    worst = max(judged, key=lambda row: (np.nanmax(row.chance), np.nanmean(row.chance)))
    if not worst.at_risk:
        return f"{title}: {_not_at_risk(judged, worst)}"
    whose = f"{vendor_title(scenario, worst.vendor)}’s " if worst.vendor else ""
    return f"{title}: {whose}{sla_title(worst.name)} {_extent(worst)}"


def _not_at_risk(rows: list[Standing], worst: Standing) -> str:
    """Say that no window is at risk; that it is safe, only if replications suffice and no work is lost."""
    names = _names(rows)
    if left := _left(rows):
        return f"{left}; {names} {'met by' if worst.is_single else 'not at risk for'} the others"
    if worst.is_single:
        return f"{names} met throughout"
    if worst.is_safe:
        return f"{names} safe throughout"
    if not np.nanmax(worst.chance):
        return f"no miss of {'the ' if len(rows) < MOST_NAMED else ''}{names} {_in_these(worst.replications)}"
    most = f"in no {worst.sla.per} with more than {_odds(worst.chance, worst.worst, worst.replications)}"
    spread = max(rows, key=lambda row: row.any_miss)
    if spread.any_miss >= AT_RISK:
        any_miss = odds(spread.any_miss, spread.replications)
        return f"{sla_title(spread.name)} at risk over the horizon (any miss {any_miss}), though {most}"
    return f"{names} missed {most}"


def _left(rows: list[Standing]) -> str:
    """Say which share left undecided if that is more than usual; for vendors, the largest."""
    shares = [row.expired_share for row in rows if row.loses_work]
    return f"{max(shares):.1%} leave undecided" if shares else ""


def _in_these(replications: int) -> str:
    """Return "seen in 4 replications (chance of one up to 49%)"."""
    most = chance(chance_interval(0.0, replications)[1])
    return f"seen in {plural(replications, 'replication')} (its chance may be up to {most})"


def _odds(chances: Array, window: int, replications: int) -> str:
    return odds(float(chances[window]), replications)


def _names(rows: list[Standing]) -> str:
    names = list(dict.fromkeys(row.name for row in rows))
    if len(names) > MOST_NAMED:
        return f"all {len(names)} SLAs"
    return sla_title(listed(names)) + ("s" if len(names) > 1 else "")


def _extent(row: Standing) -> str:
    """Say in how many windows an SLA is at risk, as the chart shades them, and which is the worst."""
    risk, likely = ("missed", "") if row.is_single else ("at risk", "likely to be missed")
    return _when(row.chance, row.windows, row.worst, row.replications, (f"{risk} ", likely))


def _when(chances: Array, windows: Windows, worst: int, replications: int, words: tuple[str, str]) -> str:
    """Say in how many windows something is at risk, in how many likely, and which is the worst.

    "at risk in 6 of 13 weeks, likely to be missed in 5, worst the week of 9 November (78% [58%, 90%])"; where several
    windows are equally bad, how many, and which is the first. Of one replication without the chance.
    """
    risk, likely = words
    count, sure, judged = (int(found.sum()) for found in (chances >= AT_RISK, chances >= LIKELY, np.isfinite(chances)))
    if likely and sure == count:
        risk, likely = f"{likely} ", ""
    highest = chances == np.nanmax(chances)
    ties = 1 if replications == 1 else int(highest.sum())
    first = int(np.flatnonzero(highest)[0]) if ties > 1 else worst
    named = _named_window(windows, first)
    chance_of = _odds(chances, first, replications)
    if count == 1:
        return f"{risk}{named}{f' ({chance_of})' if replications > 1 else ''}"
    period, preposition = windows.period, "on" if windows.period == "day" else "in"
    text = f"{risk}{preposition} {f'all {count}' if count == judged else f'{count} of {judged}'} {period}s"
    if likely and sure:
        text += f", {likely} {preposition} {sure}"
    for word in ("in ", "the ", "on ", "at "):
        named = named.removeprefix(word)
    if ties in (count, sure):
        return f"{text} ({chance_of} in each)"
    if ties > 1:
        return f"{text}; {ties} with a chance of {chance_of}, first {named}"
    return f"{text}, worst {named}{f' ({chance_of})' if replications > 1 else ''}"


def _named_window(windows: Windows, place: int) -> str:
    """Return "in the week of 9 November"."""
    year = windows.starts[-1] - windows.starts[0] > A_YEAR
    return in_window(windows.period, dt.datetime.fromisoformat(windows.labels[place]), year=year)


def sla_notes(row: Standing) -> list[str]:
    """Say in a few words how one SLA stands and what left undecided, and in fewer."""
    notes = _stands(row)
    if not row.expired_share > 0:
        return notes
    left = f"{row.expired_share:.1%} undecided"
    return [*(f"{note}, {left}" for note in notes), left] if row.loses_work else [f"{notes[0]}, {left}", *notes]


def _stands(row: Standing) -> list[str]:
    if not row.judged:
        if np.isfinite(row.attainment).any():
            return [f"no whole {row.sla.per}"]
        return ["nothing decided" if row.expired_share > 0 else "no items"]
    if not row.at_risk:
        if row.is_single or row.is_safe:
            return ["met" if row.is_single else "safe"]
        return ["not at risk" if np.nanmax(row.chance) else "no miss seen"]
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
    replications: int
    loses_work: bool
    outlook: Outlook
    """How the queue stands over the horizon, as in the table of SLAs."""

    @property
    def is_single(self) -> bool:
        """Say whether chances come from a single replication, so that they are not probabilities."""
        return self.replications == 1


def heat_finding(rows: list[Row]) -> str:
    """Say how many queues are at risk, which one most, and when."""
    queues = {row.queue for row in rows}
    at_risk = {row.queue for row in rows if row.outlook in RISKY}
    if not any((row.chances >= AT_RISK).any() for row in rows):
        return _none_at_risk(rows)
    row = max(rows, key=lambda row: (np.nanmax(row.chances), np.nansum(row.chances)))
    words = ("misses an SLA ", "") if row.is_single else ("may miss an SLA ", "is likely to miss it")
    if not row.is_single and (row.chances >= LIKELY).sum() == (row.chances >= AT_RISK).sum():
        words = ("is likely to miss an SLA ", "")
    worst = f"{row.title} {_when(row.chances, row.windows, row.worst, row.replications, words)}"
    if len(queues) == 1:
        return worst
    share = f"{len(at_risk)} of {len(queues)}"
    if at_risk == queues:
        share = "Both" if len(queues) == 2 else f"All {len(queues)}"
    verb = "is" if len(at_risk) == 1 else "are"
    return f"{share} queues {'miss an SLA' if row.is_single else f'{verb} at risk'}; {worst}"


def _none_at_risk(rows: list[Row]) -> str:
    """Say that no SLA is at risk, as far as replications show, and which queues lose work all the same."""
    losing = list(dict.fromkeys(row.title for row in rows if row.loses_work))
    most, count = max(float(np.nanmax(row.chances)) for row in rows), rows[0].replications
    if losing:
        who = listed(losing) if len(losing) <= MOST_NAMED else f"{len(losing)} queues"
        return f"{who} {'loses' if len(losing) == 1 else 'lose'} work undecided; no SLA is at risk for what stays"
    if rows[0].is_single:
        return "Every SLA is met throughout"
    if is_ruled_out(most, count, AT_RISK):
        return "Every SLA is safe throughout"
    if not most:
        return f"No miss of any SLA {_in_these(count)}"
    risky = {row.queue for row in rows if row.outlook in RISKY}
    alone = f"no SLA is missed in any window with more than {odds(most, count)}"
    if not risky:
        return alone[0].upper() + alone[1:]
    share = f"{len(risky)} of {plural(len({row.queue for row in rows}), 'queue')}"
    return f"{share} {'is' if len(risky) == 1 else 'are'} at risk over the horizon, though {alone}"


# -- stocks -----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Peak:
    """The highest median of a queue's open items."""

    title: str
    has_sla: bool
    items: float
    days: float
    """The same in days of its arrivals; NaN without any."""
    on: str
    growing: bool
    """Whether it still grows at the end."""


def backlog_finding(peaks: list[Peak]) -> str:
    """Say where open work piles up most relative to arrivals, among queues with an SLA if there are any."""
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
    """Say which team shrinks most or, if none does, which one begins with nobody, or grows most."""
    change = [end / start - 1 if start > 0 else 0.0 for start, end in zip(starts, ends, strict=True)]
    lowest, most = int(np.argmin(change)), int(np.argmax(change))
    founded = [number for number, start in enumerate(starts) if start == 0 and ends[number] > 0]
    if change[lowest] > -STEADY and founded:
        first = max(founded, key=lambda number: ends[number])
        return f"{titles[first]} begins with nobody and has {plural(round(ends[first]), 'agent')} by {on}"
    worst = lowest if change[lowest] <= -STEADY else most
    if abs(change[worst]) < STEADY:
        return f"Headcount holds within {STEADY:.0%} of its start" + (" in every team" if len(titles) > 1 else "")
    verb = "shrinks" if change[worst] < 0 else "grows"
    others = ", more than any other team" if len(titles) > 1 else ""
    return (
        f"{titles[worst]} {verb} by {abs(change[worst]):.0%}{others}: "
        f"from {about(starts[worst])} to {about(ends[worst])} agents by {on}"
    )
