"""The quality of a history: what was read and dropped from each file, and what is odd though usable."""

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
"""Items needed on either side."""
CLEARLY = 0.5
"""Moving the pattern by an hour must reduce the squared differences to at most this part."""


def quality_table(history: History, odd: Sequence[Note]) -> pd.DataFrame:
    """Return rows of file, what, rows, examples: used and dropped add up to read; then what is odd."""
    rows: list[tuple[str, str, int, str]] = []
    for sheet in history.sheets:
        rows.append((sheet.file, "used", len(sheet.table), ""))
        rows += [(sheet.file, cause.reason, cause.rows, "; ".join(cause.examples)) for cause in sheet.dropped]
        rows.append((sheet.file, "read", sheet.read, ""))
    rows += [("", note.what, note.rows, note.examples) for note in odd]
    return pd.DataFrame(rows, columns=["file", "what", "rows", "examples"])


def notes(configuration: Configuration, history: History) -> list[Note]:
    """Return what is odd about a history: clocks, gaps, overlapping work, reported figures against logged ones."""
    all_notes = [note for sheet in history.sheets for note in sheet.notes]
    all_notes += _gaps(configuration, history)
    all_notes += _moved_hours(configuration, history)
    all_notes += _overlaps(history)
    all_notes += _staffing(history)
    all_notes += [*_reported(history), *_by_reports(history)]
    return [*all_notes, *balances(history.reports, configuration.timezone)]


def _gaps(configuration: Configuration, history: History) -> Iterator[Note]:
    weekday = (history.first - 1 + np.arange(history.days)) % 7
    holiday = holiday_days(configuration.holidays, history.first, history.days)
    for queue, by_hour in history.counts.items():
        days = np.flatnonzero(missing_days(by_hour.sum(axis=1), weekday) & ~holiday)
        if days.size:
            shown = ", ".join(dt.date.fromordinal(history.first + day).isoformat() for day in days[:SHOWN].tolist())
            yield Note(f"days without items, on weekdays that usually have many: {queue}", days.size, shown)


def _moved_hours(configuration: Configuration, history: History) -> Iterator[Note]:
    """Yield the clock changes at which the daily pattern moves by an hour, as in a log of another zone."""
    here = [counts for queue, counts in history.counts.items() if queue not in configuration.timezones]
    counts = sum(here, np.zeros((history.days, 24)))
    place = zone(configuration.timezone)
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
            said = (
                f"work that follows another zone than {configuration.timezone}, or times that are not in the zone given"
            )
            yield Note(f"the daily pattern moves by an hour as clocks change on {noon[day]:%Y-%m-%d}", 0, said)


def _overlaps(history: History) -> Iterator[Note]:
    """Yield how many items were started while their agent was working on another."""
    agent, begun, done = _work(history.items)
    order = np.lexsort((begun, agent))
    agent, begun, done = agent[order], begun[order], done[order]
    # Agents are laid end to end on one time axis, so that nobody's work reaches into the next one's.
    shift = agent * (done.max(initial=0.0) - begun.min(initial=0.0) + 1.0)
    reached = np.maximum.accumulate(done + shift) - shift
    both = np.minimum(np.roll(reached, 1), done) - begun
    both[np.diff(agent, prepend=-1) != 0] = 0.0
    overlapping = both > 0
    if overlapping.any():
        share = both[overlapping].sum() / (done - begun).sum()
        yield Note(
            "items started while their agent was working on another",
            int(overlapping.sum()),
            f"by {np.unique(agent[overlapping]).size:,} agents; {share:.1%} of the time in hand is beside another item",
        )


def _work(items: pd.DataFrame) -> tuple[NDArray[np.int64], Array, Array]:
    """Return agents by number, start and end of the work on items that named agents took and finished."""
    names = items["agent"].cat.categories.astype(str).str.strip()
    named = np.append(~names.isin(["", "nan"]), False)[items["agent"].cat.codes]
    known = named & items["started"].notna().to_numpy() & items["completed"].notna().to_numpy()
    begun, done = (np.asarray(items[name], np.float64)[known] for name in ("started", "completed"))
    return np.asarray(items["agent"].cat.codes, np.int64)[known], begun, done


def _staffing(history: History) -> Iterator[Note]:
    """Yield the hours on the floor in attendance, next to the hours of work in the item log."""
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
        "items started while attendance has their agent off the floor",
        away,
        f"{reported:,.0f} h reported on the floor, {logged:,.0f} h of work logged{share}",
    )


def _reported(history: History) -> Iterator[Note]:
    """Yield what interval volumes report for each queue, next to what the item log has."""
    if history.volumes is None:
        return
    logged = history.items["queue"].astype(str).value_counts()
    for queue, rows in history.volumes.groupby("queue"):
        parts = [f"{rows['items'].sum():,.0f} reported", *([f"{logged[queue]:,} logged"] if queue in logged else [])]
        if "on_time" in rows:
            known = rows[rows["on_time"].notna()]
            parts.append(f"{known['on_time'].sum() / max(known['items'].sum(), 1):.1%} of them on time")
        if "backlog" in rows and rows["backlog"].notna().any():
            parts.append(f"{rows.sort_values('start')['backlog'].dropna().iloc[-1]:,.0f} open at the end")
        yield Note(f"items of {queue}", len(rows), "; ".join(parts))


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
