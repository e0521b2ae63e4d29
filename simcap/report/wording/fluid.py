"""A fluid estimate in sentences: why work does not fit, when nobody is there, what it leaves out."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.fits import Assessment, LineFit, SlaFit
from simcap.analysis.gaps import Gap
from simcap.analysis.together import Joint
from simcap.report.wording.words import attained, in_window, listed, plural, short_date, sla_terms, target_share
from simcap.scenario.clock import Clock
from simcap.scenario.grid import Grid
from simcap.scenario.schema.scenario import Scenario
from simcap.units import format_duration

Array = NDArray[np.float64]

KEY = (
    "Each share is the load of a week against the hours of all teams that may take it. Queues share these hours, so "
    "shares do not add up. Marks: ! work is past due when the week ends; c more work than max_per_day allows; "
    "o hours lost to an outage; ~ misses its SLA even at best, because hours and work come at different times."
)
CAVEAT = (
    "An estimate of expected work and hours, shared out optimally: what is impossible here is impossible; what fits "
    "may still be late. `simcap run` shows whether it is done on time, nights and holidays included."
)
_MOST_SPANS = 4
"""Most kinds of hours with nobody named for one line."""
_NAMED_DAYS = 3
"""Most times of one gap that are dated one by one."""
_BETTER = 0.5
"""A cause is named if this share of what does not fit vanishes with it."""
_IN_GAP = {
    "nobody": "nobody on duty",
    "outage": "all stopped by an outage",
    "cap": "nobody left under max_per_day",
}


def line_name(line: LineFit) -> str:
    """Return "listings", or "listings (kestrel)"."""
    return f"{line.queue} ({line.vendor})" if line.vendor else line.queue


def block_title(scenario: Scenario, queue: str) -> str:
    """Return the terms of a queue: its SLAs, what overlaps, and its exposure limit."""
    spec = scenario.queues[queue]
    terms = [sla_terms(name, sla) for name, sla in spec.sla.items()] or ["no SLA"]
    if spec.at_once is not None:
        terms.append(f"up to {spec.at_once.items} at once, each at {spec.at_once.speed:.0%} then")
    if spec.max_per_day is not None:
        terms.append(f"at most {format_duration(spec.max_per_day)} a day for each agent")
    return "; ".join(terms)


def reasons(scenario: Scenario, fit: Assessment, line: LineFit) -> list[str]:
    """Return the sentences about one line of work."""
    found = [*_past_due(scenario, fit, line), *_cap(scenario, fit, line)]
    found.extend(_missed(scenario, line, sla) for sla in line.slas if sla.missed.any())
    return [*found, *_without_anybody(scenario, line)]


def _past_due(scenario: Scenario, fit: Assessment, line: LineFit) -> Iterator[str]:
    weeks = np.flatnonzero(line.short)
    if not weeks.size:
        return
    hours = line.overdue[weeks]
    when = f"in {weeks.size} of {plural(len(fit.starts), 'week')}, first in that of {short_date(fit.starts[weeks[0]])}"
    sentence = f"{hours.max():,.0f} h of work at most are past due at the end of a week, {when}"
    if scenario.queues[line.queue].expires is not None:
        sentence += ", or have left undecided"
    if not line.reach.any():
        yield f"{sentence}: no team that may take it is ever on duty."
        return
    least = {cause: f"{left:,.0f} h" for cause, left in line.without.items() if left < _BETTER * hours.max()}
    yield f"{sentence}: {_because(scenario, line.queue, least) or 'no team that may take it has the hours'}."


def _because(scenario: Scenario, queue: str, figures: dict[str, str]) -> str:
    """Return the obstacle, with the figure without it; nothing if nothing that was tried is one."""
    limit = scenario.queues[queue].max_per_day
    names = [name for name, event in scenario.events.items() if event.outage is not None]
    sentences = {
        "outage": f"without {'the outage' if len(names) == 1 else 'the outages'}",
        "cap": f"without max_per_day{f' ({format_duration(limit)})' if limit else ''}",
        "allocation": "if any team with the skill could take it at once",
    }
    if names:
        sentences["outage"] += f" {listed(names)}"
    return "; ".join(f"{sentences[cause]} it would be {figure}" for cause, figure in figures.items())


def _cap(scenario: Scenario, fit: Assessment, line: LineFit) -> Iterator[str]:
    weeks = np.flatnonzero(line.capped)
    if weeks.size:
        limit = scenario.queues[line.queue].max_per_day
        assert limit is not None
        worst = weeks[np.argmax(line.asked[weeks] / np.maximum(line.let_in[weeks], 1e-9))]
        yield (
            f"capped in {plural(weeks.size, 'week')}: max_per_day of {format_duration(limit)} allows "
            f"{line.let_in[worst]:,.0f} h of the {line.asked[worst]:,.0f} h of work in the week of "
            f"{short_date(fit.starts[worst])}."
        )


def _missed(scenario: Scenario, line: LineFit, fit: SlaFit) -> str:
    missed, per = np.flatnonzero(fit.missed), "day" if fit.sla.per == "hour" else fit.sla.per
    worst = int(np.nanargmin(fit.best))
    sentence = (
        f"{fit.name}: at best {attained(float(fit.best[worst]), fit.sla.target)} on time (target "
        f"{target_share(fit.sla.target)}) {in_window(per, fit.starts[worst])}"
    )
    if len(fit.starts) > 1:
        sentence += f", below target in {missed.size} of {plural(len(fit.starts), per)}"
    lost = fit.sla.target - fit.best[worst]
    better = {
        cause: attained(best, fit.sla.target)
        for cause, best in fit.without.items()
        if fit.sla.target - best < _BETTER * lost
    }
    if better:
        return f"{sentence}: {_because(scenario, line.queue, better)}."
    alone = sum(gap.late for gap in line.gaps) / max(float(line.load.sum()), 1e-9)
    if alone >= _BETTER * float(np.nanmean(1 - fit.best)):
        return f"{sentence}: nobody is there in the hours below."
    return f"{sentence}: too few hours soon enough after its work arrives."


def joint_reasons(scenario: Scenario, fit: Assessment) -> list[str]:
    """Return what several lines of work cannot attain together."""
    return [_joint(scenario, fit, joint) for joint in fit.together]


def _joint(scenario: Scenario, fit: Assessment, joint: Joint) -> str:
    lines = [fit.lines[line] for line in joint.lines]
    sentence = (
        f"{listed([line_name(line) for line in lines])} share hours: at best {1 - joint.late:.1%} of their work is in "
        f"time {in_window(joint.period, joint.start)}, their SLAs ask for {1 - joint.allowed:.1%}"
    )
    better = {cause: f"{1 - late:.1%}" for cause, late in joint.without.items() if late < _BETTER * joint.late}
    because = _because(scenario, lines[0].queue, better)
    return f"{sentence}{f': {because}' if because else ''}."


# -- hours without anybody --------------------------------------------------------------------------------------------


def _without_anybody(scenario: Scenario, line: LineFit) -> list[str]:
    """Return when nobody can take a line's work: recurring hours together, those that lose most first."""
    clock = Clock.of(scenario.horizon)
    alike: dict[tuple[str, dt.time, dt.timedelta], list[Gap]] = {}
    for gap in line.gaps:
        begin, end = clock.local(gap.begin), clock.local(gap.end)
        alike.setdefault((gap.cause, begin.time(), end - begin), []).append(gap)
    spans = sorted(alike.values(), key=lambda same: -sum(gap.late for gap in same))
    sentences = [_span(scenario, line, clock, same) for same in spans[:_MOST_SPANS]]
    if rest := spans[_MOST_SPANS:]:
        late = sum(gap.late for same in rest for gap in same) / float(line.load.sum())
        count = sum(map(len, rest))
        stretches = "1 more stretch" if count == 1 else f"{count} more stretches"
        lost = "lost" if line.gaps[0].leaves else "late"
        sentences.append(f"nobody in {stretches} of hours: {_percent(late)} of all its work is {lost} because of that.")
    return sentences


def _span(scenario: Scenario, line: LineFit, clock: Clock, same: list[Gap]) -> str:
    weeks = sorted({week for gap in same for week in gap.weeks})
    work = float(line.load[weeks].sum())
    created, late = (sum(getattr(gap, what) for gap in same) / work for what in ("created", "late"))
    whose = "that week's" if len(weeks) == 1 else "these weeks'" if len(weeks) < line.load.size else "its"
    return (
        f"{_IN_GAP[same[0].cause]} {_when(clock, same)}: {_percent(created)} of {whose} work comes then; "
        f"{_limit(scenario, line, same[0])}, so {_percent(late)} is {'lost' if same[0].leaves else 'late'} for certain."
    )


def _limit(scenario: Scenario, line: LineFit, gap: Gap) -> str:
    """Say how long work that is created in a gap can wait."""
    limit, expires = format_duration(gap.limit), scenario.queues[line.queue].expires
    if not gap.leaves:
        return f"its SLA allows {limit}"
    if expires is not None and expires.after.constant is not None:
        return f"what waits leaves after {limit}"
    return f"half of what waits has left after {limit}"


def _percent(share: float) -> str:
    return f"{share:.1%}" if share < 0.0995 else f"{share:.0%}"


def _when(clock: Clock, same: list[Gap]) -> str:
    """Say when: "Sat 24 Oct 22:00 – Sun 25 Oct 06:00", "Sat 22:00 – Sun 06:00, 13 times from 10 Oct".

    If there are few, the days are named: "Sun 28 Mar and Mon 29 Mar, 10:00 – 01:00".
    """
    begins = [clock.local(gap.begin) for gap in same]
    first, last = begins[0], clock.local(same[0].end)
    if len(same) == 1:
        end = f"{last:%H:%M}" if last.date() == first.date() else f"{last:%a} {short_date(last)} {last:%H:%M}"
        return f"{first:%a} {short_date(first)} {first:%H:%M} – {end}"
    length = last - first
    until = f"{last:%H:%M}" if length < dt.timedelta(days=1) else f"{format_duration(length.total_seconds())} later"
    if len(same) <= _NAMED_DAYS:
        named = listed([f"{begin:%a} {short_date(begin)}" for begin in sorted(begins)])
        return f"{named}, {first:%H:%M} – {until}"
    days = sorted({begin.weekday() for begin in begins})
    times = f"{len(same)} times from {short_date(first)}"
    if len(days) == 1:
        end = f"{last:%H:%M}" if last.date() == first.date() else f"{last:%a} {last:%H:%M}"
        return f"{first:%a} {first:%H:%M} – {end}, {times}"
    named = "daily" if len(days) == 7 else listed([calendar.day_abbr[day] for day in days])
    return f"{named} {first:%H:%M} – {until}, {times}"


# -- contracts --------------------------------------------------------------------------------------------------------


def minimums(scenario: Scenario, productive: Array) -> list[str]:
    """Return the contracts whose minimum exceeds the available hours in every month; `productive` is [team, month]."""
    windows = Grid(scenario.horizon, hourly=False).windows("month")
    shares = np.array(
        [
            (end - begin) / calendar.monthrange(start.year, start.month)[1]
            for start, (begin, end) in zip(windows.starts, windows.cells, strict=True)
        ]
    )
    owners = [name for name, vendor in scenario.vendors.items() for _ in vendor.teams]
    found = []
    for name, vendor in scenario.vendors.items():
        if vendor.contract is None or vendor.contract.minimum is None:
            continue
        hours = productive[[owner == name for owner in owners]].sum(axis=0)
        least = vendor.contract.minimum.hours_per_month
        if (hours < least * shares).all():
            found.append(
                f"{name}: the minimum of {least:,.0f} h a month is above its capacity of at most "
                f"{(hours / shares).max():,.0f} h: the rest is paid for without use."
            )
    return found
