"""The last sheets of a run's workbook: groups, risks, and what the results rest on."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

import pandas as pd

from simcap.report.books.book import Book
from simcap.report.books.kinds import kind_of_measure
from simcap.report.books.sheet import Cell, Column, Kind
from simcap.report.review.review import Review
from simcap.scenario.reading.provenance import Assumption

_ASSUMED: Final[dict[str, tuple[str, Kind, int]]] = {
    "scenario": ("Option", "long", 24), "path": ("Parameter", "long", 52), "value": ("Value", "long", 34),
    "interval": ("90% interval", "long", 20), "origin": ("Origin", "long", 12), "source": ("Source", "long", 40),
    "date": ("As of", "date", 0), "note": ("Note", "long", 34),
}  # fmt: skip
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def write_groups(book: Book, review: Review) -> None:
    """Write the figures of groups over the horizon, if there are any."""
    if "groups" not in review.results.tables:
        return
    sheet = book.sheet("Groups", "By group", "Over the horizon, all queues and teams of a group together.")
    columns = [Column("Group"), Column("Value"), Column("Measure"), Column("SLA"), Column("Mean", "number"),
               Column("5th percentile", "number"), Column("95th percentile", "number"),
               Column("Target", "percent")]  # fmt: skip
    table = review.results.tables["groups"]
    rows = []
    for row in table[table["period"] == "horizon"].to_dict("records"):
        kind = kind_of_measure(str(row["measure"]))
        figures = [Cell(row[name], kind) for name in ("mean", "p05", "p95")]
        measure = str(row["measure"]).replace("_", " ").capitalize()
        rows.append([row["group"], row["value"], measure, row["sla"], *figures, row["target"]])
    sheet.table(columns, rows, frozen=3)


def write_risks(book: Book, review: Review) -> None:
    """Write the risks, the worst first, each with its cause, what would mend it and until when."""
    sheet = book.sheet("Risks", "Risks, the worst first", "" if review.risks else "No risk was found.")
    columns = [
        Column("Risk", "long", 44), Column("Chance", "chance"), Column("Cause", "long", 48),
        Column("What would mend it", "long", 48), Column("Last day to decide", "date"), Column("Why then", "long", 34),
    ]  # fmt: skip
    rows = sheet.table(
        columns,
        [
            [risk.text.sentence, risk.text.probability, risk.why, risk.mend,
             dt.datetime.combine(risk.deadline, dt.time()), risk.decide_by]
            for risk in review.risks
        ],
    )  # fmt: skip
    sheet.colour_chances(rows, 1)


def write_assumptions(book: Book, review: Review) -> None:
    """Write every value of the scenario with its origin."""
    table = pd.DataFrame(review.assumptions, columns=list(Assumption._fields))
    write_assumed(book, "Every value of the scenario, and where it comes from.", table)


def write_assumed(book: Book, note: str, table: pd.DataFrame) -> None:
    """Write a table of assumptions; that of a comparison also names the scenario."""
    sheet = book.sheet("Assumptions", "What was assumed", f"{note} Interval: 90% of what replications draw.")
    columns = [Column(*_ASSUMED[str(name)]) for name in table.columns]
    sheet.table(columns, [[_dated(name, text) for name, text in row.items()] for row in table.to_dict("records")])


def _dated(name: object, text: str) -> Any:
    return dt.datetime.fromisoformat(text) if name == "date" and _DAY.fullmatch(text) else text


def write_definitions(book: Book, review: Review) -> None:
    """Write what the words mean, how far predictions were off before, and what it takes to make the same results."""
    sheet = book.sheet("Definitions", "Definitions, validation, seed and versions")
    origin = review.origin
    rows = [[one.term, one.meaning] for one in review.definitions]
    rows += [["Validation", review.validation.sentence], ["Seed", str(origin.seed)], ["Scenario and data", origin.hash]]
    rows += [[f"Version of {library}", version] for library, version in origin.versions.items()]
    sheet.table([Column("Term", "long", 26), Column("Meaning", "long", 110)], rows)
