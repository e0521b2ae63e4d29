"""Ranked staffing risks: which SLA misses which window, which team is behind it, and what would fix it.

There are four kinds of risk: `sla_miss` (an SLA's own window is below target), `work_lost` (more of a week's items
leave undecided than is usual for work of that patience), `headcount` (a team is more than a tenth below plan at the end
of a week) and `occupancy` (a team is busy for more than 92% of its time on the floor in a week).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.advice import cause_and_advice
from simcap.analysis.figures import Figures, Layout
from simcap.analysis.heads import Miss
from simcap.analysis.losses import KIND, describe_loss, losses, subject_of
from simcap.analysis.measures import ratio
from simcap.analysis.summary import wilson
from simcap.scenario.effective import cut_day
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]

WORTH_NAMING = 0.05
"""Windows with a lower probability are not listed."""
HEADCOUNT_MARGIN = 0.10
HALF = 0.5
"""The fewest agents by which a team counts as short: plans count shares of a class, but agents are whole."""
BUSY = 0.92
FULL = 0.99
"""From this occupancy, a team never rests."""
KINDS = ("sla_miss", KIND, "headcount", "occupancy")
COLUMNS = (
    "risk", "subject", "period", "start", "probability", "low", "high", "impact", "first_week", "what_would_fix_it",
    "share", "level", "cause", "partial", "why",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Risk:
    """A row: `impact` is the expected number of items, agents or hours short, given that it happens."""

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
    """For lost work: its share of the items of that week."""
    level: str = "team"
    """Whether the subject is a team, a queue or a vendor's part of a queue."""
    cause: str = ""
    """For a missed SLA: what took most of the late items' time."""
    partial: bool = False
    """Whether only a part of the window is in the horizon, which has no whole window to judge the SLA by."""
    why: str = ""
    """For a missed SLA: when most late items come, and what they wait for, in words; `what_would_fix_it` has it too."""


def rank_risks(scenario: Scenario, figures: Figures) -> pd.DataFrame:
    """Return the risks as a table, SLA misses first, each kind by probability, then by impact."""
    risks = [
        *_sla_misses(scenario, figures),
        *_lost_work(scenario, figures),
        *_thin_teams(scenario, figures),
        *_busy_teams(scenario, figures),
    ]
    risks.sort(key=lambda risk: (KINDS.index(risk.risk), -risk.probability, -risk.impact, risk.subject, risk.start))
    return pd.DataFrame([dataclasses.astuple(risk) for risk in risks], columns=list(COLUMNS))


# -- SLAs -----------------------------------------------------------------------------------------------------------


def _sla_misses(scenario: Scenario, figures: Figures) -> Iterator[Risk]:
    """Yield each window of an SLA's own period that is sufficiently likely to be missed."""
    layout = figures.layout
    for subject in (one for one in layout.subjects["sla"] if is_settled(one, layout)):
        queue, vendor, name = subject
        sla = scenario.queues[queue].sla[name].of(vendor)
        windows = layout.windows[sla.per]
        attainment, counted = (figures.of("sla", sla.per, subject, measure) for measure in ("attainment", "counted"))
        missed = attainment < sla.target
        probability, low, high = _chance(missed, ~np.isnan(attainment))
        judged = windows.judged
        listed = [n for n in range(missed.shape[1]) if judged[n] and probability[n] >= WORTH_NAMING]
        if not listed:
            continue
        first = windows.starts[listed[0]].date().isoformat()
        for window in listed:
            short = (sla.target - attainment[:, window]) * counted[:, window]
            items = float(short[missed[:, window]].mean())
            miss = Miss(subject, window, missed[:, window], items)
            cause, advice = cause_and_advice(scenario, figures, miss)
            figures.let_go()
            yield Risk(
                "sla_miss",
                f"{queue} / {name}" + (f" ({vendor})" if vendor else ""),
                sla.per,
                windows.labels[window],
                float(probability[window]),
                float(low[window]),
                float(high[window]),
                items,
                first,
                advice.text,
                level="vendor" if vendor else "queue",
                cause=cause,
                partial=not windows.whole[window],
                why=advice.why,
            )


def is_settled(subject: tuple[str, ...], layout: Layout) -> bool:
    """Return whether an SLA row stands on its own: a vendor's, or that of a queue without allocation."""
    queue, vendor, name = subject
    return bool(vendor) or not any(
        other[0] == queue and other[2] == name and other[1] for other in layout.subjects["sla"]
    )


# -- lost work ------------------------------------------------------------------------------------------------------


def _lost_work(scenario: Scenario, figures: Figures) -> Iterator[Risk]:
    """Yield for each queue, or vendor's part of it, the week in which it is most likely to lose more than usual."""
    starts = figures.layout.windows["week"].starts
    for loss in losses(scenario, figures):
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
            describe_loss(scenario, figures, loss, worst),
            float(share[worst]),
            "vendor" if loss.vendor else "queue",
        )


# -- teams ----------------------------------------------------------------------------------------------------------


def _thin_teams(scenario: Scenario, figures: Figures) -> Iterator[Risk]:
    """Yield for each team the worst week in which headcount is likely to be more than a tenth below plan."""
    windows = figures.layout.windows["week"]
    for vendor, team in figures.layout.subjects["teams"]:
        headcount = figures.of("teams", "week", (vendor, team), "headcount")
        planned = planned_headcount(scenario, vendor, team, figures.layout)
        below = (headcount < (1 - HEADCOUNT_MARGIN) * planned) & (planned - headcount >= HALF)
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


def planned_headcount(scenario: Scenario, vendor: str, team: str, layout: Layout) -> Array:
    """Return the planned headcount at the ends of weeks: stated agents, planned graduates, changes and transfers.

    A cut counts from the day on which it takes effect, after notice.
    """
    vendor_spec = scenario.vendors[vendor]
    starts = layout.windows["week"].starts
    ends = [*starts[1:], starts[-1] + dt.timedelta(days=7)]
    agents = vendor_spec.teams[team].agents
    planned = np.full(len(ends), float(agents or 0))
    if agents is None:
        stated = layout.stated[team]
        planned = np.array([stated[min((end - starts[0]).days, len(stated)) - 1] for end in ends])
    for hiring in vendor_spec.hiring.classes.values():
        reaches = dt.datetime.combine(hiring.start, dt.time()) + dt.timedelta(seconds=hiring.training)
        if hiring.team == team and reaches >= layout.windows["week"].starts[0]:
            planned += np.array(
                [hiring.size * vendor_spec.hiring.share_of(hiring) if end > reaches else 0.0 for end in ends]
            )
    for event in scenario.events.values():
        if event.headcount is not None and event.headcount.team == team:
            begin = dt.datetime.combine(cut_day(scenario, event.headcount, vendor), dt.time())
            planned += np.array([event.headcount.change if end > begin else 0.0 for end in ends])
        elif event.transfer is not None and team in (event.transfer.source, event.transfer.to):
            begin = dt.datetime.combine(event.transfer.on, dt.time())
            change = event.transfer.agents * (1 if team == event.transfer.to else -1)
            planned += np.array([change if end > begin else 0.0 for end in ends])
    return planned


def _busy_teams(scenario: Scenario, figures: Figures) -> Iterator[Risk]:
    """Yield for each team the week in which it is most likely to be busier than is healthy.

    A team whose work overlaps is left out: it may have room for more in hand while it is busy.
    """
    windows = figures.layout.windows["week"]
    overlapping = {name for name, queue in scenario.queues.items() if queue.at_once is not None}
    for subject in figures.layout.subjects["teams"]:
        owner, team = subject
        if overlapping & set(scenario.vendors[owner].teams[team].skills):
            continue
        occupancy = figures.of("teams", "week", subject, "occupancy")
        over = occupancy > BUSY
        probability, low, high = _chance(over, ~np.isnan(occupancy))
        listed = np.flatnonzero(probability >= WORTH_NAMING)
        if not listed.size:
            continue
        usual = np.nanmean(np.where(over, occupancy, np.nan)[:, listed], axis=0)
        worst = int(listed[np.lexsort((usual, probability[listed]))[-1]])
        busy, floor = (
            figures.of("teams", "week", subject, measure)[over[:, worst], worst]
            for measure in ("busy_hours", "on_floor_hours")
        )
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
    """Say how many hours bring a team's occupancy down; if it never rests, more work may wait than this shows."""
    if occupancy > FULL:
        return f"{team}: at least {round(hours)} more hours on the floor a week; it never rests, so more work may wait"
    return f"{team}: {round(hours)} more hours on the floor a week keep occupancy at {BUSY:.0%}"


# -- shared ---------------------------------------------------------------------------------------------------------


def _chance(happens: NDArray[np.bool_], exists: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Return the probability by window (over replications) and its Wilson interval."""
    count = exists.sum(axis=0).astype(float)
    hits = (happens & exists).sum(axis=0).astype(float)
    probability = np.nan_to_num(ratio(hits, count))
    low, high = wilson(hits, count)
    return probability, low, high
