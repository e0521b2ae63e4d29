"""The kind of a table, and the role of each of its columns, from their names and what they hold."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from simcap.calibration.look import vocabulary
from simcap.calibration.look.features import FEW, Feature, features
from simcap.scenario.schema.zones import zone_in
from simcap.tables import moments, quantities
from simcap.tables.blanks import is_blank
from simcap.tables.header import is_day
from simcap.tables.layout import AS_FOUND, TableLayout
from simcap.tables.table import FileTable, open_tables

Roles = dict[str, Any]
"""How each role is read, as a calibration file says it: a name, a list of names, or a mapping."""

_DAYS_OF_GRID: Final = 5
_FULL_SHARE: Final = 0.5
"""Part of the rows in which a column of a role that all rows have must be filled."""


@dataclasses.dataclass(frozen=True)
class Look:
    """What a table seems to be: its kind, its roles, and the columns that nothing is made of."""

    table: FileTable
    kind: str
    """items, events, claims, roster, attendance, quality, reports, grid, or unknown."""
    rows: int
    roles: Roles
    seen: tuple[Feature, ...]
    extra: Roles = dataclasses.field(default_factory=dict)
    """What else the block of the calibration file should say: words of events, of activities."""
    doubts: tuple[str, ...] = ()
    """What could not be told, each in a sentence."""

    def feature(self, name: str) -> Feature:
        """Return the column of a name."""
        return next(one for one in self.seen if one.name == name)

    def used(self) -> dict[str, str]:
        """Return the role of each column that has one."""
        found: dict[str, str] = {}
        for role, spec in self.roles.items():
            names = spec if isinstance(spec, list) else [spec] if isinstance(spec, str) else []
            if isinstance(spec, Mapping):
                column = spec.get("column", [])
                names = [*(column if isinstance(column, list) else [column]), *([spec["at"]] if "at" in spec else [])]
            for name in names:
                found[name] = f"{found[name]}, {role}" if name in found else role
        return found


def look_at(path: Path, layout: TableLayout = AS_FOUND) -> list[Look]:
    """Return what the tables of a file seem to be. Raises `DataError` for a file that is none."""
    if layout.sheet is None:
        layout = dataclasses.replace(layout, sheet="all")
    return [_look(table) for table in open_tables(path, layout)]


def _look(table: FileTable) -> Look:
    if sum(is_day(name) for name in table.names) >= _DAYS_OF_GRID:
        return _grid(table)
    cells = table.columns(table.names)
    shown = set().union(*(moments.orders(cells[name]) for name in cells)) if len(cells) else set()
    order = next(iter(shown)) if len(shown) == 1 else None
    seen = features(cells, order)
    doubts = () if shown or not _in_numbers(cells) else ("whether the day or the month comes first; see `times`",)
    tries = [make(cells, seen) for make in (_events, _claims, _attendance, _quality, _roster, _reports, _items)]
    kind, roles, extra, more = next((found for found in tries if found is not None), ("unknown", {}, {}, ()))
    return Look(table, kind, len(cells), roles, tuple(seen), extra, (*doubts, *more))


def _grid(table: FileTable) -> Look:
    """Return a grid of shifts: who, days, and which words of its cells are shifts that were missed."""
    days = [name for name in table.names if is_day(name)]
    agent = next((name for name in table.names if not is_day(name)), days[0])
    cells = table.columns([agent, *days])
    words = sorted({str(cell).strip() for name in days for cell in cells[name] if not is_blank(cell)})
    spoken = [word for word in words if not any(sign.isdigit() for sign in word)]
    absent = [word for word in spoken if vocabulary.meaning(word, vocabulary.ACTIVITIES) == "absent"]
    extra: Roles = {"rows": "grid"} | ({"absent": absent} if absent else {})
    known = zone_in(f"{table.sheet} {table.path.stem}") is not None
    doubts = () if known else ("timezone: that of the site",)
    return Look(table, "grid", len(cells), {"agent": agent}, tuple(features(cells[[agent]], None)), extra, doubts)


def _in_numbers(cells: pd.DataFrame) -> bool:
    """Return whether some column has dates in numbers whose order is open."""
    for name in cells:
        try:
            moments.read_moments(cells[name].head(50))
        except moments.Ambiguous:
            return True
        except ValueError:
            continue
    return False


Found = tuple[str, Roles, Roles, tuple[str, ...]]
Makes = Callable[[pd.DataFrame, Sequence[Feature]], Found | None]


def _assign(
    seen: Sequence[Feature], known: Mapping[str, str], holds: Mapping[str, tuple[str, ...]]
) -> dict[str, Feature]:
    """Return the column of each role: the best name among those that hold what the role holds; no column twice."""
    scored = [
        (vocabulary.fits(one.name, role, known), one.filled, -place, role, one)
        for role in holds
        for place, one in enumerate(seen)
        if one.content in holds[role]
    ]
    found: dict[str, Feature] = {}
    for score, _, _, role, one in sorted(scored, key=lambda entry: entry[:3], reverse=True):
        if score and role not in found and one not in found.values():
            found[role] = one
    return found


_ITEM_HOLDS: Final = {
    "created": ("moment", "day"),
    "started": ("moment",),
    "completed": ("moment",),
    "expired": ("moment",),
    "queue": ("words",),
    "agent": ("words", "codes", "number"),
    "item": ("codes", "words"),
    "handle": ("clock", "number", "codes"),
    "wait": ("clock", "number"),
    "vendor": ("words",),
    "status": ("words",),
}


def _items(cells: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    found = _assign(seen, vocabulary.ITEMS, _ITEM_HOLDS)
    if "item" in found and found["item"].repeats(len(cells)) > _ONCE:
        found = _assign(seen, vocabulary.ITEMS, {role: holds for role, holds in _ITEM_HOLDS.items() if role != "item"})
    roles: Roles = {role: one.name for role, one in found.items() if role != "status"}
    doubts: list[str] = []
    if "created" not in found:
        _first_moment(seen, found, roles)
    if "created" not in roles:
        return None
    if found.get("created") is not None and found["created"].content == "day":
        _with_time_of_day(seen, found, roles)
    _in_order(found, roles)
    _by_status(found, roles, seen)
    _with_unit(cells, found, roles, "handle", doubts)
    _with_unit(cells, found, roles, "wait", doubts)
    return "items", roles, {}, tuple(doubts)


_ONCE: Final = 1.01
"""Rows that have one number of an item, on average, above which it is not the number of the row's item."""


def _first_moment(seen: Sequence[Feature], found: dict[str, Feature], roles: Roles) -> None:
    """Take the earliest of the moments that have no role as the creation, if all rows have it."""
    free = [one for one in seen if one.is_time and one not in found.values() and one.filled > _MOSTLY_FILLED]
    if free:
        first = min(free, key=lambda one: float(pd.Series(one.seconds).replace(float("inf"), float("nan")).min()))
        found["created"], roles["created"] = first, first.name


_MOSTLY_FILLED: Final = 0.95


def _with_time_of_day(seen: Sequence[Feature], found: dict[str, Feature], roles: Roles) -> None:
    """Read a day together with the first column of times of day that has no role, "Call Date" with "Call Time"."""
    clocks = [one for one in seen if one.content == "clock" and one not in found.values()]
    beside = [one for one in clocks if "time" in one.name.casefold() or "hour" in one.name.casefold()] or clocks
    if beside:
        roles["created"] = [found["created"].name, beside[0].name]


def _in_order(found: dict[str, Feature], roles: Roles) -> None:
    """Put created, started and completed in the order of their times, where their names had it the wrong way."""
    named = [role for role in ("created", "started", "completed") if role in found]
    for early, late in itertools.combinations(named, 2):
        first, second = (pd.Series(found[role].seconds).replace(float("inf"), float("nan")) for role in (early, late))
        if float((second < first).mean()) > _FULL_SHARE * float((first.notna() & second.notna()).mean()):
            found[early], found[late] = found[late], found[early]
            roles[early], roles[late] = found[early].name, found[late].name


def _by_status(found: dict[str, Feature], roles: Roles, seen: Sequence[Feature]) -> None:
    """Where a status says that items left undecided, the column of the decision says when."""
    if "completed" not in found or "expired" in found:
        return
    for status in (
        one for one in seen if one.content == "words" and vocabulary.fits(one.name, "status", vocabulary.ITEMS)
    ):
        meant = {word: vocabulary.meaning(word, vocabulary.EVENTS) for word in status.words}
        left = [word for word, means in meant.items() if means == "expired"]
        done = [word for word, means in meant.items() if means == "completed"]
        if left and done:
            at = found["completed"].name
            roles["completed"] = {"column": status.name, "is": done, "at": at}
            roles["expired"] = {"column": status.name, "is": left, "at": at}
            return


def _with_unit(cells: pd.DataFrame, found: Mapping[str, Feature], roles: Roles, role: str, doubts: list[str]) -> None:
    """Write the unit of a duration: that of its name; else the one that its moments show, or a doubt."""
    if role not in found or role not in roles:
        return
    one = found[role]
    unit = quantities.unit_in(one.name)
    if unit is None and one.content != "clock":
        unit = _unit_shown(cells, found, one)
        if unit is None:
            doubts.append(f"the unit of {one.name!r}, taken as seconds")
            unit = "s"
    if one.content == "clock":
        try:
            quantities.read_durations(cells[one.name].head(500), unit)
        except ValueError:
            unit = "min"
            doubts.append(f"whether {one.name!r} such as {one.cell!r} is minutes and seconds; taken so")
        else:
            unit = unit if unit == "min" else None
    if unit is not None:
        roles[role] = {"column": one.name, "unit": unit}


def _unit_shown(cells: pd.DataFrame, found: Mapping[str, Feature], one: Feature) -> str | None:
    """Return the unit in which a column is the time from the start to the decision."""
    if "started" not in found or "completed" not in found:
        return None
    spent = pd.Series(found["completed"].seconds) - pd.Series(found["started"].seconds)
    numbers = pd.Series(quantities.read_numbers(cells[one.name]))
    ratio = (spent / numbers)[(numbers > 0) & (spent > 0)].median()
    return next((unit for unit, size in quantities.UNITS.items() if size / 1.3 < ratio < size * 1.3), None)


def _events(cells: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    times = [one for one in seen if one.is_time]
    if len(times) != 1:
        return None
    found = _assign(
        seen,
        vocabulary.ITEMS,
        {
            "event": ("words",),
            "item": ("codes", "words"),
            "queue": ("words",),
            "agent": ("words", "codes"),
            "vendor": ("words",),
        },
    )
    if "event" not in found or "item" not in found or found["item"].repeats(len(cells)) < 1.5:
        return None
    words: dict[str, list[str]] = {}
    for word in found["event"].words:
        means = vocabulary.meaning(word, vocabulary.EVENTS)
        if means == "started" and vocabulary.meaning(word, {"returned": vocabulary.EVENTS["returned"]}):
            means = "returned"
        if means is not None:
            words.setdefault(means, []).append(word)
    if not {"created", "completed"} <= words.keys():
        return None
    roles: Roles = {role: one.name for role, one in found.items()} | {"time": times[0].name}
    return "events", roles, {"rows": "events", "events": words}, ()


def _claims(cells: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    made = _items(cells, seen)
    if made is None or not {"started", "completed"} <= made[1].keys():
        return None
    codes = [one for one in seen if one.content == "codes" and vocabulary.fits(one.name, "item", vocabulary.ITEMS)]
    again = [one for one in codes if 1.005 < one.repeats(len(cells)) < 3]
    outcomes = [
        (one, [word for word in one.words if vocabulary.meaning(word, {"returned": vocabulary.EVENTS["returned"]})])
        for one in seen
        if one.content == "words" and len(one.words) <= FEW
    ]
    given_back = [(one, words) for one, words in outcomes if words]
    if not again or not given_back:
        return None
    roles = made[1] | {"item": again[0].name, "returned": {"column": given_back[0][0].name, "is": given_back[0][1]}}
    for role in ("expired", "status"):
        roles.pop(role, None)
    return "claims", roles, {"rows": "claims"}, made[3]


def _attendance(_: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    holds = {
        "agent": ("words", "codes"),
        "start": ("moment", "clock"),
        "end": ("moment", "clock"),
        "activity": ("words",),
    }
    found = _assign(seen, vocabulary.ATTENDANCE, holds)
    if len(found) < len(holds):
        return None
    meant = {word: vocabulary.meaning(word, vocabulary.ACTIVITIES) for word in found["activity"].words}
    words: Roles = {}
    for word, means in meant.items():
        if means is not None:
            words.setdefault(means, []).append(word)
    if "floor" not in words or len(words) < 2:
        return None
    roles: Roles = {role: one.name for role, one in found.items()}
    days = [one for one in seen if one.content == "day"]
    if found["start"].content == "clock" and days:
        roles |= {role: [days[0].name, found[role].name] for role in ("start", "end")}
    unknown = [word for word, means in meant.items() if means is None]
    doubts = [f"what {word!r} is: floor, offline, absent or aside" for word in unknown]
    return "attendance", roles, words, tuple(doubts)


def _quality(_: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    holds = {"agent": ("words", "codes"), "date": ("moment", "day"), "queue": ("words",)}
    found = _assign(seen, vocabulary.QUALITY, holds)
    if not {"agent", "date"} <= found.keys() or sum(one.is_time for one in seen) > 1:
        return None
    flags = [one for one in seen if one.content == "flag" and vocabulary.meaning(one.name, vocabulary.QUALITY)]
    counts = _assign(seen, vocabulary.QUALITY, {"checked": ("number",), "wrong": ("number",)})
    roles: Roles = {role: one.name for role, one in found.items()}
    if flags:
        is_correct = (
            vocabulary.meaning(flags[0].name, {"c": vocabulary.QUALITY["correct"]}) and flags[0].name[:2] != "in"
        )
        bad = {"false", "no", "n", "fail", "incorrect", "0"} if is_correct else {"true", "yes", "y", "fail", "1"}
        words = [word for word in flags[0].words if word.casefold() in bad]
        roles |= {
            "checked": {"value": "1"},
            "wrong": {"column": flags[0].name, "is": [word.casefold() for word in words]},
        }
    elif len(counts) == 2:
        roles |= {role: one.name for role, one in counts.items()}
    else:
        return None
    return "quality", roles, {}, ()


def _roster(cells: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    days = [one for one in seen if one.content == "day"]
    if not days or any(one.is_time for one in seen):
        return None
    holds = {"agent": ("codes", "words"), "vendor": ("words",), "team": ("words",)}
    dates = {"hired": ("day",), "left": ("day",), "trained": ("day",)}
    found = _assign(seen, vocabulary.ROSTER, holds | dates)
    people = [one for one in seen if one.content in ("codes", "words") and one.different == len(cells)]
    if not people or "left" not in found or not {"hired", "trained"} & found.keys():
        return None
    if found.get("agent") not in people:
        found["agent"] = people[0]
    if "hired" not in found:
        found["hired"] = found.pop("trained")
    floor = [one for one in days if one not in found.values() and vocabulary.FLOOR.search(one.name.casefold())]
    if floor and "trained" not in found:
        found["trained"], found["hired"] = found["hired"], floor[0]
    roles: Roles = {role: one.name for role, one in found.items()}
    if "last" in found["left"].name.casefold() or "termination" in found["left"].name.casefold():
        roles["left"] = {"column": found["left"].name, "last_day": True}
    others = [one.name for one in people if one is not found["agent"]]
    if others:
        roles["also"] = others
    doubts = [
        f"{role} of the agents; write {{value: ...}} if all have the same"
        for role in ("vendor", "team")
        if role not in roles
    ]
    return "roster", roles, {}, tuple(doubts)


_TWICE: Final = 0.05
"""Part of the rows of a report that may have the period, queue and team of another."""


def _reports(cells: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    holds = {
        "period": ("day", "moment", "words", "codes", "interval"),
        "queue": ("words",),
        "vendor": ("words",),
        "team": ("words",),
        "aht": ("clock", "number"),
        "wait": ("clock", "number"),
    } | {
        role: ("number", "codes")
        for role in vocabulary.REPORTS
        if role not in {"period", "queue", "vendor", "team", "aht", "wait"}
    }
    found = _assign(seen, vocabulary.REPORTS, holds)
    measured = [role for role in found if role not in {"period", "queue", "vendor", "team"}]
    if "period" not in found or len(measured) < 2 or sum(one.is_time for one in seen) > 1:
        return None
    roles: Roles = {role: one.name for role, one in found.items()}
    keys = [one.name for one in seen if one.content in ("interval", "day", "moment", "words") or one is found["period"]]
    if cells[keys].duplicated().mean() > _TWICE:
        return None
    intervals = [one for one in seen if one.content == "interval"]
    days = [one for one in seen if one.content == "day"]
    if intervals and days:
        roles["period"] = [days[0].name, intervals[0].name]
    doubts: list[str] = []
    for role in ("aht", "wait"):
        _with_unit(cells, found, roles, role, doubts)
    return "reports", roles, {}, tuple(doubts)
