"""A first calibration file of what files seem to be, every guess with the cell that it rests on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from simcap.calibration.history.people import VENDOR
from simcap.calibration.history.roles import impossible
from simcap.calibration.history.sheets import EPOCH
from simcap.calibration.history.yardsticks import LEAST_DAYS
from simcap.calibration.look.guess import Look
from simcap.scenario.data.instants import wall
from simcap.scenario.schema.sites import Site, site_in
from simcap.scenario.schema.zones import is_time_zone
from simcap.tables.header import is_day
from simcap.tables.moments import DAY_FIRST, read_moments
from simcap.tables.periods import read_periods, usual_length
from simcap.units import DAY

BLOCKS: Final = {
    "items": "items",
    "events": "items",
    "claims": "items",
    "roster": "roster",
    "attendance": "attendance",
    "grid": "attendance",
    "quality": "quality",
    "reports": "reports",
}
"""The block of a calibration file for each kind of table."""
_TO_SAY: Final = "# ?"
"""Stands before what the files do not tell."""
_IN_HEADERS: Final = {
    "UK": "Europe/London", "PHT": "Asia/Manila", "JST": "Asia/Tokyo", "UTC": "UTC", "SGT": "Asia/Singapore",
    "COT": "America/Bogota", "MYT": "Asia/Kuala_Lumpur",
}  # fmt: skip
"""Zones by letters that mean one alone."""
_HINT: Final = re.compile(rf"\b({'|'.join(_IN_HEADERS)})\b")
_CELLS: Final = 40
_WEEK: Final = 7
_WHOLE: Final = 0.25
"""Part of the rows of the same day a week before that a day must have to be whole, unless it goes on until `_LATE`."""
_LATE: Final = 0.9 * DAY


@dataclasses.dataclass(frozen=True)
class Proposal:
    """A calibration file as text, and what is left to say in it, a line each."""

    text: str
    open: tuple[str, ...]
    timezone: str
    last: dt.date
    """Zone, and last day, that the file has."""


def propose(looks: Sequence[Look], folder: Path, timezone: str | None = None) -> Proposal:
    """Return a calibration file for a folder. `timezone` is that of times without an offset, and of days."""
    zones = {zone_told(look) for look in looks if look.kind in _ZONED and look.kind != "grid"}
    told = timezone or (zones.pop() if len(zones) == 1 else None)
    zone = told or "UTC"
    left = [] if told else ["timezone: no file says in which zone its times are; UTC stands there"]
    first, last = _span(looks, zone)
    if (last - first).days < LEAST_DAYS - 1:
        left.append(f"from, to: {first} to {last} are fewer than {LEAST_DAYS} days; volumes need four weeks")
    lines = [
        "# Written by simcap calibrate --look: what the files seem to be. Correct it, first where a ? is,",
        "# then run: simcap calibrate calibration.yaml",
        "title: last quarter",
        f"timezone: {zone}" + ("" if told else f"   {_TO_SAY} the zone in which days and hours are counted"),
        f"from: {first}",
        f"to: {last}",
    ]
    looks = [_of_a_vendor(look) for look in looks] if all(look.kind != "roster" for look in looks) else looks
    for block in dict.fromkeys(BLOCKS.values()):
        mine = [look for look in looks if BLOCKS.get(look.kind) == block]
        if mine:
            lines += _block(block, mine, folder, zone)
    left += [f"{look.table.where}: {doubt}" for look in looks for doubt in look.doubts]
    left += [f"{look.table.where}: nothing that simcap knows; left out" for look in looks if look.kind not in BLOCKS]
    return Proposal("\n".join(lines) + "\n", tuple(left), zone, last)


def _of_a_vendor(look: Look) -> Look:
    """Return attendance, and reports of teams, with a vendor to be named where no column has one."""
    if look.kind not in ("attendance", "grid") and not (look.kind == "reports" and "team" in look.roles):
        return look
    if "vendor" in look.roles:
        return look
    doubt = f"vendor of these people; {VENDOR!r} stands there, write its name"
    return dataclasses.replace(look, roles=look.roles | {"vendor": {"value": VENDOR}}, doubts=(*look.doubts, doubt))


def zone_told(look: Look) -> str | None:
    """Return the zone that a title, or the name of a column, tells."""
    for text in look.table.above:
        found = [word for word in re.findall(r"[A-Z][A-Za-z_]{1,40}/[A-Z][A-Za-z_]{1,40}", text) if is_time_zone(word)]
        if found:
            return str(found[0])
    if look.kind == "grid":
        site = _site(look)
        return site.zone if site else None
    hints = {match[1] for name in look.table.names for match in [_HINT.search(name)] if match is not None}
    return _IN_HEADERS[hints.pop()] if len(hints) == 1 else None


def _site(look: Look) -> Site | None:
    """Return the city in the name of a grid's sheet or file."""
    return site_in(look.table.sheet or "", look.table.path.stem) if look.kind == "grid" else None


def _ground(look: Look) -> str:
    """Say what the zone of a table is guessed from, or what it is for."""
    site = _site(look)
    return f"guessed: {site.city} in the name" if site else "of times without an offset"


def _span(looks: Sequence[Look], zone: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of the files that say when work came, or of all where none does."""
    order = ("items", "events", "claims", "reports", "attendance", "grid", "quality", "roster")
    for kinds in (order[:3], order[3:4], order[4:]):
        days = [day for look in looks if look.kind in kinds for day in _days(look, zone)]
        if days:
            return dt.date.fromordinal(min(days)), dt.date.fromordinal(max(days))
    return dt.date(2026, 1, 1), dt.date(2026, 1, 28)


def _days_of_header(look: Look) -> list[int]:
    """Return the first and the last day of a grid; none where its header mixes what cannot be read together."""
    try:
        header = pd.Series([name for name in look.table.names if is_day(name)], dtype="str")
        seconds = read_moments(header, DAY_FIRST).seconds
    except ValueError:
        return []
    known = seconds[np.isfinite(seconds) & ~impossible(seconds)]
    return [int(day // DAY) + EPOCH for day in (known.min(), known.max())] if known.size else []


def _days(look: Look, zone: str) -> list[int]:
    """Return the first and the last day of a table: its last one only if it is whole enough."""
    if look.kind == "grid":
        return _days_of_header(look)
    if look.kind == "reports" and (days := _days_of_periods(look)):
        return days
    role = next((one for one in ("created", "time", "period", "start", "date", "hired") if one in look.roles), None)
    spec = look.roles.get(role) if role else None
    name = spec[0] if isinstance(spec, list) else spec if isinstance(spec, str) else None
    if name is None:
        return []
    feature = look.feature(name)
    if feature.seconds is None:
        return []
    seconds = feature.seconds[np.isfinite(feature.seconds) & ~impossible(feature.seconds)]
    if not seconds.size:
        return []
    local = wall(seconds, zone) if feature.utc else seconds
    day = np.floor(local / DAY).astype(int)
    counts = np.bincount(day - day.min())
    last = int(day.max())
    ends = float(local.max()) % DAY
    if counts.size > _WEEK and counts[-1] < _WHOLE * counts[-1 - _WEEK] and ends < _LATE:
        last -= 1
    return [int(day.min()) + EPOCH, last + EPOCH]


def _days_of_periods(look: Look) -> list[int]:
    """Return the first and the last day of a report by days, weeks or months; nothing for one by shorter periods.

    Weeks and months without their year are taken to be of the last twelve months.
    """
    name = look.roles.get("period")
    if not isinstance(name, str):
        return []
    since = dt.date.today() - dt.timedelta(days=365)
    try:
        periods = read_periods(look.table.columns([name])[name].reset_index(drop=True), since, DAY_FIRST, header=name)
    except ValueError:
        return []
    known = np.isfinite(periods.seconds) & ~impossible(periods.seconds)
    start, length = periods.seconds[known], periods.length[known]
    length = np.where(np.isnan(length), usual_length(start), length)
    if periods.utc or not start.size or not (length >= DAY).all():
        return []
    return [int(start.min() // DAY) + EPOCH, int((start + length).max() // DAY) - 1 + EPOCH]


def _block(block: str, looks: Sequence[Look], folder: Path, zone: str) -> Iterator[str]:
    """Yield the lines of a block: one file, several that are alike, or entries that differ."""
    if block == "reports":
        yield "reports:"
        for alike in _alike(looks):
            yield from _source(alike, folder, zone, "- ", "  ")
        return
    yield f"{block}:"
    groups = _alike(looks)
    if len(groups) == 1:
        yield from _source(groups[0], folder, zone, "  ", "  ")
        return
    yield "  files:"
    for alike in groups:
        for look in alike:
            yield f"  - path: {flow(_path(look, folder))}"
            if look.kind in _ZONED:
                own = zone_told(look)
                yield f"    timezone: {own or zone}" + ("" if own else f"   {_TO_SAY} of times without an offset")
            yield from _columns(look, "    ")
    yield from _common(looks[0], None, "  ")


def _alike(looks: Sequence[Look]) -> list[list[Look]]:
    """Return the tables in groups of the same kind whose columns mean the same."""
    groups: dict[str, list[Look]] = {}
    for look in looks:
        groups.setdefault(json.dumps([look.kind, look.roles, look.table.names], default=str), []).append(look)
    return list(groups.values())


def _source(looks: Sequence[Look], folder: Path, zone: str, first: str, rest: str) -> Iterator[str]:
    one = looks[0]
    paths = list(dict.fromkeys(_path(look, folder) for look in looks))
    sheets = [look.table.sheet for look in looks]
    own = [look for look in looks if constant_of(look) is not None]
    if len(looks) > 1 and (own or None not in sheets):
        yield f"{first}files:"
        for look in looks:
            words: dict[str, Any] = {"path": _path(look, folder)} | (constant_of(look) or {})
            words |= {"table": {"sheet": look.table.sheet}} if look.table.sheet else {}
            site = _site(look)
            words |= {"timezone": site.zone} if site else {}
            yield f"{rest}- {flow(words)}" + (f"   # {_ground(look)}" if site else "")
    else:
        yield f"{first}path: {flow(paths[0] if len(paths) == 1 else paths)}"
        if one.table.sheet is not None:
            yield f"{rest}table: {{sheet: {flow(one.table.sheet)}}}"
    yield from _common(one, zone, rest)
    yield from _columns(one, rest, named=len(looks) == 1)


_ZONED: Final = ("items", "events", "claims", "attendance", "grid", "reports")
"""Kinds of table that have times."""


def _common(look: Look, zone: str | None, indent: str) -> Iterator[str]:
    if look.kind in _ZONED and zone is not None:
        yield f"{indent}timezone: {zone_told(look) or zone}   # {_ground(look)}"
    if any("day or the month" in doubt for doubt in look.doubts):
        yield f"{indent}table: {{times: [{DAY_FIRST}]}}   {_TO_SAY} or [month first]"
    for key, value in look.extra.items():
        yield f"{indent}{key}: {flow(value)}"


def _columns(look: Look, indent: str, *, named: bool = True) -> Iterator[str]:
    """Yield the columns, each with a cell as it stands."""
    roles = dict(look.roles)
    if named and (constant := constant_of(look)) is not None:
        roles |= {role: {"value": value} for role, value in constant.items()}
    yield f"{indent}columns:"
    for role, spec in roles.items():
        yield f"{indent}  {role}: {flow(spec)}{_example(look, spec)}"


def constant_of(look: Look) -> dict[str, str] | None:
    """Return the queue or the vendor of all rows where no column says it: the name of the sheet, or of the file."""
    if look.kind in ("roster", "attendance", "grid", "quality"):
        return None
    if look.kind == "reports" and look.table.sheet is not None and "vendor" not in look.roles and "queue" in look.roles:
        return None if look.table.sheet.casefold() in ("summary", "total", "overview") else {"vendor": look.table.sheet}
    if "queue" in look.roles:
        return None
    stem = look.table.path.name.split(".")[0]
    name = re.sub(r"[-_ ]?(\d{4}[-_]?W?\d{0,4}([-_]\d\d)?|week\d+|W\d+|\d+)$", "", stem, flags=re.IGNORECASE)
    return {"queue": name or stem}


def _example(look: Look, spec: Any) -> str:
    name = spec if isinstance(spec, str) else spec[0] if isinstance(spec, list) else spec.get("column")
    if not isinstance(name, str):
        if not isinstance(spec, Mapping) or "value" not in spec:
            return ""
        if spec["value"] == VENDOR:
            return f"   {_TO_SAY} its name, as no column says it"
        return "   # the name of the file, as no column says it"
    cell = look.feature(name).cell
    person = look.roles.get("agent") == name or name in look.roles.get("also", [])
    return "" if person or not cell else f"   # {cell[:_CELLS]}"


def _path(look: Look, folder: Path) -> str:
    return Path(os.path.relpath(look.table.path.resolve(), folder.resolve())).as_posix()


_PLAIN: Final = re.compile(r"[^\W\d_][\w .()/°+-]*|[./\w-]+\.\w+")
_NUMBER: Final = re.compile(r"[\d_.]+([eE][-+]?\d+)?")
_WORDS: Final = frozenset({"yes", "no", "true", "false", "on", "off", "null", "y", "n", "none"})


def _means_else(text: str) -> bool:
    """Return whether YAML takes a text without quotes for a truth value, nothing, or a number."""
    return text.casefold() in _WORDS or text.startswith("-") or _NUMBER.fullmatch(text) is not None


def flow(value: Any) -> str:
    """Return a plain value as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and _PLAIN.fullmatch(value) and not _means_else(value) and value == value.strip():
        return value
    return json.dumps(value, ensure_ascii=False)
