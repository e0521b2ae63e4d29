"""Hours and people in the workbook of a run: the grid of capacity, hours in all, and the headcount roll."""

from __future__ import annotations

import numpy as np

from simcap.report.books.book import Book
from simcap.report.books.sheet import Column, Line
from simcap.report.review.capacity import GridRow, capacity_grid, sites_of_teams
from simcap.report.review.review import Review
from simcap.report.review.workforce import hours_finding

GRID = (
    "Required: hours on the floor at which the work done would keep teams busy for 92% of the time. Scheduled: if "
    "nobody were absent or offline. Delivered: on the floor, the mean with its 10th and 90th percentile. Gap: "
    "delivered less required. A team's hours are shared out over its queues as its busy hours are."
)
MONTHLY = (
    "Committed: the contract's minimum, and cost: the vendor's net cost, each shared out by the hours scheduled and "
    "paid; no minimum binds in a month that the horizon cuts."
)


def write_capacity(book: Book, review: Review) -> None:
    """Write the grid by week and by month, each on a sheet of its own, so that a column can be added up."""
    if not review.results.layout.subjects.get("work"):
        return
    grid = capacity_grid(review.results)
    by_week, by_month = ([row for row in grid if row.period == period] for period in ("week", "month"))
    _grid(book, "week", GRID, by_week, monthly=False)
    _grid(book, "month", f"{GRID} {MONTHLY}", by_month, monthly=True)


def _grid(book: Book, period: str, note: str, rows: list[GridRow], *, monthly: bool) -> None:
    sheet = book.sheet(f"Capacity by {period}", f"Capacity by vendor, site, queue and {period}", note)
    columns = [
        Column("Vendor"), Column("Site"), Column("Queue"), Column(f"{period.capitalize()} of", "date"),
        Column("Required, h", "hours"), *([Column("Committed, h", "hours")] if monthly else []),
        Column("Scheduled, h", "hours"), Column("Delivered, h", "hours"), Column("10th percentile, h", "hours"),
        Column("90th percentile, h", "hours"), Column("Gap, h", "hours"), Column("FTE", "fte"),
        *([Column("Net cost", "money")] if monthly else []), Column("Chance of a miss", "chance"),
    ]  # fmt: skip
    cells = [
        [row.vendor, row.site, row.queue, row.start, row.required, *([row.committed] if monthly else []),
         row.scheduled, row.delivered, row.low, row.high, row.gap, row.fte, *([row.cost] if monthly else []),
         row.chance]
        for row in rows
    ]  # fmt: skip
    at = sheet.table(columns, cells, frozen=4)
    titles = [column.title for column in columns]
    sheet.colour_short(at, titles.index("Gap, h"))
    sheet.colour_chances(at, titles.index("Chance of a miss"))


def write_hours(book: Book, review: Review) -> None:
    """Write the hours of all teams together by week, with a native chart of required against delivered."""
    if not review.teams:
        return
    sheet = book.sheet("Hours", "Hours required and delivered by week", f"{hours_finding(review.teams)}.")
    columns = [
        Column("Week of", "date", 14), Column("Required, h", "hours", 14), Column("Scheduled, h", "hours", 14),
        Column("Delivered, h", "hours", 14), Column("Gap, h", "hours", 14),
    ]  # fmt: skip
    required, scheduled, delivered = (
        np.sum([getattr(team, name) for team in review.teams], axis=0)
        for name in ("required", "scheduled", "available")
    )
    starts = review.teams[0].windows.starts
    figures = (required, scheduled, delivered, delivered - required)
    at = sheet.table(columns, [[start, *(float(f[week]) for f in figures)] for week, start in enumerate(starts)])
    sheet.colour_short(at, 4)
    head = at.start - 1
    sheet.chart(
        {"type": "line"},
        [
            Line(sheet.name, at, 0, place, (head, place), {"line": {"color": colour, "width": 2.25, "dash_type": dash}})
            for place, colour, dash in ((1, "#b8480a", "solid"), (2, "#5b6773", "dash"), (3, "#0b62a8", "solid"))
        ],
        (head, 6),
        title="Hours of all teams by week",
        along={"num_format": "d mmm", "name": "Week of"},
        up={"num_format": "#,##0", "name": "Hours a week", "min": 0},
        told=hours_finding(review.teams),
    )


def write_headcount(book: Book, review: Review) -> None:
    """Write each team's week: who was there, who came and went, who is there at its end."""
    note = (
        "Means over replications. Joiners count when they reach the floor, trained; end = start + joiners − leavers + "
        "moved. In training are not in it. Gap: delivered less required hours."
    )
    sheet = book.sheet("Headcount", "Headcount and hours by team and week", note)
    columns = [
        Column("Vendor"), Column("Team"), Column("Site"), Column("Week of", "date"),
        *(Column(title, "fte") for title in ("Start", "Joiners", "Leavers", "Moved", "End", "In training")),
        Column("Effective", "fte"),
        *(Column(f"{title}, h", "hours") for title in ("Required", "Scheduled", "Delivered", "Gap")),
    ]  # fmt: skip
    sites = sites_of_teams(review.results)
    rows = []
    for team in review.teams:
        before = team.headcount - team.hires + team.leavers - team.transfers
        figures = (
            before, team.hires, team.leavers, team.transfers, team.headcount, team.in_training, team.effective,
            team.required, team.scheduled, team.available, team.available - team.required,
        )  # fmt: skip
        names = (team.vendor, team.name, sites[team.vendor, team.name])
        rows += [[*names, start, *(float(f[week]) for f in figures)] for week, start in enumerate(team.windows.starts)]
    at = sheet.table(columns, rows, frozen=4)
    sheet.colour_short(at, len(columns) - 1)
