"""The weekly scorecard that vendors would have sent of a synthetic quarter: a workbook, a sheet for each.

All that it says is counted from the logs: what came and was handled, mean handle times, how much of the handled was on
time, planned and actual FTE, shrinkage, joiners and leavers. It says nothing of hours and of single agents, as such
workbooks do not.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl
import pandas as pd

from simcap.calibration.history.shifts import with_shifts
from simcap.calibration.synthesize import SyntheticLogs
from simcap.scenario.schema.scenario import Scenario
from simcap.units import MINUTE

NAME: Final = "scorecard.xlsx"
SHIFTS_A_WEEK: Final = 5
"""Shifts of one FTE."""
_WHEN: Final = dt.datetime(2026, 1, 1)
"""Time that the workbook's properties say it was made at, so that equal data give equal bytes."""
_SUMMARY: Final = ("Week", "Queue", "Received", "Open Sunday night")
_VENDOR: Final = (
    "Week", "Queue", "Handled", "AHT mm:ss", "In SLA", "Planned FTE", "Actual FTE", "Shrinkage", "Joiners", "Leavers",
)  # fmt: skip


def write_scorecard(logs: SyntheticLogs, folder: Path) -> Path:
    """Write the scorecard of a quarter's logs into a folder; return its path."""
    zone = logs.scenario.horizon.timezone
    roster, spells = logs.tables["roster"], _spells(logs, zone)
    items = logs.tables["items"].assign(vendor=logs.tables["items"]["agent"].map(_vendors(roster)))
    items["met"] = _on_time(items, logs.scenario)
    created, completed = (_week(items[name], zone) for name in ("created", "completed"))
    weeks = _whole_weeks(logs)
    book = openpyxl.Workbook()
    book.remove(book.active)
    _sheet(book, "Summary", _SUMMARY, _received(items.assign(week=created, done=completed), weeks))
    for vendor in logs.scenario.vendors:
        handled = items.assign(week=completed)[items["vendor"] == vendor]
        people = _people(roster[roster["vendor"] == vendor], spells[spells["vendor"] == vendor], weeks)
        _sheet(book, vendor.capitalize(), _VENDOR, _handled(handled, weeks, people))
    path = folder / NAME
    path.write_bytes(_bytes(book))
    return path


def _vendors(roster: pd.DataFrame) -> pd.Series:
    return roster.set_index("agent")["vendor"]


def _on_time(items: pd.DataFrame, scenario: Scenario) -> pd.Series:
    """Return 1 for items that met the first SLA of their queue and 0 for others; NaN where no clock is its own."""
    times = {name: pd.to_datetime(items[name], utc=True) for name in ("created", "started", "completed")}
    met = pd.Series(math.nan, index=items.index)
    for queue, spec in scenario.queues.items():
        always = list(spec.always_on.values())
        if always and not always[0].from_origin:
            moment = times["started" if always[0].measure == "wait" else "completed"]
            on_time = (moment - times["created"]).dt.total_seconds() <= always[0].within
            met = met.mask(items["queue"] == queue, on_time.astype(float))
    return met


def _spells(logs: SyntheticLogs, zone: str) -> pd.DataFrame:
    """Return the attendance with vendor, shift, seconds, and the week in which the shift began."""
    table = logs.tables["attendance"]
    seconds = {name: table[name].astype("int64") for name in ("start", "end")}
    spells = with_shifts(table.assign(agent=table["agent"].astype("str"), **seconds))
    begun = pd.to_datetime(spells["begun"], unit="s", utc=True)
    vendor = spells["agent"].map(_vendors(logs.tables["roster"]))
    return spells.assign(vendor=vendor, week=_week(begun, zone), seconds=spells["end"] - spells["start"])


def _week(times: pd.Series, zone: str) -> pd.Series:
    """Return the ISO week of times, such as 2026-W28."""
    days = pd.to_datetime(times, utc=True).dt.tz_convert(zone)
    return days.dt.strftime("%G-W%V")


def _whole_weeks(logs: SyntheticLogs) -> list[str]:
    """Return the ISO weeks all of whose days are within the horizon."""
    horizon = logs.scenario.horizon
    days = [horizon.start + dt.timedelta(days=day) for day in range(horizon.day_count)]
    names = [f"{day:%G-W%V}" for day in days]
    return [name for name in dict.fromkeys(names) if names.count(name) == 7]


def _received(items: pd.DataFrame, weeks: Sequence[str]) -> Iterator[list[Any]]:
    """Yield a row for each week and queue; ISO weeks follow one another as their names do."""
    kept = items[~items["expired"]]
    for week in weeks:
        for queue in items["queue"].cat.categories:
            came = (items["queue"] == queue) & (items["week"] == week)
            open_ = (kept["queue"] == queue) & (kept["week"] <= week) & ~(kept["done"] <= week)
            yield [week, queue, int(came.sum()), int(open_.sum())]


def _handled(items: pd.DataFrame, weeks: Sequence[str], people: dict[str, list[Any]]) -> Iterator[list[Any]]:
    """Yield a row for each week and queue that was handled; figures of people stand on the first of a week."""
    groups = items.groupby(["week", "queue"], observed=True).agg(
        size=("handle_s", "size"), mean=("handle_s", "mean"), met=("met", "mean")
    )
    for week in weeks:
        queues = [queue for queue in items["queue"].cat.categories if (week, queue) in groups.index]
        for place, queue in enumerate(queues):
            count, mean, met = groups.loc[(week, queue)]
            shown = f"{int(mean // MINUTE):02}:{int(mean % MINUTE):02}"
            share = None if math.isnan(met) else round(float(met), 4)
            yield [week, queue, int(count), shown, share, *(people[week] if place == 0 else [])]


def _people(roster: pd.DataFrame, spells: pd.DataFrame, weeks: Sequence[str]) -> dict[str, list[Any]]:
    """Return planned and actual FTE, shrinkage, joiners and leavers of each week."""
    joined, left = (pd.to_datetime(roster[name]).dt.strftime("%G-W%V").value_counts() for name in ("hired", "left"))
    found = {}
    for week in weeks:
        mine = spells[(spells["week"] == week) & (spells["activity"] != "break")]
        absent = mine["activity"].eq("absent").groupby(mine["shift"]).all()
        lost = float(mine.loc[mine["activity"].isin(["absent", "offline"]), "seconds"].sum())
        planned, there = len(absent) / SHIFTS_A_WEEK, float((~absent).sum()) / SHIFTS_A_WEEK
        shrinkage = round(lost / max(float(mine["seconds"].sum()), 1.0), 4)
        found[week] = [planned, there, shrinkage, int(joined.get(week, 0)), int(left.get(week, 0))]
    return found


def _sheet(book: Any, name: str, header: Sequence[str], rows: Iterator[list[Any]]) -> None:
    sheet = book.create_sheet(name)
    sheet.append([f"{name}: weekly scorecard (synthetic)"])
    sheet.append([])
    sheet.append(list(header))
    for row in rows:
        sheet.append(row)


def _bytes(book: Any) -> bytes:
    """Return a workbook as bytes that do not depend on when it is written."""
    written = io.BytesIO()
    book.save(written)
    fixed = io.BytesIO()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as again:
        for part in parts.infolist():
            content = parts.read(part)
            if part.filename == "docProps/core.xml":
                for stamp in (book.properties.created, book.properties.modified):
                    content = content.replace(_stamp(stamp), _stamp(_WHEN))
            again.writestr(zipfile.ZipInfo(part.filename, _WHEN.timetuple()[:6]), content)
    return fixed.getvalue()


def _stamp(time: dt.datetime) -> bytes:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}".encode()
