"""The named profiles for people: a table of hours by kind of day, and the weight of each weekday."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.schema.profiles import PROFILES

Array = NDArray[np.float64]

_BAR: Final = 11
"""Characters of the longest bar."""
_WIDTH: Final = 5 + _BAR
"""Characters of a column: a number, a space, a bar."""


def profiles_text() -> str:
    """Return the named profiles as text of 80 columns: hours relative to the day's mean, days to the week's."""
    kinds = [(name, days, shape) for name in PROFILES for days, shape in _kinds(name) if shape.max() > shape.min()]
    names = [name if days[0] == 0 else "" for name, days, _ in kinds]
    top = max(float(shape.max()) for _, _, shape in kinds)
    lines = ["Items in each local hour, relative to that day's mean hour (flat: all 1):", ""]
    lines += [_row("", names), _row("hour", [_days(days) for _, days, _ in kinds])]
    lines += [_row(f"{hour:02}", [_cell(shape[hour], top) for *_, shape in kinds]) for hour in range(24)]
    weights = {name: week_of(name).mean(axis=1) for name in PROFILES}
    lines += ["", "Items on each weekday, relative to the mean day of the week:", "", _row("", list(weights))]
    lines += [_row(calendar.day_abbr[day], [f"{weight[day]:.2f}" for weight in weights.values()]) for day in range(7)]
    return "\n".join(lines) + "\n"


def profiles_document() -> dict[str, list[list[float]]]:
    """Return the named profiles as [day of the week, hour] rates of mean 1."""
    return {name: [[round(rate, 5) for rate in day] for day in week_of(name).tolist()] for name in PROFILES}


def week_of(name: str) -> Array:
    """Return a named profile as [day of the week, hour]."""
    return np.array(PROFILES[name]).reshape(7, 24)


def _kinds(name: str) -> Iterator[tuple[list[int], Array]]:
    """Yield the days of a profile that share a shape, and the shape, with mean 1."""
    week = week_of(name)
    shapes = (week / week.mean(axis=1, keepdims=True)).round(9)
    for shape in dict.fromkeys(map(tuple, shapes.tolist())):
        days = [day for day in range(7) if tuple(shapes[day].tolist()) == shape]
        yield days, np.array(shape)


def _days(days: list[int]) -> str:
    """Write days of the week: every day, Mon-Sat, Sun."""
    if len(days) == 7:
        return "every day"
    names = [calendar.day_abbr[day] for day in days]
    in_a_row = len(days) > 2 and days[-1] - days[0] == len(days) - 1
    return f"{names[0]}-{names[-1]}" if in_a_row else ", ".join(names)


def _cell(rate: float, top: float) -> str:
    return f"{rate:.2f} {'#' * round(rate / top * _BAR)}"


def _row(head: str, cells: list[str]) -> str:
    return f"{head:<6}{'  '.join(f'{cell:<{_WIDTH}}' for cell in cells)}".rstrip()
