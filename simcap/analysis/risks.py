"""Ranked staffing risks: which SLA misses which window, which team is behind it, what would mend it.

Four kinds of risk are looked for: `sla_miss` (an SLA's own window below target), `work_lost` (more of a week's items
leave undecided than is usual for work of that patience), `headcount` (a team more than a tenth below what was planned
at a week's end) and `occupancy` (a team busier than 92% of its time on the floor over a week).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.figures import Figures, Layout
from simcap.analysis.losses import KIND, losses, subject_of, what_is_known
from simcap.analysis.measures import SLA_MEASURES, TEAM_MEASURES, ratio
from simcap.analysis.summary import wilson
from simcap.scenario.clock import Clock
from simcap.scenario.families import family
from simcap.scenario.schema import Scenario
from simcap.units import HOUR
from simcap.workforce.happenings import factor_steps

Array = NDArray[np.float64]

WORTH_NAMING = 0.05
"""Windows with a lower probability are not listed."""
HEADCOUNT_MARGIN = 0.10
BUSY = 0.92
FULL = 0.99
"""From this occupancy on a team never rests."""
WINDOWS_A_WEEK = {"hour": 168.0, "day": 7.0, "week": 1.0, "month": 7 / 30.4375}
SLACK = 0.70
"""Below this occupancy a late item is a matter of when people work, not of how many."""
KINDS = ("sla_miss", KIND, "headcount", "occupancy")
COLUMNS = (
    "risk", "subject", "period", "start", "probability", "low", "high", "impact", "first_week", "what_would_fix_it",
    "share", "level", "partial",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Risk:
    """One row: `impact` is the expected number of items, agents or hours short, given that it happens."""

    risk: str
    subject: str
    period: str
    start: str
    probability: float
    low: float
    high: float
    impact: float
    first_week: str
    what_would_fix_it: str
    share: float = float("nan")
    """Of lost work: its share of the items of that week."""
    level: str = "team"
    """Whether the subject is a team, a queue or a vendor's part of a queue."""
    partial: bool = False
    """Whether only a part of the window lies within the horizon, which holds no whole one to judge the SLA by."""


def rank_risks(scenario: Scenario, figures: Figures, layout: Layout) -> pd.DataFrame:
    """Return the risks as a table, SLA misses first, each kind by probability, then by impact."""
    found = [
        *_sla_misses(scenario, figures, layout),
        *_lost_work(scenario, figures, layout),
        *_thin_teams(scenario, figures, layout),
        *_busy_teams(figures, layout),
    ]
    found.sort(key=lambda risk: (KINDS.index(risk.risk), -risk.probability, -risk.impact, risk.subject, risk.start))
    return pd.DataFrame([dataclasses.astuple(risk) for risk in found], columns=list(COLUMNS))


# -- SLAs -----------------------------------------------------------------------------------------------------------


def _sla_misses(scenario: Scenario, figures: Figures, layout: Layout) -> Iterator[Risk]:
    """Yield each window of an SLA's own period that is likely enough to be missed."""
    contracts = [place for place, subject in enumerate(layout.subjects["sla"]) if is_settled(subject, layout)]
    for place in contracts:
        queue, vendor, name = layout.subjects["sla"][place]
        sla = scenario.queues[queue].sla[name]
        windows = layout.windows[sla.per]
        attainment = figures["sla", sla.per][:, place, SLA_MEASURES.index("attainment"), :]
        counted = figures["sla", sla.per][:, place, SLA_MEASURES.index("counted"), :]
        missed = attainment < sla.target
        probability, low, high = _chance(missed, ~np.isnan(attainment))
        judged = windows.judged
        listed = [n for n in range(missed.shape[1]) if judged[n] and probability[n] >= WORTH_NAMING]
        if not listed:
            continue
        first = windows.starts[listed[0]].date().isoformat()
        for window in listed:
            short = np.where(missed[:, window], (sla.target - attainment[:, window]) * counted[:, window], 0.0)
            items = float(short[missed[:, window]].mean())
            yield Risk(
                "sla_miss",
                f"{queue} / {name}" + (f" ({vendor})" if vendor else ""),
                sla.per,
                windows.starts[window].isoformat(timespec="minutes")[: 16 if sla.per == "hour" else 10],
                float(probability[window]),
                float(low[window]),
                float(high[window]),
                items,
                first,
                _remedy(scenario, figures, layout, place, windows.starts[window], missed[:, window], items),
                level="vendor" if vendor else "queue",
                partial=not windows.whole[window],
            )


def is_settled(subject: tuple[str, ...], layout: Layout) -> bool:
    """Return whether an SLA row stands on its own: a vendor's, or that of a queue without allocation."""
    queue, vendor, name = subject
    return bool(vendor) or not any(
        other[0] == queue and other[2] == name and other[1] for other in layout.subjects["sla"]
    )


def _remedy(
    scenario: Scenario,
    figures: Figures,
    layout: Layout,
    place: int,
    start: dt.datetime,
    missed: NDArray[np.bool_],
    items: float,
) -> str:
    """Say which team is behind the misses of an SLA in a window, and how many agents would carry the late items."""
    queue, vendor, name = layout.subjects["sla"][place]
    per = scenario.queues[queue].sla[name].per
    week = _week_of(layout, start)
    team = _team_behind(scenario, figures, layout, queue, vendor, week, missed)
    if team is None:
        return "a team with this skill"
    place = next(n for n, (_, name) in enumerate(layout.subjects["teams"]) if name == team)
    week_figures = figures["teams", "week"][:, place, :, week].mean(axis=0)
    hours_per_fte = ratio(
        np.array([week_figures[TEAM_MEASURES.index("on_floor_hours")]]),
        np.array([week_figures[TEAM_MEASURES.index("headcount")]]),
    )[0]
    occupancy = week_figures[TEAM_MEASURES.index("occupancy")]
    if not np.isfinite(hours_per_fte) or hours_per_fte <= 0:
        return f"{team}: nobody is on the floor in the week of {_date(layout, week)}"
    if occupancy < SLACK:
        idle = f"{team} is busy {occupancy:.0%} of its time in the week of {_date(layout, week)}"
        return f"{idle}: hours at the times when items wait, rather than more agents"
    each = _seconds_an_item(scenario, queue, start)
    if each == 0:
        decided = max(week_figures[TEAM_MEASURES.index("completed")], 1.0)
        each = week_figures[TEAM_MEASURES.index("busy_hours")] * HOUR / decided
    agents = max(int(np.ceil(items * each / HOUR / (hours_per_fte / WINDOWS_A_WEEK[per]))), 1)
    what = f"the late work comes to the hours of about {agents} tenured agent{'s' if agents != 1 else ''}"
    when = f"in the {per} of {start.isoformat(sep=' ', timespec='minutes')[: 16 if per == 'hour' else 10]}"
    when += ", on shift while it waits"
    return f"{team}: {what} {when}{_next_class(scenario, team, start)}"


def _team_behind(
    scenario: Scenario,
    figures: Figures,
    layout: Layout,
    queue: str,
    vendor: str,
    week: int,
    missed: NDArray[np.bool_],
) -> str | None:
    """Return the team that serves the queue and whose strength sets missed replications most apart from the others.

    Where all replications miss or none does, the largest team that serves it.
    """
    serving = [
        (place, team)
        for place, (owner, team) in enumerate(layout.subjects["teams"])
        if vendor in ("", owner) and queue in scenario.vendors[owner].teams[team].skills
    ]
    if not serving:
        return None
    strength = figures["teams", "week"][:, [place for place, _ in serving], TEAM_MEASURES.index("effective_fte"), week]
    if 2 <= missed.sum() <= missed.size - 2:
        gap = strength[~missed].mean(axis=0) - strength[missed].mean(axis=0)
        noise = strength.std(axis=0)
        score = np.where(noise > 0, gap / np.where(noise > 0, noise, 1.0), 0.0)
        if score.max() > 0.5:
            return serving[int(np.argmax(score))][1]
    return serving[int(np.argmax(strength.mean(axis=0)))][1]


def _next_class(scenario: Scenario, team: str, start: dt.datetime) -> str:
    """Name the class that reaches a team's floor only after `start`."""
    coming = []
    for vendor in scenario.vendors.values():
        for name, plan in vendor.hiring.classes.items():
            reaches = dt.datetime.combine(plan.start, dt.time()) + dt.timedelta(seconds=plan.training)
            if plan.team == team and reaches > start:
                coming.append((reaches, name))
    if not coming:
        return ""
    reaches, name = min(coming)
    return f"; class {name} reaches the floor on {reaches.date().isoformat()} only"


def _seconds_an_item(scenario: Scenario, queue: str, start: dt.datetime) -> float:
    """Return the mean handle time of a tenured agent at a local time; 0 where it stands in data files."""
    handle_time = scenario.queues[queue].handle_time
    if handle_time is None or handle_time.empirical is not None:
        return 0.0
    clock = Clock.of(scenario.horizon)
    factors = [factor for begin, factor in factor_steps(scenario, clock, queue) if begin <= clock.at(start)]
    return family(handle_time, Path()).mean * factors[-1]


# -- lost work ------------------------------------------------------------------------------------------------------


def _lost_work(scenario: Scenario, figures: Figures, layout: Layout) -> Iterator[Risk]:
    """Yield for each queue, or vendor's part of it, the week in which it is most likely to lose more than is usual."""
    starts = layout.windows["week"].starts
    for loss in losses(scenario, figures, layout):
        over = loss.over()
        probability, low, high = _chance(over, loss.created > 0)
        listed = np.flatnonzero(probability >= WORTH_NAMING)
        if not listed.size:
            continue
        lost, created = (np.where(over, counts, 0.0).sum(axis=0) for counts in (loss.lost, loss.created))
        share = ratio(lost, created)
        worst = int(listed[np.lexsort((share[listed], probability[listed]))[-1]])
        yield Risk(
            KIND,
            subject_of(loss.queue, loss.vendor),
            "week",
            starts[worst].date().isoformat(),
            float(probability[worst]),
            float(low[worst]),
            float(high[worst]),
            float(lost[worst] / over[:, worst].sum()),
            starts[int(listed[0])].date().isoformat(),
            what_is_known(scenario, figures, layout, loss, worst),
            float(share[worst]),
            "vendor" if loss.vendor else "queue",
        )


# -- teams ----------------------------------------------------------------------------------------------------------


def _thin_teams(scenario: Scenario, figures: Figures, layout: Layout) -> Iterator[Risk]:
    """Yield for each team the worst week in which headcount is likely to be below plan by more than a tenth."""
    windows = layout.windows["week"]
    for place, (vendor, team) in enumerate(layout.subjects["teams"]):
        headcount = figures["teams", "week"][:, place, TEAM_MEASURES.index("headcount"), :]
        planned = _planned(scenario, vendor, team, headcount, layout)
        below = headcount < (1 - HEADCOUNT_MARGIN) * planned
        probability, low, high = _chance(below, np.ones_like(below))
        listed = np.flatnonzero(probability >= WORTH_NAMING)
        if not listed.size:
            continue
        gaps = ratio(np.where(below, planned - headcount, 0.0).sum(axis=0), below.sum(axis=0).astype(float))
        worst = int(max(listed, key=lambda week: (probability[week], gaps[week])))
        gap = float(gaps[worst])
        yield Risk(
            "headcount",
            team,
            "week",
            windows.starts[worst].date().isoformat(),
            float(probability[worst]),
            float(low[worst]),
            float(high[worst]),
            gap,
            windows.starts[int(listed[0])].date().isoformat(),
            f"{team}: {_seats(gap)} more, in training early enough to be on the floor by "
            f"{windows.starts[worst].date().isoformat()}",
        )


def _seats(gap: float) -> str:
    seats = max(round(gap), 1)
    return f"{seats} seat{'s' if seats != 1 else ''}"


def _planned(scenario: Scenario, vendor: str, team: str, headcount: Array, layout: Layout) -> Array:
    """Return the planned headcount by week: the start's, plus planned graduates, plus planned changes."""
    plan = scenario.vendors[vendor]
    start = plan.teams[team].agents
    planned = np.full(headcount.shape[1], float(start if start is not None else np.median(headcount[:, 0])))
    ends = [begin + dt.timedelta(days=7) for begin in layout.windows["week"].starts]
    for hiring in plan.hiring.classes.values():
        reaches = dt.datetime.combine(hiring.start, dt.time()) + dt.timedelta(seconds=hiring.training)
        if hiring.team == team and reaches >= layout.windows["week"].starts[0]:
            planned += np.array([hiring.size * plan.hiring.share_of(hiring) if end > reaches else 0.0 for end in ends])
    for event in scenario.events.values():
        if event.headcount is not None and event.headcount.team == team:
            begin = dt.datetime.combine(event.headcount.from_, dt.time())
            planned += np.array([event.headcount.change if end > begin else 0.0 for end in ends])
    return planned


def _busy_teams(figures: Figures, layout: Layout) -> Iterator[Risk]:
    """Yield for each team the week in which it is most likely to be busier than is healthy."""
    windows = layout.windows["week"]
    for place, (_, team) in enumerate(layout.subjects["teams"]):
        team_figures = figures["teams", "week"][:, place]
        occupancy = team_figures[:, TEAM_MEASURES.index("occupancy"), :]
        over = occupancy > BUSY
        probability, low, high = _chance(over, ~np.isnan(occupancy))
        listed = np.flatnonzero(probability >= WORTH_NAMING)
        if not listed.size:
            continue
        usual = np.nanmean(np.where(over, occupancy, np.nan)[:, listed], axis=0)
        worst = int(listed[np.lexsort((usual, probability[listed]))[-1]])
        busy = team_figures[over[:, worst], TEAM_MEASURES.index("busy_hours"), worst]
        floor = team_figures[over[:, worst], TEAM_MEASURES.index("on_floor_hours"), worst]
        hours = float((busy / BUSY - floor).mean())
        yield Risk(
            "occupancy",
            team,
            "week",
            windows.starts[worst].date().isoformat(),
            float(probability[worst]),
            float(low[worst]),
            float(high[worst]),
            hours,
            windows.starts[int(listed[0])].date().isoformat(),
            _relief(team, hours, float((busy / floor).mean())),
        )


def _relief(team: str, hours: float, occupancy: float) -> str:
    """Say how many hours bring a team's occupancy down; where it never rests, more work may wait than it shows."""
    if occupancy > FULL:
        return f"{team}: at least {round(hours)} more hours on the floor a week; it never rests, so more work may wait"
    return f"{team}: {round(hours)} more hours on the floor a week keep occupancy at {BUSY:.0%}"


# -- shared ---------------------------------------------------------------------------------------------------------


def _chance(happens: NDArray[np.bool_], exists: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Return the probability by window (over replications) with its Wilson interval."""
    count = exists.sum(axis=0).astype(float)
    hits = (happens & exists).sum(axis=0).astype(float)
    probability = np.nan_to_num(ratio(hits, count))
    low, high = wilson(hits, np.where(count > 0, count, np.nan))
    return probability, low, high


def _week_of(layout: Layout, start: dt.datetime) -> int:
    starts = layout.windows["week"].starts
    return max(n for n, begin in enumerate(starts) if begin <= start)


def _date(layout: Layout, week: int) -> str:
    return layout.windows["week"].starts[week].date().isoformat()
