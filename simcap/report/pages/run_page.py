"""The page of a run: what a leader reads first, then what that rests on."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from simcap.report.pages.attainment import NARROW, WIDE, Fan, attainment_figure
from simcap.report.pages.drawing import Drawing
from simcap.report.pages.pages import render
from simcap.report.pages.panels import heads_panel, hours_panel, waterfall
from simcap.report.pages.rests import rests
from simcap.report.review.groups import GroupReview
from simcap.report.review.queues import CurveReview, QueueReview
from simcap.report.review.review import Review, read_review
from simcap.report.review.vendors import Scorecard
from simcap.report.review.waiting import QueueWork, waiting_finding
from simcap.report.review.workforce import TeamReview, hours_finding
from simcap.report.terminal.parts import part_lines
from simcap.report.terminal.precision import SKETCHED, SKETCHED_KEY, precision_lines
from simcap.report.wording.anchored import HEADINGS, TITLE, anchored_rows, anchored_windows
from simcap.report.wording.anchored import KEY as ANCHORED_KEY
from simcap.report.wording.costs import MEANT
from simcap.report.wording.happenings import Happening, happenings
from simcap.report.wording.sla_rows import KEY, LOST, any_left
from simcap.report.wording.words import DASH, amount, attained, chance, plural, short_window, span_of_days
from simcap.report.wording.worst import nothing_found
from simcap.scenario.grid import without_whole_window

MONEY_HEADINGS = ("Vendor", "Price", "Credits", "Net cost", "90% band", "Per decision")
ROLL_HEADINGS = ("Team", "Vendor", "After week 1", "Joiners", "Leavers", "Moved", "After the last week")
GROUP_HEADINGS = ("SLA", "Outlook", "Target", "Expected", "90% band", "At risk", "Worst window")
PEOPLE_HEADINGS = ("Queues", "Teams", "Arrived", "Agents", "Hours on the floor", "Busy")
BAR = 140.0


def run_page(folder: Path) -> str:
    """Return the page of a run. Raises `RunError` if the folder does not hold a whole one."""
    review = read_review(folder)
    return render("run.html.j2", review=review, **_first_screen(review), **_sections(review))


def _first_screen(review: Review) -> dict[str, Any]:
    results, rows = review.results, list(review.slas)
    horizon = results.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    undecided = any_left(rows)
    main = review.main_queue
    precision = results.tables.get("precision")
    return {
        "period": f"{span_of_days(horizon.start, last)} ({horizon.timezone})",
        "replications": plural(results.replications, "replication"),
        "undecided": undecided,
        "anchored_title": TITLE,
        "anchored_headings": HEADINGS,
        "anchored": anchored_rows(results),
        "anchored_key": ANCHORED_KEY,
        "sketched_title": SKETCHED,
        "sketched_key": SKETCHED_KEY,
        "sketched": [] if precision is None else precision_lines(precision, results.layout),
        "key": KEY + LOST if undecided else KEY,
        "unjudged": ", ".join(without_whole_window(results.scenario)),
        "parts": part_lines(results) if without_whole_window(results.scenario) else [],
        "main": {"queue": main, **_curve(review, main, _worst_curve(main))} if main else None,
        "others": [(risk.text.sentence, chance(risk.text.probability), risk.decide_by) for risk in review.risks],
        "nothing": nothing_found(results),
        "money_headings": MONEY_HEADINGS,
        "money_totals": [row for row in review.money.rows if not row.month] if review.money else [],
    }


def _sections(review: Review) -> dict[str, Any]:
    told = [queue for queue in review.queues if queue.has_something_to_tell]
    money = review.money
    return {
        "told": [
            {
                "queue": queue,
                "finding": _without_title(queue),
                "curves": [_curve(review, queue, curve) for curve in queue.curves],
                "bars": [
                    {"percent": f"{cause.share:.0%}", "bar": _bar(cause.share), "words": cause.words}
                    for cause in queue.causes
                    if cause.share >= 0.005
                ],
            }
            for queue in told
        ],
        "quiet": [(queue.title, _without_title(queue), queue.volume) for queue in review.queues if queue not in told],
        "owed": {card.name: _owed(card) for card in review.vendors},
        "groups": [_group(group) for group in review.groups],
        "hours_finding": hours_finding(review.teams),
        "waiting_finding": waiting_finding(review.work),
        "work_headings": ("Queue", *_weeks(review)),
        "work_rows": [_work(work) for work in review.work],
        "cohorts": [(team.title, team.cohorts) for team in review.teams if team.cohorts],
        "new_headings": ("Team", *_weeks(review)),
        "new_rows": [_new(team) for team in review.teams],
        "panels": [{"team": team, "hours": hours_panel(team), "heads": heads_panel(team)} for team in review.teams],
        "roll_headings": ROLL_HEADINGS,
        "roll": [_roll(team) for team in review.teams],
        "hours_headings": _hours_headings(review),
        "hours_rows": [_hours(team) for team in review.teams],
        "staircase": {"wide": waterfall(money, WIDE), "narrow": waterfall(money, NARROW)} if money else None,
        "money_key": MEANT,
        **rests(review.assumptions, review.validation),
    }


# -- curves -----------------------------------------------------------------------------------------------------------


def _worst_curve(queue: QueueReview) -> CurveReview:
    """Return the curve of the SLA row that is most likely to be missed."""
    known = [curve for curve in queue.curves if np.isfinite(curve.chance).any()]
    return max(known or queue.curves, key=lambda curve: (np.nansum(curve.chance), curve.row.settled))


def _without_title(queue: QueueReview) -> str:
    """Return a queue's finding without its title, as a sentence begins."""
    words = queue.finding.removeprefix(f"{queue.title}: ")
    return words[0].upper() + words[1:]


def _curve(review: Review, queue: QueueReview, curve: CurveReview) -> dict[str, Any]:
    """Return the figure of an SLA with its caption and its table."""
    label = f"{queue.title}, {curve.title}: {curve.note}."
    events = happenings(review.results.scenario, queue.name, curve.row.vendor)
    places = [_place(curve, event) for event in events]
    row = curve.row
    known = anchored_windows(review.results, row.queue, row.name, curve.windows.period) if not row.vendor else {}
    anchored = tuple(known.get(label, math.nan) for label in curve.windows.labels) if known else ()
    fan = Fan(curve.points, curve.chance, anchored=anchored)

    def drawn(width: float) -> Drawing:
        return attainment_figure([fan], curve.windows, curve.row.sla.target, label, width, places)

    return {
        "title": curve.title,
        "note": curve.note,
        "label": label,
        "wide": drawn(WIDE),
        "narrow": drawn(NARROW),
        "caption": _caption(curve, anchored=bool(known)),
        "events": events,
        "is_main": review.main_queue is queue and _worst_curve(queue) is curve,
        "headings": ("From", "Chance of a miss", "5%", "25%", "Median", "75%", "95%"),
        "rows": [_window(curve, window) for window in range(len(curve.windows.cells))],
    }


def _place(curve: CurveReview, event: Happening) -> float:
    """Return where an event is, in windows from the left."""
    starts = curve.windows.starts
    inside = max((number for number, start in enumerate(starts) if start <= event.begin), default=0)
    after = starts[inside + 1] if inside + 1 < len(starts) else event.begin + dt.timedelta(days=7)
    return inside + min((event.begin - starts[inside]) / (after - starts[inside]), 1.0)


def _caption(curve: CurveReview, *, anchored: bool) -> str:
    single = len(curve.row.attainment) == 1
    what = "the replication" if single else "median (line), 50% and 90% of replications (darker and lighter)"
    verb = "picked up" if curve.row.sla.measure == "wait" else "on time"
    both = "; simulated in blue, anchored as a line of dashes" if anchored else ""
    return f"Share of items {verb} by {curve.windows.period} of creation: {what}; ▲ at risk{both}."


def _window(curve: CurveReview, window: int) -> tuple[str, ...]:
    target = curve.row.sla.target
    name = short_window(curve.windows.period, curve.windows.starts[window])
    points = (attained(float(point), target) for point in curve.points[:, window])
    return (name, chance(float(curve.chance[window])), *points)


def _bar(share: float) -> Drawing:
    drawing = Drawing(BAR, 12, f"{share:.0%} of the time")
    drawing.rect(0, 0, BAR * share, 12, "work")
    return drawing


# -- money and people -------------------------------------------------------------------------------------------------


def _owed(card: Scorecard) -> Iterator[str]:
    """Yield what a vendor is owed and owes, a line each."""
    cost = card.cost
    assert cost is not None
    yield f"Net {amount(cost.net)} {card.currency} (90% band {amount(cost.low)} to {amount(cost.high)})."
    for step in card.steps:
        sign = "" if step.amount >= 0 else "−"
        low, high = sorted((abs(step.low), abs(step.high)))
        yield f"{step.name}: {sign}{amount(abs(step.amount))} ({amount(low)} to {amount(high)})."
    if cost.each == cost.each:
        yield f"{cost.each:.3f} {card.currency} per decision."


def _group(group: GroupReview) -> dict[str, Any]:
    """Return the tables of the groups under one key."""
    title = group.key[0].upper() + group.key[1:]
    cost = (f"Net cost, {group.currency}, and 90% band",) if group.currency else ()
    return {
        "key": group.key,
        "service_headings": (title, *GROUP_HEADINGS),
        "service": group.service,
        "people_headings": (title, *PEOPLE_HEADINGS, *cost),
        "people": [row if group.currency else row[:-1] for row in group.people],
    }


def _roll(team: TeamReview) -> tuple[str, ...]:
    return (
        team.title,
        team.vendor_title,
        f"{team.headcount[0]:,.0f}",
        f"{team.hires.sum():,.1f}",
        f"{team.leavers.sum():,.1f}",
        f"{team.transfers.sum():+,.0f}" if team.transfers.any() else DASH,
        f"{team.headcount[-1]:,.0f}",
    )


def _hours_headings(review: Review) -> tuple[str, ...]:
    return ("Team", *_weeks(review))


def _weeks(review: Review) -> tuple[str, ...]:
    return tuple(short_window("week", start) for start in review.results.layout.windows["week"].starts)


def _work(work: QueueWork) -> tuple[str, ...]:
    weeks = zip(work.arriving, work.done, work.waiting, strict=True)
    return (work.title, *(f"{came:,.0f} / {done:,.0f} / {open_:,.0f}" for came, done, open_ in weeks))


def _new(team: TeamReview) -> tuple[str, ...]:
    weeks = zip(team.new, team.hires, team.leavers, strict=True)
    return (team.title, *(f"{new:.0%}, +{came:,.1f} −{left:,.1f}" for new, came, left in weeks))


def _hours(team: TeamReview) -> tuple[str, ...]:
    pairs = zip(team.required, team.available, team.short, strict=True)
    return (team.title, *(f"{need:,.0f} / {has:,.0f}{' ▲' if short else ''}" for need, has, short in pairs))
