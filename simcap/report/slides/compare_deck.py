"""The slides of a comparison: the decision, SLAs before and after, money, what differs, what it rests on."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from pathlib import Path

import numpy as np

from simcap.analysis.money import ALL
from simcap.report.review.choice import choice_of
from simcap.report.review.definitions import COMPARED
from simcap.report.review.options import ComparisonReview, read_comparison_review
from simcap.report.slides.deck import Area, Deck
from simcap.report.slides.months import months_of, partial_months
from simcap.report.slides.parts import ACCENTS, Heading, Series, write_chart, write_lines, write_table
from simcap.report.wording.anchored import CHANGE_HEADINGS, CHANGE_KEY, TITLE, change_rows
from simcap.report.wording.moves import judged, points, seen_in
from simcap.report.wording.verdict import net_costs
from simcap.report.wording.words import (
    DASH,
    amount,
    known,
    plural,
    short_window,
    sla_name,
    span_of_days,
    spoken_dates,
)


def write_compare_deck(folder: Path, path: Path, template: Path | None) -> None:
    """Write the slides of a comparison. Raises `RunError` if the folder is not whole, or for a bad template."""
    review = read_comparison_review(folder)
    deck = Deck(f"{review.options[0].name} and its options", template)
    for write in (_decision, _slas, _anchored, _pair, _money, _differences, _rests):
        write(deck, review)
    deck.write(path)


def _notes(review: ComparisonReview, *more: str) -> list[str]:
    origin = review.origins[0]
    names = ", ".join(option.name for option in review.options)
    terms = [f"{one.term}: {one.meaning}" for one in COMPARED]
    return [*more, *terms, f"Source: {names}, seed {origin.seed}, simcap {origin.versions['simcap']}."]


def _about(review: ComparisonReview) -> str:
    base = review.comparison.base
    horizon = base.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    count = plural(base.replications, "replication")
    return f"{span_of_days(horizon.start, last)}, {count}, all options on the same draws."


def _decision(deck: Deck, review: ComparisonReview) -> None:
    choice = choice_of(review)
    title = ": ".join([choice.heading, *choice.sentences[:1]]).split(", most ")[0].removesuffix(".")
    slide, area = deck.slide(title, _notes(review, *choice.sentences))
    area = write_lines(slide, area, [_about(review), " ".join(choice.sentences[:3])])
    columns = [
        Heading("Option", 1.7), Heading("Service lost", 1.8), Heading("Service won", 1.6),
        Heading("Any miss", right=True), Heading(f"Net cost, {review.currency or DASH}", right=True),
        Heading("More than the base", right=True), Heading("Worst week"), Heading("What it takes", 2.4),
    ]  # fmt: skip
    rows = [
        (option.name, "; ".join(option.lost) or "none", "; ".join(option.won) or "none", option.any_miss,
         option.net_cost, option.extra or DASH, option.worst, option.takes[:1].upper() + option.takes[1:])
        for option in review.options
    ]  # fmt: skip
    write_table(slide, area, columns, rows, title, "{} more options in the workbook and on the page.")


def _slas(deck: Deck, review: ComparisonReview) -> None:
    count = review.comparison.base.replications
    found = [
        (abs(float(str(row["difference"]))), option.name, key, row, risk)
        for option in review.variants
        for key, row, risk in judged(review.comparison, option.name)
        if row["difference"] == row["difference"]
    ]
    found.sort(key=lambda one: -one[0])
    if not found:
        return
    _, name, key, row, _ = found[0]
    moved = 100 * float(str(row["difference"]))
    title = f"{sla_name(*key)} moves most: {moved:+.1f} points of attainment with {name}"
    slide, area = deck.slide(title, _notes(review))
    columns = [
        Heading("Option", 2.2), Heading("SLA", 3.0), Heading("Attained", right=True), Heading("Then", right=True),
        Heading("Points", right=True), Heading("95% interval", right=True), Heading("Any miss", right=True),
        Heading("Then", right=True),
    ]  # fmt: skip
    rows = [
        (name, sla_name(*key), known(row["base"], ".1%"), known(row["variant"], ".1%"),
         known(100 * row["difference"], "+.1f"), points(row), seen_in(risk["base"], count),
         seen_in(risk["variant"], count))
        for _, name, key, row, risk in found
    ]  # fmt: skip
    more = "{} more SLAs, which move less, in the workbook and on the page."
    write_table(slide, area, columns, rows, title, more)


def _anchored(deck: Deck, review: ComparisonReview) -> None:
    """Write what each option makes of the anchored base; nothing where none is anchored."""
    rows = [(option.name, *row) for option in review.variants for row in change_rows(review.comparison, option.name)]
    if not rows:
        return
    slide, area = deck.slide(f"{TITLE}, before and after", _notes(review, CHANGE_KEY, *review.comparison.rests))
    area = write_lines(slide, area, [CHANGE_KEY])
    columns = [
        Heading("Option", 1.6), Heading(CHANGE_HEADINGS[0], 2.0), Heading(CHANGE_HEADINGS[1]),
        *(Heading(name, right=True) for name in CHANGE_HEADINGS[2:]),
    ]  # fmt: skip
    write_table(slide, area, columns, rows, TITLE, "{} more in the workbook and on the page.")


def _pair(deck: Deck, review: ComparisonReview) -> None:
    """Draw the SLA that differs most, before and after."""
    if not review.pairs:
        return
    pair = review.pairs[0]
    title = f"{pair.title}: {pair.finding}"
    slide, area = deck.slide(title, _notes(review))
    base = review.options[0].name
    area = write_lines(slide, area, [f"{pair.terms}: share on time, median and 5th percentile of replications."])
    sides = ((base, pair.before, 5), (pair.option, pair.after, 1))
    series = [
        line
        for name, fan, accent in sides
        for line in (
            Series(f"{name}, median", fan[2].tolist(), accent, width=3),
            Series(f"{name}, 5th percentile", fan[0].tolist(), accent, dashed=True, width=1.5),
        )
    ]
    finite = [value for one in series for value in one.values if value is not None and math.isfinite(value)]
    target = Series("Target", [pair.target] * len(pair.windows.cells), 2, dashed=True, width=1.75)
    write_chart(
        slide, area, [short_window(pair.windows.period, start) for start in pair.windows.starts], [*series, target],
        up="Share on time", along=f"{pair.windows.period.capitalize()} of creation", form="0%",
        least=max(math.floor(20 * min([*finite, pair.target]) - 0.5) / 20, 0.0), most=1.0, told=title,
    )  # fmt: skip


def _money(deck: Deck, review: ComparisonReview) -> None:
    if not review.currency:
        return
    costs = [line for option in review.variants for what, lines in option.said if what == "Cost" for line in lines[:1]]
    title = costs[0].removesuffix(".") if len(costs) == 1 else f"Net cost over the horizon by option, {review.currency}"
    slide, area = deck.slide(title, _notes(review, *costs))
    left, right = area.split(0.42)
    series = [
        Series(one.scenario.name, _by_month(one), accent)
        for one, accent in zip(review.comparison.results, itertools.cycle(ACCENTS), strict=False)
    ]
    write_chart(
        slide, left, months_of(review.comparison.base), series, grouped=True, up=f"Net cost, {review.currency}",
        along="Month", least=0.0 if min(value for one in series for value in one.values if value) >= 0 else None,
        told=title,
    )  # fmt: skip
    columns = [
        Heading("Option", 1.7), Heading("Vendor", 1.3), Heading("Base", right=True), Heading("Then", right=True),
        Heading("More", right=True), Heading("95% interval", right=True),
    ]  # fmt: skip
    rows = [
        (option.name, row["vendor"] or "all", amount(row["base"]), amount(row["variant"]),
         _signed(row["difference"]), f"{_signed(row['ci_low'])} to {_signed(row['ci_high'])}")
        for option in review.variants
        for row in net_costs(review.comparison, option.name).to_dict("records")
    ]  # fmt: skip
    below = write_table(slide, right, columns, rows, title, "{} more in the workbook.")
    write_lines(slide, below, partial_months(review.comparison.base))


def _signed(money: float) -> str:
    return DASH if money != money else f"{'−' if money < 0 else '+'}{amount(abs(money))}"


def _by_month(results: object) -> list[float]:
    figures = results.figures.of("money", "month", (ALL,), "net_cost")  # type: ignore[attr-defined]
    return [float(value) for value in np.asarray(figures).mean(axis=0)]


def _differences(deck: Deck, review: ComparisonReview) -> None:
    count = sum(len(option.differences) for option in review.variants)
    many = len(review.variants) > 1
    title = (
        f"{plural(len(review.variants), 'option')} differ from the base in {plural(count, 'respect')}"
        if many
        else f"{review.variants[0].name} differs from the base in {plural(count, 'respect')}"
    )
    notes = [
        f"{option.name}: {spoken_dates(note)}"
        for option, own in zip(review.variants, review.comparison.notes or ((),) * len(review.variants), strict=True)
        for note in own
    ]
    slide, area = deck.slide(title, _notes(review, *notes))
    for option in review.variants:
        area = write_lines(slide, area, [option.name], size=18, bold=True)
        area = write_lines(slide, area, [*option.differences, f"It takes: {option.takes}."], size=16)
    _values(slide, area, review)


def _values(slide: object, area: Area, review: ComparisonReview) -> None:
    """Write the values of the options that differ from the base's."""
    table = review.comparison.tables.get("assumptions")
    if table is None or area.height < 1:
        return
    base = table[table["scenario"] == review.options[0].name].set_index("path")["value"].to_dict()
    rows = [
        (str(row["scenario"]), str(row["path"]), str(base.get(row["path"], DASH)), str(row["value"]))
        for row in table[table["scenario"] != review.options[0].name].to_dict("records")
    ]
    if rows:
        columns = [
            Heading("Option", 1.8),
            Heading("Value", 4.0),
            Heading("Base", 2.0),
            Heading("Then", 2.0),
        ]
        more = "{} more values in the workbook."
        write_table(slide, area, columns, rows, "Values of the options that differ from the base", more)


def _rests(deck: Deck, review: ComparisonReview) -> None:
    base = review.comparison.base
    first = review.origins[0]
    title = f"Each option was simulated {plural(base.replications, 'time')} on the same draws"
    slide, area = deck.slide(title, _notes(review))
    table = review.comparison.tables.get("assumptions")
    lines = [COMPARED[0].meaning]
    if table is not None:
        own = table[table["scenario"] != base.scenario.name]
        lines.append(f"{plural(len(own), 'value')} of the options differ from the base’s {len(table) - len(own):,}.")
    lines.append(f"Seed {first.seed}, simcap {first.versions['simcap']}. Equal inputs give equal bytes.")
    write_lines(slide, area, lines, size=20)
