"""The slides of a run: verdict, the curve that matters, risks, vendors, hours, money, and what it rests on."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from simcap.analysis.money import ALL
from simcap.report.review.review import Review, read_review
from simcap.report.review.workforce import hours_finding
from simcap.report.slides.deck import Area, Deck
from simcap.report.slides.parts import Column, Series, write_chart, write_lines, write_table
from simcap.report.wording.costs import MEANT, month_names
from simcap.report.wording.provenance import rests_on
from simcap.report.wording.sla_rows import KEY, WORST_FIRST
from simcap.report.wording.words import (
    DASH,
    amount,
    chance,
    listed,
    long_date,
    plural,
    short_window,
    span_of_days,
)
from simcap.report.wording.worst import nothing_found
from simcap.scenario.reading.provenance import counted

_TERMS = {
    "verdict": ("Replication", "Expected", "90% band", "At risk", "Likely to be missed", "Chance of any miss"),
    "curve": ("Replication", "Expected", "90% band", "At risk"),
    "risks": ("Replication", "At risk", "Likely to be missed", "Thin team"),
    "vendors": ("Net cost", "90% band"),
    "hours": ("Available hours", "Required hours"),
    "money": ("Net cost", "90% band"),
}
"""Definitions that stand in the notes of each slide."""


def write_run_deck(folder: Path, path: Path, template: Path | None) -> None:
    """Write the slides of a run. Raises `RunError` if the folder does not hold a whole one, or for a bad template."""
    review = read_review(folder)
    deck = Deck(review.results.scenario.name, template)
    for write in (_verdict, _curve, _risks, _vendors, _hours, _money, _rests):
        write(deck, review)
    deck.write(path)


def _notes(review: Review, slide: str, *more: str) -> list[str]:
    """Return the notes of a slide: what is said of it, and what its words mean."""
    wanted = _TERMS.get(slide, ())
    terms = [f"{one.term}: {one.meaning}" for one in review.definitions if one.term in wanted]
    origin = review.origin
    source = f"Source: {review.results.scenario.name}, seed {origin.seed}, simcap {origin.versions['simcap']}."
    return [*(text for text in more if text), *terms, source]


def _verdict(deck: Deck, review: Review) -> None:
    results, verdict = review.results, review.verdict
    horizon = results.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    title = f"{verdict.heading}: {_lower(verdict.sentences[0])}"
    slide, area = deck.slide(title, _notes(review, "verdict", *verdict.sentences, KEY))
    about = (
        f"{results.scenario.name}, {span_of_days(horizon.start, last)}, {plural(results.replications, 'replication')}"
    )
    area = write_lines(slide, area, [f"{about}. {verdict.sentences[1]}"])
    rows = sorted(review.slas, key=lambda row: (WORST_FIRST.index(row.outlook), -(row.figures["miss_any"] or 0.0)))
    columns = [
        Column("Outlook", 2.3), Column("Queue", 2.6), Column("SLA", 3.0), Column("Expected", 1.1, right=True),
        Column("90% band", 1.5, right=True), Column("At risk", 2.3), Column("Chance of any miss", 1.8, right=True),
    ]  # fmt: skip
    cells = [
        (f"{row.mark} {row.meaning}", f"{row.queue} ({row.vendor})" if row.vendor else row.queue, row.terms,
         row.expected, row.band, row.at_risk, row.any_miss)
        for row in rows
    ]  # fmt: skip
    place = Area(area.left, area.top, area.width, area.height - 0.4)
    below, left = write_table(slide, place, columns, cells, verdict.sentences[0])
    if left:
        write_lines(slide, Area(below.left, below.top, below.width, 0.4), [_left_out(left, "SLA")])


def _lower(sentence: str) -> str:
    """Return a sentence as it goes on after a colon, without its full stop."""
    return (sentence[0].lower() + sentence[1:]).removesuffix(".")


def _left_out(count: int, noun: str) -> str:
    return f"{plural(count, f'more {noun}')} in the workbook and on the page."


def _curve(deck: Deck, review: Review) -> None:
    main = review.main_queue
    if main is None:
        return
    curve = max(main.curves, key=lambda one: float(np.nansum(one.chance)))
    slide, area = deck.slide(main.finding, _notes(review, "curve", curve.note))
    low, _, median, _, high = ([float(value) for value in row] for row in curve.points)
    target = curve.row.sla.target
    area = write_lines(slide, area, [f"{main.title}, {curve.terms}: share on time, median and 90% of replications."])
    finite = [value for value in (*low, target) if math.isfinite(value)]
    write_chart(
        slide, area, [short_window(curve.windows.period, start) for start in curve.windows.starts],
        [
            Series("Median", median, 1, width=3), Series("5th percentile", low, 5, width=1.5),
            Series("95th percentile", high, 5, width=1.5),
            Series("Target", [target] * len(median), 2, dashed=True, width=1.75),
        ],
        up="Share on time", along=f"{curve.windows.period.capitalize()} of creation", form="0%",
        least=max(math.floor(20 * min(finite) - 0.5) / 20, 0.0), most=1.0, told=main.finding,
    )  # fmt: skip


def _risks(deck: Deck, review: Review) -> None:
    if not review.worst:
        deck.slide(nothing_found(review.results), _notes(review, "risks"))
        return
    first = min(risk.deadline for risk in review.worst)
    count = plural(len(review.worst), "risk")
    matter = "matters most; it needs" if len(review.worst) == 1 else "matter most; the first needs"
    sentences = [f"{risk.text.sentence} {risk.why} {risk.mend} Decide by {risk.decide_by}." for risk in review.worst]
    title = f"{count} {matter} a decision by {long_date(first, year=True)}"
    slide, area = deck.slide(title, _notes(review, "risks", *sentences))
    columns = [
        Column("Risk", 3.4, lines=5), Column("Chance", 0.9, right=True), Column("Cause", 3.3, lines=5),
        Column("What would mend it", 3.3, lines=5), Column("Decide by", 1.4, lines=5),
    ]  # fmt: skip
    rows = [
        (risk.text.sentence, chance(risk.text.probability), risk.why or DASH, risk.mend or DASH,
         long_date(risk.deadline, year=True))
        for risk in review.worst
    ]  # fmt: skip
    write_table(slide, area, columns, rows, title)


def _vendors(deck: Deck, review: Review) -> None:
    """Write a scorecard of each vendor: promised, expected, owed."""
    bad = [card.title for card in review.vendors if card.outlook in ("likely", "at risk")]
    title = (
        f"{len(bad)} of {plural(len(review.vendors), 'vendor')} {'has' if len(bad) == 1 else 'have'} an SLA at risk: "
        f"{listed(bad)}"
        if bad
        else "No vendor has an SLA at risk"
    )
    sentences = [f"{card.title}: {' '.join((*card.promised, *card.expected))}" for card in review.vendors]
    slide, area = deck.slide(title, _notes(review, "vendors", *sentences))
    currency = review.money.currency if review.money else ""
    columns = [
        Column("Vendor", 1.7, lines=2), Column("SLAs", 1.6, lines=2), Column("Promised", 3.7, lines=5),
        Column("Expected", 3.7, lines=5), Column(f"Net cost, {currency}" if currency else "Net cost", 1.5, right=True),
    ]  # fmt: skip
    rows = [
        (card.title, card.outlook, " ".join(card.promised), " ".join(card.expected),
         amount(card.cost.net) if card.cost else DASH)
        for card in review.vendors
    ]  # fmt: skip
    write_table(slide, area, columns, rows, title)


def _hours(deck: Deck, review: Review) -> None:
    if not review.teams:
        return
    finding = hours_finding(review.teams)
    slide, area = deck.slide(finding, _notes(review, "hours", *(f"{t.title}: {t.finding}." for t in review.teams)))
    required, available = (
        np.sum([getattr(team, name) for team in review.teams], axis=0).tolist() for name in ("required", "available")
    )
    area = write_lines(slide, area, ["Hours on the floor of all teams, means over replications."])
    starts = review.teams[0].windows.starts
    write_chart(
        slide, area, [short_window("week", start) for start in starts],
        [Series("Required", required, 2), Series("Available", available, 1, width=3)],
        up="Hours a week", along="Week of", least=0.0, told=finding,
    )  # fmt: skip


def _money(deck: Deck, review: Review) -> None:
    money = review.money
    if money is None:
        return
    title = review.verdict.sentences[1].removesuffix(".")
    slide, area = deck.slide(title, _notes(review, "money", MEANT))
    left, right = area.split(0.52)
    figures = review.results.figures
    vendors = [vendor for (vendor,) in review.results.layout.subjects["money"] if vendor != ALL]
    series = [
        Series(vendor, figures.of("money", "month", (vendor,), "net_cost").mean(axis=0).tolist(), place)
        for place, vendor in enumerate(vendors, 1)
    ]
    write_chart(
        slide, left, month_names(review.results), series, stacked=True, up=f"Net cost, {money.currency}",
        along="Month", told=title,
    )  # fmt: skip
    columns = [
        Column("Vendor", 1.7, lines=2), Column("Price", 1.2, right=True), Column("Credits", 1.2, right=True),
        Column("Net cost", 1.3, right=True), Column("90% band", 1.8, right=True),
    ]  # fmt: skip
    totals = [row for row in money.rows if not row.month]
    rows = [
        (row.vendor or "all", *(amount(value) for value in (row.price, row.credits, row.net)),
         f"{amount(row.low)}{DASH}{amount(row.high)}")
        for row in totals
    ]  # fmt: skip
    below, _ = write_table(slide, right, columns, rows, f"Totals over the horizon, {money.currency}")
    write_lines(slide, below, [f"Over the horizon, {money.currency}.", MEANT])


def _rests(deck: Deck, review: Review) -> None:
    counts = counted(list(review.assumptions))
    sure = sum(counts.get(origin, 0) for origin in ("fitted", "reported", "contract"))
    whole = sum(counts.values())
    tested = "back-tested" if review.validation.scores else "without a back-test"
    title = f"{sure:,} of {whole:,} values come from data, reports or contracts; {tested}"
    slide, area = deck.slide(title, _notes(review, "rests", *_definitions(review)))
    origin = review.origin
    lines = [
        rests_on(counts) if counts else "The folder does not list its assumptions.",
        review.validation.sentence,
        f"{plural(origin.replications, 'replication')} with seed {origin.seed}; parameters {_parameters(review)}.",
        f"simcap {origin.versions['simcap']}; scenario and data {origin.hash[:12]}. Equal inputs give equal bytes.",
        *(f"Note: {note}." if note[-1:] != "." else f"Note: {note}" for note in review.notes[:3]),
    ]
    write_lines(slide, area, lines, size=18)


def _parameters(review: Review) -> str:
    return "drawn within their uncertainty" if review.origin.parameters == "drawn" else "as fitted"


def _definitions(review: Review) -> Sequence[str]:
    return [f"{one.term}: {one.meaning}" for one in review.definitions]
