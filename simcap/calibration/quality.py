"""What a history is worth: what was read and dropped of each file, and what is odd though it could be used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.volumes import holiday_days, missing_days
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.history.report_balance import balances
from simcap.calibration.history.sheets import SHOWN, Note
from simcap.scenario.clock import zone
from simcap.units import HOUR

Array = NDArray[np.float64]

AROUND = 14
"""Days before and after a change of the clocks whose hours are compared."""
ENOUGH_ITEMS = 500
"""Items that are needed on either side."""
CLEARLY = 0.5
"""A pattern moved by an hour must leave at most this part of the squared differences."""


def quality_table(history: History, odd: Sequence[Note]) -> pd.DataFrame:
    """Return rows of file, what, rows, examples: used and dropped add up to read; then what is odd."""
    rows: list[tuple[str, str, int, str]] = []
    for sheet in history.sheets:
        rows.append((sheet.file, "used", len(sheet.table), ""))
        rows += [(sheet.file, cause.reason, cause.rows, "; ".join(cause.examples)) for cause in sheet.dropped]
        rows.append((sheet.file, "read", sheet.read, ""))
    rows += [("", note.what, note.rows, note.examples) for note in odd]
    return pd.DataFrame(rows, columns=["file", "what", "rows", "examples"])


def notes(plan: Configuration, history: History) -> list[Note]:
    """Return what is odd about a history: clocks, gaps, overlapping work, what was reported against what was logged."""
    found = [note for sheet in history.sheets for note in sheet.notes]
    found += _gaps(plan, history)
    found += _moved_hours(plan, history)
    found += _overlaps(history)
    found += _staffing(history)
    return [*found, *_reported(history), *_by_reports(history), *balances(history.reports, plan.timezone)]


def _gaps(plan: Configuration, history: History) -> Iterator[Note]:
    weekday = (history.first - 1 + np.arange(history.days)) % 7
    holiday = holiday_days(plan.holidays, history.first, history.days)
    for queue, by_hour in history.counts.items():
        days = np.flatnonzero(missing_days(by_hour.sum(axis=1), weekday) & ~holiday)
        if days.size:
            shown = ", ".join(dt.date.fromordinal(history.first + day).isoformat() for day in days[:SHOWN].tolist())
            yield Note(f"days without an item, on weekdays that have many: {queue}", days.size, shown)


def _moved_hours(plan: Configuration, history: History) -> Iterator[Note]:
    """Yield the changes of the clocks at which the pattern of the day moves by an hour, as in a log of another zone."""
    here = [counts for queue, counts in history.counts.items() if queue not in plan.timezones]
    counts = sum(here, np.zeros((history.days, 24)))
    place = zone(plan.timezone)
    noon = [dt.datetime.fromordinal(history.first + day).replace(hour=12) for day in range(history.days)]
    offset = [moment.replace(tzinfo=place).utcoffset() for moment in noon]
    for day in range(AROUND, history.days - AROUND):
        if offset[day] == offset[day - 1]:
            continue
        before, after = (part.sum(axis=0) for part in (counts[day - AROUND : day], counts[day : day + AROUND]))
        if min(before.sum(), after.sum()) < ENOUGH_ITEMS:
            continue
        apart = {
            lag: float(((after / after.sum() - np.roll(before / before.sum(), lag)) ** 2).sum()) for lag in (-1, 0, 1)
        }
        if min(apart[-1], apart[1]) < CLEARLY * apart[0]:
            said = f"work that follows another zone than {plan.timezone}, or times that are not in the zone given"
            yield Note(f"the pattern of the day moves by an hour as clocks change on {noon[day]:%Y-%m-%d}", 0, said)


def _overlaps(history: History) -> Iterator[Note]:
    """Yield how many items were begun while their agent was at work on another."""
    agent, begun, done = _work(history.items)
    order = np.lexsort((begun, agent))
    agent, begun, done = agent[order], begun[order], done[order]
    # Agents one after another on one axis of time: nobody's work reaches into the next one's.
    shift = agent * (done.max(initial=0.0) - begun.min(initial=0.0) + 1.0)
    reached = np.maximum.accumulate(done + shift) - shift
    both = np.minimum(np.roll(reached, 1), done) - begun
    both[np.diff(agent, prepend=-1) != 0] = 0.0
    overlapping = both > 0
    if overlapping.any():
        share = both[overlapping].sum() / (done - begun).sum()
        yield Note(
            "items begun while their agent was at work on another",
            int(overlapping.sum()),
            f"by {np.unique(agent[overlapping]).size:,} agents; {share:.1%} of the time at work counts twice",
        )


def _work(items: pd.DataFrame) -> tuple[NDArray[np.int64], Array, Array]:
    """Return agents by number, begin and end of the work on items that named agents took and finished."""
    names = items["agent"].cat.categories.astype(str).str.strip()
    named = np.append(~names.isin(["", "nan"]), False)[items["agent"].cat.codes]
    known = named & items["started"].notna().to_numpy() & items["completed"].notna().to_numpy()
    begun, done = (np.asarray(items[name], np.float64)[known] for name in ("started", "completed"))
    return np.asarray(items["agent"].cat.codes, np.int64)[known], begun, done


def _staffing(history: History) -> Iterator[Note]:
    """Yield the hours on the floor that attendance reports, beside the hours of work that the item log shows."""
    items, attendance = history.items, history.attendance
    if attendance is None or items.empty:
        return
    floor = attendance.loc[attendance["activity"] == "floor", ["agent", "start", "end"]]
    finished = items["completed"].notna() & items["agent"].notna()
    spent = items["handle"].fillna(items["completed"] - items["started"])[finished]
    reported, logged = (floor["end"] - floor["start"]).sum() / HOUR, spent.sum() / HOUR
    agent, begun, _ = _work(items)
    numbers = {str(name): number for number, name in enumerate(items["agent"].cat.categories)}
    spells = floor.assign(agent=floor["agent"].map(numbers).fillna(-1).astype(np.int64))
    spells = spells.sort_values("start").rename(columns={"start": "started"})
    work = pd.DataFrame({"agent": agent, "started": begun}).sort_values("started")
    inside = pd.merge_asof(work, spells, on="started", by="agent")
    away = int((~(inside["started"] < inside["end"])).sum())
    share = f", {logged / reported:.0%} of it" if reported else ""
    yield Note(
        "items begun while their agent was not on the floor, by the attendance",
        away,
        f"{reported:,.0f} h reported on the floor, {logged:,.0f} h of work logged{share}",
    )


def _reported(history: History) -> Iterator[Note]:
    """Yield what interval volumes report of each queue, beside what the item log has of it."""
    if history.volumes is None:
        return
    logged = history.items["queue"].astype(str).value_counts()
    for queue, rows in history.volumes.groupby("queue"):
        said = [f"{rows['items'].sum():,.0f} reported", *([f"{logged[queue]:,} logged"] if queue in logged else [])]
        if "on_time" in rows:
            known = rows[rows["on_time"].notna()]
            said.append(f"{known['on_time'].sum() / max(known['items'].sum(), 1):.1%} of them on time")
        if "backlog" in rows and rows["backlog"].notna().any():
            said.append(f"{rows.sort_values('start')['backlog'].dropna().iloc[-1]:,.0f} open at the end")
        yield Note(f"items of {queue}", len(rows), "; ".join(said))


def _by_reports(history: History) -> Iterator[Note]:
    """Yield how many items reports count of each queue that the log has, too, beside what it has of the same days."""
    day = history.items["day"].to_numpy() - history.first
    for name, one in history.offered.items():
        mine = (history.items["queue"] == name).to_numpy(bool)
        if not mine.any():
            continue
        begin, end = int(one.begins.min()), int((one.begins + one.days).max())
        logged = int((mine & (day >= begin) & (day < end)).sum())
        said = "the report's are taken" if name in history.counted_by_report else "the log's are taken"
        yield Note(f"items of {name}", one.items.size, f"{one.items.sum():,.0f} reported, {logged:,} logged; {said}")
