"""The workbook of a comparison: the decision table, SLAs and money by option, and what differs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simcap.analysis.money import MONEY_MEASURES
from simcap.analysis.summary import chance_interval
from simcap.experiment.results import Results
from simcap.report.books.book import Book
from simcap.report.books.kinds import kind_of_measure
from simcap.report.books.money_sheet import ALL_VENDORS
from simcap.report.books.rest_sheets import write_assumed
from simcap.report.books.sheet import Cell, Field
from simcap.report.review.choice import choice_of
from simcap.report.review.definitions import COMPARED
from simcap.report.review.options import (
    ComparisonReview,
    Option,
    any_miss_share,
    read_comparison_review,
    worst_of,
)
from simcap.report.wording.anchored import CHANGE_KEY, TITLE
from simcap.report.wording.costs import total_cost
from simcap.report.wording.moves import judged
from simcap.report.wording.words import plural, span_of_days, spoken_dates

_NONE = float("nan")


def write_compare_book(folder: Path, path: Path) -> None:
    """Write the workbook of a comparison. Raises `RunError` if the folder does not hold a whole one."""
    review = read_comparison_review(folder)
    book = Book(path, f"{review.options[0].name} and its options")
    for write in (_decision, _slas, _windows, _anchored, _money, _work, _differences, _assumptions, _definitions):
        write(book, review)
    book.close()


def _decision(book: Book, review: ComparisonReview) -> None:
    base = review.comparison.base
    horizon = base.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    note = (
        f"{span_of_days(horizon.start, last)} ({horizon.timezone}), {plural(base.replications, 'replication')}. Each "
        "run has a workbook of its own: simcap export on its folder in runs/."
    )
    sheet = book.sheet("Decision", f"{base.scenario.name}: which option?", note)
    choice = choice_of(review)
    sheet.line(choice.heading, bold=True, font_size=13)
    for sentence in choice.sentences:
        sheet.line(sentence, font_size=11)
    sheet.row += 1
    money = f", {review.currency}" if review.currency else ""
    columns = [
        Field("Option", "long", 18), Field("Service lost", "long", 20), Field("Service won", "long", 20),
        Field("Chance of any miss", "chance"), Field("from", "chance", 7), Field("to", "chance", 7),
        Field(f"Net cost{money}", "amount"), Field("5th percentile", "amount"), Field("95th percentile", "amount"),
        Field("More than the base", "amount", 10), Field("More, from", "amount", 10),
        Field("More, to", "amount", 10), Field("Worst week", "date"), Field("Chance then", "chance"),
        Field("What it takes", "long", 34),
    ]  # fmt: skip
    options = zip(review.options, review.comparison.results, strict=True)
    rows = sheet.table(columns, [list(_option(review, *pair)) for pair in options])
    sheet.colour_chances(rows, 3)
    sheet.colour_chances(rows, 13)


def _option(review: ComparisonReview, option: Option, results: Results) -> Iterator[Any]:
    yield option.name
    yield from ("; ".join(slas) or "none" for slas in (option.lost, option.won))
    share = any_miss_share(results)
    yield share
    yield from chance_interval(share, results.replications) if share == share else (None, None)
    total = total_cost(results)
    yield from (None,) * 3 if total is None else (total.net, total.low, total.high)
    yield from _extra(review, option)
    yield from worst_of(results) or (None, None)
    yield option.takes[:1].upper() + option.takes[1:]


def _extra(review: ComparisonReview, option: Option) -> tuple[float, float, float]:
    """Return what an option costs beyond the base, with its 95% interval."""
    table = review.comparison.tables["vendors"]
    own = table[(table["scenario"] == option.name) & (table["measure"] == "net_cost") & (table["vendor"] == "")]
    rows = own[own["period"] == "horizon"].to_dict("records")
    return tuple(rows[0][name] for name in ("difference", "ci_low", "ci_high")) if rows else (_NONE,) * 3


def _slas(book: Book, review: ComparisonReview) -> None:
    """Write each SLA over the horizon, before and after."""
    note = (
        "Differences are in percentage points, each with its 95% interval of paired differences; coloured where an SLA "
        "is surely worse."
    )
    sheet = book.sheet("SLAs", "SLAs before and after, over the horizon", note)
    columns = [
        Field("Option"), Field("Queue"), Field("Vendor"), Field("SLA"),
        Field("Attained, base", "percent"), Field("Attained, option", "percent"),
        *(Field(f"Attained, {name}", "points") for name in ("points", "from", "to")), Field("Worse in", "chance"),
        Field("Any miss, base", "chance"), Field("Any miss, option", "chance"),
        *(Field(f"Any miss, {name}", "points") for name in ("points", "from", "to")),
    ]  # fmt: skip
    rows = sheet.table(
        columns,
        [
            [option.name, *key, *_pair(row), row["lower"], *_pair(risk)]
            for option in review.variants
            for key, row, risk in judged(review.comparison, option.name)
        ],
        frozen=4,
    )
    sheet.colour_short(rows, 6, most=8)
    sheet.colour_chances(rows, 10)
    sheet.colour_chances(rows, 11)


def _pair(row: Mapping[Any, Any]) -> tuple[float, ...]:
    """Return both sides, and in points their difference with its interval."""
    points = (100 * row[name] for name in ("difference", "ci_low", "ci_high"))
    return (row["base"], row["variant"], *points)


def _windows(book: Book, review: ComparisonReview) -> None:
    """Write each SLA by week and month, before and after."""
    note = "Differences are in percentage points, with their 95% interval; coloured where an SLA is surely worse."
    sheet = book.sheet("SLAs by window", "Attainment before and after, by week and month", note)
    columns = [
        Field("Option"), Field("Queue"), Field("Vendor"), Field("SLA"), Field("Period"), Field("Start", "date"),
        Field("Base", "percent"), Field("With it", "percent"), Field("Difference", "points"),
        Field("from", "points"), Field("to", "points"), Field("Worse in", "chance"),
    ]  # fmt: skip
    table = review.comparison.tables["slas"]
    shown = table[table["period"].isin(("week", "month")) & (table["measure"] == "attainment")]
    keys = ("scenario", "queue", "vendor", "sla", "period", "start")
    rows = [[*(_dated(n, row[n]) for n in keys), *_pair(row), row["lower"]] for row in shown.to_dict("records")]
    sheet.colour_short(sheet.table(columns, rows, frozen=4), 8, most=10)


def _anchored(book: Book, review: ComparisonReview) -> None:
    """Write the anchored base and, with each option, that plus the simulated change; nothing where none is anchored."""
    table = review.comparison.tables.get("anchored")
    if table is None:
        return
    sheet = book.sheet("Anchored", TITLE, f"{CHANGE_KEY} {' '.join(map(spoken_dates, review.comparison.rests))}.")
    columns = [
        Field("Option"), Field("Queue"), Field("SLA"), Field("Period"), Field("Start", "date"),
        Field("Base, simulated", "percent"), Field("Base, anchored", "percent"),
        Field("Change", "points"), Field("from", "points"), Field("to", "points"), Field("Simulated", "percent"),
        Field("Anchored", "percent"), Field("5%, anchored", "percent"), Field("95%, anchored", "percent"),
    ]  # fmt: skip
    keys = ("scenario", "queue", "sla", "period", "start", "base_simulated", "base_anchored")
    shares = ("simulated", "anchored", "anchored_p05", "anchored_p95")
    rows = [
        [
            *(_dated(name, row[name]) for name in keys),
            *(100 * row[name] for name in ("difference", "ci_low", "ci_high")),
            *(row[name] for name in shares),
        ]
        for row in table.to_dict("records")
    ]
    sheet.table(columns, rows, frozen=3)


def _dated(name: str, value: Any) -> Any:
    return dt.datetime.fromisoformat(str(value)) if name == "start" else value


def _money(book: Book, review: ComparisonReview) -> None:
    if review.currency:
        note = f"In {review.currency}; means over replications, and 95% intervals of paired differences."
        _paired(book, review, "Money", "Money by option, vendor and month", note, MONEY_MEASURES)


def _work(book: Book, review: ComparisonReview) -> None:
    note = "Means over replications, and 95% intervals of paired differences."
    table = review.comparison.tables["vendors"]
    others = tuple(name for name in dict.fromkeys(table["measure"]) if name not in MONEY_MEASURES)
    _paired(book, review, "People and work", "People and work by option, vendor and month", note, others)


def _paired(
    book: Book, review: ComparisonReview, name: str, heading: str, note: str, measures: tuple[str, ...]
) -> None:
    sheet = book.sheet(name, heading, note)
    columns = [
        Field("Option"), Field("Vendor"), Field("Measure"), Field("Period"), Field("Start", "date"),
        Field("Base", "money"), Field("With it", "money"), Field("Difference", "money"), Field("from", "money"),
        Field("to", "money"), Field("Higher in", "chance"),
    ]  # fmt: skip
    table = review.comparison.tables["vendors"]
    shown = table[table["measure"].isin(measures) & table["period"].isin(("horizon", "month"))]
    rows = []
    for row in shown.to_dict("records"):
        kind = kind_of_measure(str(row["measure"]))
        figures = [Cell(row[side], kind) for side in ("base", "variant", "difference", "ci_low", "ci_high")]
        words = str(row["measure"]).replace("_", " ").capitalize()
        keys = [row["scenario"], row["vendor"] or ALL_VENDORS, words, row["period"], _dated("start", row["start"])]
        rows.append([*keys, *figures, row["higher"]])
    sheet.table(columns, rows, frozen=3)


def _differences(book: Book, review: ComparisonReview) -> None:
    """Write how each option's scenario differs from the base's, and what was noted while it ran."""
    sheet = book.sheet("Differences", "What differs between the options")
    notes = review.comparison.notes or ((),) * len(review.variants)
    rows = []
    for option, told in zip(review.variants, notes, strict=True):
        rows += [[option.name, "difference", words] for words in option.differences]
        rows += [[option.name, "note", spoken_dates(words)] for words in told]
    sheet.table([Field("Option", "long", 26), Field("Kind"), Field("What", "long", 100)], rows)


def _assumptions(book: Book, review: ComparisonReview) -> None:
    """Write what was assumed: all of the base, and of each option what differs."""
    table = review.comparison.tables.get("assumptions")
    if table is not None:
        note = "Every value of the base, then of each option those that differ."
        write_assumed(book, note, table)


def _definitions(book: Book, review: ComparisonReview) -> None:
    sheet = book.sheet("Definitions", "Definitions, seed and versions")
    rows = [[one.term, one.meaning] for one in COMPARED]
    rows += [[f"Scenario and data: {origin.name}", origin.hash] for origin in review.origins]
    first = review.origins[0]
    rows += [["Seed", str(first.seed)], *([f"Version of {name}", text] for name, text in first.versions.items())]
    sheet.table([Field("Term", "long", 34), Field("Meaning", "long", 110)], rows)
