"""The forecasts without a model: known answers from a handful of items."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.backtest.scores import _Rivals
from simcap.calibration.history.yardsticks import BacktestSla

ORIGIN = dt.date(2026, 3, 30)
"""A Monday."""
DAY = 86_400.0
MONDAY_AT_9 = dt.datetime(2026, 3, 30, 9)


def rivals(rows: list[tuple[str, int, int, float]], begin: float = 100 * DAY) -> _Rivals:
    """Return the rivals that know items: queue, days before the origin, hour of the day, wait in seconds."""
    days = [ORIGIN - dt.timedelta(days=before) for _, before, _, _ in rows]
    past = pd.DataFrame(
        {
            "queue": [queue for queue, *_ in rows],
            "day": [day.toordinal() for day in days],
            "hour": [24 * day.weekday() + hour for day, (_, _, hour, _) in zip(days, rows, strict=True)],
            "created": [begin - before * DAY + hour * 3600 for _, before, hour, _ in rows],
        }
    )
    past["started"] = past["created"] + [wait for *_, wait in rows]
    past["completed"], past["expired"] = past["started"] + 60, np.nan
    learned = SimpleNamespace(past=past, origin=ORIGIN, begin=begin, reported=None)
    yardstick = BacktestSla.model_validate({"measure": "wait", "within": "30 s"})
    grid = SimpleNamespace(horizon=SimpleNamespace(timezone="UTC"))
    known: Any = SimpleNamespace(learned=learned, queues=("a", "b"), slas=("30 s",), yardsticks=(yardstick,), grid=grid)
    return _Rivals(known)


def test_the_last_week_is_of_seven_days() -> None:
    known = rivals([("a", 14, 9, 10), ("a", 8, 9, 10), ("a", 7, 9, 50), ("a", 1, 9, 50), ("a", 1, 9, 30)])
    assert known.last_week([0], 0, "week", MONDAY_AT_9) == pytest.approx(1 / 3)
    assert known.same_hours([0], 0, "week", MONDAY_AT_9) == pytest.approx(3 / 5)


def test_a_day_is_held_against_its_weekday_and_an_hour_against_its_hour() -> None:
    known = rivals([("a", 14, 9, 50), ("a", 7, 9, 10), ("a", 7, 10, 50), ("a", 7, 10, 50), ("a", 6, 9, 50)])
    assert known.same_hours([0], 0, "day", MONDAY_AT_9) == pytest.approx(1 / 4)
    assert known.last_week([0], 0, "day", MONDAY_AT_9) == pytest.approx(1 / 3)
    assert known.same_hours([0], 0, "hour", MONDAY_AT_9) == pytest.approx(1 / 2)
    assert known.last_week([0], 0, "hour", MONDAY_AT_9) == 1.0
    assert known.last_week([0], 0, "hour", MONDAY_AT_9 + dt.timedelta(hours=1)) == 0.0
    assert np.isnan(known.last_week([0], 0, "day", MONDAY_AT_9 + dt.timedelta(days=2)))


def test_queues_are_held_against_themselves_or_all_together() -> None:
    known = rivals([("a", 2, 9, 10), ("b", 2, 9, 50), ("b", 3, 9, 50), ("gone", 2, 9, 10)])
    shares = [known.last_week(places, 0, "week", MONDAY_AT_9) for places in ([0], [1], [0, 1])]
    assert shares == [1.0, 0.0, pytest.approx(1 / 3)]


def test_an_item_that_may_still_be_on_time_tells_nothing() -> None:
    known = rivals([("a", 0, 0, 50), ("a", 1, 9, 10)])
    assert known.last_week([0], 0, "week", MONDAY_AT_9) == 1.0
