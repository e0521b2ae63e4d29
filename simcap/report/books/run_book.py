"""The workbook of a run: what was found, the grid of capacity, people, money, risks, and what it all rests on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from simcap.report.books.book import Book
from simcap.report.books.hours_sheets import write_capacity, write_headcount, write_hours
from simcap.report.books.money_sheet import write_money
from simcap.report.books.rest_sheets import write_assumptions, write_definitions, write_groups, write_risks
from simcap.report.books.sla_sheets import write_anchored, write_slas, write_windows
from simcap.report.review.review import Review, read_review
from simcap.report.wording.words import plural, span_of_days

SHEETS = (
    write_slas, write_windows, write_anchored, write_capacity, write_hours, write_headcount, write_money, write_groups,
    write_risks, write_assumptions, write_definitions,
)  # fmt: skip
"""What is written after the summary's first lines, in this order."""


def write_run_book(folder: Path, path: Path) -> None:
    """Write the workbook of a run. Raises `RunError` if the folder does not hold a whole one."""
    review = read_review(folder)
    book = Book(path, review.results.scenario.name)
    _summary(book, review)
    for write in SHEETS:
        write(book, review)
    book.close()


def _summary(book: Book, review: Review) -> None:
    """Begin the summary, whose tables are those of `write_slas`."""
    results = review.results
    horizon = results.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    about = f"{span_of_days(horizon.start, last)} ({horizon.timezone}), {plural(results.replications, 'replication')}"
    sheet = book.sheet("Summary", results.scenario.name, about)
    if results.scenario.description:
        sheet.line(results.scenario.description)
    sheet.line(review.verdict.heading, bold=True, font_size=13)
    for sentence in review.verdict.sentences:
        sheet.line(sentence, font_size=11)
    if review.worst:
        sheet.row += 1
        sheet.line("Worst risks", bold=True)
        for risk in review.worst:
            sheet.line(f"{risk.text.sentence} Decide by {risk.decide_by}.")
    sheet.row += 1
