"""The workbook of a run: what was found, the grid of capacity, people, money, risks, and what it all rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simcap.report.books.sheet import Book, Column, Sheet
from simcap.report.review.capacity import capacity_grid, sites_of_teams
from simcap.report.review.queues import Curve
from simcap.report.review.review import Review, read_review
from simcap.report.wording.sla_rows import KEY
from simcap.report.wording.words import plural, span_of_days
from simcap.scenario.reading.provenance import Assumption

_MONEY = (
    ("used_fee", "Fee for work"), ("minimum_fee", "Topped up to the minimum"), ("price", "Price"),
    ("service_credits", "Service credits"), ("quality_credits", "Quality credits"), ("earned_back", "Earned back"),
    ("credits", "Credits"), ("net_cost", "Net cost"),
)  # fmt: skip
GRID = (
    "Required: hours on the floor at which the work done would keep teams busy for 92% of the time. Committed: the "
    "contract's minimum, shared out by what is scheduled. Scheduled: if nobody were absent or offline. Delivered: on "
    "the floor, with 10th and 90th percentile. Gap: delivered less required. A team's hours are shared out over its "
    "queues as its busy hours are."
)

LINES = (
    ("Median", "#0b62a8", 2.25), ("5th percentile", "#8fb8dc", 1.0), ("95th percentile", "#8fb8dc", 1.0),
    ("Target", "#1c2733", 1.25),
)  # fmt: skip
"""Lines of the chart of an SLA: name, colour, width in points."""


def write_run_book(folder: Path, path: Path) -> None:
    """Write the workbook of a run. Raises `RunError` if the folder does not hold a whole one."""
    review = read_review(folder)
    book = Book(path, review.results.scenario.name)
    for write in (_summary, _windows, _capacity, _headcount, _money, _groups, _risks, _assumptions, _definitions):
        write(book, review)
    book.close()


# -- what was found ---------------------------------------------------------------------------------------------------


def _summary(book: Book, review: Review) -> None:
    results = review.results
    horizon = results.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    about = f"{span_of_days(horizon.start, last)} ({horizon.timezone}), {plural(results.replications, 'replication')}"
    sheet = book.sheet("Summary", results.scenario.name, about)
    if results.scenario.description:
        sheet.line(results.scenario.description)
    sheet.line(review.verdict.heading, bold=True, font_size=12)
    for sentence in review.verdict.sentences:
        sheet.line(sentence)
    sheet.row += 1
    columns = [
        Column("Outlook"), Column("Queue"), Column("Vendor"), Column("SLA", width=30), Column("Target", "percent"),
        Column("Expected", "percent"), Column("5th percentile", "percent"), Column("95th percentile", "percent"),
        Column("Windows at risk", "count"), Column("Windows", "count"), Column("First at risk", "date"),
        Column("Chance of any miss", "percent"), Column("from", "percent"), Column("to", "percent"),
        Column("Left undecided", "percent"),
    ]  # fmt: skip
    rows = sheet.table(columns, [list(_sla(row)) for row in review.slas])
    sheet.colour_misses(rows, 11)
    sheet.line(KEY, italic=True)
    _curve(book, sheet, review)


def _sla(row: Any) -> Iterator[Any]:
    figures = row.figures
    first = figures["first_at_risk"]
    yield from (f"{row.mark} {row.meaning}", row.queue, row.vendor, row.terms)
    yield from (figures[name] for name in ("target", "attainment", "p05", "p95", "windows_at_risk", "windows"))
    yield None if first is None else dt.datetime.fromisoformat(first)
    yield from (figures[name] for name in ("miss_any", "miss_any_low", "miss_any_high", "expired_share"))


def _curve(book: Book, sheet: Sheet, review: Review) -> None:
    """Draw the SLA of the queue that matters most, with a native chart over figures beside it."""
    main = review.main_queue
    if main is None:
        return
    curve = max(main.curves, key=lambda one: float(np.nansum(one.chance)))
    columns = [
        Column(f"{curve.windows.period.capitalize()} of", "date"), Column("Median", "percent"),
        Column("5th percentile", "percent"), Column("95th percentile", "percent"), Column("Target", "percent"),
        Column("Chance of a miss", "percent"),
    ]  # fmt: skip
    sheet.row += 1
    sheet.line(main.finding, bold=True)
    rows = sheet.table(columns, list(_points(curve)), freeze=False)
    sheet.colour_misses(rows, 5)
    chart: Any = book.file.add_chart({"type": "line"})
    looks = {
        1: ("Median", "#0b62a8", 2.25),
        2: ("5th percentile", "#8fb8dc", 1.0),
        3: ("95th percentile", "#8fb8dc", 1.0),
    }
    for place, (name, colour, width) in {**looks, 4: ("Target", "#1c2733", 1.25)}.items():
        line = {"color": colour, "width": width} | ({"dash_type": "dash"} if name == "Target" else {})
        chart.add_series(
            {
                "name": name,
                "categories": ["Summary", rows.start, 0, rows.stop - 1, 0],
                "values": ["Summary", rows.start, place, rows.stop - 1, place],
                "line": line,
            }
        )
    chart.set_title({"name": f"{main.title}: {curve.terms}", "name_font": {"size": 11}})
    chart.set_y_axis({"num_format": "0%", "max": 1, "major_gridlines": {"visible": True, "line": {"color": "#e4e8ec"}}})
    chart.set_x_axis({"num_format": "d mmm", "date_axis": False})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 720, "height": 320})
    sheet.page.insert_chart(rows.start - 1, 7, chart, {"description": main.finding})


def _points(curve: Curve) -> Iterator[list[Any]]:
    low, _, median, _, high = curve.points
    for window, start in enumerate(curve.windows.starts):
        yield [start, *map(float, (median[window], low[window], high[window])), curve.row.sla.target,
               float(curve.chance[window])]  # fmt: skip


def _windows(book: Book, review: Review) -> None:
    """Write every SLA by its own windows and by month."""
    sheet = book.sheet(
        "SLA by window", "SLAs by week and month", "Windows that the horizon cuts have no chance of a miss."
    )
    columns = [
        Column("Queue"), Column("Vendor"), Column("SLA"), Column("Period"), Column("Start", "date"),
        Column("Target", "percent"), Column("Expected", "percent"), Column("5th percentile", "percent"),
        Column("95th percentile", "percent"), Column("Decided", "count"), Column("Chance of a miss", "percent"),
        Column("Left undecided", "percent"),
    ]  # fmt: skip
    table = review.results.tables["sla"]
    shown = table[table["period"].isin(("week", "month"))]
    names = ["queue", "vendor", "sla", "period", "start", "target", "attainment", "p05", "p95", "decided",
             "miss_probability", "expired_share"]  # fmt: skip
    rows = sheet.table(columns, [[_dated(name, row[name]) for name in names] for row in shown.to_dict("records")])
    sheet.colour_misses(rows, 10)


def _dated(name: object, value: Any) -> Any:
    return dt.datetime.fromisoformat(str(value)).replace(tzinfo=None) if name == "start" else value


# -- hours and people -------------------------------------------------------------------------------------------------


def _capacity(book: Book, review: Review) -> None:
    if not review.results.layout.subjects.get("work"):
        return
    sheet = book.sheet("Capacity", "Capacity by vendor, site and queue", GRID)
    columns = [
        Column("Vendor"), Column("Site"), Column("Queue"), Column("Period"), Column("Start", "date"),
        Column("Required, h", "hours"), Column("Committed, h", "hours"), Column("Scheduled, h", "hours"),
        Column("Delivered, h", "hours"), Column("10th percentile", "hours"), Column("90th percentile", "hours"),
        Column("Gap, h", "hours"), Column("FTE", "fte"), Column("Cost", "money"), Column("Chance of a miss", "percent"),
    ]  # fmt: skip
    rows = sheet.table(
        columns,
        [
            [row.vendor, row.site, row.queue, row.period, row.start, row.required, row.committed, row.scheduled,
             row.delivered, row.low, row.high, row.gap, row.fte, row.cost, row.chance]
            for row in capacity_grid(review.results)
        ],
    )  # fmt: skip
    sheet.colour_negative(rows, 11)
    sheet.colour_misses(rows, 14)


def _headcount(book: Book, review: Review) -> None:
    """Write each team's week: who was there, who came and went, who is there at its end; means over replications."""
    sheet = book.sheet("Headcount", "Headcount by team and week", "Means over replications. Joiners are on the floor.")
    columns = [
        Column("Vendor"), Column("Team"), Column("Site"), Column("Week of", "date"), Column("Start", "fte"),
        Column("Joiners", "fte"), Column("Leavers", "fte"), Column("Moved", "fte"), Column("End", "fte"),
        Column("In training", "fte"), Column("Effective FTE", "fte"),
    ]  # fmt: skip
    sites = sites_of_teams(review.results)
    rows = []
    for team in review.teams:
        before = team.headcount - team.hires + team.leavers - team.transfers
        for week, start in enumerate(team.windows.starts):
            figures = (
                before,
                team.hires,
                team.leavers,
                team.transfers,
                team.headcount,
                team.in_training,
                team.effective,
            )
            rows.append([team.vendor, team.name, sites[team.vendor, team.name], start, *(f[week] for f in figures)])
    sheet.table(columns, rows)


# -- money ------------------------------------------------------------------------------------------------------------


def _money(book: Book, review: Review) -> None:
    if review.money is None:
        return
    note = f"{review.money.currency}, means over replications; net cost is price less credits."
    sheet = book.sheet("Money", "Money by vendor and month", note)
    columns = [
        Column("Vendor"), Column("Period"), Column("Start", "date"),
        *(Column(title, "money") for _, title in _MONEY),
        Column("Net cost, 5th percentile", "money"), Column("Net cost, 95th percentile", "money"),
        Column("Per decision", "price"),
    ]  # fmt: skip
    table = review.results.tables["vendors"]
    rows = list(_settled(table[table["measure"].isin(("cost_per_decision", *(name for name, _ in _MONEY)))]))
    at = sheet.table(columns, rows)
    chart: Any = book.file.add_chart({"type": "column", "subtype": "stacked"})
    place = 3 + [name for name, _ in _MONEY].index("net_cost")
    for vendor in dict.fromkeys(row[0] for row in rows if row[0] != "all"):
        own = [at.start + n for n, row in enumerate(rows) if row[0] == vendor and row[1] == "month"]
        ends = own[0], own[-1]
        chart.add_series({"name": vendor, "categories": ["Money", ends[0], 2, ends[1], 2],
                          "values": ["Money", ends[0], place, ends[1], place]})  # fmt: skip
    chart.set_title({"name": f"Net cost by month, {review.money.currency}", "name_font": {"size": 11}})
    chart.set_x_axis({"num_format": "mmm yyyy", "date_axis": False})
    chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#e4e8ec"}}})
    chart.set_legend({"position": "bottom"})
    sheet.page.insert_chart(sheet.row, 0, chart, {"description": "Net cost by month and vendor"})


def _settled(table: pd.DataFrame) -> Iterator[list[Any]]:
    for (vendor, period, start), rows in table.groupby(["vendor", "period", "start"], sort=False):
        means = dict(zip(rows["measure"], rows["mean"], strict=True))
        net = rows[rows["measure"] == "net_cost"].iloc[0]
        amounts = [means[name] for name, _ in _MONEY]
        since = dt.datetime.fromisoformat(str(start))
        yield [str(vendor) or "all", period, since, *amounts, net["p05"], net["p95"], means["cost_per_decision"]]


# -- what it rests on -------------------------------------------------------------------------------------------------


def _groups(book: Book, review: Review) -> None:
    if "groups" not in review.results.tables:
        return
    sheet = book.sheet("Groups", "By group", "Figures over the horizon of all queues and teams of a group.")
    table = review.results.tables["groups"]
    shown = table[table["period"] == "horizon"]
    columns = [Column("Group"), Column("Value"), Column("Measure"), Column("SLA"), Column("Mean", "price"),
               Column("5th percentile", "price"), Column("95th percentile", "price"),
               Column("Target", "percent")]  # fmt: skip
    names = ["group", "value", "measure", "sla", "mean", "p05", "p95", "target"]
    sheet.table(columns, shown[names].to_numpy(dtype=object).tolist())


def _risks(book: Book, review: Review) -> None:
    sheet = book.sheet("Risks", "Risks, the worst first")
    columns = [
        Column("Risk", "long"), Column("Chance", "percent"), Column("Cause", "long", 50),
        Column("Would mend it", "long", 50), Column("Last day to decide", "date"), Column("Why that day", "long", 40),
    ]  # fmt: skip
    rows = sheet.table(
        columns,
        [
            [risk.text.sentence, risk.text.probability, risk.why, risk.mend,
             dt.datetime.combine(risk.deadline, dt.time()), risk.decide_by]
            for risk in review.risks
        ],
    )  # fmt: skip
    sheet.colour_misses(rows, 1)


def _assumptions(book: Book, review: Review) -> None:
    sheet = book.sheet("Assumptions", "What was assumed", "Every value of the scenario, and where it comes from.")
    titles = [name.replace("path", "parameter").capitalize() for name in Assumption._fields]
    sheet.table([Column(title) for title in titles], list(map(list, review.assumptions)))


def _definitions(book: Book, review: Review) -> None:
    sheet = book.sheet("Definitions", "Definitions, seed and versions")
    origin = review.origin
    rows = [[one.term, one.meaning] for one in review.definitions]
    rows += [["Validation", review.validation.sentence], ["Seed", str(origin.seed)], ["Scenario and data", origin.hash]]
    rows += [[f"Version of {library}", version] for library, version in origin.versions.items()]
    sheet.table([Column("Term", width=24), Column("Meaning", "long", 110)], rows)
