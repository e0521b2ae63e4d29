"""Dates in the tables of the Python API: text as on disk becomes dates, in the horizon's local time."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

P = ParamSpec("P")
Found = TypeVar("Found")

DATES = ("start", "first_week", "worst", "approve_by", "origin", "from", "to", "hired", "left")
"""Columns that hold dates, or date-times of hours."""
PARTS = ("results", "answers")
"""Fields of a result that hold other results."""
OFFSET = r":\d\d[+-]\d\d:\d\d$"
"""Offset at the end of an hour that the clock shows twice."""


def with_dates(verb: Callable[P, Found]) -> Callable[P, Found]:
    """Return a verb whose result has dates in its tables."""

    @functools.wraps(verb)
    def dated(*words: P.args, **options: P.kwargs) -> Found:
        result: Found = _dated(verb(*words, **options))
        return result

    return dated


def _dated(result: Any) -> Any:
    zone = _zone(result)
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if field.name in PARTS:
            changes[field.name] = tuple(_with_tables(part, _tables(part, zone)) for part in value)
    return _with_tables(result, changes | _tables(result, zone))


def _with_tables(result: Any, tables: dict[str, Any]) -> Any:
    return dataclasses.replace(result, **tables)


def _zone(result: Any) -> str:
    """Return the zone in whose time a result is reported."""
    if hasattr(result, "configuration"):
        return str(result.configuration.timezone)
    scenario = result.scenario if hasattr(result, "scenario") else result.base.scenario
    return str(scenario.horizon.timezone)


def _tables(result: Any, zone: str) -> dict[str, Any]:
    """Return the fields of a result that are tables, or tables by name, with dates."""
    tables: dict[str, Any] = {}
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if isinstance(value, pd.DataFrame):
            tables[field.name] = dated_table(value, zone)
        elif field.name == "tables":
            tables[field.name] = {name: dated_table(table, zone) for name, table in value.items()}
    return tables


def dated_table(table: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return a table with dates in its date columns: without a zone, unless the clock shows one of its hours twice."""
    columns = [name for name in DATES if name in table and (table.empty or _holds_dates(table[name]))]
    return table.assign(**{name: _dates(table[name], zone) for name in columns})


def _holds_dates(column: pd.Series) -> bool:
    """Say whether a column is text that begins with a date: the origin of an assumption is a word."""
    if not (pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)):
        return False
    text = column.fillna("").astype(str)
    return bool(text[text != ""].str.match(r"\d{4}-\d\d-\d\d").all())


def _dates(column: pd.Series, zone: str) -> pd.Series:
    text = column.fillna("").astype(str)
    twice = text.str.contains(OFFSET)
    once = pd.to_datetime(text.where(~twice & (text != "")), format="ISO8601")
    if not twice.any():
        return once
    local = once.dt.tz_localize(zone, ambiguous=np.ones(len(once), bool), nonexistent="shift_forward")
    return local.fillna(pd.to_datetime(text.where(twice), format="ISO8601", utc=True).dt.tz_convert(zone))
