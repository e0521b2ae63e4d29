"""Every value that a scenario rests on, with its 90% interval and where it comes from."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from simcap import units
from simcap.scenario.reading.assumptions import left_open
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.reading.origins import is_group
from simcap.scenario.reading.reference import written_default
from simcap.scenario.reading.source import Stamp, dotted
from simcap.scenario.reading.varying import quantiles, resolve, value_at
from simcap.scenario.schema.scenario import Scenario

PARTS: Final = ("horizon", "simulation", "queues", "routing", "vendors", "events")
"""Parts of a scenario that hold values; the others are its name, its files, and the ranges of these values."""
WRITTEN: Final = "scenario"
"""Origin of a value that stands in a scenario without one."""
ORDER: Final = ("fitted", "reported", "contract", "expert", "prior", WRITTEN, "default")
"""Origins as they are listed: the best founded first, what nobody has given last."""
_LARGE: Final = 10_000
"""From this size on, numbers are written without a fraction."""
_MOST: Final = 8
"""Longest list that is written out."""
_SECONDS: Final = re.compile(r"([0-9.e+]+) s")
"""How a calibration writes durations."""
_HAZARD: Final = re.compile(r"% per (\w+)$")


class Assumption(NamedTuple):
    """One value that a scenario rests on."""

    path: str
    """Dotted path in the scenario."""
    value: str
    """As the scenario writes it; a long list is counted."""
    interval: str
    """90% interval, if replications draw the value; empty if it is exact."""
    origin: str
    """fitted, reported, contract, expert, prior; scenario, if written there without an origin; default."""
    source: str
    """File and line, or the files and days that a value was fitted to."""
    date: str
    """ISO date as of which it holds, as far as known."""
    note: str
    """What is written beside it."""


def assumptions(file: ScenarioFile) -> list[Assumption]:
    """Return every value that a scenario rests on, in the order in which the scenario has them; defaults last."""
    intervals = dict(_intervals(file))
    rows = []
    for path, value in _leaves({part: file.document[part] for part in PARTS if part in file.document}):
        stamp = file.stamps.get(path, Stamp(source="changed for this question"))
        origin = stamp.origin or ("contract" if _is_agreed(path) else WRITTEN)
        rows.append(Assumption(path, _text(value), intervals.get(path, ""), origin, *stamp[1:]))
    instead = [*_defaults(file.scenario), *left_open(file.scenario)]
    return [*rows, *(Assumption(path, _text(value), "", "default", "", "", "") for path, value in instead)]


def counted(rows: list[Assumption]) -> dict[str, int]:
    """Return how many values have each origin, in the order of `ORDER`; those without any are left out."""
    counts = {origin: sum(row.origin == origin for row in rows) for origin in ORDER}
    return {origin: count for origin, count in counts.items() if count}


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, Any]]:
    if not is_group(value):
        yield dotted(path), value
        return
    for key, child in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _leaves(child, (*path, key))


def _is_agreed(path: str) -> bool:
    """Say whether a value stands in a vendor's contract."""
    return bool(re.match(r"vendors\.[^.]+\.contract(\.|$)", path))


def _defaults(scenario: Scenario) -> Iterator[tuple[str, Any]]:
    """Yield the values that a scenario leaves at their default and that are not nothing, by their paths."""
    for part in PARTS:
        yield from _unset(getattr(scenario, part), (part,))


def _unset(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield from _unset(child, (*path, name))
    elif isinstance(value, tuple):
        for index, child in enumerate(value):
            yield from _unset(child, (*path, index))
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            below = (*path, field.alias or name)
            default = written_default(field)
            if name in value.model_fields_set or default is None:
                yield from _unset(getattr(value, name), below)
            elif default not in ("", False):
                yield dotted(below), default


def _intervals(file: ScenarioFile) -> Iterator[tuple[str, str]]:
    """Yield the path of each value that replications draw, with its 90% interval."""
    for _, path, _, low, high in file.fitted.ranges() if file.fitted is not None else ():
        yield path, _range(file.document, path, low, high)
    for path, uncertainty in file.scenario.uncertain.items():
        yield path, _range(file.document, path, *quantiles(uncertainty, 0.05))


def _range(document: Mapping[str, Any], path: str, low: float, high: float) -> str:
    """Return an interval, written as the value at a path is written."""
    value = value_at(document, resolve(document, path)[0])
    ends = (_like(value, low), _like(value, high))
    return "" if ends[0] == ends[1] else " to ".join(ends)


def _like(value: object, number: float) -> str:
    """Write a number as a value of a scenario is written: in percent, as a duration, as a rate of leaving, bare."""
    if not isinstance(value, str):
        return f"{number:.4g}" if abs(number) < _LARGE else f"{number:.0f}"
    if rate := _HAZARD.search(value):
        return f"{-100 * math.expm1(-number * units.parse_duration(f'1 {rate[1]}')):.3g}% per {rate[1]}"
    return f"{100 * number:.3g}%" if value.endswith("%") else _duration(number)


def _duration(seconds: float) -> str:
    """Write a fitted duration in the largest unit of which it has at least two."""
    units_down = {"days": units.DAY, "h": units.HOUR, "min": units.MINUTE}
    unit, size = next(((unit, size) for unit, size in units_down.items() if seconds >= 2 * size), ("s", 1.0))
    return f"{seconds / size:.4g} {unit}"


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value)) if len(value) <= _MOST else f"{len(value)} values"
    if isinstance(value, str) and (seconds := _SECONDS.fullmatch(value)):
        return _duration(float(seconds[1]))
    return str(value).lower() if isinstance(value, bool) else str(value)
