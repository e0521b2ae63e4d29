"""The slides of a run: verdict, the curve that matters, risks, vendors, hours, money, and what it rests on."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from simcap.analysis.money import ALL
from simcap.report.review.review import Review, read_review
from simcap.report.review.workforce import hours_finding
from simcap.report.slides.deck import Deck
from simcap.report.slides.months import months_of, partial_months
from simcap.report.slides.parts import ACCENTS, Heading, Series, write_chart, write_lines, write_table
from simcap.report.wording.anchored import HEADINGS, TITLE, anchored_rows
from simcap.report.wording.anchored import KEY as KEY_OF_ANCHORED
from simcap.report.wording.costs import MEANT
from simcap.report.wording.provenance import rests_on
from simcap.report.wording.sla_rows import KEY, MEANINGS, WORST_FIRST
from simcap.report.wording.words import (
    DASH,
    amount,
    listed,
    long_date,
    odds,
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
_CHANCE = re.compile(r" \([<>]?\d+% \[[^\]]+\]\)")
"""A chance inside a sentence, which has a column of its own."""
_WIDE = 11.0
"""Inches from which a slide has room for all columns of SLAs."""


def write_run_deck(folder: Path, path: Path, template: Path | None) -> None:
    """Write the slides of a run. Raises `RunError` if the folder does not hold a whole one, or for a bad template."""
    review = read_review(folder)
    deck = Deck(review.results.scenario.name, template)
    for write in (_verdict, _curve, _anchored, _risks, _vendors, _hours, _money, _rests):
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
    title = f"{verdict.heading}: {_lower(verdict.sentences[0].split(':')[0])}"
    slide, area = deck.slide(title, _notes(review, "verdict", *verdict.sentences, KEY))
    about = f"{span_of_days(horizon.start, last)}, {plural(results.replications, 'replication')}"
    area = write_lines(slide, area, [f"{results.scenario.name}, {about}. {verdict.sentences[1]}"])
    rows = sorted(review.slas, key=lambda row: (WORST_FIRST.index(row.outlook), -(row.figures["miss_any"] or 0.0)))
    wide = area.width >= _WIDE
    columns = [
        Heading("Outlook"), Heading("Queue", 2.0), Heading("SLA", 2.7), Heading("Expected", right=True),
        *([Heading("90% band", right=True), Heading("At risk")] if wide else []), Heading("Any miss", right=True),
    ]  # fmt: skip
    cells = [
        (f"{row.mark} {row.meaning}", f"{row.queue} ({row.vendor})" if row.vendor else row.queue,
         row.terms.split(", per ")[0], row.expected, *((row.band, row.at_risk) if wide else ()), row.any_miss)
        for row in rows
    ]  # fmt: skip
    write_table(slide, area, columns, cells, verdict.sentences[0], "{} more in the workbook and on the page.")


def _lower(sentence: str) -> str:
    """Return a sentence as it goes on after a colon, without its full stop."""
    return (sentence[0].lower() + sentence[1:]).removesuffix(".")


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


def _anchored(deck: Deck, review: Review) -> None:
    """Write attainment as simulated and as anchored; nothing where none is anchored."""
    rows = anchored_rows(review.results)
    if not rows:
        return
    slide, area = deck.slide(
        f"{TITLE}: what a rule without a model says of the weeks to come", _notes(review, "", KEY_OF_ANCHORED)
    )
    area = write_lines(slide, area, [KEY_OF_ANCHORED])
    columns = [Heading(HEADINGS[0], 2.4), Heading(HEADINGS[1]), *(Heading(name, right=True) for name in HEADINGS[2:])]
    write_table(slide, area, columns, rows, TITLE, "{} more in the workbook and on the page.")


def _risks(deck: Deck, review: Review) -> None:
    if not review.worst:
        deck.slide(nothing_found(review.results), _notes(review, "risks"))
        return
    first = min(risk.deadline for risk in review.worst)
    risks = plural(len(review.worst), "risk")
    matter = "matters most; it needs" if len(review.worst) == 1 else "matter most; the first needs"
    sentences = [f"{risk.text.sentence} {risk.why} {risk.mend} Decide by {risk.decide_by}." for risk in review.worst]
    title = f"{risks} {matter} a decision by {long_date(first, year=True)}"
    slide, area = deck.slide(title, _notes(review, "risks", *sentences))
    columns = [
        Heading("Risk", 3.4), Heading("Chance", right=True), Heading("Cause", 3.1), Heading("What would mend it", 3.3),
        Heading("Decide by"),
    ]  # fmt: skip
    count = review.results.replications
    rows = [
        (_CHANCE.sub("", risk.text.sentence), odds(risk.text.probability, count), risk.why or DASH, risk.mend or DASH,
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
        Heading("Vendor", 1.6), Heading("SLAs", 1.4), Heading("Promised", 4.2), Heading("Expected", 3.6),
        Heading(f"Net cost, {currency}" if currency else "Net cost", right=True),
    ]  # fmt: skip
    rows = [
        (card.title, MEANINGS[card.outlook], " ".join(card.promised), " ".join(card.expected),
         amount(card.cost.net) if card.cost else DASH)
        for card in review.vendors
    ]  # fmt: skip
    write_table(slide, area, columns, rows, title)


def _hours(deck: Deck, review: Review) -> None:
    if not review.teams:
        return
    finding = hours_finding(review.teams)
    slide, area = deck.slide(finding, _notes(review, "hours", *(f"{t.title}: {t.finding}." for t in review.teams)))
    short = [team for team in review.teams if team.short.any()]
    shown = [max(short, key=lambda team: int(team.short.sum()))] if short else list(review.teams)
    whose = f"{shown[0].title}: {shown[0].finding}" if short else "All teams together"
    required, available = (
        np.sum([getattr(team, name) for team in shown], axis=0).tolist() for name in ("required", "available")
    )
    area = write_lines(slide, area, [f"{whose}. Hours on the floor, means over replications."])
    starts = shown[0].windows.starts
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
    left, right = area.split(0.48)
    figures = review.results.figures
    vendors = [vendor for (vendor,) in review.results.layout.subjects["money"] if vendor != ALL]
    series = [
        Series(vendor, figures.of("money", "month", (vendor,), "net_cost").mean(axis=0).tolist(), accent)
        for vendor, accent in zip(vendors, itertools.cycle(ACCENTS), strict=False)
    ]
    write_chart(
        slide, left, months_of(review.results), series, stacked=True, up=f"Net cost, {money.currency}",
        along="Month", told=title,
    )  # fmt: skip
    columns = [
        Heading("Vendor", 1.7), Heading("Price", right=True), Heading("Credits", right=True),
        Heading("Net cost", right=True), Heading("90% band", right=True),
    ]  # fmt: skip
    totals = [row for row in money.rows if not row.month]
    rows = [
        (row.vendor or "all", *(amount(value) for value in (row.price, row.credits, row.net)),
         f"{amount(row.low)}{DASH}{amount(row.high)}")
        for row in totals
    ]  # fmt: skip
    told = f"Totals over the horizon, {money.currency}"
    below = write_table(slide, right, columns, rows, told, "{} more vendors in the workbook.")
    write_lines(slide, below, [f"Over the horizon, {money.currency}.", MEANT, *partial_months(review.results)])


def _rests(deck: Deck, review: Review) -> None:
    counts = counted(list(review.assumptions))
    sure = sum(counts.get(origin, 0) for origin in ("fitted", "reported", "contract"))
    whole = sum(counts.values())
    tested = "back-tested" if review.validation.scores else "without a back-test"
    title = f"{sure:,} of {whole:,} values come from data, reports or contracts; {tested}"
    slide, area = deck.slide(title, _notes(review, "rests", *_definitions(review)))
    origin = review.origin
    lines = [
        rests_on(counts),
        review.validation.sentence,
        f"{plural(origin.replications, 'replication')} with seed {origin.seed}; parameters {_parameters(review)}.",
        *(f"{note.removesuffix('.')}." for note in review.notes[:3]),
        f"simcap {origin.versions['simcap']}; scenario and data {origin.hash[:12]}. Equal inputs give equal bytes.",
    ]
    write_lines(slide, area, lines, size=20)


def _parameters(review: Review) -> str:
    return "drawn within their uncertainty" if review.origin.parameters == "drawn" else "as fitted"


def _definitions(review: Review) -> Sequence[str]:
    return [f"{one.term}: {one.meaning}" for one in review.definitions]
